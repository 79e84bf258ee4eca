"""What can be done about each disruption, what that does to everyone, and what comes first."""

from dataclasses import replace
from typing import Any

import pytest

from core.dispatch.plan_check import Limit
from core.dispatch.policy import DispatchPolicy
from core.dispatch.rationale import say
from core.disruption.affliction import LONGEST_DELAY_S, afflicted, further_delay_s
from core.disruption.disruption import DisruptionKind, RecoveryAction, RecoveryOption, RecoveryOptions
from core.disruption.option_check import breaks_of
from core.disruption.ranking import may_run_by_itself, ranked_options
from core.orders.order import ArrivalBand, OrderState
from core.vocabulary import OrderId

_A = RecoveryAction
NOW = 1_000_000.0
GIVEN = {"state": OrderState.ASSIGNED, "driver_id": "D-1", "assigned_at": NOW - 900.0}
ON_BOARD = {"state": OrderState.ON_THE_WAY, "driver_id": "D-1", "picked_up_at": NOW - 900.0}


def actions(found: RecoveryOptions) -> list[RecoveryAction]:
    return [option.action for option in found.options]


def of(found: RecoveryOptions, action: RecoveryAction) -> RecoveryOption:
    return next(option for option in found.options if option.action is action)


def broken_down(street: Any, **fields: Any) -> Any:
    """D-1 has stood at 0 m for 20 min with O-1 still to be fetched at 1 km, promised in 15 min; D-2 is free at 2 km."""
    order = street.order("O-1", 1000.0, 3000.0, due_s=900.0, **{**GIVEN, **fields})
    street.driver("D-1", 0.0, [order])
    street.driver("D-2", 2000.0)
    return street.disruption(DisruptionKind.STOPPED, "D-1", lasted_s=1200.0)


def test_what_has_lasted_is_expected_to_last_as_long_again(street: Any) -> None:
    disruption = broken_down(street)
    assert further_delay_s(disruption, NOW) == 1200.0
    assert further_delay_s(disruption, NOW + 3600.0) == LONGEST_DELAY_S
    assert afflicted(street.world(), disruption).drivers["D-1"].start_at == NOW + 1200.0


def test_stopped_driver_s_order_goes_to_somebody_who_is_in_time(street: Any) -> None:
    found = street.options(broken_down(street))
    best = found.recommended
    assert best is not None
    assert (best.option_id, best.rank, best.moved_orders) == ("reassign:D-2", 1, ("O-1",))
    # As it stands: 1200 s of standing, 100 s to the counter, 60 s there, 200 s to the door: 1560 s, 660 s late.
    assert best.impact.before.late_minutes == pytest.approx(11.0)
    # D-2: 100 s, 60 s, 200 s: in time.
    assert best.impact.after.late_minutes == pytest.approx(0.0)
    assert (best.impact.promises, best.impact.late_minutes) == (-1, pytest.approx(-11.0))
    assert say(best.why) == "Promises kept: 1 more; 11 min less late"
    assert say(best.what) == "O-1 to D-2"
    assert [moved.order_id for moved in best.impact.moved] == ["O-1"]


def test_what_is_on_board_can_only_be_asked_about_waited_for_and_told(street: Any) -> None:
    order = street.order("O-1", 0.0, 3000.0, due_s=900.0, **ON_BOARD)
    street.driver("D-1", 0.0, [order])
    street.driver("D-2", 2000.0)
    found = street.options(street.disruption(DisruptionKind.STOPPED, "D-1", lasted_s=1200.0))
    assert actions(found) == [_A.CALL, _A.TELL_CUSTOMER, _A.WAIT, _A.REVIEW]
    telling = of(found, RecoveryAction.TELL_CUSTOMER)
    assert [moved.order_id for moved in telling.told] == ["O-1"]
    assert telling.told[0].after is not None
    assert telling.told[0].after.p50_at == pytest.approx(NOW + 1500.0)
    assert say(of(found, RecoveryAction.WAIT).why) == "As it stands 1 of the promises breaks, late by 10 min in all"


