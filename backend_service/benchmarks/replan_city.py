"""A region for `tower bench replan`: so many open orders on a city's streets, drivers who drive, customers who order.

Kitchens, homes and who orders where are those of the simulated day. Drivers go along their planned routes in straight
lines between two stops, in the planned time; what they deliver is gone. Promises are soft: by an instant, and for every
fifth order not before one.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from msgspec.structs import replace

from backend_service.simulation.dice import dice
from backend_service.simulation.town import Town
from core.commands import AdoptPlan, Command
from core.dispatch.decision import PlanImprovement
from core.dispatch.world import KnownPosition
from core.fleet.fleet import Driver, DriverPerson, SignalState, Vehicle
from core.fleet.route import PlannedStop, Route, StopKind
from core.operations import Done
from core.orders.order import Order, OrderState, Promise
from core.projections.operation import Operation
from core.timekeeping import SteppedClock
from core.vocabulary import Actor, DriverId, Instant, Load, OrderId, Place, Position, VehicleId

SHIFT_S = 4.0 * 3600.0
_ORDERS_PER_DRIVER = 2.5
_LOAD = Load(volume_l=10.0, weight_kg=4.0)


@dataclass(slots=True)
class InMemory:
    """Implements the workers' `Bus`: plans are put in force in the operation, and nothing is kept on disk."""

    operation: Operation = field(default_factory=Operation)
    adopted: list[PlanImprovement] = field(default_factory=list)
    faults: int = 0

    async def execute(self, command: Command, actor: Actor) -> Done:
        """Put a plan in force; what else is asked says that something failed."""
        self.operation.position += 1
        if isinstance(command, AdoptPlan):
            self.adopted.append(command.improvement)
            for plan in command.improvement.plans:
                self.give(plan.driver_id, plan.stops)
        else:
            self.faults += 1
        return Done(position=self.operation.position)

    def give(self, driver_id: DriverId, stops: tuple[PlannedStop, ...]) -> None:
        """Put a driver's stops in force, and the orders in them into the driver's hands."""
        number = self.operation.fleet.route_of(driver_id).plan_number + 1
        self.operation.fleet.routes[driver_id] = Route(driver_id=driver_id, plan_number=number, stops=stops)
        orders = self.operation.orders.orders
        for name in {stop.order_id for stop in stops}:
            if orders[name].driver_id != driver_id:
                orders[name] = replace(orders[name], driver_id=driver_id, state=OrderState.ASSIGNED, is_accepted=True)


