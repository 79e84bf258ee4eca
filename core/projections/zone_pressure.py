"""Drivers short or spare per zone and quarter of an hour: what was, what is, and a simple forecast.

Demand is work: orders without a driver now, and the orders that are expected at the recent rate, each taking a driver
so many minutes. Supply is the time that drivers are free: from the end of their route on, in the zone where it ends,
until their shift ends, less a planned break in between; who is taken out for a time, or on a planned break, counts
from when he is back. Orders that wait now are carried on until somebody has the time. How long an order binds a driver
is taken from the routes under way, for drivers carry several at once. Nothing is learned here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import floor, inf

from core.fleet.fleet import Driver
from core.fleet.planned_break import BreakRule, back_at, due_break, lies_between
from core.fleet.route import Route
from core.orders.order import Order, OrderState
from core.projections.operation import Operation
from core.vocabulary import DriverId, Instant, Position, Value, VehicleId, ZoneId
from core.wire import Pressure, PressureCell

type ZoneOf = Callable[[Position], ZoneId | None]
type Span = tuple[Instant, Instant]
type Cells = Mapping[ZoneId, PressureCell]


class PressurePolicy(Value, frozen=True, kw_only=True):
    """How pressure is counted: bins, and how far back the rate is taken.

    `order_s` is how long an order binds a driver as long as no route says otherwise.
    """

    bin_s: float = 900.0
    past_bins: int = 4
    forecast_bins: int = 7
    order_s: float = 660.0
    rate_window_s: float = 2_700.0


def bin_start(at: Instant, policy: PressurePolicy) -> Instant:
    """Return when the bin that holds `at` began."""
    return floor(at / policy.bin_s) * policy.bin_s


def zone_pressure(
    operation: Operation,
    now: Instant,
    positions: Mapping[VehicleId, Position],
    zone_of: ZoneOf,
    past: Mapping[Instant, Cells],
    policy: PressurePolicy,
    rule: BreakRule | None = None,
) -> Pressure:
    """Return the pressure of every zone from `past_bins` ago to `forecast_bins` ahead.

    Parameters
    ----------
    operation : Operation
    now : float
        Operation time, seconds UTC.
    positions : mapping of VehicleId to Position
        The latest ones.
    zone_of : callable
        Returns the zone that a position lies in, or ``None``.
    past : mapping of bin start to cells by zone
        What was counted before; bins that are not in it are zero.
    policy : PressurePolicy
    rule : BreakRule, optional
        The break that is due to everybody.
    """
    zones = tuple(sorted(operation.fleet.zones))
    first = bin_start(now, policy) - policy.past_bins * policy.bin_s
    starts = [first + i * policy.bin_s for i in range(policy.past_bins)]
    ahead = _ahead(operation, now, _free_from(operation, now, positions, zone_of, rule), zone_of, zones, policy)
    none = PressureCell(0.0, 0.0, 0.0)
    cells = tuple((*(past.get(start, {}).get(zone, none) for start in starts), *ahead[zone]) for zone in zones)
    return Pressure(
        as_of=now, first_bin_at=first, bin_s=policy.bin_s, now_bin=policy.past_bins, zones=zones, cells=cells
    )


def present_cells(pressure: Pressure) -> dict[ZoneId, PressureCell]:
    """Return the present bin's cell of each zone: what a memory keeps."""
    return {zone: row[pressure.now_bin] for zone, row in zip(pressure.zones, pressure.cells, strict=True)}


def _ahead(
    operation: Operation,
    now: Instant,
    free: Mapping[ZoneId, Sequence[Span]],
    zone_of: ZoneOf,
    zones: Sequence[ZoneId],
    policy: PressurePolicy,
) -> dict[ZoneId, tuple[PressureCell, ...]]:
    waiting = {zone: _waiting(operation, zone_of, zone) for zone in zones}
    rates = _rates(operation, now, zone_of, policy)
    order_s = seconds_per_order(operation, now, policy)
    return {
        zone: _row(waiting[zone], rates.get(zone, 0.0) * order_s, free.get(zone, []), order_s, now, policy)
        for zone in zones
    }


def seconds_per_order(operation: Operation, now: Instant, policy: PressurePolicy) -> float:
    """Return how long an order binds a driver: the time left on all routes over the orders that are in them."""
    left_s, orders = 0.0, 0
    for route in operation.fleet.routes.values():
        if route.stops and route.stops[-1].departs_at > now:
            left_s += route.stops[-1].departs_at - now
            orders += len({stop.order_id for stop in route.stops})
    return left_s / orders if orders else policy.order_s


