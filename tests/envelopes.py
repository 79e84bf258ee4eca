"""Events as the log hands them on, for tests of whoever follows it."""

from __future__ import annotations

import msgspec

from core.events.envelope import Envelope, Event, encode_event
from core.vocabulary import PLATFORM, Instant


def envelope_of(event: Event, at: Instant = 0.0, position: int = 1) -> Envelope:
    """Return the envelope of what happened, was heard of and was written down at `at`, alone in its stream."""
    return Envelope(
        position=position,
        stream="x",
        version=position,
        type=event.event_type(),
        schema=event.schema,
        occurred_at=at,
        recorded_at=at,
        stored_at=at,
        actor=PLATFORM,
        payload=msgspec.Raw(encode_event(event)),
    )
