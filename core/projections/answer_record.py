"""How drivers answered what they were offered, by driver and hour, and how long an offer was lost that came to nothing.

Folded from the log, so that what was learned survives a restart. An offer is an order given to a driver; it was
declined by a no, and by silence: taken away unanswered after `UNANSWERED_S`. What is taken away sooner, because a
better plan was found or the order was cancelled, says nothing. An offer begins when its driver is told, and only that
driver answers it: the one who had the order before may say something while nobody has told him. Hours are those of the
UTC day: at a site they are its local hours, shifted. Bounded: a count for each driver and each hour in which one was
asked, one entry an open offer.
"""

from __future__ import annotations

from math import floor

import msgspec

from core.events import order_events as happened
from core.events.envelope import Envelope, Event
from core.vocabulary import DriverId, Instant, OrderId, Value

UNANSWERED_S = 60.0
"""An offer that is taken away without an answer counts as declined after so many seconds; most answer within 20."""

_FADES_ALL, _FADES_OWN, _FADES_HOUR = 5000.0, 200.0, 60.0
"""So many offers are remembered: each new one fades those before it by its inverse."""


class Answers(Value, frozen=True, kw_only=True):
    """Offers, faded: how many were answered or ran out, and how many of them got a yes."""

    offered: float = 0.0
    accepted: float = 0.0

    def after(self, *, is_yes: bool, fades: float) -> Answers:
        """Return the counts with one more offer."""
        kept = 1.0 - 1.0 / fades
        return Answers(offered=kept * self.offered + 1.0, accepted=kept * self.accepted + is_yes)


class Lost(Value, frozen=True, kw_only=True):
    """Offers that came to nothing, faded, and the seconds from the offer until that was known, added up."""

    offers: float = 0.0
    seconds: float = 0.0


class Offer(Value, frozen=True, kw_only=True):
    """An order that a driver was given and has not answered yet, and since when the driver knows."""

    driver_id: DriverId
    offered_at: Instant


class AnswerRecord(msgspec.Struct):
    """`drivers` by driver, `hours` by driver and hour (``hour_key``), `lost` of all, `offers` what is open."""

    drivers: dict[DriverId, Answers] = {}
    hours: dict[str, Answers] = {}
    lost: Lost = Lost()
    offers: dict[OrderId, Offer] = {}

    def of_driver(self, driver_id: DriverId) -> Answers:
        """Return what a driver answered at any hour."""
        return self.drivers.get(driver_id, Answers())

    def of_hour(self, driver_id: DriverId, at: Instant) -> Answers:
        """Return what a driver answered in the hour of the day that holds `at`."""
        return self.hours.get(hour_key(driver_id, at), Answers())

    def apply(self, envelope: Envelope, event: Event, told_at: Instant | None = None) -> None:
        """Fold one event; `told_at` is when the driver hears of an order that it gives away, where that is later."""
        at = envelope.occurred_at
        match event:
            case happened.OrderAssigned():
                self._end(event.order_id, at)
                if not event.is_accepted:
                    offered_at = at if told_at is None else told_at
                    self.offers[event.order_id] = Offer(driver_id=event.driver_id, offered_at=offered_at)
            case happened.AssignmentAccepted() | happened.PickupReached() | happened.OrderPickedUp():
                self._answer(event.order_id, event.driver_id, at, is_yes=True)
            case happened.AssignmentRefused():
                self._answer(event.order_id, event.driver_id, at, is_yes=False)
            case happened.OrderUnassigned():
                self._end(event.order_id, at)
            case happened.OrderCancelled() | happened.OrderDelivered() | happened.DeliveryFailed():
                self.offers.pop(event.order_id, None)

    def _end(self, order_id: OrderId, at: Instant) -> None:
        """Take an offer away: long unanswered it was declined, otherwise it never counted."""
        offer = self.offers.get(order_id)
        if offer is not None and at - offer.offered_at >= UNANSWERED_S:
            self._count(offer, at, is_yes=False)
        self.offers.pop(order_id, None)

    def _answer(self, order_id: OrderId, driver_id: DriverId, at: Instant, *, is_yes: bool) -> None:
        offer = self.offers.get(order_id)
        if offer is not None and offer.driver_id == driver_id:
            self._count(self.offers.pop(order_id), at, is_yes=is_yes)

    def _count(self, offer: Offer, at: Instant, *, is_yes: bool) -> None:
        name, key = offer.driver_id, hour_key(offer.driver_id, offer.offered_at)
        self.drivers[name] = self.of_driver(name).after(is_yes=is_yes, fades=_FADES_OWN)
        self.hours[key] = self.hours.get(key, Answers()).after(is_yes=is_yes, fades=_FADES_HOUR)
        if not is_yes:
            kept = 1.0 - 1.0 / _FADES_ALL
            seconds = kept * self.lost.seconds + at - offer.offered_at
            self.lost = Lost(offers=kept * self.lost.offers + 1.0, seconds=seconds)


def hour_key(driver_id: DriverId, at: Instant) -> str:
    """Return the key of a driver's hour of the day."""
    return f"{driver_id}/{floor(at / 3600.0) % 24:02d}"
