"""One row of the embedded log: its columns, its canonical bytes and their digest.

The digest is the leaf hash of RFC 9162 over the canonical bytes, *sealed* personal data included: it shows damage when
a row is read, it is the audit tree's leaf for audited events, and erasing a subject's key does not change it.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec
from msgspec.structs import astuple

from backend_service.event_log.sequencing import Kept
from backend_service.event_log.subject_keys import SubjectKeys
from backend_service.storage.sqlite_faults import corrupt
from core.events.envelope import Envelope
from core.vocabulary import Actor, CommandId, Role

COLUMNS = (
    "position, stream, version, type, schema, occurred_at, recorded_at, stored_at, actor_role, actor_subject,"
    " actor_name, causation, correlation, command_id, payload, subject, sealed"
)

TAIL_CHECKED = 256
"""How many of the newest records are checked whenever a log is opened."""

_encode = msgspec.msgpack.Encoder().encode
_LEAF = b"\x00"


class StoredRecord(msgspec.Struct, frozen=True, array_like=True):
    """A record as it lies on disk: `payload` without personal fields, those in `sealed` under the key of `subject`."""

    position: int
    stream: str
    version: int
    type: str
    schema: int
    occurred_at: float
    recorded_at: float
    stored_at: float
    actor_role: str
    actor_subject: str
    actor_name: str
    causation: str | None
    correlation: str | None
    command_id: str | None
    payload: bytes
    subject: str | None
    sealed: bytes | None

    def digest(self) -> bytes:
        """Return the 32 bytes of SHA-256 that stand for this record."""
        return hashlib.sha256(_LEAF + _encode(self)).digest()

    def row(self) -> tuple[Any, ...]:
        """Return the columns and, last, the digest."""
        return (*astuple(self), self.digest())

    def envelope(self, keys: SubjectKeys | None) -> Envelope:
        """Return the envelope with personal fields unsealed; ``None`` in them without `keys` or after erasure."""
        payload = self.payload
        if self.sealed is not None and keys is not None:
            payload = self._unsealed(keys, self.sealed)
        return Envelope(
            position=self.position,
            stream=self.stream,
            version=self.version,
            type=self.type,
            schema=self.schema,
            occurred_at=self.occurred_at,
            recorded_at=self.recorded_at,
            stored_at=self.stored_at,
            actor=Actor(role=Role(self.actor_role), subject=self.actor_subject, name=self.actor_name),
            causation=self.causation,
            correlation=self.correlation,
            command_id=None if self.command_id is None else CommandId(self.command_id),
            payload=msgspec.Raw(payload),
        )

    def _unsealed(self, keys: SubjectKeys, sealed: bytes) -> bytes:
        personal = keys.unseal(sealed, _context(self.stream, self.version, self.type))
        if personal is None:
            return self.payload
        fields: dict[str, Any] = msgspec.msgpack.decode(self.payload)
        fields.update(msgspec.msgpack.decode(personal))
        return _encode(fields)


def sealed_record(kept: Kept, keys: SubjectKeys) -> StoredRecord:
    """Return the row of a kept event; the key of its subject exists already."""
    envelope, draft = kept.envelope, kept.draft
    sealed = None
    if draft.personal is not None and draft.subject is not None:
        context = _context(envelope.stream, envelope.version, envelope.type)
        sealed = keys.seal(draft.subject, draft.personal, context)
    return StoredRecord(
        envelope.position,
        envelope.stream,
        envelope.version,
        envelope.type,
        envelope.schema,
        envelope.occurred_at,
        envelope.recorded_at,
        envelope.stored_at,
        str(envelope.actor.role),
        envelope.actor.subject,
        envelope.actor.name,
        envelope.causation,
        envelope.correlation,
        envelope.command_id,
        draft.public,
        draft.subject,
        sealed,
    )


def record_of(row: Sequence[Any]) -> StoredRecord:
    """Return the record of a row selected as `COLUMNS`; further columns are ignored."""
    return StoredRecord(*row[:17])


def checked(rows: Iterable[Sequence[Any]]) -> Iterator[StoredRecord]:
    """Yield the records of rows selected as `COLUMNS` and the digest.

    Raises
    ------
    Fault
        ``log.corrupt`` naming the position of the first record that does not fit its digest.
    """
    for row in rows:
        record = record_of(row)
        if record.digest() != row[-1]:
            raise corrupt("log", f"the record at position {record.position} does not fit its digest")
        yield record


def answer_digest(command_id: str, answer: bytes, position: int) -> bytes:
    """Return the SHA-256 that stands for the answer kept for a command id."""
    return hashlib.sha256(_encode((command_id, answer, position))).digest()


def check_contiguous(
    positions: Sequence[int], *, starts_at: int | None = None, ends_at: int | None = None, of: str = "position"
) -> None:
    """Check that `positions` rise by one, from `starts_at` and up to `ends_at` where given; `of` names them.

    Raises
    ------
    Fault
        ``log.corrupt`` naming the neighbours between which records are missing.
    """
    bounded = list(positions)
    if starts_at is not None:
        bounded.insert(0, starts_at - 1)
    if ends_at is not None:
        bounded.append(ends_at + 1)
        if not positions and starts_at is None:
            bounded.insert(0, 0)
    for older, newer in itertools.pairwise(bounded):
        if newer != older + 1:
            raise corrupt("log", f"records between {of}s {older} and {newer} are missing")


def _context(stream: str, version: int, event_type: str) -> bytes:
    return f"{stream}\n{version}\n{event_type}".encode()
