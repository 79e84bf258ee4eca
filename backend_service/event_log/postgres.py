"""The event log on PostgreSQL: one writer thread with group commit, readers beside it, the embedded log's records.

Records, digests, sealed personal data and audit leaves are those of the embedded log, bit for bit. A session advisory
lock keeps a second service out; each transaction besides takes the one row that holds the head, so that even a service
whose connection and lock were lost while it slept can leave no gap.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, LiteralString, Self

import psycopg
from psycopg import errors

from backend_service.event_log.log import Append, Outcome
from backend_service.event_log.sequencing import Draft, draft_of
from backend_service.event_log.sequencing import Sequence as Sequencing
from backend_service.event_log.stored_record import COLUMNS, TAIL_CHECKED, check_contiguous, checked, sealed_record
from backend_service.event_log.subject_keys import SubjectKeys
from backend_service.storage.group_writer import GroupWriter
from backend_service.storage.postgres_connections import Connection, PostgresReaders, connect, fault_of, fetched
from core.audit.merkle_log import Hash
from core.events.envelope import Envelope
from core.refusals import Fault
from core.timekeeping import Clock
from core.vocabulary import CommandId

PAGE = 2_000
TURN_WAIT_MS = 2_000
_FORMAT = 1
_LOCK_KIND = 0x70E8
"""First key of the advisory lock; the second is the schema's hash, so that schemas of one database do not meet."""

SCHEMA: LiteralString = """
CREATE TABLE IF NOT EXISTS log_head (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only), log_id text NOT NULL, format integer NOT NULL,
    position bigint NOT NULL, leaves bigint NOT NULL
);
CREATE TABLE IF NOT EXISTS events (
    position bigint PRIMARY KEY, stream text NOT NULL, version bigint NOT NULL, type text NOT NULL,
    schema integer NOT NULL, occurred_at float8 NOT NULL, recorded_at float8 NOT NULL, stored_at float8 NOT NULL,
    actor_role text NOT NULL, actor_subject text NOT NULL, actor_name text NOT NULL, causation text, correlation text,
    command_id text, payload bytea NOT NULL, subject text, sealed bytea, digest bytea NOT NULL, UNIQUE (stream, version)
);
CREATE TABLE IF NOT EXISTS commands (command_id text PRIMARY KEY, answer bytea NOT NULL, position bigint NOT NULL);
CREATE TABLE IF NOT EXISTS audit_leaves (
    leaf_index bigint PRIMARY KEY, position bigint NOT NULL UNIQUE, leaf_hash bytea NOT NULL
);
"""
_TYPES = (
    *("int8", "text", "int8", "text", "int4", "float8", "float8", "float8"),
    *("text", "text", "text", "text", "text", "text", "bytea", "text", "bytea", "bytea"),
)
_SELECT: LiteralString = f"SELECT {COLUMNS}, digest FROM events WHERE "  # noqa: S608 - constants only

type _Call = list[tuple[Append, list[Draft]]]


