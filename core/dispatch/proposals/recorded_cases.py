"""A recorded decision as far as proposals need it: who could have had the order, and what each was held to cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from core.dispatch.decision import Override, Recommendation, ScoreTerm
from core.dispatch.policy import DispatchPolicy
from core.dispatch.policy_fields import policy_in_force
from core.dispatch.regret import RegretEstimate
from core.events.envelope import Envelope
from core.events.policy_events import PolicyChanged
from core.projections.policy_book import PolicyBook
from core.vocabulary import DriverId, OrderId, ZoneId


@dataclass(frozen=True, slots=True)
class Choice:
    """A driver who could have had the order: money in all, and minutes and money by term."""

    driver_id: DriverId
    money: int
    minutes: Mapping[ScoreTerm, float]
    shares: Mapping[ScoreTerm, int]


@dataclass(frozen=True, slots=True)
class RecordedCase:
    """A recommendation with what it was chosen from.

    `orders_in_hand` is how many the recommended driver would have had; `policy_number` the policy's last change then.
    """

    order_id: OrderId
    zone_id: ZoneId | None
    recommended: DriverId
    choices: tuple[Choice, ...]
    orders_in_hand: int
    policy_number: int

    def choice_of(self, driver_id: DriverId) -> Choice | None:
        """Return a driver's choice, ``None`` if it was not recorded as possible."""
        return next((choice for choice in self.choices if choice.driver_id == driver_id), None)


@dataclass(frozen=True, slots=True)
class OverriddenCase:
    """An override with the estimate of its regret, and the recommendation that it went against."""

    override: Override
    estimate: RegretEstimate
    case: RecordedCase


@dataclass(slots=True)
class PolicyHistory:
    """The policy as it was after each of its changes; fold the events of its stream with `note`."""

    books: dict[int, PolicyBook] = field(default_factory=lambda: {0: PolicyBook()})
    _latest: PolicyBook = field(default_factory=PolicyBook)

    def note(self, envelopes: Sequence[Envelope]) -> None:
        """Take changes in, in their order; what is no change is passed over."""
        for envelope in envelopes:
            event = envelope.event()
            if isinstance(event, PolicyChanged):
                self._latest.apply(envelope, event)
                zones = {name: dict(values) for name, values in self._latest.zones.items()}
                self.books[event.number] = PolicyBook(number=event.number, city=dict(self._latest.city), zones=zones)

    def value(self, number: int, name: str, zone_id: ZoneId | None) -> float | None:
        """Return what a value was after change `number`, ``None`` if that is not known."""
        book = self.books.get(number)
        return None if book is None else float(getattr(policy_in_force(DispatchPolicy(), book, zone_id), name))


def case_of(recommendation: Recommendation, zone_id: ZoneId | None) -> RecordedCase | None:
    """Return the case of a recommendation; ``None`` if nobody was recommended.

    Waiting is no choice: it has no driver whom a policy could prefer.
    """
    if recommendation.driver_id is None:
        return None
    possible = [
        one for one in recommendation.alternatives if one.is_possible and one.driver_id is not None and one.terms
    ]
    best = next((one for one in possible if one.driver_id == recommendation.driver_id), None)
    if best is None:
        return None
    choices = tuple(
        Choice(
            driver_id=one.driver_id,
            money=one.total_money,
            minutes={share.term: share.minutes for share in one.terms},
            shares={share.term: share.money for share in one.terms},
        )
        for one in possible
        if one.driver_id is not None
    )
    return RecordedCase(
        order_id=recommendation.order_id,
        zone_id=zone_id,
        recommended=recommendation.driver_id,
        choices=choices,
        orders_in_hand=len({stop.order_id for stop in best.plan}),
        policy_number=recommendation.policy_number,
    )
