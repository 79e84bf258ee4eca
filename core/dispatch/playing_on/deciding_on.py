"""Decides while a state is played on as the live service does: the match first, or order by order where it is off.

What the service would ask a person is taken as agreed to. Nothing is taken from a driver again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.dispatch.assignment import match
from core.dispatch.candidates import Candidate, Pricing, price, shortlist, with_trip
from core.dispatch.joining import instead, joined
from core.dispatch.matching.from_world import WorldMatch, match_of
from core.dispatch.matching.work import Seconds
from core.dispatch.policy import DispatchPolicy
from core.dispatch.schedule import rested_within, schedule
from core.dispatch.threats import needs_driver
from core.dispatch.world import PlanningWorld, Stop
from core.orders.order import Order
from core.travel import TravelTable
from core.vocabulary import DriverId, OrderId

type PolicyFor = Callable[[Order], DispatchPolicy]
type Accepts = Callable[[OrderId, DriverId], bool]


@dataclass(frozen=True, slots=True)
class Given:
    """An order that a driver gets, and all stops of that driver from then on."""

    order_id: OrderId
    driver_id: DriverId
    stops: tuple[Stop, ...]


def given_away(
    world: PlanningWorld, waiting: Sequence[Order], policy_for: PolicyFor, accepts: Accepts, every_s: float
) -> list[Given]:
    """Return what is given away now, each on the plan that the one before it made; who declines gets nothing.

    Parameters
    ----------
    world : PlanningWorld
        With the driving times between all its places; its policy is the whole city's.
    waiting : sequence of Order
        Those without a driver.
    policy_for, accepts : callables
    every_s : float
        Seconds until this is asked again.
    """
    if not waiting:
        return []
    if world.policy.match_horizon_s > 0.0:
        return _matched(world, waiting, policy_for, accepts, every_s)
    return _inserted(world, waiting, policy_for, accepts)


def _matched(
    world: PlanningWorld, waiting: Sequence[Order], policy_for: PolicyFor, accepts: Accepts, every_s: float
) -> list[Given]:
    busy = [driver for driver in world.drivers.values() if driver.stops and driver.start is not None]
    plans = {driver.driver_id: schedule(driver, world.travel) for driver in busy}
    free_at = {name: plan.ends_at for name, plan in plans.items()}
    made = match_of(world, waiting, free_at, rested=rested_within(plans))
    seconds = _between(made, waiting, world.travel)
    settled = made.solved(seconds, world.now + every_s).commitments
    taken = {commitment.driver_id for commitment in settled}
    given: list[Given] = []
    for commitment in settled:
        bundle = [meal.order_id for meal in commitment.meals]
        for name in bundle:
            zoned = world.with_policy(policy_for(world.orders[name]))
            pricing = _on_trip(zoned, world.orders[name], commitment.driver_id, bundle)
            others = taken - {commitment.driver_id}
            best = joined(pricing, commitment, others, zoned.policy) or instead(pricing, others, zoned.policy)
            world = _give(world, world.orders[name], best, accepts, given)
    return given


def _on_trip(world: PlanningWorld, order: Order, driver_id: DriverId, bundle: Sequence[OrderId]) -> Pricing:
    listed = shortlist(world, order)
    near = listed.near if driver_id in listed.near else (*listed.near[: world.policy.candidates - 1], driver_id)
    return with_trip(world, price(world, order, replace(listed, near=near)), world.drivers[driver_id], bundle)


def _inserted(world: PlanningWorld, waiting: Sequence[Order], policy_for: PolicyFor, accepts: Accepts) -> list[Given]:
    due = [order for order in waiting if needs_driver(order, world.now, policy_for(order))]
    pricings = []
    for order in due:
        zoned = world.with_policy(policy_for(order))
        pricings.append(price(zoned, order, shortlist(zoned, order)))
    given: list[Given] = []
    chosen = match(pricings, world.policy.wait_money)
    for pricing in pricings:
        driver_id = chosen[pricing.order.order_id]
        best = None if driver_id is None else pricing.of(driver_id)
        world = _give(world, pricing.order, best, accepts, given)
    return given


def _give(
    world: PlanningWorld, order: Order, best: Candidate | None, accepts: Accepts, given: list[Given]
) -> PlanningWorld:
    if best is None or best.option is None or not accepts(order.order_id, best.driver_id):
        return world
    stops = best.option.insertion.after.stops
    given.append(Given(order.order_id, best.driver_id, stops))
    return world.with_driver(world.drivers[best.driver_id].with_stops(stops))


def _between(made: WorldMatch, waiting: Sequence[Order], travel: TravelTable) -> Seconds:
    """Return the driving seconds between the places of a match; nobody drives back to where a driver stands."""
    goals = {place for order in waiting for place in (order.pickup.position, order.delivery)}
    columns = [number for number, place in enumerate(made.places) if place in goals]
    rows = [travel.row(place) for place in made.places]
    seconds = np.full((len(made.places), len(made.places)), np.inf)
    known = [travel.column(made.places[number]) for number in columns]
    seconds[:, columns] = travel.matrix.durations_s[np.ix_(rows, known)]
    return seconds
