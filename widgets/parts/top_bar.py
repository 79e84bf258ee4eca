"""Pieces of the top bar: alarm counters, figures with their goal, connection and data age, the clock."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QFrame, QHBoxLayout, QSizePolicy, QWidget

from widgets.marks.alarm_shape import paint_counter_shape
from widgets.parts.text_label import TextLabel
from widgets.theme.appearance import current_tokens
from widgets.theme.fonts import SEMIBOLD, font
from widgets.theme.tokens import qcolor

TOP_BAR_HEIGHT = 44


class TopBar(QWidget):
    """The bar itself: a row that pieces are put into, with a hairline below."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(TOP_BAR_HEIGHT)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(16, 0, 12, 0)
        self.row.setSpacing(20)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint ground and hairline."""
        painter, tokens = QPainter(self), current_tokens()
        painter.fillRect(self.rect(), qcolor(tokens.bg1))
        painter.fillRect(0, self.height() - 1, self.width(), 1, qcolor(tokens.line))


class Divider(QFrame):
    """A short vertical hairline between groups of the bar."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(1, 24)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the hairline."""
        QPainter(self).fillRect(self.rect(), qcolor(current_tokens().line))


class AlarmCounter(QAbstractButton):
    """Shape and number of one priority; zero is a grey outline. Clicking asks for those alarms."""

    asked = Signal(int)
    """The priority whose alarms a person wants to see."""

    def __init__(self, priority: int, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._priority = priority
        self._count = 0
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.clicked.connect(lambda: self.asked.emit(self._priority))
        self.set_count(0)

    def set_count(self, count: int) -> None:
        """Show how many there are."""
        self._count = count
        words = self.tr("Priority {number}: {count}").format(number=self._priority, count=count)
        self.setAccessibleName(words)
        self.setToolTip(words)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return the room of shape and number."""
        digits = QFontMetricsF(font(15, SEMIBOLD, tabular=True)).horizontalAdvance(str(self._count))
        return QSize(round(34 + digits), 28)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint shape, number and focus."""
        painter, tokens = QPainter(self), current_tokens()
        area = QRectF(2, (self.height() - 20) / 2, 20, 20)
        paint_counter_shape(painter, area, self._priority, self._count, tokens)
        painter.setFont(font(15, SEMIBOLD if self._count else 400, tabular=True))
        painter.setPen(qcolor(tokens.ink1 if self._count else tokens.ink3))
        line = QRectF(28, 0, self.width() - 28, self.height())
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, str(self._count))
        if self.hasFocus():
            painter.fillRect(0, self.height() - 2, self.width(), 2, qcolor(tokens.acc))


class KeyFigure(QWidget):
    """A word, a figure and its goal or second word: "On time 60 min  94.1 %  goal 95"."""

    def __init__(self, name: str, *, note: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = TextLabel(name, px=12, ink="ink2")
        self._value = TextLabel("–", px=15, weight=SEMIBOLD, tabular=True)
        self._note = TextLabel(note, px=12, ink="ink3")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for label in (self._name, self._value, self._note):
            row.addWidget(label)
        self._note.setVisible(bool(note))

    def show_figure(self, value: str, note: str = "") -> None:
        """Show the figure, already written out, and its goal."""
        self._value.setText(value)
        self._note.setText(note)
        self._note.setVisible(bool(note))
        self.setAccessibleName(f"{self._name.text()} {value} {note}".strip())


class ConnectionMark(QWidget):
    """A dot, "Live" and how old the data is; hollow and in words when it is not live."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._live = False
        self._replay = False
        self._state = TextLabel(px=13, weight=SEMIBOLD)
        self._age = TextLabel(px=12, ink="ink2", tabular=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self._state)
        row.addWidget(self._age)

    def show_connection(self, state: str, data_age: str, *, live: bool, replay: bool = False) -> None:
        """Show the state in words and the data's age, already written out."""
        self._live, self._replay = live, replay
        self._state.setText(state)
        self._state.set_ink("rep" if replay else "ink1" if live else "p1")
        self._age.setText(data_age)
        self.setAccessibleName(f"{state} {data_age}")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the dot: full when live, hollow when not."""
        painter, tokens = QPainter(self), current_tokens()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ink = tokens.rep if self._replay else tokens.ink1 if self._live else tokens.priority(1).ink
        painter.setPen(qcolor(ink))
        painter.setBrush(qcolor(ink) if self._live else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(QRectF(1, self.height() / 2 - 3.5, 7, 7))


class DeskClock(QWidget):
    """Date and time with seconds, handed in as written; it knows no time of its own."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._date = TextLabel(px=12, ink="ink2")
        self._time = TextLabel(px=15, weight=SEMIBOLD, tabular=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._date)
        row.addWidget(self._time)

    def show_time(self, date: str, time: str, zone: str = "") -> None:
        """Show date and time; the zone's abbreviation goes into the tool tip."""
        self._date.setText(date)
        self._time.setText(time)
        self.setToolTip(zone)