class PostgresEventLog:
    """Implements `AuditedLog` on PostgreSQL. Make one with `open`."""

    def __init__(self, url: str, writer: Connection, wall: Clock, keys: SubjectKeys) -> None:
        self._url = url
        self._connection = writer
        self._wall = wall
        self._keys = keys
        self._readers = PostgresReaders(url, "log")
        self._log_id, self._head = _identity(writer)
        self._is_head_certain = True
        self._on_leaves: Callable[[], None] = _nobody
        self._writer: GroupWriter[_Call, list[Outcome]] = GroupWriter(
            "event-log", self._commit, on_end=lambda: self._connection.close()
        )

    @classmethod
    async def open(cls, url: str, wall: Clock, keys: SubjectKeys) -> Self:
        """Open the log in the database at `url`, or make an empty one, and check its tail.

        Raises
        ------
        Fault
            ``log.in_use`` if another service writes it, ``log.newer`` if a newer Tower wrote it, ``log.corrupt`` if
            its last records are damaged; ``log.*`` as in `fault_of`.
        """
        return cls(url, await asyncio.to_thread(_writer, url), wall, keys)

    @property
    def log_id(self) -> str:
        """Return the id made with the tables."""
        return self._log_id

    def on_leaves(self, wake: Callable[[], None]) -> None:
        """Call `wake` on the writer's thread after each commit that added leaves to the audit tree."""
        self._on_leaves = wake

    async def append(self, appends: Sequence[Append]) -> list[Outcome]:
        """Keep all appends in one durable transaction; see `EventLog.append`.

        Raises
        ------
        Fault
            As promised, with one exception that a network brings: if the connection is lost *during* the commit, it
            may have been kept. The same command id then gets its answer.
        """
        return await self._writer.write([(append, list(map(draft_of, append.events))) for append in appends])

    async def head(self) -> int:
        """Return the last position; 0 for an empty log."""
        if not self._is_head_certain:
            return int((await self._readers.rows("SELECT position FROM log_head", ()))[0][0])
        return self._head

    async def read(self, after: int, limit: int = 1000) -> list[Envelope]:
        """Return up to `limit` envelopes with position > `after`, in order."""
        found = await self._select("position > %s ORDER BY position LIMIT %s", (after, limit))
        check_contiguous([envelope.position for envelope in found], starts_at=after + 1)
        return found

    async def read_stream(self, stream: str, after: int = 0) -> list[Envelope]:
        """Return a stream's envelopes with version > `after`, in order."""
        return await self._select("stream = %s AND version > %s ORDER BY version", (stream, after))

    async def read_correlated(self, streams: Sequence[str], limit: int = 1000) -> list[Envelope]:
        """Return the first `limit` envelopes of several streams together, in log order."""
        return await self._select("stream = ANY(%s) ORDER BY position LIMIT %s", (list(streams), limit))

    def read_all(self, after: int = 0) -> AsyncIterator[Envelope]:
        """Yield every envelope after a position up to the head at the time of the call."""
        return self._pages(after, self._head if self._is_head_certain else None)

    async def _pages(self, after: int, head: int | None) -> AsyncIterator[Envelope]:
        end = await self.head() if head is None else head
        while after < end:
            page = await self.read(after, min(PAGE, end - after))
            check_contiguous([envelope.position for envelope in page[-1:]], ends_at=min(after + PAGE, end))
            for envelope in page:
                yield envelope
            after = page[-1].position

    async def answer_to(self, command_id: CommandId) -> bytes | None:
        """Return the answer kept for a command id, ``None`` if it was never seen."""
        rows = await self._readers.rows("SELECT answer FROM commands WHERE command_id = %s", (command_id,))
        return bytes(rows[0][0]) if rows else None

    async def audited(self, before: int | None, limit: int) -> list[tuple[int, Envelope]]:
        """Return up to `limit` audited envelopes with their leaf index < `before` (``None`` = all), newest first."""
        places = await self._readers.rows(
            "SELECT position, leaf_index FROM audit_leaves WHERE leaf_index < coalesce(%s::bigint, leaf_index + 1)"
            " ORDER BY leaf_index DESC LIMIT %s",
            (before, limit),
        )
        index_at = dict(places)
        found = await self._select("position = ANY(%s) ORDER BY position DESC", (list(index_at),))
        return [(index_at[envelope.position], envelope) for envelope in found]

    def leaves(self, first: int, end: int | None = None) -> list[Hash]:
        """Return the leaf hashes [`first`, `end`) in order, on the caller's thread; faults as in `fault_of`."""
        connection = connect(self._url, "log", read_only=True)
        try:
            return [bytes(row[0]) for row in fetched(connection, _LEAVES, (first, 2**62 if end is None else end))]
        except psycopg.Error as error:
            raise fault_of(error, "log") from error
        finally:
            connection.close()

    async def erase_subject(self, subject: str) -> bool:
        """Drop the subject's key; say whether there was one."""
        return await asyncio.to_thread(self._keys.erase, subject)

    async def close(self) -> None:
        """Finish what is under way and let go of the connections; the keys stay the caller's."""
        await self._writer.close()
        await self._readers.close()

    async def _select(self, condition: LiteralString, arguments: Sequence[Any]) -> list[Envelope]:
        def read(connection: Connection) -> list[Envelope]:
            rows = fetched(connection, _SELECT + condition, arguments)
            return [record.envelope(self._keys) for record in checked(rows)]

        return await self._readers.run(read)

    def _commit(self, calls: Sequence[_Call]) -> list[list[Outcome]]:
        self._keys.ensure({draft.subject for call in calls for _, drafts in call for draft in drafts if draft.subject})
        if self._connection.closed:
            self._connection = _writer(self._url)
        try:
            return self._transact(calls)
        except psycopg.Error as error:
            self._is_head_certain = False
            raise fault_of(error, "log") from error

    def _transact(self, calls: Sequence[_Call]) -> list[list[Outcome]]:
        connection = self._connection
        with connection.transaction():
            head, leaves = fetched(connection, "SELECT position, leaves FROM log_head FOR UPDATE", ())[0]
            versions, answers = _known(connection, calls)
            sequence = Sequencing(head, lambda stream: versions.get(stream, 0), answers.get, self._wall.now())
            outcomes = [[sequence.decide(append, drafts) for append, drafts in call] for call in calls]
            rows = [sealed_record(kept, self._keys).row() for kept in sequence.kept]
            audited = [row for row, kept in zip(rows, sequence.kept, strict=True) if kept.draft.new.event.is_audited]
            _insert(connection, sequence, rows, [(leaves + n, row[0], row[-1]) for n, row in enumerate(audited)])
        self._head, self._is_head_certain = sequence.head, True
        if audited:
            self._on_leaves()
        return outcomes


