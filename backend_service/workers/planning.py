"""Plans on real streets: builds the world of a moment, fetches the driving times it needs, and asks the engine.

Only rows that are needed are fetched: the order, the drivers in question, their stops. A world is a snapshot; what is
decided on it carries the plan numbers it rests on, so that a state that moved in the meantime refuses it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import replace as replaced
from itertools import batched
from typing import Protocol

import numpy as np
from msgspec.structs import replace

from backend_service.streets.street_engine import NoWay, StreetEngine, StreetRoute, StreetsDown
from backend_service.workers.checking import Checking
from backend_service.workers.collaborators import Bus, SeenVehicles
from backend_service.workers.giving_way import GivingWay
from backend_service.workers.sharpening import blank, retimed, sharpened, with_first_legs
from backend_service.workers.street_closing import BothStreets, closing_of
from core.dispatch.candidates import Points, Pricing, points_of, price, shortlist, with_trip
from core.dispatch.changes import Change, CloseStreet, CloseZone, Hold, Resequence, RulingChange, Split
from core.dispatch.decision import ImpactPreview, PlanChange, PutBack
from core.dispatch.giving_back import GivingBack
from core.dispatch.impact_preview import Question, preview_override
from core.dispatch.known_stops import KnownStops
from core.dispatch.matching.from_world import WorldMatch, match_of
from core.dispatch.matching.who_may import NOT_KEPT, KeptApart
from core.dispatch.matching.work import Seconds
from core.dispatch.policy import DispatchPolicy
from core.dispatch.policy_fields import policy_in_force
from core.dispatch.putting_back import put_back
from core.dispatch.resequencing import resequenced
from core.dispatch.ruled_worlds import MOST_GIVEN, freed_by
from core.dispatch.ruling_overrides import waits_in
from core.dispatch.schedule import rested_within, schedule
from core.dispatch.world import NO_TRAVEL, DriverState, KnownPosition, PlanningWorld, world_of
from core.dispatch.zone_outlook import ZoneOutlook
from core.eta.learned_times import LearnedTimes
from core.fleet.closure import Segment
from core.fleet.route import Route
from core.geodesy import Points as Places
from core.geodesy import as_points, short_distance_m
from core.orders.order import Order
from core.refusals import Fault, NotFound, Refusal
from core.timekeeping import Clock
from core.travel import TravelMatrix, TravelTable
from core.vocabulary import DriverId, Instant, OrderId, Position, VehicleId, ZoneId

_DRIVERS_PER_TABLE = 20
"""So many starts and first stops are a small table, which is always exact."""
_MOST_WAITING = 100
"""So many waiting orders of a zone are looked at when it is to be closed, the earliest promises."""
_STREET_REACH_M = 100.0
"""Whoever closes a street points at it."""
_ELSEWHERE = ((0.005, 0.0), (-0.005, 0.0), (0.0, 0.005), (0.0, -0.005))
"""Degrees: half a kilometre in each direction."""
_ASIDE = np.array([(0.0005, 0.0), (-0.0005, 0.0), (0.0, 0.0005), (0.0, -0.0005)])
"""Degrees: some 50 m, where the next street may lie if nothing leads away from the nearest one."""


class OpensBoth(Protocol):
    """Opens the streets as they are together with the same where just these pieces are closed."""

    def __call__(
        self, closed: Collection[Segment], *, is_behind: bool = False
    ) -> AbstractAsyncContextManager[BothStreets]:
        """Return both inside; with `is_behind` everybody else goes first while they are made."""
        ...


class Planner:
    """Answers what only streets and the engine together can.

    Parameters
    ----------
    bus : Bus
        Its operation is read, nothing is executed.
    streets : StreetEngine
    positions : SeenVehicles
    base : DispatchPolicy
        Holds where people have set nothing else.
    wall : Clock
        Measures how long an answer took.

    Attributes
    ----------
    times : callable
        Returns what was learned of times at stops; the policy's hold while nothing was.
    outlook : callable
        Returns where drivers will be short; nowhere while nothing was counted.
    is_sketched : callable
        Says whether large tables are sketches at present; see `TabledStreets`.
    both_streets : callable
        Opens the streets as they are together with the same where just these pieces are closed.
    giving_way : GivingWay
        Searches that take long step aside while an order is priced here, or a change previewed.
    checking : Checking
        What is priced and previewed here is held against it before anybody sees it.
    """

    def __init__(
        self, bus: Bus, streets: StreetEngine, positions: SeenVehicles, base: DispatchPolicy, wall: Clock
    ) -> None:
        self.wall = wall
        self.giving_way = GivingWay()
        self.checking = Checking()
        self.times: Callable[[], LearnedTimes | None] = _nothing_learned
        self.outlook: Callable[[], ZoneOutlook | None] = _nothing_learned
        self.is_sketched: Callable[[], bool] = _never
        self.both_streets: OpensBoth = _no_copy
        self._base = base
        self._policies: dict[ZoneId | None, DispatchPolicy] = {}
        self._policy_number = -1
        self._bus = bus
        self._streets = streets
        self._positions = positions
        self._stops = KnownStops()

    @property
    def policy(self) -> DispatchPolicy:
        """What holds in the whole city now."""
        return self.policy_in(None)

    def policy_for(self, order: Order) -> DispatchPolicy:
        """Return what holds for an order: the policy of the zone it is picked up in."""
        return self.policy_in(order.zone_id)

    def policy_in(self, zone_id: ZoneId | None) -> DispatchPolicy:
        """Return what holds in a zone, or in the whole city without one."""
        book = self._bus.operation.policy
        if book.number != self._policy_number:
            self._policies, self._policy_number = {}, book.number
        if zone_id not in self._policies:
            self._policies[zone_id] = policy_in_force(self._base, book, zone_id)
        return self._policies[zone_id]

    def world(self, now: Instant) -> PlanningWorld:
        """Return the world as it stands, without any driving times."""
        operation, times, policy = self._bus.operation, self.times(), self.policy
        stop_of = self._stops.at(now, policy, times, len(operation.orders.open_ids))
        positions, outlook = self._known_positions(), self.outlook()
        made = world_of(operation, positions, now, policy, times=times, outlook=outlook, stop_of=stop_of)
        return replaced(made, policies={zone_id: self.policy_in(zone_id) for zone_id in operation.policy.zones})

    async def with_travel(self, world: PlanningWorld, points: Points) -> PlanningWorld:
        """Return the world with the driving times between `points`."""
        if not points.destinations:
            return world.with_travel(NO_TRAVEL)
        matrix = await self._streets.matrix(_array(points.sources), _array(points.destinations))
        return world.with_travel(TravelTable(matrix, points.sources, points.destinations))

    async def travel_under(self, points: Points, closed: Collection[Segment]) -> TravelTable:
        """Return the driving times between `points` where just these pieces of street are closed, behind all others.

        Raises
        ------
        Fault
            ``streets.no_copy`` if there are no streets to try it on.
        """
        async with self.both_streets(closed, is_behind=True) as both:
            matrix = await both.without.matrix(_array(points.sources), _array(points.destinations))
        return TravelTable(matrix, points.sources, points.destinations)

    async def retimed(self, world: PlanningWorld, plans: Sequence[PlanChange]) -> PlanningWorld:
        """Return the world with exact times along the routes of these drivers, as they are and as planned."""
        return await retimed(self._streets, world, plans)

    async def with_exact_travel(
        self, world: PlanningWorld, order_ids: Sequence[OrderId], drivers: Sequence[DriverId]
    ) -> PlanningWorld:
        """Return the world with the driving times that it takes to price these orders on these drivers."""
        world = await self.with_travel(world, points_of(world, order_ids, drivers))
        return await sharpened(self._streets, world, order_ids, drivers)

    async def _travelled(
        self, world: PlanningWorld, order_ids: Sequence[OrderId], drivers: Sequence[DriverId]
    ) -> PlanningWorld:
        """Return what `with_exact_travel` does, without driving between the stops of two drivers where that is dear."""
        if not self.is_sketched():
            return await self.with_exact_travel(world, order_ids, drivers)
        points = points_of(world, order_ids, drivers)
        return await sharpened(self._streets, world.with_travel(blank(points, world.now)), order_ids, drivers)

    async def priced(self, world: PlanningWorld, order: Order) -> tuple[PlanningWorld, Pricing]:
        """Return the candidates of an order, and the world they were priced on: its policy and its driving times."""
        with self.giving_way.first():
            world = world.with_policy(self.policy_for(order))
            listed = shortlist(world, order)
            present = order.driver_id if order.driver_id in world.drivers else None
            drivers = _named([*listed.near, listed.nearest_excluded, present])
            world = await self._travelled(world, [order.order_id], drivers)
            return world, self.checking.pricing(world, price(world, order, listed))

    async def priced_trip(
        self, world: PlanningWorld, order: Order, driver_id: DriverId, bundle: Sequence[OrderId]
    ) -> tuple[PlanningWorld, Pricing]:
        """Return what `priced` does, with `driver_id` on a trip for the whole `bundle` after all others."""
        with self.giving_way.first():
            world = world.with_policy(self.policy_for(order))
            listed = shortlist(world, order)
            near = listed.near if driver_id in listed.near else (*listed.near[: world.policy.candidates - 1], driver_id)
            world = await self._travelled(world, [order.order_id, *bundle], near)
            priced = price(world, order, replaced(listed, near=near))
            trip = with_trip(world, priced, world.drivers[driver_id], bundle)
            return world, self.checking.pricing(world, trip)

    async def match_of(
        self, world: PlanningWorld, orders: Sequence[Order], apart: KeptApart = NOT_KEPT
    ) -> tuple[WorldMatch, Seconds]:
        """Return the match of orders without a driver and all drivers, and the driving seconds between its places.

        Where these are a sketch, the first legs of the nearest drivers to each kitchen are exact: a street that was
        closed shows there. `apart` are pairs that were tried in vain.
        """
        plans = {d.driver_id: schedule(d, routed.travel) for routed, d in await self.with_routes(world)}
        free_at = {name: plan.ends_at for name, plan in plans.items()}
        made = match_of(world, orders, free_at, self._below_guarantee(world), apart, rested_within(plans))
        goals = tuple(dict.fromkeys(place for order in orders for place in (order.pickup.position, order.delivery)))
        told = await self.with_travel(world, Points(made.places, goals))
        table = (await with_first_legs(self._streets, told, made)).travel
        travel = np.full((len(made.places), len(made.places)), np.inf)
        numbers = {place: number for number, place in enumerate(made.places)}
        if goals:
            travel[:, [numbers[place] for place in goals]] = table.matrix.durations_s
        return made, travel

    def _below_guarantee(self, world: PlanningWorld) -> frozenset[DriverId]:
        """Return the drivers whose guaranteed pay of this shift is more than that of one order more."""
        policy, fleet = world.policy, self._bus.operation.fleet
        if not policy.guaranteed_per_hour:
            return frozenset()
        given = Counter(
            order.driver_id
            for order in self._bus.operation.orders.orders.values()
            if order.driver_id is not None
            and (order.assigned_at or 0.0) >= (fleet.drivers[order.driver_id].shift_started_at or 0.0)
        )
        return frozenset(
            name
            for name, driver in fleet.drivers.items()
            if driver.is_on_shift and driver.shift_started_at is not None and driver.shift_ends_at is not None
            if policy.pay_per_order * (given[name] + 1)
            <= policy.guaranteed_per_hour * (driver.shift_ends_at - driver.shift_started_at) / 3600.0
        )

    async def with_routes(self, world: PlanningWorld) -> list[tuple[PlanningWorld, DriverState]]:
        """Return each driver who has stops, with the driving times along the route; beside it they are infinite.

        What moves is asked for anew, the way from each driver to the first stop. The times between a driver's stops
        are a question that stays the same while the plan does, and is answered from memory.
        """
        busy = [driver for driver in world.drivers.values() if driver.stops and driver.start is not None]
        found = []
        for group in batched(busy, _DRIVERS_PER_TABLE):
            starts = tuple(dict.fromkeys(driver.start for driver in group if driver.start is not None))
            firsts = tuple(dict.fromkeys(driver.stops[0].position for driver in group))
            approach = (await self.with_travel(world, Points(starts, firsts))).travel
            found += [(world.with_travel(await self._along(driver, approach)), driver) for driver in group]
        return found

    async def _along(self, driver: DriverState, approach: TravelTable) -> TravelTable:
        """Return the times between a driver's stops, with a row for the start on top that knows the first stop only."""
        assert driver.start is not None
        places = tuple(dict.fromkeys(stop.position for stop in driver.stops))
        between = await self._streets.matrix(_array(places), _array(places))
        row, column = approach.row(driver.start), approach.column(places[0])
        beside = [np.inf] * (len(places) - 1)
        matrix = TravelMatrix(
            np.vstack([[approach.duration_s(row, column), *beside], between.durations_s]),
            np.vstack([[approach.distance_m(row, column), *beside], between.distances_m]),
            degraded=approach.degraded or between.degraded,
            as_of=between.as_of,
        )
        return TravelTable(matrix, (driver.start, *places), places)

    async def preview(self, change: Change, now: Instant, *, with_replanned: bool = True) -> ImpactPreview:
        """Return the impact of a change, beside what is recommended.

        Raises
        ------
        Refusal
            If there is no such order or driver, or the order has ended; ``closure.no_street``.
        Fault
            If a street is to be closed and there are no streets to try it on.
        """
        began_at = self.wall.now()
        if isinstance(change, CloseStreet):
            found = await self._street_closed(change, now, with_replanned=with_replanned)
        else:
            with self.giving_way.first():
                found = await self._previewed(change, now, with_replanned=with_replanned)
        return replace(found, took_ms=1000.0 * (self.wall.now() - began_at))

    async def _previewed(self, change: Change, now: Instant, *, with_replanned: bool) -> ImpactPreview:
        world = self.world(now)
        order = _open_order(self._bus, world, change.order_id)
        if change.driver_id is not None:
            _known_driver(world, change.driver_id)
        world = world.with_policy(self.policy_for(order))
        if isinstance(change, RulingChange) and not isinstance(change, Hold):
            return await self._ruled(world, change, with_replanned=with_replanned)
        proposed = None if isinstance(change, Resequence) else self._proposed(order)
        is_open_choice = proposed is None and (order.driver_id is None or isinstance(change, Split))
        listed = shortlist(world, order)
        looked_at = world.policy.neighbours if with_replanned else 0
        near = listed.near if is_open_choice else listed.near[:looked_at]
        drivers = _named([change.driver_id, order.driver_id, proposed, *near])
        position = self._bus.operation.position
        names = [order.order_id]
        if isinstance(change, Resequence):
            names += sorted(world.drivers[change.driver_id].order_ids)
        world = await self.with_exact_travel(world, names, [name for name in drivers if name in world.drivers])
        if is_open_choice:
            possible = price(world, order, listed).possible
            proposed = possible[0].driver_id if possible else None
        question = Question(
            change=change,
            recommended_driver_id=proposed if proposed in world.drivers else None,
            neighbours=listed.near[: world.policy.neighbours],
            position=position,
            with_replanned=with_replanned,
        )
        return self.checking.preview(world, preview_override(world, question))

    async def _street_closed(self, change: CloseStreet, now: Instant, *, with_replanned: bool) -> ImpactPreview:
        """Return the impact of closing a street, tried on streets without it; others go first while these are made."""
        operation = self._bus.operation
        order = _open_order(self._bus, self.world(now), change.order_id)
        async with self.both_streets(await self._closed_with(change.position, now)) as both:
            with self.giving_way.first():
                world = self.world(now).with_policy(self.policy_for(order))
                question = Question(change=change, position=operation.position, with_replanned=with_replanned)
                world, question = await closing_of(both, world, question)
                without = question.without
                assert without is not None
                preview = preview_override(world, question)
                return self.checking.preview(world.with_travel(without.travel), preview)

    @asynccontextmanager
    async def streets_round(self, position: Position, now: Instant) -> AsyncIterator[StreetEngine]:
        """Ask the streets inside as they would be without the one nearest to a position.

        Raises
        ------
        Refusal
            ``closure.no_street``.
        Fault
            If there are no streets to try it on.
        """
        async with self.both_streets(await self._closed_with(position, now)) as both:
            yield both.without

    async def _closed_with(self, position: Position, now: Instant) -> frozenset[Segment]:
        """Return the pieces of street that would be closed with the one nearest to a position."""
        street = await self.street_at(position)
        if not street:
            raise Refusal("closure.no_street", "There is no street within reach of that position.")
        return self._bus.operation.closures.segments(now).union(street)

    async def _ruled(self, world: PlanningWorld, change: RulingChange, *, with_replanned: bool) -> ImpactPreview:
        """Return the impact of a ruling; whoever is near one of the orders that it frees may take it."""
        operation = self._bus.operation
        near: list[DriverId] = []
        waiting = waits_in(operation, change.zone_id)[:_MOST_WAITING] if isinstance(change, CloseZone) else ()
        freed = freed_by(world, change)
        if with_replanned:
            for name in freed[:MOST_GIVEN]:
                near += shortlist(world, world.orders[name]).near[: world.policy.neighbours]
        drivers = _named([change.driver_id, *near])
        position = operation.position
        world = await self.with_exact_travel(world, [*freed, *waiting], drivers)
        question = Question(
            change=change,
            neighbours=[name for name in drivers if name != change.driver_id],
            position=position,
            waiting=waiting,
            with_replanned=with_replanned,
        )
        return self.checking.preview(world, preview_override(world, question))

    def _proposed(self, order: Order) -> DriverId | None:
        standing = self._bus.operation.decisions.standing.get(order.order_id)
        return standing.driver_id if standing is not None else None

    async def put_back(self, wanted: GivingBack, now: Instant) -> PutBack:
        """Return the plans in which an undo gives back what still fits, and why the rest does not go back.

        Raises
        ------
        Refusal
            ``undo.not_possible`` if the undo is about a sequence of stops that would break a limit by now.
        """
        world = self.world(now)
        names = [one.order_id for one in wanted.orders]
        concerned = [wanted.driver_id, *wanted.as_before, *(one.driver_id for one in wanted.orders)]
        concerned += [world.orders[name].driver_id for name in names]
        if wanted.driver_id is not None:
            names += sorted(world.drivers[wanted.driver_id].order_ids - {*names})
        world = await self.with_exact_travel(world, names, _named(concerned))
        return put_back(world, wanted, self.checking.holds)

    async def optimized(self, driver_id: DriverId, now: Instant) -> Route:
        """Return the driver's stops in the best order found, with times and the way; nothing is put in force.

        Raises
        ------
        Refusal
            If there is no such driver, no position is known of one who has stops, or no way leads there.
        """
        world = self.world(now)
        driver = _known_driver(world, driver_id)
        route = Route(driver_id=driver_id, plan_number=driver.plan_number, planned_at=now)
        if not driver.stops:
            return route
        if driver.start is None:
            raise Refusal("route.position_unknown", f"The position of {driver_id} is not known.", status=409)
        world = await self.with_travel(world, points_of(world, (), [driver_id]))
        stops = resequenced(world, driver).planned()
        way = await self.way(driver.start, [stop.position for stop in stops])
        return replace(
            route,
            stops=stops,
            distance_m=way.distance_m,
            geometry=geometry_of(way),
            is_degraded=way.degraded,
        )

    async def street_at(self, position: Position) -> tuple[Segment, ...]:
        """Return the piece of street nearest to a position; none where no street is within reach.

        Raises
        ------
        Fault
            ``streets.down`` while only an estimate is to be had.
        """
        asked = _array([position])
        around = np.clip(np.concatenate([asked, asked + _ASIDE]), (-90.0, -180.0), (90.0, 180.0))
        found = await self._streets.nearest(around)
        if found.degraded:
            raise StreetsDown("The street engine is down; try again when the streets are back.")
        for here in found.points[short_distance_m(found.points, asked) <= _STREET_REACH_M]:
            if piece := await self._piece_at(here):
                return (piece,)
        return ()

    async def _piece_at(self, here: Places) -> Segment | None:
        """Return the piece of street under a place on it; none if nothing leads away: all around may be closed."""
        for away in _ELSEWHERE:
            # A way names the pieces it is made of; it begins on the one that is meant.
            with suppress(NoWay):
                way = await self._streets.route(np.array([here, here + away]), annotate=True)
                if way.segments is not None and len(way.segments.from_nodes):
                    return int(way.segments.from_nodes[0]), int(way.segments.to_nodes[0])
        return None

    async def way(self, start: Position, places: Sequence[Position]) -> StreetRoute:
        """Return the street path from `start` through `places`."""
        return await self._streets.route(_array([start, *places]))

    def _known_positions(self) -> dict[VehicleId, KnownPosition]:
        known = {}
        for vehicle in self._bus.operation.fleet.vehicles.values():
            seen = self._positions.latest(vehicle.vehicle_id) if vehicle.driver_id is not None else None
            if seen is not None:
                known[vehicle.vehicle_id] = KnownPosition(seen.position, seen.fix_at)
        return known


