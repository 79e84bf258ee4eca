"""Paints table cells: text, numbers, risk, alarm shapes, selection and hairlines."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from widgets.marks.alarm_shape import paint_alarm_shape
from widgets.marks.stages import RiskStage, paint_risk
from widgets.tables.columns import NUMERIC_KINDS, Cell, Column, Kind
from widgets.tables.record_model import RecordRole
from widgets.theme.appearance import current_tokens
from widgets.theme.fonts import REGULAR, SEMIBOLD, font
from widgets.theme.tokens import Tokens, qcolor

CELL_INSET = 12
SELECTION_BAR = 3
_TEXT_PX = 12
_ASIDE_GAP = 6


def paint_row_ground(
    painter: QPainter, area: QRectF, tokens: Tokens, *, selected: bool, first: bool, inset: float = CELL_INSET
) -> None:
    """Paint the ground of a row's cell: selection with its bar in the first column, and the hairline."""
    if selected:
        painter.fillRect(area, qcolor(tokens.accbg))
        if first:
            bar = QRectF(area.left(), area.top(), SELECTION_BAR, area.height())
            painter.fillRect(bar, qcolor(tokens.acc))
        return
    painter.setPen(QPen(qcolor(tokens.line), 1))
    y = area.bottom() - 0.5
    painter.drawLine(QPointF(area.left() + (inset if first else 0), y), QPointF(area.right(), y))


class CellDelegate(QStyledItemDelegate):
    """Paints the cells of declared columns.

    Parameters
    ----------
    is_fresh : callable
        Row key and column number -> whether the cell just changed and gets its ground for a second.
    note_height : int
        Pixels left free at the foot of each cell, for words across the row.
    """

    def __init__(
        self,
        columns: tuple[Column, ...],
        is_fresh: Callable[[str, int], bool],
        parent: QObject | None = None,
        *,
        note_height: int = 0,
    ) -> None:
        super().__init__(parent)
        self._note_height = note_height
        self._columns = columns
        self._is_fresh = is_fresh

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint one cell."""
        tokens, column = current_tokens(), self._columns[index.column()]
        area = QRectF(option.rect)
        state = option.state
        selected = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        paint_row_ground(painter, area, tokens, selected=selected, first=index.column() == 0)
        if self._is_fresh(index.data(RecordRole.KEY), index.column()):
            painter.fillRect(area.adjusted(SELECTION_BAR, 2, 0, -2), qcolor(tokens.bg3))
        cell = index.data(RecordRole.CELL)
        inner = area.adjusted(CELL_INSET, 0, -CELL_INSET, -self._note_height)
        if not self._paint_mark(painter, inner, column, cell, tokens):
            gone = bool(index.data(RecordRole.GONE))
            self._paint_text(painter, inner, column, cell, tokens.inkoff if gone else "", tokens)
        painter.restore()

    def _paint_mark(self, painter: QPainter, area: QRectF, column: Column, cell: object, tokens: Tokens) -> bool:
        """Paint a cell that is no text; return whether it was one."""
        value = cell.value if isinstance(cell, Cell) else cell
        if column.paint is not None:
            column.paint(painter, area, value, tokens)
        elif column.kind is Kind.RISK and isinstance(value, RiskStage):
            paint_risk(painter, area, value, tokens)
        elif column.kind is Kind.ALARM and isinstance(value, int):
            side = min(20.0, area.height() - 4)
            shape = QRectF(area.left(), area.center().y() - side / 2, side, side)
            paint_alarm_shape(painter, shape, abs(value), acknowledged=value < 0, tokens=tokens)
        else:
            return False
        return True

    def _paint_text(
        self, painter: QPainter, area: QRectF, column: Column, cell: object, faint: str, tokens: Tokens
    ) -> None:
        has_words = isinstance(cell, Cell) and bool(cell.words)
        emphasis = isinstance(cell, Cell) and (cell.bold or bool(cell.ink) or has_words)
        bold = column.kind is Kind.KEY or emphasis
        tabular = column.kind in NUMERIC_KINDS and not has_words
        painter.setFont(font(_TEXT_PX, SEMIBOLD if bold else REGULAR, tabular))
        named = tokens.ink(cell.ink) if isinstance(cell, Cell) and cell.ink else ""
        usual = tokens.ink1 if bold or column.kind in NUMERIC_KINDS else tokens.ink2
        painter.setPen(qcolor(faint or named or usual))
        text = column.text(cell)
        if not tabular:
            text = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(area.width()))
        painter.drawText(area, column.alignment, text)
        if isinstance(cell, Cell) and cell.aside:
            self._paint_aside(painter, area, painter.fontMetrics().horizontalAdvance(text) + _ASIDE_GAP, cell, tokens)

    def _paint_aside(self, painter: QPainter, area: QRectF, left: float, cell: Cell, tokens: Tokens) -> None:
        painter.setFont(font(_TEXT_PX, REGULAR))
        if left + painter.fontMetrics().horizontalAdvance(cell.aside) <= area.width():
            painter.setPen(qcolor(tokens.ink3))
            painter.drawText(area.adjusted(left, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, cell.aside)
