"""Waves as the map shows them: the depots, and the routes of plans that wait for release or are in force.

A plan of a wave knows its streets by their times only: whoever draws it says how its stops are joined.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from core.dispatch.waves.wave import WaveRoute, WaveStopKind
from core.projections.operation import Operation
from core.vocabulary import DriverId, Position
from widgets.live_map.shapes import RouteKind, RouteLine, StopMark

_DEPOT = ":depot"

type Along = Callable[[Sequence[Position]], Sequence[tuple[float, float]]]
"""Returns the line through places, latitudes and longitudes."""


def depot_marks(operation: Operation) -> list[StopMark]:
    """Return a mark for each depot."""
    places = ((depot.depot_id, depot.position) for depot in operation.waves.depots.values())
    return [StopMark(f"{name}{_DEPOT}", "depot", 0, at.lat, at.lon) for name, at in places]


def is_depot_mark(mark_id: str) -> bool:
    """Say whether a mark on the map stands for a depot."""
    return mark_id.endswith(_DEPOT)


def wave_routes(operation: Operation, chosen: DriverId | None, along: Along) -> tuple[list[RouteLine], list[StopMark]]:
    """Return the lines of every route of the waves under way, and the doors of the chosen driver's route.

    The chosen driver's line is drawn as one to come, all others as plans.
    """
    lines, marks = [], []
    for route in _routes(operation):
        places = _places(operation, route)
        if len(places) > 1:
            kind: RouteKind = "to_come" if route.driver_id == chosen else "as_is"
            lines.append(RouteLine(kind, along(places)))
        if route.driver_id == chosen:
            marks += _doors(route)
    return lines, marks


def _routes(operation: Operation) -> Iterator[WaveRoute]:
    for wave in operation.waves.running():
        plan = wave.shown_plan
        yield from () if plan is None else plan.routes


def _places(operation: Operation, route: WaveRoute) -> list[Position]:
    """Return where a route leads, its depot first and last; the same place twice in a row once."""
    depot = operation.waves.depots.get(route.depot_id)
    ends = [] if depot is None else [depot.position]
    stops = [stop.position for stop in route.stops if stop.position is not None]
    found: list[Position] = []
    for place in (*ends, *stops, *ends):
        if not found or found[-1] != place:
            found.append(place)
    return found


def _doors(route: WaveRoute) -> list[StopMark]:
    doors = [stop for stop in route.stops if stop.kind is WaveStopKind.DELIVERY and stop.position is not None]
    return [
        StopMark(f"{stop.order_id}:delivery", "drop", number, stop.position.lat, stop.position.lon)
        for number, stop in enumerate(doors, start=1)
        if stop.position is not None
    ]
