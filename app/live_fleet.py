"""The live positions that the desk shows: columns, one row per vehicle, in the order in which they were first seen."""

from __future__ import annotations

import numpy as np
from core.telemetry.fix_batch import Column, Mask
from core.telemetry.live_rows import LiveRows

_FIRST_CAPACITY = 256
_COLUMNS = ("lat", "lon", "heading_deg", "speed_mps", "accuracy_m", "fix_at", "arrived_wall_at")


class LiveFleet:
    """Columns of n vehicles, views that are valid until the next update.

    Attributes
    ----------
    ids : n vehicle ids, row by row
    changes : counts updates
    """

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.changes = 0
        self._row_of: dict[str, int] = {}
        self._columns = {name: np.full(_FIRST_CAPACITY, np.nan) for name in _COLUMNS}

    def __len__(self) -> int:
        return len(self.ids)

    def row_of(self, vehicle_id: str) -> int | None:
        """Return the row of a vehicle, ``None`` if it was never heard."""
        return self._row_of.get(vehicle_id)

    @property
    def lat(self) -> Column:
        """Return latitudes, (n,) degrees."""
        return self._column("lat")

    @property
    def lon(self) -> Column:
        """Return longitudes, (n,) degrees."""
        return self._column("lon")

    @property
    def heading_deg(self) -> Column:
        """Return headings, (n,) degrees clockwise from north, nan = unknown."""
        return self._column("heading_deg")

    @property
    def speed_mps(self) -> Column:
        """Return speeds, (n,) m/s, nan = unknown."""
        return self._column("speed_mps")

    @property
    def accuracy_m(self) -> Column:
        """Return accuracies, (n,) metres, 1 sigma, nan = unknown."""
        return self._column("accuracy_m")

    @property
    def fix_at(self) -> Column:
        """Return when each was observed, (n,) epoch seconds of operation time."""
        return self._column("fix_at")

    @property
    def arrived_wall_at(self) -> Column:
        """Return when the service's door got each, (n,) wall-clock epoch seconds."""
        return self._column("arrived_wall_at")

    def update(self, rows: LiveRows) -> Mask:
        """Take rows that are newer than what is here; return which of them were, (n,) bool."""
        where = np.fromiter((self._row(name) for name in rows.vehicles), dtype=np.intp, count=len(rows))
        self._grow_to(len(self.ids))
        is_newer: Mask = ~(rows.fix_at <= self._columns["fix_at"][where])
        for name in _COLUMNS:
            self._columns[name][where[is_newer]] = getattr(rows, name)[is_newer]
        self.changes += 1
        return is_newer

    def _column(self, name: str) -> Column:
        return self._columns[name][: len(self.ids)]

    def _row(self, name: str) -> int:
        row = self._row_of.get(name)
        if row is None:
            row = self._row_of[name] = len(self.ids)
            self.ids.append(name)
        return row

    def _grow_to(self, rows: int) -> None:
        capacity = len(self._columns["lat"])
        if rows <= capacity:
            return
        for name, column in self._columns.items():
            larger = np.full(max(rows, 2 * capacity), np.nan)
            larger[:capacity] = column
            self._columns[name] = larger
