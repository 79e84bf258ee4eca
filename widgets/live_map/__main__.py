"""Shows the live map by itself, with invented vehicles on a real city: ``python -m widgets.live_map``.

For looking at the map and measuring it; nothing in it is an operation.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

from PySide6.QtCore import QElapsedTimer, QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from resources.opener import open_path
from widgets.basemap.base_map import BaseMap
from widgets.live_map.invented_day import InventedDay
from widgets.live_map.live_map import LiveMap
from widgets.live_map.scheme import register_scheme
from widgets.theme.tokens import Theme, tokens_of

_TICK_MS = 500


def main() -> int:
    """Run the demonstration; return its exit code."""
    options = _options()
    if options.screenshot:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        os.environ.setdefault("QT_QUICK_BACKEND", "software")
        os.environ.setdefault("QTWEBENGINE_CHROMIUM_FLAGS", "--disable-gpu")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        os.environ.setdefault("QTWEBENGINE_DISABLE_SANDBOX", "1")  # the engine's sandbox refuses root
    register_scheme()
    application = QApplication(sys.argv[:1])
    with tempfile.TemporaryDirectory(prefix="tower-tiles-") as scratch:
        base_map = BaseMap.open(options.city, options.cache or Path(scratch), options.theme)
        live_map = LiveMap(base_map, tokens=tokens_of(options.theme))
        live_map.resize(options.width, options.height)
        _show_day(live_map, InventedDay(options.city, options.vehicles), options)
        live_map.show()
        code = application.exec()
        live_map.close_page()
        base_map.close()
    return code


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m widgets.live_map", description=__doc__)
    parser.add_argument("--city", type=Path, default=open_path("city/la_serena.osm.pbf"))
    parser.add_argument("--cache", type=Path, help="folder for painted tiles; a temporary one by default")
    parser.add_argument("--vehicles", type=int, default=300)
    parser.add_argument("--theme", type=Theme, default=Theme.DARK, help="dark or light")
    parser.add_argument("--width", type=int, default=1000)
    parser.add_argument("--height", type=int, default=640)
    parser.add_argument("--hatched", action="store_true", help="show the disconnected state")
    parser.add_argument("--zoom-to", type=float, nargs=2, metavar=("LAT", "LON"))
    parser.add_argument("--screenshot", type=Path, help="write a picture once painted, and end")
    parser.add_argument("--after", type=float, default=3.0, help="seconds to run before the picture")
    return parser.parse_args()


def _show_day(live_map: LiveMap, day: InventedDay, options: argparse.Namespace) -> None:
    clock = QElapsedTimer()
    clock.start()
    live_map.set_area(*day.area)
    live_map.set_zones(day.zones())
    live_map.set_fences(day.fences())
    live_map.set_routes(day.routes())
    live_map.set_stops(day.stops())
    live_map.set_vehicles(day.vehicles_at(0.0))
    live_map.set_callouts(day.callouts())
    live_map.select("vehicle", day.selected_id)
    if options.hatched:
        live_map.set_hatched(True, "Positions are 47 s old. Not moved by guess.")
    timer = QTimer(live_map)
    timer.timeout.connect(lambda: live_map.set_vehicles(day.vehicles_at(clock.elapsed() / 1000)))
    live_map.ready.connect(lambda: timer.start(_TICK_MS))
    if options.zoom_to:
        live_map.ready.connect(lambda: live_map.zoom_to(*options.zoom_to))
    if options.screenshot:
        live_map.ready.connect(
            lambda: QTimer.singleShot(int(options.after * 1000), lambda: _write(live_map, options.screenshot))
        )


def _write(live_map: LiveMap, path: Path) -> None:
    def save(image: QImage) -> None:
        image.save(str(path))
        sys.stdout.write(
            f"{path}: {image.width()}x{image.height()}, {live_map.frames_per_second():.0f} frames/s, "
            f"{live_map.blocked_requests} requests blocked\n"
        )
        QApplication.quit()

    live_map.grab_image(save)


if __name__ == "__main__":
    sys.exit(main())
