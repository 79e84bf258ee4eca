"""Which fixes a vehicle's position is taken from when several devices on it send: the primary's while it is fresh.

A fix of another device counts only where the primary had been silent for `FRESH_S` by the time of that fix. Two devices
a few metres apart therefore never pull the marker to and fro: it changes over once when the primary falls silent, and
once when it is back.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping

import numpy as np

from core.telemetry.fix_batch import FixBatch, Mask
from core.vocabulary import DeviceId, Instant, VehicleId

FRESH_S = 30.0


def choose(batch: FixBatch, primaries: Mapping[VehicleId, DeviceId], primary_at: MutableMapping[str, Instant]) -> Mask:
    """Return the rows to take a position from: (n,).

    Parameters
    ----------
    batch : FixBatch
        Accepted rows, ordered by vehicle, then by time.
    primaries : the primary device of each vehicle that has devices
    primary_at : the time of the primary's newest fix by vehicle; brought up to date here
    """
    wanted = [primaries.get(VehicleId(vehicle)) for vehicle in batch.vehicle.tolist()]
    is_primary = np.fromiter(
        (name == device for name, device in zip(wanted, batch.device.tolist(), strict=True)), np.bool_, len(batch)
    )
    # Fixes of one instant stand in any order: the primary's are known before the others are judged.
    own = zip(batch.vehicle[is_primary].tolist(), batch.fix_at[is_primary].tolist(), strict=True)
    for vehicle, fix_at in own:
        primary_at[vehicle] = max(fix_at, primary_at.get(vehicle, -np.inf))
    heard_at = np.fromiter((primary_at.get(vehicle, -np.inf) for vehicle in batch.vehicle), np.float64, len(batch))
    chosen: Mask = is_primary | (batch.fix_at - heard_at >= FRESH_S)
    return chosen
