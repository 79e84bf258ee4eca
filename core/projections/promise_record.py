"""How often promises were kept, by the probability that was given when the order was assigned.

Folded from the log, so that a rate shown as measured survives a restart. Bounded: ten counts, and one entry for each
order that is under way. What a person chose otherwise, and what ended
before the door was reached, says nothing about the rate.
"""

from __future__ import annotations

import msgspec

from core.dispatch.decision import Recommendation
from core.events import dispatch_events as decided
from core.events import order_events as happened
from core.events.envelope import Envelope, Event
from core.vocabulary import Instant, OrderId, Value

BUCKETS = 10


class LikeCases(Value, frozen=True, kw_only=True):
    """Cases that were given about the same probability: how many ended, and how many of them kept the promise."""

    ended: int = 0
    kept: int = 0

    @property
    def rate(self) -> float:
        """Return the share that kept the promise; 0 of none."""
        return self.kept / self.ended if self.ended else 0.0


class Awaited(Value, frozen=True, kw_only=True):
    """An order under way: the probability it was given, and what was promised."""

    probability: float
    promised_by_at: Instant


class PromiseRecord(msgspec.Struct):
    """`buckets` holds tenths of probability, from 0 up; `proposed` and `awaited` the open orders."""

    buckets: list[LikeCases] = msgspec.field(default_factory=lambda: [LikeCases()] * BUCKETS)
    proposed: dict[OrderId, Awaited] = {}
    awaited: dict[OrderId, Awaited] = {}

    def alike(self, probability: float) -> LikeCases:
        """Return the cases that were given about this probability."""
        return self.buckets[_bucket(probability)]

    def apply(self, envelope: Envelope, event: Event) -> None:
        """Fold one event."""
        match event:
            case decided.AssignmentRecommended():
                self._recommended(event.recommendation)
            case decided.RecommendationAccepted():
                if (accepted := self.proposed.pop(event.order_id, None)) is not None:
                    self.awaited[event.order_id] = accepted
            case decided.RecommendationWithdrawn() | decided.RecommendationDismissed():
                self.proposed.pop(event.order_id, None)
            case decided.AssignmentOverridden():
                self._forget(event.override.order_id)
            case happened.DeliveryReached():
                self._reached(event.order_id, envelope.occurred_at)
            case happened.OrderDelivered():
                # Where the arrival at the door was not seen, the hand-over stands for it.
                self._reached(event.order_id, envelope.occurred_at)
                self._forget(event.order_id)
            case (
                happened.OrderUnassigned()
                | happened.AssignmentRefused()
                | happened.OrderCancelled()
                | happened.DeliveryFailed()
            ):
                self._forget(event.order_id)

    def _recommended(self, made: Recommendation) -> None:
        if made.driver_id is None:
            return
        case = Awaited(probability=made.confidence.probability, promised_by_at=made.promised_by_at)
        (self.awaited if made.is_automatic else self.proposed)[made.order_id] = case

    def _reached(self, order_id: OrderId, at: Instant) -> None:
        case = self.awaited.pop(order_id, None)
        if case is None:
            return
        i = _bucket(case.probability)
        known = self.buckets[i]
        self.buckets[i] = LikeCases(ended=known.ended + 1, kept=known.kept + (at <= case.promised_by_at))

    def _forget(self, order_id: OrderId) -> None:
        self.proposed.pop(order_id, None)
        self.awaited.pop(order_id, None)


def _bucket(probability: float) -> int:
    return min(BUCKETS - 1, max(0, int(probability * BUCKETS)))
