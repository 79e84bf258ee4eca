"""Events as the log hands them on, for tests of whoever follows it."""

from __future__ import annotations

import msgspec

from core.deciding import Decision
from core.events.envelope import Envelope, Event, encode_event
from core.projections.operation import Operation
from core.vocabulary import PLATFORM, Actor, Instant


def envelope_of(
    event: Event,
    at: Instant = 0.0,
    position: int = 1,
    *,
    stream: str = "x",
    version: int | None = None,
    actor: Actor = PLATFORM,
) -> Envelope:
    """Return the envelope of what happened, was heard of and was written down at `at`."""
    return Envelope(
        position=position,
        stream=stream,
        version=position if version is None else version,
        type=event.event_type(),
        schema=event.schema,
        occurred_at=at,
        recorded_at=at,
        stored_at=at,
        actor=actor,
        payload=msgspec.Raw(encode_event(event)),
    )


def fold_into(operation: Operation, decision: Decision, at: Instant, actor: Actor = PLATFORM) -> None:
    """Have an operation know what was decided, as the bus does, without a log."""
    for stream, event in decision.events:
        position, version = operation.position + 1, operation.version_of(stream) + 1
        operation.apply(envelope_of(event, at, position, stream=stream, version=version, actor=actor), event)
