"""What is chosen about a disruption is carried out, kept with its reason and preview, and can be taken back."""

from typing import Any

import pytest
from msgspec.structs import replace

from core.alarms.exceptions import current_exceptions
from core.commands import UndoDecision
from core.deciding import Context
from core.dispatch.decision import PlanChange, PutBack
from core.dispatch.giving_back import giving_back
from core.dispatch.override_ledger import ledger, summarised
from core.dispatch.taking_back import undo_decision
from core.disruption.disruption import DisruptionKind, RecoveryAction, RecoveryOptions
from core.disruption.recovery_commands import ChooseRecovery, CloseReview, RecordDisruptionEnd, UndoRecovery
from core.events.disruption_events import RecoveryChosen
from core.events.order_events import ArrivalForecastRevised
from core.orders.order import OrderState
from core.projections.held_plans import HeldPlan
from core.projections.operation import decode_operation, encode_operation
from core.refusals import NotFound, Refusal, StateChanged
from core.vocabulary import PLATFORM, Actor, DriverId, OrderId, OverrideId, Role
from tests.envelopes import fold_into

NOW = 1_000_000.0
MARTA = Actor(role=Role.DISPATCHER, subject="marta")
SOL = Actor(role=Role.SUPERVISOR, subject="sol")
GIVEN = {"state": OrderState.ASSIGNED, "driver_id": "D-1", "assigned_at": NOW - 900.0}
ON_BOARD = {"state": OrderState.ON_THE_WAY, "driver_id": "D-1", "picked_up_at": NOW - 900.0}


class Broken:
    """D-1 has stood for 20 min with O-1 to fetch; D-2 is free."""

    def __init__(self, street: Any, **fields: Any) -> None:
        self.street = street
        order = street.order("O-1", 1000.0, 3000.0, due_s=900.0, **{**GIVEN, **fields})
        street.driver("D-1", 0.0, [order])
        street.driver("D-2", 2000.0)
        self.disruption = street.note(street.disruption(DisruptionKind.STOPPED, "D-1", lasted_s=1200.0))
        self.options: RecoveryOptions = street.options(self.disruption)

    @property
    def board(self) -> Any:
        return self.street.operation.disruptions

    def choose(self, option_id: str, **fields: Any) -> Any:
        command = ChooseRecovery(disruption_id=self.disruption.disruption_id, option_id=option_id, **fields)
        return self.street.do(command, MARTA, recovery=self.options)

    def holder(self) -> DriverId | None:
        return self.street.operation.orders.orders[OrderId("O-1")].driver_id


@pytest.fixture
def broken(street: Any) -> Broken:
    return Broken(street)


def test_a_disruption_is_noted_once_and_over_once(street: Any, broken: Broken) -> None:
    again = street.disruption(DisruptionKind.STOPPED, "D-1", lasted_s=1300.0)
    street.note(again)
    assert list(broken.board.standing) == [broken.disruption.disruption_id]
    assert broken.board.detected == {DisruptionKind.STOPPED: 1}
    over = RecordDisruptionEnd(disruption_id=broken.disruption.disruption_id)
    assert len(street.do(over).events) == 1
    assert street.do(over).events == []
    assert broken.board.standing == {}


def test_chosen_option_moves_the_order_and_is_kept_with_what_was_known(broken: Broken) -> None:
    decision = broken.choose("reassign:D-2", note="He has a flat tyre")
    assert broken.holder() == "D-2"
    assert broken.street.operation.fleet.routes[DriverId("D-1")].stops == ()
    (chosen,) = [event for _, event in decision.events if isinstance(event, RecoveryChosen)]
    assert chosen.is_audited
    kept = chosen.recovery
    assert (kept.chosen_by, kept.note, kept.is_automatic) == ("marta", "He has a flat tyre", False)
    assert (kept.recommended, kept.option.impact.late_minutes) == ("reassign:D-2", pytest.approx(-11.0))
    assert [plan.driver_id for plan in kept.option.replaced] == [plan.driver_id for plan in kept.option.plans]
    assert broken.board.is_handled(broken.disruption.disruption_id, NOW)


def test_what_moved_orders_is_in_the_ledger(broken: Broken) -> None:
    broken.choose("reassign:D-2")
    operation = broken.street.operation
    (entry,) = ledger(operation.decisions.overrides.values(), operation.orders.orders)
    assert (entry.expected_late, entry.recommended_late) == pytest.approx((0.0, 0.0))
    override = entry.override
    assert (override.recommended_driver_id, override.order_ids, override.is_automatic) == ("D-2", ("O-1",), False)
    assert (entry.override.decided_by, entry.override.note) == ("marta", "recovery from stopped")


