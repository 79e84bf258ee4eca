"""A door in hand behind a closed street stops nothing: neither the beat of decisions, nor a preview, nor the search."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from math import isfinite
from typing import Any

import msgspec
import numpy as np
import pytest

from backend_service.workers.dispatch_cycle import DispatchCycle
from backend_service.workers.improvement import Improvement
from backend_service.workers.planning import Planner
from core.commands import AdoptPlan, RecommendAssignment
from core.dispatch.changes import Forbid, Reassign
from core.dispatch.policy import DispatchPolicy
from core.dispatch.rationale import say
from core.orders.order import OrderState
from core.travel import TravelMatrix
from core.vocabulary import Position

ASSIGNED = OrderState.ASSIGNED
BEHIND_M = 7_777


@dataclass
class CutOff:
    """Streets of which none leads to or from one door."""

    streets: Any
    door: Position

    async def matrix(self, sources: Any, destinations: Any) -> TravelMatrix:
        known = await self.streets.matrix(sources, destinations)
        seconds, metres = known.durations_s.copy(), known.distances_m.copy()
        for values in (seconds, metres):
            values[self._is_door(sources), :] = np.inf
            values[:, self._is_door(destinations)] = np.inf
        return TravelMatrix(seconds, metres, degraded=known.degraded, as_of=known.as_of)

    def _is_door(self, places: Any) -> Any:
        return np.all(np.abs(places - np.array([self.door.lat, self.door.lon])) < 1e-9, axis=1)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.streets, name)


@pytest.fixture
def closed(town: Any) -> Any:
    """D-1 has not answered for A, and B's door is out of reach; D-2 is free."""
    policy = DispatchPolicy(improve_may_move=1, improve_iterations=400)
    streets = CutOff(town.planner._streets, town.at(BEHIND_M))
    town.planner = Planner(town.bus, streets, town.positions, policy, town.clock)
    town.driver("D-1", 0)
    town.driver("D-2", 3000)
    asked = {"driver_id": "D-1", "state": ASSIGNED, "assigned_at": town.now - 600.0}
    town.order("A", 0, 1000, **asked)
    town.order("B", 500, BEHIND_M, **asked)
    return town


def test_beat_of_decisions_goes_on_and_gives_to_whom_a_way_leads(closed: Any) -> None:
    asyncio.run(DispatchCycle(closed.bus, closed.planner, dict).run_once(closed.now))

    made = [c.recommendation for c in closed.bus.commands if isinstance(c, RecommendAssignment)]
    assert [(r.order_id, r.driver_id) for r in made] == [("A", "D-2")]


@pytest.mark.parametrize(
    "change",
    [Reassign(order_id="A", driver_id="D-2"), Forbid(order_id="A", driver_id="D-1")],  # type: ignore[arg-type]
)
def test_preview_says_whom_it_does_not_count_and_plans_no_endless_times(closed: Any, change: Any) -> None:
    found = asyncio.run(closed.planner.preview(change, closed.now))

    assert "No way leads to the door of: B; they are not counted" in [say(statement) for statement in found.said]
    stops = [stop for plan in found.as_is_plans for stop in plan.stops]
    assert stops and all(isfinite(at) for s in stops for at in (s.arrives_at, s.starts_at, s.departs_at))
    assert b"null" not in msgspec.json.encode([found.as_is, found.present, found.as_is_plans])


def test_search_leaves_out_only_the_driver_who_cannot_get_there(closed: Any) -> None:
    closed.driver("D-3", 3000)
    for name, pickup_m, delivery_m, driver in (("C", 9_000, 9_500, "D-2"), ("E", 3_000, 2_500, "D-3")):
        closed.order(name, pickup_m, delivery_m, driver_id=driver, state=ASSIGNED, is_accepted=True)
    for name in ("F", "G"):
        closed.order(name, 3000, 9_400, driver_id="D-2", state=ASSIGNED, is_accepted=True)
    worker = Improvement(closed.bus, closed.planner)
    asyncio.run(worker.run_once(closed.now))

    assert worker.failures == 0
    [made] = [c.improvement for c in closed.bus.commands if isinstance(c, AdoptPlan)]
    assert {plan.driver_id for plan in made.plans} <= {"D-2", "D-3"}
