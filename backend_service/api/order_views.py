"""Orders as the API reads and writes them, and who sees which part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import msgspec

from backend_service.api.places_and_times import (
    NO_NUL,
    ArrivalView,
    Id,
    Moment,
    Name,
    PositionView,
    Text,
    moment,
    moment_or_none,
)
from backend_service.places.geocoding import LONGEST_ADDRESS
from core.commands import PlaceOrder
from core.fleet.depot import Depot, DepotId
from core.orders.order import Customer, Order, OrderState, Promise, PromiseKind
from core.refusals import NotFound, Refusal
from core.vocabulary import Actor, Instant, Load, OrderId, Place, Role

Amount = Annotated[float, msgspec.Meta(ge=0.0, lt=1e6)]


class PlaceView(msgspec.Struct, kw_only=True):
    """Where the goods are."""

    name: Name
    position: PositionView
    address: Text = ""


class PromiseView(msgspec.Struct, kw_only=True):
    """What was promised: an arrival by an instant, or within a window that starts at `from_at`."""

    by_at: Moment
    kind: PromiseKind = PromiseKind.BY
    from_at: Moment | None = None


class CustomerView(msgspec.Struct, kw_only=True):
    """Who receives the order. Personal data: kept so that it can be erased."""

    name: Text = ""
    phone: Text = ""
    address: Text = ""
    note: Text = ""


class LoadView(msgspec.Struct, kw_only=True):
    """What an order takes up or a vehicle can carry: litres, kilograms, and `amounts` in further units by name."""

    volume_l: Amount = 0.0
    weight_kg: Amount = 0.0
    amounts: Annotated[dict[str, Amount], msgspec.Meta(max_length=12)] = {}

    @classmethod
    def of(cls, load: Load) -> LoadView:
        """Return a load as the API writes it."""
        return cls(volume_l=load.volume_l, weight_kg=load.weight_kg, amounts=dict(load.amounts))

    def load(self) -> Load:
        """Return the load that was written."""
        return Load(volume_l=self.volume_l, weight_kg=self.weight_kg, amounts=self.amounts)


class OrderDraft(msgspec.Struct, kw_only=True):
    """An order to be taken. Without `order_id` the service makes one; without `ready_at` the goods are ready now.

    Without `delivery` the `delivery_address` is looked up; if it is not known well enough the order is refused.
    One with a `depot_id` is picked up at that depot and planned with its next wave; any other has a `pickup`.
    """

    promise: PromiseView
    pickup: PlaceView | None = None
    depot_id: Id | None = None
    delivery: PositionView | None = None
    delivery_address: Annotated[str, msgspec.Meta(max_length=LONGEST_ADDRESS, pattern=NO_NUL)] = ""
    ready_at: Moment | None = None
    order_id: Id | None = None
    customer_id: Id | None = None
    customer: CustomerView = msgspec.field(default_factory=CustomerView)
    load: LoadView = msgspec.field(default_factory=LoadView)
    skills: list[Name] = []
    value: Annotated[int, msgspec.Meta(ge=0, le=10**12, description="Money in minor units.")] = 0
    service_s: Annotated[float, msgspec.Meta(ge=0.0, le=7200.0, description="Seconds at the door.")] = 120.0

    def command(self, now: Instant, depots: Mapping[DepotId, Depot]) -> PlaceOrder:
        """Return the command that this draft asks for.

        Raises
        ------
        Refusal
            ``order.delivery_missing``, 422, without a position; ``order.pickup_missing``, 422, without pickup and
            depot; ``depot.not_found``, 404; and as in `promise_of`.
        """
        if self.delivery is None:
            raise Refusal("order.delivery_missing", "The order has no position to deliver to.")
        return PlaceOrder(
            pickup=self._pickup(depots),
            delivery=self.delivery.position(),
            promise=promise_of(self.promise),
            ready_at=now if self.ready_at is None else self.ready_at.timestamp(),
            order_id=OrderId(self.order_id or ""),
            customer_id=self.customer_id or "",
            customer=Customer(**msgspec.structs.asdict(self.customer)),
            load=self.load.load(),
            skills=tuple(self.skills),
            value=self.value,
            service_s=self.service_s,
            depot_id=None if self.depot_id is None else DepotId(self.depot_id),
        )

    def _pickup(self, depots: Mapping[DepotId, Depot]) -> Place:
        if self.depot_id is not None:
            depot = depots.get(DepotId(self.depot_id))
            if depot is None:
                raise NotFound("depot", self.depot_id)
            return depot.place
        if self.pickup is None:
            errors = [{"field": "pickup", "why": "say pickup or depot_id"}]
            raise Refusal("order.pickup_missing", "The order has no place to pick it up.", errors=errors)
        return Place(name=self.pickup.name, position=self.pickup.position.position(), address=self.pickup.address)


def promise_of(view: PromiseView) -> Promise:
    """Return the promise that was written.

    Raises
    ------
    Refusal
        ``order.promise_invalid``, 422, if what it starts at is not before what it ends at, or a window has no start.
    """
    from_at = None if view.from_at is None else view.from_at.timestamp()
    by_at = view.by_at.timestamp()
    is_window = view.kind is PromiseKind.WINDOW
    if (from_at is None and is_window) or (from_at is not None and from_at > by_at):
        why = "a promise window starts before it ends"
        raise Refusal("order.promise_invalid", f"{why}.", errors=[{"field": "promise.from_at", "why": why}])
    return Promise(kind=view.kind, from_at=from_at, by_at=by_at)


class OrderView(msgspec.Struct, kw_only=True):
    """An order, planned and actual. `customer` is ``null`` for who may not see it, and after erasure."""

    order_id: str
    state: OrderState
    version: int
    customer_id: str
    customer: CustomerView | None
    pickup: PlaceView
    delivery: PositionView
    promise: PromiseView
    load: LoadView
    skills: list[str]
    value: int
    service_s: float
    zone_id: str | None
    depot_id: str | None
    driver_id: str | None
    is_accepted: bool
    is_ready: bool
    placed_at: Moment
    ready_at: Moment
    assigned_at: Moment | None
    arrived_at_pickup_at: Moment | None
    picked_up_at: Moment | None
    left_pickup_at: Moment | None
    arrived_at_delivery_at: Moment | None
    left_delivery_at: Moment | None
    ended_at: Moment | None
    failure_reason: str | None
    told_arrival: ArrivalView | None


class OrderPage(msgspec.Struct, kw_only=True):
    """A page of orders."""

    items: list[OrderView]
    next: str | None = None


def order_view(order: Order, reader: Actor) -> OrderView:
    """Return an order as `reader` may see it."""
    customer = order.customer if may_see_customer(order, reader) else None
    return OrderView(
        order_id=order.order_id,
        state=order.state,
        version=order.version,
        customer_id=order.customer_id,
        customer=None if customer is None else CustomerView(**msgspec.structs.asdict(customer)),
        pickup=PlaceView(
            name=order.pickup.name, position=PositionView.of(order.pickup.position), address=order.pickup.address
        ),
        delivery=PositionView.of(order.delivery),
        promise=PromiseView(
            kind=order.promise.kind,
            from_at=moment_or_none(order.promise.from_at),
            by_at=moment(order.promise.by_at),
        ),
        load=LoadView.of(order.load),
        skills=list(order.skills),
        value=order.value,
        service_s=order.service_s,
        zone_id=order.zone_id,
        depot_id=order.depot_id,
        driver_id=order.driver_id,
        is_accepted=order.is_accepted,
        is_ready=order.is_ready,
        placed_at=moment(order.placed_at),
        ready_at=moment(order.ready_at),
        assigned_at=moment_or_none(order.assigned_at),
        arrived_at_pickup_at=moment_or_none(order.arrived_at_pickup_at),
        picked_up_at=moment_or_none(order.picked_up_at),
        left_pickup_at=moment_or_none(order.left_pickup_at),
        arrived_at_delivery_at=moment_or_none(order.arrived_at_delivery_at),
        left_delivery_at=moment_or_none(order.left_delivery_at),
        ended_at=moment_or_none(order.ended_at),
        failure_reason=order.failure_reason,
        told_arrival=None if order.told_arrival is None else ArrivalView.of(order.told_arrival),
    )


def may_see_customer(order: Order, reader: Actor) -> bool:
    """Say whether `reader` may know who receives it: the desk, and the driver while the order is open."""
    if reader.role is Role.DRIVER:
        return order.driver_id == reader.subject and order.state.is_open
    return reader.role in (Role.DISPATCHER, Role.SUPERVISOR, Role.ADMINISTRATOR)
