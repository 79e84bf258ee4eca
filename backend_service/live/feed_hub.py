"""The hub of the live feed: what is published goes in here, and every session takes from here what it has not seen.

Nothing is queued per session: events are a shared tail, live channels shared tables with a change count. A session
is a few integers, so a desk that stops reading costs the service nothing but its socket.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from backend_service.event_log.log import EventLog
from backend_service.live.event_tail import EventTail, encoded_for, events_frame
from backend_service.live.forecast_table import Forecast, ForecastTable
from backend_service.live.live_table import LiveTable
from backend_service.live.snapshot_shelf import SnapshotShelf
from core import wire
from core.events.envelope import Envelope
from core.projections.operation import Change, Operation
from core.telemetry.fix_batch import FixBatch
from core.timekeeping import Clock
from core.vocabulary import OrderId, Role

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLimits:
    """Bounds of the feed. Seconds are wall time.

    Parameters
    ----------
    tail_events : newest events kept encoded; older ones are read from the log
    most_behind : a session further behind than this many events gets a snapshot instead
    message_events, message_bytes : most events, and about the most bytes, in one `Events` message
    most_credit : most messages a desk may have outstanding, whatever it grants
    live_interval_s : shortest time between two messages of live channels (20 Hz)
    heartbeat_s : longest time between two heartbeats
    silence_s : a desk unheard for this long is dropped
    hello_s : time within which a session must open
    snapshot_reused_for : events that a shared snapshot may be old
    requests_at_once : requests of one session under way
    request_bytes : largest message a desk may send
    """

    tail_events: int = 2_000
    most_behind: int = 5_000
    message_events: int = 256
    message_bytes: int = 256_000
    most_credit: int = 128
    live_interval_s: float = 0.05
    heartbeat_s: float = 0.8
    silence_s: float = 15.0
    hello_s: float = 10.0
    snapshot_reused_for: int = 200
    requests_at_once: int = 16
    request_bytes: int = 1_000_000


class LiveChannel(Protocol):
    """What only its latest state matters of; `changes` counts updates."""

    changes: int

    def encoded_since(self, seen: int) -> bytes:
        """Return the message with what changed after `seen`, a former value of `changes`."""
        ...


class LatestPressure:
    """The pressure of all zones; each one replaces the former."""

    def __init__(self) -> None:
        self.changes = 0
        self._frame = b""

    def update(self, pressure: wire.Pressure) -> None:
        """Take the newest pressure."""
        self.changes += 1
        self._frame = wire.encode(pressure)

    def encoded_since(self, seen: int) -> bytes:
        """Return the newest pressure as a message."""
        return self._frame


class FeedHub:
    """Shared by all sessions of both doors.

    Parameters
    ----------
    operation : the state that the command bus keeps, folded up to the log's head; read, never written
    log : where events older than the tail are read
    clock, wall : operation time and wall time
    speed : operation seconds per wall second
    """

    def __init__(
        self,
        operation: Operation,
        log: EventLog,
        city: wire.CityCard,
        *,
        clock: Clock,
        wall: Clock,
        speed: float = 1.0,
        limits: FeedLimits | None = None,
    ) -> None:
        self.operation = operation
        self.city = city
        self.clock = clock
        self.wall = wall
        self.speed = speed
        self.limits = limits or FeedLimits()
        self.log_id = log.log_id
        self.positions = LiveTable()
        self.forecasts = ForecastTable()
        self.pressure = LatestPressure()
        self.snapshots = SnapshotShelf(operation, lambda: self.position, self.limits.snapshot_reused_for)
        self._log = log
        self._tail = EventTail(operation.position, self.limits.tail_events)
        self._counters = wire.Counters()
        self._listeners: set[Callable[[], None]] = set()

    @property
    def position(self) -> int:
        """Return the position of the last event published."""
        return self._tail.position

    @property
    def kept_events(self) -> int:
        """Return how many events are kept in memory, for all sessions together."""
        return len(self._tail)

    @property
    def sessions(self) -> int:
        """Return how many sessions are open."""
        return len(self._listeners)

    # --- what the service publishes ------------------------------------------------------------------------------

    def publish_events(self, envelopes: Sequence[Envelope], changes: frozenset[Change] = frozenset()) -> None:
        """Pass on what was committed, in order; fits `CommandBus.subscribe`.

        Events that were never told (a failed commit that was kept after all) are read from the log by the sessions.
        """
        if envelopes and envelopes[0].position > self.position + 1:
            _log.warning("events %d to %d were not told", self.position + 1, envelopes[0].position - 1)
            self._tail = EventTail(envelopes[0].position - 1, self.limits.tail_events)
        self._tail.extend(envelopes)
        self.snapshots.settle()
        self._wake()

    def publish_positions(self, batch: FixBatch) -> None:
        """Pass on fixes that are the newest of their vehicle."""
        self.positions.update(batch)
        self._wake()

    def publish_forecasts(self, forecasts: Mapping[OrderId, Forecast]) -> None:
        """Pass on forecasts: order -> (arrival, probability of being late)."""
        self.forecasts.update(forecasts, self.operation.orders.open_ids)
        self._wake()

    def publish_pressure(self, pressure: wire.Pressure) -> None:
        """Pass on the pressure of all zones; it replaces the former one."""
        self.pressure.update(pressure)
        self._wake()

    def set_counters(self, counters: wire.Counters) -> None:
        """Set the figures that the next heartbeats carry; `feed_clients` and `vehicles_live` are counted here."""
        self._counters = counters

    # --- what sessions take --------------------------------------------------------------------------------------

    def join(self, wake: Callable[[], None]) -> None:
        """Call `wake` whenever something is published."""
        self._listeners.add(wake)

    def leave(self, wake: Callable[[], None]) -> None:
        """Stop calling `wake`."""
        self._listeners.discard(wake)

    def can_follow(self, position: int) -> bool:
        """Say whether a session at `position` is given the missing events, and not a snapshot."""
        return self.position - position <= self.limits.most_behind

    async def events_after(self, position: int, role: Role) -> tuple[int, bytes] | None:
        """Return the next `Events` message after `position` and the position it ends at; ``None`` if there is none."""
        if position >= self.position:
            return None
        limits = self.limits
        if position >= self._tail.starts_after:
            events = self._tail.after(position, role, limits.message_events, limits.message_bytes)
            return position + len(events), events_frame(events)
        envelopes = await self._log.read(position, min(limits.message_events, self.position - position))
        if not envelopes:
            return None
        return envelopes[-1].position, events_frame(tuple(encoded_for(role, envelope) for envelope in envelopes))

    def heartbeat(self, echo_wall_at: float | None) -> bytes:
        """Return a heartbeat of this instant."""
        figures = self._counters
        counters = wire.Counters(
            fixes_accepted=figures.fixes_accepted,
            fixes_rejected=figures.fixes_rejected,
            fixes_rejected_at=figures.fixes_rejected_at,
            vehicles_live=figures.vehicles_live or len(self.positions),
            feed_clients=self.sessions,
        )
        return wire.encode(
            wire.Heartbeat(
                position=self.position,
                server_now_at=self.clock.now(),
                wall_at=self.wall.now(),
                echo_wall_at=echo_wall_at,
                counters=counters,
            )
        )

    def _wake(self) -> None:
        for wake in tuple(self._listeners):
            wake()