def _row(
    waiting: Sequence[Order],
    work_rate: float,
    free: Sequence[Span],
    order_s: float,
    now: Instant,
    policy: PressurePolicy,
) -> tuple[PressureCell, ...]:
    """Return the present and the coming cells of one zone; `work_rate` is driver seconds expected per second."""
    start, backlog_s = bin_start(now, policy), len(waiting) * order_s
    oldest_s = max((now - order.placed_at for order in waiting), default=0.0)
    cells = []
    for i in range(policy.forecast_bins + 1):
        # Each bin is judged over its full length; the present one over that length from now on.
        begins = max(now, start + i * policy.bin_s)
        supply_s = sum(max(0.0, min(until, begins + policy.bin_s) - max(since, begins)) for since, until in free)
        lacking_s = backlog_s + work_rate * policy.bin_s - supply_s
        queue = len(waiting) if i == 0 else max(0.0, lacking_s) / order_s
        cells.append(PressureCell(lacking_s / policy.bin_s, float(queue), oldest_s if i == 0 else 0.0))
        # New orders are not carried: what they lack is the next bin's own shortage, not a growing one.
        backlog_s = max(0.0, backlog_s - supply_s)
    return tuple(cells)


def _waiting(operation: Operation, zone_of: ZoneOf, zone: ZoneId) -> list[Order]:
    return [
        order
        for order in operation.orders.open_orders()
        if order.state is OrderState.WAITING and not operation.waves.keeps(order)
        if _zone_of_order(order, zone_of) == zone
    ]


def _rates(operation: Operation, now: Instant, zone_of: ZoneOf, policy: PressurePolicy) -> dict[ZoneId, float]:
    """Return the orders placed per second in each zone lately; those of waves have drivers of their own."""
    since_at, counts, oldest_at = now - policy.rate_window_s, dict[ZoneId, int](), now
    for order in reversed(operation.orders.orders.values()):
        if order.placed_at < since_at:
            break
        oldest_at = min(oldest_at, order.placed_at)
        zone = None if operation.waves.brings(order) else _zone_of_order(order, zone_of)
        if zone is not None:
            counts[zone] = counts.get(zone, 0) + 1
    window_s = max(now - oldest_at, policy.bin_s)
    return {zone: count / window_s for zone, count in counts.items()}


def _free_from(
    operation: Operation,
    now: Instant,
    positions: Mapping[VehicleId, Position],
    zone_of: ZoneOf,
    rule: BreakRule | None,
) -> dict[ZoneId, list[Span]]:
    """Return, by zone, from when until when drivers are free; a break between makes two spans of one."""
    free: dict[ZoneId, list[Span]] = {}
    for driver_id in sorted(operation.fleet.drivers):
        driver = operation.fleet.drivers[driver_id]
        counts_at = _counts_at(driver, now, rule)
        if not driver.is_on_shift or counts_at is None:
            continue
        route = operation.fleet.route_of(driver_id)
        zone = _zone_at_end(operation, driver_id, route, positions, zone_of)
        if zone is not None:
            until = inf if driver.shift_ends_at is None else driver.shift_ends_at
            since = max(counts_at, route.stops[-1].departs_at) if route.stops else counts_at
            free.setdefault(zone, []).extend(_around_break(driver, route, (since, until), rule))
    return free


def _counts_at(driver: Driver, now: Instant, rule: BreakRule | None) -> Instant | None:
    """Return from when on a driver can be counted on; ``None`` where nobody knows when he is back."""
    out_until_at = driver.out_until_at if driver.is_taken_out else now
    paused_until_at = back_at(driver, rule) if driver.is_paused else now
    return None if out_until_at is None or paused_until_at is None else max(now, out_until_at, paused_until_at)


def _around_break(driver: Driver, route: Route, free: Span, rule: BreakRule | None) -> list[Span]:
    """Return when a driver is free before and after his planned break; one between his stops is in their times."""
    due, (since, until) = due_break(driver, rule), free
    if due is None or lies_between(due, route.stops):
        return [free]
    begins_at = max(since, due.earliest_at)
    return [(since, min(until, begins_at)), (begins_at + due.length_s, until)]


def _zone_at_end(
    operation: Operation,
    driver_id: DriverId,
    route: Route,
    positions: Mapping[VehicleId, Position],
    zone_of: ZoneOf,
) -> ZoneId | None:
    if route.stops:
        return zone_of(route.stops[-1].position)
    vehicle_id = operation.fleet.drivers[driver_id].vehicle_id
    position = positions.get(vehicle_id) if vehicle_id is not None else None
    return zone_of(position) if position is not None else None


def _zone_of_order(order: Order, zone_of: ZoneOf) -> ZoneId | None:
    return order.zone_id if order.zone_id is not None else zone_of(order.pickup.position)
