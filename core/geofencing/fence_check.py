"""Which fences can be drawn: each refusal names what is wrong and, for a shape, where, so that a desk can mark it."""

from __future__ import annotations

import re
from collections.abc import Callable

from shapely import LinearRing, Polygon, is_valid_reason

from core.geofencing.active_hours import DAY_MIN
from core.geofencing.fence import DESK_ROLES, Fence
from core.refusals import Refusal
from core.vocabulary import Position

LARGEST_RADIUS_M = 100_000.0
NARROWEST_CORRIDOR_M = 4.0
WIDEST_CORRIDOR_M = 5_000.0
LARGEST_EXTENT_DEG = 5.0
LARGEST_MARGIN_M = 5_000.0
HIGHEST_LIMIT_MPS = 70.0
LONGEST_DWELL_S = 7 * 86_400.0
MOST_CONFIRM_FIXES = 20
MOST_CORNERS = 2_000
MOST_NAMES = 32
"""Hours, groups: so many of each."""

_FARTHEST_NORTH = 85.0
_PLACED = re.compile(r"^(?P<what>.*)\[(?P<lon>\S+) (?P<lat>\S+)\]$")


def check_fence(fence: Fence) -> None:
    """Refuse a fence that cannot be judged by.

    Raises
    ------
    Refusal
        ``geofence.*``. Where a place is to blame, `details` hold its ``lat`` and ``lon``, and ``ring``: 0 for the
        outer ring, n for the n-th hole.
    """
    for check in _CHECKS:
        check(fence)


def _check_name(fence: Fence) -> None:
    if not fence.name.strip():
        raise Refusal("geofence.name_required", "A fence needs a name.")


def _check_one_shape(fence: Fence) -> None:
    if bool(fence.ring) + (fence.centre is not None) + bool(fence.line) != 1:
        raise Refusal("geofence.one_shape", "A fence is either a polygon, a circle or a corridor.")
    if fence.holes and not fence.ring:
        raise Refusal("geofence.one_shape", "Only a polygon has holes.")
    if fence.corners > MOST_CORNERS:
        raise Refusal("geofence.too_many_corners", f"A fence is drawn by at most {MOST_CORNERS} positions.")


def _check_circle(fence: Fence) -> None:
    if fence.centre is not None and not 0.0 < fence.radius_m <= LARGEST_RADIUS_M:
        raise Refusal("geofence.radius_out_of_range", "The radius must lie between 0 and 100 km.")


def _check_corridor(fence: Fence) -> None:
    if not fence.line:
        return
    if len(fence.line) < 2 or len(set(fence.line)) < 2:
        raise Refusal("geofence.line_too_short", "A corridor needs a line of at least two different positions.")
    if not NARROWEST_CORRIDOR_M <= fence.width_m <= WIDEST_CORRIDOR_M:
        raise Refusal("geofence.width_out_of_range", "A corridor is between 4 m and 5 km wide.")


def _check_rings(fence: Fence) -> None:
    for number, ring in enumerate((fence.ring, *fence.holes) if fence.ring else ()):
        if len(ring) < 4 or ring[0] != ring[-1]:
            sentence = "A ring needs at least three corners and ends where it starts."
            raise Refusal("geofence.ring_not_closed", sentence, ring=number)
        _check_ring(ring, number)
    if fence.holes:
        _check_holes(fence)


def _check_ring(ring: tuple[Position, ...], number: int) -> None:
    outline = LinearRing([(corner.lon, corner.lat) for corner in ring])
    polygon = Polygon(outline)
    if not polygon.is_valid or polygon.area == 0.0:
        place = _place_of(polygon) or ring[0]
        sentence = f"The fence crosses itself, or encloses nothing, at {place.lat:.6f}, {place.lon:.6f}."
        raise _refused_at("geofence.crosses_itself", sentence, place, number)


