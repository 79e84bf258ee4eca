"""Quantiles of durations of which some are only known to be longer than so much: those that have not come out yet.

To leave them out would be to believe the quick ones: who asks in the middle of a jam has heard only of those that got
through. Each that still waits passes its weight on to those that took longer (E. Kaplan and P. Meier, "Nonparametric
Estimation from Incomplete Observations", 1958).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.eta.recent_flow import Column


def quantiles(values: Column, weights: Column, is_known: NDArray[np.bool_], levels: Sequence[float]) -> list[float]:
    """Return the values below which these shares of the weight lie, halfway between neighbours.

    Parameters
    ----------
    values : (n,) float
        What came out, and for what has not the least that it can become.
    weights : (n,) float, positive
    is_known : (n,) bool
        Whether it came out; one at least did.
    levels : sequence of float within 0 and 1
        A level that no known value reaches has the greatest of all.
    """
    order = np.argsort(values, kind="stable")
    values, weights, is_known = values[order], weights[order], is_known[order]
    at_risk = np.cumsum(weights[::-1])[::-1]
    left = np.cumprod(1.0 - np.where(is_known, weights / at_risk, 0.0))
    before = np.concatenate([[1.0], left[:-1]])
    reached = (1.0 - (left + before) / 2.0)[is_known]
    greatest = float(values[-1])
    return [
        greatest if level > 1.0 - left[-1] else float(np.interp(level, reached, values[is_known])) for level in levels
    ]
