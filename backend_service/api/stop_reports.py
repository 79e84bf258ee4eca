"""What happened to an order in the field: accepted, refused, arrived, ready, picked up, delivered, failed.

A driver speaks only for themselves: the subject of the token is the driver. The desk may say when goods are ready.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import post
from litestar.openapi.spec import Example
from litestar.params import Body

from backend_service.access import Identity
from backend_service.api.carrying_out import carry_out
from backend_service.api.collaborators import Caller, Tower
from backend_service.api.identification import IdempotencyKey, may
from backend_service.api.paging import Accepted
from backend_service.api.places_and_times import IdInPath, Moment, Name, Text
from backend_service.api.problems import problems
from core.commands import (
    AcceptAssignment,
    RefuseAssignment,
    ReportArrival,
    ReportDelivery,
    ReportFailure,
    ReportPickup,
    ReportReady,
    ReviseReadiness,
)
from core.vocabulary import DriverId, OrderId

_LATE = Example(summary="Ten more minutes", value={"ready_at": "2026-11-20T16:22:00Z", "reason": "kitchen_busy"})
_NOT_HOME = Example(summary="Nobody there", value={"reason": "customer_absent", "note": "Rang twice."})
_PROOF = Example(summary="A code told at the door", value={"proof": "4711"})
_REFUSED = Example(summary="Does not fit", value={"reason": "bag_full"})


class RefusalDraft(msgspec.Struct, kw_only=True):
    """Why a driver says no."""

    reason: Name


class ReadinessDraft(msgspec.Struct, kw_only=True):
    """When the goods will be ready."""

    ready_at: Moment
    reason: Text = ""


class DeliveryDraft(msgspec.Struct, kw_only=True):
    """What proves the delivery, such as a code or the name of who took it."""

    proof: Text = ""


class FailureDraft(msgspec.Struct, kw_only=True):
    """Why the goods could not be handed over."""

    reason: Name
    note: Text = ""


def _self(identity: Identity) -> DriverId:
    return DriverId(identity.actor.subject)


@post(
    "/orders/{order_id:str}/accept",
    status_code=200,
    guards=[may(AcceptAssignment)],
    responses=problems(404, 409, 503),
    summary="Accept an order",
)
async def accept_order(
    order_id: IdInPath, tower: Tower, identity: Caller, idempotency_key: IdempotencyKey = None
) -> Accepted:
    """Say yes to an order that was given to this driver."""
    command = AcceptAssignment(order_id=OrderId(order_id), driver_id=_self(identity))
    return await carry_out(tower, identity, command, idempotency_key)


@post(
    "/orders/{order_id:str}/refuse",
    status_code=200,
    guards=[may(RefuseAssignment)],
    responses=problems(404, 409, 503),
    summary="Refuse an order",
)
async def refuse_order(
    order_id: IdInPath,
    data: Annotated[RefusalDraft, Body(examples=[_REFUSED])],
    tower: Tower,
    identity: Caller,
    idempotency_key: IdempotencyKey = None,
) -> Accepted:
    """Say no; the order waits for somebody else."""
    command = RefuseAssignment(order_id=OrderId(order_id), driver_id=_self(identity), reason=data.reason)
    return await carry_out(tower, identity, command, idempotency_key)


@post(
    "/orders/{order_id:str}/arrived",
    status_code=200,
    guards=[may(ReportArrival)],
    responses=problems(404, 409, 503),
    summary="Report arrival",
)
async def report_arrival(
    order_id: IdInPath, tower: Tower, identity: Caller, idempotency_key: IdempotencyKey = None
) -> Accepted:
    """Say that the order's next stop is reached."""
    command = ReportArrival(order_id=OrderId(order_id), driver_id=_self(identity))
    return await carry_out(tower, identity, command, idempotency_key)


@post(
    "/orders/{order_id:str}/ready",
    status_code=200,
    guards=[may(ReportReady)],
    responses=problems(404, 409, 503),
    summary="Report that goods are ready",
)
async def report_ready(
    order_id: IdInPath, tower: Tower, identity: Caller, idempotency_key: IdempotencyKey = None
) -> Accepted:
    """Say that the goods wait at the counter."""
    return await carry_out(tower, identity, ReportReady(order_id=OrderId(order_id)), idempotency_key)


@post(
    "/orders/{order_id:str}/readiness",
    status_code=200,
    guards=[may(ReviseReadiness)],
    responses=problems(404, 409, 503),
    summary="Revise when goods are ready",
)
async def revise_readiness(
    order_id: IdInPath,
    data: Annotated[ReadinessDraft, Body(examples=[_LATE])],
    tower: Tower,
    identity: Caller,
    idempotency_key: IdempotencyKey = None,
) -> Accepted:
    """Say that the kitchen needs longer, or is sooner."""
    command = ReviseReadiness(order_id=OrderId(order_id), ready_at=data.ready_at.timestamp(), reason=data.reason)
    return await carry_out(tower, identity, command, idempotency_key)


@post(
    "/orders/{order_id:str}/picked-up",
    status_code=200,
    guards=[may(ReportPickup)],
    responses=problems(404, 409, 503),
    summary="Report pickup",
)
async def report_pickup(
    order_id: IdInPath, tower: Tower, identity: Caller, idempotency_key: IdempotencyKey = None
) -> Accepted:
    """Say that the goods are in the vehicle."""
    command = ReportPickup(order_id=OrderId(order_id), driver_id=_self(identity))
    return await carry_out(tower, identity, command, idempotency_key)


@post(
    "/orders/{order_id:str}/delivered",
    status_code=200,
    guards=[may(ReportDelivery)],
    responses=problems(404, 409, 503),
    summary="Report delivery",
)
async def report_delivery(
    order_id: IdInPath,
    tower: Tower,
    identity: Caller,
    data: Annotated[DeliveryDraft | None, Body(examples=[_PROOF])] = None,
    idempotency_key: IdempotencyKey = None,
) -> Accepted:
    """Say that the customer has the goods."""
    command = ReportDelivery(order_id=OrderId(order_id), driver_id=_self(identity), proof=data.proof if data else "")
    return await carry_out(tower, identity, command, idempotency_key)


@post(
    "/orders/{order_id:str}/failed",
    status_code=200,
    guards=[may(ReportFailure)],
    responses=problems(404, 409, 503),
    summary="Report a failed delivery",
)
async def report_failure(
    order_id: IdInPath,
    data: Annotated[FailureDraft, Body(examples=[_NOT_HOME])],
    tower: Tower,
    identity: Caller,
    idempotency_key: IdempotencyKey = None,
) -> Accepted:
    """Say that the goods could not be handed over, and why."""
    command = ReportFailure(order_id=OrderId(order_id), driver_id=_self(identity), reason=data.reason, note=data.note)
    return await carry_out(tower, identity, command, idempotency_key)


STOP_HANDLERS = (
    accept_order,
    refuse_order,
    report_arrival,
    report_ready,
    revise_readiness,
    report_pickup,
    report_delivery,
    report_failure,
)
