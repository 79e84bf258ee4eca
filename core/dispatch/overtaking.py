"""What a driver who was not told yet does first: then the override that was held back from him is taken back."""

from __future__ import annotations

from core.deciding import Context, Decision
from core.dispatch.changes import CloseStreet
from core.dispatch.decision import PlanChange
from core.dispatch.planning_events import follow
from core.events.dispatch_events import OverrideUndone
from core.fleet.route import PlannedStop
from core.orders.order import Order
from core.streams import of_decision
from core.vocabulary import DriverId


def take_back_overtaken(context: Context, order: Order, driver_id: DriverId, decision: Decision) -> None:
    """Take the held overrides back that a driver who was not told yet has overtaken by picking the order up.

    The goods are in his vehicle: the order is his again, with the plan that he knows. A closed street stays closed.
    """
    held = context.operation.held.plans[driver_id]
    for override_id in held.overrides:
        override = context.operation.decisions.overrides.get(override_id)  # a wave's release is none
        if override is not None and override.undone_at is None and not isinstance(override.change, CloseStreet):
            undone = OverrideUndone(override_id=override_id, order_id=override.order_id)
            decision.add(of_decision(override.order_id), undone)
    known = {stop.order_id for stop in held.route.stops}
    present = context.operation.fleet.route_of(driver_id).stops
    gained = tuple(stop for stop in present if stop.order_id not in known)
    stops = (*(stop for stop in held.route.stops if _is_still_his(context, stop, order, driver_id)), *gained)
    plan = PlanChange(driver_id=driver_id, plan_number=held.route.plan_number, stops=stops)
    follow(context, [plan], decision, accepted=[order.order_id])


def _is_still_his(context: Context, stop: PlannedStop, order: Order, driver_id: DriverId) -> bool:
    owner = context.operation.orders.orders[stop.order_id].driver_id
    return stop.order_id == order.order_id or owner == driver_id
