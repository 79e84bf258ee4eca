"""Turns shapes into what the page draws: plain values with positions in the Mercator unit square."""

import math
from collections.abc import Callable, Sequence

import numpy as np
import shapely

from widgets.basemap.mercator import metres_to_unit, to_unit
from widgets.live_map.shapes import (
    Callout,
    Circle,
    ClosureMark,
    EditedShape,
    FenceShape,
    OrderPoint,
    Position,
    RouteLine,
    StopMark,
    ZoneShape,
)

Plain = dict[str, object]
_CIRCLE_CORNERS = 48
_DECIMALS = 9
"""Four centimetres on the ground."""


def plain_order(order: OrderPoint) -> Plain:
    """Return an order point for the page."""
    return {
        "id": order.id,
        "at": unit_point(order.lat, order.lon),
        "level": order.level,
        "selected": order.selected,
    }


def plain_stop(stop: StopMark) -> Plain:
    """Return a stop for the page."""
    return {
        "id": stop.id,
        "kind": stop.kind,
        "number": stop.number,
        "at": unit_point(stop.lat, stop.lon),
        "done": stop.done,
    }


def plain_route(route: RouteLine) -> Plain:
    """Return a route line for the page."""
    return {"kind": route.kind, "line": unit_points(route.coordinates)}


def plain_zone(zone: ZoneShape) -> Plain:
    """Return a zone for the page, with the point inside it that its name stands on."""
    ring = unit_points(zone.polygon)
    return {
        "id": zone.id,
        "name": zone.name,
        "note": zone.note,
        "emphasised": zone.emphasised,
        "closed": zone.closed,
        "ring": ring,
        "label": _inner_point(ring),
    }


def plain_closure(closure: ClosureMark) -> Plain:
    """Return a closed street for the page."""
    return {
        "id": closure.id,
        "at": unit_point(closure.lat, closure.lon),
        "title": closure.title,
        "detail": closure.detail,
    }


def plain_fence(fence: FenceShape) -> Plain:
    """Return a fence for the page; a circle becomes a ring of 48 corners."""
    shape = fence.shape
    ring = _circle_ring(shape) if isinstance(shape, Circle) else unit_points(shape)
    holes = [unit_points(hole) for hole in fence.holes]
    return {
        "id": fence.id,
        "name": fence.name,
        "state": fence.state,
        "note": fence.note,
        "ring": ring,
        "holes": holes,
    }


def plain_edited(shape: EditedShape | None) -> Plain | None:
    """Return what is drawn by hand for the page, None while nothing is."""
    if shape is None:
        return None
    rings = [unit_points(ring) for ring in shape.rings]
    if shape.circle is not None:
        rings = [_circle_ring(shape.circle)]
    line = unit_points(shape.line)
    return {
        "rings": rings,
        "open": unit_points(shape.open_path),
        "line": line,
        "width": metres_to_unit(shape.width_metres, line[0][1]) if line else 0.0,
        "handles": [
            {"id": one.id, "kind": one.kind, "at": unit_point(one.lat, one.lon), "selected": one.selected}
            for one in shape.handles
        ],
        "fault": None if shape.fault is None else unit_point(*shape.fault),
        "adds": shape.adds_corners,
    }


def plain_callout(callout: Callout, slot_of: Callable[[str], int]) -> Plain:
    """Return a callout for the page.

    Parameters
    ----------
    callout : Callout
    slot_of : callable
        The row of a vehicle, -1 when it is not on the map.
    """
    return {
        "id": callout.subject_id,
        "kind": callout.kind,
        "at": unit_point(callout.lat, callout.lon),
        "slot": slot_of(callout.subject_id) if callout.kind == "vehicle" else -1,
        "level": callout.level,
        "title": callout.title,
        "detail": callout.detail,
        "selected": callout.selected,
    }


def unit_point(lat: float, lon: float) -> list[float]:
    """Return one position in the unit square."""
    return unit_points([(lat, lon)])[0]


def unit_points(positions: Sequence[Position]) -> list[list[float]]:
    """Return positions in the unit square."""
    if not len(positions):
        return []
    degrees = np.asarray(positions, dtype=np.float64)
    points: list[list[float]] = np.round(to_unit(degrees[:, 0], degrees[:, 1]), _DECIMALS).tolist()
    return points


def _circle_ring(circle: Circle) -> list[list[float]]:
    x, y = unit_point(circle.lat, circle.lon)
    radius = metres_to_unit(circle.radius_metres, y)
    turns = (2 * math.pi * corner / _CIRCLE_CORNERS for corner in range(_CIRCLE_CORNERS))
    return [[x + radius * math.cos(turn), y + radius * math.sin(turn)] for turn in turns]


def _inner_point(ring: list[list[float]]) -> list[float]:
    if len(ring) < 3:
        return ring[0] if ring else [0.5, 0.5]
    polygon = shapely.Polygon(ring)
    middle = polygon.centroid
    point = middle if polygon.contains(middle) else polygon.representative_point()
    return [point.x, point.y]
