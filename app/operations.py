"""The user's verbs: each asks the service and returns at once with what is pending.

A command stays pending until the feed has brought its events into the store, so a screen never shows what it only
hopes for. Undo lives with the operation's state; here is only the verb.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Protocol

import msgspec
from core import commands
from core import operations as asked
from core.dispatch.changes import Change, CloseStreet
from core.dispatch.commit_check import shown_of
from core.dispatch.decision import ImpactPreview, OverrideMode, ReasonCode
from core.dispatch.why_not import WhyNot
from core.disruption.disruption import DisruptionId, RecoveryOptions
from core.eta.coverage import CoverageReport
from core.eta.forecast_history import ForecastHistory
from core.events.envelope import Envelope
from core.geofencing.fence import Fence
from core.projections.decision_book import Undoable
from core.vocabulary import DriverId, Instant, OrderId, Position, RecommendationId, VehicleId
from PySide6.QtCore import QObject, QTimer

from app.city_streets import StreetsDownload
from app.past_moment import decode_moment
from app.pending_operation import PendingOperation, problem_of
from app.store import Store

COMMAND_TIMEOUT_S = 15.0
QUERY_TIMEOUT_S = 15.0
STREETS_TIMEOUT_S = 60.0
"""Streets of a large city take long to be made without one of them."""
REPLAY_TIMEOUT_S = 60.0
"""A moment far back is folded from far back."""
LOOK_EVERY_MS = 10


class AsksService(Protocol):
    """What carries a request to the service; `app.session.FeedClient` does."""

    def request(self, operation: str, argument: object, timeout_s: float = 15.0) -> Future[bytes]:
        """Return the future answer as MessagePack; it fails with a Refusal or a Fault."""
        ...


class Operations(QObject):
    """All verbs of the desk.

    Parameters
    ----------
    service : answers requests
    store : where a command's events arrive
    """

    def __init__(self, service: AsksService, store: Store, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._service = service
        self._store = store
        self._under_way: dict[int, PendingOperation] = {}
        self._begun = 0
        self._arrived: deque[Callable[[], None]] = deque()
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_EVERY_MS)
        self._timer.timeout.connect(self._look)

    @property
    def service(self) -> AsksService:
        """Return what the verbs are carried by, for whoever puts something before it."""
        return self._service

    @property
    def pending(self) -> int:
        """Return how many operations are under way."""
        return len(self._under_way)

    # --- decisions -----------------------------------------------------------------------------------------------

    def accept(self, recommendation_id: RecommendationId) -> PendingOperation:
        """Do what is recommended."""
        return self._command("Accept", commands.AcceptRecommendation(recommendation_id=recommendation_id))

    def dismiss(self, recommendation_id: RecommendationId, reason: str, for_s: float = 300.0) -> PendingOperation:
        """Not now; ask again after `for_s` seconds of operation time at the earliest."""
        command = commands.DismissRecommendation(recommendation_id=recommendation_id, reason=reason, for_s=for_s)
        return self._command("Dismiss", command)

    def hold(self, order_id: OrderId, for_s: float = 120.0) -> PendingOperation:
        """Let the platform decide nothing on this order for `for_s` seconds of operation time."""
        return self._command("Hold", commands.HoldOrder(order_id=order_id, for_s=for_s))

    def override(
        self, preview: ImpactPreview, reason: ReasonCode, note: str = "", mode: OverrideMode = OverrideMode.AS_IS
    ) -> PendingOperation:
        """Decide otherwise, as previewed; refused (``override.outcome_moved``) if the outcome is another one now."""
        command = commands.OverrideAssignment(
            change=preview.change, reason=reason, note=note, mode=mode, shown=shown_of(preview, mode)
        )
        return self._command("Override", command, _patience_s(preview.change, COMMAND_TIMEOUT_S))

    def undo(self, decision: Undoable) -> PendingOperation:
        """Take a decision back by a compensating command."""
        command = commands.UndoDecision(
            override_id=decision.override_id,
            recommendation_id=decision.recommendation_id,
            ruling=None if decision.ruling is None else decision.ruling.position,
        )
        return self._command("Undo", command)

    @property
    def latest_undoable(self) -> Undoable | None:
        """Return the newest decision that can be taken back, ``None`` if there is none."""
        undoable = self._store.operation.decisions.undoable
        return undoable[-1] if undoable else None

    def acknowledge(self, key: str) -> PendingOperation:
        """Say that an exception was seen; `key` such as ``late:O-48213``."""
        return self._command("Acknowledge", commands.AcknowledgeException(key=key))

    def command(self, label: str, command: commands.Command) -> PendingOperation:
        """Carry out any other command that the signed-in role may."""
        return self._command(label, command)

    # --- questions -----------------------------------------------------------------------------------------------

    def preview_change(self, change: Change, *, with_replanned: bool = True) -> PendingOperation:
        """Ask for the `ImpactPreview` of a change of plans."""
        argument = asked.PreviewOverride(change=change, with_replanned=with_replanned)
        patience_s = _patience_s(change, QUERY_TIMEOUT_S)
        return self._query("Preview", asked.PREVIEW_OVERRIDE, argument, ImpactPreview, patience_s)

    def timeline(self, order_id: OrderId) -> PendingOperation:
        """Ask for every event that touched an order: a tuple of `Envelope`, oldest first."""
        argument = asked.OrderTimeline(order_id=order_id)
        return self._query("Time line", asked.ORDER_TIMELINE, argument, tuple[Envelope, ...])

    def audit_page(self, before: int | None = None, limit: int = 100) -> PendingOperation:
        """Ask for `AuditEntries` before a leaf index, newest first."""
        argument = asked.AuditPage(before=before, limit=limit)
        return self._query("Audit", asked.AUDIT_PAGE, argument, asked.AuditEntries)

    def forecast_coverage(self) -> PendingOperation:
        """Ask how forecasts of arrivals came out so far: a `CoverageReport`."""
        return self._query("Coverage", asked.FORECAST_COVERAGE, None, CoverageReport)

    def doors_heard(self) -> PendingOperation:
        """Ask when each telemetry door was last heard: `DoorsHeard`."""
        return self._query("Doors", asked.DOORS_HEARD, None, asked.DoorsHeard)

    def order_forecasts(self, order_id: OrderId) -> PendingOperation:
        """Ask how the forecast of an order moved: a `ForecastHistory`, told and silent."""
        return self._query("Forecasts", asked.ORDER_FORECASTS, asked.OrderForecasts(order_id=order_id), ForecastHistory)

    def recovery_options(self, disruption_id: DisruptionId) -> PendingOperation:
        """Ask what can be done about a disruption now: `RecoveryOptions`, the recommended one first."""
        argument = asked.AskRecoveryOptions(disruption_id=disruption_id)
        return self._query("Options", asked.RECOVERY_OPTIONS, argument, RecoveryOptions)

    def why_not(self, order_id: OrderId, driver_id: DriverId) -> PendingOperation:
        """Ask why an order does not go to a driver: a `WhyNot`."""
        return self._query("Why not", asked.WHY_NOT, asked.AskWhyNot(order_id=order_id, driver_id=driver_id), WhyNot)

    def try_fence(self, fence: Fence, after: VehicleId | None = None) -> PendingOperation:
        """Ask which crossings a fence would have had in the last seven days: `FenceTrialled`, going on `after`."""
        argument = asked.TryGeofence(fence=fence, after=after)
        return self._query("Trial", asked.GEOFENCE_TRIAL, argument, asked.FenceTrialled)

    def corridor_way(self, corners: Sequence[Position]) -> PendingOperation:
        """Ask for the way along streets through corners: `CorridorWay`."""
        argument = asked.AskCorridorWay(corners=tuple(corners))
        return self._query("Way", asked.CORRIDOR_WAY, argument, asked.CorridorWay)

    def street_way(self, stops: Sequence[Position], round_place: Position | None = None) -> PendingOperation:
        """Ask for the way along streets through stops, round a place on an open one if given: `StreetWay`."""
        argument = asked.AskStreetWay(stops=tuple(stops), round_place=round_place)
        return self._query("Way", asked.STREET_WAY, argument, asked.StreetWay)

    def take_fences_out(self, file_format: asked.FenceFileFormat) -> PendingOperation:
        """Ask for the fences in force as a file: its bytes."""
        return self._query("Export", asked.FENCES_OUT, asked.TakeFencesOut(file_format=file_format), bytes)

    def bring_fences_in(
        self, content: bytes, file_format: asked.FenceFileFormat, *, draws: bool = False
    ) -> PendingOperation:
        """Ask what a file of fences would draw, or draw all of it: `FencesBroughtIn`."""
        argument = asked.BringFencesIn(content=content, file_format=file_format, draws=draws)
        return self._query("Import", asked.FENCES_IN, argument, asked.FencesBroughtIn)

    def search_places(self, query: str, near: Position | None = None, limit: int = 10) -> PendingOperation:
        """Ask for `PlacesFound`: streets and places by the beginnings of their words, best first."""
        argument = asked.PlacesSearch(query=query, near=near, limit=limit)
        return self._query("Search", asked.PLACES_SEARCH, argument, asked.PlacesFound)

    def operation_at(self, at: Instant, vehicles: Sequence[str], after: int | None = None) -> PendingOperation:
        """Ask for the `PastMoment` at an instant, with only the events since log position `after` if that is given."""
        argument = asked.OperationAt(at=at, after=after, vehicles=tuple(vehicles))
        pending = PendingOperation("Replay", self)
        answer = self._service.request(asked.OPERATION_AT, argument, REPLAY_TIMEOUT_S)
        self._settle_with(self._begin(pending), _then(answer, decode_moment))
        return pending

    def fetch_streets(self, cache_dir: Path) -> PendingOperation:
        """Get the city's streets, once: finishes with the `Path` of the .osm.pbf, `progressed` on the way."""
        welcome = self._store.welcome
        assert welcome is not None, "streets are asked for after the welcome"
        pending = PendingOperation("Streets", self)
        number = self._begin(pending)

        def show(share: float) -> None:
            self._arrived.append(lambda: self._under_way[number].progressed.emit(share))

        download = StreetsDownload(self._service, welcome.city, cache_dir, show)
        self._settle_with(number, download.start())
        return pending

    # --- under way -----------------------------------------------------------------------------------------------

    def _command(self, label: str, command: commands.Command, timeout_s: float = COMMAND_TIMEOUT_S) -> PendingOperation:
        answer = self._service.request(asked.COMMAND, command, timeout_s)
        return self._follow(_PendingCommand(label, self._store, self), answer, asked.Done)

    def _query(
        self, label: str, operation: str, argument: object, kind: object, timeout_s: float = QUERY_TIMEOUT_S
    ) -> PendingOperation:
        answer = self._service.request(operation, argument, timeout_s)
        return self._follow(PendingOperation(label, self), answer, kind)

    def _follow(self, pending: PendingOperation, answer: Future[bytes], kind: object) -> PendingOperation:
        decoded = _then(answer, lambda body: msgspec.msgpack.decode(body, type=kind))
        self._settle_with(self._begin(pending), decoded)
        return pending

    def _begin(self, pending: PendingOperation) -> int:
        """Keep it until it has ended; return the number under which other threads name it."""
        self._begun += 1
        number = self._begun
        self._under_way[number] = pending
        for ended in (pending.finished, pending.refused):
            ended.connect(lambda _: self._end(number))
        self._timer.start()
        return number

    def _look(self) -> None:
        """Run what other threads left here: they hold numbers and functions, never one of our Qt objects."""
        while self._arrived:
            self._arrived.popleft()()

    def _end(self, number: int) -> None:
        pending = self._under_way.pop(number)
        pending.setParent(None)
        if not self._under_way:
            self._timer.stop()

    def _settle_with[T](self, number: int, future: Future[T]) -> None:
        future.add_done_callback(lambda done: self._arrived.append(lambda: self._settle(number, done)))

    def _settle[T](self, number: int, done: Future[T]) -> None:
        error = done.exception()
        if error is None:
            self._under_way[number].answer(done.result())
        else:
            self._under_way[number].refuse(problem_of(error))