def test_order_at_the_counter_pinned_or_frozen_stays(street: Any) -> None:
    street.driver("D-2", 2000.0)
    for fields in ({"is_pinned": True}, {"state": OrderState.AT_PICKUP, "arrived_at_pickup_at": NOW - 60.0}):
        found = street.options(broken_down(street, **fields))
        assert RecoveryAction.REASSIGN not in actions(found)


def test_nobody_is_told_what_they_know_already(street: Any) -> None:
    told = ArrivalBand(p10_at=NOW + 1400, p50_at=NOW + 1500, p90_at=NOW + 1700, as_of=NOW - 60.0)
    street.driver("D-1", 0.0, [street.order("O-1", 0.0, 3000.0, due_s=900.0, told_arrival=told, **ON_BOARD)])
    found = street.options(street.disruption(DisruptionKind.STOPPED, "D-1", lasted_s=1200.0))
    assert RecoveryAction.TELL_CUSTOMER not in actions(found)


def test_nobody_hears_of_a_plan_that_is_held_back(street: Any) -> None:
    order = street.order("O-1", 0.0, 3000.0, due_s=900.0, **ON_BOARD)
    street.driver("D-1", 0.0, [order])
    case = street.case(street.disruption(DisruptionKind.STOPPED, "D-1", lasted_s=1200.0))
    held = ranked_options(replace(case, held_back=frozenset({order.order_id})))
    assert RecoveryAction.TELL_CUSTOMER in actions(ranked_options(case))
    assert RecoveryAction.TELL_CUSTOMER not in actions(held)


def test_driver_off_the_route_gets_a_new_way_at_no_one_s_cost(street: Any) -> None:
    street.driver("D-1", 500.0, [street.order("O-1", 0.0, 3000.0, **ON_BOARD)])
    found = street.options(street.disruption(DisruptionKind.OFF_ROUTE, "D-1", lasted_s=60.0))
    best = found.recommended
    assert best is not None
    assert (best.action, say(best.what)) == (RecoveryAction.REROUTE, "New way for D-1")
    assert [stop.order_id for plan in best.plans for stop in plan.stops] == ["O-1"]
    assert best.is_low_risk
    assert may_run_by_itself(best, DispatchPolicy())
    assert not may_run_by_itself(best, DispatchPolicy(recover_reroute=0))


def test_late_goods_are_taken_out_of_a_trip(street: Any) -> None:
    # O-1 has been late for 15 min and waits at 3 km; O-2, ready at 100 m for a door at 200 m, is planned behind it.
    late = street.order("O-1", 3000.0, 3500.0, is_ready=False, ready_at=NOW - 900.0, due_s=2400.0, **GIVEN)
    other = street.order("O-2", 100.0, 200.0, due_s=600.0, **GIVEN)
    street.driver("D-1", 0.0, [late, other])
    street.driver("D-2", 3100.0)
    found = street.options(street.disruption(DisruptionKind.NOT_READY, "O-1", lasted_s=900.0))
    assert RecoveryAction.REASSIGN not in actions(found)
    apart = of(found, RecoveryAction.UNBUNDLE)
    assert say(apart.what) == "O-1 out of the trip, to D-2"
    assert apart.moved_orders == ("O-1",)
    # Behind O-1, O-2 would be there 900 + 60 + 50 + 120 + 340 + 60 + 10 s from now; alone in 80 s.
    assert apart.impact.promises == -1
    assert apart.rank == 1 or of(found, RecoveryAction.REROUTE).rank == 1


def test_waiting_is_best_where_every_promise_holds(street: Any) -> None:
    order = street.order("O-1", 100.0, 200.0, is_ready=False, ready_at=NOW - 200.0, **GIVEN)
    street.driver("D-1", 0.0, [order])
    street.driver("D-2", 150.0)
    found = street.options(street.disruption(DisruptionKind.NOT_READY, "O-1", lasted_s=200.0))
    assert found.recommended is not None
    assert found.recommended.action is RecoveryAction.WAIT
    assert say(found.recommended.why) == "Every promise holds as it stands"


