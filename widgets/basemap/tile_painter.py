"""Paints one 512 px tile of the base map: water, land, streets in casing and fill, names on top."""

from functools import cached_property

import numpy as np
import shapely
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen, QTransform
from shapely import Polygon

from widgets.basemap.built_land import built_land
from widgets.basemap.glyphs import label_glyphs
from widgets.basemap.label_layout import Label, LabelLayout
from widgets.basemap.mercator import TILE_PIXELS, Floats, pixels_per_unit
from widgets.basemap.painter_paths import lines_path
from widgets.basemap.street_file import Streets
from widgets.basemap.street_style import LARGE, MIDDLE, street_width
from widgets.basemap.zoom_level import Bunch, ZoomLevel
from widgets.theme.tokens import Theme, Tokens

_MARGIN_PIXELS = 16.0
_THINNEST = 0.7
_FIRST_CASING_ZOOM = 14
_HALO_PIXELS = 3.0


class TilePainter:
    """Paints tiles of one city in one theme.

    What a zoom needs (its lines, its labels) is made at the first tile of that zoom and kept.

    Parameters
    ----------
    streets : Streets
    tokens : Tokens
    """

    def __init__(self, streets: Streets, tokens: Tokens) -> None:
        self._streets = streets
        self._colours = tokens.map
        self._casing = tokens.map.halo if tokens.theme is Theme.DARK else tokens.line
        self._levels: dict[int, ZoomLevel] = {}
        self._layouts: dict[int, LabelLayout] = {}

    def paint(self, tile_zoom: int, column: int, row: int) -> QImage:
        """Return the tile at column and row (counted from the north-west) of a 512 px tile zoom."""
        image = QImage(TILE_PIXELS, TILE_PIXELS, QImage.Format.Format_RGB32)
        image.fill(QColor(self._colours.water))
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        corner = np.array([column, row], dtype=np.float64) * TILE_PIXELS
        self._paint_ground(painter, tile_zoom, corner)
        self._paint_streets(painter, tile_zoom, corner)
        self._paint_labels(painter, tile_zoom, corner)
        painter.end()
        return image

    def prepare(self, zoom: int) -> bool:
        """Lay out one zoom ahead of its first tile; say whether there was anything to do."""
        if zoom in self._levels and zoom in self._layouts:
            return False
        self._level(zoom)
        self._layout(zoom)
        return True

    @cached_property
    def _land(self) -> shapely.Geometry:
        return built_land(self._streets)

    def _level(self, zoom: int) -> ZoomLevel:
        if zoom not in self._levels:
            self._levels[zoom] = ZoomLevel(self._streets, zoom)
        return self._levels[zoom]

    def _layout(self, zoom: int) -> LabelLayout:
        if zoom not in self._layouts:
            self._layouts[zoom] = LabelLayout(self._streets, zoom)
        return self._layouts[zoom]

    def _paint_ground(self, painter: QPainter, tile_zoom: int, corner: Floats) -> None:
        scale = pixels_per_unit(tile_zoom)
        frame = _frame(corner, scale)
        for shapes, colour in (
            ([self._land], self._colours.land),
            (list(self._streets.water), self._colours.water),
        ):
            for polygon in shapely.get_parts(shapely.clip_by_rect(shapes, *frame)):
                _fill_polygon(painter, polygon, scale, corner, QColor(colour))

    def _paint_streets(self, painter: QPainter, tile_zoom: int, corner: Floats) -> None:
        scale = pixels_per_unit(tile_zoom)
        zoom = tile_zoom + 1
        drawn = [
            (bunch, lines_path(bunch.points * scale - corner, bunch.sizes))
            for bunch in self._level(zoom).bunches(*_frame(corner, scale))
        ]
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for level in sorted({bunch.level for bunch, _ in drawn}):
            of_level = [(bunch, path) for bunch, path in drawn if bunch.level == level]
            if zoom >= _FIRST_CASING_ZOOM:
                for bunch, path in of_level:
                    painter.strokePath(path, self._casing_pen(bunch, zoom))
            for bunch, path in of_level:
                painter.strokePath(path, self._street_pen(bunch, zoom))

    def _street_pen(self, bunch: Bunch, zoom: int) -> QPen:
        colours = self._colours
        colour = QColor(
            colours.street_large
            if bunch.rank >= LARGE
            else colours.street_middle
            if bunch.rank >= MIDDLE
            else colours.street_small
        )
        width = street_width(bunch.rank, zoom)
        colour.setAlphaF(min(1.0, width / _THINNEST) * (0.6 if bunch.level < 0 else 1.0))
        return _round_pen(colour, max(width, _THINNEST))

    def _casing_pen(self, bunch: Bunch, zoom: int) -> QPen:
        width = street_width(bunch.rank, zoom)
        edge = 0.5 if zoom < 16 else 1.0
        return _round_pen(QColor(self._casing), max(width, _THINNEST) + 2 * edge)

    def _paint_labels(self, painter: QPainter, tile_zoom: int, corner: Floats) -> None:
        west, north = corner
        labels = self._layout(tile_zoom + 1).within(west, north, west + TILE_PIXELS, north + TILE_PIXELS)
        for label in labels:
            outline = label_outline(label, corner)
            if label.shield is not None:
                self._paint_shield(painter, label.shield, corner)
            else:
                painter.strokePath(outline, _round_pen(QColor(self._colours.halo), _HALO_PIXELS))
            painter.fillPath(outline, QColor(self._colours.label))

    def _paint_shield(self, painter: QPainter, shield: tuple[float, float, float, float], corner: Floats) -> None:
        x, y, width, height = shield
        painter.setPen(_round_pen(QColor(self._colours.street_large), 1.0))
        painter.setBrush(QColor(self._colours.halo))
        painter.drawRoundedRect(QRectF(x - corner[0], y - corner[1], width, height), 3.0, 3.0)
        painter.setBrush(Qt.BrushStyle.NoBrush)


def label_outline(label: Label, corner: Floats) -> QPainterPath:
    """Return the outline of a label's text in the pixels of the tile at `corner` (world pixels)."""
    glyphs = label_glyphs()
    outline = QPainterPath()
    outline.setFillRule(Qt.FillRule.WindingFill)
    for index, (x, y, angle) in zip(label.glyphs, label.places, strict=True):
        turn = QTransform().translate(x - corner[0], y - corner[1]).rotateRadians(angle)
        outline.addPath(turn.map(glyphs.outline(index)))
    return outline


def png_bytes(image: QImage) -> bytes:
    """Return an image as PNG."""
    block = QByteArray()
    buffer = QBuffer(block)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG", 80)  # type: ignore[call-overload]
    return bytes(block.data())


def _frame(corner: Floats, scale: float) -> tuple[float, float, float, float]:
    west, north = (corner - _MARGIN_PIXELS) / scale
    east, south = (corner + TILE_PIXELS + _MARGIN_PIXELS) / scale
    return float(west), float(north), float(east), float(south)


def _fill_polygon(painter: QPainter, shape: shapely.Geometry, scale: float, corner: Floats, colour: QColor) -> None:
    for part in shapely.get_parts(shape):
        if not isinstance(part, Polygon) or part.is_empty:
            continue
        rings = [part.exterior, *part.interiors]
        points = np.concatenate([shapely.get_coordinates(ring) for ring in rings]) * scale - corner
        sizes = np.array([len(ring.coords) for ring in rings], dtype=np.int64)
        painter.fillPath(lines_path(points, sizes), colour)


def _round_pen(colour: QColor, width: float) -> QPen:
    return QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
