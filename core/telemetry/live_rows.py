"""Live positions as columns, and how they travel: `wire.Positions` holds the same rows as little-endian integers.

Integers keep a row at 34 bytes and round to what the map can show: 1e-7 degrees is 1 cm, 1 cm/s, 0.01 degrees of
heading, 0.1 m of accuracy. The largest uint16 stands for unknown.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.telemetry.fix_batch import Column, FixBatch
from core.wire import Positions

UNKNOWN = 65535

DTYPES: dict[str, str] = {
    "lat_e7": "<i4",
    "lon_e7": "<i4",
    "heading": "<u2",
    "speed": "<u2",
    "accuracy": "<u2",
    "fix_at": "<f8",
    "arrived_wall_at": "<f8",
}
"""Column of `wire.Positions` -> its type."""


@dataclass(frozen=True, slots=True)
class LiveRows:
    """Columns of n vehicles, one row each.

    Parameters
    ----------
    vehicles : n vehicle ids
    lat, lon : (n,) degrees, WGS 84
    heading_deg : (n,) degrees clockwise from north, nan = unknown
    speed_mps : (n,) m/s, nan = unknown
    accuracy_m : (n,) metres, 1 sigma, nan = unknown
    fix_at : (n,) seconds since 1970-01-01 UTC, device clock
    arrived_wall_at : (n,) wall-clock instant at which the service's door got it
    """

    vehicles: tuple[str, ...]
    lat: Column
    lon: Column
    heading_deg: Column
    speed_mps: Column
    accuracy_m: Column
    fix_at: Column
    arrived_wall_at: Column

    def __len__(self) -> int:
        return len(self.vehicles)


def wire_columns(batch: FixBatch) -> dict[str, NDArray[np.generic]]:
    """Return the columns of a batch in the types of the wire, keyed as in `DTYPES`."""
    return {
        "lat_e7": np.rint(batch.lat * 1e7).astype("<i4"),
        "lon_e7": np.rint(batch.lon * 1e7).astype("<i4"),
        "heading": _scaled(np.mod(batch.heading_deg, 360.0), 100.0),
        "speed": _scaled(batch.speed_mps, 100.0),
        "accuracy": _scaled(batch.accuracy_m, 10.0),
        "fix_at": batch.fix_at.astype("<f8"),
        "arrived_wall_at": batch.arrived_wall_at.astype("<f8"),
    }


def unpack(message: Positions) -> LiveRows:
    """Return the rows of a message in SI units.

    Raises
    ------
    ValueError
        If a column does not hold exactly one value per vehicle.
    """
    columns = {name: np.frombuffer(getattr(message, name), dtype=dtype) for name, dtype in DTYPES.items()}
    count = len(message.vehicles)
    for name, column in columns.items():
        if len(column) != count:
            raise ValueError(f"{name} has {len(column)} rows for {count} vehicles")
    return LiveRows(
        vehicles=message.vehicles,
        lat=columns["lat_e7"] / 1e7,
        lon=columns["lon_e7"] / 1e7,
        heading_deg=_unscaled(columns["heading"], 100.0),
        speed_mps=_unscaled(columns["speed"], 100.0),
        accuracy_m=_unscaled(columns["accuracy"], 10.0),
        fix_at=columns["fix_at"],
        arrived_wall_at=columns["arrived_wall_at"],
    )


def _scaled(column: Column, per_unit: float) -> NDArray[np.generic]:
    whole = np.clip(np.rint(np.nan_to_num(column, nan=0.0, posinf=1e9) * per_unit), 0, UNKNOWN - 1)
    return np.where(np.isnan(column), UNKNOWN, whole).astype("<u2")


def _unscaled(column: NDArray[np.generic], per_unit: float) -> Column:
    numbers = column.astype(np.float64)
    return np.where(numbers == UNKNOWN, np.nan, numbers / per_unit)
