"""What the planner proposes is held against the check; where they disagree a person decides, and it is seen."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from backend_service.workers.checking import CALM_S, DISPATCH_CHECK, Checking
from backend_service.workers.dispatch_cycle import DispatchCycle
from backend_service.workers.planning import Planner
from backend_service.workers.source_watch import SourceWatch
from core.commands import RecommendAssignment, RecordSource
from core.dispatch.candidates import Pricing
from core.dispatch.changes import Reassign
from core.dispatch.checked_options import Checked, checked
from core.dispatch.policy import DispatchPolicy
from core.dispatch.world import PlanningWorld
from core.orders.order import OrderState
from core.vocabulary import DriverId, OrderId


def distrusts_the_first(world: PlanningWorld, pricing: Pricing, about: DriverId | None) -> Checked:
    """A stricter check: D-1 is on a break, whatever the planner knows."""
    strict = (
        replace(one, driver=replace(one.driver, is_paused=True)) if one.driver_id == "D-1" else one
        for one in pricing.possible
    )
    return checked(world, replace(pricing, possible=tuple(strict)), about)


@pytest.fixture
def distrusted(town: Any) -> Any:
    """D-1 is near, D-2 far; orders are inserted one by one."""
    policy = DispatchPolicy(match_horizon_s=0.0)
    town.planner = Planner(town.bus, town.planner._streets, town.positions, policy, town.clock)
    town.planner.checking = Checking(check=distrusts_the_first)
    town.driver("D-1", 500)
    town.driver("D-2", 4000)
    town.order("O-1", 1000, 3000)
    return town


def test_order_on_whose_driver_they_disagree_is_left_to_a_person(distrusted: Any) -> None:
    asyncio.run(DispatchCycle(distrusted.bus, distrusted.planner, dict).run_once(distrusted.now))

    [made] = [c.recommendation for c in distrusted.bus.commands if isinstance(c, RecommendAssignment)]
    assert (made.driver_id, made.is_automatic) == ("D-2", False)
    assert "ask.checks_disagree" in [reason.code for reason in made.ask_reasons]
    assert distrusted.planner.checking.disagreements >= 1


def test_match_that_the_check_rules_out_is_left_to_a_person_too(town: Any) -> None:
    town.planner.checking = Checking(check=distrusts_the_first)
    town.driver("D-1", 500)
    town.driver("D-2", 4000)
    town.order("O-1", 1000, 3000)

    asyncio.run(DispatchCycle(town.bus, town.planner, dict).run_once(town.now))

    made = [c.recommendation for c in town.bus.commands if isinstance(c, RecommendAssignment)]
    assert [(one.driver_id, one.is_automatic) for one in made] == [("D-2", False)]
    assert town.bus.operation.orders.orders[OrderId("O-1")].driver_id is None


def test_disagreement_is_a_degraded_source_until_they_agreed_for_a_while(distrusted: Any) -> None:
    planner, now = distrusted.planner, distrusted.now
    asyncio.run(DispatchCycle(distrusted.bus, planner, dict).run_once(now))
    for at in (now + 3.0, now + 4.0, now + CALM_S + 1.0):
        watch = SourceWatch(
            distrusted.bus, lambda at=at: planner.checking.state(at), source=DISPATCH_CHECK, effect="Look."
        )
        asyncio.run(watch.run_once(at))

    told = [c for c in distrusted.bus.commands if isinstance(c, RecordSource) and c.source == DISPATCH_CHECK]
    assert [c.is_degraded for c in told] == [True, False]


def test_planner_and_check_agree_on_an_ordinary_town(town: Any) -> None:
    town.driver("D-1", 500)
    town.driver("D-2", 4000, is_paused=True)
    town.order("O-1", 1000, 3000)
    town.order("O-2", 1000, 5000, driver_id="D-1", state=OrderState.ASSIGNED, is_accepted=True)
    asyncio.run(DispatchCycle(town.bus, town.planner, dict).run_once(town.now))
    change = Reassign(order_id=OrderId("O-2"), driver_id=DriverId("D-2"))

    preview = asyncio.run(town.planner.preview(change, town.now))

    assert town.planner.checking.disagreements == 0
    assert [breach.constraint for breach in preview.breaches] == ["not_paused"]
