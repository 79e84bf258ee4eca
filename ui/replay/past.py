"""The past as panels see it: a store of its own, filled with the state of the moment that is shown, and its context."""

from __future__ import annotations

from dataclasses import replace as with_other

from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal

from app.connection import Connection, Phase
from app.feed_inbox import FeedInbox
from app.feed_reader import Beat, Happened, Replaced, Welcomed
from app.operations import Operations
from app.past_moment import PastMoment
from app.store import Store
from core import wire
from core.vocabulary import Instant
from core.wire import Problem
from ui.desk_context import DeskContext
from ui.phrasebook import Phrasebook
from ui.replay.past_service import PastService
from ui.selection import Selection

_USUALLY_KNOWN_S = 12 * 3600.0


class _Moment:
    """A clock that stands at the moment that is shown, and may go back."""

    def __init__(self, at: Instant) -> None:
        self.at = at

    def now(self) -> Instant:
        return self.at


class Past(QObject):
    """Shows moments one after the other; the newest wish counts while one is being fetched.

    Parameters
    ----------
    live : the desk as it lives

    Attributes
    ----------
    context : what panels of the past are given
    begins_at : the first moment there is anything to be shown of; twelve hours ago until it is known
    """

    shown = Signal(float)
    """The past is at this instant now."""
    refused = Signal(str)
    """Why a moment cannot be shown."""

    def __init__(self, live: DeskContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._live, self._clock, self._inbox = live, _Moment(live.now()), FeedInbox()
        self._wanted_at: Instant | None = None
        self._is_asking = False
        self._moments = 0
        self.begins_at = live.now() - _USUALLY_KNOWN_S
        self.store = store = Store(self._inbox, self._clock, self)
        service = PastService(live.operations.service, self._clock.now)
        self.context = with_other(
            live,
            store=store,
            operations=Operations(service, store, self),
            selection=Selection(),
            now=self._clock.now,
            say=Phrasebook(lambda: store.operation, live.zone, live.city.currency, live.city.currency_decimals),
        )

    @property
    def at(self) -> Instant:
        """The moment that is shown."""
        return self._clock.at

    @property
    def is_asking(self) -> bool:
        """Whether a moment is being fetched."""
        return self._is_asking

    def seek(self, at: Instant) -> None:
        """Show another moment, none that is still to come."""
        self._wanted_at = min(at, self._live.now())
        if not self._is_asking:
            self._ask()

    def _ask(self) -> None:
        at, self._wanted_at = self._wanted_at, None
        if at is None:
            return
        self._is_asking = True
        is_onwards = self._moments > 0 and at >= self.at
        after = self.store.operation.position if is_onwards else None
        pending = self._live.operations.operation_at(at, list(self._live.store.operation.fleet.vehicles), after)
        pending.finished.connect(self._take)
        pending.refused.connect(self._tell)

    def _take(self, result: object) -> None:
        assert isinstance(result, PastMoment)
        self._is_asking = False
        self._clock.at, self.begins_at = result.at, result.begins_at
        if result.operation is not None:
            self._start_from(result)
        self._inbox.put(Beat(wire.Heartbeat(position=0, server_now_at=self.at, wall_at=self.at), self.at, None))
        if result.events:
            self._inbox.put(Happened(result.events))
        self._inbox.put(result.rows)
        self.store.drain()
        self.shown.emit(self.at)
        self._ask()

    def _start_from(self, moment: PastMoment) -> None:
        """Take a whole state as a desk takes that of another log: what was live before means nothing now."""
        welcome = self._live.store.welcome
        assert welcome is not None and moment.operation is not None, "a moment was asked for after the welcome"
        self._moments += 1
        of_the_past = replace(welcome, log_id=f"{welcome.log_id} {self._moments}", server_now_at=self.at, speed=1.0)
        self._inbox.put(Welcomed(of_the_past, self.at))
        self._inbox.put(Connection(phase=Phase.CLOSED))
        self._inbox.put(Replaced(moment.operation))

    def _tell(self, problem: Problem) -> None:
        self._is_asking = False
        self.refused.emit(problem.detail)
        self._ask()
