"""The world as a disruption leaves it: what is expected if nobody does anything.

How long a trouble will last is not known. What has lasted for a time is expected to last about as long again, the prior
that assumes nothing (J. R. Gott, "Implications of the Copernican principle for our future prospects", Nature 363,
1993); how much of it each kind costs is in `DELAY_SHARES`. Doing nothing and every option are counted on this world.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import inf

from msgspec.structs import replace as changed

from core.dispatch.world import DriverState, PlanningWorld, pickup_of
from core.disruption.disruption import Disruption, DisruptionKind
from core.fleet.route import StopKind
from core.vocabulary import Instant

DELAY_SHARES: Mapping[DisruptionKind, float] = {
    DisruptionKind.STOPPED: 1.0,
    DisruptionKind.SILENT: 0.5,
    DisruptionKind.NOT_READY: 1.0,
    DisruptionKind.NOBODY_HOME: 0.5,
}
"""The share of the time that it has lasted by which it is expected to delay further; kinds not named delay nobody."""

LONGEST_DELAY_S = 1_800.0


def further_delay_s(disruption: Disruption, now: Instant) -> float:
    """Return by how many seconds a disruption is expected to delay its subject from now on."""
    lasted_s = max(0.0, now - disruption.began_at)
    return min(LONGEST_DELAY_S, DELAY_SHARES.get(disruption.kind, 0.0) * lasted_s)


def afflicted(world: PlanningWorld, disruption: Disruption) -> PlanningWorld:
    """Return the world with the further delay that is expected of a disruption."""
    delay_s = further_delay_s(disruption, world.now)
    if delay_s <= 0.0:
        return world
    if disruption.kind is DisruptionKind.NOT_READY:
        return _with_late_goods(world, disruption, delay_s)
    driver = world.drivers.get(disruption.driver_id) if disruption.driver_id is not None else None
    return world if driver is None else world.with_driver(_held_up(driver, world.now + delay_s))


def _held_up(driver: DriverState, until_at: Instant) -> DriverState:
    return replace(driver, start_at=until_at, as_of=max(driver.as_of, until_at) if driver.as_of > -inf else -inf)


def _with_late_goods(world: PlanningWorld, disruption: Disruption, delay_s: float) -> PlanningWorld:
    order = world.orders.get(disruption.order_id) if disruption.order_id is not None else None
    if order is None or order.is_ready or order.state.is_on_board:
        return world
    late = changed(order, ready_at=max(order.ready_at, world.now + delay_s))
    world = replace(world, orders={**world.orders, late.order_id: late})
    driver = world.drivers.get(order.driver_id) if order.driver_id is not None else None
    if driver is None:
        return world
    # What was learned of this kitchen is in the delay already.
    pickup = replace(pickup_of(late, world.now, world.policy), arrived_at=order.arrived_at_pickup_at)
    stops = tuple(
        pickup if stop.order_id == late.order_id and stop.kind is StopKind.PICKUP else stop for stop in driver.stops
    )
    return world.with_driver(driver.with_stops(stops))
