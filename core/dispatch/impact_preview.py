"""What a manual change would do to everyone, before it is committed: two counterfactuals beside the recommendation."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf

from core.dispatch.changes import Change, RulingChange, Split
from core.dispatch.confidence import risk_stage
from core.dispatch.counterfactual import Changed, changed, given, replanned_around
from core.dispatch.decision import AffectedOrder, ImpactPreview, Outcome, PlanChange, RiskStage
from core.dispatch.forecasting import foreseen, foreseen_unassigned
from core.dispatch.ruled_worlds import given_to_others, ruled
from core.dispatch.schedule import Schedule, schedule
from core.dispatch.shown import MoveLimits
from core.dispatch.world import PlanningWorld
from core.eta.arrival import Arrival
from core.orders.order import ArrivalBand, Order
from core.vocabulary import DriverId, Instant, OrderId

LEAST_MOVE_S = 30.0
"""Customers whose expected arrival moves by less are not listed."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is previewed.

    Parameters
    ----------
    change : Change
    recommended_driver_id : DriverId or None
        Whom the platform recommends for the order; ``None`` for leaving things as they are.
    neighbours : sequence of DriverId
        Drivers who may take work over when it is re-planned.
    position : int
        The log position that the world was built at.
    waiting : sequence of OrderId
        The orders without a driver that the change concerns: those in a zone that is to be closed.
    """

    change: Change
    recommended_driver_id: DriverId | None = None
    neighbours: Sequence[DriverId] = ()
    position: int = 0
    waiting: Sequence[OrderId] = ()
    with_replanned: bool = True


@dataclass(frozen=True, slots=True)
class _Future:
    """A world with the schedules of the touched drivers and the arrivals of their orders."""

    world: PlanningWorld
    plans: Mapping[DriverId, Schedule]
    arrivals: Mapping[OrderId, Arrival]


def preview_override(world: PlanningWorld, question: Question) -> ImpactPreview:
    """Return the impact of a change; with breaches nothing is planned.

    The world's travel table must hold the points of the order, of every order of the drivers touched, of the
    recommended one and of the neighbours.
    """
    change, order = question.change, world.orders[question.change.order_id]
    found = ruled(world, change, question.waiting) if isinstance(change, RulingChange) else changed(world, change)
    as_is = found.world if not found.breaches else world
    replanned = _replanned(as_is, found, order, question)
    recommended = _recommended(world, order, question.recommended_driver_id)
    worlds = [world, recommended, as_is, *([replanned] if replanned is not None else [])]
    touched = sorted({driver_id for other in worlds[1:] for driver_id in changed_drivers(world, other)})
    waiting = [*found.waiting, *([order.order_id] if isinstance(change, Split) and not found.breaches else [])]
    futures = [_future(other, touched, waiting) for other in worlds]
    return _assembled(question, order, futures, found)


def _replanned(as_is: PlanningWorld, found: Changed, order: Order, question: Question) -> PlanningWorld | None:
    """Return the world with the work around the change re-planned; ``None`` where there is nothing to re-plan."""
    about = subject_of(question.change, order)
    if not question.with_replanned or found.breaches or about is None:
        return None
    neighbours = tuple(_reachable_neighbours(as_is, question))
    if not isinstance(question.change, RulingChange):
        return replanned_around(as_is, found.kept, about, neighbours)
    after = given_to_others(as_is, found.waiting, [name for name in neighbours if name != about])
    return None if after is as_is else after


def subject_of(change: Change, order: Order) -> DriverId | None:
    """Return whom a change is about: who gets the order, whose stops they are, or who loses what is to wait."""
    return change.driver_id if change.driver_id is not None else order.driver_id


def outcomes(before: PlanningWorld, after: PlanningWorld) -> tuple[Outcome, Outcome]:
    """Return what the drivers whom `after` changes lead to without and with the change.

    The travel table must hold the points of these drivers in both worlds.
    """
    touched = sorted(changed_drivers(before, after))
    now, then = _future(before, touched), _future(after, touched)
    served = _served([now, then])
    return _outcome(now, now, served), _outcome(then, now, served)


def changed_drivers(before: PlanningWorld, after: PlanningWorld) -> list[DriverId]:
    """Return the drivers whose stops differ."""
    return [
        driver_id
        for driver_id, driver in after.drivers.items()
        if driver is not before.drivers[driver_id] and driver.stops != before.drivers[driver_id].stops
    ]


def _hands(before: PlanningWorld, after: PlanningWorld) -> dict[OrderId, DriverId | None]:
    """Return the orders that change hands from one world to the other, and who gets them."""
    names = changed_drivers(before, after)
    had = {order_id: name for name in names for order_id in before.drivers[name].order_ids}
    have = {order_id: name for name in names for order_id in after.drivers[name].order_ids}
    return {order_id: have.get(order_id) for order_id in sorted(had | have) if had.get(order_id) != have.get(order_id)}


def plan_changes(before: PlanningWorld, after: PlanningWorld) -> tuple[PlanChange, ...]:
    """Return the new stops of every driver that `after` changes, on the plan numbers they were computed on."""
    return tuple(
        PlanChange(
            driver_id=driver_id,
            plan_number=before.drivers[driver_id].plan_number,
            stops=(plan := schedule(after.drivers[driver_id], after.travel)).planned(),
            distance_m=plan.distance_m,
        )
        for driver_id in changed_drivers(before, after)
        if after.drivers[driver_id].start is not None or not after.drivers[driver_id].stops
    )


def _assembled(question: Question, order: Order, futures: Sequence[_Future], found: Changed) -> ImpactPreview:
    now, recommended, as_is = futures[:3]
    replanned = futures[3] if len(futures) > 3 else None
    about = subject_of(question.change, order)
    involved = {*changed_drivers(now.world, as_is.world), order.driver_id, about} - {None}
    if replanned is not None:
        involved |= {*changed_drivers(now.world, replanned.world)}
    drivers, policy = now.world.drivers, now.world.policy
    served = _served(futures[1:])
    return ImpactPreview(
        order_id=order.order_id,
        driver_id=about or DriverId(""),
        recommended_driver_id=question.recommended_driver_id,
        computed_at=now.world.now,
        until_at=_until(futures, now.world.now),
        position=question.position,
        based_on={name: drivers[name].plan_number for name in sorted(filter(None, involved)) if name in drivers},
        order_version=order.version,
        recommendation=_outcome(recommended, now, served),
        as_is=_outcome(as_is, now, served),
        replanned=_outcome(replanned, now, served) if replanned is not None else None,
        affected=_affected(order, now, recommended, as_is, replanned),
        as_is_plans=plan_changes(now.world, as_is.world) if not found.breaches else (),
        replanned_plans=plan_changes(now.world, replanned.world) if replanned is not None else (),
        breaches=found.breaches,
        change=question.change,
        as_is_hands=_hands(now.world, as_is.world),
        replanned_hands=_hands(now.world, replanned.world) if replanned is not None else {},
        present=_outcome(now, now, served),
        said=found.said,
        limits=MoveLimits(promises=policy.recheck_promises, minutes=policy.recheck_minutes, money=policy.recheck_money),
        tell_after_s=policy.tell_after_s,
    )


def _recommended(world: PlanningWorld, order: Order, driver_id: DriverId | None) -> PlanningWorld:
    if driver_id is None or driver_id == order.driver_id or world.drivers[driver_id].start is None:
        return world
    return world if order.state.is_on_board else given(world, order, driver_id)[0]


def _reachable_neighbours(world: PlanningWorld, question: Question) -> Iterable[DriverId]:
    return (name for name in question.neighbours if world.drivers[name].start is not None)


def _future(world: PlanningWorld, touched: Sequence[DriverId], waiting: Iterable[OrderId] = ()) -> _Future:
    """Return the touched drivers' schedules and their orders' arrivals; `waiting` orders may have no driver."""
    plans: dict[DriverId, Schedule] = {}
    arrivals: dict[OrderId, Arrival] = {name: _unassigned(world, world.orders[name]) for name in waiting}
    for driver_id in touched:
        driver = world.drivers[driver_id]
        if driver.start is None:
            continue
        plan = plans[driver_id] = schedule(driver, world.travel)
        arrivals |= {one.order_id: one.told(world) for one in foreseen(world, driver, plan)}
    return _Future(world, plans, arrivals)


def _unassigned(world: PlanningWorld, order: Order) -> Arrival:
    travel = world.travel
    drive_s = travel.duration_s(travel.row(order.pickup.position), travel.column(order.delivery))
    return foreseen_unassigned(order, drive_s, world, is_degraded=travel.degraded).told(world)


def _served(futures: Iterable[_Future]) -> frozenset[OrderId]:
    """Return the orders that are brought in every one of them: whom one leaves waiting would cost nothing there."""
    return frozenset.intersection(*(frozenset(future.arrivals) for future in futures))


def _outcome(future: _Future, now: _Future, served: Collection[OrderId]) -> Outcome:
    policy, orders = future.world.policy, future.world.orders
    arrivals = [(orders[order_id], arrival) for order_id, arrival in future.arrivals.items()]
    late_s = [arrival.expected_lateness_s(order.promise.by_at) for order, arrival in arrivals]
    waited_s = sum(
        max(0.0, arrival.mean_at - max(order.placed_at, future.world.now))
        for order, arrival in arrivals
        if order.order_id in served
    )
    driving_s = sum(plan.driving_s for plan in future.plans.values() if plan.is_reachable)
    distance_m = sum(plan.distance_m for plan in future.plans.values() if plan.is_reachable)
    worth = (policy.lateness_per_minute * sum(late_s) + policy.freshness_per_minute * waited_s) / 60.0
    return Outcome(
        promises_broken=sum(arrival.mean_at > order.promise.by_at for order, arrival in arrivals),
        promises_touched=len(late_s),
        late_minutes=sum(late_s) / 60.0,
        longest_delay_minutes=max(late_s, default=0.0) / 60.0,
        distance_m=distance_m,
        driving_s=driving_s,
        cost=round(policy.driving_money(driving_s, distance_m) + worth),
        drivers_changed=len(changed_drivers(now.world, future.world)),
        customers_to_tell=_to_tell(future, now),
        waited_minutes=waited_s / 60.0,
    )


def _to_tell(future: _Future, now: _Future) -> int:
    least_s = future.world.policy.telling.least_move_s

    def told_at(order_id: OrderId) -> Instant | None:
        told = future.world.orders[order_id].told_arrival
        if told is not None:
            return told.p50_at
        present = now.arrivals.get(order_id)
        return present.mean_at if present is not None else None

    return sum(
        (told := told_at(order_id)) is None or abs(arrival.mean_at - told) >= least_s
        for order_id, arrival in future.arrivals.items()
    )


def _affected(
    order: Order, now: _Future, recommended: _Future, as_is: _Future, replanned: _Future | None
) -> tuple[AffectedOrder, ...]:
    others = [recommended, as_is, *([replanned] if replanned is not None else [])]
    moved: dict[OrderId, float] = {}
    for order_id in {name for future in (now, *others) for name in future.arrivals}:
        present = now.arrivals.get(order_id)
        shifts = [
            abs(arrival.mean_at - present.mean_at) if present is not None else inf
            for future in others
            if (arrival := future.arrivals.get(order_id)) is not None
        ]
        if max(shifts, default=0.0) >= LEAST_MOVE_S or order_id == order.order_id:
            moved[order_id] = max(shifts, default=0.0)
    ranked = sorted(moved, key=lambda name: (name != order.order_id, -moved[name], name))
    return tuple(
        AffectedOrder(
            order_id=name,
            promised_by_at=now.world.orders[name].promise.by_at,
            now=_band(now, name),
            recommended=_band(recommended, name),
            as_is=_band(as_is, name),
            replanned=_band(replanned, name),
            risk_now=_risk(now, name),
            risk_as_is=_risk(as_is, name),
            risk_replanned=_risk(replanned, name),
        )
        for name in ranked
    )


def _band(future: _Future | None, order_id: OrderId) -> ArrivalBand | None:
    arrival = future.arrivals.get(order_id) if future is not None else None
    if future is None or arrival is None:
        return None
    return arrival.band(future.world.now, is_degraded=future.world.travel.degraded)


def _risk(future: _Future | None, order_id: OrderId) -> RiskStage | None:
    arrival = future.arrivals.get(order_id) if future is not None else None
    if future is None or arrival is None:
        return None
    return risk_stage(arrival.late_probability(future.world.orders[order_id].promise.by_at))


def _until(futures: Sequence[_Future], now: Instant) -> Instant:
    ends = (plan.ends_at for future in futures for plan in future.plans.values() if plan.is_reachable)
    return max(ends, default=now)
