"""How likely a driver is to say yes to an offer at this hour, and what a no would cost: learned from earlier answers.

A beta distribution, updated: the driver's yes and no of this hour stand beside those of the driver at any hour, and
these beside the policy's prior; the more general level counts as so many offers of its own rate (beta-binomial
shrinkage). So one no moves little, and a driver who declines every other lunch is known for it after a week.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from core.dispatch.policy import DispatchPolicy
from core.projections.answer_record import AnswerRecord, Answers
from core.vocabulary import DriverId, Instant


@dataclass(frozen=True, slots=True)
class Acceptance:
    """The probability of a yes, of how many earlier offers it is known, and what a no would cost.

    Parameters
    ----------
    probability : float
        Of a yes, from 0 to 1.
    offers : int
        How many offers of this driver it rests on; 0 is the policy's prior alone.
    lost_s : float
        How long after an offer a no is known and somebody else can be asked, seconds.
    assumed_share : float
        What share of `lost_s` rests on how long the policy lets an offer stand, from 0 to 1.
    """

    probability: float = 1.0
    offers: int = 0
    lost_s: float = 0.0
    assumed_share: float = 0.0

    def within(self, limit_s: float, former_s: float) -> Acceptance:
        """Return it where an offer stands for `limit_s` instead of `former_s`, seconds."""
        return replace(self, lost_s=min(limit_s, self.lost_s + self.assumed_share * (limit_s - former_s)))


CERTAIN = Acceptance()
"""Of a driver who has said yes, and where nothing is asked."""


def acceptance_of(record: AnswerRecord, driver_id: DriverId, at: Instant, policy: DispatchPolicy) -> Acceptance:
    """Return how likely a driver says yes to an offer that is made at `at`."""
    ever = record.of_driver(driver_id)
    own = _shrunk(ever, policy.accept_probability, policy.accept_prior_offers)
    now = _shrunk(record.of_hour(driver_id, at), own, policy.accept_hour_offers)
    weight = policy.accept_prior_offers
    lost, known = record.lost, record.lost.offers + weight
    # Nothing known and no prior: the longest that the policy lets an offer stand.
    lost_s = (lost.seconds + weight * policy.accept_within_s) / known if known > 0.0 else policy.accept_within_s
    assumed = weight / known if known > 0.0 else 1.0
    return Acceptance(now, round(ever.offered), min(lost_s, policy.accept_within_s), assumed)


def _shrunk(answers: Answers, prior: float, prior_offers: float) -> float:
    """Return the mean of the beta distribution after `answers`, before which it was `prior` of so many offers."""
    offers = answers.offered + prior_offers
    return (answers.accepted + prior_offers * prior) / offers if offers > 0.0 else prior
