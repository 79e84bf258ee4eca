"""The dispatch cycle assigns clear cases, asks about doubtful ones, and minds what people said."""

from __future__ import annotations

import asyncio
import threading
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from backend_service.streets.straight_line import StraightLineStreets
from backend_service.workers.dispatch_cycle import DispatchCycle
from backend_service.workers.matching import Matching
from backend_service.workers.planning import Planner
from core.commands import RecommendAssignment, RecordSource, WithdrawRecommendation
from core.dispatch.assignment import MatchingFailed, match
from core.dispatch.decision import Prepared, RecommendedAction
from core.dispatch.policy import DispatchPolicy
from core.events.order_events import OrderDelivered, OrderPlaced
from core.events.policy_events import PolicyChanged
from core.fleet.fleet import SignalState
from core.orders.order import OrderState
from core.projections.policy_book import PolicyBook
from core.vocabulary import ZoneId
from tests.envelopes import envelope_of


@pytest.fixture
def cycle(town: Any) -> DispatchCycle:
    return DispatchCycle(town.bus, town.planner, dict)


@pytest.fixture
def one_by_one(town: Any) -> Any:
    """The town with a policy that inserts order by order."""
    policy = DispatchPolicy(match_horizon_s=0.0)
    town.planner = Planner(town.bus, town.planner._streets, town.positions, policy, town.clock)
    return town


def run(cycle: DispatchCycle, at: float) -> None:
    asyncio.run(cycle.run_once(at))


def made(town: Any) -> list[Any]:
    return [c.recommendation for c in town.bus.commands if isinstance(c, RecommendAssignment)]


def test_clear_case_is_published_with_its_plan(town: Any, cycle: DispatchCycle) -> None:
    town.driver("D-1", 500)
    town.driver("D-2", 9000)
    town.order("O-1", 1000, 3000)

    run(cycle, town.now)

    assert [(r.driver_id, r.is_automatic, r.order_version) for r in made(town)] == [("D-1", True, 1)]
    assert len(made(town)[0].alternatives[0].plan) == 2
    assert made(town)[0].is_degraded


def test_each_driver_gets_one_new_order_a_cycle(one_by_one: Any) -> None:
    town = one_by_one
    cycle = DispatchCycle(town.bus, town.planner, dict)
    town.driver("D-1", 0)
    town.order("O-1", 0, 3000)
    town.order("O-2", 0, 3000)

    run(cycle, town.now)
    first = len(made(town))
    run(cycle, town.now + 5.0)

    assert first == 1
    assert [r.driver_id for r in made(town)] == ["D-1", "D-1"]
    assert made(town)[1].based_on == {"D-1": 1}


class PolicyChangesMeanwhile(StraightLineStreets):
    """Streets whose answers take so long that the policy is another by then."""

    policies: PolicyBook

    async def matrix(self, sources: Any, destinations: Any) -> Any:
        self.policies.number += 1
        return await super().matrix(sources, destinations)


def test_recommendation_names_the_policy_that_it_was_priced_by(town: Any) -> None:
    streets = PolicyChangesMeanwhile(town.clock, ZoneInfo("UTC"))
    streets.policies = town.bus.operation.policy
    planner = Planner(town.bus, streets, town.positions, DispatchPolicy(match_horizon_s=0.0), town.clock)
    town.driver("D-1", 500)
    town.order("O-1", 1000, 3000)

    run(DispatchCycle(town.bus, planner, dict), town.now)

    assert [r.policy_number for r in made(town)] == [0]
    assert streets.policies.number > 0


def test_doubtful_case_stands_until_a_person_decides(town: Any, cycle: DispatchCycle) -> None:
    town.driver("D-1", 500)
    town.order("O-1", 1000, 3000, value=90_000)

    run(cycle, town.now)
    run(cycle, town.now + 5.0)

    assert [r.is_automatic for r in made(town)] == [False]


