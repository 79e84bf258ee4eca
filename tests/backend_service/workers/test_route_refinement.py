"""New plans get their way on the streets, once."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from backend_service.workers.route_refinement import RouteRefinement
from core.commands import SetRoute
from core.orders.order import OrderState
from core.projections.operation import Part


def test_new_plan_gets_geometry_and_times_under_its_number(town: Any) -> None:
    worker = RouteRefinement(town.bus, town.planner)
    town.driver("D-1", 0)
    town.order("O-1", 1000, 3000, driver_id="D-1", state=OrderState.ASSIGNED)

    asyncio.run(worker.run_once(town.now))
    asyncio.run(worker.run_once(town.now + 5.0))

    (command,) = town.bus.commands
    assert (command.driver_id, command.plan_number, command.is_degraded) == ("D-1", 1, True)
    assert command.distance_m == pytest.approx(3000.0, rel=1e-3)
    assert len(command.geometry) == 3
    # 100 s, 60 s at the counter, 200 s.
    assert [stop.arrives_at - town.now for stop in command.stops] == pytest.approx([100.0, 360.0], abs=0.5)


def test_plan_that_moved_meanwhile_is_tried_again(town: Any) -> None:
    worker = RouteRefinement(town.bus, town.planner)
    town.driver("D-1", 0)
    town.order("O-1", 1000, 3000, driver_id="D-1", state=OrderState.ASSIGNED)
    town.bus.refuses.add(SetRoute)

    asyncio.run(worker.run_once(town.now))
    town.bus.refuses.clear()
    asyncio.run(worker.run_once(town.now + 5.0))

    assert len(town.bus.commands) == 1


class StreetsChangeMeanwhile:
    """Plans as another planner does; while it looks for the first way, the streets change."""

    def __init__(self, planner: Any) -> None:
        self.changed: Any = None
        self.ways = 0
        self._planner = planner

    def world(self, now: float) -> Any:
        return self._planner.world(now)

    async def way(self, *places: Any) -> Any:
        found = await self._planner.way(*places)
        self.ways += 1
        if self.ways == 1:
            self.changed()
        return found


def test_way_that_was_looked_for_while_the_streets_changed_is_found_anew(town: Any) -> None:
    planner = StreetsChangeMeanwhile(town.planner)
    worker = RouteRefinement(town.bus, planner)  # type: ignore[arg-type]
    planner.changed = worker.renew
    town.driver("D-1", 0)
    town.order("O-1", 1000, 3000, driver_id="D-1", state=OrderState.ASSIGNED)

    asyncio.run(worker.run_once(town.now))
    assert worker.is_wanted(town.now)
    for _ in range(2):
        asyncio.run(worker.run_once(town.now + 5.0))

    assert (planner.ways, len(town.bus.commands)) == (2, 2)


def test_changed_route_is_wanted_soon(town: Any) -> None:
    worker = RouteRefinement(town.bus, town.planner)

    worker.note([], frozenset({(Part.ORDER, "O-1")}))
    before = worker.is_wanted(town.now)
    worker.note([], frozenset({(Part.ROUTE, "D-1")}))
    after = worker.is_wanted(town.now)
    asyncio.run(worker.run_once(town.now))

    assert (before, after, worker.is_wanted(town.now)) == (False, True, False)
