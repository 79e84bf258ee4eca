"""Starts a desk: `python -m app [ADDRESS] [--invitation FILE]`; `--robot` works it by keys and mouse, without a screen.

The one place of the client that knows screens. What must be set before Qt starts is set here.
"""

from __future__ import annotations

import argparse
import faulthandler
import json
import logging
import os
import signal
import sys
import time
import traceback
from collections.abc import Sequence
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

from core.invitation import parse
from core.refusals import Refusal
from PySide6.QtCore import QLocale, QSize, QStandardPaths, Qt, QTimer, QTranslator
from PySide6.QtWebEngineWidgets import QWebEngineView as _WebEngineFirst  # noqa: F401 - before the QApplication
from PySide6.QtWidgets import QApplication
from resources.opener import open_path
from ui.desk import Desk
from widgets.live_map.engine_memory import keep_heap_small
from widgets.live_map.scheme import register_scheme
from widgets.stall_watchdog import StallWatchdog
from widgets.theme.appearance import apply_theme
from widgets.theme.tokens import Theme

from app.garbage_rounds import GarbageRounds
from app.wall_clock import WallClock

_log = logging.getLogger("desk")
_FAILED = 1
_IMPORTED_AT = WallClock().now()
_LIVE_WITHIN_MS = 60_000
_LOOK_S = 0.02
_WINDOW = QSize(1920, 1080)
_TURN_S = 0.0005
"""How long another Python thread may go on once the GUI thread wants its turn. Most calls into Qt give the turn away:
with Python's usual 5 ms, painting one table beside a busy feed waits for it hundreds of times."""


def main(arguments: Sequence[str]) -> int:
    """Open the desk and return its exit code."""
    options = _options(arguments)
    sys.setswitchinterval(_TURN_S)
    state_dir: Path = options.state_dir or _state_dir()
    _log_to(state_dir / "desk.log")
    is_unseen = bool(options.robot or options.screenshot or options.until_live)
    application = _make_application(is_unseen)
    if options.invitation and options.await_invitation:
        _wait_for(options.invitation, options.await_invitation)
    watchdog = StallWatchdog(names_places=options.stall_places)
    desk = Desk(WallClock(), state_dir, address=options.address or "", size=options.size if is_unseen else None)
    sys.excepthook = _Wall(desk)
    desk.ended.connect(application.quit)
    if options.until_live:
        code = _run_until_live(application, desk, watchdog, options)
    elif options.robot:
        code = _run_robot(application, desk, watchdog, options)
    else:
        code = _run(application, desk, watchdog, options)
    desk.close()
    return code


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m app", description="Open a desk and connect it to a service.")
    parser.add_argument("address", metavar="ADDRESS", nargs="?", help="connect here: zmq://, ws:// or wss://")
    parser.add_argument("--invitation", type=Path, metavar="FILE", help="sign in with this invitation")
    parser.add_argument(
        "--await-invitation", type=float, metavar="S", help="wait so long for a service that starts now to write it"
    )
    parser.add_argument("--state-dir", type=Path, metavar="DIR", help="where streets and tiles are kept")
    parser.add_argument("--screenshot", type=Path, metavar="FILE", help="write a picture after --after seconds and end")
    parser.add_argument("--size", type=_size, default=_WINDOW, metavar="WxH", help="of the picture (default 1920x1080)")
    parser.add_argument("--after", type=float, default=8.0, metavar="S", help="seconds before the picture (default 8)")
    parser.add_argument("--stall-places", action="store_true", help="name where the desk stood still; not for work")
    parser.add_argument(
        "--until-live",
        action="store_true",
        help="end with the first live frame and print as JSON when what was reached; for development",
    )
    robot = parser.add_argument_group("worked by keys and mouse, without a screen")
    robot.add_argument("--robot", action="store_true", help="work the desk for a while and write what was seen")
    robot.add_argument("--out", type=Path, default=Path("desk-robot"), metavar="DIR", help="pictures and desk.json")
    robot.add_argument("--wall-seconds", type=float, default=120.0, metavar="S", help="how long (default 120)")
    robot.add_argument(
        "--transport-switch-at", type=float, default=0.5, metavar="SHARE", help="of the time over ZeroMQ (default 0.5)"
    )
    return parser.parse_args(arguments)


def _wait_for(path: Path, seconds: float) -> None:
    """Return once the file is there, or after `seconds`; no window is open that could stand still."""
    deadline = time.monotonic() + seconds
    while not path.exists() and time.monotonic() < deadline:
        time.sleep(_LOOK_S)


def _size(text: str) -> QSize:
    width, _, height = text.partition("x")
    return QSize(int(width), int(height))


