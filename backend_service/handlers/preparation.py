"""Computes what a decision needs from outside before it is taken: plans on real streets for overrides and undos."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from core.commands import ClosePlace, Command, OverrideAssignment, UndoDecision
from core.deciding import Context
from core.dispatch.changes import Change, CloseStreet
from core.dispatch.decision import ImpactPreview, OverrideMode, PutBack
from core.dispatch.giving_back import (
    GivingBack,
    giving_back,
    giving_back_accepted,
    giving_back_sequence,
    is_as_known,
)
from core.dispatch.overriding import changeable
from core.dispatch.why_not import WhyNot
from core.disruption.disruption import DisruptionId, RecoveryOptions
from core.disruption.recovery_commands import ChooseRecovery, UndoRecovery
from core.fleet.closure import Segment
from core.projections.operation import Operation
from core.refusals import NotFound
from core.vocabulary import PLATFORM, DriverId, Instant, OrderId, Position


class PreviewSource(Protocol):
    """Whoever can foretell on streets what a change does."""

    async def preview(self, change: Change, now: Instant, *, with_replanned: bool = True) -> ImpactPreview:
        """Return the impact of a change of plans."""
        ...

    async def street_at(self, position: Position) -> tuple[Segment, ...]:
        """Return the piece of street nearest to a position; none where no street is within reach."""
        ...


class PlanSource(PreviewSource, Protocol):
    """Whoever can plan on streets; `backend_service.workers.planning.Planner` does."""

    async def put_back(self, wanted: GivingBack, now: Instant) -> PutBack:
        """Return the plans in which an undo gives back what still fits."""
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
    put_back: PutBack | None = None
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
            wanted = _given_back_by_recovery(operation, command, now)
            return Prepared(put_back=await plans.put_back(wanted, now)) if wanted is not None else NOTHING
        case UndoDecision():
            wanted = _given_back(operation, command, now)
            return Prepared(put_back=await plans.put_back(wanted, now)) if wanted is not None else NOTHING
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


async def previewed(
    change: Change, operation: Operation, plans: PreviewSource, now: Instant, *, with_replanned: bool = True
) -> ImpactPreview:
    """Return the impact of a change for who looks first; what no commit would take as things stand is refused.

    Raises
    ------
    Refusal
        As of `changeable`, and those of the source.
    Fault
        If the streets are asked while they are down.
    """
    segments = await plans.street_at(change.position) if isinstance(change, CloseStreet) else ()
    changeable(Context(operation, PLATFORM, now, segments=segments), change)
    return await plans.preview(change, now, with_replanned=with_replanned)


def _given_back(operation: Operation, command: UndoDecision, now: Instant) -> GivingBack | None:
    """Return what an undo gives back; ``None`` where nothing has to be planned, or nothing can be undone."""
    book = operation.decisions
    if command.recommendation_id is not None:
        accepted = book.accepted.get(command.recommendation_id)
        back = None if accepted is None else giving_back_accepted(operation, accepted)
    else:
        override = book.overrides.get(command.override_id) if command.override_id is not None else None
        is_known = override is None or override.undone_at is not None or is_as_known(operation, override, now)
        back = None if is_known or override is None else giving_back(operation, override)
    return back if back is not None and back.needs_plans else None


def _given_back_by_recovery(operation: Operation, command: UndoRecovery, now: Instant) -> GivingBack | None:
    recovery = operation.disruptions.recoveries.get(command.recovery_id)
    if recovery is None or recovery.undone_at is not None:
        return None
    if recovery.override_id is not None:
        return _given_back(operation, UndoDecision(override_id=recovery.override_id), now)
    return next((giving_back_sequence(operation, former) for former in recovery.option.replaced), None)
