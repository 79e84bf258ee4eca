"""Latency samples with bounded memory: the newest are kept, all are counted."""

from __future__ import annotations

import numpy as np
from core.telemetry.fix_batch import Column

_KEPT = 200_000


class LatencySamples:
    """Seconds; `count` includes those that were overwritten."""

    def __init__(self, kept: int = _KEPT) -> None:
        self.count = 0
        self._samples = np.empty(kept)

    def add(self, seconds: Column) -> None:
        """Add samples; (n,) seconds."""
        for start in range(0, len(seconds), len(self._samples)):
            part = seconds[start : start + len(self._samples)]
            where = (self.count + np.arange(len(part))) % len(self._samples)
            self._samples[where] = part
            self.count += len(part)

    def values(self) -> Column:
        """Return the samples kept, in no particular order."""
        return self._samples[: min(self.count, len(self._samples))].copy()

    def percentile_ms(self, percent: float) -> float | None:
        """Return a percentile in milliseconds, ``None`` without samples."""
        if self.count == 0:
            return None
        return float(np.percentile(self.values(), percent) * 1000.0)
