"""What the desk rules for the time being: holds, pins, drivers kept from an order or out of planning; and overrides."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import delete, post, put
from litestar.openapi.spec import Example
from litestar.params import Body

from backend_service.api.carrying_out import carry_out
from backend_service.api.collaborators import Caller, Tower
from backend_service.api.identification import IdempotencyKey, may
from backend_service.api.overrides import CHANGE_HANDLERS
from backend_service.api.paging import Accepted
from backend_service.api.places_and_times import NO_NUL, IdInPath
from backend_service.api.problems import problems
from core.commands import (
    AllowDriver,
    BringDriverBack,
    ForbidDriver,
    HoldOrder,
    PinOrder,
    ReleaseOrder,
    TakeDriverOut,
    UnpinOrder,
)
from core.dispatch.decisions import LONGEST_HOLD_S
from core.dispatch.interventions import LONGEST_NOTE, LONGEST_OUT_S
from core.vocabulary import DriverId, OrderId

Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_NOTE, pattern=NO_NUL)]


class HoldDraft(msgspec.Struct, kw_only=True):
    """For how long nothing is decided, seconds."""

    for_s: Annotated[float, msgspec.Meta(gt=0.0, le=LONGEST_HOLD_S)] = 120.0


class PinDraft(msgspec.Struct, kw_only=True):
    """Why the order stays with its driver."""

    note: Annotated[str, msgspec.Meta(max_length=LONGEST_NOTE, pattern=NO_NUL)] = ""


class BanDraft(msgspec.Struct, kw_only=True):
    """Why this driver does not get this order."""

    note: Reason


class OutDraft(msgspec.Struct, kw_only=True):
    """Why a driver is taken out, and for how long; without `for_s` until brought back.

    Orders whose goods are not on board go back to be planned anew, unless `keeps_orders`.
    """

    note: Reason
    for_s: Annotated[float, msgspec.Meta(gt=0.0, le=LONGEST_OUT_S)] | None = None
    keeps_orders: bool = False


_A_WHILE = Example(summary="Five minutes", value={"for_s": 300})
_PROMISED = Example(summary="The customer knows who comes", value={"note": "Told the customer who comes"})
_FLAT = Example(summary="A flat tyre, half an hour", value={"note": "Flat tyre", "for_s": 1800})
_KNOWN = Example(summary="A quarrel at this door", value={"note": "Customer asked for somebody else"})


@put("/orders/{order_id:str}/hold", guards=[may(HoldOrder)], responses=problems(404, 409, 422, 503), summary="Hold")
async def hold_order(
    order_id: IdInPath,
    tower: Tower,
    identity: Caller,
    data: Annotated[HoldDraft | None, Body(examples=[_A_WHILE])] = None,
    idempotency_key: IdempotencyKey = None,
) -> Accepted:
    """Let the platform decide nothing on this order for a while."""
    command = HoldOrder(order_id=OrderId(order_id), for_s=(data or HoldDraft()).for_s)
    return await carry_out(tower, identity, command, idempotency_key)


@delete(
    "/orders/{order_id:str}/hold",
    status_code=200,
    guards=[may(ReleaseOrder)],
    responses=problems(404, 409, 503),
    summary="Release",
)
async def release_order(
    order_id: IdInPath, tower: Tower, identity: Caller, idempotency_key: IdempotencyKey = None
) -> Accepted:
    """End a hold, or a putting-off, before its time."""
    return await carry_out(tower, identity, ReleaseOrder(order_id=OrderId(order_id)), idempotency_key)


@put("/orders/{order_id:str}/pin", guards=[may(PinOrder)], responses=problems(404, 409, 422, 503), summary="Pin")
async def pin_order(
    order_id: IdInPath,
    tower: Tower,
    identity: Caller,
    data: Annotated[PinDraft | None, Body(examples=[_PROMISED])] = None,
    idempotency_key: IdempotencyKey = None,
) -> Accepted:
    """Keep an order with the driver it has; only a person gives it to somebody else."""
    command = PinOrder(order_id=OrderId(order_id), note=(data or PinDraft()).note)
    return await carry_out(tower, identity, command, idempotency_key)


@delete(
    "/orders/{order_id:str}/pin",
    status_code=200,
    guards=[may(UnpinOrder)],
    responses=problems(404, 409, 503),
    summary="Unpin",
)
async def unpin_order(
    order_id: IdInPath, tower: Tower, identity: Caller, idempotency_key: IdempotencyKey = None
) -> Accepted:
    """Let an order change hands again."""
    return await carry_out(tower, identity, UnpinOrder(order_id=OrderId(order_id)), idempotency_key)


@put(
    "/orders/{order_id:str}/forbidden-drivers/{driver_id:str}",
    guards=[may(ForbidDriver)],
    responses=problems(404, 409, 422, 503),
    summary="Keep a driver from an order",
)
async def forbid_driver(
    order_id: IdInPath,
    driver_id: IdInPath,
    data: Annotated[BanDraft, Body(examples=[_KNOWN])],
    tower: Tower,
    identity: Caller,
    idempotency_key: IdempotencyKey = None,
) -> Accepted:
    """Rule that a driver does not get an order; it is taken back if that driver has it."""
    command = ForbidDriver(order_id=OrderId(order_id), driver_id=DriverId(driver_id), note=data.note)
    return await carry_out(tower, identity, command, idempotency_key)


@delete(
    "/orders/{order_id:str}/forbidden-drivers/{driver_id:str}",
    status_code=200,
    guards=[may(AllowDriver)],
    responses=problems(404, 409, 503),
    summary="Allow a driver an order again",
)
async def allow_driver(
    order_id: IdInPath, driver_id: IdInPath, tower: Tower, identity: Caller, idempotency_key: IdempotencyKey = None
) -> Accepted:
    """Let a driver have an order again."""
    command = AllowDriver(order_id=OrderId(order_id), driver_id=DriverId(driver_id))
    return await carry_out(tower, identity, command, idempotency_key)


@post(
    "/drivers/{driver_id:str}/out",
    status_code=200,
    guards=[may(TakeDriverOut)],
    responses=problems(404, 409, 422, 503),
    summary="Take a driver out of planning",
)
async def take_driver_out(
    driver_id: IdInPath,
    data: Annotated[OutDraft, Body(examples=[_FLAT])],
    tower: Tower,
    identity: Caller,
    idempotency_key: IdempotencyKey = None,
) -> Accepted:
    """Plan no more with a driver; the shift goes on, and what is on board is delivered."""
    command = TakeDriverOut(
        driver_id=DriverId(driver_id), note=data.note, for_s=data.for_s, keeps_orders=data.keeps_orders
    )
    return await carry_out(tower, identity, command, idempotency_key)


@post(
    "/drivers/{driver_id:str}/back",
    status_code=200,
    guards=[may(BringDriverBack)],
    responses=problems(404, 409, 503),
    summary="Bring a driver back",
)
async def bring_driver_back(
    driver_id: IdInPath, tower: Tower, identity: Caller, idempotency_key: IdempotencyKey = None
) -> Accepted:
    """Plan with a driver again."""
    return await carry_out(tower, identity, BringDriverBack(driver_id=DriverId(driver_id)), idempotency_key)


INTERVENTION_HANDLERS = (
    *(hold_order, release_order, pin_order, unpin_order),
    *(forbid_driver, allow_driver, take_driver_out, bring_driver_back),
    *CHANGE_HANDLERS,
)
