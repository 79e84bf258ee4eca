"""A proposed wave asks to be released, and is pressing when its first departure is near."""

from __future__ import annotations

import pytest

from core.alarms.exceptions import current_exceptions
from core.dispatch.rationale import say
from core.dispatch.waves.rhythm import RhythmId
from core.dispatch.waves.wave import Unserved, Wave, WaveId, WavePlan, WaveRoute, WaveState
from core.fleet.depot import DepotId
from core.projections.operation import Operation
from core.vocabulary import DriverId, OrderId

NOW = 1_000_000.0


def operation(leaves_in_s: float, *, left_out: int = 0) -> Operation:
    route = WaveRoute(
        driver_id=DriverId("D-1"),
        vehicle_id=None,
        depot_id=DepotId("DP-1"),
        stops=(),
        leaves_at=NOW + leaves_in_s,
        returns_at=NOW + 9_000.0,
        distance_m=0.0,
        driving_s=0.0,
        trips=1,
    )
    unserved = tuple(Unserved(order_id=OrderId(f"O-{k}"), why="window") for k in range(left_out))
    plan = WavePlan(number=1, made_at=NOW - 60.0, routes=(route,), unserved=unserved)
    made = Operation()
    made.waves.waves[WaveId("W-1")] = Wave(
        wave_id=WaveId("W-1"),
        rhythm_id=RhythmId("R-1"),
        name="Morning",
        depot_ids=(DepotId("DP-1"),),
        closed_at=NOW - 60.0,
        starts_at=NOW,
        state=WaveState.PROPOSED,
        order_ids=(),
        proposal=plan,
    )
    return made


@pytest.mark.parametrize(("leaves_in_s", "priority"), [(1_800.0, 3), (599.0, 2)])
def test_proposed_wave_waits_for_release_and_presses_near_its_departure(leaves_in_s: float, priority: int) -> None:
    [item] = current_exceptions(operation(leaves_in_s), NOW, {})
    assert (item.key, item.subject_id, item.priority, item.act_within_s) == ("wave:W-1", "W-1", priority, leaves_in_s)


def test_it_says_how_many_have_no_place() -> None:
    [item] = current_exceptions(operation(1_800.0, left_out=3), NOW, {})
    assert say(item.cause) == "3 orders have no place"


def test_released_wave_asks_for_nothing() -> None:
    made = operation(1_800.0)
    wave = made.waves.waves[WaveId("W-1")]
    made.waves.waves[WaveId("W-1")] = Wave(
        wave_id=wave.wave_id,
        rhythm_id=wave.rhythm_id,
        name=wave.name,
        depot_ids=wave.depot_ids,
        closed_at=wave.closed_at,
        starts_at=wave.starts_at,
        state=WaveState.RELEASED,
        order_ids=(),
        plan=wave.proposal,
    )
    assert current_exceptions(made, NOW, {}) == []