_LEAVES: LiteralString = (
    "SELECT leaf_hash FROM audit_leaves WHERE leaf_index >= %s AND leaf_index < %s ORDER BY leaf_index"
)


def _nobody() -> None:
    """Nobody waits for leaves."""


def _known(connection: Connection, calls: Sequence[_Call]) -> tuple[dict[str, int], dict[str, bytes]]:
    """Return what the tables say of all streams and command ids in `calls`, in one round trip for each."""
    appends = [append for call in calls for append, _ in call]
    streams = {new.stream for append in appends for new in append.events} | {s for a in appends for s in a.expected}
    versions = fetched(
        connection,
        "SELECT stream, (SELECT max(version) FROM events WHERE events.stream = asked.stream)"
        " FROM unnest(%s::text[]) AS asked(stream)",
        (list(streams),),
    )
    ids = [append.command_id for append in appends if append.command_id is not None]
    answers = fetched(connection, "SELECT command_id, answer FROM commands WHERE command_id = ANY(%s)", (ids,))
    return {stream: version or 0 for stream, version in versions}, {name: bytes(said) for name, said in answers}


def _insert(
    connection: Connection, sequence: Sequencing, rows: list[tuple[Any, ...]], leaves: list[tuple[int, int, bytes]]
) -> None:
    answers = [(name, answer, position) for name, (answer, position) in sequence.answers.items()]
    _copy(connection, f"events ({COLUMNS}, digest)", _TYPES, rows)
    _copy(connection, "audit_leaves", ("int8", "int8", "bytea"), leaves)
    _copy(connection, "commands", ("text", "bytea", "int8"), answers)
    if rows:
        connection.execute(
            "UPDATE log_head SET position = %s, leaves = leaves + %s", (sequence.head, len(leaves)), prepare=True
        )


def _copy(connection: Connection, table: LiteralString, types: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    if not rows:
        return
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types(types)
        for row in rows:
            copy.write_row(row)


def _writer(url: str) -> Connection:
    """Return the one connection that writes, with the lock, the tables made and the tail checked."""
    connection = connect(url, "log")
    try:
        take_lock(connection)
        connection.execute("SET client_min_messages = warning")
        connection.execute(SCHEMA)
        connection.execute(
            "INSERT INTO log_head (log_id, format, position, leaves) VALUES (%s, %s, 0, 0) ON CONFLICT DO NOTHING",
            (secrets.token_hex(8), _FORMAT),
        )
        _check(connection)
    except psycopg.Error as error:
        connection.close()
        raise fault_of(error, "log") from error
    except Fault:
        connection.close()
        raise
    return connection


def take_lock(connection: Connection) -> None:
    """Take the writer's lock for as long as the session lives; one that was killed a moment ago may still be ending.

    Raises
    ------
    Fault
        ``log.in_use``.
    """
    with connection.transaction():
        connection.execute("SELECT set_config('lock_timeout', %s, true)", (str(TURN_WAIT_MS),))
        try:
            connection.execute("SELECT pg_advisory_lock(%s, hashtext(current_schema()))", (_LOCK_KIND,))
        except errors.LockNotAvailable:
            raise Fault(
                "log.in_use", "Another service writes to this database. End it, or name another database."
            ) from None


def _check(connection: Connection) -> None:
    form, head = fetched(connection, "SELECT format, position FROM log_head", ())[0]
    if form > _FORMAT:
        raise Fault("log.newer", "A newer Tower wrote this log. Start that version instead.")
    tail = fetched(connection, f"{_SELECT} true ORDER BY position DESC LIMIT %s", (TAIL_CHECKED,))
    check_contiguous([record.position for record in checked(reversed(tail))], ends_at=head)


def _identity(connection: Connection) -> tuple[str, int]:
    log_id, head = fetched(connection, "SELECT log_id, position FROM log_head", ())[0]
    return log_id, head
