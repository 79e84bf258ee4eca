"""Where all doors bring their fixes: one consumer that judges, archives and passes on what waits, as one batch.

A door waits until its accepted rows are on disk and whoever listens was told of them. While the archive writes, further
batches gather and are written together next time (group commit), the more the more wait; other requests go between two
steps. When too many rows wait, doors are told to come back later. One bad fix never stops the intake, and a failed
write fails only the batches that were in it: their senders send them again.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Protocol

import numpy as np

from backend_service.ingestion.device_board import DeviceBoard
from backend_service.ingestion.live_positions import LivePositions
from backend_service.ingestion.recent_fixes import RecentFixes
from core.refusals import Fault, Refusal
from core.telemetry.fix_batch import FixBatch
from core.telemetry.pipeline import ACCEPTED, REASONS, Meaning, Surroundings, sift
from core.telemetry.plausibility import PlausibilityLimits, Reason

logger = logging.getLogger(__name__)

MOST_WAITING_ROWS = 50_000
URGENT_ROWS = 5_000
"""So many more may wait if they are urgent: a full queue turns no alarm's position away."""
MOST_ROWS_AT_ONCE = 500
"""Rows that are worked off in one go while few wait; judging them, and telling each listener, takes 1 ms or so."""

FEW_ROWS = 50
"""Of up to so many rows listeners are told without a pause: it takes a millisecond, and phones are answered sooner."""

LARGEST_GROUP = 5_000
LARGEST_PART = 1_500
"""Rows that are judged and written, and that a listener is told, in one go where many wait: each costs less then."""


class FixKeeper(Protocol):
    """What keeps fixes: durable when `append` returns, indifferent to a fix it has already."""

    async def append(self, batch: FixBatch) -> object:
        """Keep every row, or raise a `Fault` and keep none; what it returns is nobody's concern here."""
        ...


@dataclass(frozen=True, slots=True)
class IntakeReport:
    """What became of one batch."""

    accepted: int
    rejected: dict[str, int]


@dataclass(slots=True)
class FixCounts:
    """Fixes since the start of the process."""

    accepted: int = 0
    rejected: Counter[Reason] = field(default_factory=Counter)
    failed: int = 0


@dataclass(slots=True)
class _Waiting:
    batch: FixBatch
    reported: asyncio.Future[IntakeReport]


