"""Keeps painted tiles in an MBTiles file, one per city, theme and style version.

MBTiles 1.3 counts rows from the south (TMS). 16 KB pages and memory mapping keep a hit at 0.2 ms. Used by the
render process only, so it does no locking.
"""

import hashlib
import sqlite3
from pathlib import Path

from widgets.basemap.street_style import STYLE_VERSION
from widgets.theme.tokens import Theme

_MAPPED_BYTES = 512 * 1024 * 1024


def store_path(osm_path: Path, cache_dir: Path, theme: Theme) -> Path:
    """Return the file for a city's tiles: it changes with the city's content, the theme and the style."""
    with osm_path.open("rb") as file:
        content = hashlib.file_digest(file, "sha256").hexdigest()[:12]
    city = osm_path.name.removesuffix(".pbf").removesuffix(".osm")
    return cache_dir / f"{city}-{content}-{theme.value}-{STYLE_VERSION}.mbtiles"


class TileStore:
    """Painted tiles on disk.

    Parameters
    ----------
    path : Path
        Made when absent, with its folder.

    Raises
    ------
    sqlite3.Error
        When the file cannot be opened or is no database.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(path, isolation_level=None)
        execute = self._connection.execute
        execute("PRAGMA page_size = 16384")
        execute("PRAGMA journal_mode = WAL")
        execute("PRAGMA synchronous = OFF")  # a lost tile is painted again
        execute(f"PRAGMA mmap_size = {_MAPPED_BYTES}")
        execute("CREATE TABLE IF NOT EXISTS metadata (name TEXT PRIMARY KEY, value TEXT)")
        execute(
            "CREATE TABLE IF NOT EXISTS tiles (zoom_level INTEGER, tile_column INTEGER, tile_row INTEGER, "
            "tile_data BLOB)"
        )
        execute("CREATE UNIQUE INDEX IF NOT EXISTS tile ON tiles (zoom_level, tile_column, tile_row)")
        execute("INSERT OR REPLACE INTO metadata VALUES ('format', 'png'), ('name', ?)", (path.stem,))

    def find(self, tile_zoom: int, column: int, row: int) -> bytes | None:
        """Return a tile's PNG, or None when it was not painted yet; `row` counts from the north."""
        found = self._connection.execute(
            "SELECT tile_data FROM tiles WHERE zoom_level = ? AND tile_column = ? AND tile_row = ?",
            (tile_zoom, column, 2**tile_zoom - 1 - row),
        ).fetchone()
        return bytes(found[0]) if found else None

    def keep(self, tile_zoom: int, column: int, row: int, png: bytes) -> None:
        """Store a tile's PNG; `row` counts from the north."""
        self._connection.execute(
            "INSERT OR REPLACE INTO tiles VALUES (?, ?, ?, ?)",
            (tile_zoom, column, 2**tile_zoom - 1 - row, png),
        )

    def close(self) -> None:
        """Close the file."""
        self._connection.close()
