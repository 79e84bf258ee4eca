"""What can be done, one option a row: its key, what it is over why, and what it does in three short columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QPainter
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from widgets.parts.key_button import key_cap_width, paint_key_cap
from widgets.theme.appearance import current_tokens
from widgets.theme.fonts import REGULAR, SEMIBOLD, font
from widgets.theme.tokens import qcolor

OPTION_HEIGHT = 44
FIGURE_WIDTHS = (64.0, 52.0, 44.0)
"""Room of each column at the right, pixels, the first one outermost to the left."""

_INSET, _TEXT_LEFT = 12.0, 40.0
_ROLE = Qt.ItemDataRole.UserRole
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class OptionLine:
    """One option; all words and figures are already written out.

    `figures` are as many as there are columns, with the ink of each if it is not the usual one.
    """

    key: str
    words: str
    why: str = ""
    figures: tuple[str, ...] = ()
    inks: tuple[str, ...] = ()
    is_recommended: bool = False


class _Options(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self.lines: tuple[OptionLine, ...] = ()

    def show_lines(self, lines: Sequence[OptionLine]) -> None:
        self.beginResetModel()
        self.lines = tuple(lines)
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.lines)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        line = self.lines[index.row()]
        if role == _ROLE:
            return line
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return f"{line.key} {line.words}. {line.why}. {', '.join(line.figures)}"
        return None


class _OptionDelegate(QStyledItemDelegate):
    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(240, OPTION_HEIGHT)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        line, area, tokens = index.data(_ROLE), QRectF(option.rect), current_tokens()
        painter.save()
        if line.is_recommended:
            painter.fillRect(area, qcolor(tokens.accbg))
            painter.fillRect(QRectF(area.left(), area.top(), 3, area.height()), qcolor(tokens.acc))
        first = QRectF(area.left() + _TEXT_LEFT, area.top() + 3, area.width() - _TEXT_LEFT - _INSET, 20)
        middle = area.left() + _INSET + (_TEXT_LEFT - _INSET - key_cap_width(line.key)) / 2 - 3
        paint_key_cap(painter, middle, first.center().y(), line.key, tokens.ink2, tokens.line2)
        self._paint_figures(painter, first, line)
        room = first.width() - sum(FIGURE_WIDTHS[: len(line.figures)]) - 6
        painter.setFont(font(13, SEMIBOLD if line.is_recommended else REGULAR))
        painter.setPen(qcolor(tokens.ink1))
        painter.drawText(first, _LEFT, _elided(painter, line.words, room))
        painter.setFont(font(12))
        painter.setPen(qcolor(tokens.ink2))
        painter.drawText(first.translated(0, 18), _LEFT, _elided(painter, line.why, first.width()))
        painter.restore()

    def _paint_figures(self, painter: QPainter, area: QRectF, line: OptionLine) -> None:
        painter.setFont(font(13, REGULAR, tabular=True))
        left = area.right() - sum(FIGURE_WIDTHS[: len(line.figures)])
        for place, figure in enumerate(line.figures):
            ink = line.inks[place] if place < len(line.inks) and line.inks[place] else "ink1"
            painter.setPen(qcolor(current_tokens().ink(ink)))
            painter.drawText(QRectF(left, area.top(), FIGURE_WIDTHS[place], area.height()), _RIGHT, figure)
            left += FIGURE_WIDTHS[place]


def _elided(painter: QPainter, text: str, room: float) -> str:
    return QFontMetricsF(painter.font()).elidedText(text, Qt.TextElideMode.ElideRight, max(room, 0.0))


class OptionList(QListView):
    """Shows options as high as they are, five at most; a double click takes one, keys are the panel's."""

    taken = Signal(int)
    """The row that a person clicked twice."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._options = _Options()
        self.setModel(self._options)
        self.setItemDelegate(_OptionDelegate(self))
        self.setUniformItemSizes(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.doubleClicked.connect(lambda index: self.taken.emit(index.row()))

    @property
    def lines(self) -> tuple[OptionLine, ...]:
        """What is shown."""
        return self._options.lines

    def show_lines(self, lines: Sequence[OptionLine]) -> None:
        """Show other options."""
        self._options.show_lines(lines)
        self.setFixedHeight(OPTION_HEIGHT * min(5, len(lines)))
