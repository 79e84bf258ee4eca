"""Computes what a decision needs from outside before it is taken: plans on real streets for overrides and undos."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from core.commands import ClosePlace, Command, OverrideAssignment, UndoDecision
from core.dispatch.changes import Change, CloseStreet, RulingChange
from core.dispatch.decision import ImpactPreview, OverrideMode, PlanChange
from core.dispatch.ruling_overrides import returnable
from core.dispatch.why_not import WhyNot
from core.disruption.disruption import DisruptionId, RecoveryOptions
from core.disruption.recovery_commands import ChooseRecovery, UndoRecovery
from core.fleet.closure import Segment
from core.projections.operation import Operation
from core.refusals import NotFound
from core.vocabulary import DriverId, Instant, OrderId, Position


class PlanSource(Protocol):
    """Whoever can plan on streets; `backend_service.workers.planning.Planner` does."""

    async def preview(self, change: Change, now: Instant, *, with_replanned: bool = True) -> ImpactPreview:
        """Return the impact of a change of plans."""
        ...

    async def insert(self, order_id: OrderId, driver_id: DriverId, now: Instant) -> tuple[PlanChange, ...]:
        """Return the driver's plan with the order inserted where it costs least."""
        ...

    async def insert_all(
        self, order_ids: Sequence[OrderId], driver_id: DriverId, now: Instant
    ) -> tuple[PlanChange, ...]:
        """Return the plans in which the driver has all of these orders that fit."""
        ...

    async def street_at(self, position: Position) -> tuple[Segment, ...]:
        """Return the piece of street nearest to a position; none where no street is within reach."""
        ...


class RecoverySource(Protocol):
    """Whoever can say what may be done about a disruption; `backend_service.workers.recovery_options` does."""

    async def options(self, disruption_id: DisruptionId, now: Instant) -> RecoveryOptions:
        """Return the options that apply now, the recommended one first."""
        ...


class WhyNotSource(Protocol):
    """Whoever can say why a driver does not get an order; `backend_service.workers.why_not_answers` does."""

    async def why_not(self, order_id: OrderId, driver_id: DriverId, now: Instant) -> WhyNot:
        """Return the limits that bind, or what it costs more, and what would help."""
        ...


@dataclass(frozen=True, slots=True)
class Prepared:
    """What was computed; empty for most commands."""

    preview: ImpactPreview | None = None
    restoring: tuple[PlanChange, ...] = ()
    segments: tuple[Segment, ...] = ()
    recovery: RecoveryOptions | None = None


NOTHING = Prepared()


async def prepare(
    command: Command,
    operation: Operation,
    plans: PlanSource | None,
    now: Instant,
    recoveries: RecoverySource | None = None,
) -> Prepared:
    """Compute what `command` needs before it is decided.

    Raises
    ------
    Refusal
        If the order or driver named does not exist.
    Fault
        If the streets are asked while they are down.
    """
    if plans is None:
        return NOTHING
    match command:
        case OverrideAssignment():
            return await _prepare_override(command, operation, plans, now)
        case ChooseRecovery() if recoveries is not None:
            return Prepared(recovery=await recoveries.options(command.disruption_id, now))
        case UndoRecovery():
            recovery = operation.disruptions.recoveries.get(command.recovery_id)
            override_id = recovery.override_id if recovery is not None else None
            return await _prepare_undo(UndoDecision(override_id=override_id), operation, plans, now)
        case UndoDecision():
            return await _prepare_undo(command, operation, plans, now)
        case ClosePlace(position=Position() as position):
            return Prepared(segments=await plans.street_at(position))
        case _:
            return NOTHING


async def _prepare_override(
    command: OverrideAssignment, operation: Operation, plans: PlanSource, now: Instant
) -> Prepared:
    change = command.change
    if change.order_id not in operation.orders.orders:
        raise NotFound("order", change.order_id)
    if change.driver_id is not None and change.driver_id not in operation.fleet.drivers:
        raise NotFound("driver", change.driver_id)
    preview = await plans.preview(change, now, with_replanned=command.mode is OverrideMode.REPLANNED)
    if isinstance(change, CloseStreet):
        return Prepared(preview=preview, segments=await plans.street_at(change.position))
    return Prepared(preview=preview)


async def _prepare_undo(command: UndoDecision, operation: Operation, plans: PlanSource, now: Instant) -> Prepared:
    book = operation.decisions
    override = book.overrides.get(command.override_id) if command.override_id else None
    accepted = book.accepted.get(command.recommendation_id) if command.recommendation_id else None
    names = returnable(operation, override) if override is not None else ()
    if override is not None and (isinstance(override.change, RulingChange) or len(names) > 1):
        loser = override.previous_driver_id
        return NOTHING if loser is None else Prepared(restoring=await plans.insert_all(names, loser, now))
    if override is not None and override.previous_driver_id is not None:
        return Prepared(restoring=await plans.insert(override.order_id, override.previous_driver_id, now))
    if accepted is not None and accepted.current_driver_id is not None:
        return Prepared(restoring=await plans.insert(accepted.order_id, accepted.current_driver_id, now))
    return NOTHING
