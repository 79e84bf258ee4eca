"""Plays one side of a fork to its end: drivers drive, kitchens finish, orders come, and the product's decider decides.

One draw at a time. Ways, times at stops, readiness that nobody recorded and refusals are thrown with dice that both
sides share. A driver under way finishes that stop before anything else: where somebody would turn round in the middle
of a street is not modelled.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import inf

from msgspec.structs import replace as changed

from core.dispatch.playing_on.deciding_on import given_away
from core.dispatch.playing_on.demand import Happening
from core.dispatch.playing_on.fork import Fork
from core.dispatch.playing_on.played_courier import PlayedCourier
from core.dispatch.playing_on.shared_dice import CommonDice
from core.dispatch.policy import DispatchPolicy
from core.dispatch.regret import MoneyParts, PlayedOutcome
from core.dispatch.world import DriverState, PlanningWorld, Stop, delivery_of, pickup_of, usual_lateness
from core.eta.readiness import drawn_at
from core.fleet.closure import Closure, closed_zones
from core.fleet.route import StopKind
from core.orders.order import Order, OrderState
from core.travel import TravelTable
from core.vocabulary import DriverId, Instant, Load, OrderId


@dataclass(slots=True)
class PlayedSide:
    """One side under play.

    Parameters
    ----------
    fork : Fork
    world : PlanningWorld
        The fork's, with this side's choice in the drivers' stops.
    dice : CommonDice
    """

    fork: Fork
    world: PlanningWorld
    dice: CommonDice
    now: Instant = field(init=False)
    _couriers: dict[DriverId, PlayedCourier] = field(init=False)
    _orders: dict[OrderId, Order] = field(init=False)
    _closed: tuple[Closure, ...] = field(init=False)
    _doors: dict[OrderId, Instant] = field(default_factory=dict)
    _driving_s: float = 0.0
    _distance_m: float = 0.0

    def __post_init__(self) -> None:
        self.now = self.world.now
        staff, rule = self.fork.staff, self.world.policy.break_rule
        self._couriers = {
            name: PlayedCourier(driver, staff.get(name), rule, self.now) for name, driver in self.world.drivers.items()
        }
        self._closed = self.fork.closed
        holder = {name: driver.driver_id for driver in self.world.drivers.values() for name in driver.order_ids}
        self._orders = {name: _held(order, holder.get(name)) for name, order in self.world.orders.items()}

    def played(self) -> PlayedOutcome:
        """Play to the end, and return what it led to."""
        playing = self.fork.playing
        coming = [h for h in self.fork.demand.happenings if h.at <= self.fork.until_at]
        beat_at, ends_at = self.now, self.fork.until_at + playing.grace_s
        self._hear(coming)
        for courier in self._couriers.values():
            if courier.state.frozen and courier.state.stops:
                self._drive(courier, courier.state.stops[0])
        while True:
            self._hear(coming)
            for courier in self._couriers.values():
                if courier.leaves_at <= self.now:
                    self._leave(courier)
            if beat_at <= self.now:
                self._decide()
                beat_at = self.now + playing.beat_s
            self._set_out()
            turns = [courier.turns_at(self.now) for courier in self._couriers.values()]
            next_at = min([*turns, beat_at if self._waiting() else inf, coming[0].at if coming else inf])
            if next_at > ends_at:
                return self._outcome(ends_at)
            self.now = max(self.now, next_at)
            beat_at = max(beat_at, self.now)

    # --- deciding ---

    def _waiting(self) -> list[Order]:
        return [order for _, order in sorted(self._orders.items()) if order.state is OrderState.WAITING]

    def _decide(self) -> None:
        closed = closed_zones(self._closed, self.now)
        left = [order for order in self._waiting() if (order.held_until or 0.0) <= self.now]
        open_to_all = [order for order in left if not self.fork.is_closed_off(order, closed)]
        if not open_to_all:
            return
        world = self._world()
        ready = [world.orders[order.order_id] for order in open_to_all]
        for given in given_away(world, ready, self._policy_for, self._accepts, self.fork.playing.beat_s):
            courier = self._couriers[given.driver_id]
            courier.state = courier.state.with_stops(given.stops)
            order = self._orders[given.order_id]
            self._orders[given.order_id] = _held(order, given.driver_id)

    def _policy_for(self, order: Order) -> DispatchPolicy:
        policy = self.fork.policy_for(order)
        return changed(policy, candidates=min(policy.candidates, self.fork.playing.candidates))

    def _accepts(self, order_id: OrderId, driver_id: DriverId) -> bool:
        """Say whether a driver takes an offer: never what was refused in truth, else as often as that driver does."""
        said_no = (order_id, driver_id) in self.fork.demand.refused
        share = self._couriers[driver_id].state.acceptance.probability
        if not said_no and self.dice.uniform("accepts", order_id, driver_id) < share:
            return True
        order = self._orders[order_id]
        self._orders[order_id] = changed(order, refused_by=(*order.refused_by, driver_id))
        return False

    def _world(self) -> PlanningWorld:
        """Return the world as dispatch would see it now: expected times, and nothing of what the dice hold ready."""
        orders = {name: self._as_known(order) for name, order in self._orders.items() if order.state.is_open}
        drivers = {name: self._seen(courier, orders) for name, courier in self._couriers.items()}
        return replace(self.world, now=self.now, drivers=drivers, orders=orders, travel=self._travel())

    def _as_known(self, order: Order) -> Order:
        ready_at = self._ready_at(order)
        return changed(order, ready_at=ready_at, is_ready=True) if ready_at <= self.now else order

    def _seen(self, courier: PlayedCourier, orders: dict[OrderId, Order]) -> DriverState:
        state, policy = courier.state, self.world.policy
        stops = tuple(
            pickup_of(orders[stop.order_id], self.now, policy, self.world.times)
            if stop.kind is StopKind.PICKUP
            else delivery_of(orders[stop.order_id], policy.spread.service_share, self.world.times)
            for stop in state.stops
        )
        if stops:
            arrived_at = courier.arrives_at if courier.arrives_at <= self.now else None
            stops = (replace(stops[0], arrived_at=arrived_at), *(replace(s, arrived_at=None) for s in stops[1:]))
        return courier.seen(self.now, stops)

    # --- driving ---

    def _travel(self) -> TravelTable:
        return self.fork.travel_under(self._closed, self.now)

    def _set_out(self) -> None:
        for courier in self._couriers.values():
            if not courier.is_under_way and not courier.rests(self.now) and courier.state.stops:
                self._drive(courier, courier.state.stops[0])

    def _drive(self, courier: PlayedCourier, stop: Stop) -> None:
        state, spread = courier.state, self.world.policy.spread
        assert state.start is not None, "a driver in play has a known position"
        is_there = stop.arrived_at is not None
        travel = self._travel()
        row, column = travel.row(state.start), travel.column(stop.position)
        seconds = travel.duration_s(row, column) * self.dice.factor(
            spread.travel_share, "way", state.start, stop.position
        )
        if seconds == inf and not is_there:
            return
        begins_at = max(state.start_at, self.now)
        courier.state = replace(state, start_at=begins_at)
        courier.arrives_at = stop.arrived_at if stop.arrived_at is not None else begins_at + seconds
        if not is_there:
            self._driving_s += seconds
            self._distance_m += travel.distance_m(row, column)
        order = self._orders[stop.order_id]
        may_at = self._ready_at(order) if stop.kind is StopKind.PICKUP else order.promise.from_at or -inf
        service_s = stop.service_s * self.dice.factor(spread.service_share, "stop", stop.order_id, stop.kind)
        courier.leaves_at = max(begins_at, max(courier.arrives_at, may_at) + service_s)

    def _ready_at(self, order: Order) -> Instant:
        """Return when the goods really wait: as recorded, else as kitchens do; never when they were seen not to."""
        known = self.fork.demand.ready_at.get(order.order_id)
        if known is not None:
            return known
        if order.is_ready:
            return order.ready_at
        late = usual_lateness(order, self.world.policy, self.world.times)
        earliest_at = max(order.ready_at, self.world.now)
        share = self.dice.uniform("kitchen", order.order_id)
        latest_at = self.fork.demand.picked_up_at.get(order.order_id, inf)
        return min(drawn_at(order.ready_at + late.mean, late.sd, earliest_at, share), max(latest_at, earliest_at))

    def _leave(self, courier: PlayedCourier) -> None:
        """Have a stop done, and stand there."""
        stop, *further = courier.state.stops
        order, load = self._orders[stop.order_id], courier.state.on_board
        if stop.kind is StopKind.PICKUP:
            order, load = changed(order, state=OrderState.ON_THE_WAY), load + order.load
        else:
            self._doors[stop.order_id] = courier.arrives_at
            order, load = changed(order, state=OrderState.DELIVERED, ended_at=self.now), _less(load, order.load)
        self._orders[stop.order_id] = order
        courier.state = replace(
            courier.state, start=stop.position, start_at=courier.leaves_at, stops=tuple(further), on_board=load
        )
        courier.stays(courier.leaves_at)

    # --- what comes ---

    def _hear(self, coming: list[Happening]) -> None:
        """Have everything happen whose time has come."""
        while coming and coming[0].at <= self.now:
            self._happen(coming.pop(0))

    def _happen(self, happening: Happening) -> None:
        if happening.placed is not None:
            self._orders[happening.placed.order_id] = _held(happening.placed, None)
        elif happening.announced is not None and happening.announced.order_id in self._orders:
            name = happening.announced.order_id
            self._orders[name] = changed(self._orders[name], ready_at=happening.announced.ready_at)
        elif happening.cancelled is not None:
            self._cancel(happening.cancelled)
        elif happening.driver is not None and happening.driver.driver_id in self._couriers:
            self._couriers[happening.driver.driver_id].hears(happening.driver)
        elif happening.closed is not None:
            self._closed = happening.closed

    def _cancel(self, name: OrderId) -> None:
        order = self._orders.get(name)
        if order is None or not order.state.is_open:
            return
        self._orders[name] = changed(order, state=OrderState.CANCELLED)
        for courier in self._couriers.values():
            if name in courier.state.order_ids:
                if courier.state.stops[0].order_id == name:
                    courier.stays(self.now)
                load = courier.state.on_board
                load = _less(load, order.load) if order.state.is_on_board else load
                courier.state = replace(courier.state.without(name), on_board=load)

    def _outcome(self, ends_at: Instant) -> PlayedOutcome:
        """Count every order that was not cancelled; one that was not delivered arrives when the play ends."""
        late_s, waited_s, broken, lateness, waiting = 0.0, 0.0, 0, 0.0, 0.0
        for name, order in self._orders.items():
            if order.state is OrderState.CANCELLED:
                continue
            policy, at = self.fork.policy_for(order), self._doors.get(name, ends_at)
            late, waited = max(0.0, at - order.promise.by_at), max(0.0, at - max(order.placed_at, self.world.now))
            lateness += policy.lateness_per_minute * late / 60.0
            waiting += policy.freshness_per_minute * waited / 60.0
            late_s, waited_s, broken = late_s + late, waited_s + waited, broken + (late > 0.0)
        driving = self.world.policy.driving_money(self._driving_s, self._distance_m)
        parts = MoneyParts(driving=driving, lateness=lateness, waiting=waiting)
        return PlayedOutcome(
            late_minutes=late_s / 60.0,
            waited_minutes=waited_s / 60.0,
            broken=float(broken),
            distance_m=self._distance_m,
            driving_s=self._driving_s,
            cost=parts.total,
            parts=parts,
        )


def _held(order: Order, driver_id: DriverId | None) -> Order:
    """Return the order in the hands of a driver, or waiting, held as it is; goods on board stay there."""
    if order.state.is_on_board:
        return order
    state = OrderState.WAITING if driver_id is None else OrderState.ASSIGNED
    held_until = order.held_until if driver_id is None else None
    return changed(order, driver_id=driver_id, state=state, is_accepted=driver_id is not None, held_until=held_until)


def _less(load: Load, taken: Load) -> Load:
    return Load(
        volume_l=max(0.0, load.volume_l - taken.volume_l),
        weight_kg=max(0.0, load.weight_kg - taken.weight_kg),
        amounts={unit: max(0.0, held - taken.amounts.get(unit, 0.0)) for unit, held in load.amounts.items()},
    )
