"""The head of a table: 11/500 in ink3, aligned as its column, with one sort mark."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPolygonF
from PySide6.QtWidgets import QHeaderView, QWidget

from widgets.parts.panel import Panel
from widgets.tables.cell_painting import CELL_INSET
from widgets.theme.appearance import current_tokens
from widgets.theme.fonts import MEDIUM, font
from widgets.theme.tokens import qcolor

HEAD_HEIGHT = 26
_MARK = 8.0


class TableHead(QHeaderView):
    """A head whose sections can be moved and sized by hand."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setFont(font(11, MEDIUM))
        self.setSectionsClickable(True)
        self.setSectionsMovable(True)
        self.setHighlightSections(False)
        self.setSortIndicatorShown(True)
        self.setSortIndicatorClearable(True)
        self.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setMinimumSectionSize(32)

    def sizeHint(self) -> QSize:
        """Return the fixed height."""
        return QSize(super().sizeHint().width(), HEAD_HEIGHT)

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:
        """Paint one head and, in the sorted column, its mark."""
        tokens, model = current_tokens(), self.model()
        painter.fillRect(rect, qcolor(tokens.bg1))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, qcolor(tokens.line))
        if self._shows_focus():
            painter.fillRect(rect.left(), rect.bottom() - 1, rect.width(), 2, qcolor(tokens.acc))
        sorted_by_this = self.sortIndicatorSection() == logicalIndex
        area = QRectF(rect).adjusted(CELL_INSET, 0, -CELL_INSET, 0)
        role = Qt.ItemDataRole.TextAlignmentRole
        alignment = model.headerData(logicalIndex, Qt.Orientation.Horizontal, role)
        text = str(model.headerData(logicalIndex, Qt.Orientation.Horizontal))
        painter.setFont(font(11, MEDIUM))
        painter.setPen(qcolor(tokens.ink1 if sorted_by_this else tokens.ink3))
        room = area.adjusted(0, 0, -_MARK - 4 if sorted_by_this else 0, 0)
        cut = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(room.width()))
        painter.drawText(room, alignment, cut)
        if sorted_by_this:
            self._paint_mark(painter, QPointF(area.right() - _MARK / 2, area.center().y()))

    def _shows_focus(self) -> bool:
        """Say whether the keys go to this table and nothing else says so: a panel says it by its title."""
        table = self.parentWidget()
        if table is None or not table.hasFocus():
            return False
        around = table.parentWidget()
        while around is not None and not isinstance(around, Panel):
            around = around.parentWidget()
        return around is None

    def _paint_mark(self, painter: QPainter, at: QPointF) -> None:
        down = self.sortIndicatorOrder() is Qt.SortOrder.DescendingOrder
        tip = 2.5 if down else -2.5
        corners = [QPointF(-3.5, -tip), QPointF(3.5, -tip), QPointF(0, tip)]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(at)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(qcolor(current_tokens().ink1))
        painter.drawPolygon(QPolygonF(corners))
        painter.restore()
