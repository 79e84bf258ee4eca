"""Measures the live map by itself: frames while it is panned and zoomed by keys over moving vehicles.

    python -m widgets.live_map.frame_bench --city FILE.osm.pbf --vehicles 20000 --seconds 10

Prints one line of JSON: frames per second as the page counts what it has drawn, each second; stalls of the GUI thread;
megabytes of this process and of the web engine's.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable
from itertools import count, cycle
from pathlib import Path

import psutil
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from resources.opener import open_path
from widgets.basemap.base_map import BaseMap
from widgets.live_map.invented_day import InventedDay
from widgets.live_map.live_map import LiveMap
from widgets.live_map.scheme import register_scheme
from widgets.stall_watchdog import StallWatchdog
from widgets.theme.tokens import Theme, tokens_of

_FIXES_MS, _KEYS_MS, _SAMPLE_MS = 500, 120, 1000
_WARM_UP_S = 4.0
_WALK = (
    *(Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Plus, Qt.Key.Key_Down, Qt.Key.Key_Left),
    *(Qt.Key.Key_Minus, Qt.Key.Key_Up, Qt.Key.Key_Left, Qt.Key.Key_Right),
)


class FrameBench:
    """One view, what moves in it, and what is counted."""

    def __init__(self, view: QWidget, frames: Callable[[], float], move: Callable[[int], None], seconds: float) -> None:
        self._view, self._frames, self._move, self._seconds = view, frames, move, seconds
        self._keys = cycle(_WALK)
        self._watchdog = StallWatchdog()
        self._samples: list[float] = []
        self._ticks = count()
        self._timers = [
            self._every(_FIXES_MS, lambda: self._move(next(self._ticks))),
            self._every(_KEYS_MS, self._press),
        ]

    def start(self) -> None:
        """Warm up, measure, and quit."""
        for timer in self._timers:
            timer.start()
        QTimer.singleShot(int(_WARM_UP_S * 1000), self._measure)

    def report(self) -> dict[str, object]:
        """Return what was counted."""
        own = psutil.Process()
        engine = sum(child.memory_info().rss for child in own.children(recursive=True))
        return {
            "frames_per_second": self._samples,
            "stalls": self._watchdog.stalls,
            "longest_stall_ms": round(self._watchdog.longest_ms, 1),
            "desk_mb": round(own.memory_info().rss / 1e6, 1),
            "engine_mb": round(engine / 1e6, 1),
        }

    def _every(self, interval_ms: int, deed: Callable[[], None]) -> QTimer:
        timer = QTimer(self._view, interval=interval_ms)
        timer.timeout.connect(deed)
        return timer

    def _measure(self) -> None:
        self._watchdog.start()
        sampling = self._every(_SAMPLE_MS, lambda: self._samples.append(round(self._frames(), 1)))
        sampling.start()
        QTimer.singleShot(int(self._seconds * 1000) + _SAMPLE_MS // 2, self._finish)

    def _finish(self) -> None:
        self._watchdog.stop()
        sys.stdout.write(json.dumps(self.report()) + "\n")
        QApplication.quit()

    def _press(self) -> None:
        QTest.keyClick(self._view, next(self._keys))


def main() -> int:
    """Run it; return the exit code."""
    options = _options()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ.setdefault("QT_QUICK_BACKEND", "software")
    os.environ.setdefault("QTWEBENGINE_CHROMIUM_FLAGS", "--disable-gpu")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        os.environ.setdefault("QTWEBENGINE_DISABLE_SANDBOX", "1")  # the engine's sandbox refuses root
    register_scheme()
    application = QApplication(sys.argv[:1])
    day = InventedDay(options.city, options.vehicles)
    # Made beforehand: what it costs to invent them is not the map's.
    ticks = [day.vehicles_at(number * _FIXES_MS / 1000) for number in range(_ticks(options.seconds))]
    with tempfile.TemporaryDirectory(prefix="tower-tiles-") as scratch:
        base_map = BaseMap.open(options.city, options.cache or Path(scratch), Theme.DARK)
        live_map = LiveMap(base_map, tokens=tokens_of(Theme.DARK))
        live_map.resize(options.width, options.height)
        live_map.set_area(*day.area)
        bench = FrameBench(
            live_map,
            live_map.frames_per_second,
            lambda number: live_map.set_vehicles(ticks[number % len(ticks)]),
            options.seconds,
        )
        live_map.ready.connect(bench.start)
        live_map.show()
        code = application.exec()
        live_map.close_page()
        base_map.close()
    return code


def _ticks(seconds: float) -> int:
    return int((seconds + _WARM_UP_S) * 1000 / _FIXES_MS) + 2


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m widgets.live_map.frame_bench", description=__doc__)
    parser.add_argument("--city", type=Path, default=open_path("city/la_serena.osm.pbf"))
    parser.add_argument("--cache", type=Path, help="folder for painted tiles; a temporary one by default")
    parser.add_argument("--vehicles", type=int, default=20_000)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--width", type=int, default=1000)
    parser.add_argument("--height", type=int, default=640)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
