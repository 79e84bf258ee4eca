"""The line over or under a list: words at the left, words at the right, a hairline towards the list."""

from __future__ import annotations

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from widgets.parts.text_label import ElidedLabel, TextLabel
from widgets.theme.appearance import current_tokens
from widgets.theme.fonts import MEDIUM, REGULAR
from widgets.theme.tokens import qcolor

_HEAD_HEIGHT = 24
_FOOT_HEIGHT = 28


class EdgeLine(QWidget):
    """A head (column words) or foot (what is not shown, and what a held order would bring).

    Parameters
    ----------
    is_foot : bool
        Foot: the hairline is above, the type 12 instead of 11.
    inset : int
        Left edge of the words, pixels.
    """

    def __init__(
        self, left: str = "", right: str = "", *, is_foot: bool = False, inset: int = 12, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._is_foot = is_foot
        self.setFixedHeight(_FOOT_HEIGHT if is_foot else _HEAD_HEIGHT)
        px, weight, ink = (12, REGULAR, "ink2") if is_foot else (11, MEDIUM, "ink3")
        self._left = ElidedLabel(left, px=px, weight=weight, ink=ink)
        self._right = TextLabel(right, px=px, weight=weight, ink=ink)
        row = QHBoxLayout(self)
        row.setContentsMargins(inset, 0, 12, 0)
        row.addWidget(self._left, 1)
        row.addWidget(self._right)

    def show_words(self, left: str, right: str = "") -> None:
        """Show other words."""
        self._left.setText(left)
        self._right.setText(right)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the hairline towards the list."""
        y = 0 if self._is_foot else self.height() - 1
        QPainter(self).fillRect(12, y, self.width() - 24, 1, qcolor(current_tokens().line))
