"""How fast vehicles may drive where a fence says so: the lowest limit of the fences that a fix lies in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from zoneinfo import ZoneInfo

import numpy as np

from core.dispatch.improvement.compiled import compiled
from core.geofencing.fence import Fence
from core.geofencing.fence_cells import Cells, cell_of, find_cell, key_of
from core.geofencing.fence_columns import ALWAYS, Floats, Numbers, Shapes
from core.geofencing.fence_index import FenceIndex
from core.geofencing.shape_distance import INSIDE, side_of
from core.telemetry.fix_batch import Column
from core.vocabulary import FenceId

NO_FENCE = -1
UTC = ZoneInfo("UTC")


@compiled
def _find_pairs(shapes: Shapes, cells: Cells, lat: Floats, lon: Floats, row_of: Numbers, fence_of: Numbers) -> int:
    """Write which rows lie in which fences; return how many pairs, also of those there was no room for."""
    count = 0
    for row in range(len(lat)):
        for number in range(len(cells.levels)):
            level = cells.levels[number]
            column, line = cell_of(lon[row] + 180.0, level), cell_of(lat[row] + 90.0, level)
            place = find_cell(cells, key_of(level, column, line))
            if place < 0:
                continue
            for at in range(cells.first[place], cells.first[place + 1]):
                fence = cells.entry[at] >> 1
                if cells.entry[at] & 1 or side_of(shapes, fence, lat[row], lon[row], 0.0) == INSIDE:
                    if count < len(row_of):
                        row_of[count], fence_of[count] = row, fence
                    count += 1
    return count


class FenceSpeeds:
    """The fences that limit speed.

    Parameters
    ----------
    fences : those in force; the ones without a limit are left out
    zone : the site's time zone, that of the fences' hours

    Attributes
    ----------
    ids : by number, the fences that limit speed
    """

    def __init__(self, fences: Iterable[Fence] = (), zone: ZoneInfo = UTC) -> None:
        limiting = [fence for fence in fences if fence.speed_limit_mps > 0.0]
        self._index = FenceIndex(limiting)
        self._zone = zone
        self._limits_mps = np.array([fence.speed_limit_mps for fence in limiting])
        self.ids: Sequence[FenceId] = self._index.ids

    def at(
        self, vehicles: Sequence[str], at: Column, lat: Column, lon: Column, groups: Mapping[str, Iterable[str]]
    ) -> tuple[Column, Numbers]:
        """Return the limits at places, m/s, and the numbers of the fences they are of: (n,) each.

        Where no fence limits a vehicle they are inf and `NO_FENCE`.

        Parameters
        ----------
        vehicles, at, lat, lon : (n,) ids, instants, degrees
        groups : the groups of vehicles, as far as they have any
        """
        limits, fences = np.full(len(lat), np.inf), np.full(len(lat), NO_FENCE, dtype=np.int64)
        if not len(self._index) or not len(lat):
            return limits, fences
        rows, found = self._pairs(lat, lon)
        for row, fence in zip(rows.tolist(), found.tolist(), strict=True):
            limit = self._limits_mps[fence]
            if limit < limits[row] and self._counts(fence, float(at[row]), groups.get(vehicles[row], ())):
                limits[row], fences[row] = limit, fence
        return limits, fences

    def _pairs(self, lat: Column, lon: Column) -> tuple[Numbers, Numbers]:
        room, (lat, lon) = len(lat) + 64, (np.ascontiguousarray(lat), np.ascontiguousarray(lon))
        while True:
            rows, fences = np.empty(room, dtype=np.int64), np.empty(room, dtype=np.int64)
            count = _find_pairs(self._index.columns.shapes, self._index.cells, lat, lon, rows, fences)
            if count <= room:
                return rows[:count], fences[:count]
            room = count

    def _counts(self, fence: int, at: float, groups: Iterable[str]) -> bool:
        index = self._index
        if not index.is_open[fence] and not np.any(index.scope[fence] & index.mask_of(groups)):
            return False
        schedule = int(index.columns.rules.schedule[fence])
        if schedule == ALWAYS:
            return True
        first, spans = index.spans(self._zone, at, at)
        return any(begins <= at < ends for begins, ends in spans[first[schedule] : first[schedule + 1]])