def _never() -> bool:
    return False


def _no_copy(closed: Collection[Segment], *, is_behind: bool = False) -> AbstractAsyncContextManager[BothStreets]:
    raise Fault("streets.no_copy", "These streets cannot be tried without one. Close it without a preview.")


def _nothing_learned() -> None:
    """Return that the policy's times hold."""


def geometry_of(way: StreetRoute) -> tuple[Position, ...]:
    """Return a street path as positions."""
    return tuple(Position(lat, lon) for lat, lon in way.geometry.tolist())


def _array(positions: Iterable[Position]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    points: np.ndarray[tuple[int, int], np.dtype[np.float64]] = as_points([(p.lat, p.lon) for p in positions])
    return points


def _named(drivers: Iterable[DriverId | None]) -> list[DriverId]:
    return list(dict.fromkeys(name for name in drivers if name is not None))


def _open_order(bus: Bus, world: PlanningWorld, order_id: OrderId) -> Order:
    order = world.orders.get(order_id)
    if order is not None:
        return order
    ended = bus.operation.orders.orders.get(order_id)
    if ended is None:
        raise NotFound("order", order_id)
    raise Refusal("order.ended", f"{order_id} is {ended.state.value} already.", status=409)


def _known_driver(world: PlanningWorld, driver_id: DriverId) -> DriverState:
    driver = world.drivers.get(driver_id)
    if driver is None:
        raise NotFound("driver", driver_id)
    return driver
