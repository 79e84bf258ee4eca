"""The event log in one SQLite file: WAL, synchronous=FULL, one writer thread with group commit, readers beside it.

What is acknowledged is on disk. Audited events become leaves of the audit tree in the same transaction. The digest of
each record is checked whenever it is read.
"""

from __future__ import annotations

import asyncio
import secrets
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any, Self

from backend_service.event_log.log import Append, Outcome
from backend_service.event_log.record_reader import RecordReader
from backend_service.event_log.sequencing import Draft, Kept, draft_of
from backend_service.event_log.sequencing import Sequence as Sequencing
from backend_service.event_log.stored_record import (
    COLUMNS,
    TAIL_CHECKED,
    answer_digest,
    check_contiguous,
    sealed_record,
)
from backend_service.event_log.subject_keys import SubjectKeys
from backend_service.storage.group_writer import GroupWriter
from backend_service.storage.sqlite_faults import corrupt, fault_of
from backend_service.storage.wal_inspection import inspect_wal
from core.audit.merkle_log import Hash
from core.events.envelope import Envelope
from core.refusals import Fault
from core.timekeeping import Clock
from core.vocabulary import CommandId

PAGE = 2_000
LOCK_WAIT_S = 5.0
CHECKED_WHOLE_BYTES = 256 * 2**20
"""Up to this size the structure of the whole file is checked at start; 1.1 GB took 3 to 10 s, by what else ran."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS log_identity (log_id TEXT NOT NULL, format INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS events (
    position INTEGER PRIMARY KEY, stream TEXT NOT NULL, version INTEGER NOT NULL, type TEXT NOT NULL,
    schema INTEGER NOT NULL, occurred_at REAL NOT NULL, recorded_at REAL NOT NULL, stored_at REAL NOT NULL,
    actor_role TEXT NOT NULL, actor_subject TEXT NOT NULL, actor_name TEXT NOT NULL, causation TEXT, correlation TEXT,
    command_id TEXT, payload BLOB NOT NULL, subject TEXT, sealed BLOB, digest BLOB NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS events_by_stream ON events (stream, version);
CREATE TABLE IF NOT EXISTS commands (
    command_id TEXT PRIMARY KEY, answer BLOB NOT NULL, position INTEGER NOT NULL, digest BLOB
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS audit_leaves (
    leaf_index INTEGER PRIMARY KEY, position INTEGER NOT NULL UNIQUE, leaf_hash BLOB NOT NULL
);
"""
_FORMAT = 2
"""1 had no digests of answers: rows from then keep none."""

_NO_LIMIT = 2**62
_INSERT = f"INSERT INTO events ({COLUMNS}, digest) VALUES ({', '.join('?' * 18)})"  # noqa: S608 - constants only
_ANSWER = "SELECT command_id, answer, position, digest FROM commands WHERE command_id = ?"
_LEAVES = "SELECT leaf_hash FROM audit_leaves WHERE leaf_index >= ? AND leaf_index < ? ORDER BY leaf_index"

type _Call = list[tuple[Append, list[Draft]]]


