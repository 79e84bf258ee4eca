"""The process that paints tiles: ``python -m widgets.basemap.render_process OSM_FILE CACHE_DIR THEME``.

A process, not a thread: painting in a thread of the desk held the interpreter for up to 106 ms. Reads one
request ``zoom column row`` per line on standard input and answers each on standard output with a header of
four big-endian 32-bit numbers (zoom, column, row, length) and the PNG. Cached
tiles go first, before the streets are even read: a desk's start waits for them. Ends when its input ends, so it
never outlives the desk.
"""

from __future__ import annotations

import os
import queue
import sqlite3
import sys
import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from widgets.basemap.tile_store import TileStore, store_path
from widgets.basemap.tile_wire import REPLY_HEADER, Tile, parse_request
from widgets.theme.tokens import Theme, tokens_of

if TYPE_CHECKING:
    from widgets.basemap.tile_painter import TilePainter

_IDLE_SECONDS = 0.4
_PREPARED_ZOOMS = (13, 14, 12, 15, 16, 11, 17)

_END = None


def serve(
    painter: Callable[[], TilePainter], store: TileStore, requests: queue.Queue[Tile | None], out: BinaryIO
) -> None:
    """Answer requests until the end mark; lay out zooms ahead while there are none, once a first was answered."""
    ahead: list[int] = []
    is_first = True
    while True:
        batch = _waiting(requests, _IDLE_SECONDS if ahead else None)
        if not batch:
            painter().prepare(ahead.pop(0))
            continue
        missing: list[Tile] = []
        for tile in batch:
            if tile is _END:
                return
            png = store.find(*tile)
            if png is None:
                missing.append(tile)
            else:
                _answer(out, tile, png)
        for tile in missing:
            png = _paint(painter(), tile)
            store.keep(*tile, png)
            _answer(out, tile, png)
        if is_first:
            ahead, is_first = list(_PREPARED_ZOOMS), False


def _waiting(requests: queue.Queue[Tile | None], timeout: float | None) -> list[Tile | None]:
    try:
        batch = [requests.get(timeout=timeout)]
        while True:
            try:
                batch.append(requests.get_nowait())
            except queue.Empty:
                return batch
    except queue.Empty:
        return []


def _paint(painter: TilePainter, tile: Tile) -> bytes:
    from widgets.basemap.tile_painter import png_bytes

    return png_bytes(painter.paint(*tile))


def _answer(out: BinaryIO, tile: Tile, png: bytes) -> None:
    out.write(REPLY_HEADER.pack(*tile, len(png)) + png)
    out.flush()


def _read_requests(requests: queue.Queue[Tile | None]) -> None:
    for line in sys.stdin.buffer:
        requests.put(parse_request(line))
    requests.put(_END)


def _open_store(path: Path) -> TileStore:
    """Open the cache; a damaged one is replaced, since every tile can be painted again."""
    try:
        return TileStore(path)
    except sqlite3.DatabaseError:
        path.unlink(missing_ok=True)
        return TileStore(path)


def _step_back() -> None:
    """Let the desk and the service have the processor first."""
    if hasattr(os, "nice"):
        os.nice(5)


def main() -> int:
    """Run the process; return its exit code."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtGui import QGuiApplication

    application = QGuiApplication(sys.argv[:1])
    _step_back()
    osm_path, cache_dir, theme = Path(sys.argv[1]), Path(sys.argv[2]), Theme(sys.argv[3])
    requests: queue.Queue[Tile | None] = queue.Queue()
    threading.Thread(target=_read_requests, args=(requests,), daemon=True).start()
    store = _open_store(store_path(osm_path, cache_dir, theme))

    @cache
    def painter() -> TilePainter:
        from widgets.basemap.street_file import read_streets
        from widgets.basemap.tile_painter import TilePainter

        return TilePainter(read_streets(osm_path), tokens_of(theme))

    try:
        serve(painter, store, requests, sys.stdout.buffer)
    except BrokenPipeError:
        return 0
    finally:
        store.close()
        application.quit()
    return 0


if __name__ == "__main__":
    sys.exit(main())