class _PendingCommand(PendingOperation):
    """Finishes when the store has reached the position of the command's last event."""

    def __init__(self, label: str, store: Store, parent: QObject) -> None:
        super().__init__(label, parent)
        self._store = store
        self._done: asked.Done | None = None

    def answer(self, result: object) -> None:
        """Wait for the feed."""
        assert isinstance(result, asked.Done)
        self._done = result
        if not self._reached(self._store.operation.position):
            self._store.advanced.connect(self._reached)

    def _reached(self, position: int) -> bool:
        if self._done is None or position < self._done.position:
            return False
        self.finish(self._done)
        return True


def _patience_s(change: Change, usual_s: float) -> float:
    """Return how long an answer about a change may take, wall seconds: to try streets without one takes making them."""
    return STREETS_TIMEOUT_S if isinstance(change, CloseStreet) else usual_s


def _then[T](future: Future[bytes], decode: Callable[[bytes], T]) -> Future[T]:
    """Return a future of the decoded result, decoded in the thread that completes the first one."""
    decoded: Future[T] = Future()

    def settle(answer: Future[bytes]) -> None:
        error = answer.exception()
        try:
            if error is not None:
                raise error
            decoded.set_result(decode(answer.result()))
        except Exception as failure:  # noqa: BLE001 - handed on to whoever waits
            decoded.set_exception(failure)

    future.add_done_callback(settle)
    return decoded