class EmbeddedEventLog:
    """Implements `AuditedLog` on SQLite. Make one with `open`; the caller holds the directory's lock."""

    def __init__(
        self, path: Path, database: sqlite3.Connection, reader: RecordReader, wall: Clock, keys: SubjectKeys
    ) -> None:
        self.path = path
        self._database = database
        self._reader = reader
        self._wall = wall
        self._keys = keys
        self._log_id: str = database.execute("SELECT log_id FROM log_identity").fetchone()[0]
        self._head = _count(database, "SELECT max(position) FROM events")
        self._next_leaf = _count(database, "SELECT max(leaf_index) + 1 FROM audit_leaves")
        self._on_leaves: Callable[[], None] = _nobody
        self._writer: GroupWriter[_Call, list[Outcome]] = GroupWriter("event-log", self._commit, on_end=database.close)

    @classmethod
    async def open(
        cls, path: Path, wall: Clock, keys: SubjectKeys, *, checked_whole_bytes: int = CHECKED_WHOLE_BYTES
    ) -> Self:
        """Open the log at `path`, or make an empty one, and check its tail.

        Parameters
        ----------
        checked_whole_bytes : up to this size the structure of the whole file is checked; of a larger one what is read

        Raises
        ------
        Fault
            ``log.corrupt`` if the file or its last records are damaged; ``log.*`` as in `fault_of`.
        """
        database, reader = await asyncio.to_thread(_open, path, keys, checked_whole_bytes)
        try:
            return cls(path, database, reader, wall, keys)
        except sqlite3.Error as error:
            database.close()
            raise fault_of(error, "log") from error

    @property
    def log_id(self) -> str:
        """Return the id made with the file."""
        return self._log_id

    def on_leaves(self, wake: Callable[[], None]) -> None:
        """Call `wake` on the writer's thread after each commit that added leaves to the audit tree."""
        self._on_leaves = wake

    async def append(self, appends: Sequence[Append]) -> list[Outcome]:
        """Keep all appends in one durable transaction; see `EventLog.append`."""
        return await self._writer.write([(append, list(map(draft_of, append.events))) for append in appends])

    async def head(self) -> int:
        """Return the last position; 0 for an empty log."""
        return self._head

    async def read(self, after: int, limit: int = 1000) -> list[Envelope]:
        """Return up to `limit` envelopes with position > `after`, in order."""
        found = await self._reader.select("position > ? ORDER BY position LIMIT ?", (after, limit))
        check_contiguous([envelope.position for envelope in found], starts_at=after + 1)
        return found

    async def read_stream(self, stream: str, after: int = 0) -> list[Envelope]:
        """Return a stream's envelopes with version > `after`, in order."""
        found = await self._reader.select("stream = ? AND version > ? ORDER BY version", (stream, after))
        check_contiguous([envelope.version for envelope in found], starts_at=after + 1, of=f"stream {stream}, version")
        return found

    async def read_correlated(self, streams: Sequence[str], limit: int = 1000) -> list[Envelope]:
        """Return the first `limit` envelopes of several streams together, in log order."""
        marks = ", ".join("?" * len(streams))
        return await self._reader.select(f"stream IN ({marks}) ORDER BY position LIMIT ?", (*streams, limit))

    def read_all(self, after: int = 0) -> AsyncIterator[Envelope]:
        """Yield every envelope after a position up to the head at the time of the call."""
        return self._pages(after, self._head)

    async def _pages(self, after: int, head: int) -> AsyncIterator[Envelope]:
        while after < head:
            page = await self.read(after, min(PAGE, head - after))
            check_contiguous([envelope.position for envelope in page[-1:]], ends_at=min(after + PAGE, head))
            for envelope in page:
                yield envelope
            after = page[-1].position

    async def answer_to(self, command_id: CommandId) -> bytes | None:
        """Return the answer kept for a command id, ``None`` if it was never seen."""
        return _answer(await self._reader.rows(_ANSWER, (command_id,)))

    async def audited(self, before: int | None, limit: int) -> list[tuple[int, Envelope]]:
        """Return up to `limit` audited envelopes with their leaf index < `before` (``None`` = all), newest first."""
        places = await self._reader.rows(
            "SELECT position, leaf_index FROM audit_leaves WHERE leaf_index < ? ORDER BY leaf_index DESC LIMIT ?",
            (_NO_LIMIT if before is None else before, limit),
        )
        index_at = dict(places)
        marks = ", ".join("?" * len(index_at))
        found = await self._reader.select(f"position IN ({marks}) ORDER BY position DESC", list(index_at))
        return [(index_at[envelope.position], envelope) for envelope in found]

    def leaves(self, first: int, end: int | None = None) -> list[Hash]:
        """Return the leaf hashes [`first`, `end`) in order, on the caller's thread; faults as in `fault_of`."""
        try:
            database = sqlite3.connect(f"{self.path.resolve().as_uri()}?mode=ro", uri=True)
            try:
                return [bytes(row[0]) for row in database.execute(_LEAVES, (first, _NO_LIMIT if end is None else end))]
            finally:
                database.close()
        except sqlite3.Error as error:
            raise fault_of(error, "log") from error

    async def erase_subject(self, subject: str) -> bool:
        """Drop the subject's key; say whether there was one."""
        return await asyncio.to_thread(self._keys.erase, subject)

    async def close(self) -> None:
        """Finish what is under way and let go of the file; the keys stay the caller's."""
        await self._writer.close()
        await self._reader.close()

    def _commit(self, calls: Sequence[_Call]) -> list[list[Outcome]]:
        self._keys.ensure({draft.subject for call in calls for _, drafts in call for draft in drafts if draft.subject})
        try:
            return self._transact(calls)
        except sqlite3.Error as error:
            raise fault_of(error, "log") from error

    def _transact(self, calls: Sequence[_Call]) -> list[list[Outcome]]:
        database = self._database
        database.execute("BEGIN IMMEDIATE")
        try:
            sequence = Sequencing(self._head, self._version_of, self._answer_in, self._wall.now())
            outcomes = [[sequence.decide(append, drafts) for append, drafts in call] for call in calls]
            leaves = self._insert(sequence)
            database.execute("COMMIT")
        except BaseException:
            if database.in_transaction:
                database.execute("ROLLBACK")
            raise
        self._head = sequence.head
        self._next_leaf += leaves
        if leaves:
            self._on_leaves()
        return outcomes

    def _insert(self, sequence: Sequencing) -> int:
        rows = [sealed_record(kept, self._keys).row() for kept in sequence.kept]
        leaves = [
            (leaf_index, row[0], row[-1])
            for leaf_index, row in enumerate(_audited(sequence.kept, rows), start=self._next_leaf)
        ]
        self._database.executemany(_INSERT, rows)
        self._database.executemany("INSERT INTO audit_leaves VALUES (?, ?, ?)", leaves)
        self._database.executemany(
            "INSERT INTO commands VALUES (?, ?, ?, ?)",
            [
                (command_id, answer, position, answer_digest(command_id, answer, position))
                for command_id, (answer, position) in sequence.answers.items()
            ],
        )
        return len(leaves)

    def _version_of(self, stream: str) -> int:
        return _count(self._database, "SELECT max(version) FROM events WHERE stream = ?", stream)

    def _answer_in(self, command_id: str) -> bytes | None:
        return _answer(self._database.execute(_ANSWER, (command_id,)).fetchall())


