"""A driver's phone: notes fixes with a receiver's errors, and sends them late or twice when the signal fails it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from backend_service.simulation.dice import dice
from core.geodesy import METRES_PER_DEGREE
from core.vocabulary import Instant, Position, VehicleId

FIX_EVERY_S = 5.0
_NOISE_M, _OUTLIER_M, _OUTLIERS = 4.0, 45.0, 0.004
_DOUBLED, _DOUBLED_AFTER_SILENCE = 0.01, 0.15
_KEPT_FIXES = 400


@dataclass(frozen=True, slots=True)
class Fix:
    """What a receiver noted: degrees, m/s, metres of accuracy."""

    fix_at: Instant
    lat: float
    lon: float
    speed_mps: float
    heading_deg: float
    accuracy_m: float


@dataclass(frozen=True, slots=True)
class Sending:
    """Fixes that leave a phone together, oldest first, and how many of them are doubled or were held back."""

    fixes: tuple[Fix, ...]
    doubled: int = 0
    late: int = 0


class Phone:
    """One phone.

    Parameters
    ----------
    vehicle_id : VehicleId
    seed : int
    start_at : float
        Instant; fixes are noted from here on, each phone at its own beat.
    silences_per_hour : float
        How often the signal fails, for one to four minutes.
    """

    def __init__(self, vehicle_id: VehicleId, seed: int, start_at: Instant, silences_per_hour: float) -> None:
        self._throw = dice(seed, "receiver", vehicle_id)
        self._next_at = start_at + float(dice(seed, "beat", vehicle_id).random()) * FIX_EVERY_S
        self._silences = _silences(seed, vehicle_id, start_at, silences_per_hour)
        self._held: list[Fix] = []

    def observe(self, now: Instant, position: Position, speed_mps: float, heading_deg: float) -> Sending | None:
        """Note where the vehicle is, if it is time to, and return what is sent now.

        Parameters
        ----------
        now : float
            Instant.
        position : Position
        speed_mps, heading_deg : float
        """
        if now < self._next_at:
            return None
        self._next_at = max(self._next_at + FIX_EVERY_S, now)
        self._held = [*self._held[-_KEPT_FIXES:], self._note(now, position, speed_mps, heading_deg)]
        if self._is_silent(now):
            return None
        return self._send()

    def _send(self) -> Sending:
        fixes, self._held = self._held, []
        late = len(fixes) - 1
        chance = _DOUBLED_AFTER_SILENCE if late else _DOUBLED
        twice = [fix for fix, throw in zip(fixes, self._throw.random(len(fixes)), strict=True) if throw < chance]
        return Sending(fixes=(*fixes, *twice), doubled=len(twice), late=late)

    def _note(self, now: Instant, position: Position, speed_mps: float, heading_deg: float) -> Fix:
        # Always the same number of throws, so that a phone's errors do not depend on where it was driven.
        east, north, outlier, speed, heading = self._throw.random(5)
        sigma = _OUTLIER_M if outlier < _OUTLIERS else _NOISE_M
        away_m, towards = sigma * float(np.sqrt(-2.0 * np.log(1.0 - east))), 2.0 * np.pi * float(north)
        metres_per_lon = METRES_PER_DEGREE * float(np.cos(np.radians(position.lat)))
        return Fix(
            fix_at=round(now, 3),
            lat=round(position.lat + away_m * float(np.cos(towards)) / METRES_PER_DEGREE, 6),
            lon=round(position.lon + away_m * float(np.sin(towards)) / metres_per_lon, 6),
            speed_mps=round(max(0.0, speed_mps * (0.95 + 0.1 * float(speed))), 1),
            heading_deg=round((heading_deg + 6.0 * float(heading) - 3.0) % 360.0, 1) % 360.0,
            accuracy_m=round(sigma * 1.5, 1),
        )

    def _is_silent(self, now: Instant) -> bool:
        return any(from_at <= now < until_at for from_at, until_at in self._silences)


def _silences(
    seed: int, vehicle_id: VehicleId, start_at: Instant, per_hour: float, hours: float = 12.0
) -> tuple[tuple[Instant, Instant], ...]:
    throw = dice(seed, "signal", vehicle_id)
    count = int(throw.poisson(per_hour * hours))
    begins = start_at + throw.random(count) * hours * 3600.0
    lasts = throw.uniform(60.0, 240.0, count)
    return tuple((float(begin), float(begin + last)) for begin, last in zip(begins, lasts, strict=True))
