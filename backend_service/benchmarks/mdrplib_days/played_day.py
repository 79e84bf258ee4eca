"""Plays a day with the product's dispatcher: orders, shifts and reports go in as commands, plans come out of its log.

The command bus, the planner and the dispatch cycle are those of the running service; around them are a log in memory,
a plane for streets, and couriers who keep the rules of the problem. Nothing is told before its time.
"""

from __future__ import annotations

import heapq
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from itertools import count, takewhile
from math import hypot

from backend_service.benchmarks.mdrplib_days.instance import MINUTE, Day, DayCourier, DayOrder
from backend_service.benchmarks.mdrplib_days.plane_streets import PlaneStreets, position_of
from backend_service.benchmarks.mdrplib_days.trips import Trip
from backend_service.clocks import WallClock
from backend_service.event_log.volatile import VolatileEventLog
from backend_service.handlers.command_bus import CommandBus
from backend_service.workers.dispatch_cycle import DispatchCycle
from backend_service.workers.planning import Planner
from core.commands import (
    AcceptAssignment,
    AcceptRecommendation,
    EndShift,
    PlaceOrder,
    RegisterDriver,
    RegisterVehicle,
    ReportArrival,
    ReportDelivery,
    ReportPickup,
    ReportReady,
    StartShift,
)
from core.dispatch.matching.work import MatchPolicy
from core.dispatch.policy import DispatchPolicy
from core.dispatch.world import KnownPosition
from core.fleet.fleet import DriverPerson
from core.fleet.route import StopKind
from core.orders.order import OrderState, Promise
from core.projections.operation import Operation
from core.timekeeping import SteppedClock
from core.vocabulary import Actor, DriverId, Instant, Load, OrderId, Place, Position, Role, VehicleId

MIDNIGHT_AT = 20_000.0 * 86_400.0
"""The midnight of every day, an instant like any other."""
_DESK = Actor(subject="bench", role=Role.DISPATCHER)
_OFFICE = Actor(subject="bench", role=Role.ADMINISTRATOR)
_NEVER_ASK = 1_000_000_000
_NEVER_JOIN_MIN = 240.0
_PATIENCE_S = 600.0
"""Wall seconds: no figure is to hang on how busy the machine is."""
_WEIGHTS = MatchPolicy(delay_growth_per_minute=0.3, unserved=500.0)
"""An order that would keep others waiting for more than this is left for later: a delivery after 90 minutes, the most
that the rules know, is worth little. 500 is a delay of 39 minutes."""
_EVENT_S = 1.0
"""The rhythm of a dispatcher that decides nothing before its time."""

type Happening = Callable[[], Awaitable[None]]


def policy_of(day: Day, *, cadence_s: float | None, weights: MatchPolicy | None = None) -> DispatchPolicy:
    """Return the policy of a city that works by the rules of the problem, and asks nobody.

    No courier declines there, and so the chance of a no is not weighed. Nothing is promised either: there is a target,
    and what is beyond it is measured.

    Parameters
    ----------
    day : Day
    cadence_s : float or None
        Seconds between two looks; ``None`` to look at every happening.
    weights : MatchPolicy, optional
    """
    return DispatchPolicy(
        match_horizon_s=3_600.0,
        matching=weights or _WEIGHTS,
        join_gain_minutes=_NEVER_JOIN_MIN,
        pay_per_order=round(100 * day.pay_per_order),
        guaranteed_per_hour=round(100 * day.pay_per_hour),
        overtime_s=14_400.0,
        max_orders=50,
        max_bundle=3,
        at_risk=1.0,
        pickup_service_s=2.0 * day.half_pickup_s,
        unready_margin_s=0.0,
        commit_lead_s=7_200.0,
        early_s=0.0,
        cycle_s=_EVENT_S if cadence_s is None else cadence_s,
        auto_probability=0.0,
        sure_probability=0.0,
        late_anyway=1.0,
        other_promise_minutes=_NEVER_ASK,
        high_value=_NEVER_ASK,
        many_refusals=_NEVER_ASK,
        ask_from_orders=_NEVER_ASK,
        accept_probability=1.0,
        candidates=4,
        alternatives_shown=2,
    )


