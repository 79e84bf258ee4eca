"""Works the real desk by key and mouse events alone, takes pictures, and writes down what the desk saw.

It reads the store to know what to do next, as eyes would; it acts only through widgets. For demonstrations without a
screen, and for journeys in tests.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from app.connection import Phase
from app.latency import LatencySamples
from app.store import Store
from core.dispatch.decision import ReasonCode
from core.dispatch.waves.wave import WaveId, WaveState
from core.orders.order import Order, OrderState
from core.timekeeping import Clock
from core.vocabulary import OrderId
from ui.desk import Desk
from ui.main_window import MainWindow
from ui.panels.override_sheet import OverrideSheet
from ui.robot_steps import Script, ScriptRunner, Until
from widgets.stall_watchdog import StallWatchdog

_log = logging.getLogger(__name__)

_PATIENCE_S = 15.0
_LOOK_S = 1.0
_READ_S = 0.9
"""How long a proposal is looked at: longer than the card's guard against changes under the hand."""
_MOST_TRIES = 8
_MOST_WAVE_TRIES = 3
_RELEASE_S = 5.0
"""How long a release may take: a plan that moved meanwhile is refused, and the next one is tried."""
_NOTE = "bridge closed, driver knows a way round"


@dataclass(frozen=True, slots=True)
class RobotPlan:
    """What to do: sign in with which invitation, for how long, and when to change the transport (share of the time)."""

    invitation: Path
    out: Path
    wall_seconds: float
    switch_at: float = 0.5


@dataclass(slots=True)
class Deeds:
    """What was done, as far as the feed confirmed it."""

    accepted: int = 0
    overridden: int = 0
    undone: int = 0
    released: int = 0
    remarks: list[str] = field(default_factory=list)


