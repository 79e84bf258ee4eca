"""A question that is answered before anything else goes on: what it is about, and two or three answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from widgets.parts.key_button import KeyButton
from widgets.parts.text_label import TextLabel
from widgets.theme.appearance import current_tokens
from widgets.theme.fonts import SEMIBOLD
from widgets.theme.tokens import qcolor

type Answer = tuple[str, Callable[[], None]]
_EDGE = 4


class QuestionStrip(QWidget):
    """Hidden until something is asked; Esc gives the last answer, which is always the one that changes nothing.

    Attributes
    ----------
    buttons : of the question that stands, in order
    """

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.buttons: list[KeyButton] = []
        self._question = TextLabel(px=13, weight=SEMIBOLD)
        self._question.setWordWrap(True)
        self._row = QHBoxLayout()
        self._row.setSpacing(8)
        column = QVBoxLayout(self)
        column.setContentsMargins(_EDGE + 12, 10, 12, 10)
        column.setSpacing(8)
        column.addWidget(self._question)
        column.addLayout(self._row)
        self.hide()

    def ask(self, question: str, answers: Sequence[Answer]) -> None:
        """Ask; the last answer takes the focus, so that Enter alone never destroys anything."""
        for button in self.buttons:
            self._row.removeWidget(button)
            button.deleteLater()
        self.buttons = []
        self._question.setText(question)
        self.setAccessibleName(question)
        for place, (words, act) in enumerate(answers, start=1):
            button = KeyButton(words, "Esc" if place == len(answers) else "")
            button.clicked.connect(lambda _checked=False, act=act: self._give(act))
            self._row.addWidget(button)
            self.buttons.append(button)
        self.show()
        self.buttons[-1].setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc is the answer that changes nothing."""
        if event.key() == Qt.Key.Key_Escape and self.buttons:
            self.buttons[-1].click()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            next((button for button in self.buttons if button.hasFocus()), self.buttons[-1]).click()
        event.accept()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint ground and edge, in the colours of what needs a look."""
        painter, colors = QPainter(self), current_tokens().priority(3)
        painter.fillRect(self.rect(), qcolor(colors.bg))
        painter.fillRect(0, 0, _EDGE, self.height(), qcolor(colors.edge))

    def _give(self, act: Callable[[], None]) -> None:
        self.hide()
        act()
