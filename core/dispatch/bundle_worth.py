"""What a bundle gains and what it risks, as against the same driver on one trip after the other."""

from __future__ import annotations

from core.dispatch.bundle_limits import companions_of
from core.dispatch.candidates import Candidate
from core.dispatch.decision import Statement
from core.dispatch.route_insertion import Insertion, insert_cheapest
from core.dispatch.schedule import forecast
from core.dispatch.world import PlanningWorld
from core.fleet.route import StopKind
from core.vocabulary import OrderId

_LEAST_DELAY_S = 30.0
"""A companion who waits less longer than this is not named."""


def bundle_worth(world: PlanningWorld, candidate: Candidate) -> list[Statement]:
    """Return what sharing the vehicle saves, how sure the promise is with and without, and who waits how much longer.

    Empty for a trip that is not shared. The travel table must hold the candidate's route.
    """
    option = candidate.option
    if option is None or not (shared := companions_of(option)):
        return []
    together, driver, order = option.insertion, option.insertion.driver, option.order
    apart = insert_cheapest(world, driver, order, apart=True)
    if not apart.after.is_reachable:
        return []
    alone = forecast(driver, apart.after, world.policy)[_door(apart, order.order_id)]
    said = [
        Statement(
            code="why.bundled",
            arguments={
                "orders": ", ".join(shared),
                "saved_min": max(0.0, apart.extra_driving_s - together.extra_driving_s) / 60.0,
            },
        ),
        Statement(
            code="why.bundle_promise",
            arguments={
                "percent": 100.0 * (1.0 - option.late_probability),
                "alone_percent": 100.0 * (1.0 - alone.late_probability(order.promise.by_at)),
            },
        ),
    ]
    for name in shared:
        later_s = together.after.arrives[_door(together, name)] - apart.after.arrives[_door(apart, name)]
        if later_s >= _LEAST_DELAY_S:
            arguments: dict[str, str | float | int] = {"order_id": name, "minutes": later_s / 60.0}
            said.append(Statement(code="why.bundle_waits", arguments=arguments))
    return said


def _door(insertion: Insertion, order_id: OrderId) -> int:
    stops = insertion.after.stops
    return next(i for i, stop in enumerate(stops) if stop.order_id == order_id and stop.kind is StopKind.DELIVERY)
