"""A service killed while it puts a day away loses nothing: the next run goes on from what it finds."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from backend_service.storage.fix_archive import FixArchive
from backend_service.storage.kept_days import FIX_ROWS
from backend_service.storage.parquet_shelf import ParquetShelf
from backend_service.storage.shelf_folder import FolderPlace
from backend_service.storage.tiered_fixes import TieredFixes
from backend_service.workers.keeping_days import KeepingDays, Purpose
from core.telemetry.fix_batch import FixBatch
from core.vocabulary import VehicleId

NOON = 1_763_640_000.0  # 2025-11-20 12:00 UTC
DAY_S = 86_400.0
ROWS = 40_000
PATIENCE_S = 60.0

_PUTTING_AWAY = """
import sys
from pathlib import Path
from backend_service.storage.fix_archive import FixArchive
from backend_service.storage.parquet_shelf import ParquetShelf
from backend_service.storage.shelf_folder import FolderPlace
folder = Path(sys.argv[1])
ParquetShelf(FolderPlace(folder / "shelf")).take_over(FixArchive(folder / "fixes").kept_days(), "2025-11-20")
print("done", flush=True)
sys.stdin.read()
"""


def put_away_until(folder: Path, is_time: Callable[[], bool]) -> None:
    """Put the day away in a process of its own, and kill it at once when it is time."""
    command = [sys.executable, "-c", _PUTTING_AWAY, str(folder)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        until = time.monotonic() + PATIENCE_S
        while not is_time():
            assert process.poll() is None, "it ended by itself"
            assert time.monotonic() < until
            time.sleep(0.001)
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()


def test_killed_at_a_draft_nothing_is_lost(tmp_path: Path) -> None:
    archive = FixArchive(tmp_path / "fixes")
    shelf = ParquetShelf(FolderPlace(tmp_path / "shelf"))
    names, figures = np.full(ROWS, "V-1", dtype=object), np.arange(ROWS, dtype=np.float64)
    at = NOON + figures
    batch = FixBatch(names, names, at, at, at, *([figures / ROWS] * 5), np.ones(ROWS, dtype=np.bool_))
    final = tmp_path / "shelf" / "fixes-2025-11-20.parquet"
    draft = final.with_name(f".{final.name}.partial")

    async def scenario() -> None:
        await archive.append(batch)
        assert archive.kept_days().days() == ["2025-11-20"]
        await asyncio.to_thread(put_away_until, tmp_path, lambda: draft.exists() and draft.stat().st_size > 1_000)
        assert not final.exists()
        assert archive.kept_days().days() == ["2025-11-20"]
        keeping = KeepingDays([Purpose(archive.kept_days(), 7)], shelf)
        await keeping.run_once(NOON + 9 * DAY_S)
        assert archive.kept_days().days() == []
        assert shelf.holding(FIX_ROWS, "2025-11-20").rows == ROWS
        found = await TieredFixes(archive, shelf).read(VehicleId("V-1"), NOON - DAY_S, NOON + DAY_S)
        np.testing.assert_array_equal(found.fix_at, at)
        await archive.close()

    asyncio.run(scenario())
