"""The list of exceptions: 52 px rows with shape, subject and finding over cause; act within over proposal.

Priority 1 rows stand on their own ground, and only their finding is coloured. New rows of priority 1 and
2 pulse their ground twice; nothing blinks after that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from widgets.marks.alarm_shape import paint_alarm_shape
from widgets.tables.calm_rows import CalmRows
from widgets.tables.columns import Column, Record
from widgets.tables.hand_watch import IDLE_MS
from widgets.tables.record_model import RecordModel, RecordRole
from widgets.theme.appearance import current_tokens, is_still
from widgets.theme.fonts import REGULAR, SEMIBOLD, font
from widgets.theme.tokens import Tokens, qcolor

ROW_HEIGHT = 52
_TEXT_LEFT = 40.0
_INSET = 12.0
_PULSE_MS = 600
_PULSES = 2
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class TwoLineRow:
    """One row; all words and times are already written out.

    `owner` holds the initials of someone else who took it.
    """

    key: str
    priority: int
    subject: str
    finding: str
    cause: str = ""
    act_within: str = ""
    proposal: str = ""
    acknowledged: bool = False
    owner: str = ""


class TwoLineDelegate(QStyledItemDelegate):
    """Paints a TwoLineRow."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.pulsing: set[str] = set()

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Return the row's height."""
        return QSize(240, ROW_HEIGHT)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint one row."""
        tokens, area = current_tokens(), QRectF(option.rect)
        row = index.data(RecordRole.CELL)
        if not isinstance(row, TwoLineRow):
            return
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        self._paint_ground(painter, area, row, selected, tokens)
        shape = QRectF(area.left() + 11, area.top() + 8, 21, 21)
        paint_alarm_shape(painter, shape, row.priority, acknowledged=row.acknowledged, tokens=tokens)
        gone = bool(index.data(RecordRole.GONE))
        lines = QRectF(area.left() + _TEXT_LEFT, area.top() + 6, area.width() - _TEXT_LEFT - _INSET, 20)
        self._paint_first_line(painter, lines, row, gone, tokens)
        self._paint_second_line(painter, lines.translated(0, 20), row, selected, gone, tokens)
        painter.restore()

    def _paint_ground(self, painter: QPainter, area: QRectF, row: TwoLineRow, selected: bool, tokens: Tokens) -> None:
        if selected:
            painter.fillRect(area, qcolor(tokens.accbg))
            painter.fillRect(QRectF(area.left(), area.top(), 3, area.height()), qcolor(tokens.acc))
            return
        if (row.priority == 1 and not row.acknowledged) or row.key in self.pulsing:
            painter.fillRect(area, qcolor(tokens.priority(row.priority).bg))
        painter.setPen(QPen(qcolor(tokens.line), 1))
        y = area.bottom() - 0.5
        painter.drawLine(int(area.left() + _TEXT_LEFT), int(y), int(area.right() - _INSET), int(y))

    def _paint_first_line(self, painter: QPainter, line: QRectF, row: TwoLineRow, gone: bool, tokens: Tokens) -> None:
        faint = tokens.inkoff if gone else ""
        right = row.act_within
        painter.setFont(font(13, REGULAR, tabular=True))
        painter.setPen(qcolor(faint or tokens.ink1))
        painter.drawText(line, _RIGHT, right)
        room = line.width() - QFontMetricsF(painter.font()).horizontalAdvance(right) - 8
        painter.setFont(font(13, SEMIBOLD))
        subject = _elided(painter, row.subject, room)
        painter.drawText(line, _LEFT, subject)
        used = QFontMetricsF(painter.font()).horizontalAdvance(subject) + 8
        critical = row.priority == 1
        painter.setFont(font(13, SEMIBOLD if critical else REGULAR))
        painter.setPen(qcolor(faint or (tokens.priority(1).ink if critical else tokens.ink1)))
        painter.drawText(line.adjusted(used, 0, 0, 0), _LEFT, _elided(painter, row.finding, room - used))

    def _paint_second_line(
        self, painter: QPainter, line: QRectF, row: TwoLineRow, selected: bool, gone: bool, tokens: Tokens
    ) -> None:
        painter.setFont(font(12))
        painter.setPen(qcolor(tokens.inkoff if gone else tokens.ink1 if selected else tokens.ink2))
        right = f"{row.owner} · {row.proposal}" if row.owner else row.proposal
        proposal = _elided(painter, right, line.width() * 0.55)
        painter.drawText(line, _RIGHT, proposal)
        room = line.width() - QFontMetricsF(painter.font()).horizontalAdvance(proposal) - 10
        painter.setPen(qcolor(tokens.inkoff if gone else tokens.ink2))
        painter.drawText(line, _LEFT, _elided(painter, row.cause, room))


def _elided(painter: QPainter, text: str, room: float) -> str:
    return QFontMetricsF(painter.font()).elidedText(text, Qt.TextElideMode.ElideRight, max(room, 0.0))


class TwoLineList(CalmRows, QListView):
    """A calm list: selection stays, and rows keep their places while a hand is in it.

    Parameters
    ----------
    idle_ms : int
        Quiet time after which held rows may move.
    """

    chosen = Signal(str)
    """A person selected the row of this key."""
    opened = Signal(str)
    """Enter or a double click on the row of this key."""

    def __init__(self, *, idle_ms: int = IDLE_MS, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.records = RecordModel([Column("row", "", write=_read_out)], self)
        self._delegate = TwoLineDelegate(self)
        self.setModel(self.records)
        self.setItemDelegate(self._delegate)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._watch_hand(idle_ms)

    def show_rows(self, rows: Sequence[TwoLineRow]) -> None:
        """Show these rows in this order, as far as no hand is in the list."""
        self.records.show_records([Record(row.key, (row,)) for row in rows])

    def pulse(self, key: str) -> None:
        """Pulse the ground of a row twice, 600 ms each: a new alarm. Without motion it stands for as long."""
        if is_still():
            self._set_pulse(key, True)
            QTimer.singleShot((2 * _PULSES - 1) * _PULSE_MS, self, lambda: self._set_pulse(key, False))
            return
        for number in range(_PULSES):
            start = number * 2 * _PULSE_MS
            QTimer.singleShot(start, self, lambda: self._set_pulse(key, True))
            QTimer.singleShot(start + _PULSE_MS, self, lambda: self._set_pulse(key, False))

    def _set_pulse(self, key: str, on: bool) -> None:
        (self._delegate.pulsing.add if on else self._delegate.pulsing.discard)(key)
        row = self.records.row_of(key)
        if row is not None:
            self.update(self.records.index(row, 0))


def _read_out(row: object) -> str:
    """Return a row as words, for screen readers and search."""
    if not isinstance(row, TwoLineRow):
        return ""
    return f"{row.subject} {row.finding}. {row.cause}. {row.act_within} {row.proposal}"
