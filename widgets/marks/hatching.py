"""The hatch over what was added to a forecast because a source is degraded: seen in print, and without colour."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QPainter

from widgets.theme.tokens import Tokens, qcolor

type Ends = tuple[float, float]
"""The lower and the upper end of a band."""


def added_parts(whole: Ends, usual: Ends | None) -> Iterator[Ends]:
    """Return what a band has beyond its usual ends, on either side; nothing without those."""
    if usual is None:
        return
    low, high = whole
    if usual[0] > low:
        yield low, min(usual[0], high)
    if usual[1] < high:
        yield max(usual[1], low), high


def paint_hatch(painter: QPainter, area: QRectF, tokens: Tokens) -> None:
    """Hatch an area over whatever is painted there."""
    painter.fillRect(area, QBrush(qcolor(tokens.ink3), Qt.BrushStyle.BDiagPattern))
