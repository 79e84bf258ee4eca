"""The values of regret: what an override and the recommendation each led to when the state was played on with them.

Everything here is an estimate of a model, for both sides; what really came stands in the ledger beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from statistics import NormalDist, fmean, stdev

from core.vocabulary import Instant, OverrideId, Value

SHARE_INSIDE = 0.9
"""Of the draws, or of the means, lie within an interval that is told."""
_Z = NormalDist().inv_cdf(0.5 + SHARE_INSIDE / 2.0)


class MoneyParts(Value, frozen=True, kw_only=True):
    """What money consists of, by the policy: driving (time and way), minutes after promises, customers' waiting."""

    driving: float
    lateness: float
    waiting: float

    @property
    def total(self) -> float:
        """Return all of it."""
        return self.driving + self.lateness + self.waiting


class PlayedOutcome(Value, frozen=True, kw_only=True):
    """What one side led to, over all orders and drivers that were played.

    `late_minutes` after the promises and `waited_minutes` from the override to the doors, both summed; `broken`
    promises; metres and seconds driven; `cost` in money, the total of its `parts`, each order's at the prices of its
    zone. Estimates of earlier days have no parts.
    """

    late_minutes: float
    waited_minutes: float
    broken: float
    distance_m: float
    driving_s: float
    cost: float
    parts: MoneyParts | None = None


class Interval(Value, frozen=True, kw_only=True):
    """A mean over draws with the standard deviation, and the bounds between which nine draws of ten lie."""

    mean: float
    sd: float
    low: float
    high: float


class RegretEstimate(Value, frozen=True, kw_only=True):
    """How much worse (plus) or better (minus) an override did than the recommendation would have done: an estimate.

    Both sides were played on from log `position` until their orders had ended, at the latest until `until_at` and
    what was in hand then, `draws` times, with the same dice of `seed` for both. `late`, `waited` (minutes) and
    `money` are override less recommendation. `overriding` and `following` are the regrets of the two sides: what
    each lost, in money, where the other did better, over all draws. `better_share` is the share of draws in which
    the override cost less.
    """

    override_id: OverrideId
    position: int
    forked_at: Instant
    until_at: Instant
    policy_number: int
    seed: int
    draws: int
    drivers: int
    orders: int
    chosen: PlayedOutcome
    recommended: PlayedOutcome
    late: Interval
    waited: Interval
    money: Interval
    overriding: float
    following: float
    better_share: float
    is_degraded: bool = False


def interval_of(values: Sequence[float]) -> Interval:
    """Return mean, spread and the bounds of at least one value, by the normal distribution."""
    mean = fmean(values)
    sd = stdev(values) if len(values) > 1 else 0.0
    return Interval(mean=mean, sd=sd, low=mean - _Z * sd, high=mean + _Z * sd)


def mean_outcome(outcomes: Sequence[PlayedOutcome]) -> PlayedOutcome:
    """Return the mean of at least one outcome, member by member."""
    return PlayedOutcome(
        late_minutes=fmean(outcome.late_minutes for outcome in outcomes),
        waited_minutes=fmean(outcome.waited_minutes for outcome in outcomes),
        broken=fmean(outcome.broken for outcome in outcomes),
        distance_m=fmean(outcome.distance_m for outcome in outcomes),
        driving_s=fmean(outcome.driving_s for outcome in outcomes),
        cost=fmean(outcome.cost for outcome in outcomes),
        parts=_mean_parts([outcome.parts for outcome in outcomes if outcome.parts is not None]),
    )


def _mean_parts(parts: Sequence[MoneyParts]) -> MoneyParts | None:
    if not parts:
        return None
    return MoneyParts(
        driving=fmean(one.driving for one in parts),
        lateness=fmean(one.lateness for one in parts),
        waiting=fmean(one.waiting for one in parts),
    )


def interval_of_mean(estimates: Sequence[Interval]) -> Interval:
    """Return the mean over several cases, with its standard error and how sure it is, by Student's distribution.

    What is uncertain in each case makes the means differ as well, so that their spread holds both. Of a single case
    the spread of its own draws is all that is known.
    """
    means = [estimate.mean for estimate in estimates]
    if len(means) == 1:
        return estimates[0]
    mean, error = fmean(means), stdev(means) / sqrt(len(means))
    reach = _student(len(means) - 1) * error
    return Interval(mean=mean, sd=error, low=mean - reach, high=mean + reach)


def _student(freedom: int) -> float:
    """Return the quantile of Student's distribution (Abramowitz and Stegun, 26.7.5); within 1 % from 3 degrees on."""
    first = (_Z**3 + _Z) / 4.0
    second = (5.0 * _Z**5 + 16.0 * _Z**3 + 3.0 * _Z) / 96.0
    third = (3.0 * _Z**7 + 19.0 * _Z**5 + 17.0 * _Z**3 - 15.0 * _Z) / 384.0
    return _Z + first / freedom + second / freedom**2 + third / freedom**3
