"""Leaves a whole desk open for a simulated shift and says what it weighs: `python -m ui.long_shift [--hours H]`.

The real window with every panel and the map is fed through the real store, as fast as it goes; its timers run quicker
by as much as they can. A person walks the exceptions, opens the palette and changes workspaces now and then. Prints one
line of JSON: megabytes of this process and of the web engine's, each five minutes of operation time.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import statistics
import sys
import tempfile
from concurrent.futures import Future
from itertools import combinations
from pathlib import Path
from zoneinfo import ZoneInfo

import psutil
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication

from app.command_catalogue import CommandId
from app.connection import Connection, Phase
from app.feed_inbox import FeedInbox
from app.feed_reader import Beat, Happened, Welcomed
from app.operations import Operations
from app.store import Store
from core import wire
from core.events.envelope import Envelope, Event
from core.timekeeping import SteppedClock
from core.vocabulary import PLATFORM, Role
from ui.desk_context import DeskContext, Person
from ui.invented_shift import InventedShift
from ui.main_window import MainWindow
from ui.phrasebook import Phrasebook
from ui.selection import Selection
from widgets.theme.appearance import apply_theme
from widgets.theme.tokens import Theme

_STARTS_AT = 1_795_190_400.0
_STEP_S = 10.0
_WEIGHED_EVERY_S = 300.0
_WEIGHTS_PER_HOUR = 12
_WARM_UP_HOURS = 2
"""The page lives at the machine's pace: two hours of operation time are half a minute of its own."""
_KEPT_KINDS = ("Pss_Anon:", "Pss_Shmem:")
_QUICK_MS = 15
"""What timers that repeat or wait are set to."""
_CITY = wire.CityCard(
    name="Invented",
    time_zone="America/Santiago",
    currency="CLP",
    south=-30.05,
    west=-71.40,
    north=-29.80,
    east=-71.15,
    streets_digest="0" * 64,
    streets_bytes=0,
)


class _SilentService:
    """Lets every question wait until it is given up: what matters here is what comes by itself."""

    def request(self, operation: str, argument: object, timeout_s: float = 15.0) -> Future[bytes]:
        return Future()


class LongShift:
    """One desk and its shift.

    Parameters
    ----------
    application : QApplication
    state_dir : where the desk keeps what it keeps
    shift : what happens; an ordinary one by default

    Attributes
    ----------
    window : the desk's
    weights : megabytes of the desk's process, of the web engine's, and living QObjects, each five minutes
    """

    def __init__(self, application: QApplication, state_dir: Path, shift: InventedShift | None = None) -> None:
        self._application, self._shift = application, shift or InventedShift()
        self._wall, self._inbox = SteppedClock(_STARTS_AT), FeedInbox()
        self._store = Store(self._inbox, self._wall)
        self._process = psutil.Process()
        self.weights: list[tuple[float, float, int]] = []
        self._welcome()
        self._happened(list(self._shift.opening(_STARTS_AT)))
        self.window = self._open(state_dir)

    def run(self, hours: float) -> None:
        """Step through the shift, with timers as quick as it."""
        for timer in self.window.findChildren(QTimer):
            timer.setInterval(min(timer.interval(), _QUICK_MS))
        steps = round(hours * 3600.0 / _STEP_S)
        for step in range(1, steps + 1):
            self.let_pass(step)
            self._work(step)
            self._let_events_run()
            if step * _STEP_S % _WEIGHED_EVERY_S == 0:
                self._weigh()
        self.window.close()

    def let_pass(self, step: int = 0) -> None:
        """Let the seconds of one step pass: what happened in them comes in and is folded."""
        self._wall.step_to(self._wall.now() + _STEP_S)
        now = self._wall.now()
        self._inbox.put(Beat(wire.Heartbeat(position=0, server_now_at=now, wall_at=now), now, None))
        self._happened(list(self._shift.events_until(now)))
        self._inbox.put(self._shift.positions(now, now))
        if step % 3 == 0:
            self._inbox.put(self._shift.forecasts(now))
        if step % 6 == 0:
            self._inbox.put(self._shift.pressure(now))
        self._store.drain()

    def _let_events_run(self) -> None:
        self._application.processEvents()
        # What was to be deleted later goes by itself only under a running event loop; here the steps are the loop.
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)

    def _work(self, step: int) -> None:
        """Do what a person does, in turn."""
        if step % 9 == 0:
            listed = self.window.exceptions.listed_orders()
            if listed:
                self.window.selection.select("order", listed[step % len(listed)])
        if step % 90 == 0:
            self.window.sheets.palette.open_palette()
            self.window.sheets.palette.field.setText("48")
            self.window.sheets.palette.close_sheet()
        if step % 360 == 40:  # and back, well before the next weighing: what is weighed is always the same window
            self.window.commands.run_key(CommandId.WORK_AS_SUPERVISOR)
        if step % 360 == 46:
            self.window.commands.run_key(CommandId.WORK_AS_DISPATCHER)

    def _weigh(self) -> None:
        self._application.processEvents()
        gc.collect()
        engines = sum(_weight(child) for child in self._process.children(recursive=True))
        objects = len(self.window.findChildren(QObject))
        self.weights.append((_weight(self._process) / 2**20, engines / 2**20, objects))

    def _open(self, state_dir: Path) -> MainWindow:
        store, zone = self._store, ZoneInfo(_CITY.time_zone)
        context = DeskContext(
            store=store,
            operations=Operations(_SilentService(), store),
            selection=Selection(),
            zone=zone,
            city=_CITY,
            now=store.clock.now,
            person=Person("Marta Rojas", Role.DISPATCHER),
            say=Phrasebook(lambda: store.operation, zone, _CITY.currency),
        )
        window = MainWindow(context, state_dir, lambda _: None)
        window.resize(1920, 1080)
        window.arrange(1920)
        window.show()
        return window

    def _welcome(self) -> None:
        welcome = wire.Welcome(
            session="shift",
            log_id="shift",
            position=0,
            server_now_at=_STARTS_AT,
            wall_at=_STARTS_AT,
            speed=1.0,
            user_id="rojas",
            user_name="Marta Rojas",
            role=Role.DISPATCHER,
            token_expires_at=_STARTS_AT + 90_000,
            city=_CITY,
        )
        self._inbox.put(Welcomed(welcome, _STARTS_AT))
        self._inbox.put(Connection(phase=Phase.LIVE, kind="zeromq", address="zmq://shift"))
        self._store.drain()

    def _happened(self, events: list[Event]) -> None:
        position, now = self._store.operation.position, self._wall.now()
        rows = []
        for at, event in enumerate(events, start=position + 1):
            envelope = Envelope(
                position=at,
                stream="shift",
                version=at,
                type=event.event_type(),
                schema=1,
                occurred_at=now,
                recorded_at=now,
                stored_at=now,
                actor=PLATFORM,
            )
            rows.append((envelope, event))
        if rows:
            self._inbox.put(Happened(tuple(rows)))
        while self._store.operation.position < position + len(rows):
            self._store.drain()


