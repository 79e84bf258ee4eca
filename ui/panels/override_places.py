"""Where an override changes something: the customers whose time moves, and the ways of the drivers it touches."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.dispatch.changes import CloseStreet
from core.dispatch.commit_check import plans_of
from core.dispatch.decision import AffectedOrder, ImpactPreview, OverrideMode, RiskStage
from core.geodesy import as_points, nearest_on_line
from core.vocabulary import DriverId, Position
from ui.desk_context import DeskContext
from ui.names import street_name
from widgets.formatting import signed_minutes
from widgets.parts.place_sketch import Spot, Way

_RISK_INKS = {RiskStage.LATE: "p1", RiskStage.AT_RISK: "p2"}


def spots(context: DeskContext, preview: ImpactPreview, mode: OverrideMode) -> list[Spot]:
    """Return every customer affected, with by how much the time moves, and where the order itself is picked up.

    Of a street that is to be closed, where that is.
    """
    orders, found = context.store.operation.orders.orders, []
    about, change = orders.get(preview.order_id), preview.change
    if isinstance(change, CloseStreet):
        words = street_name(change.position, change.street)
        found.append(Spot("", change.position.lat, change.position.lon, words, is_closed=True))
    elif about is not None and not about.state.is_on_board:
        place = about.pickup.position
        found.append(Spot("", place.lat, place.lon, about.pickup.name, "ink2", is_hollow=True))
    for one in preview.affected:
        order = orders.get(one.order_id)
        if order is not None:
            words, ink = f"{one.order_id} {_moved(one, mode)}".strip(), _ink(one, mode)
            found.append(Spot(one.order_id, order.delivery.lat, order.delivery.lon, words, ink))
    return found


def ways(context: DeskContext, preview: ImpactPreview, mode: OverrideMode) -> list[Way]:
    """Return the way of every driver whose plan changes, straight from stop to stop; whom it is about stands out."""
    return [
        Way(points, "acc" if _is_about(preview, plan.driver_id) else "ink3")
        for plan in plans_of(preview, mode)
        if len(points := _points(context, plan.driver_id) + tuple((s.position.lat, s.position.lon) for s in plan.stops))
        > 1
    ]


def ways_in_force(context: DeskContext, preview: ImpactPreview, mode: OverrideMode) -> list[Way]:
    """Return the way that is left of the plan in force of every driver whose plan changes, along the streets."""
    routes = context.store.operation.fleet.route_of
    found = [
        _left_of(routes(plan.driver_id).geometry, _points(context, plan.driver_id)) for plan in plans_of(preview, mode)
    ]
    return [Way(points) for points in found if len(points) > 1]


def _left_of(geometry: Sequence[Position], here: tuple[tuple[float, float], ...]) -> tuple[tuple[float, float], ...]:
    """Return a way from where it passes a driver on, all of it where he is not seen."""
    line = tuple((place.lat, place.lon) for place in geometry)
    if len(line) < 2 or not here:
        return line
    passed = nearest_on_line(as_points(list(line)), np.array(here[0])).segment + 1
    return (*here, *line[passed:])


def _is_about(preview: ImpactPreview, driver_id: DriverId) -> bool:
    """Say whether a change is about a driver; a closed street is about everybody who was to drive there."""
    return driver_id == preview.driver_id or isinstance(preview.change, CloseStreet)


def _points(context: DeskContext, driver_id: DriverId) -> tuple[tuple[float, float], ...]:
    """Return where the driver was last seen, if anywhere."""
    driver = context.store.operation.fleet.drivers.get(driver_id)
    fleet = context.store.fleet
    row = fleet.row_of(driver.vehicle_id) if driver is not None and driver.vehicle_id is not None else None
    return () if row is None else ((float(fleet.lat[row]), float(fleet.lon[row])),)


def _moved(one: AffectedOrder, mode: OverrideMode) -> str:
    then = one.replanned if mode is OverrideMode.REPLANNED else one.as_is
    return signed_minutes(then.p50_at - one.now.p50_at) if then is not None and one.now is not None else ""


def _ink(one: AffectedOrder, mode: OverrideMode) -> str:
    risk = one.risk_replanned if mode is OverrideMode.REPLANNED else one.risk_as_is
    return _RISK_INKS.get(risk, "ink1") if risk is not None else "ink2"
