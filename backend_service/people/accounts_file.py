"""The file of accounts and sessions: SQLite, apart from the event log, so that a password can be forgotten."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import msgspec

from backend_service.people.accounts_store import Person, Session
from backend_service.storage.sqlite_faults import fault_of
from core.vocabulary import Instant, Role, ZoneId

_SCHEMA = """
CREATE TABLE IF NOT EXISTS people (
    user_id TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, regions TEXT NOT NULL, password TEXT NOT NULL,
    is_disabled INTEGER NOT NULL, added_at REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sessions (
    session_id TEXT PRIMARY KEY, user_id TEXT NOT NULL, started_at REAL NOT NULL, ends_at REAL NOT NULL,
    latest_at REAL NOT NULL, address TEXT NOT NULL, renewal INTEGER NOT NULL, renewal_before INTEGER NOT NULL,
    is_revoked INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS sessions_of_people ON sessions (user_id);
CREATE TABLE IF NOT EXISTS withdrawn_tokens (token_id TEXT PRIMARY KEY, until_at REAL NOT NULL) WITHOUT ROWID;
"""


class AccountsFile:
    """Implements `AccountsStore` in an SQLite file. Make one with `open`."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._lock = threading.Lock()

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open or make the file, for its owner only.

        Raises
        ------
        Fault
            ``accounts.*`` as in `fault_of`.
        """
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
        try:
            database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = FULL")
            database.execute("PRAGMA secure_delete = ON")
            database.executescript(_SCHEMA)
        except sqlite3.Error as error:
            raise fault_of(error, "accounts") from error
        return cls(database)

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def people(self) -> list[Person]:
        """Return everybody, by user id."""
        with self._used() as database:
            rows = database.execute("SELECT * FROM people ORDER BY user_id").fetchall()
        return [_person(row) for row in rows]

    def keep_person(self, person: Person) -> None:
        """Add somebody, or replace what is kept of them."""
        regions = msgspec.json.encode(person.regions).decode()
        fields = (person.user_id, person.name, person.role.value, regions, person.password)
        with self._used() as database:
            database.execute(
                "INSERT OR REPLACE INTO people VALUES (?, ?, ?, ?, ?, ?, ?)",
                (*fields, person.is_disabled, person.added_at),
            )

    def sessions(self, user_id: str | None = None, *, ends_after: Instant) -> list[Session]:
        """Return sessions of somebody, or of everybody, that end after an instant; newest first."""
        with self._used() as database:
            rows = database.execute(
                "SELECT * FROM sessions WHERE ends_at > ? AND user_id = coalesce(?, user_id) ORDER BY started_at DESC",
                (ends_after, user_id),
            ).fetchall()
        return [_session(row) for row in rows]

    def session(self, session_id: str) -> Session | None:
        """Return a session by its id."""
        with self._used() as database:
            row = database.execute("SELECT * FROM sessions WHERE session_id = ?", (session_id,)).fetchone()
        return None if row is None else _session(row)

    def keep_session(self, session: Session) -> None:
        """Add a session, or replace what is kept of it."""
        with self._used() as database:
            database.execute(
                "INSERT OR REPLACE INTO sessions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    session.session_id,
                    session.user_id,
                    session.started_at,
                    session.ends_at,
                    session.latest_at,
                    session.address,
                    session.renewal,
                    session.renewal_before,
                    session.is_revoked,
                ),
            )

    def withdraw_token(self, token_id: str, until_at: Instant) -> None:
        """Remember that a token without a session counts no more."""
        with self._used() as database:
            database.execute("INSERT OR REPLACE INTO withdrawn_tokens VALUES (?, ?)", (token_id, until_at))

    def withdrawn_tokens(self, now: Instant) -> dict[str, Instant]:
        """Return the tokens that were withdrawn and have not expired by themselves yet."""
        with self._used() as database:
            return dict(database.execute("SELECT * FROM withdrawn_tokens WHERE until_at > ?", (now,)).fetchall())

    def forget_before(self, instant: Instant) -> None:
        """Drop sessions and withdrawn tokens that ended before an instant."""
        with self._used() as database:
            database.execute("DELETE FROM sessions WHERE ends_at < ?", (instant,))
            database.execute("DELETE FROM withdrawn_tokens WHERE until_at < ?", (instant,))

    @contextmanager
    def _used(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                yield self._database
            except sqlite3.Error as error:
                raise fault_of(error, "accounts") from error


def _person(row: tuple[str, str, str, str, str, int, float]) -> Person:
    user_id, name, role, regions, password, is_disabled, added_at = row
    zones = msgspec.json.decode(regions, type=tuple[ZoneId, ...])
    return Person(user_id, name, Role(role), zones, password, bool(is_disabled), added_at)


def _session(row: tuple[str, str, float, float, float, str, int, int, int]) -> Session:
    session_id, user_id, started_at, ends_at, latest_at, address, renewal, before, is_revoked = row
    return Session(session_id, user_id, started_at, ends_at, latest_at, address, renewal, before, bool(is_revoked))
