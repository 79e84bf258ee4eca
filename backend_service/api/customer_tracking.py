"""What a customer sees of an order, by a link that only this service can make: how it stands, and when it comes.

The link is signed and good for one order; nobody needs an account, and nobody can guess it. It shows the forecast that
was told last, never that of the moment, which trembles; no name, no address, no driver, no position. A day after the
order has ended it shows nothing.
"""

from __future__ import annotations

from enum import StrEnum
from hmac import compare_digest

import msgspec
from litestar import get

from backend_service.access import TokenAuthority
from backend_service.api.collaborators import ApiCollaborators, Tower
from backend_service.api.identification import DESK, allowed
from backend_service.api.order_views import PromiseView
from backend_service.api.places_and_times import IdInPath, Moment, moment, moment_or_none
from backend_service.api.problems import problems
from core.orders.order import Order, OrderState
from core.refusals import NotFound
from core.vocabulary import Instant, OrderId

SHOWN_AFTER_END_S = 86_400.0
PAGE = "/track/"
"""What a link stands behind where it is a page; `backend_service.api.customer_page` shows it."""
_SIGNED = 32
"""Hexadecimal digits: 128 bits."""


class TrackedState(StrEnum):
    """Where an order stands, as far as it is the customer's matter: who brings it, and from where, is not."""

    PREPARING = "preparing"
    ON_THE_WAY = "on_the_way"
    AT_THE_DOOR = "at_the_door"
    DELIVERED = "delivered"
    NOT_DELIVERED = "not_delivered"
    CANCELLED = "cancelled"


_STATES = {
    OrderState.WAITING: TrackedState.PREPARING,
    OrderState.ASSIGNED: TrackedState.PREPARING,
    OrderState.AT_PICKUP: TrackedState.PREPARING,
    OrderState.ON_THE_WAY: TrackedState.ON_THE_WAY,
    OrderState.AT_DELIVERY: TrackedState.AT_THE_DOOR,
    OrderState.DELIVERED: TrackedState.DELIVERED,
    OrderState.FAILED: TrackedState.NOT_DELIVERED,
    OrderState.CANCELLED: TrackedState.CANCELLED,
}


class ToldArrival(msgspec.Struct, kw_only=True):
    """Between when an order arrives, four times out of five, and since when that was known."""

    from_at: Moment
    until_at: Moment
    updated_at: Moment


class TrackedOrderView(msgspec.Struct, kw_only=True):
    """An order as its customer may see it; `arrival` is ``null`` before anything was told and from the door on."""

    state: TrackedState
    promise: PromiseView
    arrival: ToldArrival | None
    ended_at: Moment | None


class CustomerLink(msgspec.Struct, kw_only=True):
    """Where the customer of an order sees how it stands: as data, and as a page to open; both stay the same."""

    path: str
    page: str


@get(
    "/orders/{order_id:str}/customer-link",
    guards=[allowed(DESK)],
    responses=problems(404),
    summary="Ask for the link that an order's customer follows it by",
)
async def customer_link(order_id: IdInPath, tower: Tower) -> CustomerLink:
    """Return the address to give to the customer, and to nobody else: whoever has it sees what the customer sees."""
    if OrderId(order_id) not in tower.bus.operation.orders.orders:
        raise NotFound("order", order_id)
    link = link_of(tower.authority, OrderId(order_id))
    return CustomerLink(path=f"/api/v1/tracking/{link}", page=f"{PAGE}{link}")


@get(
    "/tracking/{link:str}",
    security=[{}],
    responses=problems(400, 404, needs_token=False),
    summary="Follow one's order",
)
async def tracked_order(link: IdInPath, tower: Tower) -> TrackedOrderView:
    """Return how an order stands and what its customer was told last; a wrong link finds nothing."""
    return tracked(tower, link)


def tracked(tower: ApiCollaborators, link: str) -> TrackedOrderView:
    """Return what a link shows; raises `NotFound` for one that is wrong, or whose order ended long ago."""
    order = tower.bus.operation.orders.orders.get(OrderId(link.rpartition(".")[0]))
    is_real = order is not None and compare_digest(link_of(tower.authority, order.order_id).encode(), link.encode())
    if order is None or not is_real or _is_long_over(order, tower.clock.now()):
        raise NotFound("link", link)
    return TrackedOrderView(
        state=_STATES[order.state],
        promise=PromiseView(
            by_at=moment(order.promise.by_at), kind=order.promise.kind, from_at=moment_or_none(order.promise.from_at)
        ),
        arrival=_told(order),
        ended_at=moment_or_none(order.ended_at),
    )


def link_of(authority: TokenAuthority, order_id: OrderId) -> str:
    """Return what names an order and proves that this service gave it away."""
    return f"{order_id}.{authority.signature_of('customer link', order_id)[:_SIGNED]}"


def _told(order: Order) -> ToldArrival | None:
    band = order.told_arrival
    if band is None or not order.state.is_open or order.state is OrderState.AT_DELIVERY:
        return None
    return ToldArrival(from_at=moment(band.p10_at), until_at=moment(band.p90_at), updated_at=moment(band.as_of))


def _is_long_over(order: Order, now: Instant) -> bool:
    return order.ended_at is not None and now - order.ended_at > SHOWN_AFTER_END_S


TRACKING_HANDLERS = (customer_link, tracked_order)
