"""Dice that fall the same for both sides: a draw depends on what it is about, never on what was drawn before it.

Common random numbers: J. P. C. Kleijnen, "Antithetic variates, common random numbers and optimal computer time
allocation in simulation", Management Science 21 (1975). Two plans that drive the same way meet the same traffic, so
that their difference shows the plans and not the luck.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from math import exp, log1p, sqrt
from statistics import NormalDist

_STANDARD = NormalDist()


@dataclass(frozen=True, slots=True)
class CommonDice:
    """One draw: `seed` says which series, `draw` which of it."""

    seed: int
    draw: int

    def uniform(self, *about: object) -> float:
        """Return a number between 0 and 1, both left out."""
        words = "|".join(map(str, (self.seed, self.draw, *about)))
        number = int.from_bytes(hashlib.blake2b(words.encode(), digest_size=8).digest(), "big")
        return (number + 0.5) / 2.0**64

    def normal(self, *about: object) -> float:
        """Return a standard normal number."""
        return _STANDARD.inv_cdf(self.uniform(*about))

    def factor(self, share: float, *about: object) -> float:
        """Return a positive factor with mean 1 and standard deviation `share` (log-normal)."""
        variance = log1p(share * share)
        return exp(sqrt(variance) * self.normal(*about) - variance / 2.0)
