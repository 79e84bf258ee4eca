"""Overrides over REST: what a change of plans would do, its commit on what was shown, and its undo."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import post
from litestar.openapi.spec import Example
from litestar.params import Body

from backend_service.api.carrying_out import carry_out, create
from backend_service.api.collaborators import ApiCollaborators, Caller, Tower
from backend_service.api.identification import DESK, IdempotencyKey, allowed, may
from backend_service.api.override_previews import PreviewView, ShownView, preview_view
from backend_service.api.paging import Accepted, Created
from backend_service.api.places_and_times import Id, IdInPath, PositionView, StreetName, Text
from backend_service.api.problems import problems
from backend_service.handlers.preparation import previewed
from core.commands import OverrideAssignment, UndoDecision
from core.dispatch.changes import (
    Change,
    CloseStreet,
    CloseZone,
    Forbid,
    Hold,
    Reassign,
    Resequence,
    Split,
    StopName,
    TakeOut,
)
from core.dispatch.decision import OverrideMode, ReasonCode
from core.dispatch.decisions import LONGEST_HOLD_S
from core.dispatch.interventions import LONGEST_OUT_S
from core.dispatch.overriding import OutcomeMoved
from core.fleet.closing import LONGEST_CLOSURE_S
from core.fleet.route import StopKind
from core.orders.order import Order
from core.refusals import Fault, NotFound, Refusal
from core.vocabulary import DriverId, OrderId, OverrideId, ZoneId

MOST_STOPS = 200


class StopNamed(msgspec.Struct, kw_only=True):
    """One visit, by the order it is for and what happens there."""

    order_id: Id
    kind: StopKind


class ReassignDraft(msgspec.Struct, kw_only=True, tag="reassign", tag_field="change"):
    """Give the order to a driver."""

    driver_id: Id


class ResequenceDraft(msgspec.Struct, kw_only=True, tag="resequence", tag_field="change"):
    """Have the order's driver make the remaining stops in another order; all of them are named."""

    stops: Annotated[list[StopNamed], msgspec.Meta(min_length=1, max_length=MOST_STOPS)]


class SplitDraft(msgspec.Struct, kw_only=True, tag="split", tag_field="change"):
    """Take the order out of the trip that it shares, for another driver; without one it waits for its own."""

    driver_id: Id | None = None


class ForbidDraft(msgspec.Struct, kw_only=True, tag="forbid", tag_field="change"):
    """Keep the order's driver from it: it waits, or goes to somebody else."""


class TakeOutDraft(msgspec.Struct, kw_only=True, tag="take_out", tag_field="change"):
    """Plan no more with the order's driver, for `for_s` seconds or until brought back; what is on board stays."""

    for_s: Annotated[float, msgspec.Meta(gt=0.0, le=LONGEST_OUT_S)] | None = None


class CloseZoneDraft(msgspec.Struct, kw_only=True, tag="close_zone", tag_field="change"):
    """Close a zone that the order, which has no driver, waits in."""

    zone_id: Id
    for_s: Annotated[float, msgspec.Meta(gt=0.0, le=LONGEST_CLOSURE_S)] = 3600.0


class CloseStreetDraft(msgspec.Struct, kw_only=True, tag="close_street", tag_field="change"):
    """Close the street nearest to `position`, which the way of the order's driver leads over."""

    position: PositionView
    for_s: Annotated[float, msgspec.Meta(gt=0.0, le=LONGEST_CLOSURE_S)] = 3600.0
    street: StreetName = ""


class HoldWaitingDraft(msgspec.Struct, kw_only=True, tag="hold", tag_field="change"):
    """Let the order, which has no driver, go to nobody for `for_s` seconds."""

    for_s: Annotated[float, msgspec.Meta(gt=0.0, le=LONGEST_HOLD_S)] = 600.0


PlanDraft = ReassignDraft | ResequenceDraft | SplitDraft
RulingDraft = ForbidDraft | TakeOutDraft | CloseZoneDraft | CloseStreetDraft | HoldWaitingDraft
AnyDraft = PlanDraft | RulingDraft


class ChangeDraft(msgspec.Struct, kw_only=True):
    """A change of plans to preview."""

    change: AnyDraft
    with_replanned: bool = True


class OverrideDraft(msgspec.Struct, kw_only=True):
    """A change of plans to commit, with its reason.

    `shown` is taken from the preview: where the outcome has moved since in a way that matters, the answer is 409
    ``override.outcome_moved`` with the preview that holds now. Without it the present state is meant, and drivers are
    told at once, without a hold window.
    """

    change: AnyDraft
    reason: ReasonCode
    note: Text = ""
    mode: OverrideMode = OverrideMode.AS_IS
    shown: ShownView | None = None


