"""The preview of an override as the live map is given it: the ways that change, and the doors affected.

Lines lead straight from stop to stop; the map's panel lays them on the streets.
"""

from __future__ import annotations

from core.dispatch.decision import ImpactPreview, OverrideMode
from ui.desk_context import DeskContext
from ui.panels import override_places
from widgets.live_map.shapes import RouteKind, RouteLine, StopMark

_ABOUT = "acc"


def preview_shapes(
    context: DeskContext, preview: ImpactPreview, mode: OverrideMode
) -> tuple[list[RouteLine], list[StopMark]]:
    """Return a line for each driver whose plan changes, whom it is about as to come, and a mark for each customer."""
    lines = []
    for way in override_places.ways(context, preview, mode):
        kind: RouteKind = "to_come" if way.ink == _ABOUT else "as_is"
        lines.append(RouteLine(kind, way.points))
    marks = []
    for spot in override_places.spots(context, preview, mode):
        if spot.is_hollow:
            marks.append(StopMark(f"{preview.order_id}:pickup", "pickup", 0, spot.lat, spot.lon))
        else:
            number = sum(mark.kind == "drop" for mark in marks) + 1
            marks.append(StopMark(f"{spot.key}:delivery", "drop", number, spot.lat, spot.lon))
    return lines, marks
