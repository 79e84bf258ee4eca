"""Gives every vehicle a fixed row and packs the rows into the 12 bytes each that the page reads.

A row keeps its vehicle, so that the page can glide it from fix to fix; the row's generation changes when another
vehicle takes it over, so that nothing glides from one vehicle to another.

Row, little-endian: int32 x, int32 y (the Mercator unit square times 2^31), uint8 heading step (of 32; 255 for
none), uint8 look (255: empty row), uint16 generation.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from widgets.basemap.mercator import to_unit
from widgets.live_map.shapes import VehicleRows

HEADINGS = 32
NO_HEADING_STEP = 255
EMPTY_LOOK = 255
ROW = np.dtype([("x", "<i4"), ("y", "<i4"), ("heading", "u1"), ("look", "u1"), ("generation", "<u2")])
_UNIT = 2.0**31 - 1.0


class VehicleSlots:
    """The rows of the map's vehicles."""

    def __init__(self) -> None:
        self._slots: dict[str, int] = {}
        self._ids: list[str | None] = []
        self._generations: list[int] = []
        self._free: list[int] = []

    def slot(self, vehicle_id: str) -> int:
        """Return a vehicle's row, -1 when it is not on the map."""
        return self._slots.get(vehicle_id, -1)

    def vehicle_at(self, slot: int, generation: int) -> str | None:
        """Return who had a row in a generation; None when it was taken over since."""
        if not 0 <= slot < len(self._ids) or self._generations[slot] != generation:
            return None
        return self._ids[slot]

    def pack(self, rows: VehicleRows) -> bytes:
        """Return all rows, those of vehicles no longer there marked empty."""
        self.assign(rows.ids)
        places = np.array([self._slots[vehicle_id] for vehicle_id in rows.ids], dtype=np.int64)
        table = np.zeros(len(self._ids), dtype=ROW)
        table["look"] = EMPTY_LOOK
        table["generation"] = self._generations
        if len(places):
            unit = to_unit(rows.lat, rows.lon) * _UNIT
            table["x"][places], table["y"][places] = unit[:, 0], unit[:, 1]
            table["heading"][places] = _heading_steps(rows.heading_deg)
            table["look"][places] = rows.look
        return table.tobytes()

    def assign(self, ids: Sequence[str]) -> bool:
        """Give exactly these vehicles a row each; say whether any row changed hands."""
        if self._slots.keys() == set(ids):
            return False
        for gone in self._slots.keys() - set(ids):
            slot = self._slots.pop(gone)
            self._ids[slot] = None
            self._free.append(slot)
        for vehicle_id in ids:
            if vehicle_id not in self._slots:
                self._slots[vehicle_id] = self._take(vehicle_id)
        return True

    def _take(self, vehicle_id: str) -> int:
        if self._free:
            slot = self._free.pop()
            self._ids[slot] = vehicle_id
            self._generations[slot] = (self._generations[slot] + 1) % 65_536
            return slot
        self._ids.append(vehicle_id)
        self._generations.append(0)
        return len(self._ids) - 1


def _heading_steps(heading_deg: NDArray[np.float64]) -> NDArray[np.uint8]:
    known = np.nan_to_num(heading_deg, nan=-1.0)
    steps = np.round(known / (360.0 / HEADINGS)).astype(np.int64) % HEADINGS
    return np.where(known < 0, NO_HEADING_STEP, steps).astype(np.uint8)
