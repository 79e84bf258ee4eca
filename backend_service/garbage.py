"""What outlives a long round of Python's cycle collection is set aside, so that the next walks only what came since.

A full round walks every object there is, in whatever thread it falls due, while nothing else of the service runs: with
5,000 vehicles and the compilers loaded a quarter of a second, every few seconds. Of long-lived objects few ever become
garbage in a cycle; reference counting, which frees nearly all there is, is not touched. Now and then a whole round
finds what was set aside and broke later.
"""

from __future__ import annotations

import gc
import time
from typing import Literal

LONG_ROUND_S = 0.01
"""A full round that held the service for longer than this walked too much."""

WHOLE_ROUND_EACH_S = 3_600.0
"""Seconds from one whole round to the next at least."""

_YOUNG, _MIDDLE = 1_000, 4
"""New objects, and rounds of the youngest, after which a round falls due: it then walks few, for a millisecond."""

_OLDEST = 2


class SetAside:
    """Takes effect when it is made, best once all that is to stay stands; `close` gives collection back to Python."""

    def __init__(self, *, long_round_s: float = LONG_ROUND_S, whole_round_each_s: float = WHOLE_ROUND_EACH_S) -> None:
        self._long_s = long_round_s
        self._each_s = whole_round_each_s
        self._whole_at = self._began_at = time.monotonic()
        self._thresholds = gc.get_threshold()
        gc.collect()
        gc.freeze()
        gc.set_threshold(_YOUNG, _MIDDLE, self._thresholds[_OLDEST])
        gc.callbacks.append(self._follow)

    def close(self) -> None:
        """Let everything be walked again, by Python's own thresholds."""
        gc.callbacks.remove(self._follow)
        gc.set_threshold(*self._thresholds)
        gc.unfreeze()

    def _follow(self, phase: Literal["start", "stop"], details: dict[str, int]) -> None:
        if details["generation"] != _OLDEST:
            return
        now = time.monotonic()
        if phase == "stop":
            if now - self._began_at >= self._long_s:
                gc.freeze()
            return
        self._began_at = now
        if now - self._whole_at >= self._each_s:
            self._whole_at = now
            gc.unfreeze()
