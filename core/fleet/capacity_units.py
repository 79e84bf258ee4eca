"""Whether a load is counted in units that somebody defined, and which depot an order is of."""

from __future__ import annotations

from core.deciding import Context
from core.fleet.depot import Depot, DepotId
from core.refusals import NotFound, Refusal
from core.vocabulary import Load


def check_units(context: Context, load: Load) -> None:
    """Refuse a load that is counted in a unit nobody defined.

    Raises
    ------
    Refusal
        ``units.unknown`` with the unit.
    """
    for unit in load.amounts:
        if unit not in context.operation.waves.units:
            raise Refusal("units.unknown", f"Nobody defined the unit {unit}.", unit=unit)


def depot_named(context: Context, depot_id: DepotId) -> Depot:
    """Return a depot, or refuse with ``depot.not_found``."""
    depot = context.operation.waves.depots.get(depot_id)
    if depot is None:
        raise NotFound("depot", depot_id)
    return depot
