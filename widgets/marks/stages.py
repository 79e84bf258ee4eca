"""Four-stage marks with their word: risk of a promise (rising bars) and confidence (dots).

Both are grey while nothing is wrong: low confidence is no alarm, and the first two stages of risk are
none either.
"""

from __future__ import annotations

from enum import IntEnum

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.theme.appearance import current_tokens
from widgets.theme.fonts import REGULAR, SEMIBOLD, font
from widgets.theme.tokens import Tokens, qcolor


class RiskStage(IntEnum):
    """How likely a promise is missed."""

    ON_TRACK = 0
    WATCH = 1
    AT_RISK = 2
    LATE = 3


class ConfidenceStage(IntEnum):
    """How often forecasts alike held."""

    LOW = 0
    FAIR = 1
    GOOD = 2
    HIGH = 3


RISK_LIMITS = (0.10, 0.30, 0.70)
CONFIDENCE_LIMITS = (0.60, 0.80, 0.92)
RISK_MARK_WIDTH = 20.0
DOTS_WIDTH = 38.0
_RISK_PRIORITY = {RiskStage.AT_RISK: 2, RiskStage.LATE: 1}


def risk_stage(late_probability: float, *, is_late: bool = False) -> RiskStage:
    """Return the stage of P(late), 0 to 1; already late is the last stage."""
    if is_late:
        return RiskStage.LATE
    return RiskStage(sum(late_probability >= limit for limit in RISK_LIMITS))


def confidence_stage(observed_rate: float) -> ConfidenceStage:
    """Return the stage of an observed rate of kept forecasts, 0 to 1."""
    return ConfidenceStage(sum(observed_rate >= limit for limit in CONFIDENCE_LIMITS))


def risk_word(stage: RiskStage) -> str:
    """Return the word beside the bars."""
    return (
        QCoreApplication.translate("stages", "On track"),
        QCoreApplication.translate("stages", "Watch"),
        QCoreApplication.translate("stages", "At risk"),
        QCoreApplication.translate("stages", "Late"),
    )[stage]


def confidence_word(stage: ConfidenceStage) -> str:
    """Return the word beside the dots."""
    return (
        QCoreApplication.translate("stages", "Low"),
        QCoreApplication.translate("stages", "Fair"),
        QCoreApplication.translate("stages", "Good"),
        QCoreApplication.translate("stages", "High"),
    )[stage]


def risk_ink(stage: RiskStage, tokens: Tokens) -> str:
    """Return the colour of a stage's word."""
    if stage in _RISK_PRIORITY:
        return tokens.priority(_RISK_PRIORITY[stage]).ink
    return tokens.ink1 if stage is RiskStage.WATCH else tokens.ink2


def paint_risk_bars(painter: QPainter, left: float, middle: float, stage: RiskStage, tokens: Tokens) -> None:
    """Paint the four rising bars, 20 px wide and 11 px high, with their middle at `middle`."""
    colored = stage in _RISK_PRIORITY
    priority = tokens.priority(_RISK_PRIORITY.get(stage, 1))
    fill, edge = (priority.fill, priority.edge) if colored else (tokens.ink2, tokens.ink3)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    bottom = round(middle + 5) + 0.5
    for number, height in enumerate((3.0, 5.0, 7.5, 10.0)):
        painter.setPen(QPen(qcolor(edge if number <= stage else tokens.line2), 1))
        painter.setBrush(qcolor(fill) if number <= stage else Qt.BrushStyle.NoBrush)
        painter.drawRect(QRectF(left + 0.5 + number * 5, bottom - height, 3.2, height))
    painter.restore()


def paint_risk(painter: QPainter, area: QRectF, stage: RiskStage, tokens: Tokens, px: int = 12) -> None:
    """Paint bars and word at the left of `area`, vertically centred."""
    paint_risk_bars(painter, area.left(), area.center().y(), stage, tokens)
    painter.setFont(font(px, SEMIBOLD if stage in _RISK_PRIORITY else REGULAR))
    painter.setPen(qcolor(risk_ink(stage, tokens)))
    painter.drawText(area.adjusted(RISK_MARK_WIDTH + 6, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, risk_word(stage))


def paint_confidence_dots(
    painter: QPainter, left: float, middle: float, stage: ConfidenceStage, tokens: Tokens
) -> None:
    """Paint the four dots, 38 px wide, as many filled as the stage says."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(qcolor(tokens.ink2), 1.2))
    for number in range(4):
        painter.setBrush(qcolor(tokens.ink2) if number <= stage else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(QPointF(left + 4 + number * 9.5, middle), 3.1, 3.1)
    painter.restore()


def paint_confidence(painter: QPainter, area: QRectF, stage: ConfidenceStage, tokens: Tokens) -> None:
    """Paint dots and word at the left of `area`, vertically centred."""
    paint_confidence_dots(painter, area.left(), area.center().y(), stage, tokens)
    painter.setFont(font(12, SEMIBOLD))
    painter.setPen(qcolor(tokens.ink1))
    painter.drawText(area.adjusted(DOTS_WIDTH + 6, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, confidence_word(stage))


class RiskMark(QWidget):
    """Risk bars with their word."""

    def __init__(self, stage: RiskStage, *, px: int = 12, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stage, self._px = stage, px
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(risk_word(stage))

    def set_stage(self, stage: RiskStage) -> None:
        """Show another stage."""
        self._stage = stage
        self.setAccessibleName(risk_word(stage))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return the room of bars and word."""
        word = QFontMetricsF(font(self._px, SEMIBOLD)).horizontalAdvance(risk_word(self._stage))
        return QSize(round(RISK_MARK_WIDTH + 8 + word), 20)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint bars and word."""
        paint_risk(QPainter(self), QRectF(self.rect()), self._stage, current_tokens(), self._px)


class ConfidenceMark(QWidget):
    """Confidence dots with their word, or "not measured yet" where too few like cases are known."""

    def __init__(self, stage: ConfidenceStage | None, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stage = stage
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self._word())

    def set_stage(self, stage: ConfidenceStage | None) -> None:
        """Show another stage; None is "not measured yet"."""
        self._stage = stage
        self.setAccessibleName(self._word())
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return the room of dots and word."""
        dots = 0 if self._stage is None else DOTS_WIDTH + 8
        return QSize(round(dots + 2 + QFontMetricsF(font(12, SEMIBOLD)).horizontalAdvance(self._word())), 20)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint dots and word."""
        painter, area, tokens = QPainter(self), QRectF(self.rect()), current_tokens()
        if self._stage is not None:
            paint_confidence(painter, area, self._stage, tokens)
            return
        painter.setFont(font(12))
        painter.setPen(qcolor(tokens.ink2))
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, self._word())

    def _word(self) -> str:
        return self.tr("not measured yet") if self._stage is None else confidence_word(self._stage)
