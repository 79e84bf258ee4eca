"""Whether a planned route fits into the vehicle that its driver has by now: a shift may begin in another one."""

from __future__ import annotations

from core.dispatch.loads import amount_of
from core.dispatch.waves.wave import WaveRoute
from core.projections.fleet_picture import FleetPicture

_GRACE = 1e-6


def has_outgrown(fleet: FleetPicture, route: WaveRoute) -> bool:
    """Say whether the vehicle holds less of a unit than the route carries at most, where it was planned to hold it."""
    driver = fleet.drivers.get(route.driver_id)
    vehicle_id = driver.vehicle_id if driver is not None and driver.is_on_shift else route.vehicle_id
    vehicle = None if vehicle_id is None else fleet.vehicles.get(vehicle_id)
    if vehicle is None:
        return False
    planned = (load for load in route.loads if load.peak <= load.capacity + _GRACE)
    return any(load.peak > amount_of(vehicle.capacity, load.unit) + _GRACE for load in planned)
