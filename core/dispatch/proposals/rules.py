"""The rules by which overrides speak for another policy value, and what a recommendation had been under it.

Each rule watches one term of the score: an override speaks for it where the person chose a driver for whom that term
was smaller. Re-scoring is exact for values that a term is proportional to; nothing else is proposed but the limit of
orders in hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from core.dispatch.decision import ReasonCode, ScoreTerm
from core.dispatch.proposals.proposal import ProposalRule
from core.dispatch.proposals.recorded_cases import Choice, OverriddenCase, PolicyHistory, RecordedCase
from core.vocabulary import DriverId

LESSONS = frozenset({ReasonCode.LOCAL_KNOWLEDGE, ReasonCode.VEHICLE_OR_BAG, ReasonCode.OTHER})
"""Reasons that may say something of the policy; what a driver or customer asked for, and safety, do not."""
LEAST_DIFFERENCE_MIN = 0.25
STEPS = (1.5, 2.0, 3.0, 4.0)
"""By which factors a weight is tried."""


@dataclass(frozen=True, slots=True)
class Weight:
    """A value that some terms of the score are proportional to, and the rule that raises it."""

    rule: ProposalRule
    field: str
    terms: tuple[ScoreTerm, ...]
    reasons: frozenset[ReasonCode] = LESSONS


WEIGHTS: tuple[Weight, ...] = (
    Weight(ProposalRule.FEWER_IN_HAND, "balance_minutes_per_order", (ScoreTerm.LOAD_BALANCE,)),
    Weight(ProposalRule.SOONER_AT_PICKUP, "pickup_delay_per_minute", (ScoreTerm.PICKUP_ETA,)),
    Weight(ProposalRule.FRESHER_GOODS, "freshness_per_minute", (ScoreTerm.FRESHNESS,)),
    Weight(ProposalRule.SURER_PROMISE, "lateness_per_minute", (ScoreTerm.LATENESS_RISK, ScoreTerm.OTHER_PROMISES)),
    Weight(ProposalRule.LESS_SHARING, "shared_trip_minutes", (ScoreTerm.SHARED_TRIP,)),
    Weight(ProposalRule.FRESHER_POSITION, "stale_position_share", (ScoreTerm.POSITION_FRESHNESS,)),
)
SMALLER_LOAD_FIELD = "max_orders"
SMALLER_LOAD_REASONS = frozenset({ReasonCode.VEHICLE_OR_BAG})


def speaks_for(weight: Weight, overridden: OverriddenCase) -> bool:
    """Say whether the person chose somebody for whom the weight's terms were clearly smaller."""
    case = overridden.case
    chosen, recommended = case.choice_of(overridden.override.driver_id), case.choice_of(case.recommended)
    if overridden.override.reason not in weight.reasons or chosen is None or recommended is None:
        return False
    return _minutes(recommended, weight.terms) - _minutes(chosen, weight.terms) >= LEAST_DIFFERENCE_MIN


def speaks_for_less(overridden: OverriddenCase) -> bool:
    """Say whether the person chose somebody with fewer orders, because of the vehicle or the bag."""
    case = overridden.case
    chosen, recommended = case.choice_of(overridden.override.driver_id), case.choice_of(case.recommended)
    if overridden.override.reason not in SMALLER_LOAD_REASONS or chosen is None or recommended is None:
        return False
    return case.orders_in_hand > 1 and _load(chosen) < _load(recommended)


def best_under(case: RecordedCase, scales: Mapping[ScoreTerm, float]) -> DriverId:
    """Return whom the score prefers when each named term counts so many times what it did."""
    return min(
        case.choices,
        key=lambda choice: (
            choice.money + sum((scale - 1.0) * choice.shares.get(term, 0) for term, scale in scales.items()),
            choice.driver_id,
        ),
    ).driver_id


def best_with_limit(case: RecordedCase, most_orders: int) -> DriverId | None:
    """Return whom the score prefers when nobody may have more than `most_orders` in hand; ``None`` for nobody.

    How many the others had was not recorded, but who had more than the recommended driver was: the term of orders in
    hand grows with them.
    """
    if case.orders_in_hand <= most_orders:
        return best_under(case, {})
    recommended = case.choice_of(case.recommended)
    assert recommended is not None, "the recommended driver is among the choices"
    allowed = [choice for choice in case.choices if _load(choice) < _load(recommended)]
    return min(allowed, key=lambda choice: (choice.money, choice.driver_id)).driver_id if allowed else None


def is_by_score(case: RecordedCase) -> bool:
    """Say whether the recommended driver was the cheapest; others were chosen because somebody was needed elsewhere."""
    return best_under(case, {}) == case.recommended


def scales_of(
    weight: Weight, case: RecordedCase, to_value: float, history: PolicyHistory
) -> dict[ScoreTerm, float] | None:
    """Return by how much the weight's terms would have counted more; ``None`` if what they counted is not known."""
    then = history.value(case.policy_number, weight.field, case.zone_id)
    return None if not then else dict.fromkeys(weight.terms, to_value / then)


def agreeing(weight: Weight, overridden: Iterable[OverriddenCase], to_value: float, history: PolicyHistory) -> int:
    """Return with how many overrides the recommendation would have agreed under another value."""
    agreed = 0
    for one in overridden:
        scales = scales_of(weight, one.case, to_value, history)
        agreed += scales is not None and best_under(one.case, scales) == one.override.driver_id
    return agreed


def disagreeing(weight: Weight, accepted: Sequence[RecordedCase], to_value: float, history: PolicyHistory) -> int:
    """Return how many accepted recommendations, all `is_by_score`, would have been others under another value."""
    other = 0
    for case in accepted:
        scales = scales_of(weight, case, to_value, history)
        other += scales is not None and best_under(case, scales) != case.recommended
    return other


def _minutes(choice: Choice, terms: Sequence[ScoreTerm]) -> float:
    return sum(choice.minutes.get(term, 0.0) for term in terms)


def _load(choice: Choice) -> float:
    return choice.minutes.get(ScoreTerm.LOAD_BALANCE, 0.0)
