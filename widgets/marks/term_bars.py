"""Why a proposal is better: one diverging bar a term, filled saves at the left, hatched costs at the right.

Minutes and money stand in columns of their own; the total is under a line. Terms too small to matter are
summed as "other", so that the columns still add up.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.formatting import money, signed
from widgets.theme.appearance import current_tokens
from widgets.theme.fonts import REGULAR, SEMIBOLD, font
from widgets.theme.tokens import Tokens, qcolor

SMALLEST_MINUTES = 0.2
_HEAD_HEIGHT = 30
_ROW_HEIGHT = 21
_TOTAL_HEIGHT = 30
_BAR_HEIGHT = 11.0
_MONEY_WIDTH = 74.0
_MINUTES_WIDTH = 62.0
_LARGEST_BAR = 165.0
_HATCH = 3.5
_NARROW = 380
_NARROW_SQUEEZE = 14.0
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class Term:
    """One reason: minutes and money in minor units; minus saves, plus costs."""

    name: str
    minutes: float
    minor_units: int | None = None


def with_small_terms_summed(terms: list[Term], other_name: str) -> list[Term]:
    """Return the terms with all below 0.2 min summed into one of the given name, if it is any."""
    large = [term for term in terms if abs(term.minutes) >= SMALLEST_MINUTES]
    small = [term for term in terms if abs(term.minutes) < SMALLEST_MINUTES]
    if not small:
        return large
    money_sum = sum(term.minor_units or 0 for term in small)
    has_money = any(term.minor_units is not None for term in small)
    other = Term(other_name, sum(term.minutes for term in small), money_sum if has_money else None)
    is_nothing = not round(other.minutes, 1) and not other.minor_units
    return large if is_nothing else [*large, other]


class TermBars(QWidget):
    """The "Why" table of a recommendation.

    Parameters
    ----------
    currency : str
        Code at the head of the money column; empty leaves the column out.
    minor_digits : int
        Decimals of the currency.
    """

    def __init__(self, currency: str = "", minor_digits: int = 0, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._currency, self._minor_digits = currency, minor_digits
        self._terms: list[Term] = []
        self._total: Term | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_terms(self, terms: list[Term], total: Term) -> None:
        """Show terms in the order given and their total."""
        self._terms, self._total = with_small_terms_summed(terms, self.tr("Other")), total
        self.updateGeometry()
        self.update()

    def shown_terms(self) -> list[Term]:
        """Return the rows as shown, small ones summed."""
        return list(self._terms)

    def sizeHint(self) -> QSize:
        """Return the height of head, rows and total."""
        return QSize(420, _HEAD_HEIGHT + _ROW_HEIGHT * len(self._terms) + _TOTAL_HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Return the smallest room in which names and numbers do not collide."""
        return QSize(300, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint head, bars and total."""
        painter, tokens = QPainter(self), current_tokens()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_head(painter, tokens)
        for number, term in enumerate(self._terms):
            self._paint_term(painter, _HEAD_HEIGHT + _ROW_HEIGHT * number, term, tokens)
        painter.setPen(QPen(qcolor(tokens.line2), 1.2))
        bottom = _HEAD_HEIGHT + _ROW_HEIGHT * len(self._terms)
        painter.drawLine(QPointF(self._zero(), _HEAD_HEIGHT - 3), QPointF(self._zero(), bottom + 3))
        if self._total is not None:
            self._paint_total(painter, bottom, self._total, tokens)

    def _paint_head(self, painter: QPainter, tokens: Tokens) -> None:
        row = QRectF(0, 0, self.width(), _HEAD_HEIGHT - 4)
        painter.setFont(font(13, SEMIBOLD))
        painter.setPen(qcolor(tokens.ink1))
        painter.drawText(row, _LEFT, self.tr("Why"))
        painter.setFont(font(11))
        painter.setPen(qcolor(tokens.ink3))
        painter.drawText(QRectF(0, 0, self._zero() - 5, row.height()), _RIGHT, self.tr("saves"))
        painter.drawText(QRectF(self._zero() + 5, 0, 90, row.height()), _LEFT, self.tr("costs"))
        painter.drawText(self._minutes_cell(row), _RIGHT, self.tr("min"))
        painter.drawText(row, _RIGHT, self._currency)

    def _paint_term(self, painter: QPainter, top: float, term: Term, tokens: Tokens) -> None:
        row = QRectF(0, top, self.width(), _ROW_HEIGHT)
        self._paint_bar(painter, row.center().y(), term.minutes, tokens)
        painter.setFont(font(12))
        painter.setPen(qcolor(tokens.ink1))
        width = self._zero() - self._reach() - 8
        name = painter.fontMetrics().elidedText(term.name, Qt.TextElideMode.ElideRight, round(width))
        painter.drawText(row, _LEFT, name)
        self._paint_numbers(painter, row, term, REGULAR, tokens)

    def _paint_bar(self, painter: QPainter, middle: float, minutes: float, tokens: Tokens) -> None:
        length = abs(minutes) / max((abs(term.minutes) for term in self._terms), default=1.0) * self._reach()
        zero, top = self._zero(), middle - _BAR_HEIGHT / 2
        if minutes < 0:
            painter.fillRect(QRectF(zero - length, top, length, _BAR_HEIGHT), qcolor(tokens.ink2))
            return
        bar = QRectF(zero, top, length, _BAR_HEIGHT)
        painter.save()
        painter.setClipRect(bar)
        painter.setPen(QPen(qcolor(tokens.ink2), 1))
        for number in range(int((length + _BAR_HEIGHT) / _HATCH) + 1):
            x = zero + number * _HATCH
            painter.drawLine(QPointF(x - _BAR_HEIGHT, bar.bottom()), QPointF(x, top))
        painter.restore()
        painter.setPen(QPen(qcolor(tokens.ink2), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(bar)

    def _paint_total(self, painter: QPainter, top: float, total: Term, tokens: Tokens) -> None:
        row = QRectF(0, top + 4, self.width(), _TOTAL_HEIGHT - 6)
        numbers_left = self._minutes_cell(row).left() + 6
        painter.setPen(QPen(qcolor(tokens.line2), 1))
        painter.drawLine(QPointF(numbers_left, top + 1.5), QPointF(self.width(), top + 1.5))
        painter.setFont(font(12, SEMIBOLD))
        painter.setPen(qcolor(tokens.ink1))
        name = painter.fontMetrics().elidedText(total.name, Qt.TextElideMode.ElideRight, round(numbers_left))
        painter.drawText(row, _LEFT, name)
        self._paint_numbers(painter, row, total, SEMIBOLD, tokens)

    def _paint_numbers(self, painter: QPainter, row: QRectF, term: Term, weight: int, tokens: Tokens) -> None:
        painter.setFont(font(12 if weight == REGULAR else 13, weight, tabular=True))
        painter.drawText(self._minutes_cell(row), _RIGHT, signed(term.minutes, 1))
        if not self._currency:
            return
        painter.setPen(qcolor(tokens.ink1 if weight == SEMIBOLD else tokens.ink2))
        painter.drawText(row, _RIGHT, money(term.minor_units, self._minor_digits, with_sign=True))

    def _minutes_cell(self, row: QRectF) -> QRectF:
        squeeze = _NARROW_SQUEEZE if self.width() < _NARROW else 0.0
        right = self.width() - (_MONEY_WIDTH - squeeze if self._currency else 0)
        width = _MINUTES_WIDTH - squeeze
        return QRectF(right - width, row.top(), width, row.height())

    def _numbers_left(self) -> float:
        return self._minutes_cell(QRectF()).left()

    def _reach(self) -> float:
        """Return the longest bar in pixels: what name and numbers leave, shared by two sides."""
        return min(_LARGEST_BAR, max(24.0, (self._numbers_left() - 150) * 0.42))

    def _zero(self) -> float:
        costs = max((term.minutes for term in self._terms), default=0.0)
        most = max((abs(term.minutes) for term in self._terms), default=1.0) or 1.0
        return self._numbers_left() - max(46.0, self._reach() * max(0.0, costs) / most + 10)
