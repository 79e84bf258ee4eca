"""Inter, loaded from its wheel: the one typeface of the desk, with weights by variable axis.

`QFont.setWeight` does not give 500 or 600 with the variable file, so weight goes through the `wght`
axis. Tabular numerals are asked for only where numbers stand in columns: they also widen the hyphen.
"""

from __future__ import annotations

from functools import cache

import fontpkg
from PySide6.QtGui import QFont, QFontDatabase

REGULAR = 400
MEDIUM = 500
SEMIBOLD = 600

SMALLEST_PX = 11
"""No text is smaller, except digits inside a mark."""


@cache
def family() -> str:
    """Load Inter once and return its family name, or the system's sans if it cannot be loaded."""
    font_id = QFontDatabase.addApplicationFont(str(fontpkg.path("Inter")))
    families = QFontDatabase.applicationFontFamilies(font_id) if font_id >= 0 else []
    return families[0] if families else QFont().defaultFamily()


def font(px: int, weight: int = REGULAR, tabular: bool = False) -> QFont:
    """Return the desk's font.

    Parameters
    ----------
    px : int
        Size in pixels at 100 % scale, 11 or more.
    weight : int
        400, 500 or 600.
    tabular : bool
        Digits of equal width: for numeric cells, clocks and axes only.

    Raises
    ------
    ValueError
        If `px` is under 11.
    """
    if px < SMALLEST_PX:
        raise ValueError(f"text of {px} px is smaller than {SMALLEST_PX} px")
    return _font(px, weight, tabular)


def digit_font(px: int, weight: int = SEMIBOLD) -> QFont:
    """Return the font of a digit inside a mark, which may be smaller than text."""
    return _font(px, weight, False)


@cache
def _font(px: int, weight: int, tabular: bool) -> QFont:
    made = QFont(family())
    made.setPixelSize(px)
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    made.setVariableAxis(QFont.Tag("wght"), weight)
    if tabular:
        made.setFeature(QFont.Tag("tnum"), 1)
    return made
