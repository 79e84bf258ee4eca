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


def choose_in_history(track: FixBatch, primary: DeviceId | None) -> Mask:
    """Return the rows of one vehicle's history to take positions from: (n,).

    Here all fixes of a time are known: a stand-in's counts where the primary had made none for `FRESH_S` by then.

    Parameters
    ----------
    track : ordered by time
    primary : ``None`` for a vehicle without devices, of which every row counts
    """
    is_primary: Mask = track.device == primary
    if primary is None:
        return ~is_primary
    own_at = np.concatenate([[-np.inf], track.fix_at[is_primary]])
    heard_at = own_at[np.searchsorted(own_at, track.fix_at, side="right") - 1]
    chosen: Mask = is_primary | (track.fix_at - heard_at >= FRESH_S)
    return chosen
