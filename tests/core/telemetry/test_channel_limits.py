"""Limits with hysteresis and dwell: exact turns, and no noise makes them flap."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from core.telemetry.channel_limits import ChannelLimit, LimitId, Standing, Turn, elapse, judge, limit_for
from core.vocabulary import VehicleId

# Cargo at most 5 °C, restored at 4 °C, each for 3 minutes.
COLD = ChannelLimit(limit_id=LimitId("cold"), channel="temperature.cargo", most=5.0, hysteresis=1.0, for_s=180.0)
SHUT = ChannelLimit(limit_id=LimitId("shut"), channel="door.rear", forbidden=("open",), for_s=120.0)


def run(limit: ChannelLimit, *readings: tuple[float, float]) -> list[Turn]:
    """Return the turns that readings (at, value) bring."""
    standing, turns = Standing(), []
    for at, value in readings:
        standing, turn = judge(limit, standing, at, value, "")
        turns += [turn] if turn else []
    return turns


def test_beyond_for_the_whole_dwell_is_crossed() -> None:
    [turn] = run(COLD, (0, 4.0), (60, 9.0), (120, 9.2), (239, 9.3), (241, 9.4))
    assert (turn.is_crossed, turn.since_at, turn.at, turn.value) == (True, 60.0, 240.0, 9.4)


def test_one_reading_inside_begins_the_dwell_anew() -> None:
    assert run(COLD, (0, 9.0), (100, 4.9), (200, 9.0), (370, 9.0)) == []
    assert len(run(COLD, (0, 9.0), (100, 4.9), (200, 9.0), (380, 9.0))) == 1


def test_a_bound_itself_is_inside() -> None:
    assert run(COLD, (0, 5.0), (200, 5.0), (400, 5.0)) == []


def test_inside_by_less_than_the_hysteresis_restores_nothing() -> None:
    crossed = ((0, 9.0), (180, 9.0))
    assert len(run(COLD, *crossed, (200, 4.5), (500, 4.5), (800, 4.1))) == 1
    turns = run(COLD, *crossed, (200, 4.0), (300, 4.1), (400, 4.0), (580, 4.0))
    # 4.1 °C is not a whole degree inside: the three minutes count from 400 on.
    assert [(turn.is_crossed, turn.since_at, turn.at) for turn in turns] == [(True, 0, 180), (False, 400, 580)]


def test_lower_bounds_count_alike() -> None:
    tyre = ChannelLimit(limit_id=LimitId("t"), channel="tyre_pressure", least=200_000.0, hysteresis=10_000.0)
    turns = run(tyre, (0, 250_000), (1, 199_999), (2, 205_000), (3, 210_000))
    assert [(turn.is_crossed, turn.at) for turn in turns] == [(True, 1), (False, 3)]


def test_a_gap_longer_than_readings_are_fresh_breaks_the_dwell() -> None:
    # Temperatures are stale after 600 s: of the hour between nothing is known.
    assert run(COLD, (0, 9.0), (3600, 9.0)) == []
    [turn] = run(COLD, (0, 9.0), (3600, 9.0), (3780, 9.0))
    assert turn.since_at == 3600


def test_readings_of_the_past_change_nothing() -> None:
    standing, _ = judge(COLD, Standing(), 100.0, 9.0, "")
    assert judge(COLD, standing, 90.0, 1.0, "") == (standing, None)
    assert judge(COLD, standing, 100.0, 1.0, "") == (standing, None)


def test_a_door_that_tells_only_changes_is_noticed_by_the_clock() -> None:
    standing, turn = judge(SHUT, Standing(), 0.0, float("nan"), "open")
    assert turn is None
    assert elapse(SHUT, standing, 119.0) == (standing, None)
    standing, turn = elapse(SHUT, standing, 125.0)
    assert turn is not None
    assert (turn.is_crossed, turn.at, turn.state) == (True, 120.0, "open")
    assert elapse(SHUT, standing, 130.0)[1] is None, "told once"


def test_a_stale_reading_says_nothing_about_now() -> None:
    slow = ChannelLimit(limit_id=LimitId("s"), channel="temperature", most=5.0, for_s=900.0)
    standing, _ = judge(slow, Standing(), 0.0, 9.0, "")
    assert elapse(slow, standing, 901.0)[1] is None


def test_the_closest_limit_counts() -> None:
    fleet = ChannelLimit(limit_id=LimitId("fleet"), channel="temperature", most=8.0)
    group = ChannelLimit(
        limit_id=LimitId("group"), channel="temperature", most=5.0, vehicles=(VehicleId("V-1"), VehicleId("V-2"))
    )
    own = ChannelLimit(limit_id=LimitId("own"), channel="temperature", most=2.0, vehicles=(VehicleId("V-1"),))
    limits = [fleet, COLD, own, group]
    assert limit_for(limits, "V-1", "temperature.cabin") is own
    assert limit_for(limits, "V-2", "temperature.cabin") is group
    assert limit_for(limits, "V-3", "temperature.cabin") is fleet
    assert limit_for(limits, "V-1", "temperature.cargo") is COLD, "a full name before all parts"
    assert limit_for(limits, "V-1", "fuel") is None


_steps = st.lists(st.tuples(st.floats(0.5, 300.0), st.floats(-5.0, 15.0)), min_size=1, max_size=80)


@given(steps=_steps, hysteresis=st.floats(0.0, 3.0), for_s=st.floats(0.0, 300.0))
def test_turns_alternate_and_each_has_lasted_its_dwell(
    steps: list[tuple[float, float]], hysteresis: float, for_s: float
) -> None:
    limit = ChannelLimit(
        limit_id=LimitId("x"), channel="temperature.cargo", most=5.0, hysteresis=hysteresis, for_s=for_s
    )
    readings, at = [], 0.0
    for pause, value in steps:
        at += pause
        readings.append((at, value))
    turns = run(limit, *readings)
    assert [turn.is_crossed for turn in turns] == [number % 2 == 0 for number in range(len(turns))]
    for turn in turns:
        held = [value for read_at, value in readings if turn.since_at <= read_at <= turn.at]
        assert held, "a dwell begins with a reading"
        outside = [value > 5.0 for value in held] if turn.is_crossed else [value <= 5.0 - hysteresis for value in held]
        assert all(outside)
    for before, after in pairwise(turns):
        assert after.at - before.at >= for_s - 1e-6


@given(noise=st.lists(st.floats(-0.5, 0.5), min_size=2, max_size=200))
def test_noise_smaller_than_the_hysteresis_never_flaps(noise: list[float]) -> None:
    limit = ChannelLimit(limit_id=LimitId("x"), channel="temperature.cargo", most=5.0, hysteresis=1.5)
    turns = run(limit, *((float(second), 5.0 + wobble) for second, wobble in enumerate(noise)))
    assert len(turns) <= 1, "crossed once at most, and never restored by noise"
