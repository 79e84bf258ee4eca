"""A forecast drive: how long a vehicle still drives to its next stop, as percentiles."""

from __future__ import annotations

from dataclasses import dataclass

from core.eta.arrival import Z90, Arrival
from core.orders.order import ArrivalBand
from core.vocabulary import Instant


@dataclass(frozen=True, slots=True)
class Drive:
    """Remaining seconds of a drive: 10th, 50th and 90th percentile."""

    p10_s: float
    p50_s: float
    p90_s: float

    @property
    def sd_s(self) -> float:
        """The standard deviation of a normal drive with the same 80 % interval, seconds."""
        return (self.p90_s - self.p10_s) / (2.0 * Z90)

    def band(self, now: Instant) -> ArrivalBand:
        """Return the arrival of a vehicle that drives this from now on."""
        return ArrivalBand(
            p10_at=now + self.p10_s, p50_at=now + self.p50_s, p90_at=now + self.p90_s, as_of=now, is_degraded=False
        )

    def late_probability(self, now: Instant, by_at: Instant) -> float:
        """Return the probability that the drive ends after `by_at`; either side of the middle has its own spread."""
        left_s = by_at - now - self.p50_s
        side_s = self.p90_s - self.p50_s if left_s >= 0.0 else self.p50_s - self.p10_s
        return Arrival(0.0, max(side_s, 1.0) / Z90).late_probability(left_s)
