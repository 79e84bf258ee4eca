"""The arrival of every open order, with the present plans; and a rough one for orders that have no driver yet.

What a plan foresees and what is told of it are two things: what was learned of how plans come out lies between them
(`core.eta.route_errors`).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

from core.dispatch.policy import DispatchPolicy
from core.dispatch.schedule import Schedule, forecast, schedule
from core.dispatch.world import DriverState, PlanningWorld, delivery_of, pickup_of
from core.eta.arrival import Arrival, Leg, forecast_route
from core.eta.drive import Drive
from core.eta.forecast_history import StopTimeUsed
from core.eta.learned_times import LearnedTimes
from core.eta.route_errors import Situation, situation_of
from core.fleet.route import StopKind
from core.orders.order import ArrivalBand, Order
from core.vocabulary import Instant, OrderId

type Forecast = tuple[ArrivalBand, float]
"""An arrival and the probability that it is after the promise."""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a plan says of an order's arrival, and what lies between now and its door; ``None``: it was reached."""

    order_id: OrderId
    situation: Situation | None
    planned: Arrival

    def told(self, world: PlanningWorld) -> Arrival:
        """Return the arrival to tell, after all that was learned of how plans come out."""
        if world.times is None or world.times.arrivals is None or self.situation is None:
            return self.planned
        return world.times.arrivals.told(self.situation, self.planned, world.now)


def foreseen(world: PlanningWorld, driver: DriverState, plan: Schedule, ahead: Drive | None = None) -> list[Foreseen]:
    """Return what a driver's plan says of the orders in it; those to whom no way leads are left out."""
    found = []
    arrivals = forecast(driver, plan, world.policy, ahead)
    for number, (stop, arrival) in enumerate(zip(plan.stops, arrivals, strict=True)):
        if stop.kind is not StopKind.DELIVERY or not isfinite(arrival.mean_at):
            continue
        order = world.orders[stop.order_id]
        has_said_yes = order.state.is_on_board or (order.is_accepted and order.driver_id == driver.driver_id)
        situation = situation_of(number, is_accepted=has_said_yes) if stop.arrived_at is None else None
        found.append(Foreseen(stop.order_id, situation, arrival))
    return found


def standing_plan(world: PlanningWorld, driver: DriverState) -> Schedule | None:
    """Return the times of a driver's stops as they stand; ``None`` without a known position or a way.

    The world's travel table must hold the driver's start and stops.
    """
    if driver.start is None:
        return None
    plan = schedule(driver, world.travel)
    return plan if plan.is_reachable else None


def forecasts_of(
    world: PlanningWorld, driver: DriverState, plan: Schedule, ahead: Drive | None = None
) -> dict[OrderId, Forecast]:
    """Return the forecasts of the orders in a driver's plan.

    `ahead` is the drive to the first stop, where it was forecast: a delivery there takes its percentiles as they are.
    """
    found = {
        one.order_id: told_of(world, one, is_degraded=plan.is_degraded) for one in foreseen(world, driver, plan, ahead)
    }
    first = plan.stops[0] if plan.stops else None
    if ahead is not None and first is not None and first.kind is StopKind.DELIVERY and first.arrived_at is None:
        late = ahead.late_probability(world.now, world.orders[first.order_id].promise.by_at)
        found[first.order_id] = (ahead.band(world.now), late)
    return found


def forecast_unassigned(order: Order, drive_s: float, world: PlanningWorld, *, is_degraded: bool) -> Forecast:
    """Return the forecast of an order without a driver; parameters as of `arrival_unassigned`."""
    return told_of(world, foreseen_unassigned(order, drive_s, world, is_degraded=is_degraded), is_degraded=is_degraded)


def told_of(world: PlanningWorld, one: Foreseen, *, is_degraded: bool) -> Forecast:
    """Return what is told of an order of the world where a plan foresees `one`."""
    arrival, by_at = one.told(world), world.orders[one.order_id].promise.by_at
    return arrival.band(world.now, is_degraded=is_degraded), arrival.late_probability(by_at)


def foreseen_unassigned(order: Order, drive_s: float, world: PlanningWorld, *, is_degraded: bool) -> Foreseen:
    """Return what is foreseen of an order without a driver; parameters as of `arrival_unassigned`."""
    arrival = arrival_unassigned(order, drive_s, world, is_degraded=is_degraded)
    return Foreseen(order.order_id, Situation.NOBODY, arrival)


def arrival_unassigned(order: Order, drive_s: float, world: PlanningWorld, *, is_degraded: bool) -> Arrival:
    """Return the arrival of an order without a driver, as if one came after the usual time, or that after a hold.

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
    comes_at = max(now, order.held_until or now) + policy.approach_s
    return forecast_route(comes_at, policy.approach_sd_s, legs, policy.spread, is_degraded=is_degraded)[1]


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
