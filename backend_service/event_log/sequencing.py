"""The order of things in a log: which append is kept, at which positions and versions. No storage here.

`Sequence` is what every implementation decides with, inside its transaction: it looks up what the storage knows and
remembers what earlier appends of the same transaction changed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import msgspec
from msgspec.structs import replace

from backend_service.event_log.log import Append, Appended, Conflict, NewEvent, Outcome, Repeated
from core.events.envelope import Envelope, Event, encode_event
from core.vocabulary import Actor, Instant, Role


@dataclass(frozen=True, slots=True)
class Draft:
    """A new event made ready to be kept, with its personal fields apart.

    `payload` is complete; `public` has ``None`` in the personal fields and `personal` holds those by name (both
    MessagePack); `subject` is whose they are, ``None`` for an event without any.
    """

    new: NewEvent
    payload: bytes
    public: bytes
    personal: bytes | None
    subject: str | None


@dataclass(frozen=True, slots=True)
class Kept:
    """A draft with its place in the log."""

    envelope: Envelope
    draft: Draft


def draft_of(new: NewEvent) -> Draft:
    """Return `new` with personal data taken apart; a subject is named ``<stream kind>:<id>``."""
    event = new.event
    payload = encode_event(event)
    present = {name: value for name in event.personal_fields if (value := getattr(event, name)) is not None}
    if not present or event.subject_field is None:
        return Draft(new, payload, payload, None, None)
    public = encode_event(replace(event, **dict.fromkeys(present)))
    return Draft(new, payload, public, msgspec.msgpack.encode(present), subject_of(new.stream, event))


def subject_of(stream: str, event: Event) -> str:
    """Return the subject whose personal data `event` carries, such as ``driver:D-7``."""
    assert event.subject_field is not None
    return f"{stream.partition('/')[0]}:{getattr(event, event.subject_field)}"


def stored_actor(actor: Actor) -> Actor:
    """Return the actor as a log keeps it: a driver by id only, because the name is sealed with the driver's data."""
    return replace(actor, name="") if actor.role is Role.DRIVER else actor


class Sequence:
    """Decides one transaction's appends, one after the other.

    Parameters
    ----------
    head : last position in the log
    version_of : the last version of a stream in the storage, 0 if it has none
    answer_to : the answer kept in the storage for a command id
    stored_at : wall clock, written to every envelope of this transaction
    """

    def __init__(
        self,
        head: int,
        version_of: Callable[[str], int],
        answer_to: Callable[[str], bytes | None],
        stored_at: Instant,
    ) -> None:
        self.head = head
        self.kept: list[Kept] = []
        self.answers: dict[str, tuple[bytes, int]] = {}
        self._version_of = version_of
        self._answer_to = answer_to
        self._stored_at = float(stored_at)
        self._versions: dict[str, int] = {}

    def decide(self, append: Append, drafts: list[Draft]) -> Outcome:
        """Return what becomes of `append`, and remember what it keeps."""
        command_id = append.command_id
        if command_id is not None:
            answer = self._answered(command_id)
            if answer is not None:
                return Repeated(answer)
        for stream, expected in append.expected.items():
            if (actual := self._version(stream)) != expected:
                return Conflict(stream, expected, actual)
        actor = stored_actor(append.actor)
        kept = [self._place(draft, append, actor) for draft in drafts]
        self.kept.extend(kept)
        if command_id is not None:
            self.answers[command_id] = (append.answer, self.head)
        return Appended(tuple(entry.envelope for entry in kept), append.answer)

    def _answered(self, command_id: str) -> bytes | None:
        if command_id in self.answers:
            return self.answers[command_id][0]
        return self._answer_to(command_id)

    def _version(self, stream: str) -> int:
        if stream not in self._versions:
            self._versions[stream] = self._version_of(stream)
        return self._versions[stream]

    def _place(self, draft: Draft, append: Append, actor: Actor) -> Kept:
        new = draft.new
        self.head += 1
        version = self._versions[new.stream] = self._version(new.stream) + 1
        envelope = Envelope(
            position=self.head,
            stream=new.stream,
            version=version,
            type=new.event.event_type(),
            schema=new.event.schema,
            occurred_at=float(new.occurred_at),
            recorded_at=float(append.recorded_at),
            stored_at=self._stored_at,
            actor=actor,
            causation=new.causation,
            correlation=new.correlation,
            command_id=append.command_id,
            payload=msgspec.Raw(draft.payload),
        )
        return Kept(envelope, draft)