class Robot(QObject):
    """One run; `finished` carries the exit code."""

    finished = Signal(int)

    def __init__(self, desk: Desk, watchdog: StallWatchdog, plan: RobotPlan, wall: Clock) -> None:
        super().__init__()
        self._desk, self._watchdog, self._plan, self._wall = desk, watchdog, plan, wall
        self._deeds = Deeds()
        self._until_at = self._switch_at = self._override_at = 0.0
        self._has_switched = False
        self._tries = self._wave_tries = 0
        self._runner = ScriptRunner(self._script(), wall, self)
        self._runner.ended.connect(self._finish)

    def start(self) -> None:
        """Start working."""
        self._until_at = self._wall.now() + self._plan.wall_seconds
        self._watchdog.start()
        self._runner.start()

    # --- the script ---

    def _script(self) -> Script[None]:
        started_at = self._wall.now()
        yield from self._sign_in()
        if self._desk.window is None:
            self._deeds.remarks.append("the desk did not open")
            return
        yield from self._look_round()
        self._switch_at = started_at + self._plan.wall_seconds * self._plan.switch_at
        self._override_at = started_at + self._plan.wall_seconds / 3.0
        while self._wall.now() < self._until_at:
            yield from self._next_deed()
        yield from self._picture("06_end")

    def _next_deed(self) -> Script[None]:
        now = self._wall.now()
        if not self._has_switched and now >= self._switch_at:
            yield from self._switch_transport()
        elif self._wave_tries < _MOST_WAVE_TRIES and self._proposed_wave() is not None:
            yield from self._release_wave()
        elif self._wants_override(now):
            yield from self._override_and_undo()
        else:
            yield from self._accept_one()

    def _wants_override(self, now: float) -> bool:
        """Say whether it is time for the override: after the first acceptance, or when a third of the time is over."""
        is_time = self._deeds.accepted > 0 or now >= self._override_at
        return is_time and not self._deeds.undone and self._tries < _MOST_TRIES

    def _sign_in(self) -> Script[None]:
        self._desk.ask_sign_in()
        sign_in = self._desk.sign_in
        assert sign_in is not None, "the sign-in was just opened"
        yield Until(sign_in.isVisible, _PATIENCE_S)
        self._activate(sign_in)
        clipboard = QGuiApplication.clipboard()
        clipboard.setText(self._plan.invitation.read_text(encoding="utf-8"))
        self._click(sign_in.field)
        QTest.keyClick(sign_in.field, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
        clipboard.clear()
        yield Until(sign_in.enter.isEnabled, _PATIENCE_S)
        self._click(sign_in.transports.chip("zeromq"))
        self._click(sign_in.enter)
        yield Until(lambda: self._desk.window is not None, 2 * _PATIENCE_S)

    def _look_round(self) -> Script[None]:
        window = self._window
        self._activate(window)
        yield Until(lambda: bool(window.watch.items), _PATIENCE_S)
        yield 4.0
        yield from self._picture("01_overview")

    def _accept_one(self) -> Script[None]:
        """Select an order that waits for a person, look at the card, and accept by Enter."""
        order_id = self._acceptable_order()
        if order_id is None:
            yield _LOOK_S
            return
        yield from self._select(order_id)
        yield _READ_S
        if not self._stands(order_id):
            return
        if self._deeds.accepted == 0:
            yield from self._picture("02_recommendation")
        accepted = self._store.operation.decisions.counts.accepted
        QTest.keyClick(self._focused, Qt.Key.Key_Return)
        was_accepted = yield Until(lambda: self._store.operation.decisions.counts.accepted > accepted, 4.0)
        self._deeds.accepted += was_accepted

    def _override_and_undo(self) -> Script[None]:
        """Give an order to another driver, with preview, reason and note, and take that back."""
        self._tries += 1
        order = self._overridable_order()
        if order is None:
            yield _LOOK_S
            return
        yield from self._select(order.order_id)
        QTest.keyClick(self._focused, Qt.Key.Key_O)
        sheet = self._window.override_sheet
        if not (yield Until(sheet.isVisible, _LOOK_S)):
            return
        was_committed = yield from self._fill_override(sheet)
        if not was_committed:
            QTest.keyClick(sheet, Qt.Key.Key_Escape)
            yield _LOOK_S
            return
        self._deeds.overridden += 1
        yield 1.5
        yield from self._undo()

    def _fill_override(self, sheet: OverrideSheet) -> Script[bool]:
        """Choose a driver, read the preview, give the reason, commit; return whether it is done."""
        if sheet.choice.isVisible():
            yield 0.5
            QTest.keyClick(sheet.choice.field, Qt.Key.Key_Down)
            QTest.keyClick(sheet.choice.field, Qt.Key.Key_Return)
        yield Until(sheet.impact.isVisible, _LOOK_S)
        self._click(sheet.impact.reasons.chip(ReasonCode.LOCAL_KNOWLEDGE.value))
        self._click(sheet.impact.note)
        QTest.keyClicks(sheet.impact.note, _NOTE)
        if not (yield Until(sheet.commit.isEnabled, _PATIENCE_S)):
            return False
        yield from self._picture("03_override")
        overridden = self._store.operation.decisions.counts.overridden
        yield Until(sheet.commit.isEnabled, _PATIENCE_S)
        QTest.keyClick(self._focused, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        return (yield Until(lambda: self._store.operation.decisions.counts.overridden > overridden, _PATIENCE_S))

    def _undo(self) -> Script[None]:
        """Take the override back by Ctrl+Z, from the list."""
        yield Until(lambda: not self._window.override_sheet.isVisible(), _LOOK_S)
        self._window.exceptions.rows.setFocus()
        undone = self._store.operation.decisions.counts.undone
        QTest.keyClick(self._focused, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        self._deeds.undone += yield Until(lambda: self._store.operation.decisions.counts.undone > undone, _PATIENCE_S)
        yield 1.0
        yield from self._picture("04_after_undo")

    def _release_wave(self) -> Script[None]:
        """Look at the plan that waits for release, release it, and look at its routes on the map."""
        self._wave_tries += 1
        self._window.exceptions.rows.setFocus()
        QTest.keyClick(self._focused, Qt.Key.Key_W)
        sheet = self._window.sheets.waves
        if not (yield Until(sheet.isVisible, _LOOK_S)):
            self._deeds.remarks.append("the page of waves did not open")
            return
        yield _READ_S
        yield from self._picture("07_wave")
        QTest.keyClick(self._focused, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        self._deeds.released += yield Until(lambda: self._proposed_wave() is None, _RELEASE_S)
        QTest.keyClick(self._focused, Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier)
        yield 2.0
        yield from self._picture("08_wave_on_map")
        self._click(self._window.map.chips.chip("waves"))
        self._window.exceptions.rows.setFocus()

    def _switch_transport(self) -> Script[None]:
        """Change to WebSocket by the command line."""
        yield from self._type_line("connect websocket")

        def is_live() -> bool:
            connection = self._store.connection
            return connection.kind == "websocket" and connection.phase is Phase.LIVE

        is_switched = yield Until(is_live, 2 * _PATIENCE_S)
        if not is_switched:
            self._deeds.remarks.append("the transport did not change")
        self._has_switched = True
        yield 2.0
        yield from self._picture("05_websocket")

    # --- eyes ---

    @property
    def _window(self) -> MainWindow:
        assert self._desk.window is not None, "the desk is open"
        return self._desk.window

    @property
    def _store(self) -> Store:
        assert self._desk.store is not None, "the desk is connected"
        return self._desk.store

    def _stands(self, order_id: OrderId) -> bool:
        return order_id in self._store.operation.decisions.standing

    def _acceptable_order(self) -> OrderId | None:
        """Return the order whose proposal waits longest."""
        standing = [one for one in self._store.operation.decisions.standing.values() if one.driver_id is not None]
        oldest = min(standing, key=lambda proposal: proposal.made_at, default=None)
        return oldest.order_id if oldest is not None else None

    def _overridable_order(self) -> Order | None:
        """Return an order that a person could give to another driver: the one assigned last."""
        board = self._store.operation.orders
        assigned = [order for order in board.open_orders() if order.state is OrderState.ASSIGNED]
        return max(assigned, key=lambda order: order.assigned_at or 0.0, default=None)

    def _proposed_wave(self) -> WaveId | None:
        """Return the wave whose first plan waits for release."""
        waves = self._store.operation.waves.running()
        return next((wave.wave_id for wave in waves if wave.state is WaveState.PROPOSED), None)

    # --- hands ---

    @property
    def _focused(self) -> QWidget:
        return QApplication.focusWidget() or self._window

    def _activate(self, window: QWidget) -> None:
        window.raise_()
        window.activateWindow()
        QApplication.setActiveWindow(window)

    def _click(self, widget: QWidget) -> None:
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton)

    def _type_line(self, line: str) -> Script[None]:
        """Type a line into the command line and enter it."""
        self._activate(self._window)
        field = self._window.command_bar.line
        self._click(field)
        yield Until(field.hasFocus, _LOOK_S)
        QTest.keyClicks(field, line)
        QTest.keyClick(field, Qt.Key.Key_Return)

    def _select(self, order_id: OrderId) -> Script[None]:
        """Walk the exceptions to an order; one that is not listed is found by its id."""
        rows = self._window.exceptions.rows
        selection = self._window.selection
        rows.setFocus()
        for _ in range(rows.records.rowCount()):
            if selection.order_id == order_id:
                return
            QTest.keyClick(rows, Qt.Key.Key_J)
            yield 0.05
        if selection.order_id != order_id:
            yield from self._type_line(order_id)
            yield Until(lambda: selection.order_id == order_id, _LOOK_S)

    # --- what is kept ---

    def _picture(self, name: str) -> Script[None]:
        """Take a picture of the window once the map has painted what it was given."""
        window = self._window
        painted: list[QImage] = []
        window.map.map.grab_image(painted.append)
        yield Until(lambda: bool(painted), _PATIENCE_S)
        path = self._plan.out / "screenshots" / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        # Painting and packing a whole picture is the robot's doing, no stall that a dispatcher would feel.
        self._watchdog.stop()
        window.grab().save(str(path))
        self._watchdog.start()

    def _finish(self) -> None:
        self.write_report()
        self.finished.emit(0 if self._desk.window is not None else 1)

    def write_report(self) -> None:
        """Write what was seen so far; also when it was asked to stop early."""
        self._watchdog.stop()
        self._plan.out.mkdir(parents=True, exist_ok=True)
        report = robot_report(self._desk.store, self._watchdog, self._deeds, self._desk.failures)
        (self._plan.out / "desk.json").write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


def robot_report(store: Store | None, watchdog: StallWatchdog, deeds: Deeds, failures: list[str]) -> dict[str, object]:
    """Return what the desk saw and did: feed, latencies in milliseconds, stalls, deeds, and its own failures."""
    return {
        "feed": {
            "transport_seconds": {} if store is None else _rounded(store.connected_seconds()),
            "gaps": 0 if store is None else store.connection.gaps,
            "reconnects": 0 if store is None else store.connection.reconnects,
        },
        "latency_ms": {
            "fix_to_desk": _percentiles(store.fix_to_desk if store else None),
            "order_to_recommendation": _percentiles(store.order_to_recommendation if store else None),
        },
        "stalls": {
            "count": watchdog.stalls,
            "longest_ms": round(watchdog.longest_ms, 1),
            "worst_sources": dict(watchdog.sources.most_common(10)),
        },
        "accepted": deeds.accepted,
        "overridden": deeds.overridden,
        "undone": deeds.undone,
        "released": deeds.released,
        "remarks": deeds.remarks,
        "errors": failures,
    }


def _rounded(seconds: dict[str, float]) -> dict[str, float]:
    return {kind: round(value, 1) for kind, value in seconds.items()}


def _percentiles(samples: LatencySamples | None) -> dict[str, float | None]:
    figures = {f"p{percent}": samples.percentile_ms(percent) if samples else None for percent in (50, 99)}
    return {name: None if value is None else round(value, 1) for name, value in figures.items()}
