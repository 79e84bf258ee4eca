"""Computes what a decision needs from outside before it is taken: plans on real streets for overrides and undos."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from core.commands import ClosePlace, Command, OverrideAssignment, UndoDecision
from core.dispatch.decision import ImpactPreview, OverrideMode, PlanChange
from core.fleet.closure import Segment
from core.projections.operation import Operation
from core.refusals import NotFound
from core.vocabulary import DriverId, Instant, OrderId, Position


class PlanSource(Protocol):
    """Whoever can plan on streets; `backend_service.workers.planning.Planner` does."""

    async def preview(
        self, order_id: OrderId, driver_id: DriverId, now: Instant, *, with_replanned: bool = True
    ) -> ImpactPreview:
        """Return the impact of giving the order to the driver."""
        ...

    async def insert(self, order_id: OrderId, driver_id: DriverId, now: Instant) -> tuple[PlanChange, ...]:
        """Return the driver's plan with the order inserted where it costs least."""
        ...

    async def street_at(self, position: Position) -> tuple[Segment, ...]:
        """Return the piece of street nearest to a position; none where no street is within reach."""
        ...


@dataclass(frozen=True, slots=True)
class Prepared:
    """What was computed; empty for most commands."""

    preview: ImpactPreview | None = None
    restoring: tuple[PlanChange, ...] = ()
    segments: tuple[Segment, ...] = ()


NOTHING = Prepared()


async def prepare(command: Command, operation: Operation, plans: PlanSource | None, now: Instant) -> Prepared:
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
        case UndoDecision():
            return await _prepare_undo(command, operation, plans, now)
        case ClosePlace(position=Position() as position):
            return Prepared(segments=await plans.street_at(position))
        case _:
            return NOTHING


async def _prepare_override(
    command: OverrideAssignment, operation: Operation, plans: PlanSource, now: Instant
) -> Prepared:
    if command.order_id not in operation.orders.orders:
        raise NotFound("order", command.order_id)
    if command.driver_id not in operation.fleet.drivers:
        raise NotFound("driver", command.driver_id)
    replanned = command.mode is OverrideMode.REPLANNED
    return Prepared(preview=await plans.preview(command.order_id, command.driver_id, now, with_replanned=replanned))


async def _prepare_undo(command: UndoDecision, operation: Operation, plans: PlanSource, now: Instant) -> Prepared:
    book = operation.decisions
    override = book.overrides.get(command.override_id) if command.override_id else None
    accepted = book.accepted.get(command.recommendation_id) if command.recommendation_id else None
    if override is not None and override.previous_driver_id is not None:
        return Prepared(restoring=await plans.insert(override.order_id, override.previous_driver_id, now))
    if accepted is not None and accepted.current_driver_id is not None:
        return Prepared(restoring=await plans.insert(accepted.order_id, accepted.current_driver_id, now))
    return NOTHING
