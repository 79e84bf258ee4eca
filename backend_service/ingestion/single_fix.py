"""One fix as a protocol decoded it, in SI units, and how it becomes a batch of one row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from core.fleet.fleet import Device
from core.refusals import Refusal
from core.telemetry.fix_batch import Column, FixBatch
from core.vocabulary import Instant

NAN = float("nan")


@dataclass(frozen=True, slots=True)
class SingleFix:
    """A fix of one device: degrees, m/s, metres; nan where the device did not say.

    `key` is what the device names itself by; `attributes` are further keys of the message, as they
    came. `fix_at` is ``None`` if it told no time: then the time of arrival counts. `made_at` is when the
    message was put together, where a device has two clocks: what stands beside the position is from then.
    `is_urgent` is the device's own word that this does not wait. `satellites` is how many its receiver saw.
    """

    key: str
    fix_at: Instant | None
    lat: float
    lon: float
    speed_mps: float = NAN
    heading_deg: float = NAN
    accuracy_m: float = NAN
    is_valid: bool = True
    attributes: Mapping[str, str | float | bool] = field(default_factory=dict)
    made_at: Instant | None = None
    is_urgent: bool = False
    satellites: float = NAN


def batch_of(fixes: Sequence[SingleFix], device: Device, received_at: Instant, arrived_wall_at: Instant) -> FixBatch:
    """Return fixes of one device as a batch, in their order."""
    count = len(fixes)
    if not count:
        return FixBatch.empty()
    instants = [received_at if fix.fix_at is None else fix.fix_at for fix in fixes]
    return FixBatch(
        device=np.full(count, device.device_id, dtype=object),
        vehicle=np.full(count, device.vehicle_id, dtype=object),
        fix_at=np.array(instants, dtype=np.float64),
        received_at=np.full(count, received_at),
        arrived_wall_at=np.full(count, arrived_wall_at),
        lat=np.array([fix.lat for fix in fixes], dtype=np.float64),
        lon=np.array([fix.lon for fix in fixes], dtype=np.float64),
        speed_mps=np.array([fix.speed_mps for fix in fixes], dtype=np.float64),
        heading_deg=np.array([fix.heading_deg for fix in fixes], dtype=np.float64),
        accuracy_m=np.array([fix.accuracy_m for fix in fixes], dtype=np.float64),
        is_valid=np.array([fix.is_valid for fix in fixes], dtype=np.bool_),
        satellites=column_if_told([fix.satellites for fix in fixes]),
    )


def column_if_told(values: Sequence[float]) -> Column | None:
    """Return a column of quantities, nan where one was not told; ``None`` if none was told at all."""
    column = np.array(values, dtype=np.float64)
    return None if np.isnan(column).all() else column


def known(value: float | None) -> float:
    """Return a quantity, or nan if the device did not tell one: none at all, a negative, or no finite number."""
    return value if value is not None and 0.0 <= value < np.inf else NAN


def malformed(field: str, why: str) -> Refusal:
    """Return the refusal of a message of which `field` cannot be read."""
    return Refusal("telemetry.malformed", f"The field {field} cannot be read: {why}.", status=400, field=field)