def _check_holes(fence: Fence) -> None:
    outer = Polygon([(corner.lon, corner.lat) for corner in fence.ring])
    holes = [Polygon([(corner.lon, corner.lat) for corner in hole]) for hole in fence.holes]
    for number, hole in enumerate(holes, start=1):
        if not outer.covers(hole):
            place = _middle_of(hole.difference(outer).representative_point())
            raise _refused_at("geofence.hole_outside", "A hole reaches out of the fence.", place, number)
        for earlier in holes[: number - 1]:
            shared = hole.intersection(earlier)
            if shared.area > 0.0:
                place = _middle_of(shared.representative_point())
                raise _refused_at("geofence.holes_overlap", "Two holes overlap; draw them as one.", place, number)
    whole = Polygon(outer.exterior, [hole.exterior for hole in holes])
    if not whole.is_valid or whole.area == 0.0:
        place = _place_of(whole) or fence.ring[0]
        raise _refused_at("geofence.holes_cut_apart", "The holes cut the fence apart.", place, 1)


def _refused_at(code: str, sentence: str, place: Position, ring: int) -> Refusal:
    return Refusal(code, sentence, lat=place.lat, lon=place.lon, ring=ring)


def _place_of(polygon: Polygon) -> Position | None:
    """Return where a polygon is not valid, as GEOS says it: ``Self-intersection[lon lat]``."""
    said = _PLACED.match(str(is_valid_reason(polygon)))
    return None if said is None else Position(lat=float(said["lat"]), lon=float(said["lon"]))


def _middle_of(point: object) -> Position:
    return Position(lat=float(getattr(point, "y")), lon=float(getattr(point, "x")))  # noqa: B009 - shapely says Any


def _check_extent(fence: Fence) -> None:
    corners = fence.ring or fence.line or ((fence.centre,) if fence.centre is not None else ())
    lats, lons = [corner.lat for corner in corners], [corner.lon for corner in corners]
    if max(lats) - min(lats) > LARGEST_EXTENT_DEG or max(lons) - min(lons) > LARGEST_EXTENT_DEG:
        raise Refusal("geofence.too_large", "A fence reaches over at most 5 degrees, and not over the date line.")
    if max(map(abs, lats)) > _FARTHEST_NORTH or max(map(abs, lons)) > 179.0:
        raise Refusal("geofence.out_of_reach", "Fences keep away from the poles and the date line.")


def _check_figures(fence: Fence) -> None:
    figures = (
        ("leave_margin_m", fence.leave_margin_m, LARGEST_MARGIN_M),
        ("accuracy_limit_m", fence.accuracy_limit_m, LARGEST_MARGIN_M),
        ("dwell_s", fence.dwell_s, LONGEST_DWELL_S),
        ("speed_limit_mps", fence.speed_limit_mps, HIGHEST_LIMIT_MPS),
    )
    for name, value, largest in figures:
        if not 0.0 <= value <= largest:
            raise Refusal("geofence.out_of_range", f"{name} lies between 0 and {largest:g}.", field=name)
    if not 1 <= fence.confirm_fixes <= MOST_CONFIRM_FIXES:
        sentence = f"Between 1 and {MOST_CONFIRM_FIXES} fixes in a row confirm a crossing."
        raise Refusal("geofence.out_of_range", sentence, field="confirm_fixes")


def _check_hours(fence: Fence) -> None:
    if len(fence.hours) > MOST_NAMES:
        raise Refusal("geofence.hours_malformed", f"A fence has at most {MOST_NAMES} hours.")
    for hours in fence.hours:
        if not hours.weekdays or len(set(hours.weekdays)) != len(hours.weekdays):
            raise Refusal("geofence.hours_malformed", "Hours name at least one weekday, and each once.")
        if not (0 <= hours.from_min < DAY_MIN and 0 <= hours.until_min <= DAY_MIN):
            raise Refusal("geofence.hours_malformed", "Hours lie between 00:00 and 24:00.")


def _check_names(fence: Fence) -> None:
    if len(fence.groups) > MOST_NAMES or not all(group.strip() for group in fence.groups):
        raise Refusal("geofence.groups_malformed", f"A fence names at most {MOST_NAMES} groups, none of them empty.")
    if not set(fence.tells) <= set(DESK_ROLES):
        raise Refusal("geofence.tells_nobody", "Only dispatchers, supervisors and administrators are told at the desk.")


_CHECKS: tuple[Callable[[Fence], None], ...] = (
    _check_name,
    _check_one_shape,
    _check_circle,
    _check_corridor,
    _check_rings,
    _check_extent,
    _check_figures,
    _check_hours,
    _check_names,
)
