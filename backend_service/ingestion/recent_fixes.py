"""Which fixes were accepted lately, so that a repeated one is told apart; older ones the archive ignores by its key."""

from __future__ import annotations

from collections import deque

from core.telemetry.fix_batch import FixBatch

KEPT_FIXES = 200_000


class RecentFixes:
    """The last `kept` accepted fixes, by vehicle, device and time.

    Parameters
    ----------
    kept : int
        About 200 bytes each.
    """

    def __init__(self, kept: int = KEPT_FIXES) -> None:
        self._kept = kept
        self._seen: set[tuple[str, str, float]] = set()
        self._order: deque[tuple[str, str, float]] = deque()

    def was_seen(self, vehicle: str, device: str, fix_at: float) -> bool:
        """Say whether this fix was accepted, as far as is remembered."""
        return (vehicle, device, fix_at) in self._seen

    def remember(self, batch: FixBatch) -> None:
        """Take note of fixes that are on disk."""
        names = list(zip(batch.vehicle.tolist(), batch.device.tolist(), batch.fix_at.tolist(), strict=True))
        self._seen.update(names)
        self._order.extend(names)
        while len(self._order) > self._kept:
            self._seen.discard(self._order.popleft())
