"""Forecasts of the last minutes beside what they came to; those still open with the least that they can come to.

What is kept is how far off the *model* was, before calibration: what calibration did meanwhile does not show in it, so
that nothing swings between the two however late arrivals are.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from core.eta.features import ratio
from core.eta.realised_forecasts import Promised
from core.eta.recent_flow import Column
from core.vocabulary import Instant

LASTS_S = 86_400.0
"""A forecast is forgotten a day after it was made."""
_MOST = 2000


class CameTrue(msgspec.Struct, frozen=True, array_like=True):
    """A forecast of a model before calibration, beside what it came to.

    `street_s` and `took_s` are seconds, the percentiles log-ratios; `model` is its version.
    """

    model: str | None
    made_at: Instant
    horizon: int
    street_s: float
    took_s: float
    p10: float
    p50: float
    p90: float


@dataclass(frozen=True, slots=True, eq=False)
class Followed:
    """Forecasts and what became of them, all (n,).

    `off` is what came minus the model's middle, in log-ratios; where not `is_known`, the least that it can be. `below`
    and `above` are how far the model's ends lay from its middle.
    """

    made_at: Column
    horizon: NDArray[np.int64]
    off: Column
    is_known: NDArray[np.bool_]
    below: Column
    above: Column

    def __len__(self) -> int:
        return len(self.made_at)


class RecentOutcomes:
    """Remembers the latest forecasts that came true."""

    def __init__(self) -> None:
        self._arrived: deque[CameTrue] = deque(maxlen=_MOST)

    def arrived(self, promises: Iterable[Promised], at: Instant) -> None:
        """Keep forecasts with the instant that they were of."""
        self._arrived.extend(_came_to(promises, at))

    def kept(self) -> list[CameTrue]:
        """Return what is remembered, the oldest first."""
        return list(self._arrived)

    def resume(self, kept: Iterable[CameTrue]) -> None:
        """Remember what was kept, before anything that has arrived since."""
        self._arrived = deque((*kept, *self._arrived), maxlen=_MOST)

    def of_late(self, waiting: Iterable[Promised], model: str | None, now: Instant) -> Followed:
        """Return the forecasts of a model that were made lately: those that came true, and those that wait.

        Parameters
        ----------
        waiting : iterable of Promised
            A forecast in neither, because its drive was given up, says nothing.
        model : str or None
            The version; another one's errors tell nothing of it.
        now : float
        """
        known = self._rows(self._arrived, model, now)
        still = self._rows(_came_to(waiting, now), model, now)
        found = np.array(known + still).reshape(-1, 7)
        made_at, horizon, street_s, took_s, p10, p50, p90 = found.T
        return Followed(
            made_at=made_at,
            horizon=horizon.astype(np.int64),
            off=ratio(np.maximum(took_s, 0.0), street_s) - p50,
            is_known=np.arange(len(found)) < len(known),
            below=p50 - p10,
            above=p90 - p50,
        )

    @staticmethod
    def _rows(outcomes: Iterable[CameTrue], model: str | None, now: Instant) -> list[tuple[float, ...]]:
        return [
            (one.made_at, one.horizon, one.street_s, one.took_s, one.p10, one.p50, one.p90)
            for one in outcomes
            if one.model == model and 0.0 <= now - one.made_at <= LASTS_S
        ]


def _came_to(promises: Iterable[Promised], at: Instant) -> Iterator[CameTrue]:
    for one in promises:
        if (raw := one.raw) is not None:
            took_s = at - one.made_at
            yield CameTrue(raw.model, one.made_at, one.horizon, raw.street_s, took_s, raw.p10, raw.p50, raw.p90)