def test_what_the_platform_recovered_from_is_marked_and_counts_in_no_figure(broken: Broken) -> None:
    command = ChooseRecovery(disruption_id=broken.disruption.disruption_id, option_id="reassign:D-2")
    broken.street.do(command, PLATFORM, recovery=broken.options)
    operation = broken.street.operation
    entries = ledger(operation.decisions.overrides.values(), operation.orders.orders)
    assert [entry.override.is_automatic for entry in entries] == [True]
    assert summarised(entries, lambda entry: entry.override.decided_by) == []


def test_supervisors_are_asked_to_look_until_one_has(broken: Broken) -> None:
    operation = broken.street.operation

    def asked(role: Role) -> list[str]:
        return [item.key for item in current_exceptions(operation, NOW, {}, role=role) if item.recovery_id]

    broken.choose("review", note="The street looks flooded")
    assert asked(Role.SUPERVISOR) == asked(Role.ADMINISTRATOR) == ["review:X-1"]
    assert asked(Role.DISPATCHER) == []
    decision = broken.street.do(CloseReview(recovery_id="X-1", note="Diverted"), SOL)
    assert [event.is_audited for _, event in decision.events] == [True]
    assert asked(Role.SUPERVISOR) == []
    kept = broken.board.recoveries["X-1"]
    assert (kept.reviewed_by, kept.reviewed_at) == ("sol", NOW)
    with pytest.raises(Refusal) as refused:
        broken.street.do(CloseReview(recovery_id="X-1"), SOL)
    assert refused.value.code == "review.not_open"
    assert decode_operation(encode_operation(operation)).disruptions == broken.board


def test_undo_gives_the_order_back(broken: Broken) -> None:
    broken.choose("reassign:D-2")
    (recovery_id,) = broken.board.recoveries
    broken.street.do(UndoRecovery(recovery_id=recovery_id), MARTA)
    assert broken.holder() == "D-1"
    assert broken.board.recoveries[recovery_id].undone_by == "marta"
    assert not broken.board.is_handled(broken.disruption.disruption_id, NOW)
    with pytest.raises(Refusal, match="undone already"):
        broken.street.do(UndoRecovery(recovery_id=recovery_id), MARTA)


def test_undo_of_its_ledger_entry_is_its_undo(broken: Broken) -> None:
    broken.choose("reassign:D-2")
    (override_id,) = broken.street.operation.decisions.overrides
    broken.street.do(UndoDecision(override_id=override_id), MARTA)
    (recovery,) = broken.board.recoveries.values()
    assert recovery.undone_at == NOW


def test_undo_gives_back_every_order_that_was_moved_and_lets_wait_what_no_longer_fits(street: Any) -> None:
    orders = [street.order(f"O-{n}", 500.0 * n, 3000.0, due_s=900.0 + 300.0 * n, **GIVEN) for n in (1, 2, 3)]
    street.driver("D-1", 0.0, orders)
    street.driver("D-2", 2000.0)
    disruption = street.note(street.disruption(DisruptionKind.STOPPED, "D-1", lasted_s=1200.0))
    options = street.options(disruption)
    option = next(one for one in options.options if one.action is RecoveryAction.REASSIGN)
    chosen = ChooseRecovery(disruption_id=disruption.disruption_id, option_id=option.option_id)
    street.do(chosen, MARTA, recovery=options)
    names = ("O-1", "O-2", "O-3")
    assert [street.operation.orders.orders[name].driver_id for name in names] == ["D-2"] * 3
    route = street.operation.fleet.routes[DriverId("D-2")]
    turned = (*route.stops[-2:], *route.stops[:-2])
    street.operation.fleet.routes[DriverId("D-2")] = replace(route, stops=turned)
    [override] = street.operation.decisions.overrides.values()
    assert [one.order_id for one in giving_back(street.operation, override).orders] == ["O-1", "O-2", "O-3"]

    fits = tuple(stop for stop in route.stops if stop.order_id != "O-2")
    left = tuple(stop for stop in turned if stop.order_id == "O-2")
    plans = (
        PlanChange(driver_id=DriverId("D-1"), plan_number=2, stops=fits),
        PlanChange(driver_id=DriverId("D-2"), plan_number=2, stops=left),
    )
    context = Context(street.operation, MARTA, NOW, put_back=PutBack(plans=plans))
    fold_into(street.operation, undo_decision(context, UndoDecision(override_id=override.override_id)), NOW, MARTA)

    assert [street.operation.orders.orders[name].driver_id for name in names] == ["D-1", None, "D-1"]
    assert street.operation.fleet.routes[DriverId("D-2")].stops == ()


