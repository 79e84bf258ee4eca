"""The newest events, encoded once per role and shared by all sessions; older ones are read from the log.

A session is a position in this tail, never a queue of its own: that is what bounds the memory of a slow desk.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from backend_service.live.visibility import visible_to
from core.events.envelope import Envelope
from core.vocabulary import Role

_encoder = msgspec.msgpack.Encoder()


class EncodedEvents(msgspec.Struct, frozen=True, kw_only=True, tag="Events", tag_field="m"):
    """`core.wire.Events` whose envelopes are encoded already; the same bytes on the wire."""

    events: tuple[msgspec.Raw, ...]


class EventTail:
    """The last `kept` events or a few more, positions without gaps up to `position`."""

    def __init__(self, position: int, kept: int) -> None:
        self.position = position
        self._kept = kept
        self._envelopes: list[Envelope] = []
        self._encoded: list[dict[Role, msgspec.Raw]] = []

    def __len__(self) -> int:
        return len(self._envelopes)

    @property
    def starts_after(self) -> int:
        """Return the position just before the oldest event that is kept here."""
        return self.position - len(self._envelopes)

    def extend(self, envelopes: Sequence[Envelope]) -> None:
        """Take the next events; those already here are skipped.

        Raises
        ------
        ValueError
            If an event is missing between the last one here and the first one given.
        """
        for envelope in envelopes:
            if envelope.position <= self.position:
                continue
            if envelope.position != self.position + 1:
                raise ValueError(f"expected event {self.position + 1}, got {envelope.position}")
            self._envelopes.append(envelope)
            self._encoded.append({})
            self.position = envelope.position
        if len(self._envelopes) >= 2 * self._kept:
            del self._envelopes[: -self._kept]
            del self._encoded[: -self._kept]

    def after(self, position: int, role: Role, limit: int, limit_bytes: int) -> tuple[msgspec.Raw, ...]:
        """Return the encoded events that follow `position`, at least one if there is one, within both limits.

        `position` must not lie before `starts_after`.
        """
        start = position - self.starts_after
        frames: list[msgspec.Raw] = []
        size = 0
        for row in range(start, min(start + limit, len(self._envelopes))):
            encoded = self._encoded_at(row, role)
            size += len(encoded)
            if frames and size > limit_bytes:
                break
            frames.append(encoded)
        return tuple(frames)

    def _encoded_at(self, row: int, role: Role) -> msgspec.Raw:
        by_role = self._encoded[row]
        if role not in by_role:
            by_role[role] = encoded_for(role, self._envelopes[row])
        return by_role[role]


def encoded_for(role: Role, envelope: Envelope) -> msgspec.Raw:
    """Return the envelope as `role` may see it, encoded."""
    return msgspec.Raw(_encoder.encode(visible_to(role, envelope)))


def events_frame(events: tuple[msgspec.Raw, ...]) -> bytes:
    """Return the `Events` message of encoded envelopes."""
    return _encoder.encode(EncodedEvents(events=events))
