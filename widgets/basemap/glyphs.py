"""Turns text into glyph outlines and widths at one pixel size, once per glyph.

Uses Qt's raw font, so a running ``QGuiApplication`` is needed.
"""

from functools import cache

import numpy as np
from PySide6.QtGui import QPainterPath, QRawFont

from widgets.basemap.mercator import Floats
from widgets.theme.fonts import font

TEXT_PIXELS = 11


class Glyphs:
    """The glyphs of Inter at one size.

    Parameters
    ----------
    pixels : int
        The size of the type in pixels, 11 or more.
    """

    def __init__(self, pixels: int) -> None:
        self._font = QRawFont.fromFont(font(pixels))
        self._outlines: dict[int, QPainterPath] = {}

    def indexes(self, text: str) -> list[int]:
        """Return the font's glyph numbers of a text."""
        return [int(index) for index in self._font.glyphIndexesForString(text)]

    def advances(self, indexes: list[int]) -> Floats:
        """Return the width in pixels each glyph takes on the line."""
        return np.array([point.x() for point in self._font.advancesForGlyphIndexes(indexes)])

    def outline(self, index: int) -> QPainterPath:
        """Return a glyph's outline with its origin on the base line."""
        if index not in self._outlines:
            self._outlines[index] = self._font.pathForGlyph(index)
        return self._outlines[index]


@cache
def label_glyphs() -> Glyphs:
    """Return the glyphs of the map's labels; outlines are kept for the life of the process."""
    return Glyphs(TEXT_PIXELS)
