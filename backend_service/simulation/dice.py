"""Dice that belong to one entity each, so that what happens to one changes no throw of another."""

from __future__ import annotations

from hashlib import sha256

import numpy as np


def dice(seed: int, *entity: str | int) -> np.random.Generator:
    """Return the dice of an entity, at their first throw.

    The same seed and the same words give the same throws, whatever else was thrown before and whatever the service
    decides: that is what makes two runs of a day comparable.

    Parameters
    ----------
    seed : int
        The day's seed, 0 or above.
    *entity : str or int
        What the dice are for and whose they are, such as ``"temper", "D-07"``.
    """
    words = [int.from_bytes(sha256(repr(word).encode()).digest()[:8]) for word in entity]
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, *words])))
