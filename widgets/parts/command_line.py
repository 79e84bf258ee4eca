"""The command line's field: a slash, what is typed, and grey ghost text for what is still missing.

It knows no verbs. A completer handed in says, for the text so far, what the ghost text is and what Tab
puts in; a line that fails stays, with the cursor at the word that is wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFontMetricsF, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLineEdit, QWidget

from widgets.theme.appearance import current_tokens
from widgets.theme.fonts import SEMIBOLD, font
from widgets.theme.tokens import qcolor

LINE_HEIGHT = 28
_HISTORY_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Completion:
    """What a completer says about a line: ghost text after it, the line Tab makes, choices in words."""

    ghost: str = ""
    line: str = ""
    choices: tuple[str, ...] = field(default=())


class CommandLine(QLineEdit):
    """A one-line field for commands.

    Parameters
    ----------
    complete : callable
        Text so far -> Completion; must answer within 50 ms and without I/O.
    """

    submitted = Signal(str)
    """A line was entered. It stays until `accept_line` is called."""
    choices_changed = Signal(list)
    left = Signal()
    """Esc was pressed in an empty line: focus goes back to where it was."""

    def __init__(self, complete: Callable[[str], Completion], *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._complete = complete
        self._completion = Completion()
        self._history: list[str] = []
        self._history_at: int | None = None
        self.setFont(font(13, SEMIBOLD))
        self.setFixedHeight(LINE_HEIGHT)
        self.setTextMargins(14, 0, 0, 0)
        self.setAccessibleName(self.tr("Command line"))
        self.setToolTip(self.tr("Command line, key /"))
        self.textChanged.connect(self._ask_completer)
        self._ask_completer("")

    @property
    def completion(self) -> Completion:
        """What the completer said about the present text."""
        return self._completion

    def accept_line(self) -> None:
        """Clear the line after it ran, and keep it in the history."""
        line = self.text().strip()
        if line:
            self._history = [*self._history[-_HISTORY_LENGTH:], line]
        self._history_at = None
        self.clear()

    def refuse_line(self, at: int, length: int) -> None:
        """Keep the line and mark the word that is wrong.

        Parameters
        ----------
        at, length : int
            First character and length of the word.
        """
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.setSelection(at, length)

    def event(self, event: QEvent) -> bool:
        """Take Tab before it moves the focus, when there is something to put in."""
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress and self._takes(event):
            return True
        return super().event(event)

    def _takes(self, event: QKeyEvent) -> bool:
        """Return whether the key was Tab with a completion to put in, which then is in."""
        if Qt.Key(event.key()) is not Qt.Key.Key_Tab or not self._completion.line:
            return False
        self.setText(self._completion.line)
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter submits, Up and Down walk the history, Esc clears, then leaves."""
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.text().strip():
                self.submitted.emit(self.text().strip())
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._walk_history(-1 if key is Qt.Key.Key_Up else 1)
        elif key is Qt.Key.Key_Escape:
            if self.text():
                self.clear()
            else:
                self.left.emit()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus edge."""
        super().focusInEvent(event)
        self.update()

    def sizeHint(self) -> QSize:
        """Return the width in which a whole command fits."""
        return QSize(880, LINE_HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the field, the slash before and the ghost text after."""
        super().paintEvent(event)
        painter, tokens = QPainter(self), current_tokens()
        painter.setFont(self.font())
        painter.setPen(qcolor(tokens.acc))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(9, 0, 14, self.height()), middle, "/")
        end = 26 + QFontMetricsF(self.font()).horizontalAdvance(self.text())
        if self._completion.ghost and end < self.width() - 40:
            painter.setFont(font(13))
            painter.setPen(qcolor(tokens.ink3))
            room = QRectF(end + 6, 0, self.width() - end - 16, self.height())
            ghost = QFontMetricsF(painter.font()).elidedText(
                self._completion.ghost, Qt.TextElideMode.ElideRight, room.width()
            )
            painter.drawText(room, middle, ghost)
            painter.setPen(QPen(qcolor(tokens.line2), 1))
            painter.drawLine(QPointF(end + 2, 8), QPointF(end + 2, self.height() - 8))

    def _ask_completer(self, text: str) -> None:
        self._completion = self._complete(text)
        self.choices_changed.emit(list(self._completion.choices))
        self.update()

    def _walk_history(self, step: int) -> None:
        if not self._history:
            return
        start = len(self._history) if self._history_at is None else self._history_at
        at = min(max(start + step, 0), len(self._history))
        self._history_at = None if at == len(self._history) else at
        self.setText("" if self._history_at is None else self._history[at])