def test_proposal_is_made_anew_when_the_plan_under_it_moved(town: Any, cycle: DispatchCycle) -> None:
    town.driver("D-1", 500)
    town.order("O-1", 1000, 3000, value=90_000)
    run(cycle, town.now)
    town.order("O-2", 1000, 3000, driver_id="D-1", state=OrderState.ASSIGNED, is_accepted=True)

    run(cycle, town.now + 5.0)

    assert [r.based_on for r in made(town)] == [{"D-1": 0}, {"D-1": 1}]


def test_question_nobody_answers_is_decided_in_time_although_plans_move(town: Any, cycle: DispatchCycle) -> None:
    town.driver("D-1", 500)
    town.order("O-1", 1000, 3000, value=90_000)

    run(cycle, town.now)
    town.order("O-2", 1000, 3000, driver_id="D-1", state=OrderState.ASSIGNED, is_accepted=True)
    run(cycle, town.now + 30.0)
    run(cycle, town.now + 61.0)

    assert [(r.is_automatic, r.fallback.after_s) for r in made(town)] == [(False, 60.0), (False, 30.0), (True, 120.0)]


def test_proposal_that_was_overtaken_is_withdrawn(town: Any, cycle: DispatchCycle) -> None:
    town.driver("D-1", 500)
    order = town.order("O-1", 1000, 3000, value=90_000)
    run(cycle, town.now)
    town.bus.operation.orders.orders["O-1"] = replace(order, driver_id="D-1", state=OrderState.ASSIGNED)

    run(cycle, town.now + 5.0)

    assert isinstance(town.bus.commands[-1], WithdrawRecommendation)
    assert town.bus.operation.decisions.standing == {}


@pytest.mark.parametrize("how", ["held", "dismissed"])
def test_order_is_left_alone_as_long_as_a_person_asked(town: Any, cycle: DispatchCycle, how: str) -> None:
    town.driver("D-1", 500)
    town.order("O-1", 1000, 3000, held_until=town.now + 120.0 if how == "held" else None)
    if how == "dismissed":
        town.bus.operation.decisions.dismissed_until["O-1"] = town.now + 120.0

    run(cycle, town.now)
    before = len(made(town))
    run(cycle, town.now + 121.0)

    assert (before, len(made(town))) == (0, 1)


def test_order_that_is_ready_much_later_is_not_committed_yet(town: Any, cycle: DispatchCycle) -> None:
    town.driver("D-1", 500)
    town.order("O-1", 1000, 3000, ready_s=1100.0, is_ready=False)

    run(cycle, town.now)
    run(cycle, town.now + 201.0)
    before = len(made(town))
    # 50 s away: committed when it would stand there for less than 150 s, 900 s after now at the latest.
    run(cycle, town.now + 901.0)

    assert (before, len(made(town))) == (0, 1)


def test_order_is_committed_early_to_a_driver_who_has_far_to_go(town: Any, cycle: DispatchCycle) -> None:
    # 6000 m at 10 m/s are 600 s; ready after 700 s: 100 s at the counter.
    town.driver("D-1", 7000)
    town.order("O-1", 1000, 3000, ready_s=700.0, is_ready=False)

    run(cycle, town.now)

    assert len(made(town)) == 1


@pytest.mark.parametrize("failure", [MatchingFailed("no optimum"), RuntimeError("the solver's own bug")])
def test_matching_that_fails_falls_back_visibly_and_recovers(one_by_one: Any, failure: Exception) -> None:
    town, is_broken = one_by_one, True

    def solver(pricings: Any, wait_money: int) -> Any:
        if is_broken:
            raise failure
        return match(pricings, wait_money)

    cycle = DispatchCycle(town.bus, town.planner, dict, matcher=solver)
    town.driver("D-1", 500)
    town.driver("D-2", 600)
    for name in ("O-1", "O-2"):
        town.order(name, 1000, 3000)

    run(cycle, town.now)
    town.order("O-3", 1000, 3000)
    run(cycle, town.now + 5.0)
    is_broken = False
    town.order("O-4", 1000, 3000)
    run(cycle, town.now + 70.0)

    told = [(c.source, c.is_degraded) for c in town.bus.commands if isinstance(c, RecordSource)]
    assert cycle.matching.fallbacks == 1
    assert {r.order_id for r in made(town)} == {"O-1", "O-2", "O-3", "O-4"}
    assert {made(town)[0].driver_id, made(town)[1].driver_id} == {"D-1", "D-2"}
    assert told == [("dispatch solver", True), ("dispatch solver", False)]


