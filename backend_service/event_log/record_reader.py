"""Reads records of the embedded log on a few threads, each with a connection of its own, and checks every digest."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from backend_service.event_log.stored_record import COLUMNS, check_contiguous, checked
from backend_service.event_log.subject_keys import SubjectKeys
from backend_service.storage.sqlite_faults import fault_of
from core.events.envelope import Envelope

_SELECT = f"SELECT {COLUMNS}, digest FROM events WHERE "  # noqa: S608 - constants only


class RecordReader:
    """Readers beside the writer: WAL lets them see every commit without waiting for one."""

    def __init__(self, path: Path, keys: SubjectKeys, threads: int = 2) -> None:
        self._path = path
        self._keys = keys
        self._own = threading.local()
        self._opened: list[sqlite3.Connection] = []
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="event-log-reader")

    async def select(self, condition: str, arguments: Sequence[Any]) -> list[Envelope]:
        """Return the envelopes that an SQL `condition` picks.

        Raises
        ------
        Fault
            ``log.corrupt`` if a record does not fit its digest; ``log.*`` as in `fault_of`.
        """
        return await self._in_pool(self._envelopes, condition, arguments)

    async def rows(self, sql: str, arguments: Sequence[Any]) -> list[tuple[Any, ...]]:
        """Return the plain rows of a query; faults as in `select`."""
        return await self._in_pool(self._fetch, sql, arguments)

    def check_tail(self, length: int) -> None:
        """Check the last `length` records: digests, and positions without gaps. Runs on the caller's thread.

        Raises
        ------
        Fault
            ``log.corrupt`` naming the position.
        """
        database = self._connect()
        try:
            rows = database.execute(f"{_SELECT} true ORDER BY position DESC LIMIT ?", (length,)).fetchall()
        finally:
            database.close()
        check_contiguous([record.position for record in checked(reversed(rows))])

    async def close(self) -> None:
        """End the threads and their connections."""
        await asyncio.to_thread(self._pool.shutdown)
        for database in self._opened:
            database.close()
        self._opened.clear()

    async def _in_pool[Found](
        self, read: Callable[[str, Sequence[Any]], Found], sql: str, arguments: Sequence[Any]
    ) -> Found:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, read, sql, arguments)
        except sqlite3.Error as error:
            raise fault_of(error, "log") from error

    def _envelopes(self, condition: str, arguments: Sequence[Any]) -> list[Envelope]:
        return [record.envelope(self._keys) for record in checked(self._fetch(_SELECT + condition, arguments))]

    def _fetch(self, sql: str, arguments: Sequence[Any]) -> list[tuple[Any, ...]]:
        if not hasattr(self._own, "database"):
            self._own.database = self._connect()
            self._opened.append(self._own.database)
        return list(self._own.database.execute(sql, arguments))

    def _connect(self) -> sqlite3.Connection:
        database = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
        database.execute("PRAGMA query_only=ON")
        return database
