"""What an event log promises, whatever keeps it. `tests/backend_service/event_log` holds the contract suite."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from core.audit.merkle_log import Hash
from core.events.envelope import Envelope, Event
from core.vocabulary import Actor, CommandId, Instant


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event to be appended to `stream`."""

    stream: str
    event: Event
    occurred_at: Instant
    causation: str | None = None
    correlation: str | None = None


@dataclass(frozen=True, slots=True)
class Append:
    """Events that are kept together or not at all.

    Parameters
    ----------
    expected : mapping of stream to the version it must have before; streams not named are not checked
    command_id : a second append with the same id keeps nothing and returns the first one's answer
    answer : what to return for that command id from now on (MessagePack)
    """

    events: tuple[NewEvent, ...]
    actor: Actor
    recorded_at: Instant
    expected: dict[str, int]
    command_id: CommandId | None = None
    answer: bytes = b""


@dataclass(frozen=True, slots=True)
class Appended:
    """The events as they were kept."""

    envelopes: tuple[Envelope, ...]
    answer: bytes


@dataclass(frozen=True, slots=True)
class Repeated:
    """The command id was seen before; nothing was kept now."""

    answer: bytes


@dataclass(frozen=True, slots=True)
class Conflict:
    """A stream was not at the version expected; nothing of this append was kept."""

    stream: str
    expected: int
    actual: int


type Outcome = Appended | Repeated | Conflict


class EventLog(Protocol):
    """Append-only, ordered without gaps, durable when `append` returns."""

    @property
    def log_id(self) -> str:
        """Return the id made when the log was created; another directory has another."""
        ...

    async def append(self, appends: Sequence[Append]) -> list[Outcome]:
        """Keep all appends in one durable transaction and say for each what became of it, in order.

        Concurrent calls are committed together (group commit). Positions have no gaps: a conflict or a repetition
        uses none.

        Raises
        ------
        core.refusals.Fault
            If the log cannot write (``log.disk_full``, ``log.unavailable``): then nothing of this call was kept.
        """
        ...

    async def head(self) -> int:
        """Return the last position; 0 for an empty log."""
        ...

    async def read(self, after: int, limit: int = 1000) -> list[Envelope]:
        """Return up to `limit` envelopes with position > `after`, in order; erased personal fields read ``None``."""
        ...

    async def read_stream(self, stream: str, after: int = 0) -> list[Envelope]:
        """Return a stream's envelopes with version > `after`, in order."""
        ...

    async def read_correlated(self, streams: Sequence[str], limit: int = 1000) -> list[Envelope]:
        """Return the envelopes of several streams together, in log order."""
        ...

    def read_all(self, after: int = 0) -> AsyncIterator[Envelope]:
        """Yield every envelope after a position up to the head at the time of the call."""
        ...

    async def answer_to(self, command_id: CommandId) -> bytes | None:
        """Return the answer kept for a command id, ``None`` if it was never seen."""
        ...

    async def erase_subject(self, subject: str) -> bool:
        """Drop the subject's key, so that its personal fields can never be read again; say whether there was one."""
        ...

    async def close(self) -> None:
        """Finish what is under way and let go of the storage."""
        ...


class AuditedLog(EventLog, Protocol):
    """An event log that keeps a leaf of the audit tree for each audited event, in the transaction of the event."""

    def on_leaves(self, wake: Callable[[], None]) -> None:
        """Call `wake` after each commit that added leaves, on whatever thread committed."""
        ...

    async def audited(self, before: int | None, limit: int) -> list[tuple[int, Envelope]]:
        """Return up to `limit` audited envelopes with their leaf index < `before` (``None`` = all), newest first."""
        ...

    def leaves(self, first: int, end: int | None = None) -> list[Hash]:
        """Return the leaf hashes [`first`, `end`) in order, on the caller's thread.

        Raises
        ------
        core.refusals.Fault
            If the log cannot be read.
        """
        ...