@dataclass(slots=True)
class _Courier:
    """Where a courier is: at `place` since `left_at`, or under way to `goal` until `there_at`."""

    courier: DayCourier
    place: int
    goal: int
    left_at: Instant = 0.0
    there_at: Instant = 0.0
    is_busy: bool = False
    is_home: bool = False


@dataclass(slots=True)
class PlayedDay:
    """A day under way; `looks` is how often the dispatcher decided, `asked` how often it asked a person."""

    day: Day
    policy: DispatchPolicy
    rounding_s: float
    grace_s: float
    trips: list[Trip] = field(default_factory=list)
    looks: int = 0
    asked: int = 0
    clock: SteppedClock = field(init=False)
    bus: CommandBus = field(init=False)
    cycle: DispatchCycle = field(init=False)
    _couriers: dict[str, _Courier] = field(default_factory=dict)
    _happenings: list[tuple[Instant, int, Happening]] = field(default_factory=list)
    _numbers: count[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        self.clock = SteppedClock(MIDNIGHT_AT)
        wall = WallClock()
        self.bus = CommandBus(VolatileEventLog(wall), Operation(), self.clock)
        streets = PlaneStreets(self.day, self.rounding_s, self.clock)
        planner = Planner(self.bus, streets, self, self.policy, wall)
        self.bus.plans = planner
        self.cycle = DispatchCycle(self.bus, planner, dict, solver_s=_PATIENCE_S)
        self.bus.subscribe(self.cycle.note)

    def latest(self, vehicle_id: VehicleId) -> KnownPosition | None:
        """Return where a courier is now: on the straight line between two places, as its phone would say."""
        state, now = self._couriers[vehicle_id], self.clock.now()
        (_, x, y), (_, to_x, to_y) = self.day.places[state.place], self.day.places[state.goal]
        # A leg takes a little longer than its way, for it is rounded up: what is left over is spent before setting out.
        left_m = self.day.metres_per_minute / MINUTE * max(0.0, state.there_at - now)
        share = 1.0 - min(1.0, left_m / max(1e-9, hypot(to_x - x, to_y - y)))
        return KnownPosition(position_of(x + share * (to_x - x), y + share * (to_y - y)), now)

    async def go_through(self, cadence_s: float | None) -> None:
        """Play to the end of the last shift."""
        self.bus.start()
        try:
            await self._open()
            ends_at = max(courier.off_at for courier in self.day.couriers.values()) + self.grace_s
            # Between minutes nothing is looked at, so that a kitchen's minute counts once.
            step_s = MINUTE if cadence_s is None else cadence_s
            look_at = MIDNIGHT_AT
            while look_at <= MIDNIGHT_AT + ends_at:
                await self._happen(look_at)
                self.clock.step_to(look_at)
                await self._look()
                look_at += step_s
            await self._happen(float("inf"))
        finally:
            await self.bus.stop()

    async def _open(self) -> None:
        for order in self.day.orders.values():
            self._at(order.placed_at, lambda order=order: self._place(order))  # type: ignore[misc]
        for courier in self.day.couriers.values():
            self._couriers[courier.name] = _Courier(courier, courier.place, courier.place)
            driver_id, vehicle_id = DriverId(courier.name), VehicleId(courier.name)
            await self.bus.execute(RegisterDriver(driver_id=driver_id, person=DriverPerson()), _OFFICE)
            vehicle = RegisterVehicle(
                vehicle_id=vehicle_id, plate=courier.name, capacity=Load(volume_l=1e5, weight_kg=1e5)
            )
            await self.bus.execute(vehicle, _OFFICE)
            self._at(courier.on_at, lambda courier=courier: self._start(courier))  # type: ignore[misc]

    async def _place(self, order: DayOrder) -> None:
        day = self.day
        ready_at = MIDNIGHT_AT + order.ready_at - day.half_pickup_s  # who comes earlier is at the counter by then
        placed = PlaceOrder(
            order_id=OrderId(order.name),
            pickup=Place(name=order.restaurant, position=self._position(order.kitchen)),
            delivery=self._position(order.door),
            promise=Promise(by_at=MIDNIGHT_AT + order.placed_at + day.target_s - day.half_drop_off_s),
            ready_at=ready_at,
            service_s=2.0 * day.half_drop_off_s,
        )
        await self.bus.execute(placed, _DESK)
        self._at(max(ready_at, self.clock.now()) - MIDNIGHT_AT, lambda: self._ready(OrderId(order.name)))

    async def _ready(self, order_id: OrderId) -> None:
        await self.bus.execute(ReportReady(order_id=order_id), _DESK)

    async def _start(self, courier: DayCourier) -> None:
        last_at = MIDNIGHT_AT + courier.off_at + self.grace_s - self.day.half_pickup_s
        shift = StartShift(driver_id=DriverId(courier.name), vehicle_id=VehicleId(courier.name), ends_at=last_at)
        await self.bus.execute(shift, _DESK)
        self._at(courier.off_at + self.grace_s + 1.0, lambda: self._go_home(courier.name))

    async def _go_home(self, name: str) -> None:
        state, fleet = self._couriers[name], self.bus.operation.fleet
        state.is_home = True
        is_free = not state.is_busy and not fleet.route_of(DriverId(name)).stops
        if is_free and fleet.drivers[DriverId(name)].is_on_shift:
            await self.bus.execute(EndShift(driver_id=DriverId(name)), _DESK)

    async def _look(self) -> None:
        self.looks += 1
        await self.cycle.run_once(self.clock.now())
        for standing in list(self.bus.operation.decisions.standing.values()):
            if standing.driver_id is not None:
                self.asked += 1
                accepted = AcceptRecommendation(recommendation_id=standing.recommendation_id)
                await self.bus.execute(accepted, _DESK)
        await self._accept_all()
        for name, state in self._couriers.items():
            if not state.is_busy:
                await self._go_on(name)

    async def _accept_all(self) -> None:
        """Have every courier say yes at once, as the problem has it."""
        for order in list(self.bus.operation.orders.open_orders()):
            if order.state is OrderState.ASSIGNED and not order.is_accepted and order.driver_id is not None:
                accepted = AcceptAssignment(order_id=order.order_id, driver_id=order.driver_id)
                await self.bus.execute(accepted, _driver(order.driver_id))

    async def _go_on(self, name: str) -> None:
        """Have a courier who is free set out for the next bundle, if there is one."""
        driver_id, state = DriverId(name), self._couriers[name]
        stops = self.bus.operation.fleet.route_of(driver_id).stops
        state.is_busy = bool(stops)
        if not stops:
            if state.is_home:
                await self._go_home(name)
            return
        if stops[0].kind is not StopKind.PICKUP:
            raise AssertionError(f"{name} is free and has goods on board")
        kitchen = stops[0].position
        pickups = list(takewhile(lambda s: s.kind is StopKind.PICKUP and s.position == kitchen, stops))
        bundle = {stop.order_id for stop in pickups}
        doors = [stop for stop in stops if stop.kind is StopKind.DELIVERY and stop.order_id in bundle]
        self._carry_out(name, [self.day.orders[stop.order_id] for stop in doors])

    def _carry_out(self, name: str, orders: Sequence[DayOrder]) -> None:
        """Set the times of a trip by the rules of the problem, and have each reported when it happens."""
        day, state, now = self.day, self._couriers[name], self.clock.now() - MIDNIGHT_AT
        kitchen = orders[0].kitchen
        assigned = [self.bus.operation.orders.orders[OrderId(order.name)].assigned_at or 0.0 for order in orders]
        legs = [(now, state.place, kitchen)]
        there_at = now + float(day.travel[state.place, kitchen])
        self._move(state, state.place, kitchen, now, there_at)
        self._at(there_at, lambda: self._arrive(name, orders))
        pickup_at = max(there_at + day.half_pickup_s, max(order.ready_at for order in orders))
        at, place, drop_offs = pickup_at + day.half_pickup_s, kitchen, []
        self._at(at, lambda: self._pick_up(name, orders))
        for order in orders:
            legs.append((at, place, order.door))
            self._at(at, lambda leg=(place, order.door, at): self._leave(state, *leg))  # type: ignore[misc]
            there_at = at + float(day.travel[place, order.door])
            self._at(there_at, lambda order=order: self._arrive(name, [order]))  # type: ignore[misc]
            drop_offs.append(there_at + day.half_drop_off_s)
            at, place = drop_offs[-1] + day.half_drop_off_s, order.door
            self._at(at, lambda order=order: self._hand_over(name, order))  # type: ignore[misc]
        self._at(at, lambda: self._go_on(name))
        self.trips.append(
            Trip(
                courier=name,
                assigned_at=max(assigned) - MIDNIGHT_AT,
                pickup_at=pickup_at,
                orders=tuple(order.name for order in orders),
                drop_offs_at=tuple(drop_offs),
                legs=tuple(legs),
                free_at=at,
            )
        )

    async def _leave(self, state: _Courier, place: int, goal: int, at: float) -> None:
        self._move(state, place, goal, at, at + float(self.day.travel[place, goal]))

    def _move(self, state: _Courier, place: int, goal: int, left_at: float, there_at: float) -> None:
        state.place, state.goal = place, goal
        state.left_at, state.there_at = MIDNIGHT_AT + left_at, MIDNIGHT_AT + there_at
        self._at(there_at, lambda: self._stand(state, goal))

    async def _stand(self, state: _Courier, place: int) -> None:
        state.place = place

    async def _arrive(self, name: str, orders: Sequence[DayOrder]) -> None:
        for order in orders:
            report = ReportArrival(order_id=OrderId(order.name), driver_id=DriverId(name))
            await self.bus.execute(report, _driver(name))

    async def _pick_up(self, name: str, orders: Sequence[DayOrder]) -> None:
        for order in orders:
            report = ReportPickup(order_id=OrderId(order.name), driver_id=DriverId(name))
            await self.bus.execute(report, _driver(name))

    async def _hand_over(self, name: str, order: DayOrder) -> None:
        report = ReportDelivery(order_id=OrderId(order.name), driver_id=DriverId(name))
        await self.bus.execute(report, _driver(name))

    def _at(self, seconds: float, happening: Happening) -> None:
        heapq.heappush(self._happenings, (MIDNIGHT_AT + seconds, next(self._numbers), happening))

    async def _happen(self, until_at: Instant) -> None:
        """Let everything happen up to an instant, it included, in order."""
        while self._happenings and self._happenings[0][0] <= until_at:
            at, _, happening = heapq.heappop(self._happenings)
            self.clock.step_to(max(at, self.clock.now()))
            await happening()

    def _position(self, place: int) -> Position:
        _, x, y = self.day.places[place]
        return position_of(x, y)


async def play(
    day: Day, policy: DispatchPolicy, *, cadence_s: float | None, rounding_s: float, grace_s: float
) -> PlayedDay:
    """Play a day to its end with the product's dispatcher.

    Parameters
    ----------
    day : Day
    policy : DispatchPolicy
    cadence_s : float or None
        Seconds between two looks; ``None`` to look whenever something happens, which is in whole minutes.
    rounding_s, grace_s : float
        See the rules; seconds.
    """
    playing = PlayedDay(day, policy, rounding_s, grace_s)
    await playing.go_through(cadence_s)
    return playing


def _driver(name: str) -> Actor:
    return Actor(subject=name, role=Role.DRIVER)
