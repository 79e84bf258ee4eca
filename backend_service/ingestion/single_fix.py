"""One fix as a protocol decoded it, in SI units, and how it becomes a batch of one row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from core.fleet.fleet import Device
from core.refusals import Refusal
from core.telemetry.fix_batch import FixBatch
from core.vocabulary import Instant

NAN = float("nan")


@dataclass(frozen=True, slots=True)
class SingleFix:
    """A fix of one device: degrees, m/s, metres; nan where the device did not say.

    `key` is what the device names itself by; `attributes` are further keys of the message, as they
    came. `fix_at` is ``None`` if it told no time: then the time of arrival counts.
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

    def as_batch(self, device: Device, received_at: Instant, arrived_wall_at: Instant) -> FixBatch:
        """Return the fix of `device` as a batch of one row."""

        def column(value: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
            return np.array([value], dtype=np.float64)

        return FixBatch(
            device=np.array([device.device_id], dtype=object),
            vehicle=np.array([device.vehicle_id], dtype=object),
            fix_at=column(received_at if self.fix_at is None else self.fix_at),
            received_at=column(received_at),
            arrived_wall_at=column(arrived_wall_at),
            lat=column(self.lat),
            lon=column(self.lon),
            speed_mps=column(self.speed_mps),
            heading_deg=column(self.heading_deg),
            accuracy_m=column(self.accuracy_m),
            is_valid=np.array([self.is_valid], dtype=np.bool_),
        )


def known(value: float | None) -> float:
    """Return a quantity, or nan if the device did not tell one: none at all, a negative, or no finite number."""
    return value if value is not None and 0.0 <= value < np.inf else NAN


def malformed(field: str, why: str) -> Refusal:
    """Return the refusal of a message of which `field` cannot be read."""
    return Refusal("telemetry.malformed", f"The field {field} cannot be read: {why}.", status=400, field=field)
