"""The two sides of an override: the state with what the person chose, and with what was recommended instead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from statistics import fmean

from msgspec.structs import replace as changed

from core.dispatch.changes import Forbid, Hold, Resequence, Split, TakeOut, closes_for_s
from core.dispatch.counterfactual import given
from core.dispatch.decision import Override, PlanChange
from core.dispatch.playing_on.fork import Fork
from core.dispatch.playing_on.played_side import PlayedSide
from core.dispatch.playing_on.shared_dice import CommonDice
from core.dispatch.playing_on.without_ruling import without_ruling
from core.dispatch.regret import PlayedOutcome, RegretEstimate, interval_of, mean_outcome
from core.dispatch.world import PlanningWorld, Stop
from core.fleet.route import StopKind
from core.vocabulary import DriverId, Instant, OrderId

type BothOutcomes = tuple[PlayedOutcome, PlayedOutcome]
"""What the chosen and the recommended side led to in one draw."""


def touched_drivers(override: Override) -> frozenset[DriverId]:
    """Return every driver whom the override or the recommendation concerns."""
    named = (override.driver_id, override.previous_driver_id, override.recommended_driver_id)
    plans = (plan.driver_id for plan in (*override.plans, *override.replaced))
    return frozenset(name for name in (*named, *plans) if name)


def touched_orders(override: Override) -> frozenset[OrderId]:
    """Return every order of the plans that the override put in force."""
    planned = {stop.order_id for plan in override.plans for stop in plan.stops}
    return frozenset({*planned, override.order_id, *override.order_ids})


def closed_until(override: Override) -> Instant | None:
    """Return when the place was to be open again that an override closed; ``None`` if it closed none."""
    for_s = closes_for_s(override.change)
    return None if for_s is None else override.decided_at + for_s


def chosen_side(world: PlanningWorld, override: Override) -> PlanningWorld:
    """Return the world with the plans that the person put in force; stops of orders not in play are left out."""
    moved = {stop.order_id for plan in override.plans for stop in plan.stops}
    planned = {plan.driver_id for plan in override.plans}
    after = world
    for driver_id, driver in world.drivers.items():
        if driver_id not in planned:
            kept = tuple(stop for stop in driver.stops if stop.order_id not in moved)
            after = after if kept == driver.stops else after.with_driver(driver.with_stops(kept))
    for plan in override.plans:
        if plan.driver_id in world.drivers:
            driver = after.drivers[plan.driver_id]
            after = after.with_driver(driver.with_stops(_stops(world, plan)))
    if isinstance(override.change, TakeOut) and override.change.driver_id in after.drivers:
        return after.with_driver(replace(after.drivers[override.change.driver_id], is_out=True))
    if isinstance(override.change, Hold):
        held = changed(world.orders[override.order_id], held_until=override.decided_at + override.change.for_s)
        return replace(after, orders={**after.orders, held.order_id: held})
    return _kept_from(after, override) if isinstance(override.change, Split | Forbid) else after


def recommended_side(world: PlanningWorld, override: Override) -> PlanningWorld:
    """Return the world in which the recommendation was followed; as it stood where nobody was recommended.

    An order without a driver then waits, and the decider gives it away as it would have done. A place that nobody
    closed is the other choice to one that was closed, and the stops as they were to those in another order, whatever
    was recommended for the order that these are kept under.
    """
    if closes_for_s(override.change) is not None or isinstance(override.change, Resequence):
        return world
    order, driver_id = world.orders[override.order_id], override.recommended_driver_id
    if driver_id is None or driver_id == order.driver_id or driver_id not in world.drivers:
        return world
    return given(world, order, driver_id)[0]


def played_on(fork: Fork, override: Override, seed: int) -> Iterator[BothOutcomes]:
    """Yield draw by draw what both sides led to, with the same dice.

    The fork's travel table must hold its `points_in_play`, and its drivers have known positions.
    """
    without = replace(fork, demand=without_ruling(fork.demand, override, fork.staff))
    sides = ((fork, chosen_side(fork.world, override)), (without, recommended_side(fork.world, override)))
    for draw in range(fork.playing.draws):
        dice = CommonDice(seed, draw)
        chosen, recommended = (PlayedSide(part, side, dice).played() for part, side in sides)
        yield chosen, recommended


def regret_of(fork: Fork, override: Override, outcomes: Sequence[BothOutcomes], *, seed: int) -> RegretEstimate:
    """Return the estimate from what both sides led to, in at least one draw."""
    chosen, recommended = [one for one, _ in outcomes], [other for _, other in outcomes]
    money = [one.cost - other.cost for one, other in outcomes]
    placed = sum(happening.placed is not None for happening in fork.demand.happenings)
    return RegretEstimate(
        override_id=override.override_id,
        position=fork.position,
        forked_at=fork.world.now,
        until_at=fork.until_at,
        policy_number=fork.policy_number,
        seed=seed,
        draws=len(outcomes),
        drivers=len(fork.world.drivers),
        orders=len(fork.world.orders) + placed,
        chosen=mean_outcome(chosen),
        recommended=mean_outcome(recommended),
        late=interval_of([one.late_minutes - other.late_minutes for one, other in outcomes]),
        waited=interval_of([one.waited_minutes - other.waited_minutes for one, other in outcomes]),
        money=interval_of(money),
        overriding=fmean(max(0.0, value) for value in money),
        following=fmean(max(0.0, -value) for value in money),
        better_share=fmean(float(value < 0.0) for value in money),
        is_degraded=fork.world.travel.degraded,
    )


def _kept_from(world: PlanningWorld, override: Override) -> PlanningWorld:
    """Return the world in which who lost the order by a split does not get it again."""
    order = world.orders[override.order_id]
    if override.previous_driver_id is None:
        return world
    apart = changed(order, forbidden=(*order.forbidden, override.previous_driver_id))
    return replace(world, orders={**world.orders, order.order_id: apart})


def _stops(world: PlanningWorld, plan: PlanChange) -> tuple[Stop, ...]:
    """Return a plan's stops as they stand in the world: a driver's own as they are, others as for whoever gets them."""
    own = {(stop.order_id, stop.kind): stop for stop in world.drivers[plan.driver_id].stops}
    found = []
    for stop in plan.stops:
        order = world.orders.get(stop.order_id)
        if order is not None and not (order.state.is_on_board and stop.kind is StopKind.PICKUP):
            pickup, delivery = world.stops_of(order)
            fresh = pickup if stop.kind is StopKind.PICKUP else delivery
            found.append(own.get((stop.order_id, stop.kind), fresh))
    return tuple(found)
