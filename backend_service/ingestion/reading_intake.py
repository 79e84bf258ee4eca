"""Where all doors bring their readings: judged, archived, and only then acknowledged and passed on.

The archive gathers what waits into one commit. When too many rows wait, doors are told to come back later.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Protocol

from backend_service.ingestion.intake import IntakeReport
from backend_service.ingestion.latest_readings import LatestReadings
from core.refusals import Refusal
from core.telemetry.plausibility import PlausibilityLimits
from core.telemetry.reading_batch import ReadingBatch
from core.telemetry.reading_plausibility import ReadingReason, sift_readings

logger = logging.getLogger(__name__)

MOST_WAITING_READINGS = 50_000

type ReadingListener = Callable[[ReadingBatch], None]


class ReadingKeeper(Protocol):
    """What keeps readings: durable when `append` returns."""

    async def append(self, batch: ReadingBatch) -> int:
        """Keep every row, or raise a `Fault`; return how many were new."""
        ...


class ReadingIntake:
    """Takes readings in.

    Parameters
    ----------
    keeper : ReadingKeeper
    latest : LatestReadings
        As the archive left it; brought up to date after each write.
    limits : PlausibilityLimits
        Only its times count.
    most_waiting_rows : int
        Above this, `take` refuses.
    """

    def __init__(
        self,
        keeper: ReadingKeeper,
        latest: LatestReadings,
        *,
        limits: PlausibilityLimits | None = None,
        most_waiting_rows: int = MOST_WAITING_READINGS,
    ) -> None:
        self.latest = latest
        self.accepted = 0
        self.rejected: Counter[ReadingReason] = Counter()
        self._keeper = keeper
        self._limits = limits or PlausibilityLimits()
        self._most_waiting_rows = most_waiting_rows
        self._waiting_rows = 0
        self._listeners: list[ReadingListener] = []

    @property
    def waiting_rows(self) -> int:
        """Return how many rows are not on disk yet."""
        return self._waiting_rows

    def subscribe(self, listener: ReadingListener) -> None:
        """Have `listener` told, on the loop, of rows on disk, ordered by vehicle, channel, then time."""
        self._listeners.append(listener)

    async def take(self, batch: ReadingBatch) -> IntakeReport:
        """Return what became of `batch`, once its accepted rows are on disk.

        Raises
        ------
        Refusal
            ``telemetry.busy``, 503, when too many rows wait: send them again later.
        Fault
            If the archive could not write: send them again later.
        """
        if self._waiting_rows + len(batch) > self._most_waiting_rows:
            raise Refusal(
                "telemetry.busy", "Too many readings wait. Send these again in a moment.", status=503, retry_after_s=1
            )
        sifted = sift_readings(batch, self._limits)
        accepted = sifted.accepted
        self._waiting_rows += len(accepted)
        try:
            fresh = await self._keeper.append(accepted) if len(accepted) else 0
        finally:
            self._waiting_rows -= len(accepted)
        rejected = sifted.rejected
        if fresh < len(accepted):
            rejected[ReadingReason.DUPLICATE] += len(accepted) - fresh
        self.accepted += fresh
        self.count_rejected(rejected)
        self._pass_on(accepted)
        return IntakeReport(fresh, {str(reason): count for reason, count in rejected.items()})

    def count_rejected(self, rejected: Mapping[ReadingReason, int]) -> None:
        """Count rows that were turned away; doors count here those they could not even identify."""
        self.rejected.update(rejected)

    def _pass_on(self, accepted: ReadingBatch) -> None:
        if not len(accepted):
            return
        for listener in (self.latest.update, *self._listeners):
            try:
                listener(accepted)
            except Exception:  # one listener's bug costs the others nothing; the readings are on disk
                logger.exception("A listener failed on %d readings", len(accepted))
