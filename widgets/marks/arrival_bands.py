"""Predicted arrivals drawn with their uncertainty: P10 to P90 as a box, P50 as a bar, the promise dashed.

One row per future ("Now", "After") on one time axis. The edge is red only if the P50 is late. A band that is wide shows
its range instead of one time; what a degraded source added to it is hatched.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.formatting import arrival, clock_time, is_wide_band, signed_minutes, time_range
from widgets.marks.hatching import Ends, added_parts, paint_hatch
from widgets.theme.appearance import current_tokens
from widgets.theme.fonts import REGULAR, SEMIBOLD, font
from widgets.theme.tokens import Tokens, qcolor

_BAND_HEIGHT = 10.0
_STANDS_OUT = 3.0
_AXIS_HEIGHT = 24
_ROW_HEIGHT = 28
_CAPTION_HEIGHT = 16
_TICK_STEPS = (60, 120, 300, 600, 900, 1800, 3600, 7200)
_TICK_ROOM = 66.0
_HALF_TIME = 16.0


@dataclass(frozen=True, slots=True)
class ArrivalForecast:
    """When something likely arrives: epoch seconds, P10 <= P50 <= P90.

    `undegraded` is P10 and P90 as they would be if no source were degraded; what lies beyond them is hatched.
    """

    p10_at: float
    p50_at: float
    p90_at: float
    undegraded: Ends | None = None

    @property
    def is_wide(self) -> bool:
        """Say whether one time would be more than is known."""
        return is_wide_band(self.p10_at, self.p90_at)


def paint_band(
    painter: QPainter,
    ends: Ends,
    mid: float,
    y: float,
    tokens: Tokens,
    *,
    late: bool = False,
    usual: Ends | None = None,
) -> None:
    """Paint a horizontal band.

    Parameters
    ----------
    ends : (float, float)
        P10 and P90 in pixels.
    mid : float
        P50 in pixels.
    y : float
        Middle of the band in pixels.
    late : bool
        Whether P50 is late.
    usual : (float, float), optional
        P10 and P90 without what a degraded source added: the rest is hatched.
    """
    priority = tokens.priority(1)
    box = QRectF(ends[0], y - _BAND_HEIGHT / 2, ends[1] - ends[0], _BAND_HEIGHT)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(qcolor(priority.edge if late else tokens.line2), 1.2))
    painter.setBrush(qcolor(tokens.bg3))
    painter.drawRoundedRect(box, 2, 2)
    for left, right in added_parts(ends, usual):
        paint_hatch(painter, QRectF(left, box.top() + 1, right - left, _BAND_HEIGHT - 2), tokens)
    painter.setPen(QPen(qcolor(priority.ink if late else tokens.ink1), 3, c=Qt.PenCapStyle.FlatCap))
    reach = _BAND_HEIGHT / 2 + _STANDS_OUT
    painter.drawLine(QPointF(mid, y - reach), QPointF(mid, y + reach))
    painter.restore()


class ArrivalBands(QWidget):
    """A strip that compares arrivals of several futures with one promise.

    Parameters
    ----------
    zone : ZoneInfo
        Zone of the site, for the axis and the times.
    """

    def __init__(self, zone: ZoneInfo, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._zone = zone
        self._promise_at: float | None = None
        self._rows: list[tuple[str, ArrivalForecast | None]] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_arrivals(self, rows: Sequence[tuple[str, ArrivalForecast | None]], promise_at: float) -> None:
        """Show one row per (word, forecast); a missing forecast is said in words."""
        self._rows, self._promise_at = list(rows), promise_at
        self.setAccessibleName(", ".join(f"{name} {self._said(forecast)}" for name, forecast in rows))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return the height of axis, rows and caption."""
        return QSize(420, _AXIS_HEIGHT + _ROW_HEIGHT * len(self._rows) + _CAPTION_HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Return the smallest room in which times and bands do not collide."""
        return QSize(280, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint axis, rows, promise and caption."""
        if self._promise_at is None:
            return
        painter, tokens = QPainter(self), current_tokens()
        self._paint_axis(painter, tokens)
        for number, (name, forecast) in enumerate(self._rows):
            self._paint_row(painter, _AXIS_HEIGHT + _ROW_HEIGHT * (number + 0.5), name, forecast, tokens)
        self._paint_promise(painter, tokens)
        painter.setFont(font(11))
        painter.setPen(qcolor(tokens.ink3))
        flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom
        painter.drawText(self.rect(), flags, self.caption())

    def caption(self) -> str:
        """Return what the marks mean, those that are there."""
        if any(forecast is not None and forecast.undegraded is not None for _, forecast in self._rows):
            return self.tr("dashed: promise · hatched: wider than usual")
        return self.tr("dashed: promise · band: P10 to P90")

    def _paint_axis(self, painter: QPainter, tokens: Tokens) -> None:
        painter.setFont(font(11, tabular=True))
        bottom = _AXIS_HEIGHT + _ROW_HEIGHT * len(self._rows)
        promise_x = self._x(self._promise_at or 0.0)
        for tick_at in self._ticks():
            x = self._x(tick_at)
            painter.setPen(qcolor(tokens.line))
            painter.drawLine(QPointF(x, _AXIS_HEIGHT - 6), QPointF(x, bottom))
            if abs(x - promise_x) > 1 and self._band_left() - 12 <= x <= self.width() - _HALF_TIME:
                painter.setPen(qcolor(tokens.ink3))
                self._paint_time(painter, x, tick_at)

    def _paint_time(self, painter: QPainter, x: float, at: float) -> None:
        area = QRectF(x - 30, 0, 60, _AXIS_HEIGHT - 8)
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, clock_time(at, self._zone))

    def _paint_row(
        self, painter: QPainter, y: float, name: str, forecast: ArrivalForecast | None, tokens: Tokens
    ) -> None:
        line = QRectF(0, y - 10, self._band_left() - 14, 20)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(font(12))
        painter.setPen(qcolor(tokens.ink2))
        painter.drawText(line, middle, name)
        if forecast is None:
            painter.drawText(line.adjusted(43, 0, 0, 0), middle, self.tr("no forecast"))
            return
        painter.setFont(font(13, SEMIBOLD, tabular=True))
        painter.setPen(qcolor(tokens.ink1))
        painter.drawText(line.adjusted(43, 0, 0, 0), middle, self._time_text(forecast))
        late = self._is_late(forecast)
        if not forecast.is_wide:
            painter.setFont(font(12, SEMIBOLD if late else REGULAR, tabular=True))
            painter.setPen(qcolor(tokens.priority(1).ink if late else tokens.ink1))
            minutes = signed_minutes(forecast.p50_at - (self._promise_at or 0.0))
            painter.drawText(line.adjusted(90, 0, 0, 0), middle, self.tr("{minutes} min").format(minutes=minutes))
        ends = self._x(forecast.p10_at), self._x(forecast.p90_at)
        usual = forecast.undegraded and (self._x(forecast.undegraded[0]), self._x(forecast.undegraded[1]))
        paint_band(painter, ends, self._x(forecast.p50_at), y, tokens, late=late, usual=usual)

    def _paint_promise(self, painter: QPainter, tokens: Tokens) -> None:
        promise_at = self._promise_at or 0.0
        x = self._x(promise_at)
        pen = QPen(qcolor(tokens.ink1), 1.6)
        pen.setDashPattern([3.0, 2.0])
        painter.setPen(pen)
        painter.drawLine(QPointF(x, _AXIS_HEIGHT - 8), QPointF(x, _AXIS_HEIGHT + _ROW_HEIGHT * len(self._rows)))
        painter.setFont(font(11, SEMIBOLD, tabular=True))
        self._paint_time(painter, x, promise_at)

    def _is_late(self, forecast: ArrivalForecast) -> bool:
        return self._promise_at is not None and forecast.p50_at > self._promise_at

    def _time_text(self, forecast: ArrivalForecast | None) -> str:
        if forecast is None:
            return self.tr("no forecast")
        return arrival(forecast.p10_at, forecast.p50_at, forecast.p90_at, self._zone)

    def _said(self, forecast: ArrivalForecast | None) -> str:
        words = self._time_text(forecast)
        if forecast is None or forecast.undegraded is None:
            return words
        usual = time_range(*forecast.undegraded, self._zone)
        return self.tr("{arrival}, usually {usual}").format(arrival=words, usual=usual)

    def _band_left(self) -> float:
        return min(196.0, max(160.0, self.width() * 0.3))

    def _span(self) -> tuple[float, float]:
        instants = [self._promise_at or 0.0]
        for _, forecast in self._rows:
            if forecast is not None:
                instants += [forecast.p10_at, forecast.p90_at]
        margin = max(120.0, (max(instants) - min(instants)) * 0.05)
        return min(instants) - margin, max(instants) + margin

    def _x(self, at: float) -> float:
        first_at, last_at = self._span()
        left = self._band_left()
        return left + (self.width() - left) * (at - first_at) / (last_at - first_at)

    def _ticks(self) -> list[float]:
        """Return instants at round distances from the promise, so that no label meets the promise's."""
        first_at, last_at = self._span()
        promise_at = self._promise_at or 0.0
        most = max(2.0, (self.width() - self._band_left()) / _TICK_ROOM)
        step = next((s for s in _TICK_STEPS if (last_at - first_at) / s <= most), _TICK_STEPS[-1])
        before, after = int((promise_at - first_at) // step), int((last_at - promise_at) // step)
        return [promise_at + step * number for number in range(-before, after + 1)]

    def range_texts(self) -> list[str]:
        """Return the P10–P90 range of each row in words, for tool tips and read-outs."""
        return [
            time_range(forecast.p10_at, forecast.p90_at, self._zone) if forecast else self.tr("no forecast")
            for _, forecast in self._rows
        ]
