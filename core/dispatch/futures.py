"""What a plan leads to: the schedules of the drivers in question, what is told of their customers, and the figures.

What is told of a plan that a person is about to change is corrected by what became of earlier changes
(`core.eta.change_errors`); the plan in force beside it is told in the same way, so that the two may be compared.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

from core.dispatch.confidence import risk_stage
from core.dispatch.decision import Outcome, RiskStage
from core.dispatch.forecasting import foreseen, foreseen_unassigned
from core.dispatch.schedule import Schedule, schedule
from core.dispatch.shown import ByTheClock
from core.dispatch.world import PlanningWorld
from core.eta.arrival import Arrival
from core.eta.change_errors import ChangeErrors, Foretold
from core.fleet.route import StopKind
from core.orders.order import ArrivalBand, Order
from core.vocabulary import DriverId, Instant, OrderId


@dataclass(frozen=True, slots=True)
class Future:
    """A world with the schedules of the touched drivers and the arrivals of their orders.

    `told` are the arrivals as forecasts tell them, `arrivals` the same after what became of earlier changes. Orders
    to which no way leads are in neither, but `cut_off`.
    """

    world: PlanningWorld
    plans: Mapping[DriverId, Schedule]
    told: Mapping[OrderId, Arrival]
    arrivals: Mapping[OrderId, Arrival]
    changes: ChangeErrors | None = None
    cut_off: frozenset[OrderId] = frozenset()

    def band(self, order_id: OrderId) -> ArrivalBand | None:
        """Return the arrival of an order as it is shown; ``None`` where nobody brings it."""
        arrival = self.arrivals.get(order_id)
        return None if arrival is None else arrival.band(self.world.now, is_degraded=self.world.travel.degraded)

    def risk(self, order_id: OrderId) -> RiskStage | None:
        """Return how likely an order is late; ``None`` where nobody brings it."""
        arrival = self.arrivals.get(order_id)
        by_at = self.world.orders[order_id].promise.by_at
        return None if arrival is None else risk_stage(arrival.late_probability(by_at))

    def late_s(self, order_id: OrderId) -> float:
        """Return the expected seconds of an order after its promise."""
        order, told = self.world.orders[order_id], self.told[order_id]
        if self.changes is None or order.arrived_at_delivery_at is not None:
            return told.expected_lateness_s(order.promise.by_at)
        is_on_board = order.state.is_on_board
        return self.changes.late_s(told, order.promise.by_at, self.world.now, is_on_board=is_on_board)

    def foretold(self) -> dict[OrderId, Foretold]:
        """Return what is foretold of every customer who was not reached yet, to be held against what comes."""
        found = {}
        for order_id, told in self.told.items():
            order, band = self.world.orders[order_id], self.band(order_id)
            if order.arrived_at_delivery_at is None and band is not None:
                found[order_id] = Foretold(
                    at=told.mean_at,
                    sooner_s=told.sd_s,
                    later_s=told.later_s,
                    by_at=order.promise.by_at,
                    p10_at=band.p10_at,
                    p90_at=band.p90_at,
                    is_on_board=order.state.is_on_board,
                )
        return found


def future_of(
    world: PlanningWorld, touched: Sequence[DriverId], waiting: Iterable[OrderId] = (), kind: str | None = None
) -> Future:
    """Return what the plans of the touched drivers lead to; `waiting` orders may have no driver.

    `kind` is the kind of change that is previewed; without one nothing of earlier changes is applied.
    """
    plans: dict[DriverId, Schedule] = {}
    concerned = set(waiting)
    nobody = {name: _unassigned(world, world.orders[name]) for name in sorted(concerned)}
    told = {name: arrival for name, arrival in nobody.items() if isfinite(arrival.mean_at)}
    for driver_id in touched:
        driver = world.drivers[driver_id]
        if driver.start is None:
            continue
        plan = plans[driver_id] = schedule(driver, world.travel)
        concerned |= driver.order_ids
        told |= {one.order_id: one.told(world) for one in foreseen(world, driver, plan)}
    cut_off = frozenset(concerned - told.keys())
    changes = None if kind is None or world.times is None else world.times.changes
    if changes is None or kind is None:
        return Future(world, plans, told, told, cut_off=cut_off)
    after = {name: _after(changes, kind, arrival, world.orders[name], world.now) for name, arrival in told.items()}
    return Future(world, plans, told, after, changes, cut_off)


def _after(changes: ChangeErrors, kind: str, arrival: Arrival, order: Order, now: Instant) -> Arrival:
    if order.arrived_at_delivery_at is not None:
        return arrival
    return changes.told(kind, arrival, order.promise.by_at, now, is_on_board=order.state.is_on_board)


def _unassigned(world: PlanningWorld, order: Order) -> Arrival:
    travel = world.travel
    drive_s = travel.duration_s(travel.row(order.pickup.position), travel.column(order.delivery))
    return foreseen_unassigned(order, drive_s, world, is_degraded=travel.degraded).told(world)


def changed_drivers(before: PlanningWorld, after: PlanningWorld) -> list[DriverId]:
    """Return the drivers whose stops differ, or whom a street that is driven otherwise delays."""
    return [
        driver_id
        for driver_id, driver in after.drivers.items()
        if driver is not (known := before.drivers[driver_id])
        and (driver.stops != known.stops or driver.delayed_s != known.delayed_s)
    ]


def served_in(futures: Iterable[Future]) -> frozenset[OrderId]:
    """Return the orders that are brought in every one of them: whom one leaves waiting would cost nothing there."""
    return frozenset.intersection(*(frozenset(future.arrivals) for future in futures))


def outcome_of(future: Future, now: Future, served: Collection[OrderId]) -> Outcome:
    """Return the figures of a future beside the plan in force, `now`; waiting counts for the `served` orders."""
    policy, orders = future.world.policy, future.world.orders
    arrivals = [(orders[order_id], arrival) for order_id, arrival in future.arrivals.items()]
    late_s = [future.late_s(order_id) for order_id in future.arrivals]
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


def _to_tell(future: Future, now: Future) -> int:
    """Count whose time moves enough to be told: by forecasts, which is what customers are told."""
    least_s = future.world.policy.telling.least_move_s

    def told_at(order_id: OrderId) -> Instant | None:
        told = future.world.orders[order_id].told_arrival
        if told is not None:
            return told.p50_at
        present = now.told.get(order_id)
        return present.mean_at if present is not None else None

    return sum(
        (told := told_at(order_id)) is None or abs(arrival.mean_at - told) >= least_s
        for order_id, arrival in future.told.items()
    )


def by_the_clock(future: Future, now: Future, served: Collection[OrderId]) -> dict[OrderId, ByTheClock]:
    """Return the orders that each further minute without a commit makes later, and what that adds.

    What the same minute adds to the plan in force, `now`, is taken off: only the difference is held against a commit.
    """
    present = _rates(now, now, served)
    none = ByTheClock(late_minutes=0.0, money=0.0)
    return {
        order_id: ByTheClock(
            late_minutes=rate.late_minutes - present.get(order_id, none).late_minutes,
            money=rate.money - present.get(order_id, none).money,
        )
        for order_id, rate in _rates(future, now, served).items()
    }


def _rates(future: Future, now: Future, served: Collection[OrderId]) -> dict[OrderId, ByTheClock]:
    policy, found = future.world.policy, {}
    for order_id in _hanging(future, now.world):
        late = future.arrivals[order_id].late_probability(future.world.orders[order_id].promise.by_at)
        waits = policy.freshness_per_minute if order_id in served else 0.0
        found[order_id] = ByTheClock(late_minutes=late, money=policy.lateness_per_minute * late + waits)
    return found


def _hanging(future: Future, present: PlanningWorld) -> Iterator[OrderId]:
    """Yield the orders whose arrival hangs on the clock.

    Nobody has them, or a driver who leaves for nothing before the commit, or goods that are overdue come first.
    """
    brought = set()
    for driver_id, plan in future.plans.items():
        hangs = not present.drivers[driver_id].stops
        for stop, starts_at in zip(plan.stops, plan.starts, strict=True):
            order = future.world.orders[stop.order_id]
            if stop.kind is StopKind.PICKUP:
                is_overdue = not order.is_ready and stop.earliest_at > order.ready_at + stop.usually_late_s
                hangs = hangs or (is_overdue and starts_at <= stop.earliest_at)
            elif stop.order_id in future.arrivals:
                brought.add(stop.order_id)
                if hangs:
                    yield stop.order_id
    yield from (name for name in future.arrivals if name not in brought)
