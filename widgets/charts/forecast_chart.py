"""How a predicted arrival moved: across when it was forecast, upwards the arrival; P10 to P90 as a band, P50 a line.

Right of now stand the futures as bands. The promise is dashed over all. Arrow keys walk the forecasts and read each
out. Between two forecasts the earlier one stands: nothing is drawn that nobody forecast. A band that is wide is read
out as its range alone, and what a degraded source added is hatched.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from widgets.charts.forecast_history import ForecastPoint, FutureBand, History
from widgets.charts.time_axes import TimeAxis
from widgets.formatting import clock_time, is_wide_band, signed_minutes, time_range
from widgets.marks.hatching import added_parts, paint_hatch
from widgets.theme.appearance import current_tokens
from widgets.theme.fonts import REGULAR, SEMIBOLD, font
from widgets.theme.tokens import Tokens, qcolor

_LEFT, _TOP, _BOTTOM, _RIGHT = 54.0, 44.0, 40.0, 12.0
_WIDEST_FUTURE, _NARROWEST_FUTURE = 132.0, 74.0
_LEAST_SPAN_S = 600.0
_MARGIN_S = 120.0
_LINE = 15.0


class ForecastChart(QWidget):
    """The chart.

    Parameters
    ----------
    zone : ZoneInfo
        Of the site.
    """

    def __init__(self, zone: ZoneInfo, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._zone = zone
        self._history: History | None = None
        self._cursor: int | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def show_history(self, history: History) -> None:
        """Draw another history; the forecast that is read out stays, if it is still there."""
        before = self.read_point
        self._history = history
        self._cursor = history.points.index(before) if before in history.points else None
        self.setAccessibleName(self.read_out())
        self.update()

    @property
    def read_point(self) -> ForecastPoint | None:
        """The forecast that the arrow keys stand on."""
        if self._history is None or self._cursor is None:
            return None
        return self._history.points[self._cursor]

    def read_out(self) -> str:
        """Return the forecast that is stood on, else the last one, in words."""
        if self._history is None:
            return ""
        point = self.read_point or self._history.points[-1]
        words = (
            self._range_words(point)
            if is_wide_band(point.p10_at, point.p90_at)
            else self._time_words(point, self._history.promise_at)
        )
        if point.undegraded is not None:
            usual = time_range(*point.undegraded, self._zone)
            words = self.tr("{words}, usually {usual}").format(words=words, usual=usual)
        return self.tr("{words}, customer told").format(words=words) if point.is_told else words

    def _range_words(self, point: ForecastPoint) -> str:
        return self.tr("forecast at {made}: {low_high}").format(
            made=clock_time(point.made_at, self._zone),
            low_high=time_range(point.p10_at, point.p90_at, self._zone),
        )

    def _time_words(self, point: ForecastPoint, promise_at: float) -> str:
        return self.tr("forecast at {made}: {arrival}, {low_high}, {versus} min").format(
            made=clock_time(point.made_at, self._zone),
            arrival=clock_time(point.p50_at, self._zone),
            low_high=time_range(point.p10_at, point.p90_at, self._zone),
            versus=signed_minutes(point.p50_at - promise_at),
        )

    # --- Qt ---

    def sizeHint(self) -> QSize:
        """Return the room that reads well."""
        return QSize(460, 260)

    def minimumSizeHint(self) -> QSize:
        """Return the room in which times do not collide."""
        return QSize(280, 170)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk the forecasts by the arrow keys, to the ends by Home and End."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        if self._history is None or event.modifiers() or not self._walk(Qt.Key(event.key()), steps):
            super().keyPressEvent(event)

    def _walk(self, key: Qt.Key, steps: dict[Qt.Key, int]) -> bool:
        assert self._history is not None, "keys are taken once there is something to walk"
        last = len(self._history.points) - 1
        if key in steps:
            at = last if self._cursor is None else self._cursor + steps[key]
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            at = 0 if key == Qt.Key.Key_Home else last
        else:
            return False
        self._cursor = max(0, min(last, at))
        self.setAccessibleName(self.read_out())
        self.update()
        return True

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint axes, band, promise, marks and futures."""
        if self._history is None:
            return
        painter, tokens = QPainter(self), current_tokens()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _Drawing(painter, tokens, self._history, self._zone, QRectF(self.rect())).draw(self)
        painter.setFont(font(12, tabular=True))
        painter.setPen(qcolor(tokens.ink1 if self._cursor is not None else tokens.ink2))
        words = QFontMetricsF(painter.font()).elidedText(
            self.read_out(), Qt.TextElideMode.ElideRight, self.width() - 2 * _RIGHT
        )
        painter.drawText(QRectF(_RIGHT, 4, self.width() - 2 * _RIGHT, 18), Qt.AlignmentFlag.AlignVCenter, words)
        if self.hasFocus():
            painter.setPen(QPen(qcolor(tokens.acc), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))


