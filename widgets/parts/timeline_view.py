"""The time line of one thing: time, icon or alarm shape on a thread, headline over a second line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from widgets.marks.alarm_shape import paint_alarm_shape
from widgets.tables.columns import Column, Record
from widgets.tables.record_model import RecordModel, RecordRole
from widgets.theme.appearance import current_tokens
from widgets.theme.fonts import REGULAR, SEMIBOLD, font
from widgets.theme.icons import ROW_PX, IconName, icon_pixmap
from widgets.theme.tokens import Tokens, qcolor

TWO_LINES = 40
ONE_LINE = 26
_SIGN_LEFT = 76.0
_TEXT_LEFT = 106.0


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One thing that happened; the time is already written out. `priority` draws its alarm shape."""

    key: str
    time: str
    sign: IconName
    headline: str
    detail: str = ""
    priority: int = 0


class TimelineDelegate(QStyledItemDelegate):
    """Paints a TimelineEntry."""

    def sizeHint(self, _option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Return a lower row for an entry without second line."""
        entry = index.data(RecordRole.CELL)
        has_detail = isinstance(entry, TimelineEntry) and bool(entry.detail)
        return QSize(200, TWO_LINES if has_detail else ONE_LINE)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint one entry."""
        entry, tokens = index.data(RecordRole.CELL), current_tokens()
        if not isinstance(entry, TimelineEntry):
            return
        area = QRectF(option.rect)
        painter.save()
        self._paint_thread(painter, area, index, tokens)
        self._paint_sign(painter, QRectF(area.left() + _SIGN_LEFT, area.top() + 3, ROW_PX, ROW_PX), entry, tokens)
        first = QRectF(area.left() + 12, area.top(), area.width() - 24, 22)
        painter.setFont(font(12, REGULAR, tabular=True))
        painter.setPen(qcolor(tokens.ink2))
        painter.drawText(first, Qt.AlignmentFlag.AlignVCenter, entry.time)
        line = first.adjusted(_TEXT_LEFT - 12, 0, 0, 0)
        weight = SEMIBOLD if entry.priority else REGULAR
        self._paint_words(painter, line, entry.headline, weight, tokens.ink1)
        if entry.detail:
            self._paint_words(painter, line.translated(0, 16), entry.detail, REGULAR, tokens.ink3)
        painter.restore()

    @staticmethod
    def _paint_thread(
        painter: QPainter, area: QRectF, index: QModelIndex | QPersistentModelIndex, tokens: Tokens
    ) -> None:
        if index.row() == index.model().rowCount() - 1:
            return
        x = round(area.left() + _SIGN_LEFT + ROW_PX / 2)
        painter.setPen(QPen(qcolor(tokens.line2), 1))
        painter.drawLine(x, round(area.top() + 22), x, round(area.bottom() + 1))

    @staticmethod
    def _paint_sign(painter: QPainter, area: QRectF, entry: TimelineEntry, tokens: Tokens) -> None:
        if entry.priority:
            paint_alarm_shape(painter, area, entry.priority, tokens=tokens)
            return
        ratio = painter.device().devicePixelRatioF()
        painter.drawPixmap(area.topLeft(), icon_pixmap(entry.sign, tokens.ink2, ROW_PX, ratio))

    @staticmethod
    def _paint_words(painter: QPainter, line: QRectF, words: str, weight: int, ink: str) -> None:
        painter.setFont(font(12, weight))
        painter.setPen(qcolor(ink))
        cut = QFontMetricsF(painter.font()).elidedText(words, Qt.TextElideMode.ElideRight, line.width())
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, cut)


class TimelineView(QListView):
    """What happened, latest first, as the caller orders it."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._records = RecordModel([Column("entry", "", write=_read_out)], self)
        self.setModel(self._records)
        self.setItemDelegate(TimelineDelegate(self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setViewportMargins(0, 8, 0, 0)

    def show_entries(self, entries: Sequence[TimelineEntry]) -> None:
        """Show these entries in this order."""
        self._records.show_records([Record(entry.key, (entry,)) for entry in entries])


def _read_out(entry: object) -> str:
    """Return an entry as words, for screen readers and search."""
    return f"{entry.time} {entry.headline}. {entry.detail}" if isinstance(entry, TimelineEntry) else ""
