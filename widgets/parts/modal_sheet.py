"""The sheet of a dialog: over its window with a scrim, closed by nobody but the user."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from widgets.parts.panel import IconButton
from widgets.parts.text_label import ElidedLabel, TextLabel
from widgets.parts.top_bar import TOP_BAR_HEIGHT
from widgets.theme.appearance import current_tokens
from widgets.theme.fonts import SEMIBOLD
from widgets.theme.icons import IconName
from widgets.theme.tokens import SCRIM, faded, qcolor

_INSET = 24
_CHORD = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
"""With one of these a key is a shortcut, not a letter."""


class _Sheet(QWidget):
    """The painted card of the dialog."""

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint ground and edge."""
        painter, tokens = QPainter(self), current_tokens()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(qcolor(tokens.line2), 1))
        painter.setBrush(qcolor(tokens.bg1))
        painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 6, 6)


class ModalSheet(QWidget):
    """A dialog inside its window: the scrim covers all but the top bar, so time and alarms stay visible.

    Parameters
    ----------
    over : QWidget
        The window's content that is covered.
    width, height : int
        Size wished for; smaller windows make it smaller.
    uncovered_top : int
        Height that stays uncovered: the top bar, or 0 where `over` does not hold it.
    """

    closed = Signal()
    """The user closed it."""

    def __init__(
        self,
        over: QWidget,
        title: str,
        subtitle: str = "",
        *,
        width: int = 1242,
        height: int = 840,
        uncovered_top: int = TOP_BAR_HEIGHT,
    ) -> None:
        super().__init__(over)
        self._over = over
        self._uncovered_top = uncovered_top
        self._wish = (width, height)
        self._focus_before: QWidget | None = None
        self._sheet = _Sheet(self)
        self._title = TextLabel(title, px=20, weight=SEMIBOLD)
        self._subtitle = ElidedLabel(subtitle, px=13, ink="ink2")
        self.body = QVBoxLayout()
        self.body.setSpacing(12)
        self._set_up_sheet()
        over.installEventFilter(self)
        self.hide()

    def _set_up_sheet(self) -> None:
        close = IconButton(IconName.CLOSE, self.tr("Close, Esc"))
        close.clicked.connect(self.close_sheet)
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(close)
        column = QVBoxLayout(self._sheet)
        column.setContentsMargins(_INSET, 18, _INSET, _INSET)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self._subtitle)
        column.addSpacing(12)
        column.addLayout(self.body, 1)
        self._sheet.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._sheet.setAccessibleName(self._title.text())

    def set_words(self, title: str, subtitle: str) -> None:
        """Show another title and subtitle."""
        self._title.setText(title)
        self._subtitle.setText(subtitle)
        self._sheet.setAccessibleName(title)

    def open_sheet(self) -> None:
        """Show the sheet, take the focus and keep Tab inside."""
        self._focus_before = QApplication.focusWidget()
        self._place()
        self.show()
        self.raise_()
        self._sheet.setFocus(Qt.FocusReason.PopupFocusReason)

    def close_sheet(self) -> None:
        """Hide the sheet and give the focus back."""
        self.hide()
        if self._focus_before is not None and self._focus_before.isVisible():
            self._focus_before.setFocus(Qt.FocusReason.PopupFocusReason)
        self._focus_before = None
        self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes; nothing else reaches what lies under the scrim."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_sheet()
        event.accept()

    def event(self, event: QEvent) -> bool:
        """Have letters and digits come here as keys, also where the window has a shortcut on them."""
        is_asked = event.type() is QEvent.Type.ShortcutOverride
        if is_asked and isinstance(event, QKeyEvent) and event.text().isalnum() and not event.modifiers() & _CHORD:
            event.accept()
            return True
        return super().event(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the size of the window."""
        if watched is self._over and event.type() is QEvent.Type.Resize and self.isVisible():
            self._place()
        return False

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Keep Tab inside the sheet."""
        stops = [part for part in self._sheet.findChildren(QWidget) if _takes_tab(part)]
        if not stops:
            return True
        focused = QApplication.focusWidget()
        at = stops.index(focused) if focused in stops else -1 if forward else 0
        stops[(at + (1 if forward else -1)) % len(stops)].setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the scrim."""
        QPainter(self).fillRect(self.rect(), faded(SCRIM, current_tokens().scrim_percent / 100))

    def _place(self) -> None:
        top = self._uncovered_top
        self.setGeometry(QRect(0, top, self._over.width(), self._over.height() - top))
        width = min(self._wish[0], self.width() - 32)
        height = min(self._wish[1], self.height() - 32)
        self._sheet.setGeometry((self.width() - width) // 2, (self.height() - height) // 2, width, height)


def _takes_tab(part: QWidget) -> bool:
    takes = bool(part.focusPolicy() & Qt.FocusPolicy.TabFocus)
    return takes and part.isVisible() and part.isEnabled()