def _weight(process: psutil.Process) -> int:
    """Return the bytes that a process filled itself, with its part of those that it shares with others.

    Resident bytes would count what the parts of the web engine share once for each, and would rise and fall with the
    pages of program files, which the system lends and takes back as other programs come and go.
    """
    told = Path(f"/proc/{process.pid}/smaps_rollup")
    if not told.exists():
        return int(process.memory_full_info().uss)
    sizes = (line.split() for line in told.read_text().splitlines())
    return sum(int(size[1]) * 1024 for size in sizes if size[0] in _KEPT_KINDS)


def growth(megabytes: list[float], per_hour: int = _WEIGHTS_PER_HOUR) -> float:
    """Return by which share the weight grew after the first two hours: its trend until the end over the third hour.

    The trend is that of Theil and Sen, the median of the slopes between all pairs: the web engine's weight goes up and
    down by 15 % with its collections, and the mean of one hour says when the last one was rather than what is held.
    """
    after = megabytes[_WARM_UP_HOURS * per_hour :]
    if len(after) < 2:
        return 0.0
    slopes = [(later - sooner) / (at - to) for (to, sooner), (at, later) in combinations(enumerate(after), 2)]
    return statistics.median(slopes) * (len(after) - 1) / statistics.median(after[:per_hour])


def main(application: QApplication, arguments: list[str]) -> int:
    """Run the shift and print what it weighed."""
    parser = argparse.ArgumentParser(prog="python -m ui.long_shift")
    parser.add_argument("--hours", type=float, default=8.0, help="of operation time (default %(default)s)")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        shift = LongShift(application, Path(folder))
        shift.run(options.hours)
    desk, engine = [weight[0] for weight in shift.weights], [weight[1] for weight in shift.weights]
    told = {
        "hours": options.hours,
        "desk_mb": [round(value, 1) for value in desk],
        "engine_mb": [round(value, 1) for value in engine],
        "objects": [weight[2] for weight in shift.weights],
        "growth": round(growth(desk), 4),
        "engine_growth": round(growth(engine), 4),
    }
    print(json.dumps(told))
    return 0


def make_application() -> QApplication:
    """Return an application without a screen, for a desk that is measured."""
    from PySide6.QtCore import Qt
    from PySide6.QtWebEngineWidgets import QWebEngineView as _WebEngineFirst  # noqa: F401 - before the QApplication

    from widgets.live_map.engine_memory import keep_heap_small
    from widgets.live_map.scheme import register_scheme

    os.environ.update(QT_QPA_PLATFORM="offscreen", QT_QUICK_BACKEND="software")
    os.environ.setdefault("QTWEBENGINE_CHROMIUM_FLAGS", "--disable-gpu")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        os.environ.setdefault("QTWEBENGINE_DISABLE_SANDBOX", "1")
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    keep_heap_small()
    register_scheme()
    application = QApplication(sys.argv[:1])
    apply_theme(application, Theme.DARK)
    return application


if __name__ == "__main__":
    sys.exit(main(make_application(), sys.argv[1:]))
