"""The distribution of every arrival along a route: expected instant and spread, from street time, service and kitchens.

Arrivals are taken as normal. Driving adds variance in proportion to its length; a pickup starts at the later of two
uncertain instants, the arrival and the readiness, whose mean and variance follow C. E. Clark, "The greatest of a
finite set of random variables", Operations Research 9 (1961). `SpreadPolicy` holds the prior of what was not learned;
the drive under way may bring its own spread, from the forecaster.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import erf, exp, hypot, inf, pi, sqrt

from core.orders.order import ArrivalBand
from core.vocabulary import Instant, Value

Z90 = 1.2815515594
"""The 90th percentile of the standard normal distribution."""

_LEAST_SD_S = 1.0


class SpreadPolicy(Value, frozen=True, kw_only=True):
    """How uncertain each part of a way is, before anything was measured.

    `travel_share` is the standard deviation of a drive per second driven, `service_share` that of a service time,
    `kitchen_sd_s` that of a readiness still to come; `position_share` is the seconds added per second of position
    age, `degraded_factor` widens drives that were estimated without streets.

    Raises
    ------
    ValueError
        If a value is negative or not finite, or `degraded_factor` is below 1.
    """

    travel_share: float = 0.2
    service_share: float = 0.4
    kitchen_sd_s: float = 150.0
    position_share: float = 0.25
    degraded_factor: float = 1.6

    def __post_init__(self) -> None:
        shares = (self.travel_share, self.service_share, self.kitchen_sd_s, self.position_share)
        if not all(0.0 <= share < 1e5 for share in shares):
            raise ValueError("a spread is a number from 0 up")
        if not 1.0 <= self.degraded_factor < 100.0:
            raise ValueError("an estimate without streets is no surer than one with them")


@dataclass(frozen=True, slots=True)
class Leg:
    """The way to one stop and what happens there.

    Parameters
    ----------
    drive_s : float
        Driving time to it, seconds.
    earliest_at : float
        The expected instant before which service cannot start; minus infinity if there is none.
    earliest_sd_s : float
        Its standard deviation, seconds; 0 if known.
    service_s : float
        Expected time at the stop, seconds.
    arrived_at : float or None
        When the stop was reached, if it was.
    drive_sd_s : float or None
        The standard deviation of the driving time where it was learned, seconds; else a share of it, by policy.
    service_sd_s : float or None
        Likewise of the time at the stop.
    break_s : float
        The planned break that is taken before setting off, seconds.
    """

    drive_s: float
    earliest_at: Instant
    earliest_sd_s: float
    service_s: float
    arrived_at: Instant | None = None
    drive_sd_s: float | None = None
    service_sd_s: float | None = None
    break_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Arrival:
    """One arrival: its expected instant and standard deviation, seconds.

    With `sd_later_s` it is as likely before `mean_at` as after, and `sd_s` is the spread of coming before it,
    `sd_later_s` that of coming after it. `known_share` of its spread would be left if streets were known; the rest was
    added because they are not.
    """

    mean_at: Instant
    sd_s: float
    sd_later_s: float | None = None
    known_share: float = 1.0

    @property
    def later_s(self) -> float:
        """The spread of coming later, seconds."""
        return self.sd_s if self.sd_later_s is None else self.sd_later_s

    def band(self, as_of: Instant, *, is_degraded: bool = False) -> ArrivalBand:
        """Return the 10th, 50th and 90th percentile; none lies before `as_of` unless the arrival itself does."""
        p10_at, p90_at = self._ends(as_of, 1.0)
        return ArrivalBand(
            p10_at=p10_at,
            p50_at=self.mean_at,
            p90_at=p90_at,
            as_of=as_of,
            is_degraded=is_degraded,
            undegraded=self._ends(as_of, self.known_share) if self.known_share < 1.0 else None,
        )

    def late_probability(self, by_at: Instant) -> float:
        """Return the probability of arriving after `by_at`."""
        left_s = by_at - self.mean_at
        return _phi_upper(left_s / max(self.later_s if left_s >= 0.0 else self.sd_s, _LEAST_SD_S))

    def expected_lateness_s(self, by_at: Instant) -> float:
        """Return the expected seconds after `by_at`, counting earliness as 0: E[max(0, arrival - by)]."""
        left_s = by_at - self.mean_at
        sooner, later = max(self.sd_s, _LEAST_SD_S), max(self.later_s, _LEAST_SD_S)
        if left_s >= 0.0:
            return _beyond(left_s, later)
        # What comes before the middle less what of it is before `by_at`, and what the longer side adds to the mean.
        return -left_s + _beyond(-left_s, sooner) + (later - sooner) * _density(0.0)

    def expected_squared_lateness_s2(self, by_at: Instant) -> float:
        """Return the expected square of the seconds after `by_at`, counting earliness as 0, s²."""
        left_s = by_at - self.mean_at
        sooner, later = max(self.sd_s, _LEAST_SD_S), max(self.later_s, _LEAST_SD_S)
        if left_s >= 0.0:
            return _squared_beyond(left_s, later)
        # The whole second moment about `by_at`, less what of it is before `by_at`.
        whole = left_s**2 - 2.0 * left_s * (later - sooner) * _density(0.0) + (sooner**2 + later**2) / 2.0
        return max(0.0, whole - _squared_beyond(-left_s, sooner))

    def _ends(self, as_of: Instant, share: float) -> tuple[Instant, Instant]:
        """Return the 10th and the 90th percentile of an arrival with this share of the spread."""
        sooner, later = Z90 * share * self.sd_s, Z90 * share * self.later_s
        return max(min(as_of, self.mean_at), self.mean_at - sooner), self.mean_at + later


def forecast_route(
    start_at: Instant,
    start_sd_s: float,
    legs: Sequence[Leg],
    spread: SpreadPolicy,
    *,
    is_degraded: bool = False,
    as_of: Instant = -inf,
) -> tuple[Arrival, ...]:
    """Return the arrival at each stop, in order.

    Parameters
    ----------
    start_at : float
        When the first leg begins, expected.
    start_sd_s : float
        Its standard deviation, seconds.
    legs : sequence of Leg
    spread : SpreadPolicy
    is_degraded : bool
        Whether driving times were estimated without streets.
    as_of : float
        What was not reached yet is not reached before this instant.
    """
    start, share = Arrival(start_at, start_sd_s), spread.travel_share
    known = _forecast(start, legs, spread, share, as_of)
    if not is_degraded:
        return known
    wider = _forecast(start, legs, spread, share * spread.degraded_factor, as_of)
    return tuple(
        replace(one, known_share=min(1.0, less.sd_s / one.sd_s)) if one.sd_s > 0.0 else one
        for one, less in zip(wider, known, strict=True)
    )


def _forecast(
    start: Arrival, legs: Sequence[Leg], spread: SpreadPolicy, travel_share: float, as_of: Instant
) -> tuple[Arrival, ...]:
    mean, variance = start.mean_at, start.sd_s**2
    arrivals = []
    for leg in legs:
        if leg.arrived_at is not None:
            arrival = Arrival(leg.arrived_at, 0.0)
        else:
            sd_s = travel_share * leg.drive_s if leg.drive_sd_s is None else leg.drive_sd_s
            driven = Arrival(mean + leg.break_s + leg.drive_s, sqrt(variance + sd_s**2))
            arrival = not_before(as_of, driven)
        arrivals.append(arrival)
        begin = later_of(arrival, Arrival(leg.earliest_at, leg.earliest_sd_s))
        mean = (
            max(begin.mean_at + leg.service_s, start.mean_at)
            if leg.arrived_at is not None
            else begin.mean_at + leg.service_s
        )
        service_sd_s = spread.service_share * leg.service_s if leg.service_sd_s is None else leg.service_sd_s
        variance = begin.sd_s**2 + service_sd_s**2
    return tuple(arrivals)


def not_before(as_of: Instant, arrival: Arrival) -> Arrival:
    """Return an arrival that is known not to have come before `as_of`; its spread stays."""
    if arrival.mean_at - 6.0 * arrival.sd_s >= as_of:
        return arrival
    return Arrival(later_of(arrival, Arrival(as_of, 0.0)).mean_at, arrival.sd_s)


def later_of(one: Arrival, other: Arrival) -> Arrival:
    """Return mean and spread of the later of two independent normal instants (Clark 1961, equations 2-4)."""
    spread = hypot(one.sd_s, other.sd_s)
    apart = one.mean_at - other.mean_at
    if spread <= 0.0 or abs(apart) > 6.0 * spread:
        return one if apart >= 0.0 else other
    alpha = apart / spread
    share, density = _phi_upper(-alpha), _density(alpha)
    # Moments are taken relative to the second instant: epoch seconds squared would lose all digits.
    first = apart * share + spread * density
    second = (apart**2 + one.sd_s**2) * share + other.sd_s**2 * (1.0 - share) + apart * spread * density
    return Arrival(other.mean_at + first, sqrt(max(0.0, second - first**2)))


def _beyond(seconds: float, sd_s: float) -> float:
    """Return the expected seconds beyond so many, of a normal time with mean 0."""
    z = seconds / sd_s
    return max(0.0, sd_s * (_density(z) - z * _phi_upper(z)))


def _squared_beyond(seconds: float, sd_s: float) -> float:
    """Return the expected square of the seconds beyond so many, of a normal time with mean 0, s²."""
    z = seconds / sd_s
    return max(0.0, (sd_s**2 + seconds**2) * _phi_upper(z) - seconds * sd_s * _density(z))


def _density(z: float) -> float:
    return exp(-0.5 * z * z) / sqrt(2.0 * pi)


def _phi_upper(z: float) -> float:
    return 0.5 * (1.0 - erf(z / sqrt(2.0)))
