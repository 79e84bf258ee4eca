"""A sketch of places: spots with words and ways between them, fitted into the room there is; north is up.

No streets and no zooming: it says where things lie to each other, beside a list that says the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.theme.appearance import current_tokens
from widgets.theme.fonts import REGULAR, SEMIBOLD, font
from widgets.theme.tokens import Tokens, qcolor

_MARGIN_X, _MARGIN_Y = 96.0, 22.0
_RADIUS, _REACH = 5.0, 14.0
_LEAST_SPAN_DEG = 0.002
"""About 200 m: nearer places are not blown up further."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place: degrees, words beside it, the name of an ink token.

    `is_hollow` for where something begins, `is_closed` for a street that nobody is led over.
    """

    key: str
    lat: float
    lon: float
    words: str = ""
    ink: str = "ink1"
    is_hollow: bool = False
    is_closed: bool = False


@dataclass(frozen=True, slots=True)
class Way:
    """A way through places, degrees, in the order of driving."""

    points: tuple[tuple[float, float], ...]
    ink: str = "ink3"


class PlaceSketch(QWidget):
    """The sketch; a click on a spot tells its key."""

    chosen = Signal(str)
    """The key of the spot under the click."""

    def __init__(self, name: str, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._spots: tuple[Spot, ...] = ()
        self._ways: tuple[Way, ...] = ()
        self._marked = ""
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_places(self, spots: Sequence[Spot], ways: Sequence[Way] = ()) -> None:
        """Show these places and ways."""
        self._spots, self._ways = tuple(spots), tuple(ways)
        self.update()

    def mark(self, key: str) -> None:
        """Mark the spot of this key, or none."""
        self._marked = key
        self.update()

    def point_of(self, lat: float, lon: float) -> QPointF:
        """Return where a place is drawn, pixels."""
        places = [(spot.lat, spot.lon) for spot in self._spots] + [point for way in self._ways for point in way.points]
        lats, lons = [place[0] for place in places] or [lat], [place[1] for place in places] or [lon]
        middle_lat, middle_lon = (min(lats) + max(lats)) / 2, (min(lons) + max(lons)) / 2
        narrowing = cos(radians(middle_lat))
        span_y = max(max(lats) - min(lats), _LEAST_SPAN_DEG)
        span_x = max((max(lons) - min(lons)) * narrowing, _LEAST_SPAN_DEG)
        room = self.rect().adjusted(0, 0, -round(2 * _MARGIN_X), -round(2 * _MARGIN_Y))
        scale = min(max(room.width(), 1) / span_x, max(room.height(), 1) / span_y)
        return QPointF(
            self.width() / 2 + (lon - middle_lon) * narrowing * scale, self.height() / 2 - (lat - middle_lat) * scale
        )

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Tell which spot is under the click."""
        for spot in reversed(self._spots):
            away = self.point_of(spot.lat, spot.lon) - event.position()
            if away.manhattanLength() <= _REACH:
                self.chosen.emit(spot.key)
                return

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint ground, ways, spots and words."""
        painter, tokens = QPainter(self), current_tokens()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(qcolor(tokens.line), 1))
        painter.setBrush(qcolor(tokens.bg0))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        for way in self._ways:
            painter.setPen(QPen(qcolor(tokens.ink(way.ink)), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPolyline(QPolygonF([self.point_of(lat, lon) for lat, lon in way.points]))
        written: list[QRectF] = []
        for spot in sorted(self._spots, key=lambda one: one.key != self._marked):
            self._paint_spot(painter, spot, tokens, written)

    def _paint_spot(self, painter: QPainter, spot: Spot, tokens: Tokens, written: list[QRectF]) -> None:
        """Paint a spot; words that would lie on others are left to the list."""
        at, ink = self.point_of(spot.lat, spot.lon), qcolor(tokens.ink(spot.ink))
        is_marked = bool(spot.key) and spot.key == self._marked
        painter.setPen(QPen(qcolor(tokens.acc) if is_marked else ink, 2))
        painter.setBrush(qcolor(tokens.bg0) if spot.is_hollow else ink)
        radius = _RADIUS + 2 if is_marked else _RADIUS
        if spot.is_closed:
            _paint_closed(painter, at, tokens)
        else:
            painter.drawEllipse(at, radius, radius)
        if not spot.words:
            return
        painter.setFont(font(12, SEMIBOLD if is_marked else REGULAR, tabular=True))
        painter.setPen(ink)
        width = float(painter.fontMetrics().horizontalAdvance(spot.words))
        is_right = at.x() + width + 14 > self.width()
        left = at.x() - width - 11 if is_right else at.x() + 11
        place = QRectF(left, at.y() - 9, width + 2, 18)
        if not any(place.intersects(other) for other in written):
            written.append(place)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, spot.words)


def _paint_closed(painter: QPainter, at: QPointF, tokens: Tokens) -> None:
    """Paint the sign of a closed street, as the map has it."""
    painter.setPen(QPen(qcolor(tokens.ink1), 2))
    painter.setBrush(qcolor(tokens.bg1))
    painter.drawEllipse(at, 8.5, 8.5)
    painter.fillRect(QRectF(at.x() - 5, at.y() - 1.5, 10, 3), qcolor(tokens.ink1))
