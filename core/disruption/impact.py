"""What an option does to everyone, counted by the preview engine of overrides."""

from __future__ import annotations

from collections.abc import Iterable
from math import inf

from core.dispatch.decision import Outcome
from core.dispatch.forecasting import foreseen
from core.dispatch.futures import changed_drivers
from core.dispatch.impact_preview import LEAST_MOVE_S, outcomes
from core.dispatch.schedule import schedule
from core.dispatch.world import PlanningWorld
from core.disruption.disruption import MovedArrival, RecoveryImpact
from core.eta.arrival import Arrival
from core.orders.order import ArrivalBand
from core.vocabulary import DriverId, OrderId


def impact_of(before: PlanningWorld, after: PlanningWorld) -> RecoveryImpact:
    """Return what changing one world into the other does; the travel table holds the points of the changed drivers."""
    touched = changed_drivers(before, after)
    now, then = outcomes(before, after)
    earlier, later = arrivals_of(before, touched), arrivals_of(after, touched)
    shifts = {name: at.mean_at - earlier[name].mean_at for name, at in later.items() if name in earlier}
    moved = [name for name in later if abs(shifts.get(name, inf)) >= LEAST_MOVE_S]
    return RecoveryImpact(
        before=now,
        after=then,
        moved=tuple(
            MovedArrival(
                order_id=name,
                promised_by_at=before.orders[name].promise.by_at,
                before=band_of(before, earlier.get(name)),
                after=band_of(after, later[name]),
            )
            for name in sorted(moved, key=lambda name: (-abs(shifts.get(name, inf)), name))
        ),
        worst_minutes=max(shifts.values(), default=0.0) / 60.0,
    )


def standing_outcome(world: PlanningWorld, driver_id: DriverId | None) -> Outcome:
    """Return what the plan of one driver leads to as it stands; nothing for a driver who has none or is nowhere."""
    driver = world.drivers.get(driver_id) if driver_id is not None else None
    if driver is None or driver.start is None or not driver.stops:
        return Outcome()
    return outcomes(world, world.with_driver(driver.with_stops(())))[0]


def arrivals_of(world: PlanningWorld, driver_ids: Iterable[DriverId]) -> dict[OrderId, Arrival]:
    """Return when each customer of these drivers is expected to be reached; those whom no way leads to are left out."""
    found: dict[OrderId, Arrival] = {}
    for driver_id in driver_ids:
        driver = world.drivers[driver_id]
        if driver.start is None:
            continue
        plan = schedule(driver, world.travel)
        found |= {one.order_id: one.told(world) for one in foreseen(world, driver, plan)}
    return found


def band_of(world: PlanningWorld, arrival: Arrival | None) -> ArrivalBand | None:
    """Return an arrival as it is told."""
    return None if arrival is None else arrival.band(world.now, is_degraded=world.travel.degraded)
