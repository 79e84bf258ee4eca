"""Whose stops a person put in order: improved plans leave them as they are, as long as that order holds."""

from __future__ import annotations

from core.dispatch.changes import Resequence
from core.projections.operation import Operation
from core.vocabulary import DriverId


def sequenced_by_people(operation: Operation) -> frozenset[DriverId]:
    """Return the drivers who make their stops in the order that a person put them in and did not take back.

    Orders that came since may lie between; with less than two of its stops left, the order means nothing any more.
    """
    made = (one for one in operation.decisions.overrides.values() if one.undone_at is None)
    changes = (one.change for one in made if isinstance(one.change, Resequence))
    return frozenset(change.driver_id for change in changes if _still_holds(operation, change))


def _still_holds(operation: Operation, change: Resequence) -> bool:
    places = {(stop.order_id, stop.kind): place for place, stop in enumerate(change.stops)}
    present = operation.fleet.route_of(change.driver_id).stops
    left = [places[key] for stop in present if (key := (stop.order_id, stop.kind)) in places]
    return len(left) > 1 and left == sorted(left)
