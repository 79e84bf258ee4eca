"""What happened at stops, put together to cases that teach: how late goods were, and how long people stood there.

A visit begins when a stop is reached and ends when its driver has left; several orders at one place share it. Who has
nothing further to do may stand for long: such a visit ends with the handover.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from core.events import order_events as happened
from core.events.envelope import Event
from core.fleet.route import StopKind
from core.geodesy import short_distance_m
from core.orders.order import Order
from core.vocabulary import DriverId, Instant, OrderId, Place, Position

LEAVING_S = 15.0
"""A departure is seen some hundred metres away: so long before, the vehicle set off."""

SHORT_NOTICE_S = 300.0
"""A kitchen that names another time as late as this before the goods are there was late all the same."""

_SAME_PLACE_M = 60.0


@dataclass(frozen=True, slots=True)
class GoodsReady:
    """Goods were `late_s` later than announced."""

    place: Place
    announced_at: Instant
    late_s: float


@dataclass(frozen=True, slots=True)
class CounterLeft:
    """Goods that were known to be ready were taken over in `seconds`."""

    place: Place
    at: Instant
    seconds: float


@dataclass(frozen=True, slots=True)
class SilentHandover:
    """Goods of which nobody said when they were ready: announced, driver there, and gone with them."""

    place: Place
    announced_at: Instant
    reached_at: Instant
    left_at: Instant


@dataclass(frozen=True, slots=True)
class DoorLeft:
    """An order was handed over at a door in `seconds`, where `planned_s` was said."""

    door: Position
    at: Instant
    seconds: float
    planned_s: float


type Case = GoodsReady | CounterLeft | SilentHandover | DoorLeft


@dataclass(slots=True)
class _Visit:
    kind: StopKind
    place: Position
    began_at: Instant
    orders: dict[OrderId, Order]
    served: dict[OrderId, Instant] = field(default_factory=dict)


class StopVisits:
    """Remembers visits under way, and what kitchens announced of open orders."""

    def __init__(self) -> None:
        self._visits: dict[DriverId, _Visit] = {}
        self._announced: dict[OrderId, list[tuple[Instant, Instant]]] = {}
        self._ready: dict[OrderId, Instant] = {}

    def know(self, order: Order) -> None:
        """Take note of an order that was open before: what is announced of it now, or since when it is ready."""
        if order.is_ready:
            self._ready[order.order_id] = order.ready_at
        else:
            self._announced[order.order_id] = [(order.placed_at, order.ready_at)]

    def follow(self, event: Event, at: Instant, order: Order, *, has_next_stop: bool) -> list[Case]:
        """Take in what happened, and return the cases that are known by it.

        Parameters
        ----------
        event : Event
            One of an order's.
        at : float
            When it happened.
        order : Order
            As it is after it.
        has_next_stop : bool
            Whether the order's driver has somewhere to go.
        """
        match event:
            case happened.OrderPlaced() | happened.OrderReadinessRevised():
                self._announced.setdefault(order.order_id, []).append((at, event.ready_at))
            case happened.OrderBecameReady():
                return list(self._became_ready(order, at))
            case happened.PickupReached() | happened.DeliveryReached():
                kind = StopKind.PICKUP if isinstance(event, happened.PickupReached) else StopKind.DELIVERY
                return list(self._reached(event.driver_id, order, kind, at))
            case happened.OrderPickedUp():
                self._served(event.driver_id, order, StopKind.PICKUP, at)
            case happened.OrderDelivered() | happened.DeliveryFailed():
                self._served(event.driver_id, order, StopKind.DELIVERY, at)
                self._forget(order.order_id)
                if not has_next_stop:
                    return list(self._ended(event.driver_id, at))
            case happened.PickupLeft() | happened.DeliveryLeft():
                kind = StopKind.PICKUP if isinstance(event, happened.PickupLeft) else StopKind.DELIVERY
                return list(self._left(event.driver_id, order, kind, at))
            case happened.OrderCancelled() | happened.OrderUnassigned() | happened.OrderAssigned():
                self._taken_away(order)
        return []

    def _became_ready(self, order: Order, at: Instant) -> Iterator[Case]:
        self._ready[order.order_id] = at
        announced_at = self._announcement(order.order_id, at)
        if announced_at is not None:
            yield GoodsReady(order.pickup, announced_at, at - announced_at)

    def _announcement(self, order_id: OrderId, ready_at: Instant) -> Instant | None:
        """Return the time announced last before it was too late to be of use."""
        said = self._announced.get(order_id, [])
        in_time = [announced for since, announced in said if since <= ready_at - SHORT_NOTICE_S]
        return in_time[-1] if in_time else said[0][1] if said else None

    def _reached(self, driver_id: DriverId, order: Order, kind: StopKind, at: Instant) -> Iterator[Case]:
        place = order.pickup.position if kind is StopKind.PICKUP else order.delivery
        visit = self._visits.get(driver_id)
        if visit is not None and visit.kind is kind and _is_near(visit.place, place):
            visit.orders[order.order_id] = order
            return
        if visit is not None and visit.served:
            yield from self._ended(driver_id, max(visit.served.values()))
        self._visits[driver_id] = _Visit(kind, place, at, {order.order_id: order})

    def _served(self, driver_id: DriverId, order: Order, kind: StopKind, at: Instant) -> None:
        visit = self._visits.get(driver_id)
        if visit is not None and visit.kind is kind and order.order_id in visit.orders:
            visit.served[order.order_id] = at

    def _left(self, driver_id: DriverId, order: Order, kind: StopKind, at: Instant) -> Iterator[Case]:
        visit = self._visits.get(driver_id)
        if visit is not None and visit.kind is kind and order.order_id in visit.orders:
            yield from self._ended(driver_id, at - LEAVING_S)

    def _ended(self, driver_id: DriverId, at: Instant) -> Iterator[Case]:
        visit = self._visits.pop(driver_id, None)
        if visit is None or set(visit.served) != set(visit.orders):
            return  # who drove off without the goods teaches nothing
        yield from self._counter(visit, at) if visit.kind is StopKind.PICKUP else _door(visit, at)
        for order_id in visit.orders:
            self._forget(order_id)

    def _counter(self, visit: _Visit, at: Instant) -> Iterator[Case]:
        orders = list(visit.orders.values())
        ready = [self._ready[order.order_id] for order in orders if order.order_id in self._ready]
        if len(ready) == len(orders):
            seconds = max(0.0, at - max(visit.began_at, *ready)) / len(orders)
            yield from (CounterLeft(order.pickup, at, seconds) for order in orders)
        elif len(orders) == 1:
            announced_at = self._announcement(orders[0].order_id, at)
            if announced_at is not None:
                yield SilentHandover(orders[0].pickup, announced_at, visit.began_at, at)

    def _taken_away(self, order: Order) -> None:
        for driver_id, visit in list(self._visits.items()):
            if visit.orders.pop(order.order_id, None) is not None and not visit.orders:
                del self._visits[driver_id]
        if not order.state.is_open:
            self._forget(order.order_id)

    def _forget(self, order_id: OrderId) -> None:
        self._announced.pop(order_id, None)
        self._ready.pop(order_id, None)


def _door(visit: _Visit, at: Instant) -> Iterator[Case]:
    seconds = max(0.0, at - visit.began_at) / len(visit.orders)
    yield from (DoorLeft(order.delivery, at, seconds, order.service_s) for order in visit.orders.values())


def _is_near(one: Position, other: Position) -> bool:
    metres = short_distance_m(np.array([one.lat, one.lon]), np.array([other.lat, other.lon]))
    return float(metres) <= _SAME_PLACE_M