def test_moved_plan_or_order_refuses(broken: Broken) -> None:
    with pytest.raises(StateChanged):
        broken.choose("reassign:D-2", based_on={DriverId("D-2"): 7})
    with pytest.raises(StateChanged):
        broken.choose("reassign:D-2", order_versions={OrderId("O-1"): 9})
    assert broken.holder() == "D-1"


def test_option_that_is_gone_and_disruption_that_is_over_refuse(broken: Broken) -> None:
    with pytest.raises(Refusal) as refused:
        broken.choose("reassign:D-9")
    assert refused.value.code == "recovery.no_longer"
    broken.street.do(RecordDisruptionEnd(disruption_id=broken.disruption.disruption_id))
    with pytest.raises(NotFound):
        broken.choose("wait")


@pytest.mark.parametrize(("based_on", "tell_at"), [({}, NOW + 30.0), (None, None)])
def test_drivers_hear_of_what_was_looked_at_a_little_later(broken: Broken, based_on: Any, tell_at: Any) -> None:
    broken.choose("reassign:D-2", based_on=based_on)
    (override,) = broken.street.operation.decisions.overrides.values()
    assert override.tell_at == tell_at


def test_waiting_holds_for_a_while(broken: Broken) -> None:
    broken.choose("wait")
    name = broken.disruption.disruption_id
    assert broken.board.is_handled(name, NOW + 299.0)
    assert not broken.board.is_handled(name, NOW + 300.0)


def test_customers_hear_the_time_that_is_expected(street: Any) -> None:
    broken = Broken(street, **ON_BOARD)
    decision = broken.choose("tell_customer")
    (told,) = [event for _, event in decision.events if isinstance(event, ArrivalForecastRevised)]
    assert (told.order_id, told.cause) == ("O-1", "disruption")
    (recovery_id,) = broken.board.recoveries
    with pytest.raises(Refusal) as refused:
        street.do(UndoRecovery(recovery_id=recovery_id), MARTA)
    assert refused.value.code == "undo.told"


def test_no_customer_hears_a_time_of_a_plan_that_is_held_back_since(street: Any) -> None:
    broken = Broken(street, **ON_BOARD)
    route = street.operation.fleet.routes[DriverId("D-1")]
    coming = frozenset({OrderId("O-1")})
    plan = HeldPlan(route=route, orders={}, overrides={OverrideId("V-1"): NOW + 30.0}, coming=coming)
    street.operation.held.plans[DriverId("D-1")] = plan
    with pytest.raises(StateChanged, match="nobody was told yet"):
        broken.choose("tell_customer")
    street.now += 30.0
    assert broken.choose("tell_customer").events


def test_new_way_can_be_put_back_until_the_plan_moves(street: Any) -> None:
    street.driver("D-1", 500.0, [street.order("O-1", 0.0, 3000.0, **ON_BOARD)])
    disruption = street.note(street.disruption(DisruptionKind.OFF_ROUTE, "D-1"))
    command = ChooseRecovery(disruption_id=disruption.disruption_id, option_id="reroute:D-1")
    street.do(command, recovery=street.options(disruption))
    routes, board = street.operation.fleet.routes, street.operation.disruptions
    assert routes[DriverId("D-1")].plan_number == 2
    (recovery,) = board.recoveries.values()
    assert (recovery.is_automatic, recovery.override_id) == (True, None)
    street.do(UndoRecovery(recovery_id=recovery.recovery_id), MARTA)
    assert routes[DriverId("D-1")].plan_number == 3
    again = street.do(command, recovery=street.options(disruption)).created
    street.do(command, recovery=street.options(disruption))
    with pytest.raises(Refusal) as refused:
        street.do(UndoRecovery(recovery_id=again), MARTA)
    assert refused.value.code == "undo.too_late"


def test_board_survives_a_snapshot(broken: Broken) -> None:
    broken.choose("reassign:D-2")
    operation = broken.street.operation
    assert decode_operation(encode_operation(operation)).disruptions == operation.disruptions
    assert broken.board.recovered == {RecoveryAction.REASSIGN: 1}