class Intake:
    """Takes fixes in.

    Parameters
    ----------
    keeper : FixKeeper
        The fix archive.
    live : LivePositions
        As the archive left it; brought up to date after each write; where plausibility starts from.
    devices : DeviceBoard, optional
        Says, where several devices are on a vehicle, whose fixes count; without it all do.
    limits : PlausibilityLimits
    most_waiting_rows : int
        Above this, `take` refuses.
    """

    def __init__(
        self,
        keeper: FixKeeper,
        live: LivePositions,
        *,
        devices: DeviceBoard | None = None,
        limits: PlausibilityLimits | None = None,
        most_waiting_rows: int = MOST_WAITING_ROWS,
    ) -> None:
        self.counts = FixCounts()
        self.live = live
        self._keeper = keeper
        self._devices = devices
        self._recent = RecentFixes()
        self._recent.remember(live.snapshot())
        self._surroundings = Surroundings(
            limits or PlausibilityLimits(), self._recent.was_seen, live, self._recent.was_numbered
        )
        self._most_waiting_rows = most_waiting_rows
        self._waiting: deque[_Waiting] = deque()
        self._waiting_rows = 0
        self._wanted = asyncio.Event()
        self._listeners: list[tuple[Meaning, Callable[[FixBatch], None]]] = []
        self._task: asyncio.Task[None] | None = None

    @property
    def waiting_rows(self) -> int:
        """Return how many rows no write has begun for."""
        return self._waiting_rows

    def subscribe(self, meaning: Meaning, listener: Callable[[FixBatch], None]) -> None:
        """Have `listener` told, on the loop, of rows on disk that make positions, ordered by vehicle, then by time.

        Listeners are told in the order of `Meaning`.
        """
        self._listeners.append((meaning, listener))
        self._listeners.sort(key=itemgetter(0))

    def start(self) -> None:
        """Begin to work off what waits."""
        self._task = asyncio.create_task(self._run(), name="intake")

    async def close(self) -> None:
        """Finish what waits, then stop."""
        if self._task is None:
            return
        task, self._task = self._task, None
        self._wanted.set()
        await task

    async def take(self, batch: FixBatch, *, is_urgent: bool = False) -> IntakeReport:
        """Return what became of `batch`, once its accepted rows are on disk and listeners were told of them.

        An urgent one goes before those that wait.

        Raises
        ------
        Refusal
            ``telemetry.busy``, 503, when too many rows wait or the intake is closed: send them again later.
        Fault
            If the archive could not write: send them again later.
        """
        if not len(batch):
            return IntakeReport(0, {})
        most = self._most_waiting_rows + (URGENT_ROWS if is_urgent else 0)
        if self._task is None or self._waiting_rows + len(batch) > most:
            raise Refusal(
                "telemetry.busy", "Too many fixes wait. Send these again in a moment.", status=503, retry_after_s=1
            )
        waiting = _Waiting(batch, asyncio.get_running_loop().create_future())
        if is_urgent:
            self._waiting.appendleft(waiting)
        else:
            self._waiting.append(waiting)
        self._waiting_rows += len(batch)
        self._wanted.set()
        return await waiting.reported

    async def _run(self) -> None:
        while self._waiting or self._task is not None:
            await self._wanted.wait()
            self._wanted.clear()
            while group := self._next_group():
                await self._work_off(group)
                await asyncio.sleep(0)  # what came in meanwhile goes between two groups

    def _next_group(self) -> list[_Waiting]:
        """Take what waits, in turn: the more rows wait, the more, up to what may hold up other requests."""
        group: list[_Waiting] = []
        rows = 0
        most = min(max(MOST_ROWS_AT_ONCE, self._waiting_rows // 2), LARGEST_GROUP)
        while self._waiting and (not group or rows + len(self._waiting[0].batch) <= most):
            group.append(self._waiting.popleft())
            rows += len(group[-1].batch)
        self._waiting_rows -= rows
        return group

    async def _work_off(self, group: list[_Waiting]) -> None:
        try:
            batch = FixBatch.concatenate([waiting.batch for waiting in group])
            sifted = sift(batch, self._surroundings)
            kept = sifted.accepted.kept()
            if len(kept):
                await self._keeper.append(kept)
        except Fault as fault:
            self._fail(group, fault)
        except Exception as bug:  # the outer wall of the pipeline
            logger.exception("A group of %d batches could not be taken in", len(group))
            await self._work_off_apart(group, bug)
        else:
            if len(kept):
                self._recent.remember(sifted.accepted)
                await self._pass_on(kept)
            self._report(group, sifted.verdicts)

    async def _work_off_apart(self, group: list[_Waiting], bug: Exception) -> None:
        """Take the batches in one by one, so that only the one that met the bug fails."""
        if len(group) == 1:
            self._fail(group, bug)
            return
        for waiting in group:
            await self._work_off([waiting])

    def _fail(self, group: list[_Waiting], error: Exception) -> None:
        self.counts.failed += sum(len(waiting.batch) for waiting in group)
        for waiting in group:
            if not waiting.reported.done():
                waiting.reported.set_exception(error)

    def _report(self, group: list[_Waiting], verdicts: np.ndarray[tuple[int], np.dtype[np.int64]]) -> None:
        starts = np.cumsum([len(waiting.batch) for waiting in group])[:-1]
        for waiting, own in zip(group, np.split(verdicts, starts), strict=True):
            numbers = np.bincount(own[own != ACCEPTED], minlength=len(REASONS))
            rejected = {reason: int(number) for reason, number in zip(REASONS, numbers, strict=True) if number}
            accepted = len(own) - sum(rejected.values())
            self.counts.accepted += accepted
            self.count_rejected(rejected)
            if not waiting.reported.done():
                waiting.reported.set_result(IntakeReport(accepted, {str(k): n for k, n in rejected.items()}))

    def count_rejected(self, rejected: dict[Reason, int]) -> None:
        """Count rows that were turned away; doors count here those they could not even identify."""
        self.counts.rejected.update(rejected)

    async def _pass_on(self, kept: FixBatch) -> None:
        chosen = kept if self._devices is None else kept.select(self._devices.choose(kept))
        if not len(chosen):
            return
        self._tell(self.live.update, chosen)
        for part in _parts(chosen):
            for _, listener in self._listeners:
                self._tell(listener, part)
                if len(chosen) > FEW_ROWS:
                    await asyncio.sleep(0)  # requests go between

    def _tell(self, listener: Callable[[FixBatch], object], batch: FixBatch) -> None:
        try:
            listener(batch)
        except Exception:  # one listener's bug costs the others nothing; the fixes are on disk
            self.counts.failed += len(batch)
            logger.exception("A listener failed on %d fixes", len(batch))


def _parts(batch: FixBatch) -> Iterator[FixBatch]:
    """Yield the batch in parts of at most `LARGEST_PART` rows; the order stays."""
    for first in range(0, len(batch), LARGEST_PART):
        yield batch.select(slice(first, first + LARGEST_PART))
