"""Says which hard limits a published wave plan breaks, by reading it as a person would: the planner's opposite number.

It shares no code with the search, with the problem that is searched, or with the times that are written: it takes the
plan's routes, the facts of the setting and the driving times, and follows each vehicle from stop to stop.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from core.dispatch.waves.setting import WaveDriver, WaveSetting
from core.dispatch.waves.wave import WavePlan, WaveRoute, WaveStop, WaveStopKind
from core.fleet.route import StopKind
from core.orders.order import Order, OrderState
from core.travel import TravelTable
from core.vocabulary import DriverId, OrderId

GRACE_S = 2.0
"""Seconds by which a limit may be missed: rounding, and the margin of a route that is late already."""
GRACE_LOAD = 1e-6


class WaveLimit(StrEnum):
    """What a wave's plan can break."""

    KNOWN = "known"
    ONCE = "once"
    LOST = "lost"
    LOADED = "loaded"
    DEPOT = "depot"
    DEPOT_HOURS = "depot_hours"
    READY = "ready"
    CAPACITY = "capacity"
    SKILLS = "skills"
    KEPT_FROM = "kept_from"
    WINDOW = "window"
    SHIFT = "shift"
    BREAK = "break"
    DRIVING = "driving"
    FROZEN = "frozen"


@dataclass(frozen=True, slots=True)
class WaveBreach:
    """One limit that is broken: by whom, with which order, and by how much in its unit."""

    limit: WaveLimit
    driver_id: DriverId | None = None
    order_id: OrderId | None = None
    by: float = 0.0
    unit: str = ""


def wave_breaches(setting: WaveSetting, plan: WavePlan, travel: TravelTable) -> tuple[WaveBreach, ...]:
    """Return every hard limit that the plan breaks; empty for one that may be released."""
    drivers = {driver.driver_id: driver for driver in setting.drivers}
    found = list(_each_once(setting, plan))
    for route in plan.routes:
        driver = drivers.get(route.driver_id)
        unknown = [s.order_id for s in route.stops if s.order_id is not None and s.order_id not in setting.orders]
        if driver is None or unknown:
            found.append(WaveBreach(WaveLimit.KNOWN, route.driver_id, unknown[0] if unknown else None))
            continue
        walk = _RouteCheck(setting, driver, route, travel)
        found.extend(walk.breaches())
    idle = drivers.keys() - {route.driver_id for route in plan.routes}
    found += [WaveBreach(WaveLimit.FROZEN, name) for name in sorted(idle) if drivers[name].frozen]
    return tuple(found)


def _each_once(setting: WaveSetting, plan: WavePlan) -> Iterator[WaveBreach]:
    """Each order is delivered once, or named as left out, and never both; no driver has two routes."""
    delivered = Counter(name for route in plan.routes for name in route.order_ids)
    left = Counter(one.order_id for one in plan.unserved)
    for order_id in sorted({*setting.orders, *delivered, *left}):
        times = delivered[order_id] + left[order_id]
        if times > 1:
            yield WaveBreach(WaveLimit.ONCE, None, order_id, times - 1.0)
        if times == 0:
            yield WaveBreach(WaveLimit.LOST, None, order_id)
    for driver_id, times in Counter(route.driver_id for route in plan.routes).items():
        if times > 1:
            yield WaveBreach(WaveLimit.ONCE, driver_id, None, times - 1.0)


