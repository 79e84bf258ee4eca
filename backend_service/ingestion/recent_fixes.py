"""Which fixes were accepted lately, so that a repeated one is told apart; older ones the archive ignores by its key."""

from __future__ import annotations

from collections import deque

from core.telemetry.fix_batch import FixBatch
from core.telemetry.pipeline import RESENT_WITHIN_S, Numbered, numbered_rows
from core.vocabulary import Instant

KEPT_FIXES = 200_000
KEPT_NUMBERS = 50_000


class RecentFixes:
    """The last `kept` accepted fixes, by vehicle, device and time, and by the device's own number where it tells one.

    Parameters
    ----------
    kept : int
        About 200 bytes each.
    kept_numbers : int
        About 300 bytes each.
    """

    def __init__(self, kept: int = KEPT_FIXES, kept_numbers: int = KEPT_NUMBERS) -> None:
        self._kept = kept
        self._kept_numbers = kept_numbers
        self._seen: set[tuple[str, str, float]] = set()
        self._order: deque[tuple[str, str, float]] = deque()
        self._numbered: dict[Numbered, Instant] = {}

    def was_seen(self, vehicle: str, device: str, fix_at: float) -> bool:
        """Say whether this fix was accepted, as far as is remembered."""
        return (vehicle, device, fix_at) in self._seen

    def was_numbered(self, numbered: Numbered, fix_at: float) -> bool:
        """Say whether this fix was accepted under another time that is near, as far as is remembered."""
        told_at = self._numbered.get(numbered)
        return told_at is not None and abs(fix_at - told_at) < RESENT_WITHIN_S

    def remember(self, batch: FixBatch) -> None:
        """Take note of fixes that are on disk."""
        names = list(zip(batch.vehicle.tolist(), batch.device.tolist(), batch.fix_at.tolist(), strict=True))
        self._seen.update(names)
        self._order.extend(names)
        while len(self._order) > self._kept:
            self._seen.discard(self._order.popleft())
        for _, numbered, fix_at in numbered_rows(batch):
            self._numbered.pop(numbered, None)
            self._numbered[numbered] = fix_at
        while len(self._numbered) > self._kept_numbers:
            del self._numbered[next(iter(self._numbered))]
