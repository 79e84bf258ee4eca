"""The arrival of every open order, with the present plans; and a rough one for orders that have no driver yet."""

from __future__ import annotations

from core.dispatch.policy import DispatchPolicy
from core.dispatch.schedule import forecast, schedule
from core.dispatch.world import DriverState, PlanningWorld, delivery_of, pickup_of
from core.eta.arrival import Arrival, Leg, forecast_route
from core.eta.drive import Drive
from core.eta.forecast_history import StopTimeUsed
from core.eta.learned_times import LearnedTimes
from core.fleet.route import StopKind
from core.orders.order import ArrivalBand, Order
from core.vocabulary import Instant, OrderId

type Forecast = tuple[ArrivalBand, float]
"""An arrival and the probability that it is after the promise."""


def forecasts_of(world: PlanningWorld, driver: DriverState, ahead: Drive | None = None) -> dict[OrderId, Forecast]:
    """Return the forecasts of a driver's orders; none without a known position or a way.

    The world's travel table must hold the driver's start and stops. `ahead` is the drive to the first stop, where it
    was forecast: a delivery there takes its percentiles as they are.
    """
    if driver.start is None:
        return {}
    plan = schedule(driver, world.travel)
    if not plan.is_reachable:
        return {}
    found = {
        stop.order_id: _told(world.orders[stop.order_id], arrival, world.now, is_degraded=plan.is_degraded)
        for stop, arrival in zip(plan.stops, forecast(driver, plan, world.policy, ahead), strict=True)
        if stop.kind is StopKind.DELIVERY
    }
    first = plan.stops[0] if plan.stops else None
    if ahead is not None and first is not None and first.kind is StopKind.DELIVERY and first.arrived_at is None:
        late = ahead.late_probability(world.now, world.orders[first.order_id].promise.by_at)
        found[first.order_id] = (ahead.band(world.now), late)
    return found


def forecast_unassigned(order: Order, drive_s: float, world: PlanningWorld, *, is_degraded: bool) -> Forecast:
    """Return the forecast of an order without a driver; parameters as of `arrival_unassigned`."""
    arrival = arrival_unassigned(order, drive_s, world, is_degraded=is_degraded)
    return _told(order, arrival, world.now, is_degraded=is_degraded)


def arrival_unassigned(order: Order, drive_s: float, world: PlanningWorld, *, is_degraded: bool) -> Arrival:
    """Return the arrival of an order without a driver, as if one came after the usual time.

    Parameters
    ----------
    order : Order
    drive_s : float
        Driving time from its pickup to its delivery, seconds.
    world : PlanningWorld
        Its moment, its policy, and what was learned of times at stops.
    is_degraded : bool
        Whether the driving time was estimated without streets.
    """
    now, policy = world.now, world.policy
    pickup, delivery = world.stops_of(order)
    legs = (
        Leg(0.0, pickup.earliest_at, pickup.earliest_sd_s, pickup.service_s, service_sd_s=pickup.service_sd_s),
        Leg(drive_s, delivery.earliest_at, 0.0, delivery.service_s),
    )
    return forecast_route(now + policy.approach_s, policy.approach_sd_s, legs, policy.spread, is_degraded=is_degraded)[
        1
    ]


def times_used(
    order: Order, now: Instant, policy: DispatchPolicy, times: LearnedTimes | None
) -> tuple[StopTimeUsed, ...]:
    """Return what forecasts expect of the stops of an order that are still ahead."""
    if not order.state.is_open:
        return ()
    stops = [delivery_of(order, policy.spread.service_share, times)]
    if not order.state.is_on_board:
        stops.insert(0, pickup_of(order, now, policy, times))
    share = policy.spread.service_share
    return tuple(
        StopTimeUsed(
            kind=stop.kind,
            late_s=stop.usually_late_s,
            late_sd_s=stop.earliest_sd_s,
            service_s=stop.service_s,
            service_sd_s=share * stop.service_s if stop.service_sd_s is None else stop.service_sd_s,
            cases=stop.cases,
        )
        for stop in stops
    )


def _told(order: Order, arrival: Arrival, now: Instant, *, is_degraded: bool) -> Forecast:
    return arrival.band(now, is_degraded=is_degraded), arrival.late_probability(order.promise.by_at)
