"""How good the probabilities were that a simulated day's decisions gave their promises: Brier score, stages, skill.

The score is the mean squared difference between the probability that was given and what came, 0 or 1 (G. W. Brier,
"Verification of forecasts expressed in terms of probability", 1950). It is held against the one constant that would
have done best on the very same orders: the share of them whose promise was kept.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from core.dispatch.confidence import confidence_stage
from core.dispatch.decision import ConfidenceStage
from core.events import dispatch_events as decided
from core.events.envelope import Envelope
from core.vocabulary import OrderId

_HEARD = frozenset(
    event.event_type()
    for event in (decided.AssignmentRecommended, decided.RecommendationAccepted, decided.AssignmentOverridden)
)


@dataclass(frozen=True, slots=True)
class Case:
    """A decision that was carried out: the probability it gave its promise, and whether that was kept."""

    probability: float
    is_kept: bool


@dataclass(slots=True)
class GivenPromises:
    """Hears the decisions of a day; `given` holds the probability of the last one carried out on each order."""

    given: dict[OrderId, float] = field(default_factory=dict)
    _proposed: dict[OrderId, float] = field(default_factory=dict)

    def note(self, envelopes: Sequence[Envelope]) -> None:
        """Hear what was decided."""
        for envelope in envelopes:
            if envelope.type not in _HEARD:
                continue
            match envelope.event():
                case decided.AssignmentRecommended(recommendation=made) if made.driver_id is not None:
                    kept = self.given if made.is_automatic else self._proposed
                    kept[made.order_id] = made.confidence.probability
                case decided.RecommendationAccepted(order_id=order_id) if order_id in self._proposed:
                    self.given[order_id] = self._proposed.pop(order_id)
                case decided.AssignmentOverridden(override=override):
                    self.given.pop(override.order_id, None)

    def cases(self, kept: Mapping[OrderId, bool]) -> list[Case]:
        """Return the cases among the orders of which is known whether their promise was kept."""
        return [Case(given, kept[order_id]) for order_id, given in self.given.items() if order_id in kept]


def brier(cases: Sequence[Case]) -> float:
    """Return the mean squared difference of probability and outcome; 0 of no cases."""
    return _mean([(case.probability - case.is_kept) ** 2 for case in cases])


def base_rate_brier(cases: Sequence[Case]) -> float:
    """Return the score of the best constant: the share that was kept."""
    share = _mean([float(case.is_kept) for case in cases])
    return share * (1.0 - share)


def promise_figures(cases: Sequence[Case]) -> dict[str, tuple[str, float]]:
    """Return name -> (unit, amount): the score, that of the base rate, the skill, and calibration by stage."""
    own, base = brier(cases), base_rate_brier(cases)
    found = {
        "decisions with a probability": ("", float(len(cases))),
        "promise kept, given": ("%", 100.0 * _mean([case.probability for case in cases])),
        "promise kept, in fact": ("%", 100.0 * _mean([float(case.is_kept) for case in cases])),
        "Brier score": ("", own),
        "Brier score of the base rate": ("", base),
        "skill over the base rate": ("%", 100.0 * (1.0 - own / base) if base > 0.0 else 0.0),
    }
    for stage in ConfidenceStage:
        alike = [case for case in cases if confidence_stage(case.probability) is stage]
        found[f"confidence {stage.value}: decisions"] = ("", float(len(alike)))
        found[f"confidence {stage.value}: given"] = ("%", 100.0 * _mean([case.probability for case in alike]))
        found[f"confidence {stage.value}: kept"] = ("%", 100.0 * _mean([float(case.is_kept) for case in alike]))
    return found


def _mean(amounts: Sequence[float]) -> float:
    return statistics.fmean(amounts) if amounts else 0.0