def test_matching_that_overruns_falls_back(town: Any) -> None:
    released = threading.Event()

    def solver(pricings: Any, wait_money: int) -> Any:
        released.wait(10.0)
        return {}

    async def one_match() -> Any:
        matching = Matching(town.bus, solver, lambda: 400, longest_s=0.01)
        town.driver("D-1", 500)
        order = town.order("O-1", 1000, 3000)
        _, pricing = await town.planner.priced(town.planner.world(town.now), order)
        try:
            return matching.fallbacks, await matching.match([pricing], town.now), matching.fallbacks
        finally:
            released.set()

    before, matched, after = asyncio.run(one_match())

    assert (before, after) == (0, 1)
    assert matched == {"O-1": "D-1"}


def test_waiting_is_recommended_only_after_a_while_without_anybody(town: Any, cycle: DispatchCycle) -> None:
    town.driver("D-1", 500, is_paused=True)
    town.order("O-1", 1000, 3000)

    run(cycle, town.now)
    before = len(made(town))
    run(cycle, town.now + 61.0)
    run(cycle, town.now + 66.0)

    assert before == 0
    assert [r.action for r in made(town)] == [RecommendedAction.WAIT]


def test_silent_driver_s_order_is_proposed_to_another(town: Any, cycle: DispatchCycle) -> None:
    town.driver("D-1", 900, age_s=400.0, signal=SignalState.SILENT)
    town.driver("D-2", 2000)
    town.order("O-1", 1000, 3000, driver_id="D-1", state=OrderState.ASSIGNED, is_accepted=True)

    run(cycle, town.now)
    run(cycle, town.now + 5.0)

    assert [(r.action, r.driver_id, r.is_automatic) for r in made(town)] == [(RecommendedAction.REASSIGN, "D-2", False)]


def test_driver_who_does_not_answer_is_noticed(town: Any, cycle: DispatchCycle) -> None:
    town.driver("D-1", 900)
    town.driver("D-2", 2000)
    town.order("O-1", 1000, 3000, driver_id="D-1", state=OrderState.ASSIGNED, assigned_at=town.now - 100.0)

    run(cycle, town.now)
    before = len(made(town))
    run(cycle, town.now + 30.0)

    assert before == 0
    assert [r.action for r in made(town)] == [RecommendedAction.REASSIGN]


def test_late_order_moves_only_for_a_clear_gain(town: Any) -> None:
    late = DispatchCycle(town.bus, town.planner, lambda: {"O-1": (None, 0.9)})  # type: ignore[dict-item]
    town.driver("D-1", 1000)
    town.driver("D-2", 1500)
    town.order("O-1", 1000, 3000, driver_id="D-1", state=OrderState.ASSIGNED, is_accepted=True, due_s=100.0)

    run(late, town.now)

    assert made(town) == []


def test_decision_that_was_taken_back_is_asked_and_not_repeated(town: Any, cycle: DispatchCycle) -> None:
    town.driver("D-1", 500)
    town.order("O-1", 1000, 3000)
    town.bus.operation.decisions.taken_back.add("O-1")

    run(cycle, town.now)

    assert [(r.is_automatic, [s.code for s in r.ask_reasons]) for r in made(town)] == [(False, ["ask.undone"])]


