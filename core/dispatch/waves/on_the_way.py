"""Which stop of a wave a driver is at or on the way to: every plan of the wave begins with it."""

from __future__ import annotations

from core.dispatch.under_way import has_set_off
from core.dispatch.waves.wave import Wave
from core.fleet.route import PlannedStop
from core.projections.operation import Operation
from core.vocabulary import DriverId, Instant


def planned_leaving(wave: Wave, driver_id: DriverId) -> Instant | None:
    """Return when a driver leaves by the plan in force; ``None`` for who has no route in it."""
    routes = () if wave.plan is None else wave.plan.routes
    return next((route.leaves_at for route in routes if route.driver_id == driver_id), None)


def stop_under_way(operation: Operation, wave: Wave, driver_id: DriverId, now: Instant) -> PlannedStop | None:
    """Return the wave's stop that a driver has set off to; ``None`` before he leaves, or while other work is first."""
    driver, stops = operation.fleet.drivers.get(driver_id), operation.fleet.route_of(driver_id).stops
    if driver is None or not stops or stops[0].order_id not in wave.order_ids:
        return None
    leaves_at = planned_leaving(wave, driver_id) if driver.is_on_shift else None
    own = (operation.orders.orders[stop.order_id] for stop in stops if stop.order_id in wave.order_ids)
    return stops[0] if has_set_off(own, leaves_at, now) else None
