"""Overrides of every kind by chance, with drivers at work between them, on the real bus and planner.

Nothing is lost or doubled, what is on board stays where it is, nobody gets what he is kept from, no driver sees
anything within a hold window, and what is undone at once is as it was before.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from backend_service.event_log.volatile import VolatileEventLog
from backend_service.handlers.command_bus import CommandBus
from backend_service.streets.straight_line import SpeedByHour, StraightLineStreets
from backend_service.workers.planning import Planner
from core.commands import (
    AcceptAssignment,
    Command,
    HoldOrder,
    OverrideAssignment,
    PauseDriver,
    PinOrder,
    PlaceOrder,
    RegisterDriver,
    RegisterVehicle,
    ReportArrival,
    ReportDelivery,
    ReportPickup,
    StartShift,
    UndoDecision,
    UnpinOrder,
)
from core.dispatch.changes import Change, Forbid, Reassign, Resequence, Split, StopName, TakeOut
from core.dispatch.commit_check import shown_of
from core.dispatch.decision import OverrideMode, ReasonCode
from core.dispatch.planning_events import is_reassignable
from core.dispatch.policy import DispatchPolicy
from core.dispatch.telling_drivers import orders_told, route_told, status_told
from core.dispatch.world import KnownPosition
from core.fleet.fleet import DriverPerson
from core.fleet.route import StopKind
from core.geodesy import METRES_PER_DEGREE
from core.orders.order import Order, OrderState, Promise
from core.projections.operation import Operation
from core.refusals import Refusal
from core.timekeeping import SteppedClock
from core.vocabulary import Actor, DriverId, Load, OrderId, OverrideId, Place, Position, Role, VehicleId

NOW = 1_795_190_400.0
OFFICE = Actor(subject="office", role=Role.ADMINISTRATOR)
STEPS = 40


def at(x_m: float) -> Position:
    return Position(lat=0.0, lon=x_m / METRES_PER_DEGREE)


class Walk:
    """Three drivers and some orders; `broken` is what should not have been."""

    def __init__(self, dice: Random) -> None:
        self.dice, self.clock, self.placed = dice, SteppedClock(NOW), 0
        self.places: dict[str, Position] = {}
        self.bus = CommandBus(VolatileEventLog(self.clock), Operation(), self.clock)
        streets = StraightLineStreets(self.clock, ZoneInfo("UTC"), SpeedByHour((10.0,) * 24, detour=1.0))
        self.planner = Planner(self.bus, streets, self, DispatchPolicy(tell_after_s=30.0), self.clock)
        self.bus.plans = self.planner
        self.broken: list[str] = []
        self.done: Counter[str] = Counter()

    @property
    def operation(self) -> Operation:
        return self.bus.operation

    def latest(self, vehicle_id: VehicleId) -> KnownPosition | None:
        return KnownPosition(self.places[vehicle_id], self.clock.now())

    async def open(self) -> None:
        for number, litres in enumerate((20.0, 40.0, 100.0)):
            name = f"D-{number}"
            self.places[name] = at(1_000.0 * number)
            await self.tried(RegisterDriver(driver_id=DriverId(name), person=DriverPerson()))
            holds = Load(volume_l=litres, weight_kg=100.0)
            await self.tried(RegisterVehicle(vehicle_id=VehicleId(name), plate=name, capacity=holds))
            ends_at = NOW + self.dice.choice((3_600.0, 20_000.0))
            await self.tried(StartShift(driver_id=DriverId(name), vehicle_id=VehicleId(name), ends_at=ends_at))
        for _ in range(6):
            await self.place()
        for order in list(self.operation.orders.open_orders()):
            change = Reassign(order_id=order.order_id, driver_id=self.driver())
            await self.tried(OverrideAssignment(change=change, reason=ReasonCode.SAFETY))

    async def step(self) -> None:
        act = self.dice.choice(
            [self.override] * 4 + [self.undo] * 2 + [self.drive] * 4 + [self.place, self.rule, self.wait]
        )
        await act()

    # --- what happens ---

    async def tried(self, command: Command, actor: Actor = OFFICE) -> bool:
        """Carry a command out and look at what it changed; say whether it was taken."""
        before = dict(self.operation.orders.orders)
        try:
            await self.bus.execute(command, actor)
        except Refusal:
            return False
        self.done[type(command).__name__] += 1
        self._look(type(command).__name__, before)
        return True

    async def place(self) -> None:
        self.placed += 1
        now = self.clock.now()
        placed = PlaceOrder(
            order_id=OrderId(f"O-{self.placed}"),
            pickup=Place(name="Kitchen", position=at(self.dice.choice((0.0, 900.0, 2_500.0)))),
            delivery=at(self.dice.choice((300.0, 1_200.0, 5_000.0))),
            promise=Promise(by_at=now + self.dice.choice((900.0, 2_400.0))),
            ready_at=now,
            load=Load(volume_l=self.dice.choice((5.0, 15.0)), weight_kg=1.0),
        )
        await self.tried(placed)

    async def override(self) -> None:
        change = self.change()
        if change is None:
            return
        try:
            found = await self.planner.preview(change, self.clock.now())
        except Refusal:
            return
        mode = self.dice.choice(list(OverrideMode)) if found.replanned is not None else OverrideMode.AS_IS
        told, before, is_elsewhere = self.told(), self.whole(), self.is_elsewhere()
        commit = OverrideAssignment(change=change, reason=ReasonCode.SAFETY, mode=mode, shown=shown_of(found, mode))
        if not await self.tried(commit):
            return
        self._must(self.told() == told, f"told within the window: {change}")
        if not is_elsewhere and self.dice.random() < 0.4:
            override_id = list(self.operation.decisions.overrides)[-1]
            self._must(await self.tried(UndoDecision(override_id=override_id)), f"not undone at once: {change}")
            self._must(self.whole() == before, f"other than before: {change}")
            self._must(self.told() == told, f"seen after an undo: {change}")

    async def undo(self) -> None:
        standing = [name for name, one in self.operation.decisions.overrides.items() if one.undone_at is None]
        if standing:
            await self.tried(UndoDecision(override_id=OverrideId(self.dice.choice(standing))))

    async def drive(self) -> None:
        """Have a driver do what he knows to be next."""
        driver_id, now = self.driver(), self.clock.now()
        me = Actor(subject=driver_id, role=Role.DRIVER)
        known = {order.order_id: order for order in orders_told(self.operation, driver_id, now)}
        asked = [name for name, order in known.items() if not order.is_accepted]
        if asked:
            await self.tried(AcceptAssignment(order_id=asked[0], driver_id=driver_id), me)
        stops = route_told(self.operation, driver_id, now).stops
        order = known.get(stops[0].order_id) if stops else None
        if order is None:
            return
        self.places[driver_id] = stops[0].position
        reports: dict[OrderState, Any] = {OrderState.AT_PICKUP: ReportPickup, OrderState.AT_DELIVERY: ReportDelivery}
        report = reports.get(order.state, ReportArrival)
        await self.tried(report(order_id=order.order_id, driver_id=driver_id), me)

    async def rule(self) -> None:
        order = self.order()
        if order is None:
            return
        hold = HoldOrder(order_id=order.order_id, for_s=self.dice.choice((10.0, 60.0, 900.0)))
        pause = PauseDriver(driver_id=self.driver())
        await self.tried(
            self.dice.choice((hold, pause, PinOrder(order_id=order.order_id), UnpinOrder(order_id=order.order_id)))
        )

    async def wait(self) -> None:
        self.clock.step_to(self.clock.now() + self.dice.choice((1.0, 20.0, 45.0, 200.0)))

    # --- what there is ---

    def driver(self) -> DriverId:
        return self.dice.choice(list(self.operation.fleet.drivers))

    def order(self, *, has_driver: bool = False) -> Order | None:
        free = [one for one in self.operation.orders.open_orders() if is_reassignable(one)]
        free = [one for one in free if one.driver_id is not None or not has_driver]
        return self.dice.choice(free) if free else None

    def change(self) -> Change | None:
        driver_id, order = self.driver(), self.order(has_driver=self.dice.random() < 0.7)
        stops = [StopName(order_id=s.order_id, kind=s.kind) for s in self.operation.fleet.route_of(driver_id).stops]
        if len(stops) > 1 and self.dice.random() < 0.2:
            self.dice.shuffle(stops)
            return Resequence(order_id=stops[0].order_id, driver_id=driver_id, stops=tuple(stops))
        if order is None:
            return None
        if order.driver_id is None:
            return Reassign(order_id=order.order_id, driver_id=driver_id)
        return self.dice.choice(
            (
                Reassign(order_id=order.order_id, driver_id=driver_id),
                Split(order_id=order.order_id, driver_id=self.dice.choice((None, driver_id))),
                Forbid(order_id=order.order_id, driver_id=order.driver_id),
                TakeOut(order_id=order.order_id, driver_id=order.driver_id, for_s=300.0),
            )
        )

    def is_elsewhere(self) -> bool:
        """Say whether somebody stands at a stop that his plan makes later: nobody is turned away from there."""
        there = {OrderState.AT_PICKUP: StopKind.PICKUP, OrderState.AT_DELIVERY: StopKind.DELIVERY}
        orders, routes = self.operation.orders.orders, self.operation.fleet.routes.values()
        later = (stop for route in routes for stop in route.stops[1:])
        return any(there.get(orders[stop.order_id].state) is stop.kind for stop in later)

    def told(self) -> Any:
        """All that drivers' apps show of plans."""
        operation, now, found = self.operation, self.clock.now(), {}
        for name in operation.fleet.drivers:
            route = route_told(operation, name, now)
            orders = [(one.order_id, one.is_accepted, one.state) for one in orders_told(operation, name, now)]
            visits = [(stop.order_id, stop.kind) for stop in route.stops]
            found[name] = (route.plan_number, visits, orders, status_told(operation, name, now))
        return found

    def whole(self) -> Any:
        """All that an override may change, plan numbers and versions aside."""
        operation, now = self.operation, self.clock.now()
        orders = {
            name: (one.driver_id, one.state, one.is_accepted, one.is_pinned, set(one.forbidden), _held(one, now))
            for name, one in operation.orders.orders.items()
        }
        routes = {name: [(s.order_id, s.kind) for s in one.stops] for name, one in operation.fleet.routes.items()}
        out = {name: one.is_out(now) and one.out_until_at for name, one in operation.fleet.drivers.items()}
        return orders, {name: stops for name, stops in routes.items() if stops}, out

    def _look(self, by: str, before: dict[OrderId, Order]) -> None:
        orders, wanted = self.operation.orders.orders, Counter[Any]()
        for name, one in orders.items():
            had = before.get(name)
            if one.driver_id is not None and one.state.is_open:
                wanted[name, StopKind.DELIVERY, one.driver_id] += 1
                wanted[name, StopKind.PICKUP, one.driver_id] += not one.state.is_on_board
            if had is not None and had.driver_id != one.driver_id:
                self._must(not had.state.is_on_board, f"changed hands on board by {by}: {name}")
                self._must(
                    one.driver_id not in one.forbidden or one.state.is_on_board, f"kept from it, by {by}: {name}"
                )
        routes = self.operation.fleet.routes.items()
        visits = Counter((stop.order_id, stop.kind, name) for name, route in routes for stop in route.stops)
        self._must(visits == +wanted, f"lost or doubled by {by}: {visits - wanted} {wanted - visits}")

    def _must(self, holds: bool, what: str) -> None:
        if not holds:
            self.broken.append(what)


def _held(order: Order, now: float) -> float | None:
    return order.held_until if (order.held_until or 0.0) > now else None


async def walked(seed: int) -> Walk:
    walk = Walk(Random(seed))
    walk.bus.start()
    try:
        await walk.open()
        for _ in range(STEPS):
            await walk.step()
    finally:
        await walk.bus.stop()
    return walk


@settings(max_examples=25)
@given(st.integers(0, 1_000_000))
def test_overrides_and_undos_lose_double_and_leak_nothing(seed: int) -> None:
    assert asyncio.run(walked(seed)).broken == []


def test_the_walk_does_what_it_is_there_for() -> None:
    done = sum((asyncio.run(walked(seed)).done for seed in range(20)), Counter[str]())
    assert min(done[name] for name in ("OverrideAssignment", "UndoDecision", "ReportPickup", "HoldOrder")) > 10
