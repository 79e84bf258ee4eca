"""What the desk knows: the same fold as the service's, in the GUI thread, in slices that never hold it up.

Screens read the attributes and listen to the signals; nothing else changes the store but the feed. `replaced` says
that everything may have changed (a snapshot); `changed` carries the parts. Signals come at most 20 times a second.

The inbox is looked at 20 times a second; no Qt signal crosses threads, because Qt objects must not be referred to, let
alone released, in a foreign thread.
"""

from __future__ import annotations

from collections import deque

import numpy as np
from core import wire
from core.events.dispatch_events import AssignmentRecommended
from core.events.envelope import Envelope, Event
from core.events.order_events import OrderAssigned, OrderCancelled, OrderPlaced
from core.orders.order import ArrivalBand
from core.projections.operation import Change, Operation
from core.telemetry.live_rows import LiveRows
from core.timekeeping import Clock
from core.vocabulary import Instant, OrderId
from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal

from app.connection import Connection, Phase
from app.feed_inbox import FeedInbox
from app.feed_reader import Beat, Happened, Replaced, Update, Welcomed
from app.latency import LatencySamples
from app.live_fleet import LiveFleet
from app.service_time import ServiceTime

SLICE_MS = 4
INTERVAL_MS = 50


class Store(QObject):
    """Everything that screens show, as of `operation.position`.

    Attributes
    ----------
    operation : the projections
    fleet : live positions as columns
    forecasts : order -> (arrival, probability of being late), latest known; open orders only matter
    pressure : zone pressure, ``None`` until first computed
    clock : operation time, estimated; `clock.age_s` is the age of what is shown
    connection, welcome, counters : the session as it stands
    fix_to_desk, order_to_recommendation : latency samples in wall seconds; both machines' clocks must agree
    """

    changed = Signal(object)
    """frozenset[Change]"""
    replaced = Signal()
    positions_changed = Signal()
    forecasts_changed = Signal(object)
    """frozenset[OrderId]"""
    pressure_changed = Signal()
    connection_changed = Signal()
    beat = Signal()
    advanced = Signal(int)
    """The position that the operation is at, after every fold."""

    def __init__(self, inbox: FeedInbox, wall: Clock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.operation = Operation()
        self.fleet = LiveFleet()
        self.forecasts: dict[OrderId, tuple[ArrivalBand, float]] = {}
        self.pressure: wire.Pressure | None = None
        self.clock = ServiceTime(wall)
        self.connection = Connection()
        self.welcome: wire.Welcome | None = None
        self.counters = wire.Counters()
        self.fix_to_desk = LatencySamples()
        self.order_to_recommendation = LatencySamples()
        self._inbox = inbox
        self._wall = wall
        self._first_welcome_wall_at: Instant | None = None
        self._folding: deque[tuple[Envelope, Event]] = deque()
        self._placed_wall_at: dict[OrderId, Instant] = {}
        self._connected_s: dict[str, float] = {}
        self._unsaid = _Unsaid()
        self._since_said = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self.drain)
        self._timer.start()

    def connected_seconds(self) -> dict[str, float]:
        """Return how long each transport was live: kind -> wall seconds, the present one included."""
        seconds = dict(self._connected_s)
        if self.connection.phase is Phase.LIVE:
            since = self._wall.now() - self.connection.since_wall_at
            seconds[self.connection.kind] = seconds.get(self.connection.kind, 0.0) + max(since, 0.0)
        return seconds

    def drain(self) -> None:
        """Apply what has come in, for at most `SLICE_MS`, and say what changed if it is time to."""
        slice_timer = QElapsedTimer()
        slice_timer.start()
        while slice_timer.elapsed() < SLICE_MS:
            if self._folding:
                self._fold(*self._folding.popleft())
                continue
            update = self._inbox.take()
            if update is None:
                break
            self._apply(update)
        has_more = bool(self._folding) or len(self._inbox) > 0
        if not has_more or not self._since_said.isValid() or self._since_said.elapsed() >= INTERVAL_MS:
            self._say()
        self._timer.setInterval(0 if has_more else INTERVAL_MS)

    # --- applying ------------------------------------------------------------------------------------------------

    def _apply(self, update: Update) -> None:
        match update:
            case Happened():
                self._folding.extend(update.events)
            case LiveRows():
                self._move(update)
            case Beat():
                self._beat(update)
            case wire.Forecasts():
                self._forecast(update)
            case wire.Pressure():
                self.pressure = update
                self._unsaid.pressure = True
            case Replaced():
                self.operation = update.operation
                self._unsaid.replaced = True
            case Welcomed():
                self._welcomed(update)
            case Connection():
                self._connect(update)

    def _fold(self, envelope: Envelope, event: Event) -> None:
        self._unsaid.changes |= self.operation.apply(envelope, event)
        match event:
            case OrderPlaced():
                self._placed_wall_at[event.order_id] = envelope.stored_at
            case AssignmentRecommended():
                placed_wall_at = self._placed_wall_at.pop(event.recommendation.order_id, None)
                if placed_wall_at is not None and event.recommendation.put_off_until_at is None:
                    self.order_to_recommendation.add(np.array([self._wall.now() - placed_wall_at]))
            case OrderAssigned() | OrderCancelled():
                self._placed_wall_at.pop(event.order_id, None)
            case _:
                pass

    def _move(self, rows: LiveRows) -> None:
        is_newer = self.fleet.update(rows)
        if self._first_welcome_wall_at is not None:
            is_live = is_newer & (rows.arrived_wall_at >= self._first_welcome_wall_at)
            self.fix_to_desk.add(self._wall.now() - rows.arrived_wall_at[is_live])
        self._unsaid.positions = True

    def _forecast(self, message: wire.Forecasts) -> None:
        rows = zip(message.orders, message.arrivals, message.late_probability, strict=True)
        for order_id, arrival, late_probability in rows:
            self.forecasts[order_id] = (arrival, late_probability)
        self._unsaid.forecasts.update(message.orders)

    def _beat(self, beat: Beat) -> None:
        self.clock.heard(beat.heartbeat.server_now_at, beat.wall_at, beat.round_trip_s)
        self.counters = beat.heartbeat.counters
        self._unsaid.beat = True

    def _welcomed(self, update: Welcomed) -> None:
        if self.welcome is not None and self.welcome.log_id != update.welcome.log_id:
            self._forget_live()
        self.welcome = update.welcome
        self.clock.speed = update.welcome.speed
        self.clock.heard(update.welcome.server_now_at, update.wall_at, None)
        if self._first_welcome_wall_at is None:
            self._first_welcome_wall_at = update.welcome.wall_at
        self._unsaid.connection = True

    def _forget_live(self) -> None:
        """Drop what came from another service's data directory."""
        self.fleet = LiveFleet()
        self.forecasts.clear()
        self.pressure = None
        self._placed_wall_at.clear()
        self._unsaid.replaced = self._unsaid.positions = self._unsaid.pressure = True

    def _connect(self, connection: Connection) -> None:
        if self.connection.phase is Phase.LIVE:
            kind = self.connection.kind
            seconds = max(connection.since_wall_at - self.connection.since_wall_at, 0.0)
            self._connected_s[kind] = self._connected_s.get(kind, 0.0) + seconds
        self.connection = connection
        self._unsaid.connection = True

    # --- saying --------------------------------------------------------------------------------------------------

    def _say(self) -> None:
        unsaid, self._unsaid = self._unsaid, _Unsaid()
        self._since_said.start()
        if unsaid.connection:
            self.connection_changed.emit()
        if unsaid.beat:
            self.beat.emit()
        if unsaid.replaced:
            self._drop_closed_forecasts()
            self.replaced.emit()
        if unsaid.changes:
            self._drop_closed_forecasts()
            self.changed.emit(frozenset(unsaid.changes))
        if unsaid.positions:
            self.positions_changed.emit()
        if unsaid.forecasts:
            self.forecasts_changed.emit(frozenset(unsaid.forecasts))
        if unsaid.pressure:
            self.pressure_changed.emit()
        if unsaid.changes or unsaid.replaced:
            self.advanced.emit(self.operation.position)

    def _drop_closed_forecasts(self) -> None:
        open_ids = self.operation.orders.open_ids
        for order_id in [order_id for order_id in self.forecasts if order_id not in open_ids]:
            del self.forecasts[order_id]


class _Unsaid:
    """What changed since the signals were last sent."""

    def __init__(self) -> None:
        self.changes: set[Change] = set()
        self.forecasts: set[OrderId] = set()
        self.replaced = False
        self.positions = False
        self.pressure = False
        self.connection = False
        self.beat = False
