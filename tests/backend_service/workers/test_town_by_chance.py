"""A town by chance and several rounds of the real cycle with its match: no hard limit breaks, nothing is lost or moved.

Vehicles of all sizes, goods in further units, shifts that end, planned breaks, a zone with limits of its own, a door
that no way leads to. What holds is said here in plain arithmetic over the log's state, with nothing of the planner's.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from backend_service.event_log.volatile import VolatileEventLog
from backend_service.handlers.command_bus import CommandBus
from backend_service.streets.straight_line import SpeedByHour, StraightLineStreets
from backend_service.workers.break_watch import BreakWatch
from backend_service.workers.dispatch_cycle import DispatchCycle
from backend_service.workers.planning import Planner
from core.commands import (
    AcceptAssignment,
    AcceptRecommendation,
    ChangePolicy,
    DrawZones,
    ForbidDriver,
    PauseDriver,
    PlaceOrder,
    RegisterDriver,
    RegisterVehicle,
    ReportArrival,
    ReportPickup,
    StartShift,
)
from core.dispatch.policy import DispatchPolicy
from core.dispatch.wave_commands import SetCapacityUnits
from core.dispatch.world import KnownPosition
from core.fleet.fleet import Driver, DriverPerson, PlannedBreak
from core.fleet.route import PlannedStop, StopKind
from core.fleet.zone import Zone
from core.geodesy import METRES_PER_DEGREE, Points
from core.orders.order import Order, OrderState, Promise
from core.projections.operation import Operation
from core.refusals import Refusal
from core.timekeeping import SteppedClock
from core.travel import TravelMatrix
from core.vocabulary import Actor, DriverId, Load, OrderId, Place, Position, Role, VehicleId, ZoneId

NOW = 1_795_190_400.0
OFFICE = Actor(subject="office", role=Role.ADMINISTRATOR)
DESK = Actor(subject="desk", role=Role.DISPATCHER)
STRICT = ZoneId("Z-strict")
KITCHENS_M = (0.0, 900.0, 2_500.0)
"""The last lies in the strict zone: two orders in hand at most, and none together."""
CLOSED_DOOR_M = 40_000.0
MOST, MOST_STRICT, TOGETHER = 4, 2, 3
SPEED_MPS, AT_COUNTER_S = 10.0, 60.0


def at(x_m: float) -> Position:
    return Position(lat=0.0, lon=x_m / METRES_PER_DEGREE)


def metres(a: Position, b: Position) -> float:
    return abs(a.lon - b.lon) * METRES_PER_DEGREE


class ClosedAtTheEnd(StraightLineStreets):
    """Straight streets, of which the one at the end is closed."""

    async def matrix(self, sources: Points, destinations: Points) -> TravelMatrix:
        told = await super().matrix(sources, destinations)
        closed = destinations[:, 1] * METRES_PER_DEGREE > 0.9 * CLOSED_DOOR_M
        seconds, way = told.durations_s.copy(), told.distances_m.copy()
        seconds[:, closed] = way[:, closed] = np.inf
        return TravelMatrix(seconds, way, degraded=False, as_of=told.as_of)


@dataclass(frozen=True)
class Hand:
    x_m: float
    litres: float
    crates: float
    is_cold: bool
    shift_s: float
    is_paused: bool
    break_s: tuple[float, float, float] | None = None


@dataclass(frozen=True)
class Wish:
    kitchen: int
    door_m: float
    litres: float
    crates: float
    is_cold: bool
    is_kept_from_first: bool
    ready_s: float
    due_s: float
    service_s: float


HANDS = st.builds(
    Hand,
    x_m=st.sampled_from([0.0, 500.0, 3_000.0]),
    litres=st.sampled_from([20.0, 60.0, 200.0]),
    crates=st.sampled_from([0.0, 3.0]),
    is_cold=st.booleans(),
    shift_s=st.sampled_from([500.0, 1_500.0, 9_000.0]),
    is_paused=st.sampled_from([False, False, False, True]),
    break_s=st.sampled_from([None, None, (0.0, 5.0, 60.0), (100.0, 300.0, 120.0), (100.0, 480.0, 20.0)]),
)
WISHES = st.builds(
    Wish,
    kitchen=st.integers(0, 2),
    door_m=st.sampled_from([300.0, 1_200.0, 1_300.0, 2_600.0, CLOSED_DOOR_M]),
    litres=st.sampled_from([5.0, 20.0, 50.0]),
    crates=st.sampled_from([0.0, 0.0, 2.0]),
    is_cold=st.sampled_from([False, False, True]),
    is_kept_from_first=st.sampled_from([False, False, True]),
    ready_s=st.sampled_from([0.0, 0.0, 200.0, 1_200.0]),
    due_s=st.sampled_from([600.0, 2_400.0]),
    service_s=st.sampled_from([30.0, 120.0, 600.0]),
)


@dataclass
class PlainCheck:
    """Looks at every change of the state; `broken` is what should not have been."""

    operation: Operation
    places: dict[str, Position]
    now: float = NOW
    broken: list[str] = field(default_factory=list)
    _had: dict[OrderId, DriverId | None] = field(default_factory=dict)
    _firsts: dict[DriverId, PlannedStop] = field(default_factory=dict)

    def heard(self, _: Any, __: Any) -> None:
        orders = self.operation.orders.orders
        got: Counter[DriverId] = Counter()
        for name, order in orders.items():
            if order.driver_id is not None and self._had.get(name) is None:
                got[order.driver_id] += 1
                self._may_have(order, order.driver_id)
            self._had[name] = order.driver_id
        self._each_once(orders)
        for driver_id, route in self.operation.fleet.routes.items():
            self._frozen(driver_id, route.stops, orders)
            if got[driver_id]:
                self._loads(driver_id, route.stops, orders)
                self._in_time(driver_id, route.stops, orders)

    def _say(self, what: str, name: str) -> None:
        self.broken.append(f"{what}: {name}")

    def _may_have(self, order: Order, driver_id: DriverId) -> None:
        driver = self.operation.fleet.drivers[driver_id]
        in_hand = {stop.order_id for stop in self.operation.fleet.route_of(driver_id).stops}
        limit = MOST_STRICT if order.zone_id == STRICT else MOST
        checks = {
            "in hand": len(in_hand) <= limit,
            "skill": set(order.skills) <= set(driver.skills),
            "kept from": driver_id not in order.forbidden,
            "paused": not driver.is_paused,
            "no way": order.delivery != at(CLOSED_DOOR_M),
        }
        for what, holds in checks.items():
            if not holds:
                self._say(what, order.order_id)

    def _each_once(self, orders: dict[OrderId, Order]) -> None:
        routes = self.operation.fleet.routes.items()
        visits = Counter((stop.order_id, stop.kind, driver_id) for driver_id, route in routes for stop in route.stops)
        wanted: Counter[Any] = Counter()
        for name, order in orders.items():
            if order.driver_id is not None and order.state.is_open:
                wanted[name, StopKind.DELIVERY, order.driver_id] += 1
                if not order.state.is_on_board:
                    wanted[name, StopKind.PICKUP, order.driver_id] += 1
        if visits != wanted:
            self._say("lost or doubled", str((visits - wanted, wanted - visits)))
        for _, route in routes:
            done: set[OrderId] = set()
            for stop in route.stops:
                if stop.kind is StopKind.PICKUP and stop.order_id in done:
                    self._say("delivered before it was picked up", stop.order_id)
                done.add(stop.order_id)

    def _frozen(self, driver_id: DriverId, stops: tuple[PlannedStop, ...], orders: dict[OrderId, Order]) -> None:
        before = self._firsts.pop(driver_id, None)
        is_there = before is not None and orders[before.order_id].state is OrderState.AT_PICKUP
        first = (stops[0].order_id, stops[0].kind) if stops else None
        if before is not None and is_there and first != (before.order_id, before.kind):
            self._say("frozen stop moved", before.order_id)
        if stops:
            self._firsts[driver_id] = stops[0]

    def _loads(self, driver_id: DriverId, stops: tuple[PlannedStop, ...], orders: dict[OrderId, Order]) -> None:
        vehicle = self.operation.fleet.vehicles[self.operation.fleet.drivers[driver_id].vehicle_id or VehicleId("")]
        aboard = {stop.order_id for stop in stops if orders[stop.order_id].state.is_on_board}
        for stop in stops:
            aboard = aboard | {stop.order_id} if stop.kind is StopKind.PICKUP else aboard - {stop.order_id}
            carried = sum((orders[name].load for name in aboard), Load())
            if not carried.fits_into(vehicle.capacity):
                self._say("too much on board", stop.order_id)
            if len(aboard) > TOGETHER:
                self._say("too many on board", stop.order_id)

    def _in_time(self, driver_id: DriverId, stops: tuple[PlannedStop, ...], orders: dict[OrderId, Order]) -> None:
        driver = self.operation.fleet.drivers[driver_id]
        ends_at, place, when = driver.shift_ends_at or 0.0, self.places[driver.vehicle_id or ""], self.now
        due, is_under_way = _due(driver), _is_under_way(orders[stops[0].order_id])
        aboard = {stop.order_id for stop in stops if orders[stop.order_id].state.is_on_board}
        for number, stop in enumerate(stops):
            order = orders[stop.order_id]
            if due is not None and not aboard and not (number == 0 and is_under_way) and when >= due.earliest_at:
                self._begins_in_time(due, when, driver_id)
                when, due = when + due.length_s, None
            aboard = aboard ^ {stop.order_id}
            reached = order.arrived_at_pickup_at if stop.kind is StopKind.PICKUP else None
            when = when + metres(place, stop.position) / SPEED_MPS if reached is None else reached
            if stop.kind is StopKind.PICKUP:
                when = max(when, order.ready_at if order.is_ready else max(order.ready_at, self.now + 60.0))
                if when > ends_at + 1.0:
                    self._say("picked up after the shift", stop.order_id)
            when = max(self.now, when + (AT_COUNTER_S if stop.kind is StopKind.PICKUP else order.service_s))
            place = stop.position
        if when > ends_at + 1.0:
            self._say("done after the shift", driver_id)
        if due is not None:
            self._begins_in_time(due, when, driver_id)

    def _begins_in_time(self, due: PlannedBreak, when: float, driver_id: DriverId) -> None:
        if when > due.latest_at + 1.0:
            self._say("break too late", driver_id)


def _due(driver: Driver) -> PlannedBreak | None:
    """The one planned break of a shift, unless a pause has begun since it may."""
    due = next(iter(driver.breaks), None)
    return None if due is None or any(at >= due.earliest_at for at in driver.pauses) else due


def _is_under_way(order: Order) -> bool:
    return order.is_accepted or order.state is not OrderState.ASSIGNED


class ChanceTown:
    """The bus, the planner and the cycle of the service, in memory."""

    def __init__(self) -> None:
        self.clock = SteppedClock(NOW)
        self.places: dict[str, Position] = {}
        self.bus = CommandBus(VolatileEventLog(self.clock), Operation(), self.clock)
        streets = ClosedAtTheEnd(self.clock, ZoneInfo("UTC"), SpeedByHour((SPEED_MPS,) * 24, detour=1.0))
        self.planner = Planner(self.bus, streets, self, DispatchPolicy(max_orders=MOST), self.clock)
        self.bus.plans = self.planner
        self.cycle = DispatchCycle(self.bus, self.planner, dict, solver_s=60.0)
        self.breaks = BreakWatch(self.bus, self.planner)
        self.check = PlainCheck(self.bus.operation, self.places)
        self.bus.subscribe(self.check.heard)

    def latest(self, vehicle_id: VehicleId) -> KnownPosition | None:
        return KnownPosition(self.places[vehicle_id], self.clock.now())

    async def open(self, hands: list[Hand], wishes: list[Wish]) -> None:
        ring = tuple(
            Position(lat=lat, lon=at(x).lon) for lat, x in ((-1, 2e3), (-1, 3e3), (1, 3e3), (1, 2e3), (-1, 2e3))
        )
        await self.bus.execute(DrawZones(zones=(Zone(zone_id=STRICT, name="Strict", ring=ring),)), OFFICE)
        await self.bus.execute(SetCapacityUnits(units={"crates": "Crates"}), OFFICE)
        limits: dict[str, float | None] = {"max_orders": float(MOST_STRICT), "max_bundle": 1.0}
        await self.bus.execute(ChangePolicy(values=limits, note="Narrow streets", zone_id=STRICT), OFFICE)
        for number, hand in enumerate(hands):
            await self._work(f"D-{number}", hand)
        for number, wish in enumerate(wishes):
            await self._want(OrderId(f"O-{number}"), wish)

    async def _work(self, name: str, hand: Hand) -> None:
        driver_id, vehicle_id = DriverId(name), VehicleId(name)
        self.places[name] = at(hand.x_m)
        skills = ("cold",) if hand.is_cold else ()
        await self.bus.execute(RegisterDriver(driver_id=driver_id, person=DriverPerson(), skills=skills), OFFICE)
        holds = Load(volume_l=hand.litres, weight_kg=100.0, amounts={"crates": hand.crates} if hand.crates else {})
        await self.bus.execute(RegisterVehicle(vehicle_id=vehicle_id, plate=name, capacity=holds), OFFICE)
        shift = StartShift(
            driver_id=driver_id, vehicle_id=vehicle_id, ends_at=NOW + hand.shift_s, breaks=_breaks(hand.break_s)
        )
        await self.bus.execute(shift, DESK)
        if hand.is_paused:
            await self.bus.execute(PauseDriver(driver_id=driver_id), DESK)

    async def _want(self, order_id: OrderId, wish: Wish) -> None:
        placed = PlaceOrder(
            order_id=order_id,
            pickup=Place(name="Kitchen", position=at(KITCHENS_M[wish.kitchen])),
            delivery=at(wish.door_m),
            promise=Promise(by_at=NOW + wish.due_s),
            ready_at=NOW + wish.ready_s,
            service_s=wish.service_s,
            load=Load(volume_l=wish.litres, weight_kg=1.0, amounts={"crates": wish.crates} if wish.crates else {}),
            skills=("cold",) if wish.is_cold else (),
        )
        await self.bus.execute(placed, DESK)
        if wish.is_kept_from_first:
            kept = ForbidDriver(order_id=order_id, driver_id=DriverId("D-0"), note="Stairs")
            await self.bus.execute(kept, DESK)

    async def round(self, seconds: float) -> None:
        self.clock.step_to(NOW + seconds)
        self.check.now = NOW + seconds
        await self.breaks.run_once(NOW + seconds)
        await self.cycle.run_once(NOW + seconds)
        for standing in list(self.bus.operation.decisions.standing.values()):
            if standing.driver_id is not None:
                await self._try(AcceptRecommendation(recommendation_id=standing.recommendation_id), DESK)
        for order in list(self.bus.operation.orders.open_orders()):
            if order.state is OrderState.ASSIGNED and not order.is_accepted and order.driver_id is not None:
                said = AcceptAssignment(order_id=order.order_id, driver_id=order.driver_id)
                await self._try(said, Actor(subject=order.driver_id, role=Role.DRIVER))

    async def drive(self) -> None:
        """Have everybody reach the first stop; who stood at a counter takes the goods."""
        for driver_id, route in list(self.bus.operation.fleet.routes.items()):
            if not route.stops or route.stops[0].kind is not StopKind.PICKUP:
                continue
            first, actor = route.stops[0], Actor(subject=driver_id, role=Role.DRIVER)
            if self.bus.operation.orders.orders[first.order_id].state is OrderState.AT_PICKUP:
                await self._try(ReportPickup(order_id=first.order_id, driver_id=driver_id), actor)
            else:
                self.places[driver_id] = first.position
                await self._try(ReportArrival(order_id=first.order_id, driver_id=driver_id), actor)

    async def _try(self, command: Any, actor: Actor) -> None:
        try:
            await self.bus.execute(command, actor)
        except Refusal:
            self.check.now = self.clock.now()  # what moved meanwhile is decided on in the next round


def _breaks(said: tuple[float, float, float] | None) -> tuple[PlannedBreak, ...]:
    if said is None:
        return ()
    from_s, until_s, length_s = said
    return (PlannedBreak(earliest_at=NOW + from_s, latest_at=NOW + until_s, length_s=length_s),)


async def played(hands: list[Hand], wishes: list[Wish]) -> PlainCheck:
    town = ChanceTown()
    town.bus.start()
    try:
        await town.open(hands, wishes)
        for seconds in (5.0, 125.0, 130.0, 400.0):
            await town.round(seconds)
            await town.drive()
    finally:
        await town.bus.stop()
    return town.check


@settings(max_examples=40)
@given(hands=st.lists(HANDS, min_size=1, max_size=3), wishes=st.lists(WISHES, min_size=1, max_size=7))
def test_no_round_breaks_a_limit_loses_or_doubles_an_order_or_moves_what_is_under_way(
    hands: list[Hand], wishes: list[Wish]
) -> None:
    assert asyncio.run(played(hands, wishes)).broken == []


def test_the_check_sees_what_it_is_there_for() -> None:
    """A town in which everything is given away, and where the check itself is put to the test."""
    hand = Hand(0.0, 200.0, 3.0, True, 9_000.0, False, (8_000.0, 8_500.0, 60.0))
    wish = Wish(0, 300.0, 5.0, 0.0, False, False, 0.0, 2_400.0, 30.0)
    check = asyncio.run(played([hand, hand], [wish] * 7))

    given_away = [order for order in check.operation.orders.orders.values() if order.driver_id is not None]
    assert len(given_away) >= 4
    assert check.broken == []
    check._had.clear()
    check.operation.fleet.vehicles[VehicleId("D-0")] = check.operation.fleet.vehicles[VehicleId("D-1")]
    for name, route in check.operation.fleet.routes.items():
        check.operation.fleet.routes[name] = type(route)(
            driver_id=route.driver_id, plan_number=route.plan_number, stops=route.stops[1:]
        )
    check.now += 9_000.0
    check.heard((), frozenset())
    found = {what.split(":")[0] for what in check.broken}
    assert {"lost or doubled", "done after the shift", "break too late"} <= found
