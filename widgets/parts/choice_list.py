"""A short list to choose one thing from by keys: words at the left, a note, and the key that does the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QPainter
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from widgets.parts.key_button import key_cap_width, paint_key_cap
from widgets.theme.appearance import current_tokens
from widgets.theme.fonts import SEMIBOLD, font
from widgets.theme.tokens import qcolor

CHOICE_HEIGHT = 32
_INSET = 12.0
_GAP = 12.0
_ROLE = Qt.ItemDataRole.UserRole
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class Choice:
    """One row: what it is, a second word, what stands at the right, and its key if it has one."""

    words: str
    note: str = ""
    aside: str = ""
    key: str = ""


class _Choices(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self.rows: Sequence[Choice] = ()

    def show_rows(self, rows: Sequence[Choice]) -> None:
        self.beginResetModel()
        self.rows = tuple(rows)
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self.rows[index.row()]
        if role == _ROLE:
            return row
        return f"{row.words}, {row.note}" if role == Qt.ItemDataRole.AccessibleTextRole else None


class _ChoiceDelegate(QStyledItemDelegate):
    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(200, CHOICE_HEIGHT)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        row, area, tokens = index.data(_ROLE), QRectF(option.rect), current_tokens()
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area, qcolor(tokens.accbg))
            painter.fillRect(QRectF(area.left(), area.top(), 3, area.height()), qcolor(tokens.acc))
        line = area.adjusted(_INSET, 0, -_INSET, 0)
        if row.key:
            width = key_cap_width(row.key)
            paint_key_cap(painter, line.right() - width, line.center().y(), row.key, tokens.ink2, tokens.line2)
            line.setRight(line.right() - width - _GAP)
        painter.setFont(font(12))
        painter.setPen(qcolor(tokens.ink2))
        painter.drawText(line, _RIGHT, row.aside)
        if row.aside:
            line.setRight(line.right() - QFontMetricsF(font(12)).horizontalAdvance(row.aside) - _GAP)
        self._paint_words(painter, line, row)
        painter.restore()

    def _paint_words(self, painter: QPainter, line: QRectF, row: Choice) -> None:
        tokens = current_tokens()
        painter.setFont(font(13, SEMIBOLD))
        painter.setPen(qcolor(tokens.ink1))
        words = _elided(painter, row.words, line.width())
        painter.drawText(line, _LEFT, words)
        line.setLeft(line.left() + QFontMetricsF(painter.font()).horizontalAdvance(words) + _GAP)
        painter.setFont(font(12))
        painter.setPen(qcolor(tokens.ink2))
        painter.drawText(line, _LEFT, _elided(painter, row.note, line.width()))


def _elided(painter: QPainter, text: str, room: float) -> str:
    return QFontMetricsF(painter.font()).elidedText(text, Qt.TextElideMode.ElideRight, max(room, 0.0))


class ChoiceList(QListView):
    """Shows choices; the first one is chosen until a person moves."""

    taken = Signal(int)
    """The row that a person clicked."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choices = _Choices()
        self.setModel(self._choices)
        self.setItemDelegate(_ChoiceDelegate(self))
        self.setUniformItemSizes(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.clicked.connect(lambda index: self.taken.emit(index.row()))

    @property
    def rows(self) -> Sequence[Choice]:
        """What is shown."""
        return self._choices.rows

    @property
    def at(self) -> int:
        """The chosen row, -1 if there is none."""
        return self.currentIndex().row()

    def show_choices(self, rows: Sequence[Choice]) -> None:
        """Show other choices and choose the first."""
        self._choices.show_rows(rows)
        self.choose(0)

    def choose(self, at: int) -> None:
        """Choose a row; past either end the last one there."""
        if self.rows:
            self.setCurrentIndex(self._choices.index(min(max(at, 0), len(self.rows) - 1), 0))