class Region:
    """The open orders, and everybody who works on them; implements `SeenVehicles`.

    Parameters
    ----------
    town : Town
    clock : SteppedClock
    open_orders : int
    seed : int
    """

    def __init__(self, town: Town, clock: SteppedClock, open_orders: int, seed: int) -> None:
        self.bus = InMemory()
        self._town = town
        self._clock = clock
        self._dice = dice(seed, "replan", open_orders)
        self._placed = 0
        self._seen: dict[VehicleId, KnownPosition] = {}
        self._left: dict[DriverId, tuple[Position, Instant]] = {}
        for number in range(max(2, round(open_orders / _ORDERS_PER_DRIVER))):
            self._employ(number)

    @property
    def drivers(self) -> int:
        """Return how many drivers are on shift."""
        return len(self.bus.operation.fleet.drivers)

    def latest(self, vehicle_id: VehicleId) -> KnownPosition | None:
        """Return where a vehicle is."""
        return self._seen.get(vehicle_id)

    def place(self) -> Order:
        """Return a new order, which waits for a driver."""
        self._placed += 1
        fame = np.array([kitchen.fame for kitchen in self._town.kitchens])
        kitchen = int(self._dice.choice(len(fame), p=fame / fame.sum()))
        home = int(self._dice.choice(len(self._town.homes), p=self._town.attraction[kitchen]))
        now, place = self._clock.now(), self._town.kitchens[kitchen]
        from_at = now + float(self._dice.uniform(900.0, 1800.0)) if self._placed % 5 == 0 else None
        ready_at = now + float(self._dice.uniform(0.0, 900.0))
        order = Order(
            order_id=OrderId(f"O-{self._placed}"),
            customer_id=f"C-{self._placed}",
            customer=None,
            pickup=Place(name=place.name, position=place.position),
            delivery=self._town.homes[home].position,
            promise=Promise(from_at=from_at, by_at=now + float(self._dice.uniform(2400.0, 4200.0))),
            placed_at=now,
            ready_at=ready_at,
            load=_LOAD,
            version=1,
        )
        self.bus.operation.orders.orders[order.order_id] = order
        self.bus.operation.orders.open_ids.add(order.order_id)
        return order

    def withdraw(self, order: Order) -> None:
        """Take back an order that nobody has."""
        del self.bus.operation.orders.orders[order.order_id]
        self.bus.operation.orders.open_ids.discard(order.order_id)

    def drive(self, seconds: float) -> int:
        """Let time pass; return how many orders were delivered."""
        self._clock.step_to(self._clock.now() + seconds)
        for name in self.bus.operation.orders.open_ids:
            order = self.bus.operation.orders.orders[name]
            if not order.is_ready and order.ready_at <= self._clock.now():
                self.bus.operation.orders.orders[name] = replace(order, is_ready=True)
        return sum(self._drive(driver) for driver in self.bus.operation.fleet.drivers.values())

    def _employ(self, number: int) -> None:
        driver_id, vehicle_id = DriverId(f"D-{number:04d}"), VehicleId(f"V-{number:04d}")
        fleet, now = self.bus.operation.fleet, self._clock.now()
        fleet.drivers[driver_id] = Driver(
            driver_id=driver_id,
            person=DriverPerson(name=driver_id),
            is_on_shift=True,
            vehicle_id=vehicle_id,
            shift_started_at=now - 3600.0,
            shift_ends_at=now + SHIFT_S,
        )
        fleet.vehicles[vehicle_id] = Vehicle(
            vehicle_id=vehicle_id, plate=vehicle_id, driver_id=driver_id, signal=SignalState.LIVE, last_heard_at=now
        )
        home = self._town.homes[int(self._dice.integers(len(self._town.homes)))].position
        self._seen[vehicle_id] = KnownPosition(home, now)
        self._left[driver_id] = (home, now)

    def _drive(self, driver: Driver) -> int:
        """Bring one driver up to now: past the stops that are over, and on towards the next."""
        now, fleet = self._clock.now(), self.bus.operation.fleet
        route, delivered = fleet.route_of(driver.driver_id), 0
        stops = list(route.stops)
        while stops and stops[0].departs_at <= now:
            stop = stops.pop(0)
            self._left[driver.driver_id] = (stop.position, stop.departs_at)
            delivered += self._leave(stop)
        if len(stops) != len(route.stops):
            fleet.routes[driver.driver_id] = replace(route, stops=tuple(stops), plan_number=route.plan_number + 1)
        here = self._left[driver.driver_id][0] if not stops else self._underway(driver.driver_id, stops[0])
        assert driver.vehicle_id is not None
        self._seen[driver.vehicle_id] = KnownPosition(here, now)
        return delivered

    def _underway(self, driver_id: DriverId, stop: PlannedStop) -> Position:
        (origin, left_at), now = self._left[driver_id], self._clock.now()
        if stop.arrives_at <= now:
            self._reach(stop)
            return stop.position
        share = max(0.0, (now - left_at) / max(1.0, stop.arrives_at - left_at))
        here = Position(
            lat=origin.lat + share * (stop.position.lat - origin.lat),
            lon=origin.lon + share * (stop.position.lon - origin.lon),
        )
        self._left[driver_id] = (here, now)
        return here

    def _reach(self, stop: PlannedStop) -> None:
        orders = self.bus.operation.orders.orders
        order = orders[stop.order_id]
        if stop.kind is StopKind.PICKUP:
            orders[stop.order_id] = replace(order, state=OrderState.AT_PICKUP, arrived_at_pickup_at=stop.arrives_at)
        else:
            orders[stop.order_id] = replace(order, state=OrderState.AT_DELIVERY, arrived_at_delivery_at=stop.arrives_at)

    def _leave(self, stop: PlannedStop) -> int:
        board = self.bus.operation.orders
        if stop.kind is StopKind.PICKUP:
            board.orders[stop.order_id] = replace(
                board.orders[stop.order_id], state=OrderState.ON_THE_WAY, picked_up_at=stop.starts_at, is_ready=True
            )
            return 0
        del board.orders[stop.order_id]
        board.open_ids.discard(stop.order_id)
        return 1
