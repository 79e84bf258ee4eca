"""What traffic costs in which part of the city, measured between a few places, as a factor on times of free streets.

Between two sample places the share of time lost is told by two parts, one for leaving the first and one for reaching
the second (an additive model of logarithms, fitted by means). Any other place takes the parts of the sample nearest.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from backend_service.streets.street_engine import Floats
from core.geodesy import Points, distance_matrix_m

LEAST_S = 30.0
"""Ways that take less say nothing of traffic."""
LONGEST_FACTOR = 8.0


@dataclass(frozen=True, slots=True, eq=False)
class Slowness:
    """The parts of each sample place, as logarithms.

    Parameters
    ----------
    places : (k, 2) degrees
    leaving, reaching : (k,)
    """

    places: Points
    leaving: Floats
    reaching: Floats

    @staticmethod
    def measured(places: Points, now_s: Floats, free_s: Floats) -> Slowness:
        """Return what makes `free_s` into `now_s`, both (k, k) seconds between `places`; nothing where none is known.

        Raises
        ------
        ValueError
            If there are no places.
        """
        if not len(places):
            raise ValueError("slowness is measured between places")
        tells = np.isfinite(now_s) & np.isfinite(free_s) & (free_s >= LEAST_S) & (now_s >= LEAST_S)
        lost = np.log(np.where(tells, now_s, 1.0) / np.where(tells, free_s, 1.0))
        total = float(lost.sum()) / max(1, int(tells.sum()))
        return Slowness(places, _parts(lost, tells, 1, total), _parts(lost, tells, 0, total))

    def factors(self, sources: Points, destinations: Points) -> Floats:
        """Return by how much each way takes longer, (n_sources, n_destinations)."""
        parts = self.leaving[self._nearest(sources)][:, None] + self.reaching[self._nearest(destinations)][None, :]
        most = np.log(LONGEST_FACTOR)
        factors: Floats = np.exp(np.clip(parts, -most, most))
        return factors

    def _nearest(self, places: Points) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
        return np.argmin(distance_matrix_m(places, self.places), axis=1)


def _parts(lost: Floats, tells: np.ndarray[tuple[int, int], np.dtype[np.bool_]], axis: int, total: float) -> Floats:
    """Return each place's mean less half of the mean of all; that half where nothing is told."""
    count = tells.sum(axis=axis)
    means = np.where(count > 0, lost.sum(axis=axis) / np.maximum(count, 1), total)
    parts: Floats = means - total / 2.0
    return parts
