"""How often promises were kept, by the probability that was given when the order was assigned.

Folded from the log, so that a rate shown as measured survives a restart. Bounded: ten counts, and one entry for each
order that is under way. What a person chose otherwise, and what ended
before the door was reached, says nothing about the rate.

Forecasts know the route as it is decided; what comes between, later orders, a break, a driver who gives back, they do
not know, and so promise more than is kept. `held_in_fact` is by how much less, for all that is promised.
"""

from __future__ import annotations

import msgspec

from core.dispatch.decision import Recommendation
from core.events import dispatch_events as decided
from core.events import order_events as happened
from core.events.envelope import Envelope, Event
from core.vocabulary import Instant, OrderId, Value

BUCKETS = 10

PRIOR_CASES, PRIOR_SHARE = 20.0, 0.97
"""Before anything has ended, so many cases are taken to have kept this share of what their forecasts promised."""

_FADES = 1_000.0
"""So many cases are remembered of what was held: each new one fades those before it by its inverse."""


class LikeCases(Value, frozen=True, kw_only=True):
    """Cases that were given about the same probability: how many ended, and how many of them kept the promise."""

    ended: int = 0
    kept: int = 0

    @property
    def rate(self) -> float:
        """Return the share that kept the promise; 0 of none."""
        return self.kept / self.ended if self.ended else 0.0


class Awaited(Value, frozen=True, kw_only=True):
    """An order under way: the probability it was given, what the forecast alone said, and what was promised."""

    probability: float
    promised_by_at: Instant
    forecast_probability: float | None = None


class Held(Value, frozen=True, kw_only=True):
    """Cases that ended, faded: the probabilities their forecasts gave, added up, and how many kept the promise."""

    promised: float = 0.0
    kept: float = 0.0

    def after(self, probability: float, *, is_kept: bool) -> Held:
        """Return the sums with one case more."""
        kept = 1.0 - 1.0 / _FADES
        return Held(promised=kept * self.promised + probability, kept=kept * self.kept + is_kept)


class PromiseRecord(msgspec.Struct):
    """`buckets` holds tenths of probability, from 0 up; `held` what forecasts promised and what came of it.

    `proposed` and `awaited` are the open orders.
    """

    buckets: list[LikeCases] = msgspec.field(default_factory=lambda: [LikeCases()] * BUCKETS)
    proposed: dict[OrderId, Awaited] = {}
    awaited: dict[OrderId, Awaited] = {}
    held: Held = Held()

    @property
    def held_in_fact(self) -> float:
        """Return the share of what forecasts promise that is kept in fact, at most 1."""
        kept = self.held.kept + PRIOR_CASES * PRIOR_SHARE
        return min(1.0, kept / (self.held.promised + PRIOR_CASES))

    def corrected(self, probability: float) -> float:
        """Return the probability of a forecast, corrected by what became of earlier ones."""
        return probability * self.held_in_fact

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
        sure = made.confidence
        case = Awaited(
            probability=sure.probability,
            promised_by_at=made.promised_by_at,
            forecast_probability=sure.forecast_probability,
        )
        (self.awaited if made.is_automatic else self.proposed)[made.order_id] = case

    def _reached(self, order_id: OrderId, at: Instant) -> None:
        case = self.awaited.pop(order_id, None)
        if case is None:
            return
        i = _bucket(case.probability)
        known = self.buckets[i]
        is_kept = at <= case.promised_by_at
        self.buckets[i] = LikeCases(ended=known.ended + 1, kept=known.kept + is_kept)
        if case.forecast_probability is not None:
            self.held = self.held.after(case.forecast_probability, is_kept=is_kept)

    def _forget(self, order_id: OrderId) -> None:
        self.proposed.pop(order_id, None)
        self.awaited.pop(order_id, None)


def _bucket(probability: float) -> int:
    return min(BUCKETS - 1, max(0, int(probability * BUCKETS)))
