"""Who could take an order: drivers without a broken rule, the nearest of them priced by their cheapest insertion."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.dispatch.bundle_limits import bundle_breaches, companions_of
from core.dispatch.constraints import BEFORE_ROUTING, Trial, both, breaches
from core.dispatch.decision import Breach, TermShare
from core.dispatch.route_insertion import Insertion, insert_as_trip, insert_cheapest
from core.dispatch.schedule import Schedule, forecast, schedule
from core.dispatch.scoring import Option, score, total
from core.dispatch.world import DriverState, PlanningWorld
from core.geodesy import short_distance_m
from core.orders.order import Order
from core.vocabulary import DriverId, OrderId, Position


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """One driver for one order: priced (`option`, `terms`), or excluded by `breaches`, or both.

    `distance_to_pickup_m` is a straight line from where the driver stands.
    """

    driver: DriverState
    breaches: tuple[Breach, ...]
    distance_to_pickup_m: float | None = None
    option: Option | None = None
    terms: tuple[TermShare, ...] = ()
    total_minutes: float = 0.0
    total_money: int = 0

    @property
    def driver_id(self) -> DriverId:
        """Return whose candidacy this is."""
        return self.driver.driver_id


@dataclass(frozen=True, slots=True)
class Shortlist:
    """The drivers worth routing for an order, nearest first, and those that a rule excludes, nearest first.

    `considered` counts all drivers that were looked at.
    """

    order_id: OrderId
    near: tuple[DriverId, ...]
    excluded: tuple[Candidate, ...]
    considered: int

    @property
    def nearest_excluded(self) -> DriverId | None:
        """Return who of the excluded stands nearest to the pickup: what would help is looked for on his way."""
        known = [one for one in self.excluded if one.distance_to_pickup_m is not None]
        nearest = min(known, key=lambda one: (one.distance_to_pickup_m or 0.0, one.driver_id), default=None)
        return None if nearest is None else nearest.driver_id


@dataclass(frozen=True, slots=True)
class Pricing:
    """The candidates of an order: possible ones by money, impossible ones by distance.

    `keep` is the present assignment, left as it is; ``None`` where there is nothing to keep. `disputed` are those whom
    the planner had for possible and an independent check rules out.
    """

    order: Order
    possible: tuple[Candidate, ...]
    impossible: tuple[Candidate, ...]
    considered: int
    keep: Candidate | None = None
    disputed: tuple[DriverId, ...] = ()

    def of(self, driver_id: DriverId) -> Candidate | None:
        """Return the possible candidacy of a driver."""
        return next((candidate for candidate in self.possible if candidate.driver_id == driver_id), None)

    def nearest(self) -> Candidate | None:
        """Return who stands nearest to the pickup, possible or not."""
        known = [c for c in (*self.possible, *self.impossible) if c.distance_to_pickup_m is not None]
        return min(known, key=lambda c: (c.distance_to_pickup_m or 0.0, c.driver_id)) if known else None


def shortlist(world: PlanningWorld, order: Order) -> Shortlist:
    """Return who is worth routing: no rule broken, and among the nearest by straight line.

    A driver's distance is that of the nearest of the present position and the stops to come. The driver who has the
    order is not listed: keeping is priced apart.
    """
    drivers = [d for d in world.drivers.values() if d.is_on_shift and d.driver_id != order.driver_id]
    distances = _distances_m(drivers, order.pickup.position)
    from_start_m = _from_starts_m(drivers, order.pickup.position)
    near: list[DriverId] = []
    excluded: list[Candidate] = []
    for row in np.argsort(distances, kind="stable").tolist():
        driver = drivers[row]
        broken = breaches(Trial(driver, order, world.now, world.policy), BEFORE_ROUTING)
        if broken:
            excluded.append(Candidate(driver, broken, from_start_m[row]))
        elif len(near) < world.policy.candidates:
            near.append(driver.driver_id)
    return Shortlist(order.order_id, tuple(near), tuple(excluded), len(drivers))


def points_of(world: PlanningWorld, order_ids: Iterable[OrderId], driver_ids: Iterable[DriverId]) -> Points:
    """Return the places between which driving must be known to price these orders on these drivers.

    Sources are starts and stops, destinations are stops only; both without repetition and in a fixed order.
    """
    starts: dict[Position, None] = {}
    stops: dict[Position, None] = {}
    for order_id in order_ids:
        order = world.orders[order_id]
        stops[order.pickup.position] = None
        stops[order.delivery] = None
    for driver_id in driver_ids:
        driver = world.drivers[driver_id]
        if driver.start is not None:
            starts[driver.start] = None
            stops.update(dict.fromkeys(stop.position for stop in driver.stops))
    return Points(tuple({**starts, **stops}), tuple(stops))


@dataclass(frozen=True, slots=True)
class Points:
    """What a travel table is asked for."""

    sources: tuple[Position, ...]
    destinations: tuple[Position, ...]


def price(world: PlanningWorld, order: Order, listed: Shortlist) -> Pricing:
    """Return the shortlist priced; the world's travel table must hold `points_of` it and of the present driver."""
    mean_orders = world.mean_orders()
    routed = [candidate_of(world, world.drivers[driver_id], order, mean_orders) for driver_id in listed.near]
    routed = bundled_where_it_may_be(world, order, routed, mean_orders)
    possible = sorted(
        (candidate for candidate in routed if not candidate.breaches),
        key=lambda candidate: (candidate.total_money, candidate.driver_id),
    )
    impossible = [candidate for candidate in routed if candidate.breaches]
    return Pricing(
        order=order,
        possible=tuple(possible),
        impossible=(*impossible, *listed.excluded),
        considered=listed.considered,
        keep=keep(world, order, mean_orders),
    )


