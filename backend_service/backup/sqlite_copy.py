"""One SQLite database copied as of one instant, while others write to it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

from backend_service.storage.sqlite_faults import corrupt, fault_of

PAGES_AT_ONCE = 4_096

type Progress = Callable[[float], None]
"""Called with the part that is done, 0 to 1."""


def copy_database(source: Path, target: Path, progress: Progress = lambda _: None) -> None:
    """Copy `source` to `target` and check the copy's structure; the writer of `source` is never held up.

    The copy is of the instant at which it begins: an open read transaction keeps that view, so that a commit in
    between does not start the copy over.

    Raises
    ------
    Fault
        ``backup.*`` as in `fault_of`.
    """
    try:
        reading = sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)
        try:
            reading.execute("BEGIN")
            reading.execute("SELECT count(*) FROM sqlite_schema").fetchone()
            _copy(reading, target, progress)
        finally:
            reading.close()
    except sqlite3.Error as error:
        raise fault_of(error, "backup") from error


def _copy(reading: sqlite3.Connection, target: Path, progress: Progress) -> None:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    target.touch(mode=0o600)
    writing = sqlite3.connect(target, isolation_level=None)
    try:
        reading.backup(
            writing,
            pages=PAGES_AT_ONCE,
            progress=lambda _, remaining, total: progress(1.0 - remaining / total if total else 1.0),
        )
        writing.execute("PRAGMA journal_mode=DELETE").fetchall()  # one file, nothing beside it
        said = writing.execute("PRAGMA quick_check(1)").fetchone()[0]
    finally:
        writing.close()
    if said != "ok":
        raise corrupt("backup", f"{target.name}: {said}")