def _make_application(is_unseen: bool) -> QApplication:
    """Make the application; the web engine wants its flags, and the map its scheme, before."""
    if is_unseen or (sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if os.environ.get("QT_QPA_PLATFORM", "").startswith("offscreen"):
        os.environ.setdefault("QT_QUICK_BACKEND", "software")
        os.environ.setdefault("QTWEBENGINE_CHROMIUM_FLAGS", "--disable-gpu")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        os.environ.setdefault("QTWEBENGINE_DISABLE_SANDBOX", "1")
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    keep_heap_small()
    register_scheme()
    application = QApplication(sys.argv[:1])
    application.setApplicationName("Tower")
    GarbageRounds(application)
    _translate(application)
    apply_theme(application, Theme.DARK)
    return application


def _translate(application: QApplication) -> None:
    """Speak the language of this machine if its translation ships; else the English that is written in the code."""
    translator = QTranslator(application)
    if translator.load(QLocale(), "tower", "_", str(open_path("translations"))):
        application.installTranslator(translator)


def _run(application: QApplication, desk: Desk, watchdog: StallWatchdog, options: argparse.Namespace) -> int:
    if not _open(desk, options):
        return _FAILED
    watchdog.start()
    _quit_on_signals(application)
    if options.screenshot is not None:
        desk.opened.connect(lambda: QTimer.singleShot(int(options.after * 1000), lambda: _picture(desk, options)))
    code = application.exec()
    watchdog.stop()
    _log.info("%d stalls over 50 ms, the longest %.0f ms", watchdog.stalls, watchdog.longest_ms)
    return code


def _open(desk: Desk, options: argparse.Namespace) -> bool:
    """Sign in with the invitation given, or ask for one; return whether that began."""
    if options.invitation is None:
        desk.ask_sign_in()
        return True
    try:
        invitation = parse(options.invitation.read_text(encoding="utf-8"))
    except (OSError, Refusal) as problem:
        print(f"tower desk: {options.invitation}: {problem}", file=sys.stderr)
        return False
    desk.connect_with(invitation, desk.address_of(invitation))
    return True


def _picture(desk: Desk, options: argparse.Namespace) -> None:
    """Write a picture of the window once the map is painted, and end."""
    window = desk.window
    assert window is not None, "the window was opened before"

    def save(_map: object) -> None:
        window.grab().save(str(options.screenshot))
        QApplication.quit()

    window.map.map.grab_image(save)


def _run_until_live(application: QApplication, desk: Desk, watchdog: StallWatchdog, options: argparse.Namespace) -> int:
    from ui.first_frame import FirstFrame

    made_at, wall = WallClock().now(), WallClock()
    frame = FirstFrame(desk, wall)
    frame.live.connect(application.quit)
    QTimer.singleShot(_LIVE_WITHIN_MS, lambda: application.exit(_FAILED))
    _quit_on_signals(application)
    if not _open(desk, options):
        return _FAILED
    watchdog.start()
    code = application.exec()
    watchdog.stop()
    told = {"imported": _IMPORTED_AT, "application": made_at, **frame.reached}
    print(json.dumps({"reached": told, "longest_stall_ms": watchdog.longest_ms, "stalls": watchdog.stalls}))
    return code


def _run_robot(application: QApplication, desk: Desk, watchdog: StallWatchdog, options: argparse.Namespace) -> int:
    from ui.robot import Robot, RobotPlan

    plan = RobotPlan(
        invitation=options.invitation,
        out=options.out,
        wall_seconds=options.wall_seconds,
        switch_at=options.transport_switch_at,
    )
    robot = Robot(desk, watchdog, plan, WallClock())
    _quit_on_signals(application)
    robot.finished.connect(application.exit)
    robot.start()
    code = application.exec()
    robot.write_report()
    return code


class _Wall:
    """The outer wall: a bug is logged and shown, and the desk goes on."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def __call__(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            QApplication.quit()
            return
        details = "".join(traceback.format_exception(kind, error, trace))
        _log.error("the desk failed\n%s", details)
        print(details, file=sys.stderr)
        self._desk.note_failure(details, trace)
        # Python remembers the last failure; a painter in its frames must end while what it painted on lives.
        traceback.clear_frames(trace)


def _quit_on_signals(application: QApplication) -> None:
    """End in good order on Ctrl-C and on being asked to stop; Python looks at signals only between its own steps."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: application.quit())
    look = QTimer(application, interval=200)
    look.timeout.connect(lambda: None)
    look.start()


def _state_dir() -> Path:
    place = QStandardPaths.StandardLocation.GenericDataLocation
    return Path(QStandardPaths.writableLocation(place)) / "tower-desk"


def _log_to(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(path, maxBytes=1_000_000, backupCount=2, encoding="utf-8")
    logging.basicConfig(
        level=logging.INFO, handlers=[handler], format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    faulthandler.enable()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
