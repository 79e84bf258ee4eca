"""Pressure is counted and published, and the bins that passed are remembered."""

from __future__ import annotations

import asyncio
from typing import Any

from backend_service.workers.pressure_cycle import PressureCycle
from core.fleet.zone import Zone
from core.vocabulary import Position


def square(west_m: float, east_m: float, town: Any) -> tuple[Position, ...]:
    west, east = town.at(west_m).lon, town.at(east_m).lon
    corners = [(-0.1, west), (-0.1, east), (0.1, east), (0.1, west), (-0.1, west)]
    return tuple(Position(lat, lon) for lat, lon in corners)


def test_passed_bins_are_remembered(town: Any) -> None:
    told: list[Any] = []
    cycle = PressureCycle(town.bus, town.positions, told.append)
    town.bus.operation.fleet.zones["Z-1"] = Zone(zone_id="Z-1", name="One", ring=square(-5000, 5000, town))
    town.order("O-1", 0, 100, zone_id="Z-1")

    asyncio.run(cycle.run_once(town.now))
    asyncio.run(cycle.run_once(town.now + 900.0))

    first, second = told
    assert first.zones == ("Z-1",) and len(first.cells[0]) == 12
    assert second.cells[0][second.now_bin - 1] == first.cells[0][first.now_bin]
    assert cycle.latest is second


def test_without_zones_nothing_is_told(town: Any) -> None:
    told: list[Any] = []

    asyncio.run(PressureCycle(town.bus, town.positions, told.append).run_once(town.now))

    assert told == []
