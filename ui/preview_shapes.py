"""The preview of an override as the live map is given it: the ways that change, the doors affected, what is closed.

Lines to come lead straight from stop to stop; the map's panel lays them on the streets, round what is to be closed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.dispatch.changes import CloseStreet
from core.dispatch.decision import ImpactPreview, OverrideMode
from core.vocabulary import Position
from ui.closure_shapes import closed_until
from ui.desk_context import DeskContext
from ui.names import street_name
from ui.panels import override_places
from widgets.formatting import time_of_days
from widgets.live_map.shapes import ClosureMark, RouteKind, RouteLine, StopMark

_ABOUT = "acc"


@dataclass(frozen=True, slots=True)
class PreviewShapes:
    """What the map shows of a preview in place of the plans in force.

    Attributes
    ----------
    lines : from stop to stop, to be laid on the streets
    drawn : along the streets already
    marks : of customers, and where an order is picked up
    closures : streets that are closed in it
    round_place : a street that `lines` lead round, which is open yet
    """

    lines: Sequence[RouteLine] = ()
    drawn: Sequence[RouteLine] = ()
    marks: Sequence[StopMark] = ()
    closures: Sequence[ClosureMark] = ()
    round_place: Position | None = None

    @property
    def where(self) -> tuple[float, float] | None:
        """Where to look, degrees: at what is closed, else at the first mark."""
        spots: list[ClosureMark | StopMark] = [*self.closures, *self.marks]
        return (spots[0].lat, spots[0].lon) if spots else None


def preview_shapes(context: DeskContext, preview: ImpactPreview, mode: OverrideMode) -> PreviewShapes:
    """Return a line for each driver whose plan changes, whom it is about as to come, and a mark for each customer.

    Of a street that is to be closed, the ways in force too, and its sign.
    """
    lines = []
    for way in override_places.ways(context, preview, mode):
        kind: RouteKind = "to_come" if way.ink == _ABOUT else "as_is"
        lines.append(RouteLine(kind, way.points))
    marks = []
    for spot in override_places.spots(context, preview, mode):
        if spot.is_closed:
            continue
        if spot.is_hollow:
            marks.append(StopMark(f"{preview.order_id}:pickup", "pickup", 0, spot.lat, spot.lon))
        else:
            number = sum(mark.kind == "drop" for mark in marks) + 1
            marks.append(StopMark(f"{spot.key}:delivery", "drop", number, spot.lat, spot.lon))
    change = preview.change
    if not isinstance(change, CloseStreet):
        return PreviewShapes(lines, marks=marks)
    before = [RouteLine("as_is", way.points) for way in override_places.ways_in_force(context, preview, mode)]
    return PreviewShapes(lines, before, marks, [_sign(context, preview, change)], change.position)


def _sign(context: DeskContext, preview: ImpactPreview, change: CloseStreet) -> ClosureMark:
    """Return the sign of a street as it will stand there, without a name that a click could open it by."""
    until = time_of_days(preview.computed_at + change.for_s, context.now(), context.zone)
    place, street = change.position, street_name(change.position, change.street)
    return ClosureMark("", place.lat, place.lon, closed_until(until), street)