def candidate_of(world: PlanningWorld, driver: DriverState, order: Order, mean_orders: float) -> Candidate:
    """Return one driver's cheapest insertion with its score; rules broken before routing are named first."""
    broken = breaches(Trial(driver, order, world.now, world.policy), BEFORE_ROUTING)
    if driver.start is None:
        return Candidate(driver, broken)
    insertion = insert_cheapest(world, driver, order)
    return _scored(world, driver, order, insertion, both(broken, insertion.breaches), mean_orders)


def with_trip(world: PlanningWorld, pricing: Pricing, driver: DriverState, bundle: Sequence[OrderId]) -> Pricing:
    """Return the pricing in which `driver` would take the order on a trip with `bundle`, after all others.

    A driver whose trip breaks a limit, or a promise that single trips keep, is impossible, whatever else would be
    possible with that driver.
    """
    order, mean_orders = pricing.order, world.mean_orders()
    broken = breaches(Trial(driver.without(order.order_id), order, world.now, world.policy), BEFORE_ROUTING)
    insertion = insert_as_trip(world, driver, order, bundle)
    trip = _scored(world, driver, order, insertion, both(broken, insertion.breaches), mean_orders)
    together = _bundle_breaches(trip, is_kept_alone=_is_kept_alone(world, pricing.possible))
    trip = replace(trip, breaches=(*trip.breaches, *together))
    possible = [candidate for candidate in pricing.possible if candidate.driver_id != driver.driver_id]
    impossible = [candidate for candidate in pricing.impossible if candidate.driver_id != driver.driver_id]
    (impossible if trip.breaches or trip.option is None else possible).append(trip)
    possible.sort(key=lambda candidate: (candidate.total_money, candidate.driver_id))
    return replace(pricing, possible=tuple(possible), impossible=tuple(impossible))


def bundled_where_it_may_be(
    world: PlanningWorld, order: Order, routed: list[Candidate], mean_orders: float
) -> list[Candidate]:
    """Return the candidates with every bundle that must not be taken apart, or excluded if that is no way either."""
    is_kept_alone = _is_kept_alone(world, routed)
    found = []
    for candidate in routed:
        broken = _bundle_breaches(candidate, is_kept_alone=is_kept_alone)
        if broken and candidate.option is not None:
            insertion = insert_cheapest(world, candidate.driver, order, apart=True)
            candidate = _scored(world, candidate.driver, order, insertion, insertion.breaches, mean_orders)
            again = _bundle_breaches(candidate, is_kept_alone=is_kept_alone)
            candidate = replace(candidate, breaches=(*candidate.breaches, *again))
        found.append(candidate)
    return found


def _is_kept_alone(world: PlanningWorld, candidates: Iterable[Candidate]) -> bool:
    """Say whether one of them keeps the promise by a single trip."""
    options = (one.option for one in candidates if not one.breaches and one.option is not None)
    return any(not world.policy.is_at_risk(one.late_probability) for one in options if not companions_of(one))


