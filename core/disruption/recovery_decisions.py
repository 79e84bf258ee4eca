"""Decides about disruptions: noted once, over once, and recovered from by the option that was chosen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from core.commands import UndoDecision
from core.deciding import Context, Decision
from core.dispatch.decision import Override, OverrideMode, PlanChange, ReasonCode
from core.dispatch.planning_events import carry_out, is_reassignable, plan_in_force
from core.dispatch.taking_back import undo_decision
from core.disruption.disruption import (
    Disruption,
    DisruptionId,
    Recovery,
    RecoveryAction,
    RecoveryId,
    RecoveryOption,
)
from core.disruption.recovery_commands import (
    ChooseRecovery,
    CloseReview,
    RecordDisruption,
    RecordDisruptionEnd,
    UndoRecovery,
)
from core.events import disruption_events as happened
from core.events.dispatch_events import AssignmentOverridden
from core.events.order_events import ArrivalForecastRevised
from core.refusals import NotFound, Refusal, StateChanged
from core.streams import OPERATION, of_decision, of_forecast
from core.vocabulary import DriverId, Instant, OrderId, OverrideId, Role

LONGEST_NOTE = 500


def record_disruption(context: Context, command: RecordDisruption) -> Decision:
    """Note that something is wrong; of one subject and kind only once."""
    new = command.disruption
    standing = context.operation.disruptions.standing.values()
    if any((one.kind, one.subject_id) == (new.kind, new.subject_id) for one in standing):
        return Decision()
    return Decision([(OPERATION, happened.DisruptionDetected(disruption=new))], created=new.disruption_id)


def record_disruption_end(context: Context, command: RecordDisruptionEnd) -> Decision:
    """Note that it is over."""
    if command.disruption_id not in context.operation.disruptions.standing:
        return Decision()
    return Decision([(OPERATION, happened.DisruptionEnded(disruption_id=command.disruption_id))])


def choose_recovery(context: Context, command: ChooseRecovery) -> Decision:
    """Carry an option out, on the state that it was shown on.

    Raises
    ------
    Refusal
        ``disruption.not_found``, ``recovery.no_longer`` if the option does not apply any more.
    StateChanged
        If a plan or an order that it rests on moved, or a customer would hear of a plan that is held back.
    """
    disruption = context.operation.disruptions.standing.get(command.disruption_id)
    if disruption is None:
        raise NotFound("disruption", command.disruption_id)
    option = _option(context, command)
    _check_unmoved(context, command.based_on or {}, command.order_versions or {})
    _check_unmoved(context, option.based_on, option.order_versions)
    number = context.operation.disruptions.chosen + 1
    decision = Decision(created=f"X-{number}")
    override = _override(context, disruption, option, command)
    decision.add(
        OPERATION,
        happened.RecoveryChosen(recovery=_recovery(context, command, disruption, option, override)),
    )
    if override is not None:
        decision.add(of_decision(override.order_id), AssignmentOverridden(override=override))
    if option.plans:
        carry_out(context, option.plans, decision, is_automatic=context.actor.role is Role.PLATFORM)
    if option.action is RecoveryAction.TELL_CUSTOMER:
        _tell(context, option, decision)
    return decision


def undo_recovery(context: Context, command: UndoRecovery) -> Decision:
    """Take back what was chosen: orders go back, a plan is put back, waiting is over.

    Raises
    ------
    Refusal
        ``recovery.not_found``; ``undo.undone_already``; ``undo.told``: customers have heard of it; ``undo.too_late``:
        the plans moved since.
    """
    recovery = context.operation.disruptions.recoveries.get(command.recovery_id)
    if recovery is None:
        raise NotFound("recovery", command.recovery_id)
    if recovery.undone_at is not None:
        raise Refusal("undo.undone_already", f"{recovery.recovery_id} was undone already.", status=409)
    if recovery.option.action is RecoveryAction.TELL_CUSTOMER:
        raise Refusal("undo.told", "The customers have been told. Tell them anew instead.", status=409)
    decision = Decision()
    if recovery.override_id is not None:
        decision = undo_decision(context, UndoDecision(override_id=recovery.override_id))
    elif recovery.option.plans:
        _put_back(context, recovery.option, decision)
    event = happened.RecoveryUndone(recovery_id=recovery.recovery_id, disruption_id=recovery.disruption_id)
    decision.add(OPERATION, event)
    return decision


def close_review(context: Context, command: CloseReview) -> Decision:
    """Note that a supervisor looked; once.

    Raises
    ------
    Refusal
        ``recovery.not_found``, ``review.not_open``, ``note.required`` if the note is too long.
    """
    recovery = context.operation.disruptions.recoveries.get(command.recovery_id)
    if recovery is None:
        raise NotFound("recovery", command.recovery_id)
    if not recovery.is_open_review:
        raise Refusal("review.not_open", f"{recovery.recovery_id} needs no look any more.", status=409)
    if len(command.note) > LONGEST_NOTE:
        raise Refusal("note.required", f"Say what came of it, in up to {LONGEST_NOTE} characters.")
    event = happened.ReviewClosed(
        recovery_id=recovery.recovery_id, disruption_id=recovery.disruption_id, note=command.note.strip()
    )
    return Decision([(OPERATION, event)])


def _option(context: Context, command: ChooseRecovery) -> RecoveryOption:
    options = context.recovery
    if options is None or options.disruption_id != command.disruption_id:
        raise AssertionError("a recovery is decided on options of its own disruption")
    found = next((option for option in options.options if option.option_id == command.option_id), None)
    if found is None:
        raise Refusal("recovery.no_longer", "That is no longer possible. Look at what is.", status=409)
    if len(command.note) > LONGEST_NOTE:
        raise Refusal("note.required", f"Say why, in up to {LONGEST_NOTE} characters.")
    return replace(found, replaced=tuple(plan_in_force(context.operation, plan.driver_id) for plan in found.plans))


def _check_unmoved(context: Context, plans: Mapping[DriverId, int], versions: Mapping[OrderId, int]) -> None:
    operation = context.operation
    for driver_id, number in plans.items():
        if operation.fleet.route_of(driver_id).plan_number != number:
            raise StateChanged(f"The plan of {driver_id} changed since. Look again.", driver_id=driver_id)
    for order_id, version in versions.items():
        order = operation.orders.orders.get(order_id)
        if order is None or order.version != version or not is_reassignable(order):
            raise StateChanged(f"{order_id} changed since. Look again.", order_id=order_id)


def _recovery(
    context: Context,
    command: ChooseRecovery,
    disruption: Disruption,
    option: RecoveryOption,
    override: Override | None,
) -> Recovery:
    options = context.recovery
    recommended = options.recommended if options is not None else None
    return Recovery(
        recovery_id=RecoveryId(f"X-{context.operation.disruptions.chosen + 1}"),
        disruption_id=DisruptionId(disruption.disruption_id),
        kind=disruption.kind,
        subject_kind=disruption.subject_kind,
        subject_id=disruption.subject_id,
        option=option,
        recommended=recommended.option_id if recommended is not None else "",
        note=command.note.strip(),
        is_automatic=context.actor.role is Role.PLATFORM,
        chosen_at=context.now,
        chosen_by=context.actor.subject,
        override_id=override.override_id if override is not None else None,
    )


def _override(
    context: Context, disruption: Disruption, option: RecoveryOption, command: ChooseRecovery
) -> Override | None:
    """Return the entry of the ledger where orders change hands: what was expected of it, and of what stood first."""
    if not option.moved_orders:
        return None
    first = context.operation.orders.orders[option.moved_orders[0]]
    book, recommended = context.operation.decisions, _recommended(context)
    recommended_driver_id = first.driver_id
    if recommended is not None and first.order_id in recommended.moved_orders:
        recommended_driver_id = _holder(recommended.plans, first.order_id)
    return Override(
        override_id=OverrideId(f"V-{len(book.overrides) + 1}"),
        order_id=first.order_id,
        driver_id=_holder(option.plans, first.order_id),
        mode=OverrideMode.REPLANNED,
        reason=ReasonCode.OTHER,
        note=command.note.strip() or f"recovery from {disruption.kind.value.replace('_', ' ')}",
        previous_driver_id=first.driver_id,
        recommended_driver_id=recommended_driver_id,
        expected=option.impact.after,
        expected_recommended=recommended.impact.after if recommended is not None else option.impact.before,
        plans=option.plans,
        replaced=option.replaced,
        decided_at=context.now,
        decided_by=context.actor.subject,
        tell_at=_tell_at(context, command),
        order_ids=option.moved_orders,
    )


def _recommended(context: Context) -> RecoveryOption | None:
    """Return the option that stands first, where it changes plans; else doing nothing to them is recommended."""
    first = context.recovery.recommended if context.recovery is not None else None
    return first if first is not None and first.plans else None


def _tell_at(context: Context, command: ChooseRecovery) -> Instant | None:
    """Return when drivers hear of it: what was looked at before can be taken back for a while before anybody does."""
    options = context.recovery
    if command.based_on is None or options is None or options.tell_after_s <= 0.0:
        return None
    return context.now + options.tell_after_s


def _holder(plans: Iterable[PlanChange], order_id: OrderId) -> DriverId:
    return next(plan.driver_id for plan in plans if any(stop.order_id == order_id for stop in plan.stops))


def _tell(context: Context, option: RecoveryOption, decision: Decision) -> None:
    for moved in option.told:
        order = context.operation.orders.orders.get(moved.order_id)
        if context.operation.held.is_held(moved.order_id, context.now):
            raise StateChanged(f"{moved.order_id} changes hands, and nobody was told yet.", order_id=moved.order_id)
        if order is not None and order.state.is_open and moved.after is not None:
            event = ArrivalForecastRevised(order_id=order.order_id, arrival=moved.after, cause="disruption")
            decision.add(of_forecast(order.order_id), event)


def _put_back(context: Context, option: RecoveryOption, decision: Decision) -> None:
    before = {plan.driver_id: plan.plan_number for plan in option.replaced}
    fleet = context.operation.fleet
    if any(fleet.route_of(plan.driver_id).plan_number != before.get(plan.driver_id, -2) + 1 for plan in option.plans):
        raise Refusal("undo.too_late", "The plan has changed since.", status=409)
    planned = context.put_back.plans if context.put_back is not None else ()
    carry_out(context, planned or option.replaced, decision)