class _RouteCheck:
    """Follows one vehicle."""

    def __init__(self, setting: WaveSetting, driver: WaveDriver, route: WaveRoute, travel: TravelTable) -> None:
        self._setting = setting
        self._driver = driver
        self._route = route
        self._travel = travel

    def breaches(self) -> Iterator[WaveBreach]:
        """Yield what the route breaks."""
        yield from self._sequence()
        yield from self._who()
        yield from self._amounts()
        yield from self._driving()
        for stop in self._route.stops:
            yield from self._window(stop)
        yield from self._breaks()
        yield from self._home()

    def _breach(self, limit: WaveLimit, order_id: OrderId | None = None, by: float = 0.0, unit: str = "") -> WaveBreach:
        return WaveBreach(limit, self._driver.driver_id, order_id, by, unit)

    def _orders(self) -> list[Order]:
        return [self._setting.orders[name] for name in self._route.order_ids]

    def _sequence(self) -> Iterator[WaveBreach]:
        """What is under way leads; each order is loaded before it is delivered, unless it is on board."""
        kinds = {StopKind.PICKUP: WaveStopKind.LOAD, StopKind.DELIVERY: WaveStopKind.DELIVERY}
        ahead = [(kinds[stop.kind], stop.order_id) for stop in self._driver.stops[: self._driver.frozen]]
        if [(stop.kind, stop.order_id) for stop in self._route.stops[: len(ahead)]] != ahead:
            yield self._breach(WaveLimit.FROZEN)
        loaded = {o.order_id for o in self._setting.orders.values() if self._carries(o)}
        for stop in self._route.stops:
            if stop.order_id is None:
                continue
            if stop.kind is WaveStopKind.LOAD:
                if stop.order_id in loaded:
                    yield self._breach(WaveLimit.LOADED, stop.order_id)
                loaded.add(stop.order_id)
            elif stop.order_id not in loaded:
                yield self._breach(WaveLimit.LOADED, stop.order_id)
        for order_id in sorted(loaded - set(self._route.order_ids)):
            yield self._breach(WaveLimit.LOST, order_id)

    def _carries(self, order: Order) -> bool:
        return order.state.is_on_board and order.driver_id == self._driver.driver_id

    def _who(self) -> Iterator[WaveBreach]:
        begun = {stop.order_id for stop in self._driver.stops[: self._driver.frozen]}
        for order in self._orders():
            stays = self._carries(order) or order.order_id in begun  # whatever is known of the driver by now
            if not stays and any(skill not in self._driver.skills for skill in order.skills):
                yield self._breach(WaveLimit.SKILLS, order.order_id)
            is_own = order.driver_id == self._driver.driver_id
            refused = self._driver.driver_id in (*order.refused_by, *order.forbidden)
            is_bound = order.is_pinned or order.state.is_on_board or order.state is OrderState.AT_PICKUP
            elsewhere = order.driver_id is not None and not is_own and is_bound
            if elsewhere or (not is_own and (refused or not self._driver.takes_new)):
                yield self._breach(WaveLimit.KEPT_FROM, order.order_id)

    def _amounts(self) -> Iterator[WaveBreach]:
        """No unit is carried above what the vehicle holds of it, behind any stop."""
        holds = self._driver.capacity
        limits = {"volume_l": holds.volume_l, "weight_kg": holds.weight_kg, **holds.amounts}
        carried: Counter[str] = Counter()
        for order in self._orders():
            if self._carries(order):
                carried.update(_amounts(order))
        for stop in self._route.stops:
            if stop.order_id is None:
                continue
            amounts = _amounts(self._setting.orders[stop.order_id])
            if stop.kind is WaveStopKind.DELIVERY:
                carried.subtract(amounts)
                continue
            carried.update(amounts)
            for unit in amounts:
                over = carried[unit] - limits.get(unit, 0.0)
                if over > GRACE_LOAD:
                    yield self._breach(WaveLimit.CAPACITY, stop.order_id, over, unit)

    def _driving(self) -> Iterator[WaveBreach]:
        """No stop is reached earlier than driving allows, or begun before the one before it is left."""
        at, place = max(self._route.leaves_at, self._driver.start_at), self._driver.start
        for stop in self._route.stops:
            if stop.position is not None:
                at += self._travel.duration_s(self._travel.row(place), self._travel.column(stop.position))
                place = stop.position
            if not stop.arrives_at + GRACE_S >= at or stop.starts_at + GRACE_S < stop.arrives_at:
                yield self._breach(WaveLimit.DRIVING, stop.order_id, at - stop.arrives_at)
            if stop.departs_at + GRACE_S < stop.starts_at + self._takes_s(stop):
                yield self._breach(WaveLimit.DRIVING, stop.order_id, stop.starts_at - stop.departs_at)
            at = stop.departs_at
        depot = self._setting.depots[self._driver.depot_id].position
        at += self._travel.duration_s(self._travel.row(place), self._travel.column(depot))
        if not self._route.returns_at + GRACE_S >= at:
            yield self._breach(WaveLimit.DRIVING, None, at - self._route.returns_at)

    def _takes_s(self, stop: WaveStop) -> float:
        if stop.order_id is None:
            return 0.0
        order = self._setting.orders[stop.order_id]
        if stop.kind is WaveStopKind.DELIVERY:
            return order.service_s
        depot = self._setting.depots.get(order.depot_id) if order.depot_id is not None else None
        return 0.0 if depot is None else depot.loading_s

    def _window(self, stop: WaveStop) -> Iterator[WaveBreach]:
        if stop.order_id is None:
            return
        order = self._setting.orders[stop.order_id]
        if stop.kind is WaveStopKind.LOAD:
            if stop.position != order.pickup.position:
                yield self._breach(WaveLimit.DEPOT, order.order_id)
            if stop.starts_at + GRACE_S < order.ready_at:
                yield self._breach(WaveLimit.READY, order.order_id, order.ready_at - stop.starts_at)
            hours = self._setting.hours.get(order.depot_id) if order.depot_id is not None else None
            if hours and not hours[0] - GRACE_S <= stop.starts_at <= max(hours[1], order.ready_at) + GRACE_S:
                yield self._breach(WaveLimit.DEPOT_HOURS, order.order_id)
            return
        if stop.position != order.delivery:
            yield self._breach(WaveLimit.WINDOW, order.order_id)
        if order.promise.from_at is not None and stop.starts_at + GRACE_S < order.promise.from_at:
            yield self._breach(WaveLimit.WINDOW, order.order_id, order.promise.from_at - stop.starts_at)
        late_s = stop.arrives_at - max(order.promise.by_at, self._would_be_at(order))
        if late_s > GRACE_S:
            yield self._breach(WaveLimit.WINDOW, order.order_id, late_s)

    def _would_be_at(self, order: Order) -> float:
        """Return when the door would be reached if the routes in force were left alone; never for a new order."""
        for driver in self._setting.drivers:
            at, place, rests = driver.start_at, driver.start, sorted(driver.breaks, key=lambda span: span.from_at)
            begun = driver.frozen
            for stop in driver.stops:
                known = self._setting.orders.get(stop.order_id)
                if known is None:
                    continue
                way_s = self._travel.duration_s(self._travel.row(place), self._travel.column(stop.position))
                # A break that is due comes in between at the latest where it would be too late behind this stop.
                while begun <= 0 and rests and self._left_at(known, stop.kind, at + way_s) > rests[0].until_at:
                    rest = rests.pop(0)
                    at = max(at, rest.from_at) + rest.length_s
                begun, place, at = begun - 1, stop.position, at + way_s
                if stop.kind is StopKind.DELIVERY and stop.order_id == order.order_id:
                    return at
                at = self._left_at(known, stop.kind, at)
        return float("-inf")

    def _left_at(self, order: Order, kind: StopKind, arrives_at: float) -> float:
        if kind is StopKind.DELIVERY:
            return max(arrives_at, order.promise.from_at or arrives_at) + order.service_s
        depot = self._setting.depots.get(order.depot_id) if order.depot_id is not None else None
        opens_at = self._setting.hours[depot.depot_id][0] if depot is not None else arrives_at
        return max(arrives_at, opens_at, order.ready_at) + (0.0 if depot is None else depot.loading_s)

    def _breaks(self) -> Iterator[WaveBreach]:
        """Each break that ends before the work does lies in its window and is long enough."""
        taken = [stop for stop in self._route.stops if stop.kind is WaveStopKind.BREAK]
        ends_at = max(
            (s.departs_at for s in self._route.stops if s.order_id is not None), default=self._driver.start_at
        )
        for span in self._driver.breaks:
            is_kept = any(
                span.from_at - GRACE_S <= stop.starts_at <= span.until_at + GRACE_S
                and stop.departs_at - stop.starts_at + GRACE_S >= span.length_s
                for stop in taken
            )
            if not is_kept and ends_at > span.until_at + GRACE_S:
                yield self._breach(WaveLimit.BREAK, by=ends_at - span.until_at)

    def _home(self) -> Iterator[WaveBreach]:
        """The vehicle is back before the shift and the depot end."""
        ends_at = min(self._driver.ends_at, self._setting.hours[self._driver.depot_id][1])
        over_s = self._route.returns_at - ends_at
        if over_s > GRACE_S:
            yield self._breach(WaveLimit.SHIFT, by=over_s)
        if self._route.leaves_at + GRACE_S < self._driver.start_at:
            yield self._breach(WaveLimit.SHIFT, by=self._driver.start_at - self._route.leaves_at)


def _amounts(order: Order) -> dict[str, float]:
    load = order.load
    return {"volume_l": load.volume_l, "weight_kg": load.weight_kg, **load.amounts}
