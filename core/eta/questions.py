"""What a forecaster is asked, many stops at once: which vehicle, from where to where, and the way streets propose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.eta.recent_flow import Column
from core.geodesy import Points


@dataclass(frozen=True, slots=True, eq=False)
class Questions:
    """How long each of n vehicles still drives to its stop.

    Parameters
    ----------
    vehicles : sequence of str
    positions, destinations : (n, 2) degrees
    street_s, street_m : (n,) float
        What the street engine says of the remaining way, seconds and metres.
    ways : sequence of (m, 2) degrees
        The geometry of each remaining way.
    """

    vehicles: Sequence[str]
    positions: Points
    destinations: Points
    street_s: Column
    street_m: Column
    ways: Sequence[Points]

    def __len__(self) -> int:
        return len(self.vehicles)
