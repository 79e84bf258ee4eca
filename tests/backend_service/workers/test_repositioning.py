"""The worker proposes what the count says, and ends what is over."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from backend_service.workers.pressure_cycle import PressureCycle
from backend_service.workers.repositioning import Repositioning
from core.dispatch.move_commands import EndDriverMove, ProposeDriverMove
from core.dispatch.policy import DispatchPolicy
from core.events.move_events import MoveEnd
from core.fleet.driver_move import DriverMove
from core.fleet.zone import Zone
from core.vocabulary import Position

POLICY = DispatchPolicy(reposition_by_itself=1)


@pytest.fixture
def worker(town: Any) -> Repositioning:
    """Two zones; the eastern one waits for somebody."""
    for name, west_m, east_m in (("west", -3000, 0), ("east", 0, 3000)):
        west, east = town.at(west_m).lon, town.at(east_m).lon
        corners = [(-0.1, west), (-0.1, east), (0.1, east), (0.1, west), (-0.1, west)]
        ring = tuple(Position(lat, lon) for lat, lon in corners)
        town.bus.operation.fleet.zones[name] = Zone(zone_id=name, name=name, ring=ring)
    town.pressure = PressureCycle(town.bus, town.positions, lambda _: None)
    return Repositioning(town.bus, town.pressure, lambda: POLICY)


def run(town: Any, worker: Repositioning, later_s: float = 0.0) -> list[Any]:
    before = len(town.bus.commands)
    asyncio.run(town.pressure.run_once(town.now + later_s))
    asyncio.run(worker.run_once(town.now + later_s))
    return town.bus.commands[before:]


def busy_east(town: Any) -> None:
    for number in range(12):
        town.order(f"O-{number}", 300.0, 500.0, zone_id="east")


def test_spare_driver_is_proposed_to_the_busy_zone(town: Any, worker: Repositioning) -> None:
    for number in range(3):
        town.driver(f"D-{number}", -200.0)
    busy_east(town)

    found = [command for command in run(town, worker) if isinstance(command, ProposeDriverMove)]

    assert found and all(command.is_automatic for command in found)
    assert {command.move.to_zone_id for command in found} == {"east"}


@pytest.mark.parametrize(
    ("x_m", "later_s", "is_accepted", "reason"),
    [
        (-200.0, 300.0, False, MoveEnd.EXPIRED),
        (-200.0, 1_800.0, True, MoveEnd.EXPIRED),
        (200.0, 60.0, True, MoveEnd.ARRIVED),
        (-200.0, 60.0, False, MoveEnd.NOT_NEEDED),
    ],
)
def test_move_ends(
    town: Any, worker: Repositioning, x_m: float, later_s: float, is_accepted: bool, reason: MoveEnd
) -> None:
    town.driver("D-1", x_m)
    if reason is MoveEnd.NOT_NEEDED:
        town.driver("D-2", 900.0)
    moves = town.bus.operation.moves
    (moves.under_way if is_accepted else moves.standing)["D-1"] = cue(town)

    ended = [command for command in run(town, worker, later_s) if isinstance(command, EndDriverMove)]

    assert [(command.move_id, command.reason) for command in ended] == [("M-1", reason)]


def test_driver_who_goes_home_is_moved_no_more(town: Any, worker: Repositioning) -> None:
    town.driver("D-1", -200.0, is_on_shift=False)
    town.bus.operation.moves.standing["D-1"] = cue(town)

    assert [command.reason for command in run(town, worker)] == [MoveEnd.BUSY]


def cue(town: Any) -> DriverMove:
    return DriverMove(
        move_id="M-1",
        driver_id="D-1",
        from_zone_id="west",
        to_zone_id="east",
        target=town.at(300.0),
        proposed_at=town.now,
        expires_at=town.now + 300.0,
        short=1.0,
        short_at=town.now + 1_800.0,
        spare=1.0,
        distance_m=500.0,
        way_minutes=2.0,
        covers_minutes=15.0,
    )