def _audited(kept: list[Kept], rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return [row for entry, row in zip(kept, rows, strict=True) if entry.draft.new.event.is_audited]


def _nobody() -> None:
    """Nobody waits for leaves."""


def _answer(rows: list[tuple[Any, ...]]) -> bytes | None:
    if not rows:
        return None
    command_id, answer, position, digest = rows[0]
    if digest is not None and digest != answer_digest(command_id, answer, position):
        raise corrupt("log", f"the answer to command {command_id} does not fit its digest")
    return bytes(answer)


def _count(database: sqlite3.Connection, sql: str, *arguments: Any) -> int:
    return database.execute(sql, arguments).fetchone()[0] or 0


def _open(path: Path, keys: SubjectKeys, checked_whole_bytes: int) -> tuple[sqlite3.Connection, RecordReader]:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    inspect_wal(path)
    path.touch(mode=0o600)
    database = sqlite3.connect(path, timeout=LOCK_WAIT_S, isolation_level=None, check_same_thread=False)
    try:
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            database.execute(f"PRAGMA {pragma}").fetchall()
        database.executescript(_SCHEMA)
        _identify(database)
        if path.stat().st_size <= checked_whole_bytes:
            _check_structure(database)
        reader = RecordReader(path, keys)
        reader.check_tail(TAIL_CHECKED)
    except sqlite3.Error as error:
        database.close()
        raise fault_of(error, "log") from error
    except Fault:
        database.close()
        raise
    return database, reader


def _identify(database: sqlite3.Connection) -> None:
    known = database.execute("SELECT format FROM log_identity").fetchone()
    if known is None:
        database.execute("INSERT INTO log_identity VALUES (?, ?)", (secrets.token_hex(8), _FORMAT))
    elif not isinstance(known[0], int) or known[0] < 1:
        raise corrupt("log", "its format is not readable")
    elif known[0] > _FORMAT:
        raise Fault("log.newer", "A newer Tower wrote this log. Start that version instead.")
    elif known[0] == 1:
        database.execute("BEGIN IMMEDIATE")
        database.execute("ALTER TABLE commands ADD COLUMN digest BLOB")
        database.execute("UPDATE log_identity SET format = 2")
        database.execute("COMMIT")


def _check_structure(database: sqlite3.Connection) -> None:
    """Check every page, and every table against its indexes."""
    said = database.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if said != "ok":
        raise corrupt("log", said)
