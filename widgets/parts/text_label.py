"""Text in the desk's type and inks: labels that follow the theme, and labels that elide.

The ink is a token's name ("ink2", "p1"); the application's style sheet turns it into a colour, so a
change of theme needs no work here.
"""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from widgets.theme.fonts import REGULAR, font


class TextLabel(QLabel):
    """A label of a given size, weight and ink."""

    def __init__(
        self,
        text: str = "",
        *,
        px: int = 13,
        weight: int = REGULAR,
        ink: str = "ink1",
        tabular: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(font(px, weight, tabular))
        self.setProperty("ink", ink)

    def set_ink(self, ink: str) -> None:
        """Take another ink, named by its token."""
        if self.property("ink") == ink:
            return
        self.setProperty("ink", ink)
        self.style().unpolish(self)
        self.style().polish(self)

    def set_type(self, px: int, weight: int = REGULAR, tabular: bool = False) -> None:
        """Take another size or weight."""
        self.setFont(font(px, weight, tabular))


class ElidedLabel(TextLabel):
    """A one-line label that gives way: what does not fit is cut with "…" and shown by the tool tip."""

    def __init__(self, text: str = "", *, px: int = 13, weight: int = REGULAR, ink: str = "ink1") -> None:
        super().__init__(text, px=px, weight=weight, ink=ink)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        """Return almost nothing: an elided label never pushes its neighbours."""
        return QSize(24, super().minimumSizeHint().height())

    def setText(self, text: str) -> None:
        """Show other words."""
        super().setText(text)
        self._show_tool_tip_if_cut()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Offer the whole text where it no longer fits."""
        super().resizeEvent(event)
        self._show_tool_tip_if_cut()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the text, elided."""
        painter = QPainter(self)
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        self.style().drawItemText(
            painter, self.rect(), self.alignment(), self.palette(), self.isEnabled(), text, self.foregroundRole()
        )

    def _show_tool_tip_if_cut(self) -> None:
        is_cut = self.fontMetrics().horizontalAdvance(self.text()) > self.width()
        self.setToolTip(self.text() if is_cut else "")
