"""Geofences as the map shows them: breached, in force, or outside their hours, with when they count again."""

from __future__ import annotations

from math import inf

import numpy as np
from PySide6.QtCore import QCoreApplication
from shapely import LineString

from core.geodesy import METRES_PER_DEGREE
from core.geofencing.active_hours import ActiveHours, Span, next_span
from core.geofencing.fence import Fence
from core.vocabulary import FenceId, Instant, Position
from ui.desk_context import DeskContext
from widgets.formatting import time_of_days
from widgets.live_map.shapes import Circle, FenceShape

_ALWAYS: Span = (-inf, inf)
_NEVER: Span = (inf, inf)


class FenceShapes:
    """The fences, and until when they are as they were told last.

    Parameters
    ----------
    context : DeskContext

    Attributes
    ----------
    changes_at : when the next fence begins or ceases to count, by its hours alone
    """

    def __init__(self, context: DeskContext) -> None:
        self._context = context
        self.changes_at: Instant = inf

    def shapes(self, hidden: FenceId | None = None) -> list[FenceShape]:
        """Return the fences but the hidden one; a restricted one with a vehicle inside is breached."""
        picture, now = self._context.store.operation.fences, self._context.now()
        counting = {fence.hours: self._counting(fence.hours, now) for fence in picture.fences.values()}
        ends = (end for span in counting.values() for end in span if end > now)
        self.changes_at = min(ends, default=inf)
        return [
            self._shape(fence, counting[fence.hours], is_entered=bool(picture.inside.get(name)))
            for name, fence in picture.fences.items()
            if name != hidden
        ]

    def _counting(self, hours: tuple[ActiveHours, ...], now: Instant) -> Span:
        """Return within which instants fences of such hours count, now or next."""
        return (next_span(hours, self._context.zone, now) or _NEVER) if hours else _ALWAYS

    def _shape(self, fence: Fence, counting: Span, *, is_entered: bool) -> FenceShape:
        outline, holes = _outline(fence), [line_of(hole) for hole in fence.holes]
        begins_at, now = counting[0], self._context.now()
        if is_entered and fence.purpose.value in ("restricted", "school"):
            return FenceShape(fence.fence_id, fence.name, outline, "breached", holes)
        if begins_at <= now:
            return FenceShape(fence.fence_id, fence.name, outline, "open", holes)
        return FenceShape(fence.fence_id, fence.name, outline, "dormant", holes, self._words(begins_at))

    def _words(self, begins_at: Instant) -> str:
        if begins_at == inf:
            return _tr("never counts")
        time = time_of_days(begins_at, self._context.now(), self._context.zone)
        return _tr("counts from {time}").format(time=time)


def _outline(fence: Fence) -> Circle | list[tuple[float, float]]:
    if fence.centre is not None:
        return Circle(fence.centre.lat, fence.centre.lon, fence.radius_m)
    return _edge(fence.line, fence.width_m) if fence.line else line_of(fence.ring)


def _edge(line: tuple[Position, ...], width_m: float) -> list[tuple[float, float]]:
    """Return the edge of a corridor, half its width on each side of its line."""
    east = METRES_PER_DEGREE * float(np.cos(np.radians(line[0].lat)))
    middle = LineString([(one.lon * east, one.lat * METRES_PER_DEGREE) for one in line])
    edge = middle.buffer(width_m / 2.0, quad_segs=4).exterior.coords
    return [(north / METRES_PER_DEGREE, x / east) for x, north in edge]


def line_of(positions: tuple[Position, ...]) -> list[tuple[float, float]]:
    """Return positions as the map takes them."""
    return [(position.lat, position.lon) for position in positions]


def _tr(text: str) -> str:
    return QCoreApplication.translate("fence_shapes", text)
