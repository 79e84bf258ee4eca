"""Makes a QPainterPath of many lines from one numpy block, without a Python call per point.

QPainterPath's stream format is a count, then ``(int32 type, float64 x, float64 y)`` per element, then the start
of the current subpath and the fill rule, all big-endian.
"""

import struct

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QByteArray, QDataStream, QIODevice
from PySide6.QtGui import QPainterPath

from widgets.basemap.mercator import Floats

_ELEMENT = np.dtype([("type", ">i4"), ("x", ">f8"), ("y", ">f8")])
_ODD_EVEN_FILL = 0


def lines_path(points: Floats, sizes: NDArray[np.int64]) -> QPainterPath:
    """Return one path of several open lines.

    Parameters
    ----------
    points : (n, 2) pixels
    sizes : (m,) number of points of each line, summing to n
    """
    path = QPainterPath()
    if not len(points):
        return path
    starts = np.concatenate(([0], np.cumsum(sizes)[:-1]))
    elements = np.empty(len(points), dtype=_ELEMENT)
    elements["type"] = 1
    elements["type"][starts] = 0
    elements["x"], elements["y"] = points[:, 0], points[:, 1]
    tail = struct.pack(">ii", int(starts[-1]), _ODD_EVEN_FILL)
    block = QByteArray(struct.pack(">i", len(points)) + elements.tobytes() + tail)
    stream = QDataStream(block, QIODevice.OpenModeFlag.ReadOnly)
    stream >> path  # the operator fills `path`; it is Qt's way to read a stream
    return path
