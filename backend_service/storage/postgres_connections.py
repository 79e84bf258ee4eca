"""Connections to PostgreSQL, what its errors mean to the people who run the service, and threads that read beside.

The drivers of threads block, and that is wanted here: rows are decoded, checked and unsealed on the thread that fetched
them, never on the loop that serves desks. The URL may hold a password, so it is never part of a fault or a log line.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, LiteralString

import psycopg
from psycopg import errors

from backend_service.storage.sqlite_faults import corrupt
from core.refusals import Fault

CONNECT_WITHIN_S = 5
SILENT_NETWORK_MS = 10_000
LOCK_WAIT_MS = 5_000
STATEMENT_MS = 60_000
"""Far longer than any of ours takes: what takes longer hangs."""

KEEPALIVE_S = 5
KEEPALIVES = 3
_SESSION = {
    "synchronous_commit": "on",
    "lock_timeout": str(LOCK_WAIT_MS),
    "statement_timeout": str(STATEMENT_MS),
    # the server's side: the locks of a machine that vanished are free within half a minute
    "tcp_keepalives_idle": str(KEEPALIVE_S),
    "tcp_keepalives_interval": str(KEEPALIVE_S),
    "tcp_keepalives_count": str(KEEPALIVES),
}

type Connection = psycopg.Connection[tuple[Any, ...]]
type Arguments = Sequence[Any] | Mapping[str, Any]

_FULL = (errors.DiskFull,)
_HELD = (errors.LockNotAvailable, errors.DeadlockDetected, errors.QueryCanceled)
_DAMAGED = (errors.DataCorrupted, errors.IndexCorrupted)


def connect(url: str, store: str, *, read_only: bool = False) -> Connection:
    """Return a connection that commits each statement by itself unless told otherwise.

    Parameters
    ----------
    url : ``postgresql://...`` as libpq reads it
    store : first part of a fault's code, such as ``log`` or ``fixes``

    Raises
    ------
    Fault
        ``<store>.unavailable`` if the server cannot be reached or lets nobody in.
    """
    try:
        connection = psycopg.connect(
            url,
            autocommit=True,
            connect_timeout=CONNECT_WITHIN_S,
            tcp_user_timeout=SILENT_NETWORK_MS,
            keepalives_idle=KEEPALIVE_S,
            keepalives_interval=KEEPALIVE_S,
            keepalives_count=KEEPALIVES,
        )
        for name, value in _SESSION.items():
            connection.execute("SELECT set_config(%s, %s, false)", (name, value))
        if read_only:
            connection.execute("SET default_transaction_read_only = on")
    except psycopg.Error as error:
        raise fault_of(error, store) from error
    return connection


def fault_of(error: psycopg.Error, store: str) -> Fault:
    """Return the fault that `error` stands for: ``<store>.disk_full``, ``.locked``, ``.corrupt``, ``.unavailable``."""
    said = str(error).strip().partition("\n")[0]
    if isinstance(error, _FULL):
        return Fault(f"{store}.disk_full", "PostgreSQL's disk is full: nothing was kept. Free space; writing goes on.")
    if isinstance(error, _HELD):
        return Fault(f"{store}.locked", "Another program holds the tables: nothing was kept. End it and try again.")
    if isinstance(error, _DAMAGED):
        return corrupt(store, said)
    return Fault(
        f"{store}.unavailable", f"PostgreSQL cannot be used ({said}). Check that it runs and lets Tower in; then go on."
    )


class PostgresReaders:
    """A few threads with a connection each; a connection that was lost is opened again once per question."""

    def __init__(self, url: str, store: str, threads: int = 2) -> None:
        self._url = url
        self._store = store
        self._own = threading.local()
        self._opened: list[Connection] = []
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=f"{store}-reader")

    async def run[Found](self, read: Callable[[Connection], Found]) -> Found:
        """Return what `read` finds, on one of the threads.

        Raises
        ------
        Fault
            As in `fault_of`; whatever `read` raises.
        """
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._read, read)

    async def rows(self, sql: LiteralString, arguments: Arguments) -> list[tuple[Any, ...]]:
        """Return the rows of a query; faults as in `run`."""
        return await self.run(lambda connection: fetched(connection, sql, arguments))

    async def close(self) -> None:
        """End the threads and their connections."""
        await asyncio.to_thread(self._pool.shutdown)
        for connection in self._opened:
            connection.close()
        self._opened.clear()

    def _read[Found](self, read: Callable[[Connection], Found]) -> Found:
        try:
            try:
                return read(self._connection())
            except psycopg.OperationalError:
                if not self._own.connection.closed:
                    raise
                return read(self._connection())
        except psycopg.Error as error:
            raise fault_of(error, self._store) from error

    def _connection(self) -> Connection:
        known: Connection | None = getattr(self._own, "connection", None)
        if known is not None and not known.closed:
            return known
        if known is not None:
            self._opened.remove(known)
        self._own.connection = connect(self._url, self._store, read_only=True)
        self._opened.append(self._own.connection)
        return self._own.connection  # type: ignore[no-any-return]


def fetched(connection: Connection, sql: LiteralString, arguments: Arguments) -> list[tuple[Any, ...]]:
    """Return all rows of a query, moved in binary form."""
    with connection.cursor(binary=True) as cursor:
        return cursor.execute(sql, arguments).fetchall()
