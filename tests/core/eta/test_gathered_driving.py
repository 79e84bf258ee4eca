"""Driving summed up as it comes is the same profile as driving summed up at the end."""

from __future__ import annotations

import numpy as np

from core.eta.gathered_driving import GatheredDriving
from core.eta.speed_profile import SpeedProfile


def test_sums_over_many_slots_and_squares_are_those_of_all_pieces_together() -> None:
    dice = np.random.default_rng(1)
    rows = dice.integers(0, 3000, (40, 50))
    keys, metres, seconds = rows * 7 + 100, dice.random((40, 50)), dice.random((40, 50)) + 0.1
    slots = dice.integers(40, 46, 40)
    gathering = GatheredDriving()
    for number, slot in enumerate(slots.tolist()):
        gathering.add(keys[number], rows[number], slot, metres[number], seconds[number])
    found = gathering.profile()
    asked = SpeedProfile.of(keys.ravel(), np.repeat(slots, 50), metres.ravel(), seconds.ravel())
    assert found.cells.tolist() == asked.cells.tolist()
    assert np.allclose(found.metres, asked.metres)
    assert np.allclose(found.seconds, asked.seconds)


def test_nothing_driven_is_an_empty_profile() -> None:
    assert len(GatheredDriving().profile().cells) == 0
