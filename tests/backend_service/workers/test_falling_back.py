"""On the command bus itself: whatever a solver dies of, orders are given away by insertion, and the log tells desks."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from backend_service.event_log.volatile import VolatileEventLog
from backend_service.handlers.command_bus import CommandBus, fold
from backend_service.streets.straight_line import StraightLineStreets
from backend_service.workers import improvement, matching
from backend_service.workers.dispatch_cycle import DispatchCycle
from backend_service.workers.planning import Planner
from core import commands
from core.dispatch.policy import DispatchPolicy
from core.dispatch.world import KnownPosition
from core.fleet.fleet import DriverPerson
from core.geodesy import METRES_PER_DEGREE
from core.orders.order import Promise
from core.projections.operation import Operation
from core.timekeeping import SteppedClock
from core.vocabulary import Actor, DriverId, OrderId, Place, Position, Role, VehicleId

NOW = 1_795_190_400.0
ADMIN = Actor(subject="admin", role=Role.ADMINISTRATOR)


def at(x_m: float) -> Position:
    return Position(lat=0.0, lon=x_m / METRES_PER_DEGREE)


class Street:
    """A street with two drivers who stand still, on a bus with its log."""

    def __init__(self, **values: Any) -> None:
        self.clock = SteppedClock(NOW)
        self.log = VolatileEventLog(self.clock)
        self.bus = CommandBus(self.log, Operation(), self.clock)
        streets = StraightLineStreets(self.clock, ZoneInfo("UTC"))
        self.planner = Planner(self.bus, streets, self, DispatchPolicy(**values), self.clock)
        self.bus.plans = self.planner

    def latest(self, vehicle_id: VehicleId) -> KnownPosition:
        return KnownPosition(at({"D-1": 500.0, "D-2": 4_000.0}[vehicle_id]), self.clock.now())

    async def open(self) -> None:
        self.bus.start()
        for name in ("D-1", "D-2"):
            driver, vehicle = DriverId(name), VehicleId(name)
            await self.ask(commands.RegisterDriver(driver_id=driver, person=DriverPerson()))
            await self.ask(commands.RegisterVehicle(vehicle_id=vehicle, plate=name))
            await self.ask(commands.StartShift(driver_id=driver, vehicle_id=vehicle, ends_at=NOW + 14_400.0))

    async def place(self, name: str) -> None:
        order = commands.PlaceOrder(
            order_id=OrderId(name),
            pickup=Place(name="Kitchen", position=at(1_000.0)),
            delivery=at(2_000.0),
            promise=Promise(by_at=NOW + 3_600.0),
            ready_at=NOW,
        )
        await self.ask(order)

    async def ask(self, command: Any) -> Any:
        return await self.bus.execute(command, ADMIN)


def play(street: Street, scenario: Callable[[Street], Awaitable[None]]) -> Operation:
    """Return what a desk has from the log after the scenario."""

    async def whole() -> Operation:
        await street.open()
        try:
            await scenario(street)
        finally:
            await street.bus.stop()
        return await fold(street.log)

    return asyncio.run(whole())


@pytest.mark.parametrize("death", [RuntimeError("internal error"), MemoryError()])
def test_order_has_a_driver_and_desks_know_that_it_was_found_without_the_solver(death: Exception) -> None:
    def dies(*_: Any) -> Any:
        raise death

    async def scenario(street: Street) -> None:
        cycle = DispatchCycle(street.bus, street.planner, dict, matcher=dies)
        await street.place("O-1")
        await cycle.run_once(street.clock.now())

    desk = play(Street(match_horizon_s=0.0), scenario)
    assert desk.orders.orders[OrderId("O-1")].driver_id == "D-1"
    [told] = desk.sources.degraded()
    assert (told.source, told.effect) == (matching.SOLVER, matching.EFFECT)


def test_search_that_dies_leaves_the_plan_in_force_and_desks_know_it() -> None:
    def dies(*_: Any) -> Any:
        raise IndexError("out of bounds")

    async def scenario(street: Street) -> None:
        cycle = DispatchCycle(street.bus, street.planner, dict)
        for name in ("O-1", "O-2"):
            await street.place(name)
            await cycle.run_once(street.clock.now())
        await improvement.Improvement(street.bus, street.planner, search=dies).run_once(street.clock.now())

    desk = play(Street(match_horizon_s=0.0), scenario)
    assert len({stop.order_id for route in desk.fleet.routes.values() for stop in route.stops}) == 2
    [told] = desk.sources.degraded()
    assert (told.source, told.effect) == (improvement.SOURCE, improvement.EFFECT)
