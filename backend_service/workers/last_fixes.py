"""The last fixes before a start, told again to those who look for arrivals and departures.

What they had found, and the fixes in a row that had begun to say something, are gone when a service is killed. Each of
them asks under an id made of what was found, so that what was recorded is not recorded again.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Mapping, Sequence

from backend_service.workers.crossing_history import RESUMED_S, Tracks
from core.fleet.fleet import Vehicle
from core.telemetry.fix_batch import FixBatch
from core.telemetry.position_choice import choose_in_history
from core.vocabulary import DeviceId, VehicleId

logger = logging.getLogger(__name__)

MOST_VEHICLES = 2_000
"""Of more than so many vehicles those heard last are looked at: a start does not take a minute longer."""


async def tell_last_fixes(
    archive: Tracks,
    latest: FixBatch,
    vehicles: Mapping[VehicleId, Vehicle],
    primary_of: Callable[[VehicleId], DeviceId | None],
    observers: Sequence[Callable[[FixBatch], object]],
) -> int:
    """Tell the fixes of the last minutes of each vehicle that is driven; return how many there were.

    Parameters
    ----------
    latest : the newest fix of each vehicle, before any new one; who was not heard shortly before the last is left out
    observers : told of one vehicle after the other, in order of time

    Raises
    ------
    Fault
        If the archive cannot be read.
    """
    told = 0
    for vehicle_id, at in _heard_last(latest, vehicles):
        kept = await archive.read(vehicle_id, at - RESUMED_S, math.nextafter(at, math.inf))
        track = kept.select(choose_in_history(kept, primary_of(vehicle_id)))
        for observe in observers:
            observe(track)
        told += len(track)
    if told:
        logger.info("%d fixes from before the start were looked at for arrivals and departures", told)
    return told


def _heard_last(latest: FixBatch, vehicles: Mapping[VehicleId, Vehicle]) -> list[tuple[VehicleId, float]]:
    """Return the vehicles that are driven and were heard shortly before the service ended, the last heard first."""
    if not len(latest):
        return []
    since_at = float(latest.fix_at.max()) - RESUMED_S
    heard = [
        (at, VehicleId(name))
        for name, at in zip(latest.vehicle.tolist(), latest.fix_at.tolist(), strict=True)
        if at >= since_at and (known := vehicles.get(VehicleId(name))) is not None and known.driver_id is not None
    ]
    heard.sort(reverse=True)
    return [(vehicle_id, at) for at, vehicle_id in heard[:MOST_VEHICLES]]
