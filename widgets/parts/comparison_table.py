"""Plans side by side: the same rows for each, differences signed, "worse" in words; one column is chosen.

The first column is what the others are compared with. Columns with a key can be chosen by that key, by
the arrow keys or by a click.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.marks.stages import DOTS_WIDTH, ConfidenceStage, confidence_word, paint_confidence_dots
from widgets.parts.key_button import key_cap_width, paint_key_cap
from widgets.theme.appearance import current_tokens
from widgets.theme.fonts import REGULAR, SEMIBOLD, font
from widgets.theme.tokens import Tokens, qcolor

_HEAD_HEIGHT = 84.0
_ROW_HEIGHT = 30.0
_FOOT = 8.0
_GAP = 14.0
_INSET = 16.0
_NARROWEST_NAMES = 150.0
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class ComparedColumn:
    """One plan; a `shortcut` ("1") makes it choosable."""

    key: str
    title: str
    subtitle: str = ""
    confidence: ConfidenceStage | None = None
    shortcut: str = ""


@dataclass(frozen=True, slots=True)
class ComparedCell:
    """One figure, already written out, and its signed difference from the first column.

    `worse` puts the word beside the difference; `changed` marks a figure that was just recounted.
    """

    value: str
    difference: str = ""
    worse: bool = False
    changed: bool = False


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """One question, answered by every column."""

    name: str
    cells: tuple[ComparedCell, ...]


class ComparisonTable(QWidget):
    """The comparison.

    Parameters
    ----------
    title, note : str
        What is compared, over which time, for whom.
    """

    chosen = Signal(str)
    """The key of the column a person chose."""

    def __init__(self, title: str, note: str = "", *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title, self._note = title, note
        self._columns: tuple[ComparedColumn, ...] = ()
        self._rows: tuple[ComparedRow, ...] = ()
        self._chosen = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(title)

    def show_comparison(self, columns: Sequence[ComparedColumn], rows: Sequence[ComparedRow]) -> None:
        """Show plans and their figures; the chosen column stays chosen while it exists.

        Raises
        ------
        ValueError
            If a row has not one cell per column.
        """
        if any(len(row.cells) != len(columns) for row in rows):
            raise ValueError("each row needs one cell per column")
        self._columns, self._rows = tuple(columns), tuple(rows)
        if self._chosen not in self._choosable():
            self._chosen = ""
        self.updateGeometry()
        self.update()

    def set_words(self, title: str, note: str) -> None:
        """Say anew what is compared, over which time, for whom."""
        self._title, self._note = title, note
        self.setAccessibleName(title)
        self.update()

    def choose(self, key: str) -> None:
        """Choose a column and tell it, if it can be chosen and is not yet."""
        if key in self._choosable() and key != self._chosen:
            self._chosen = key
            self.update()
            self.chosen.emit(key)

    def chosen_key(self) -> str:
        """Return the key of the chosen column, or "" before a choice."""
        return self._chosen

    def sizeHint(self) -> QSize:
        """Return the height of head and rows."""
        return QSize(1200, round(_HEAD_HEIGHT + _ROW_HEIGHT * len(self._rows) + _FOOT))

    def minimumSizeHint(self) -> QSize:
        """Return the smallest room in which nothing collides."""
        return QSize(760, self.sizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose by a column's key, or walk by the arrow keys."""
        by_key = {column.shortcut: column.key for column in self._columns if column.shortcut}
        step = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}.get(Qt.Key(event.key()))
        choosable = self._choosable()
        if event.text() in by_key:
            self.choose(by_key[event.text()])
        elif step and choosable:
            at = choosable.index(self._chosen) + step if self._chosen else 0
            self.choose(choosable[min(max(at, 0), len(choosable) - 1)])
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the column under the pointer."""
        for number, column in enumerate(self._columns):
            if self.card(number).contains(event.position()):
                self.choose(column.key)

    def card(self, number: int) -> QRectF:
        """Return the rectangle of a column's card."""
        names = max(_NARROWEST_NAMES, self.width() * 0.35)
        width = (self.width() - names - _GAP * (len(self._columns) - 1)) / max(len(self._columns), 1)
        return QRectF(names + number * (width + _GAP), 0, width, self.height()).adjusted(1, 1, -1, -1)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint names, cards and figures."""
        painter, tokens = QPainter(self), current_tokens()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for number, column in enumerate(self._columns):
            self._paint_card(painter, self.card(number), column, tokens)
        self._paint_names(painter, tokens)
        for number in range(len(self._columns)):
            self._paint_figures(painter, number, tokens)

    def _choosable(self) -> list[str]:
        return [column.key for column in self._columns if column.shortcut]

    def _paint_card(self, painter: QPainter, card: QRectF, column: ComparedColumn, tokens: Tokens) -> None:
        is_chosen = column.key == self._chosen
        painter.setPen(QPen(qcolor(tokens.acc if is_chosen else tokens.line2), 2 if is_chosen else 1))
        painter.setBrush(qcolor(tokens.accbg if is_chosen else tokens.bg2))
        painter.drawRoundedRect(card, 4, 4)
        inner = card.adjusted(_INSET, 10, -_INSET, 0)
        title_room = inner.width() - (key_cap_width(column.shortcut) + 8 if column.shortcut else 0)
        self._paint_line(painter, inner, 0, column.title, font(15, SEMIBOLD), tokens.ink1, title_room)
        self._paint_line(painter, inner, 22, column.subtitle, font(12), tokens.ink2, inner.width())
        if column.shortcut:
            left = inner.right() - key_cap_width(column.shortcut)
            paint_key_cap(painter, left, inner.top() + 10, column.shortcut, tokens.ink1, tokens.line2)
        if column.confidence is not None:
            self._paint_confidence(painter, inner, column.confidence, tokens)

    def _paint_confidence(self, painter: QPainter, inner: QRectF, stage: ConfidenceStage, tokens: Tokens) -> None:
        word = self.tr("Confidence")
        self._paint_line(painter, inner, 46, word, font(12), tokens.ink2, inner.width())
        left = inner.left() + QFontMetricsF(font(12)).horizontalAdvance(word) + 6
        paint_confidence_dots(painter, left, inner.top() + 56, stage, tokens)
        rest = inner.adjusted(left - inner.left() + DOTS_WIDTH + 4, 0, 0, 0)
        self._paint_line(painter, rest, 46, confidence_word(stage), font(12, SEMIBOLD), tokens.ink1, rest.width())

    @staticmethod
    def _paint_line(
        painter: QPainter, inner: QRectF, drop: float, text: str, type_: QFont, ink: str, room: float
    ) -> None:
        painter.setFont(type_)
        painter.setPen(qcolor(ink))
        cut = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, round(room))
        painter.drawText(QRectF(inner.left(), inner.top() + drop, inner.width(), 20), _LEFT, cut)

    def _paint_names(self, painter: QPainter, tokens: Tokens) -> None:
        width = max(_NARROWEST_NAMES, self.width() * 0.35) - _GAP
        painter.setFont(font(13, SEMIBOLD))
        painter.setPen(qcolor(tokens.ink1))
        painter.drawText(QRectF(0, 10, width, 20), _LEFT, self._title)
        painter.setFont(font(12))
        painter.setPen(qcolor(tokens.ink2))
        room = QRectF(0, 32, min(width, 220.0), 44)
        painter.drawText(room, int(Qt.AlignmentFlag.AlignLeft) | int(Qt.TextFlag.TextWordWrap), self._note)
        for number, row in enumerate(self._rows):
            top = _HEAD_HEIGHT + number * _ROW_HEIGHT
            painter.setPen(QPen(qcolor(tokens.line2 if number == 0 else tokens.line), 1))
            painter.drawLine(QPointF(0, top), QPointF(self.width() - 2.0, top))
            painter.setFont(font(13))
            painter.setPen(qcolor(tokens.ink1))
            painter.drawText(QRectF(0, top, width, _ROW_HEIGHT), _LEFT, row.name)

    def _paint_figures(self, painter: QPainter, number: int, tokens: Tokens) -> None:
        card = self.card(number)
        split = card.left() + card.width() * 0.45
        for at, row in enumerate(self._rows):
            cell = row.cells[number]
            line = QRectF(card.left(), _HEAD_HEIGHT + at * _ROW_HEIGHT, card.width(), _ROW_HEIGHT)
            if cell.changed:
                painter.fillRect(line.adjusted(3, 3, -3, -3), qcolor(tokens.bg3))
            painter.setFont(font(13, SEMIBOLD if number else REGULAR, tabular=True))
            painter.setPen(qcolor(tokens.ink1))
            painter.drawText(QRectF(line.left(), line.top(), split - line.left(), line.height()), _RIGHT, cell.value)
            rest = line.adjusted(split - line.left() + 14, 0, 0, 0)
            self._paint_difference(painter, rest, cell, tokens)

    def _paint_difference(self, painter: QPainter, rest: QRectF, cell: ComparedCell, tokens: Tokens) -> None:
        weight = SEMIBOLD if cell.worse else REGULAR
        painter.setPen(qcolor(tokens.priority(2).ink if cell.worse else tokens.ink2))
        painter.setFont(font(12, weight, tabular=True))
        painter.drawText(rest, _LEFT, cell.difference)
        if cell.worse:
            used = painter.fontMetrics().horizontalAdvance(cell.difference) + 8
            painter.setFont(font(12, weight))
            painter.drawText(rest.adjusted(used, 0, 0, 0), _LEFT, self.tr("worse"))
