"""The panel: title bar with title, meta and actions, a focus line on top, and a body that starts at 30."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from widgets.parts.frozen_veil import FrozenVeil
from widgets.parts.text_label import ElidedLabel, TextLabel
from widgets.theme.appearance import current_tokens
from widgets.theme.fonts import SEMIBOLD
from widgets.theme.icons import ROW_PX, IconName, icon
from widgets.theme.tokens import qcolor

TITLE_HEIGHT = 30
INSET = 12
CARD_INSET = 16
GUTTER = 8


class IconButton(QToolButton):
    """A small action of a title bar or of the top bar; its words are in tool tip and accessible name."""

    def __init__(self, name: IconName, words: str, *, px: int = ROW_PX, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self.setIconSize(QSize(px, px))
        self.setFixedSize(26, 26)
        self.setToolTip(words)
        self.setAccessibleName(words)
        self.setIcon(icon(name, current_tokens().ink2))

    def changeEvent(self, event: QEvent) -> None:
        """Rebuild the icon when the theme changes."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange):
            self.setIcon(icon(self._name, current_tokens().ink2))

    def set_sign(self, name: IconName, words: str) -> None:
        """Show another icon and its words."""
        self._name = name
        self.setIcon(icon(name, current_tokens().ink2))
        self.setToolTip(words)
        self.setAccessibleName(words)


class TitleBar(QWidget):
    """30 px: title, meta, actions at the right; 2 px accent line on top while its panel has the focus."""

    torn = Signal(QPoint)
    """The bar was dragged away, at this point of the bar."""
    double_clicked = Signal()

    def __init__(self, title: str, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._focused = False
        self._pressed_at: QPoint | None = None
        self.setFixedHeight(TITLE_HEIGHT)
        self.title = TextLabel(title, px=13, weight=SEMIBOLD)
        self.meta = ElidedLabel(px=12, ink="ink3")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(INSET, 0, 8, 0)
        self._row.setSpacing(2)
        self._row.addWidget(self.title)
        self._row.addSpacing(8)
        self._row.addWidget(self.meta, 1)

    def add_action(self, button: QWidget) -> None:
        """Add an action at the right end."""
        self._row.addWidget(button)

    def set_focused(self, focused: bool) -> None:
        """Draw or clear the focus line."""
        if focused != self._focused:
            self._focused = focused
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint ground, hairline and focus line."""
        painter, tokens = QPainter(self), current_tokens()
        painter.fillRect(self.rect(), qcolor(tokens.bg2))
        painter.fillRect(0, self.height() - 1, self.width(), 1, qcolor(tokens.line))
        if self._focused:
            painter.fillRect(0, 0, self.width(), 2, qcolor(tokens.acc))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Remember where a drag could start."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._pressed_at = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell when the bar is dragged far enough to tear off."""
        if self._pressed_at is None:
            return
        moved = (event.position().toPoint() - self._pressed_at).manhattanLength()
        if moved > 2 * QApplication.startDragDistance():
            at, self._pressed_at = self._pressed_at, None
            self.torn.emit(at)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """Forget the start of a drag."""
        self._pressed_at = None

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        """Tell that the bar was double-clicked."""
        self._pressed_at = None
        self.double_clicked.emit()


class Panel(QWidget):
    """A panel with a title bar and one body widget.

    The focus line is drawn while the keyboard focus is anywhere inside the panel.
    """

    focus_entered = Signal()
    """The keyboard focus came into the panel from outside."""

    def __init__(self, title: str, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground, False)
        self.setAccessibleName(title)
        self.title_bar = TitleBar(title, parent=self)
        self._body: QWidget | None = None
        self._veil: FrozenVeil | None = None
        self._focused = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.title_bar)
        self._column = column
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._follow_focus)

    def set_title(self, title: str) -> None:
        """Show another title."""
        self.title_bar.title.setText(title)
        self.setAccessibleName(title)

    def set_meta(self, words: str) -> None:
        """Show scope, count or age beside the title."""
        self.title_bar.meta.setText(words)

    def add_action(self, name: IconName, words: str) -> IconButton:
        """Add an icon button to the title bar and return it."""
        button = IconButton(name, words, parent=self.title_bar)
        self.title_bar.add_action(button)
        return button

    def set_body(self, body: QWidget) -> None:
        """Show a widget under the title bar, in place of the one before, which is kept hidden."""
        if self._body is not None:
            self._column.removeWidget(self._body)
            self._body.hide()
        self._body = body
        self._column.addWidget(body, 1)
        body.show()
        self._place_veil()

    def set_frozen(self, frozen: bool) -> None:
        """Hatch the body while its content is no longer live; the meta says since when."""
        if frozen and self._veil is None:
            self._veil = FrozenVeil(self)
        if self._veil is not None:
            self._veil.setVisible(frozen)
            self._place_veil()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the hatching over the whole body."""
        super().resizeEvent(event)
        self._place_veil()

    def _place_veil(self) -> None:
        if self._veil is not None:
            self._veil.setGeometry(0, TITLE_HEIGHT, self.width(), self.height() - TITLE_HEIGHT)
            self._veil.raise_()

    @property
    def is_focused(self) -> bool:
        """Whether the keyboard focus is inside."""
        return self._focused

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the ground."""
        QPainter(self).fillRect(self.rect(), qcolor(current_tokens().bg1))

    def _follow_focus(self, _before: QObject | None, now: QObject | None) -> None:
        inside = isinstance(now, QWidget) and (now is self or self.isAncestorOf(now))
        if inside == self._focused:
            return
        self._focused = inside
        self.title_bar.set_focused(inside)
        if inside:
            self.focus_entered.emit()
