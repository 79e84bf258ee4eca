"""Streets and zones are closed with a reason for a while, bind the platform, and open again by themselves."""

from __future__ import annotations

from typing import Any

import pytest

from backend_service.handlers.handler_map import DECISIONS
from core.commands import ClosePlace, DrawZones, ReopenPlace
from core.deciding import Context
from core.dispatch.threats import is_left_alone
from core.events.closure_events import PlaceClosed, PlaceReopened
from core.fleet.closure import ClosureId
from core.fleet.zone import Zone
from core.people.regions import only_in_regions
from core.refusals import NotFound, Refusal
from core.vocabulary import Actor, Position, Role, ZoneId

DESK = Actor(role=Role.DISPATCHER, subject="rojas")
NORTH, SOUTH = ZoneId("Z-N"), ZoneId("Z-S")
HERE = Position(-29.9, -71.25)


def square(south: float, north: float) -> tuple[Position, ...]:
    return tuple(
        Position(lat, lon)
        for lat, lon in ((south, -71.3), (south, -71.2), (north, -71.2), (north, -71.3), (south, -71.3))
    )


@pytest.fixture
def town(scene: Any) -> Any:
    """Two zones; O-1 is picked up in the north and goes to the south."""
    zones = (Zone(zone_id=NORTH, name="North", ring=square(-29.91, -29.0)),)
    scene.do(DrawZones(zones=(*zones, Zone(zone_id=SOUTH, name="South", ring=square(-30.0, -29.91)))))
    scene.place("O-1")
    return scene


def close_street(scene: Any, **more: Any) -> None:
    command = ClosePlace(position=HERE, note="Market", **more)
    context = Context(scene.operation, DESK, scene.now, segments=((7, 8),))
    scene.fold(DECISIONS[ClosePlace](context, command), DESK)


@pytest.mark.parametrize("zone_id", [NORTH, SOUTH])
def test_nothing_is_decided_on_orders_to_or_from_a_closed_zone_until_it_opens(town: Any, zone_id: ZoneId) -> None:
    town.do(ClosePlace(zone_id=zone_id, note="Flooded", for_s=600.0), DESK)

    order = town.order("O-1")
    assert is_left_alone(town.operation, order, town.now + 599.0)
    assert not is_left_alone(town.operation, order, town.now + 600.0)
    assert town.happened[-1].closure.closed_by == "rojas"
    assert PlaceClosed.is_audited and PlaceReopened.is_audited


def test_closed_street_holds_no_order_and_ends_by_itself(town: Any) -> None:
    close_street(town, for_s=600.0, street=" Avenida del Mar ")
    [closure] = town.operation.closures.in_force(town.now)
    assert closure.street == "Avenida del Mar"
    assert town.operation.closures.segments(town.now) == {(7, 8)}
    assert not is_left_alone(town.operation, town.order("O-1"), town.now)
    assert town.operation.closures.segments(town.now + 600.0) == frozenset()


def test_place_opens_before_its_time(town: Any) -> None:
    close_street(town)
    [closure] = town.operation.closures.in_force(town.now)
    town.do(ReopenPlace(closure_id=closure.closure_id), DESK)
    assert town.operation.closures.in_force(town.now) == []


def test_closures_that_are_over_are_dropped_with_the_next(town: Any) -> None:
    close_street(town, for_s=60.0)
    town.now += 61.0
    close_street(town)
    assert len(town.operation.closures.closures) == 1


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (ClosePlace(note="Why"), "closure.one_place"),
        (ClosePlace(note="Why", zone_id=NORTH, position=HERE), "closure.one_place"),
        (ClosePlace(note="  ", zone_id=NORTH), "note.required"),
        (ClosePlace(note="Why", zone_id=NORTH, for_s=0.0), "closure.out_of_range"),
        (ClosePlace(note="Why", zone_id=NORTH, for_s=float("nan")), "closure.out_of_range"),
        (ClosePlace(note="Why", position=HERE), "closure.no_street"),
        (ClosePlace(note="Why", position=HERE, street="A" * 121), "closure.name_too_long"),
    ],
)
def test_closure_that_says_too_little_is_refused(town: Any, command: ClosePlace, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        town.do(command, DESK)
    assert refused.value.code == code


def test_zone_is_closed_once(town: Any) -> None:
    town.do(ClosePlace(zone_id=NORTH, note="Flooded"), DESK)
    with pytest.raises(Refusal, match="already"):
        town.do(ClosePlace(zone_id=NORTH, note="Flooded"), DESK)


def test_what_is_not_there_is_not_found(town: Any) -> None:
    with pytest.raises(NotFound):
        town.do(ClosePlace(zone_id=ZoneId("Z-X"), note="Flooded"), DESK)
    with pytest.raises(NotFound):
        town.do(ReopenPlace(closure_id=ClosureId("X-1")), DESK)


def test_person_limited_to_a_region_closes_nothing_elsewhere(town: Any) -> None:
    for command in (
        ClosePlace(zone_id=SOUTH, note="Flooded"),
        ClosePlace(position=Position(-29.95, -71.25), note="Why"),
    ):
        with pytest.raises(Refusal) as refused:
            only_in_regions(town.operation, command, frozenset({NORTH}))
        assert refused.value.code == "access.region"
    only_in_regions(town.operation, ClosePlace(zone_id=NORTH, note="Flooded"), frozenset({NORTH}))
