"""Where an override changes something: the customers whose time moves, and the ways of the drivers it touches."""

from __future__ import annotations

from core.dispatch.commit_check import plans_of
from core.dispatch.decision import AffectedOrder, ImpactPreview, OverrideMode, RiskStage
from core.vocabulary import DriverId
from ui.desk_context import DeskContext
from widgets.formatting import signed_minutes
from widgets.parts.place_sketch import Spot, Way

_RISK_INKS = {RiskStage.LATE: "p1", RiskStage.AT_RISK: "p2"}


def spots(context: DeskContext, preview: ImpactPreview, mode: OverrideMode) -> list[Spot]:
    """Return every customer affected, with by how much the time moves, and where the order itself is picked up."""
    orders, found = context.store.operation.orders.orders, []
    about = orders.get(preview.order_id)
    if about is not None and not about.state.is_on_board:
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
        Way(points, "acc" if plan.driver_id == preview.driver_id else "ink3")
        for plan in plans_of(preview, mode)
        if len(points := _points(context, plan.driver_id) + tuple((s.position.lat, s.position.lon) for s in plan.stops))
        > 1
    ]


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