def _bundle_breaches(candidate: Candidate, *, is_kept_alone: bool) -> tuple[Breach, ...]:
    if candidate.breaches or candidate.option is None:
        return ()
    return bundle_breaches(candidate.option, is_kept_alone=is_kept_alone)


def keep(world: PlanningWorld, order: Order, mean_orders: float) -> Candidate | None:
    """Return the present assignment as a candidate: the driver's route exactly as it stands.

    ``None`` where it cannot be kept as it is: nobody has the order, it is on board, or no way leads to some stop.
    """
    driver = world.drivers.get(order.driver_id) if order.driver_id else None
    if driver is None or driver.start is None or order.order_id not in driver.order_ids or order.state.is_on_board:
        return None
    without = driver.without(order.order_id)
    insertion = Insertion(without, schedule(without, world.travel), schedule(driver, world.travel), ())
    kept = _scored(world, driver, order, insertion, (), mean_orders)
    return kept if kept.option is not None else None


def as_planned(world: PlanningWorld, candidate: Candidate, driver: DriverState) -> Candidate:
    """Return a routed candidate with the same stops in the same order, made by `driver` in another state."""
    option = candidate.option
    assert option is not None
    insertion = option.insertion
    after = schedule(driver.with_stops(insertion.after.stops), world.travel)
    moved = Insertion(driver, schedule(driver, world.travel), after, insertion.breaches)
    return _scored(world, driver, option.order, moved, (), option.mean_orders)


def _scored(
    world: PlanningWorld,
    driver: DriverState,
    order: Order,
    insertion: Insertion,
    broken: tuple[Breach, ...],
    mean_orders: float,
) -> Candidate:
    distance = _from_start_m(driver, order)
    if not insertion.after.is_reachable:
        return Candidate(driver, broken, distance)
    option = Option(
        order=order,
        insertion=insertion,
        before=forecast(insertion.driver, insertion.before, world.policy),
        after=forecast(insertion.driver, insertion.after, world.policy),
        mean_orders=mean_orders,
        direct_s=_direct_s(world, order),
        now=world.now,
        policy=world.policy,
        leaves_short=_short_at_end(world, insertion.driver, insertion.before),
        ends_short=_short_at_end(world, insertion.driver, insertion.after),
    )
    terms = score(option)
    minutes, money = total(terms)
    return Candidate(driver, broken, distance, option, terms, minutes, money)


def _short_at_end(world: PlanningWorld, driver: DriverState, plan: Schedule) -> float:
    """Return what share of a driver will be missing where a plan ends."""
    place = plan.stops[-1].position if plan.stops else driver.start
    return 0.0 if world.outlook is None or place is None else world.outlook.short_at(place)


def _direct_s(world: PlanningWorld, order: Order) -> float:
    travel = world.travel
    return travel.duration_s(travel.row(order.pickup.position), travel.column(order.delivery))


def _from_start_m(driver: DriverState, order: Order) -> float | None:
    if driver.start is None:
        return None
    return float(short_distance_m(np.array(_latlon(driver.start)), np.array(_latlon(order.pickup.position))))


def _from_starts_m(drivers: list[DriverState], target: Position) -> list[float | None]:
    """Return how far each driver stands from a place, ``None`` for one of no known position."""
    known = [row for row, driver in enumerate(drivers) if driver.start is not None]
    found: list[float | None] = [None] * len(drivers)
    if known:
        starts = np.array([_latlon(start) for row in known if (start := drivers[row].start) is not None])
        metres = short_distance_m(starts, np.array(_latlon(target))).tolist()
        for row, distance in zip(known, metres, strict=True):
            found[row] = distance
    return found


def _distances_m(drivers: list[DriverState], target: Position) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    places, owners = [], []
    for row, driver in enumerate(drivers):
        here = (driver.start,) if driver.start is not None else ()
        for place in (*here, *(stop.position for stop in driver.stops)):
            places.append(_latlon(place))
            owners.append(row)
    nearest = np.full(len(drivers), np.inf)
    if places:
        metres = short_distance_m(np.array(places), np.array(_latlon(target)))
        np.minimum.at(nearest, np.array(owners), metres)
    return nearest


def _latlon(position: Position) -> tuple[float, float]:
    return position.lat, position.lon
