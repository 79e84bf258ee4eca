"""Reads the service's messages into updates for the store; keeps the place in the log and finds gaps.

Pure: no sockets, no threads. It decodes snapshots, event payloads and columns, so that the GUI thread only folds.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from core import wire
from core.events.envelope import Envelope, Event
from core.projections.operation import Operation, decode_operation
from core.telemetry.live_rows import LiveRows, unpack
from core.vocabulary import Instant

from app.connection import Connection


@dataclass(frozen=True, slots=True)
class Welcomed:
    """A session was opened at a wall-clock instant."""

    welcome: wire.Welcome
    wall_at: Instant


@dataclass(frozen=True, slots=True)
class Replaced:
    """The whole state starts over from here."""

    operation: Operation


@dataclass(frozen=True, slots=True)
class Happened:
    """The next events, decoded, in order, without a gap."""

    events: tuple[tuple[Envelope, Event], ...]


@dataclass(frozen=True, slots=True)
class Beat:
    """The service lives; `round_trip_s` is known when this echoes a ping."""

    heartbeat: wire.Heartbeat
    wall_at: Instant
    round_trip_s: float | None


type Update = Welcomed | Replaced | Happened | Beat | LiveRows | wire.Forecasts | wire.Pressure | Connection
"""What the store is given, in order."""


class GapFound(Exception):
    """An event is missing: the session has to be resumed, never papered over."""


class FeedReader:
    """Keeps `position` and `log_id`, from which the next session resumes; `gaps` counts holes found."""

    def __init__(self) -> None:
        self.position: int | None = None
        self.log_id: str | None = None
        self.gaps = 0

    def welcome(self, welcome: wire.Welcome, wall_at: Instant) -> Welcomed:
        """Start a session; what was read from another log cannot be resumed."""
        if welcome.log_id != self.log_id:
            self.log_id = welcome.log_id
            self.position = None
        return Welcomed(welcome, wall_at)

    def read(self, message: wire.ServiceMessage, wall_at: Instant) -> Update | None:
        """Return what the store must be told, ``None`` if nothing.

        Raises
        ------
        GapFound
            If events are missing before these.
        core.events.envelope.UnknownEvent
            If the service is newer than this desk.
        """
        match message:
            case wire.Snapshot():
                self.position = message.position
                return Replaced(decode_operation(zlib.decompress(message.state)))
            case wire.Events():
                return self._events(message)
            case wire.Positions():
                return unpack(message)
            case wire.Heartbeat():
                sent_at = message.echo_wall_at
                return Beat(message, wall_at, None if sent_at is None else max(wall_at - sent_at, 0.0))
            case wire.Forecasts() | wire.Pressure():
                return message
            case _:
                return None

    def _events(self, message: wire.Events) -> Happened | None:
        fresh = [envelope for envelope in message.events if self.position is None or envelope.position > self.position]
        if not fresh:
            return None
        expected = None if self.position is None else range(self.position + 1, self.position + 1 + len(fresh))
        if expected is None or [envelope.position for envelope in fresh] != list(expected):
            self.gaps += 1
            raise GapFound(f"event {fresh[0].position} came after {self.position}")
        decoded = tuple((envelope, envelope.event()) for envelope in fresh)
        self.position = fresh[-1].position
        return Happened(decoded)
