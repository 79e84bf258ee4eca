"""A button with its key in a frame, and the same key frame as a hint beside a word.

One filled button a panel, at the left: the proposal. Destructive or wide commands are never filled.
"""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from widgets.theme.appearance import current_tokens
from widgets.theme.fonts import MEDIUM, SEMIBOLD, font
from widgets.theme.tokens import Tokens, qcolor

BUTTON_HEIGHT = 32
DIALOG_BUTTON_HEIGHT = 34
_SIDE_SPACE = 18
_KEY_GAP = 9.0
_KEY_HEIGHT = 17.0


def key_cap_width(key: str) -> float:
    """Return the width of a key's frame in pixels."""
    return max(16.0, QFontMetricsF(font(11, MEDIUM)).horizontalAdvance(key) + 10)


def paint_key_cap(painter: QPainter, left: float, middle: float, key: str, ink: str, edge: str) -> None:
    """Paint a key in its frame, vertically centred at `middle`."""
    frame = QRectF(left, middle - _KEY_HEIGHT / 2, key_cap_width(key), _KEY_HEIGHT)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(qcolor(edge), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(frame, 3, 3)
    painter.setFont(font(11, MEDIUM))
    painter.setPen(qcolor(ink))
    painter.drawText(frame, Qt.AlignmentFlag.AlignCenter, key)
    painter.restore()


class KeyButton(QPushButton):
    """A button that shows which key does the same.

    Parameters
    ----------
    key : str
        Key as people read it ("Enter", "Ctrl+Z"); shown only, commands bind keys themselves.
    filled : bool
        The one proposal of its panel.
    height : int
        32 in panels, 34 in dialogs.
    """

    def __init__(
        self,
        text: str,
        key: str = "",
        *,
        filled: bool = False,
        height: int = BUTTON_HEIGHT,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self._key, self._filled = key, filled
        self.setFont(font(13, SEMIBOLD))
        self.setFixedHeight(height)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAccessibleDescription(key)

    @property
    def is_filled(self) -> bool:
        """Whether this is its panel's proposal."""
        return self._filled

    def set_command(self, text: str, key: str = "") -> None:
        """Show another command."""
        self._key = key
        self.setText(text)
        self.setAccessibleDescription(key)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Return the room of word, key and air."""
        return QSize(round(self._content_width() + 2 * _SIDE_SPACE), self.height())

    def minimumSizeHint(self) -> QSize:
        """Return the room of word and key."""
        return QSize(round(self._content_width() + 16), self.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint ground, edge, word and key."""
        painter, tokens = QPainter(self), current_tokens()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter, tokens)
        ink = self._ink(tokens)
        left = (self.width() - self._content_width()) / 2
        painter.setFont(self.font())
        painter.setPen(qcolor(ink))
        line = QRectF(left, 0, self.width() - left, self.height())
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, self.text())
        if self._key:
            key_left = left + self._text_width() + _KEY_GAP
            paint_key_cap(painter, key_left, self.height() / 2, self._key, ink, ink)

    def _paint_ground(self, painter: QPainter, tokens: Tokens) -> None:
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        is_proposal = self._filled and self.isEnabled()
        ground = tokens.acc if is_proposal else tokens.bg3 if self.isEnabled() else tokens.bg1
        edge = tokens.acc if is_proposal else tokens.line2 if self.isEnabled() else tokens.line
        painter.setPen(QPen(qcolor(edge), 1))
        painter.setBrush(qcolor(tokens.accbg if self.isDown() and not is_proposal else ground))
        painter.drawRoundedRect(box, 4, 4)
        if self.underMouse() and self.isEnabled() and not self.hasFocus():
            painter.setPen(QPen(qcolor(tokens.accon if is_proposal else tokens.ink2), 1))
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 3, 3)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(qcolor(tokens.accon if is_proposal else tokens.acc), 2))
            painter.drawRoundedRect(box.adjusted(1.5, 1.5, -1.5, -1.5), 3, 3)

    def _ink(self, tokens: Tokens) -> str:
        if not self.isEnabled():
            return tokens.inkoff
        return tokens.accon if self._filled else tokens.ink1

    def _text_width(self) -> float:
        return QFontMetricsF(self.font()).horizontalAdvance(self.text())

    def _content_width(self) -> float:
        return self._text_width() + (_KEY_GAP + key_cap_width(self._key) if self._key else 0)


class KeyHint(QWidget):
    """A key in its frame and the word for what it does, for the foot of the desk."""

    def __init__(self, key: str, word: str, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._key, self._word = key, word
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(f"{key}: {word}")

    def sizeHint(self) -> QSize:
        """Return the room of key and word."""
        word = QFontMetricsF(font(12)).horizontalAdvance(self._word)
        return QSize(round(key_cap_width(self._key) + 9 + word), 24)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint key and word."""
        painter, tokens = QPainter(self), current_tokens()
        paint_key_cap(painter, 0.5, self.height() / 2, self._key, tokens.ink2, tokens.line2)
        painter.setFont(font(12))
        painter.setPen(qcolor(tokens.ink2))
        line = QRectF(self.rect()).adjusted(key_cap_width(self._key) + 8, 0, 0, 0)
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, self._word)
