"""What is prepared for the case that the chosen driver says no or is late, and which cases have come."""

from __future__ import annotations

from collections.abc import Iterator

from core.dispatch.candidates import Candidate, Pricing
from core.dispatch.decision import Prepared
from core.dispatch.least_minutes import least_minutes
from core.dispatch.world import PlanningWorld
from core.eta.arrival import Z90
from core.fleet.route import StopKind
from core.orders.order import Order, OrderState
from core.projections.prepared_fallbacks import PreparedFallbacks
from core.vocabulary import DriverId, Instant


def prepared(world: PlanningWorld, best: Candidate, runner_up: Candidate | None) -> Prepared:
    """Return what is done if the driver of `best`, who is routed, says no or is late."""
    assert best.option is not None
    if runner_up is None or runner_up.option is None:
        return Prepared(for_driver_id=best.driver_id, driver_id=None, late_from_at=_late_from(world, best, None))
    option = runner_up.option
    plan = option.insertion.after
    return Prepared(
        for_driver_id=best.driver_id,
        driver_id=runner_up.driver_id,
        pickup_at=plan.arrives[option.index_of(StopKind.PICKUP)],
        arrival=option.delivery.band(world.now, is_degraded=plan.is_degraded),
        late_probability=option.late_probability,
        late_from_at=_late_from(world, best, runner_up),
    )


def _late_from(world: PlanningWorld, best: Candidate, runner_up: Candidate | None) -> Instant:
    """Return from when on the chosen driver is late at the pickup.

    That is the 90th percentile of the arrival there, or the last moment at which the runner-up could still set out
    without the promise being at risk, if that comes first; never before the driver is expected.
    """
    assert best.option is not None
    pickup = best.option.after[best.option.index_of(StopKind.PICKUP)]
    expected_at, slow_at = pickup.mean_at, pickup.mean_at + Z90 * pickup.sd_s
    last_at = slow_at if runner_up is None else _last_start(world, runner_up, slow_at)
    return max(expected_at, min(slow_at, last_at))


def _last_start(world: PlanningWorld, runner_up: Candidate, otherwise: Instant) -> Instant:
    """Return until when asking the runner-up leaves the promise safe; `otherwise` if that is not soon at risk."""
    option = runner_up.option
    assert option is not None
    by_at, limit = option.order.promise.by_at, world.policy.at_risk
    risky = least_minutes(lambda minutes: option.delivery.late_probability(by_at - 60.0 * minutes) >= limit)
    return otherwise if risky is None else world.now + 60.0 * (risky - 1)


def is_late_at_pickup(held: Prepared | None, order: Order, now: Instant) -> bool:
    """Say whether the driver for whom something was prepared should have been at the pickup by now."""
    is_on_the_way = order.state is OrderState.ASSIGNED and held is not None and order.driver_id == held.for_driver_id
    return is_on_the_way and held is not None and now >= held.late_from_at


def declined(fallbacks: PreparedFallbacks, world: PlanningWorld) -> Iterator[tuple[Order, Prepared]]:
    """Yield the orders that wait because the driver said no, each with what was prepared for that."""
    for order_id, held in fallbacks.held.items():
        order = world.orders.get(order_id)
        if order is not None and order.state is OrderState.WAITING and held.for_driver_id in order.refused_by:
            yield order, held


def next_driver(pricing: Pricing, held: Prepared) -> DriverId | None:
    """Return who is asked after a no: the prepared one, unless that has become impossible or too dear meanwhile.

    Too dear is what an order's second choice may not cost more for (`wait_money`); then the cheapest is asked.
    """
    if not pricing.possible or held.driver_id is None:
        return None
    cheapest, next_one = pricing.possible[0], pricing.of(held.driver_id)
    if next_one is None or next_one.option is None:
        return cheapest.driver_id
    dearest = cheapest.total_money + next_one.option.policy.wait_money
    return next_one.driver_id if next_one.total_money <= dearest else cheapest.driver_id
