"""Depots and waves as people write them: what is written is read back, and what is not understood is named."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import arrangement_text as text
from core.dispatch.waves.rhythm import BreakRule
from core.fleet.depot import CrewMember
from core.refusals import Refusal
from core.vocabulary import DriverId, Position, VehicleId

MINUTES = st.integers(0, 1440)


@given(MINUTES, MINUTES)
def test_hours_are_read_as_they_are_written(from_min: int, until_min: int) -> None:
    assert text.read_span(text.written_span(from_min, until_min)) == (from_min, until_min)


@given(st.lists(MINUTES, unique=True))
def test_times_are_read_in_order_each_once(times: list[int]) -> None:
    assert text.read_times(text.written_times(times)) == tuple(sorted(times))


def test_all_day_is_written_as_nothing() -> None:
    assert text.written_span(0, 1440) == ""


def test_a_crew_is_one_driver_a_line() -> None:
    crew = text.read_crew("D-042 V-042 08:00-16:00\n\n D-117  V-9 22:00 – 06:00 ")
    night = CrewMember(driver_id=DriverId("D-117"), vehicle_id=VehicleId("V-9"), from_min=1320, until_min=360)
    assert crew[1] == night
    assert text.read_crew(text.written_crew(crew)) == crew


def test_breaks_have_a_window_and_a_length() -> None:
    rule = BreakRule(from_min=720, until_min=840, length_s=1800.0)
    assert text.read_breaks("12:00-14:00 30 min") == text.read_breaks("12:00-14:00 30") == (rule,)
    assert text.written_breaks((rule, rule)) == "12:00-14:00 30 min, 12:00-14:00 30 min"


def test_units_are_a_name_and_what_people_read() -> None:
    units = text.read_units("pallets: Pallets\ncool_boxes: Cool boxes")
    assert units == {"pallets": "Pallets", "cool_boxes": "Cool boxes"}
    assert text.read_units(text.written_units(units)) == units


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("-29.90453, -71.24894", Position(-29.90453, -71.24894)),
        ("−29.9 71", Position(-29.9, 71.0)),
        ("41.15;-8.61", Position(41.15, -8.61)),
        ("Av. Balmaceda 1200", None),
        ("99.0, 10.0", None),
    ],
)
def test_a_place_is_two_numbers_in_degrees(line: str, place: Position | None) -> None:
    assert text.read_place(line) == place


def test_a_place_is_read_as_it_is_written() -> None:
    assert text.read_place(text.written_place(Position(-29.90453, -71.2))) == Position(-29.90453, -71.2)


@pytest.mark.parametrize(
    ("read", "line"),
    [
        (text.read_time, "25:00"),
        (text.read_time, "8"),
        (text.read_time, "08:75"),
        (text.read_span, "soon"),
        (text.read_times, "08:00, noon"),
        (text.read_crew, "D-042 08:00-16:00"),
        (text.read_breaks, "12:00-14:00"),
        (text.read_units, "Pallets"),
    ],
)
def test_what_is_not_understood_is_named(read: Callable[[str], object], line: str) -> None:
    with pytest.raises(Refusal, match=line.split(", ")[-1]) as refused:
        read(line)
    assert refused.value.code == "arrangement.unread"