class _Drawing:
    """One painting of a history: where everything stands, and the strokes."""

    def __init__(self, painter: QPainter, tokens: Tokens, history: History, zone: ZoneInfo, area: QRectF) -> None:
        self._painter, self._tokens, self._history, self._zone = painter, tokens, history, zone
        futures = len(history.futures)
        room = (area.width() - _LEFT - _RIGHT) * 0.56
        self._future_width = min(_WIDEST_FUTURE, room / futures) if futures else 0.0
        if self._future_width < _NARROWEST_FUTURE:
            self._future_width = 0.0
        self._far = area.width() - _RIGHT
        right = self._far - futures * self._future_width
        self._plot = QRectF(_LEFT, _TOP, right - _LEFT, area.height() - _TOP - _BOTTOM)
        self._across = self._when_forecast()
        self._upwards = self._arrivals()

    def _when_forecast(self) -> TimeAxis:
        first_at = min(point.made_at for point in self._history.points)
        until_at = self._history.until_at
        first_at = min(first_at, until_at - _LEAST_SPAN_S)
        return TimeAxis(first_at, until_at, self._plot.left(), self._plot.right())

    def _arrivals(self) -> TimeAxis:
        bands: list[ForecastPoint | FutureBand] = [
            *self._history.points,
            *(self._history.futures if self._future_width else ()),
        ]
        instants = [self._history.promise_at]
        for band in bands:
            instants += [band.p10_at, band.p90_at]
        low, high = min(instants) - _MARGIN_S, max(instants) + _MARGIN_S
        return TimeAxis(low, high, self._plot.bottom(), self._plot.top())

    def draw(self, chart: ForecastChart) -> None:
        self._axes()
        self._band(chart.read_point)
        self._now(chart.tr("arrived {time}") if self._history.is_over else chart.tr("now {time}"))
        self._futures(chart.tr("{time}, {versus} min"))
        self._promise(chart.tr("promise {time}"))
        self._marks()

    def _axes(self) -> None:
        painter, tokens = self._painter, self._tokens
        painter.setFont(font(11, tabular=True))
        for at in self._upwards.ticks(26.0):
            y = self._upwards.at(at)
            painter.setPen(QPen(qcolor(tokens.line), 1))
            painter.drawLine(QPointF(self._plot.left(), y), QPointF(self._far, y))
            painter.setPen(qcolor(tokens.ink3))
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRectF(0, y - 8, _LEFT - 8, 16), right, clock_time(at, self._zone))
        for at in self._across.ticks(64.0):
            x = self._across.at(at)
            painter.setPen(QPen(qcolor(tokens.line), 1))
            painter.drawLine(QPointF(x, self._plot.top()), QPointF(x, self._plot.bottom()))
            if x < self._plot.right() - 20:
                painter.setPen(qcolor(tokens.ink3))
                box = QRectF(x - 30, self._plot.bottom() + 4, 60, 16)
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, clock_time(at, self._zone))

    def _band(self, chosen: ForecastPoint | None) -> None:
        """Draw each forecast until the next one was made."""
        painter, tokens, points = self._painter, self._tokens, self._history.points
        ends = [*(point.made_at for point in points[1:]), self._history.until_at]
        low: list[QPointF] = []
        middle: list[QPointF] = []
        high: list[QPointF] = []
        for point, end_at in zip(points, ends, strict=True):
            for made_at in (point.made_at, max(end_at, point.made_at)):
                x = self._across.at(made_at)
                for line, at in ((low, point.p10_at), (middle, point.p50_at), (high, point.p90_at)):
                    line.append(QPointF(x, self._upwards.at(at)))
        painter.setPen(QPen(qcolor(tokens.line2), 1.2))
        painter.setBrush(qcolor(tokens.bg3))
        painter.drawPolygon(QPolygonF([*low, *reversed(high)]))
        for point, end_at in zip(points, ends, strict=True):
            self._hatch(point, self._across.at(point.made_at), self._across.at(max(end_at, point.made_at)))
        painter.setPen(QPen(qcolor(tokens.ink1), 2))
        painter.drawPolyline(QPolygonF(middle))
        for point in points:
            if point.is_told or point is chosen:
                self._dot(point, is_chosen=point is chosen)

    def _hatch(self, band: ForecastPoint | FutureBand, left: float, right: float) -> None:
        """Hatch what a degraded source added to a band that stands between two places."""
        for low_at, high_at in added_parts((band.p10_at, band.p90_at), band.undegraded):
            corners = QPointF(left, self._upwards.at(high_at)), QPointF(right, self._upwards.at(low_at))
            paint_hatch(self._painter, QRectF(*corners), self._tokens)

    def _dot(self, point: ForecastPoint, *, is_chosen: bool) -> None:
        painter, tokens = self._painter, self._tokens
        at = QPointF(self._across.at(point.made_at), self._upwards.at(point.p50_at))
        painter.setPen(QPen(qcolor(tokens.acc if is_chosen else tokens.ink1), 2 if is_chosen else 1.5))
        painter.setBrush(qcolor(tokens.bg1))
        painter.drawEllipse(at, 4, 4)

    def _now(self, words: str) -> None:
        painter, tokens = self._painter, self._tokens
        x = self._plot.right()
        pen = QPen(qcolor(tokens.ink2), 1)
        pen.setDashPattern([3.0, 3.0])
        painter.setPen(pen)
        painter.drawLine(QPointF(x, self._plot.top() - 4), QPointF(x, self._plot.bottom()))
        painter.setFont(font(11, tabular=True))
        painter.setPen(qcolor(tokens.ink1))
        text = words.format(time=clock_time(self._history.until_at, self._zone))
        width = QFontMetricsF(painter.font()).horizontalAdvance(text) + 4
        left = min(x - width / 2, self._far - width)
        painter.drawText(QRectF(left, self._plot.bottom() + 4, width, 16), Qt.AlignmentFlag.AlignCenter, text)

    def _futures(self, words: str) -> None:
        if not self._future_width:
            return
        for place, future in enumerate(self._history.futures):
            middle = self._plot.right() + self._future_width * (place + 0.5)
            self._future(future, middle, words)

    def _future(self, future: FutureBand, x: float, words: str) -> None:
        painter, tokens, promise_at = self._painter, self._tokens, self._history.promise_at
        is_late = future.p50_at > promise_at
        priority = tokens.priority(1)
        edge = priority.edge if is_late else tokens.acc if future.is_proposed else tokens.line2
        ink = priority.ink if is_late else tokens.acc if future.is_proposed else tokens.ink1
        box = QRectF(QPointF(x - 8, self._upwards.at(future.p90_at)), QPointF(x + 8, self._upwards.at(future.p10_at)))
        painter.setPen(QPen(qcolor(edge), 1.2))
        painter.setBrush(qcolor(tokens.bg3))
        painter.drawRoundedRect(box, 2, 2)
        self._hatch(future, box.left() + 1, box.right() - 1)
        y = self._upwards.at(future.p50_at)
        painter.setPen(QPen(qcolor(ink), 3, c=Qt.PenCapStyle.FlatCap))
        painter.drawLine(QPointF(x - 14, y), QPointF(x + 14, y))
        last = QPointF(self._plot.right(), self._upwards.at(self._history.points[-1].p50_at))
        dotted = QPen(qcolor(edge), 1)
        dotted.setDashPattern([1.0, 3.0])
        painter.setPen(dotted)
        painter.drawLine(last, QPointF(x - 14, y))
        time, versus = clock_time(future.p50_at, self._zone), signed_minutes(future.p50_at - promise_at)
        text = words.format(time=time, versus=versus)
        if is_wide_band(future.p10_at, future.p90_at):
            text = time_range(future.p10_at, future.p90_at, self._zone)
        self._centred(x, self._plot.bottom() + 20, text, SEMIBOLD, priority.ink if is_late else tokens.ink1)
        self._centred(x, self._plot.top() - 20, future.name, SEMIBOLD, tokens.ink1)

    def _centred(self, x: float, top: float, words: str, weight: int, ink: str) -> None:
        painter = self._painter
        painter.setFont(font(11, weight, tabular=weight == SEMIBOLD))
        painter.setPen(qcolor(ink))
        room = self._future_width - 6
        cut = QFontMetricsF(painter.font()).elidedText(words, Qt.TextElideMode.ElideRight, room)
        painter.drawText(QRectF(x - room / 2, top, room, _LINE), Qt.AlignmentFlag.AlignCenter, cut)

    def _promise(self, words: str) -> None:
        painter, tokens = self._painter, self._tokens
        y = self._upwards.at(self._history.promise_at)
        pen = QPen(qcolor(tokens.ink1), 1.6)
        pen.setDashPattern([3.0, 2.0])
        painter.setPen(pen)
        painter.drawLine(QPointF(self._plot.left(), y), QPointF(self._far, y))
        painter.setFont(font(11, SEMIBOLD, tabular=True))
        text = words.format(time=clock_time(self._history.promise_at, self._zone))
        self._label(QPointF(self._plot.left() + 4, y - _LINE - 1), text)

    def _marks(self) -> None:
        """Name what happened at the curve, where the words find room; each has its tick."""
        taken: list[QRectF] = []
        self._painter.setFont(font(11, REGULAR))
        for mark in self._history.marks:
            x = self._across.at(mark.at)
            if not self._plot.left() <= x <= self._plot.right():
                continue
            self._painter.setPen(QPen(qcolor(self._tokens.ink2), 1))
            self._painter.drawLine(QPointF(x, self._plot.bottom()), QPointF(x, self._plot.bottom() - 6))
            width = QFontMetricsF(self._painter.font()).horizontalAdvance(mark.words) + 6
            left = max(self._plot.left() + 2, min(x - width / 2, self._plot.right() - width - 2))
            rows = (QRectF(left, self._plot.bottom() - 8 - _LINE * row, width, _LINE) for row in (1, 2, 3))
            box = next((row for row in rows if not any(row.intersects(other) for other in taken)), None)
            if box is not None:
                taken.append(box)
                self._label(box.topLeft(), mark.words)

    def _label(self, at: QPointF, words: str) -> None:
        """Write words over the band: on the panel's own ground, so that they read."""
        painter, tokens = self._painter, self._tokens
        width = QFontMetricsF(painter.font()).horizontalAdvance(words) + 6
        box = QRectF(at.x(), at.y(), width, _LINE)
        painter.fillRect(box, qcolor(tokens.bg1))
        painter.setPen(qcolor(tokens.ink1))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)
