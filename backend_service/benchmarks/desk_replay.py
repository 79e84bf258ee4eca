"""What it takes a service to tell a desk what was at a past moment, and how long its event loop stands still for it."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable
from pathlib import Path

from backend_service.benchmarks.made_history import DRIVERS, write_history
from backend_service.benchmarks.report import Figure, Row
from backend_service.clocks import WallClock
from backend_service.event_log.embedded import EmbeddedEventLog
from backend_service.event_log.subject_keys import SubjectKeys
from backend_service.handlers.command_bus import fold
from backend_service.handlers.past_operation import PastOperation
from backend_service.storage.fix_archive import FixArchive
from backend_service.storage.snapshots import Snapshots
from core import operations
from core.projections.operation import encode_operation
from core.vocabulary import Role

BEGAN_AT = 1_700_000_000.0
KEPT_AT = 20_000
"""Where the snapshot stands, as many events from the beginning as a service lets gather before it keeps one."""

_LOOK_S = 0.002
_TRIES = 5


def seek_rows() -> tuple[Row, ...]:
    """Return how long seeking takes from the snapshot, far from it, and by the events since."""
    with tempfile.TemporaryDirectory(prefix="tower-bench-") as folder:
        return asyncio.run(_measure(Path(folder)))


async def _measure(folder: Path) -> tuple[Row, ...]:
    keys = SubjectKeys.open(folder / "keys.sqlite", folder / "secrets" / "subjects.key")
    log = await EmbeddedEventLog.open(folder / "tower.sqlite", WallClock(), keys)
    archive = FixArchive(folder / "fixes")
    snapshots = Snapshots(folder / "snapshots", log.log_id, keys)
    await write_history(log, KEPT_AT, BEGAN_AT, _nobody)
    state = await fold(log, None)
    await snapshots.save(state.position, encode_operation(state))
    await write_history(log, 2 * KEPT_AT, BEGAN_AT, _nobody)
    past = PastOperation(log, snapshots, archive)
    head = await log.head()
    rows = [
        await _row(log, past, f"replay, {ahead:,} events after the snapshot", state.position + ahead)
        for ahead in (1_000, head - state.position)
    ]
    rows.append(await _row(log, past, "replay, the next 200 events", head, after=head - 200))
    await archive.close()
    await log.close()
    keys.close()
    return tuple(rows)


async def _row(log: EmbeddedEventLog, past: PastOperation, case: str, position: int, after: int | None = None) -> Row:
    (there,) = await log.read(position - 1, 1)
    vehicles = tuple(f"V-{number}" for number in range(DRIVERS))
    asked = operations.OperationAt(at=there.recorded_at, after=after, vehicles=vehicles)
    took, stood = zip(*[await _timed(past.at(asked, Role.SUPERVISOR)) for _ in range(_TRIES)], strict=True)
    return Row(
        case=f"{case}, {DRIVERS} vehicles asked for",
        figures=(
            Figure.of("seek", "ms", [statistics.median(took)]),
            Figure.of("seek, slowest", "ms", [max(took)]),
            Figure.of("event loop stood still at most", "ms", [max(stood)]),
        ),
    )


async def _timed(question: Awaitable[object]) -> tuple[float, float]:
    """Return the milliseconds of the answer, and the longest that the loop kept a sleeper of 2 ms waiting beyond."""
    longest, is_over = 0.0, False

    async def watch() -> None:
        nonlocal longest
        while not is_over:
            began = time.perf_counter()
            await asyncio.sleep(_LOOK_S)
            longest = max(longest, time.perf_counter() - began - _LOOK_S)

    watching = asyncio.create_task(watch())
    began = time.perf_counter()
    await question
    took = time.perf_counter() - began
    is_over = True
    await watching
    return took * 1000.0, longest * 1000.0


def _nobody(_head: int) -> None:
    """Nobody is told how far the writing is."""