_CHANGE = Example(summary="Give it to another driver", value={"change": {"change": "reassign", "driver_id": "DR-07"}})
_OVERRIDE = Example(
    summary="Take it out of a shared trip",
    value={"change": {"change": "split"}, "reason": "customer_asked", "note": "Wants it warm."},
)


@post(
    "/orders/{order_id:str}/override/preview",
    status_code=200,
    guards=[allowed(DESK)],
    responses=problems(404, 409, 422, 503),
    summary="Preview an override",
)
async def preview_override(
    order_id: IdInPath, data: Annotated[ChangeDraft, Body(examples=[_CHANGE])], tower: Tower, identity: Caller
) -> PreviewView:
    """Return what a change would do to everyone, as is and with the rest re-planned around it; nothing is changed."""
    if tower.planner is None:
        raise Fault("planning.unavailable", "Routes are not planned here.")
    change = _change(tower, OrderId(order_id), data.change)
    operation, now = tower.bus.operation, tower.clock.now()
    found = await previewed(change, operation, tower.planner, now, with_replanned=data.with_replanned)
    return preview_view(found)


@post(
    "/orders/{order_id:str}/override",
    guards=[may(OverrideAssignment)],
    responses=problems(404, 409, 422, 503),
    summary="Override",
)
async def override(
    order_id: IdInPath,
    data: Annotated[OverrideDraft, Body(examples=[_OVERRIDE])],
    tower: Tower,
    identity: Caller,
    idempotency_key: IdempotencyKey = None,
) -> Created:
    """Decide otherwise; in force for planning at once, told to drivers and customers after the hold window."""
    command = OverrideAssignment(
        change=_change(tower, OrderId(order_id), data.change),
        reason=data.reason,
        note=data.note,
        mode=data.mode,
        shown=None if data.shown is None else data.shown.shown(),
    )
    try:
        return await create(tower, identity, command, idempotency_key)
    except OutcomeMoved as moved:
        details = moved.details | {"preview": preview_view(moved.details["preview"])}
        raise Refusal(moved.code, moved.sentence, status=moved.status, **details) from moved


@post(
    "/overrides/{override_id:str}/undo",
    status_code=200,
    guards=[may(UndoDecision)],
    responses=problems(404, 409, 503),
    summary="Undo an override",
)
async def undo_override(
    override_id: IdInPath, tower: Tower, identity: Caller, idempotency_key: IdempotencyKey = None
) -> Accepted:
    """Take an override back by a compensating change; within the hold window no driver learns of either."""
    return await carry_out(tower, identity, UndoDecision(override_id=OverrideId(override_id)), idempotency_key)


def _change(tower: ApiCollaborators, order_id: OrderId, draft: AnyDraft) -> Change:
    order = tower.bus.operation.orders.orders.get(order_id)
    if order is None:
        raise NotFound("order", order_id)
    match draft:
        case ForbidDraft():
            return Forbid(order_id=order_id, driver_id=_driver_of(order))
        case TakeOutDraft():
            return TakeOut(order_id=order_id, driver_id=_driver_of(order), for_s=draft.for_s)
        case CloseZoneDraft():
            return CloseZone(order_id=order_id, zone_id=ZoneId(draft.zone_id), for_s=draft.for_s)
        case CloseStreetDraft():
            return CloseStreet(
                order_id=order_id, position=draft.position.position(), for_s=draft.for_s, street=draft.street
            )
        case HoldWaitingDraft():
            return Hold(order_id=order_id, for_s=draft.for_s)
        case ReassignDraft():
            return Reassign(order_id=order_id, driver_id=DriverId(draft.driver_id))
        case SplitDraft():
            return Split(order_id=order_id, driver_id=None if draft.driver_id is None else DriverId(draft.driver_id))
        case ResequenceDraft():
            stops = tuple(StopName(order_id=OrderId(stop.order_id), kind=stop.kind) for stop in draft.stops)
            return Resequence(order_id=order_id, driver_id=_driver_of(order), stops=stops)


def _driver_of(order: Order) -> DriverId:
    if order.driver_id is None:
        raise Refusal("override.no_driver", f"{order.order_id} has no driver.", status=409)
    return order.driver_id


CHANGE_HANDLERS = (preview_override, override, undo_override)
