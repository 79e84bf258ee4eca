"""What the desk and the render process say to each other about tiles.

Kept apart so that the desk does not load what only painting needs.
"""

import struct

Tile = tuple[int, int, int]
"""Tile zoom, column, row (from the north-west) in the 512 px grid."""

REPLY_HEADER = struct.Struct(">4I")
"""Zoom, column, row and length of the PNG that follows."""

MOST_TILE_ZOOM = 17


def request_line(tile: Tile) -> bytes:
    """Return the line that asks for a tile."""
    return b"%d %d %d\n" % tile


def parse_request(line: bytes) -> Tile:
    """Return the tile a line asks for; ValueError when it asks for none."""
    zoom, column, row = line.split()
    return int(zoom), int(column), int(row)
