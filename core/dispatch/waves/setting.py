"""What a wave is planned on: its orders, the drivers it may have with their hours and breaks, and the depots.

Built purely from the operation's state; the same inputs always give the same setting. A driver's stops of other work
come first and stay; of the wave's own stops the one under way is frozen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from core.dispatch.waves.aside import why_aside
from core.dispatch.waves.on_the_way import planned_leaving, stop_under_way
from core.dispatch.waves.rhythm import BreakRule, span_around
from core.dispatch.waves.wave import Aside, Wave, WaveStopKind
from core.fleet.depot import CrewMember, Depot, DepotId
from core.fleet.fleet import Driver, Vehicle
from core.fleet.planned_break import back_at, due_breaks
from core.fleet.route import PlannedStop
from core.orders.order import Order
from core.projections.operation import Operation
from core.vocabulary import DriverId, Instant, Load, OrderId, Position, VehicleId

PREPARE_S = 300.0
"""What is not released yet leaves no sooner than that from now: a person looks at it first."""
LATE_START_S = 600.0
"""Who is not on shift so long after leaving was planned is taken for lost."""


@dataclass(frozen=True, slots=True)
class BreakSpan:
    """A break of `length_s` seconds that begins from `from_at` to `until_at`."""

    from_at: Instant
    until_at: Instant
    length_s: float


@dataclass(frozen=True, slots=True)
class WaveDriver:
    """A driver as a wave may plan: from `start` at `start_at`, back at the depot by `ends_at`.

    `stops` are those of the wave still to be made, the first `frozen` of them under way; `in_hand` is other work that
    comes before. Who does not `take_new` gets nothing more and gives nothing away; who does not `keep_own` either only
    finishes what is under way and on board.
    """

    driver_id: DriverId
    vehicle_id: VehicleId
    depot_id: DepotId
    start: Position
    start_at: Instant
    ends_at: Instant
    capacity: Load
    skills: frozenset[str]
    breaks: tuple[BreakSpan, ...] = ()
    stops: tuple[PlannedStop, ...] = ()
    frozen: int = 0
    in_hand: tuple[OrderId, ...] = ()
    takes_new: bool = True
    keeps_own: bool = True


@dataclass(frozen=True, slots=True)
class WaveSetting:
    """Everything a plan of a wave rests on, as of `now`.

    `hours` are the depots' opening and closing instants, `aside` its orders that are not to be planned for now.
    """

    wave: Wave
    now: Instant
    orders: Mapping[OrderId, Order]
    drivers: tuple[WaveDriver, ...]
    depots: Mapping[DepotId, Depot]
    hours: Mapping[DepotId, tuple[Instant, Instant]]
    joined: tuple[OrderId, ...] = ()
    aside: Mapping[OrderId, Aside] = field(default_factory=dict)

    @property
    def places(self) -> tuple[Position, ...]:
        """Return every place between which driving times are needed."""
        of_drivers = (at for d in self.drivers for at in (d.start, self.depots[d.depot_id].position))
        of_orders = (at for _, o in sorted(self.orders.items()) for at in (o.pickup.position, o.delivery))
        return tuple(dict.fromkeys((*of_drivers, *of_orders)))

    @property
    def units(self) -> tuple[str, ...]:
        """Return the units in which loads are counted, litres and kilograms first."""
        named = {unit for order in self.orders.values() for unit in order.load.amounts}
        return ("volume_l", "weight_kg", *sorted(named))


def setting_of(
    operation: Operation,
    wave: Wave,
    known: Mapping[DriverId, Position],
    now: Instant,
    zone: ZoneInfo,
    joined: tuple[OrderId, ...] = (),
) -> WaveSetting:
    """Return the setting of a wave.

    Parameters
    ----------
    operation : Operation
    wave : Wave
    known : mapping of DriverId to Position
        Where drivers are, as far as that is known.
    now : float
    zone : ZoneInfo
        The site's.
    joined : tuple of OrderId
        Orders that came after the wave closed.
    """
    book = operation.waves
    depots = {name: book.depots[name] for name in wave.depot_ids if name in book.depots}
    begins_at = max(now, wave.starts_at)
    hours = {name: span_around(begins_at, d.opens_min, d.closes_min, zone) for name, d in depots.items()}
    closes_at = {name: span[1] for name, span in hours.items()}
    crew = _Crew(operation, wave, known, now, zone, closes_at)
    drivers = tuple(crew.drivers(depots.values()))
    names = {driver.driver_id for driver in drivers}
    board = operation.orders.orders
    open_to = {name: board[name] for name in (*wave.order_ids, *joined) if _is_open_to(board[name], names)}
    aside = {name: why for name, order in open_to.items() if (why := why_aside(operation, order, now)) is not None}
    orders = {name: order for name, order in open_to.items() if name not in aside}
    return WaveSetting(wave, now, orders, drivers, depots, hours, joined, aside)


def _is_open_to(order: Order, drivers: set[DriverId]) -> bool:
    """Say whether the order is to be planned: not done, and not bound to somebody who does not drive here."""
    return order.state.is_open and (not order.stays_with_driver or order.driver_id in drivers)


class _Crew:
    """Finds who may drive in a wave."""

    def __init__(
        self,
        operation: Operation,
        wave: Wave,
        known: Mapping[DriverId, Position],
        now: Instant,
        zone: ZoneInfo,
        closes_at: Mapping[DepotId, Instant],
    ) -> None:
        self._operation = operation
        self._wave = wave
        self._known = known
        self._now = now
        self._zone = zone
        self._closes_at = closes_at
        rhythm = operation.waves.rhythms.get(wave.rhythm_id)
        self._breaks: tuple[BreakRule, ...] = () if rhythm is None else rhythm.breaks
        self._own = set(wave.order_ids)
        self._starts_at = max(wave.starts_at, now + PREPARE_S if wave.plan is None else now)

    def drivers(self, depots: Iterable[Depot]) -> list[WaveDriver]:
        """Return the crews of the depots, whoever has orders of the wave already, and free drivers where none is."""
        found: dict[DriverId, WaveDriver | None] = {}
        listed = list(depots)
        if not listed:
            return []
        for depot in listed:
            for member in depot.crew:
                if member.driver_id not in found:
                    found[member.driver_id] = self._driver(member.driver_id, depot, member)
        for driver_id in sorted(self._operation.fleet.drivers):
            has_own = any(s.order_id in self._own for s in self._operation.fleet.route_of(driver_id).stops)
            home = next((depot for depot in listed if not depot.crew), None)
            if driver_id not in found and (has_own or (home is not None and self._is_free(driver_id))):
                found[driver_id] = self._driver(driver_id, home or listed[0], None)
        return [driver for driver in found.values() if driver is not None]

    def _is_free(self, driver_id: DriverId) -> bool:
        driver = self._operation.fleet.drivers[driver_id]
        is_elsewhere = any(m.driver_id == driver_id for d in self._operation.waves.depots.values() for m in d.crew)
        is_idle = not self._operation.fleet.route_of(driver_id).stops and not is_elsewhere
        return driver.is_on_shift and not driver.is_paused and is_idle

    def _driver(self, driver_id: DriverId, depot: Depot, member: CrewMember | None) -> WaveDriver | None:
        fleet = self._operation.fleet
        driver = fleet.drivers.get(driver_id)
        if driver is None:
            return None
        vehicle = _vehicle(fleet.vehicles, driver, member)
        hours = self._hours(driver, member)
        stops = fleet.route_of(driver_id).stops
        own = tuple(stop for stop in stops if stop.order_id in self._own)
        keeps_own = driver_id not in self._wave.without_drivers
        takes_new = keeps_own and not driver.is_out(self._now)
        if vehicle is None or hours is None or not (takes_new or own):
            return None
        others = tuple(stop for stop in stops if stop.order_id not in self._own)
        is_under_way = stop_under_way(self._operation, self._wave, driver_id, self._now) is not None
        begins_at = max(hours[0], self._rested_at(driver))
        back_by_at = min(hours[1], self._closes_at[depot.depot_id])
        start, start_at = self._start(driver_id, depot, own if is_under_way else (), others, begins_at)
        return WaveDriver(
            driver_id=driver_id,
            vehicle_id=vehicle.vehicle_id,
            depot_id=depot.depot_id,
            start=start,
            start_at=start_at,
            ends_at=hours[1],
            capacity=vehicle.capacity,
            skills=frozenset(driver.skills),
            breaks=tuple(
                span
                for span in self._own_breaks(driver, start_at) or self._due_breaks(driver_id, start_at, hours)
                if span.until_at < back_by_at  # else there is time for it behind the work
            ),
            stops=own,
            frozen=int(is_under_way),
            in_hand=tuple(dict.fromkeys(stop.order_id for stop in others)),
            takes_new=takes_new,
            keeps_own=keeps_own,
        )

    def _hours(self, driver: Driver, member: CrewMember | None) -> tuple[Instant, Instant] | None:
        """Return from when to when a driver works; ``None`` for who is lost or not expected."""
        if driver.is_on_shift:
            ends_at = float("inf") if driver.shift_ends_at is None else driver.shift_ends_at
            return self._now if driver.shift_started_at is None else driver.shift_started_at, ends_at
        leaves_at = planned_leaving(self._wave, driver.driver_id)
        if member is None or (leaves_at is not None and self._now > leaves_at + LATE_START_S):
            return None
        return span_around(self._starts_at, member.from_min, member.until_min, self._zone)

    def _start(
        self,
        driver_id: DriverId,
        depot: Depot,
        begun: tuple[PlannedStop, ...],
        others: tuple[PlannedStop, ...],
        begins_at: Instant,
    ) -> tuple[Position, Instant]:
        """Return where and when a driver is free for the wave; `begun` are its stops where one is under way."""
        free_at = max(self._now, begins_at)
        if others:
            return others[-1].position, max(free_at, self._starts_at, others[-1].departs_at)
        if begun:
            return self._known.get(driver_id, begun[0].position), free_at
        return depot.position, max(free_at, self._starts_at)

    def _rested_at(self, driver: Driver) -> Instant:
        """Return when a driver has had the break that he is on, by the plan in force or planned for his shift."""
        plan = self._wave.plan
        routes = () if plan is None else plan.routes
        stops = (stop for route in routes if route.driver_id == driver.driver_id for stop in route.stops)
        pauses = (s for s in stops if s.kind is WaveStopKind.BREAK and s.starts_at <= self._now < s.departs_at)
        return max([back_at(driver) or self._now, *(stop.departs_at for stop in pauses)])

    def _own_breaks(self, driver: Driver, start_at: Instant) -> tuple[BreakSpan, ...]:
        """Return the breaks that were planned for this driver's shift, which hold in place of the rhythm's."""
        begun = self._begun_breaks(driver.driver_id)
        return tuple(
            BreakSpan(max(one.earliest_at, start_at), one.latest_at, one.length_s)
            for one in due_breaks(driver)
            if one.latest_at >= start_at and not any(one.earliest_at <= at <= one.latest_at for at in begun)
        )

    def _due_breaks(
        self, driver_id: DriverId, start_at: Instant, hours: tuple[Instant, Instant]
    ) -> tuple[BreakSpan, ...]:
        """Return the breaks that lie within the hours, that are still to come and were not taken."""
        taken = self._begun_breaks(driver_id)
        found = []
        for rule in self._breaks:
            from_at, until_at = span_around(start_at, rule.from_min, rule.until_min, self._zone)
            is_within = hours[0] <= from_at and until_at + rule.length_s <= hours[1]
            if is_within and not any(from_at <= at <= until_at for at in taken):
                found.append(BreakSpan(max(from_at, start_at), until_at, rule.length_s))
        return tuple(found)

    def _begun_breaks(self, driver_id: DriverId) -> list[Instant]:
        plan = self._wave.plan
        routes = () if plan is None else plan.routes
        stops = (stop for route in routes if route.driver_id == driver_id for stop in route.stops)
        return [s.starts_at for s in stops if s.kind is WaveStopKind.BREAK and s.starts_at <= self._now]


def _vehicle(vehicles: Mapping[VehicleId, Vehicle], driver: Driver, member: CrewMember | None) -> Vehicle | None:
    if driver.is_on_shift:
        return vehicles.get(driver.vehicle_id) if driver.vehicle_id is not None else None
    return vehicles.get(member.vehicle_id) if member is not None else None
