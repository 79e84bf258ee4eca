"""From when on driving is harsh, too fast or idle: one policy for the fleet, with units, set by people.

The lowest speeds at which harshness is looked for are those of Teltonika's trackers (10 km/h, and 30 km/h for corners;
wiki.teltonika-gps.com, "Green Driving"), which exist for the same reason: below them a receiver's noise is as large as
what is looked for. The defaults of the accelerations lie at 0.36, 0.31 and 0.41 g, between the 0.3 g that insurers
count from and the 0.45 g of naturalistic driving studies: a mean over one to three seconds is below the peak.
"""

from __future__ import annotations

from math import isfinite

from msgspec.structs import asdict

from core.driving.driving_kinds import DrivingKind
from core.vocabulary import Value


class DrivingPolicy(Value, frozen=True, kw_only=True):
    """What counts.

    `braking_mps2`, `acceleration_mps2` and `cornering_mps2` are mean accelerations between two fixes, m/s², at least at
    `least_speed_mps` and, in corners, `cornering_speed_mps`. Speeding is more than the street's limit, or
    `unknown_limit_mps` where the city knows none (0: then nothing is said), by `excess_mps` and by `excess_share` of it
    whichever is more, for `speeding_for_s` without a break. Idling is standing with the engine on for `idling_after_s`.
    What is in `raising` becomes an exception on the desk, for `shown_s`. `version` counts the times it was set.
    """

    braking_mps2: float = 3.5
    acceleration_mps2: float = 3.0
    cornering_mps2: float = 4.0
    least_speed_mps: float = 2.8
    cornering_speed_mps: float = 8.3
    unknown_limit_mps: float = 33.4
    excess_mps: float = 2.8
    excess_share: float = 0.1
    speeding_for_s: float = 10.0
    idling_after_s: float = 300.0
    shown_s: float = 900.0
    raising: tuple[DrivingKind, ...] = ()
    version: int = 0

    def flaw(self) -> str:
        """Return what makes no sense in it, empty if all does."""
        for name, value in asdict(self).items():
            if isinstance(value, float) and not (isfinite(value) and value >= 0.0):
                return f"{name} is a number from 0 up"
        least = {"braking_mps2": 1.0, "acceleration_mps2": 1.0, "cornering_mps2": 1.0, "idling_after_s": 30.0}
        return next((f"{name} is at least {low:g}" for name, low in least.items() if getattr(self, name) < low), "")

    def allowed_mps(self, limit_mps: float) -> float:
        """Return the speed from which on a vehicle is too fast where `limit_mps` is the limit."""
        return limit_mps + max(self.excess_mps, self.excess_share * limit_mps)
