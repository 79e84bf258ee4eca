"""With a match horizon the cycle gives away whole bundles, just in time, and falls back to insertion visibly."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from backend_service.workers.dispatch_cycle import DispatchCycle
from backend_service.workers.planning import Planner
from core.commands import RecommendAssignment, RecordSource
from core.dispatch.decision import RecommendedAction
from core.dispatch.matching.from_world import WorldMatch
from core.dispatch.policy import DispatchPolicy
from core.orders.order import OrderState


def cycle_with(town: Any, **values: Any) -> DispatchCycle:
    policy = DispatchPolicy(match_horizon_s=3_600.0, **values)
    planner = Planner(town.bus, town.planner._streets, town.positions, policy, town.clock)
    return DispatchCycle(town.bus, planner, dict)


def made(town: Any) -> list[Any]:
    return [c.recommendation for c in town.bus.commands if isinstance(c, RecommendAssignment)]


def given(town: Any) -> dict[str, str]:
    return {r.order_id: r.driver_id for r in made(town) if r.is_automatic}


def test_order_waits_until_its_driver_would_have_to_leave(town: Any) -> None:
    cycle = cycle_with(town, early_s=0.0)
    town.driver("D-1", 0)
    town.order("O-1", 1_000, 2_000, ready_s=350.0, is_ready=False)

    asyncio.run(cycle.run_once(town.now))
    assert made(town) == []

    # 100 s of driving: the driver leaves 250 s from now, and is told in the round before.
    asyncio.run(cycle.run_once(town.now + 200.0))
    asyncio.run(cycle.run_once(town.now + 246.0))
    assert given(town) == {"O-1": "D-1"}
    assert made(town)[0].put_off_until_at == town.now + 200.0


def test_meals_of_one_kitchen_go_as_a_bundle_where_drivers_are_short(town: Any) -> None:
    cycle = cycle_with(town)
    town.driver("D-1", 0)
    town.order("O-1", 1_000, 4_000)
    town.order("O-2", 1_000, 4_100)

    asyncio.run(cycle.run_once(town.now))

    assert given(town) == {"O-1": "D-1", "O-2": "D-1"}
    kinds = [stop.kind.value for stop in town.bus.operation.fleet.routes["D-1"].stops]
    assert kinds == ["pickup", "pickup", "delivery", "delivery"]


@pytest.mark.parametrize(("join_gain_minutes", "driver"), [(0.0, "D-passing"), (240.0, "D-idle")])
def test_lone_order_joins_a_driver_who_passes_by_only_if_the_policy_lets_it(
    town: Any, join_gain_minutes: float, driver: str
) -> None:
    cycle = cycle_with(town, join_gain_minutes=join_gain_minutes)
    town.driver("D-passing", 0)
    town.driver("D-idle", 9_000)
    town.order("O-1", 3_000, 9_500, driver_id="D-passing", state=OrderState.ASSIGNED, is_accepted=True)
    town.order("O-2", 3_000, 9_400)

    asyncio.run(cycle.run_once(town.now))

    assert [r.driver_id for r in made(town) if r.order_id == "O-2"] == [driver]


def test_order_that_nobody_may_have_is_asked_about_after_a_while_and_given_as_soon_as_somebody_can(town: Any) -> None:
    cycle = cycle_with(town)
    town.driver("D-1", 0)
    town.order("O-1", 0, 1_000, forbidden=("D-1",))

    asyncio.run(cycle.run_once(town.now + 130.0))
    assert [(r.action, r.driver_id) for r in made(town)] == [(RecommendedAction.WAIT, None)]

    town.driver("D-2", 500)
    asyncio.run(cycle.run_once(town.now + 140.0))
    assert given(town) == {"O-1": "D-2"}


def test_match_that_fails_is_said_and_orders_are_inserted_one_by_one(
    town: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise ValueError("no solution")

    monkeypatch.setattr(WorldMatch, "solved", fail)
    cycle = cycle_with(town)
    town.driver("D-1", 0)
    town.order("O-1", 1_000, 2_000)

    asyncio.run(cycle.run_once(town.now))

    assert given(town) == {"O-1": "D-1"}
    assert [c.is_degraded for c in town.bus.commands if isinstance(c, RecordSource)] == [True]
