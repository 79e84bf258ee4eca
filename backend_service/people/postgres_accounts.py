"""Accounts and sessions on PostgreSQL: the same promises as the file. One connection, opened again when it was lost."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import astuple
from typing import Any, LiteralString, Self

import psycopg

from backend_service.people.accounts_store import AccountsStore, Person, Session
from backend_service.storage.postgres_connections import Connection, connect, fault_of, fetched
from core.vocabulary import Instant, Role, ZoneId

SCHEMA: LiteralString = """
CREATE TABLE IF NOT EXISTS people (
    user_id text PRIMARY KEY, name text NOT NULL, role text NOT NULL, regions text[] NOT NULL, password text NOT NULL,
    is_disabled boolean NOT NULL, added_at float8 NOT NULL
);
CREATE TABLE IF NOT EXISTS sessions (
    session_id text PRIMARY KEY, user_id text NOT NULL, started_at float8 NOT NULL, ends_at float8 NOT NULL,
    latest_at float8 NOT NULL, address text NOT NULL, renewal integer NOT NULL, renewal_before integer NOT NULL,
    is_revoked boolean NOT NULL
);
CREATE INDEX IF NOT EXISTS sessions_of_people ON sessions (user_id);
CREATE TABLE IF NOT EXISTS withdrawn_tokens (token_id text PRIMARY KEY, until_at float8 NOT NULL);
"""
_KEEP_PERSON: LiteralString = """
INSERT INTO people VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (user_id) DO UPDATE SET
    (name, role, regions, password, is_disabled, added_at) = (excluded.name, excluded.role, excluded.regions,
    excluded.password, excluded.is_disabled, excluded.added_at)
"""
_KEEP_SESSION: LiteralString = """
INSERT INTO sessions VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (session_id) DO UPDATE SET
    (user_id, started_at, ends_at, latest_at, address, renewal, renewal_before, is_revoked) = (excluded.user_id,
    excluded.started_at, excluded.ends_at, excluded.latest_at, excluded.address, excluded.renewal,
    excluded.renewal_before, excluded.is_revoked)
"""
_SESSIONS: LiteralString = """
SELECT * FROM sessions WHERE ends_at > %s AND user_id = coalesce(%s::text, user_id) ORDER BY started_at DESC
"""
_WITHDRAW: LiteralString = """
INSERT INTO withdrawn_tokens VALUES (%s, %s) ON CONFLICT (token_id) DO UPDATE SET until_at = excluded.until_at
"""


class PostgresAccounts:
    """Implements `AccountsStore` on PostgreSQL. Make one with `open`."""

    def __init__(self, url: str, connection: Connection) -> None:
        self._url = url
        self._connection = connection
        self._lock = threading.Lock()

    @classmethod
    def open(cls, url: str) -> Self:
        """Open the accounts in the database at `url`, or make room for them; blocks.

        Raises
        ------
        Fault
            ``accounts.*`` as in `fault_of`.
        """
        return cls(url, _connected(url))

    def close(self) -> None:
        """Let go of the connection."""
        with self._lock:
            self._connection.close()

    def people(self) -> list[Person]:
        """Return everybody, by user id, in the order that Python has as well."""
        return [_person(row) for row in self._rows('SELECT * FROM people ORDER BY user_id COLLATE "C"', ())]

    def keep_person(self, person: Person) -> None:
        """Add somebody, or replace what is kept of them."""
        user_id, name, role, regions, *rest = astuple(person)
        self._carry_out(_KEEP_PERSON, (user_id, name, role.value, list(regions), *rest))

    def sessions(self, user_id: str | None = None, *, ends_after: Instant) -> list[Session]:
        """Return sessions of somebody, or of everybody, that end after an instant; newest first."""
        return [Session(*row) for row in self._rows(_SESSIONS, (ends_after, user_id))]

    def session(self, session_id: str) -> Session | None:
        """Return a session by its id."""
        found = self._rows("SELECT * FROM sessions WHERE session_id = %s", (session_id,))
        return Session(*found[0]) if found else None

    def keep_session(self, session: Session) -> None:
        """Add a session, or replace what is kept of it."""
        self._carry_out(_KEEP_SESSION, astuple(session))

    def withdraw_token(self, token_id: str, until_at: Instant) -> None:
        """Remember that a token without a session counts no more."""
        self._carry_out(_WITHDRAW, (token_id, until_at))

    def withdrawn_tokens(self, now: Instant) -> dict[str, Instant]:
        """Return the tokens that were withdrawn and have not expired by themselves yet."""
        return dict(self._rows("SELECT * FROM withdrawn_tokens WHERE until_at > %s", (now,)))

    def forget_before(self, instant: Instant) -> None:
        """Drop sessions and withdrawn tokens that ended before an instant."""
        self._carry_out("DELETE FROM sessions WHERE ends_at < %s", (instant,))
        self._carry_out("DELETE FROM withdrawn_tokens WHERE until_at < %s", (instant,))

    def _rows(self, query: LiteralString, arguments: Sequence[Any]) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._twice(lambda connection: fetched(connection, query, arguments))

    def _carry_out(self, statement: LiteralString, arguments: Sequence[Any]) -> None:
        """Carry out a statement that may be repeated: after a lost connection nobody knows whether it was kept."""
        with self._lock:
            self._twice(lambda connection: connection.execute(statement, arguments))

    def _twice[Answer](self, ask: Callable[[Connection], Answer]) -> Answer:
        """Return what `ask` answers; once more on another connection if the one there was is gone."""
        try:
            try:
                return ask(self._open_connection())
            except psycopg.OperationalError:
                if not self._connection.closed:
                    raise
                return ask(self._open_connection())
        except psycopg.Error as error:
            raise fault_of(error, "accounts") from error

    def _open_connection(self) -> Connection:
        if self._connection.closed:
            self._connection = connect(self._url, "accounts")
        return self._connection


def take_over(kept: AccountsStore, into: AccountsStore, now: Instant) -> int:
    """Copy everybody, their sessions and the withdrawn tokens; return how many people there were.

    A store that has people already is left as it is: what was kept elsewhere is older.
    """
    if into.people():
        return 0
    for session in kept.sessions(ends_after=now):
        into.keep_session(session)
    for token_id, until_at in kept.withdrawn_tokens(now).items():
        into.withdraw_token(token_id, until_at)
    people = kept.people()
    for person in people:  # last: as long as there are none, this is begun again
        into.keep_person(person)
    return len(people)


def _connected(url: str) -> Connection:
    connection = connect(url, "accounts")
    try:
        connection.execute("SET client_min_messages = warning")
        connection.execute(SCHEMA)
    except psycopg.Error as error:
        connection.close()
        raise fault_of(error, "accounts") from error
    return connection


def _person(row: tuple[Any, ...]) -> Person:
    user_id, name, role, regions, *rest = row
    return Person(user_id, name, Role(role), tuple(map(ZoneId, regions)), *rest)