def test_declined_order_goes_to_the_next_best(street: Any) -> None:
    street.order("O-1", 1000.0, 2000.0, refused_by=("D-1",))
    street.driver("D-1", 1000.0)
    street.driver("D-2", 1500.0)
    found = street.options(street.disruption(DisruptionKind.DECLINED, "O-1", driver_id=None))
    assert found.recommended is not None
    assert found.recommended.option_id == "reassign:D-2"


@pytest.mark.parametrize("kind", list(DisruptionKind))
def test_a_supervisor_can_be_asked_about_anything(street: Any, kind: DisruptionKind) -> None:
    street.order("O-1", 1000.0, 3000.0)
    street.driver("D-1", 0.0)
    options = street.options(street.disruption(kind, "O-1")).options
    assert [one.action for one in options].count(RecoveryAction.REVIEW) == 1


def test_what_is_left_alone_is_given_to_nobody_else(street: Any) -> None:
    street.order("O-1", 1000.0, 3000.0)
    street.driver("D-2", 900.0)
    case = street.case(street.disruption(DisruptionKind.DECLINED, "O-1"))
    assert any(one.plans for one in ranked_options(case).options)
    aside = replace(case, left_alone=frozenset({OrderId("O-1")}))
    assert not any(one.plans for one in ranked_options(aside).options)


def test_closed_door_asks_the_customer_first(street: Any) -> None:
    failed = {"state": OrderState.FAILED, "ended_at": NOW - 10.0, "failure_reason": "customer_absent"}
    street.order("O-1", **{**ON_BOARD, **failed})
    street.driver("D-1", 0.0)
    found = street.options(street.disruption(DisruptionKind.NOBODY_HOME, "O-1"))
    assert actions(found) == [_A.CALL, _A.TELL_CUSTOMER, _A.WAIT, _A.REVIEW]
    assert say(found.options[0].what) == "Call the customer"


def test_overload_draws_free_drivers_in(street: Any) -> None:
    for number in range(6):
        street.order(f"O-{number}", 100.0 * number, 2000.0)
    busy = street.order("O-9", 0.0, 500.0, **{**ON_BOARD, "driver_id": "D-9"})
    street.driver("D-9", 50.0, [busy])
    street.driver("D-2", 3000.0)
    found = street.options(street.disruption(DisruptionKind.OVERLOAD, "centro", order_ids=("O-0", "O-1")))
    assert found.recommended is not None
    assert found.recommended.action is RecoveryAction.REBALANCE
    assert {plan.driver_id for plan in found.recommended.plans} == {"D-2"}


def test_cancelled_order_leaves_a_better_sequence(street: Any) -> None:
    # Without O-1 the driver at 0 m would pass the kitchen of O-3 on the way to that of O-2, and come back for it; he
    # has not said yes to O-2, and so is not on the way to it.
    street.order("O-1", 900.0, 950.0, **{**GIVEN, "state": OrderState.CANCELLED, "ended_at": NOW - 5.0})
    far = street.order("O-2", 6000.0, 6100.0, due_s=3000.0, **{**GIVEN, "is_accepted": False})
    near = street.order("O-3", 100.0, 200.0, due_s=600.0, **GIVEN)
    street.driver("D-1", 0.0, [far, near])
    found = street.options(street.disruption(DisruptionKind.CANCELLED, "O-1"))
    best = found.recommended
    assert best is not None
    assert best.action is RecoveryAction.REROUTE
    assert best.plans[0].stops[0].order_id == "O-3"


def test_checker_names_a_lost_order_and_a_moved_frozen_stop(street: Any) -> None:
    order = street.order("O-1", 1000.0, 3000.0, **{**GIVEN, "state": OrderState.AT_PICKUP, "arrived_at_pickup_at": NOW})
    street.driver("D-1", 1000.0, [order])
    street.driver("D-2", 2000.0)
    before = street.world()
    first, second = before.drivers["D-1"], before.drivers["D-2"]
    lost = before.with_driver(first.with_stops(()))
    assert Limit.LOST in {broken.limit for broken in breaks_of(before, lost, ["D-1"], [])}
    moved = lost.with_driver(second.with_stops(first.stops))
    assert Limit.FROZEN in {broken.limit for broken in breaks_of(before, moved, ["D-1", "D-2"], ["O-1"])}
