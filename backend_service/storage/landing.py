"""Where fixes land first: as whole batches, one after another, in small SQLite files that are worked off and deleted.

Rows of thousands of vehicles belong on as many pages of a day's table: writing each batch there costs a page a row.
Here a commit is one row with all its columns, appended: 90 bytes a fix. `FixArchive` puts what has landed in order,
many batches at once, and then deletes the file. What lies here is as durable as what is in its place.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import msgspec
import numpy as np

from backend_service.durable_files import sync
from backend_service.storage.sqlite_faults import corrupt, fault_of
from core.telemetry.fix_batch import FixBatch

FOLDER = "landed"
"""Beside the files of the days."""

_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL")
_SCHEMA = "CREATE TABLE IF NOT EXISTS landed (number INTEGER PRIMARY KEY, fixes BLOB NOT NULL)"
_FIGURES = ("fix_at", "received_at", "arrived_wall_at", "lat", "lon", "speed_mps", "heading_deg", "accuracy_m")


class _Packed(msgspec.Struct, array_like=True):
    """Columns as they are stored: words as lists, figures as little-endian doubles, flags as bytes."""

    device: list[str]
    vehicle: list[str]
    figures: list[bytes]
    is_valid: bytes


_DECODER = msgspec.msgpack.Decoder(_Packed)


class Landing:
    """Takes batches, and hands over in files what has landed.

    Parameters
    ----------
    directory : holds ``landed-NNNNNNNN.sqlite``; made if it is missing
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._lock = threading.Lock()
        self._open: tuple[Path, sqlite3.Connection] | None = None
        self._rows = 0
        if not directory.exists():
            directory.mkdir(parents=True, mode=0o700)
            sync(directory.parent)

    @property
    def rows(self) -> int:
        """Return how many fixes landed since the last `close_off`."""
        return self._rows

    def commit(self, batches: Sequence[FixBatch]) -> None:
        """Keep all batches, or raise a `Fault` and keep none; on disk when this returns.

        Raises
        ------
        Fault
            ``fixes.disk_full`` and the like.
        """
        whole = FixBatch.concatenate(batches)
        try:
            with self._lock:
                self._database().execute("INSERT INTO landed (fixes) VALUES (?)", (_packed(whole),))
                self._rows += len(whole)
        except sqlite3.Error as error:
            raise fault_of(error, "fixes") from error

    def close_off(self) -> list[Path]:
        """Return the files that nothing will be added to any more, oldest first."""
        with self._lock:
            closed, self._open, self._rows = self._open, None, 0
            files = files_of(self._directory)
        if closed is not None:
            closed[1].close()
        return files

    def _database(self) -> sqlite3.Connection:
        if self._open is not None:
            return self._open[1]
        files = files_of(self._directory)
        number = 1 + int(files[-1].stem.rpartition("-")[2]) if files else 1
        path = self._directory / f"landed-{number:08}.sqlite"
        path.touch(mode=0o600)
        database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        try:
            for pragma in _PRAGMAS:
                database.execute(f"PRAGMA {pragma}").fetchall()
            database.execute(_SCHEMA)
        except sqlite3.Error:
            database.close()
            raise
        self._open = (path, database)
        return database


def files_of(directory: Path) -> list[Path]:
    """Return the files in which fixes have landed, oldest first."""
    return sorted(directory.glob("landed-*.sqlite"))


def landed_in(file: Path) -> Iterator[FixBatch]:
    """Yield the batches of a file in the order in which they landed; nothing of one that is gone or was never begun.

    Raises
    ------
    Fault
        ``fixes.corrupt`` and the like.
    """
    if not file.exists():
        return
    try:
        with closing(sqlite3.connect(file, isolation_level=None)) as database:
            if not database.execute("SELECT 1 FROM sqlite_schema WHERE name = 'landed'").fetchone():
                return  # a power cut came between the file and its table
            for (packed,) in database.execute("SELECT fixes FROM landed ORDER BY number"):
                yield _unpacked(packed)
    except sqlite3.Error as error:
        raise fault_of(error, "fixes") from error
    except (msgspec.DecodeError, ValueError) as error:
        raise corrupt("fixes", f"{file.name}: {error}") from error


def remove(file: Path) -> None:
    """Delete a file whose fixes are in their place."""
    for suffix in ("-wal", "-shm", ""):
        file.with_name(file.name + suffix).unlink(missing_ok=True)


def _packed(batch: FixBatch) -> bytes:
    figures = [np.ascontiguousarray(getattr(batch, name), dtype="<f8").tobytes() for name in _FIGURES]
    packed = _Packed(batch.device.tolist(), batch.vehicle.tolist(), figures, batch.is_valid.tobytes())
    return msgspec.msgpack.encode(packed)


def _unpacked(blob: bytes) -> FixBatch:
    packed = _DECODER.decode(blob)
    figures = {name: np.frombuffer(column, dtype="<f8") for name, column in zip(_FIGURES, packed.figures, strict=True)}
    return FixBatch(
        device=np.array(packed.device, dtype=object),
        vehicle=np.array(packed.vehicle, dtype=object),
        is_valid=np.frombuffer(packed.is_valid, dtype=np.bool_),
        **figures,
    )
