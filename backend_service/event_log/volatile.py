"""The event log in memory, for what-ifs and stepped runs: the same answers, gone with the process."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence

import msgspec
from msgspec.structs import replace

from backend_service.event_log.log import Append, Outcome
from backend_service.event_log.sequencing import Kept, draft_of
from backend_service.event_log.sequencing import Sequence as Sequencing
from core.events.envelope import Envelope
from core.refusals import Fault
from core.timekeeping import Clock
from core.vocabulary import CommandId


class VolatileEventLog:
    """Implements `EventLog` without storage. An erased subject's data is dropped from memory."""

    def __init__(self, wall: Clock) -> None:
        self._wall = wall
        self._log_id = secrets.token_hex(8)
        self._envelopes: list[Envelope] = []
        self._streams: defaultdict[str, list[int]] = defaultdict(list)
        self._subjects: defaultdict[str, list[Kept]] = defaultdict(list)
        self._answers: dict[str, bytes] = {}
        self._is_closed = False

    @property
    def log_id(self) -> str:
        """Return the id made with this log."""
        return self._log_id

    async def append(self, appends: Sequence[Append]) -> list[Outcome]:
        """Keep all appends together; see `EventLog.append`."""
        if self._is_closed:
            raise Fault("storage.closed", "The storage is closed: the service is ending.")
        sequence = Sequencing(len(self._envelopes), self._version_of, self._answers.get, self._wall.now())
        outcomes = [sequence.decide(append, list(map(draft_of, append.events))) for append in appends]
        for kept in sequence.kept:
            self._keep(kept)
        self._answers |= {command_id: answer for command_id, (answer, _) in sequence.answers.items()}
        return outcomes

    async def head(self) -> int:
        """Return the last position; 0 for an empty log."""
        return len(self._envelopes)

    async def read(self, after: int, limit: int = 1000) -> list[Envelope]:
        """Return up to `limit` envelopes with position > `after`, in order."""
        return self._envelopes[after : after + limit]

    async def read_stream(self, stream: str, after: int = 0) -> list[Envelope]:
        """Return a stream's envelopes with version > `after`, in order."""
        return [self._envelopes[index] for index in self._streams.get(stream, [])[after:]]

    async def read_correlated(self, streams: Sequence[str], limit: int = 1000) -> list[Envelope]:
        """Return the first `limit` envelopes of several streams together, in log order."""
        indices = sorted(index for stream in set(streams) for index in self._streams.get(stream, []))
        return [self._envelopes[index] for index in indices[:limit]]

    def read_all(self, after: int = 0) -> AsyncIterator[Envelope]:
        """Yield every envelope after a position up to the head at the time of the call."""
        return self._between(after, len(self._envelopes))

    async def _between(self, after: int, head: int) -> AsyncIterator[Envelope]:
        for index in range(after, head):
            yield self._envelopes[index]

    async def answer_to(self, command_id: CommandId) -> bytes | None:
        """Return the answer kept for a command id, ``None`` if it was never seen."""
        return self._answers.get(command_id)

    async def erase_subject(self, subject: str) -> bool:
        """Drop the subject's personal fields; say whether there were any."""
        kept = self._subjects.pop(subject, [])
        for entry in kept:
            index = entry.envelope.position - 1
            self._envelopes[index] = replace(self._envelopes[index], payload=msgspec.Raw(entry.draft.public))
        return bool(kept)

    async def close(self) -> None:
        """Take no more appends."""
        self._is_closed = True

    def _keep(self, kept: Kept) -> None:
        self._streams[kept.envelope.stream].append(len(self._envelopes))
        self._envelopes.append(kept.envelope)
        if kept.draft.subject is not None:
            self._subjects[kept.draft.subject].append(kept)

    def _version_of(self, stream: str) -> int:
        return len(self._streams.get(stream, ()))
