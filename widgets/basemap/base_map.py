"""The desk's side of the base map: asks the render process for tiles and hands them on as they come.

Lives on the GUI thread and never waits: the process is talked to through Qt's event loop.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, Signal

from widgets.basemap.tile_wire import MOST_TILE_ZOOM, REPLY_HEADER, Tile, request_line
from widgets.theme.tokens import Theme

TileReceiver = Callable[[bytes | None], None]

_GRACE_MS = 300
_PACKAGE_ROOT = Path(__file__).resolve().parents[2]


class BaseMap(QObject):
    """The painted streets of one city in one theme. Make it by `open`.

    Signals
    -------
    failed : the render process ended by itself; waiting and later requests are answered with None. The text is
        what it last said.
    """

    failed = Signal(str)

    def __init__(self, osm_path: Path, cache_dir: Path, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self.painted_requests = 0
        self._waiting: dict[Tile, list[TileReceiver]] = {}
        self._received = bytearray()
        self._closed = False
        self._process = QProcess(self)
        self._process.setProgram(sys.executable)
        self._process.setArguments(["-m", "widgets.basemap.render_process", str(osm_path), str(cache_dir), theme.value])
        self._process.setProcessEnvironment(_environment())
        self._process.readyReadStandardOutput.connect(self._read)
        self._process.finished.connect(self._ended)
        self._process.errorOccurred.connect(self._ended)
        self._process.start()

    @classmethod
    def open(
        cls, osm_path: Path, cache_dir: Path, theme: Theme = Theme.DARK, parent: QObject | None = None
    ) -> "BaseMap":
        """Start painting a city.

        Parameters
        ----------
        osm_path : Path
            The city's ``.osm.pbf``.
        cache_dir : Path
            Where painted tiles are kept; made when absent.
        theme : Theme

        Raises
        ------
        FileNotFoundError
            When there is no such city file.
        """
        if not osm_path.is_file():
            raise FileNotFoundError(f"no city file: {osm_path}")
        return cls(osm_path, cache_dir, theme, parent)

    def request(self, tile_zoom: int, column: int, row: int, receive: TileReceiver) -> None:
        """Ask for a tile; `receive` gets its PNG later, or None when there is none.

        Equal requests that wait together are painted once.

        Parameters
        ----------
        tile_zoom : int, 0..17
            Zoom of the 512 px grid.
        column, row : int
            Counted from the north-west corner.
        """
        tile = (tile_zoom, column, row)
        side = 2**tile_zoom if 0 <= tile_zoom <= MOST_TILE_ZOOM else 0
        if self._closed or not (0 <= column < side and 0 <= row < side):
            receive(None)
            return
        waiting = self._waiting.setdefault(tile, [])
        waiting.append(receive)
        if len(waiting) == 1:
            self.painted_requests += 1
            self._process.write(request_line(tile))

    def close(self) -> None:
        """End the render process; whoever still waits gets None."""
        self._closed = True
        self._process.closeWriteChannel()
        if not self._process.waitForFinished(_GRACE_MS):
            self._process.kill()
            self._process.waitForFinished(500)
        self._give_up()

    def _read(self) -> None:
        self._received += bytes(self._process.readAllStandardOutput().data())
        while len(self._received) >= REPLY_HEADER.size:
            zoom, column, row, length = REPLY_HEADER.unpack_from(self._received)
            end = REPLY_HEADER.size + length
            if len(self._received) < end:
                return
            png = bytes(self._received[REPLY_HEADER.size : end])
            del self._received[:end]
            for receive in self._waiting.pop((zoom, column, row), []):
                receive(png or None)

    def _ended(self) -> None:
        if self._closed:
            return
        self._closed = True
        said = bytes(self._process.readAllStandardError().data()).decode(errors="replace").strip()
        self._give_up()
        self.failed.emit(said.splitlines()[-1] if said else self._process.errorString())

    def _give_up(self) -> None:
        waiting, self._waiting = self._waiting, {}
        for receivers in waiting.values():
            for receive in receivers:
                receive(None)


def _environment() -> QProcessEnvironment:
    environment = QProcessEnvironment.systemEnvironment()
    known = environment.value("PYTHONPATH")
    paths = [str(_PACKAGE_ROOT), known] if known else [str(_PACKAGE_ROOT)]
    environment.insert("PYTHONPATH", os.pathsep.join(paths))
    environment.insert("QT_QPA_PLATFORM", "offscreen")
    return environment