def test_new_order_is_wanted_at_once_and_a_delivery_is_not(town: Any, cycle: DispatchCycle) -> None:
    order = town.order("O-1", 0, 10)
    placed = OrderPlaced(
        order_id=order.order_id,
        customer_id="C",
        customer=None,
        pickup=order.pickup,
        delivery=order.delivery,
        promise=order.promise,
        ready_at=0.0,
    )

    cycle.note([envelope_of(OrderDelivered(order_id="O-9", driver_id="D-9"))], frozenset())
    before = cycle.is_wanted(town.now)
    cycle.note([envelope_of(placed)], frozenset())
    after = cycle.is_wanted(town.now)
    run(cycle, town.now)

    assert (before, after, cycle.is_wanted(town.now)) == (False, True, False)


def test_state_that_moved_meanwhile_is_tried_again_next_time(town: Any, cycle: DispatchCycle) -> None:
    town.driver("D-1", 500)
    town.order("O-1", 1000, 3000)
    town.bus.refuses.add(RecommendAssignment)

    run(cycle, town.now)
    town.bus.refuses.clear()
    run(cycle, town.now + 5.0)

    assert cycle.refused == 1
    assert len(made(town)) == 1


def test_the_policy_of_an_orders_zone_decides_whether_a_person_is_asked(town: Any, cycle: DispatchCycle) -> None:
    town.bus.operation.policy = PolicyBook(number=3, zones={ZoneId("Z-01"): {"high_value": 10_000.0}})
    town.driver("D-1", 500)
    town.driver("D-2", 9000)
    town.order("O-1", 1000, 3000, value=20_000, zone_id=ZoneId("Z-01"))
    town.order("O-2", 1000, 3000, value=20_000)

    run(cycle, town.now)
    run(cycle, town.now + 5.0)

    asked = {r.order_id: [reason.code for reason in r.ask_reasons] for r in made(town)}
    assert "ask.high_value" in asked["O-1"]
    assert "ask.high_value" not in asked["O-2"]
    assert {r.policy_number for r in made(town)} == {3}


def test_a_change_of_the_policy_takes_hold_in_the_running_cycle(town: Any, cycle: DispatchCycle) -> None:
    assert cycle.every_s == 5.0

    town.bus.operation.policy = PolicyBook(number=1, city={"cycle_s": 2.0})
    cycle.note([envelope_of(PolicyChanged(number=1, values={"cycle_s": 2.0}, note="Lunch"))], frozenset())

    assert (cycle.every_s, cycle.is_wanted(town.now)) == (2.0, True)


def test_no_brings_the_driver_who_was_prepared_for_it(town: Any, cycle: DispatchCycle) -> None:
    town.driver("D-1", 500)
    town.driver("D-2", 1100)
    town.driver("D-3", 9000)
    town.order("O-1", 1000, 3000, refused_by=("D-1",))
    held = Prepared(for_driver_id="D-1", driver_id="D-2", late_from_at=town.now + 600.0)
    town.bus.operation.decisions.fallbacks.held["O-1"] = held

    run(cycle, town.now)

    assert [(r.driver_id, r.prepared.driver_id) for r in made(town)] == [("D-2", "D-3")]
    assert "why.prepared" in [reason.code for reason in made(town)[0].why]


def test_driver_who_is_late_at_the_pickup_is_looked_at_before_the_promise_is_gone(
    town: Any, cycle: DispatchCycle
) -> None:
    # D-1 stands 30 km away and needs 50 min; promised in an hour, so nothing is lost yet, but D-2 is next door.
    town.driver("D-1", 30_000)
    town.driver("D-2", 1100)
    order = town.order("O-1", 1000, 3000, driver_id="D-1", state=OrderState.ASSIGNED, is_accepted=True)
    run(cycle, town.now)
    before = made(town)

    held = Prepared(for_driver_id="D-1", driver_id="D-2", late_from_at=town.now + 5.0)
    town.bus.operation.decisions.fallbacks.held[order.order_id] = held
    run(cycle, town.now + 5.0)

    assert before == []
    assert [(r.action, r.driver_id) for r in made(town)] == [(RecommendedAction.REASSIGN, "D-2")]
