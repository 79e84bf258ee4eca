"""Every order and where it stands, folded from order events."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec
from msgspec.structs import replace

from core.events import order_events as happened
from core.events.envelope import Envelope, Event
from core.events.fleet_events import CustomerErased
from core.orders.order import Order, OrderState
from core.streams import of_order
from core.vocabulary import DriverId, Instant, OrderId

BROKEN_OFF_KEPT_S = 7_200.0
"""For so long those cancelled and failed are found quickly; the policy shows no end of an order for longer."""
_BROKEN_OFF = (OrderState.CANCELLED, OrderState.FAILED)


class OrderBoard(msgspec.Struct):
    """Orders by id; open ones are also indexed, because screens and dispatch ask for those all the time.

    So are those that were cancelled or failed lately, the latest last, whenever they were placed.
    """

    orders: dict[OrderId, Order] = {}
    open_ids: set[OrderId] = set()
    broken_off: dict[OrderId, Instant] = {}

    def open_orders(self) -> Iterator[Order]:
        """Yield the orders on which work remains, oldest id first."""
        return (self.orders[order_id] for order_id in sorted(self.open_ids))

    def of_driver(self, driver_id: DriverId) -> list[Order]:
        """Return the open orders that `driver_id` has."""
        return [order for order in self.open_orders() if order.driver_id == driver_id]

    def broken_off_since(self, since_at: Instant) -> Iterator[Order]:
        """Yield the orders that were cancelled or failed at `since_at` or later, the latest first."""
        return (self.orders[name] for name, ended_at in reversed(self.broken_off.items()) if ended_at >= since_at)

    def apply(self, envelope: Envelope, event: Event, told_at: Instant | None = None) -> set[str]:
        """Fold one event; return the ids of the orders it changed.

        `told_at` is when the driver hears of an order that it gives away, where that is later.
        """
        if isinstance(event, happened.OrderPlaced):
            return self._keep(_placed(envelope, event))
        if isinstance(event, CustomerErased):
            return self._forget(event.customer_id)
        evolve = _EVOLUTIONS.get(type(event))
        if evolve is None:
            return set()
        order = self.orders[event.order_id]  # type: ignore[attr-defined]
        version = envelope.version if envelope.stream == of_order(order.order_id) else order.version
        fields = evolve(order, event, envelope)
        if isinstance(event, happened.OrderAssigned):
            fields["told_at"] = told_at
        return self._keep(replace(order, version=version, **fields))

    def _forget(self, customer_id: str) -> set[str]:
        theirs = [order for order in self.orders.values() if order.customer_id == customer_id]
        for order in theirs:
            self.orders[order.order_id] = replace(order, customer=None)
        return {order.order_id for order in theirs}

    def _keep(self, order: Order) -> set[str]:
        self.orders[order.order_id] = order
        (self.open_ids.add if order.state.is_open else self.open_ids.discard)(order.order_id)
        if order.state in _BROKEN_OFF and order.ended_at is not None:
            self._keep_broken_off(order.order_id, order.ended_at)
        return {order.order_id}

    def _keep_broken_off(self, order_id: OrderId, ended_at: Instant) -> None:
        self.broken_off[order_id] = ended_at
        while (oldest := next(iter(self.broken_off))) != order_id:
            if self.broken_off[oldest] >= ended_at - BROKEN_OFF_KEPT_S:
                return
            del self.broken_off[oldest]


def _placed(envelope: Envelope, event: happened.OrderPlaced) -> Order:
    return Order(
        order_id=event.order_id,
        customer_id=event.customer_id,
        customer=event.customer,
        pickup=event.pickup,
        delivery=event.delivery,
        promise=event.promise,
        placed_at=envelope.occurred_at,
        ready_at=event.ready_at,
        load=event.load,
        skills=event.skills,
        value=event.value,
        service_s=event.service_s,
        zone_id=event.zone_id,
        depot_id=event.depot_id,
        version=envelope.version,
    )


type _Fields = dict[str, Any]
_NOBODY_AT_PICKUP: _Fields = {"arrived_at_pickup_at": None, "left_pickup_at": None}

type _Evolution = Callable[[Order, Any, Envelope], _Fields]


def _assigned(order: Order, event: happened.OrderAssigned, envelope: Envelope) -> _Fields:
    state = order.state if order.state.is_on_board else OrderState.ASSIGNED
    return {
        "driver_id": event.driver_id,
        "is_accepted": event.is_accepted,
        "assigned_at": envelope.occurred_at,
        "state": state,
        **({} if order.state.is_on_board else _NOBODY_AT_PICKUP),
    }


def _back_to_waiting(order: Order, event: happened.OrderUnassigned, _: Envelope) -> _Fields:
    nobody = {"driver_id": None, "is_accepted": False, "is_pinned": False}
    return {**nobody, "state": OrderState.WAITING, **_NOBODY_AT_PICKUP}


def _refused(order: Order, event: happened.AssignmentRefused, envelope: Envelope) -> _Fields:
    refused_by = tuple(dict.fromkeys((*order.refused_by, event.driver_id)))
    if event.driver_id != order.driver_id:  # he lost it already, and was not told yet
        return {"refused_by": refused_by}
    return {
        "driver_id": None,
        "is_accepted": False,
        "state": OrderState.WAITING,
        "is_pinned": False,
        "refused_by": refused_by,
        **_NOBODY_AT_PICKUP,
    }


def _ended(state: OrderState, **further: None) -> _Evolution:
    def evolve(order: Order, event: Event, envelope: Envelope) -> _Fields:
        reason = getattr(event, "reason", None)
        return {"state": state, "ended_at": envelope.occurred_at, "failure_reason": reason, **further}

    return evolve


_EVOLUTIONS: dict[type[Event], _Evolution] = {
    happened.OrderReadinessRevised: lambda order, event, envelope: {"ready_at": event.ready_at},
    happened.OrderBecameReady: lambda order, event, envelope: {"ready_at": envelope.occurred_at, "is_ready": True},
    happened.OrderAssigned: _assigned,
    happened.OrderUnassigned: _back_to_waiting,
    happened.AssignmentAccepted: lambda order, event, envelope: (
        {"is_accepted": True} if event.driver_id == order.driver_id else {}
    ),
    happened.AssignmentRefused: _refused,
    happened.OrderHeld: lambda order, event, envelope: {"held_until": event.until_at},
    happened.OrderReleased: lambda order, event, envelope: {"held_until": None},
    happened.OrderPinned: lambda order, event, envelope: {"is_pinned": True},
    happened.OrderUnpinned: lambda order, event, envelope: {"is_pinned": False},
    happened.DriverExcluded: lambda order, event, envelope: {
        "forbidden": tuple(dict.fromkeys((*order.forbidden, event.driver_id)))
    },
    happened.DriverAllowed: lambda order, event, envelope: {
        "forbidden": tuple(name for name in order.forbidden if name != event.driver_id)
    },
    happened.PickupReached: lambda order, event, envelope: (
        {"state": OrderState.AT_PICKUP, "arrived_at_pickup_at": envelope.occurred_at}
        if event.driver_id == order.driver_id
        else {}  # a former driver who was not told yet
    ),
    happened.PickupLeft: lambda order, event, envelope: {"left_pickup_at": envelope.occurred_at},
    happened.OrderPickedUp: lambda order, event, envelope: {
        "state": OrderState.ON_THE_WAY,
        "picked_up_at": envelope.occurred_at,
        "left_pickup_at": None,  # who drove off without the goods came back for them
        "is_accepted": True,
    },
    happened.DeliveryReached: lambda order, event, envelope: {
        "state": OrderState.AT_DELIVERY,
        "arrived_at_delivery_at": envelope.occurred_at,
    },
    happened.DeliveryLeft: lambda order, event, envelope: {"left_delivery_at": envelope.occurred_at},
    happened.OrderDelivered: _ended(OrderState.DELIVERED, left_delivery_at=None),
    happened.DeliveryFailed: _ended(OrderState.FAILED, left_delivery_at=None),
    happened.OrderCancelled: _ended(OrderState.CANCELLED),
    happened.ArrivalForecastRevised: lambda order, event, envelope: {"told_arrival": event.arrival},
}
