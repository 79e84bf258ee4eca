"""The rules of crossing, row by row, compiled: see `core.geofencing.crossings` for what they are."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.dispatch.improvement.compiled import compiled, inlined
from core.geodesy import METRES_PER_DEGREE
from core.geofencing.crossing_state import (
    FOUND,
    FREE,
    NONE,
    SERIAL,
    Found,
    Marks,
    Pool,
    Vehicles,
    drop_slot,
    take_slot,
)
from core.geofencing.fence import LATE_S
from core.geofencing.fence_cells import Cells, cell_of, find_cell, key_of
from core.geofencing.fence_columns import ALWAYS, Floats, Numbers, Rules, Shapes
from core.geofencing.shape_distance import INSIDE, MARGIN, OUTSIDE, distance_m, first_met, side_of

LONGEST_WAY_S = 90.0
"""Between fixes further apart than this nobody knows which way was driven."""

SHORTEST_CHORD_M = 15.0
"""A straight line between two fixes cuts corners that the street does not."""

WAY_ACCURACY_M = 100.0
"""A less accurate fix is no end of a way."""

LEAVE_SIGMAS = 5.0
"""So many sigmas of its fix a vehicle is outside before it left: at 1 Hz, two in a row at fewer happen every day."""

ENTERED, EXITED, DWELT = 0, 1, 2


class Rows(NamedTuple):
    """Fixes, ordered by vehicle, then by time: (r,) each; `vehicle` by number."""

    vehicle: Numbers
    fix_at: Floats
    received_at: Floats
    lat: Floats
    lon: Floats
    accuracy_m: Floats


class Law(NamedTuple):
    """All that rows are judged by.

    Parameters
    ----------
    shapes, rules : of the fences in force, and of those that were
    cells, newer : where the fences are looked for: those that were indexed together, and those drawn since
    is_open, scope : (n,) and (n, words) which groups' vehicles are taken in
    first_span, span : when schedules are active: (schedules + 1,), (spans, 2)
    least_margin_m : of all fences
    """

    shapes: Shapes
    rules: Rules
    cells: Cells
    newer: Cells
    is_open: NDArray[np.bool_]
    scope: NDArray[np.uint64]
    first_span: Numbers
    span: Floats
    least_margin_m: float


@compiled
def is_active(law: Law, fence: int, at: float) -> bool:
    """Say whether a fence takes vehicles in at an instant."""
    schedule = law.rules.schedule[fence]
    if schedule == ALWAYS:
        return True
    for number in range(law.first_span[schedule], law.first_span[schedule + 1]):
        if law.span[number, 0] <= at < law.span[number, 1]:
            return True
    return False


@compiled
def takes_in(law: Law, vehicles: Vehicles, fence: int, vehicle: int, at: float) -> bool:
    """Say whether a fence takes this vehicle in at an instant."""
    if law.is_open[fence]:
        return is_active(law, fence, at)
    for word in range(law.scope.shape[1]):
        if law.scope[fence, word] & vehicles.member[vehicle, word]:
            return is_active(law, fence, at)
    return False


@inlined
def is_good(accuracy_m: float, limit_m: float) -> bool:
    """Say whether a fix is judged; one of unknown accuracy is."""
    return not accuracy_m > limit_m


@inlined
def see_in(law: Law, cells: Cells, marks: Marks, serial: int, lat: float, lon: float, count: int) -> int:
    """Mark the fences of some cells whose margins hold a point; return how many there are now."""
    for number in range(len(cells.levels)):
        level = cells.levels[number]
        place = find_cell(cells, key_of(level, cell_of(lon + 180.0, level), cell_of(lat + 90.0, level)))
        if place < 0:
            continue
        for at in range(cells.first[place], cells.first[place + 1]):
            entry = cells.entry[at]
            if entry < 0:
                continue
            fence, side = entry >> 1, INSIDE
            if not entry & 1:
                side = side_of(law.shapes, fence, lat, lon, law.rules.margin_m[fence])
                if side == OUTSIDE:
                    continue
            marks.seen[fence], marks.side[fence] = serial, side
            marks.hits[count] = fence
            count += 1
    return count


@compiled
def see(law: Law, marks: Marks, serial: int, lat: float, lon: float) -> int:
    """Mark the fences whose margins hold a point; return how many."""
    count = see_in(law, law.cells, marks, serial, lat, lon, 0)
    return see_in(law, law.newer, marks, serial, lat, lon, count) if len(law.newer.levels) else count


@compiled
def note_cell(cells: Cells, marks: Marks, serial: int, key: int, count: int) -> int:
    """Mark the fences of a cell that a way touches, but for those seen at its end; return how many there are now."""
    place = find_cell(cells, key)
    if place < 0:
        return count
    for at in range(cells.first[place], cells.first[place + 1]):
        fence = cells.entry[at] >> 1
        if fence >= 0 and marks.passed[fence] != serial and marks.seen[fence] != serial:
            marks.passed[fence] = serial
            marks.ways[count] = fence
            count += 1
    return count


@inlined
def note_way_in(cells: Cells, marks: Marks, serial: int, way: tuple[float, float, float, float], count: int) -> int:
    """Mark the fences of some cells that a straight way touches; return how many there are now."""
    lat, lon, to_lat, to_lon = way
    for number in range(len(cells.levels)):
        level = cells.levels[number]
        size = 360.0 / (1 << level)
        low, high = min(lat, to_lat), max(lat, to_lat)
        for row in range(cell_of(low + 90.0, level), cell_of(high + 90.0, level) + 1):
            # The part of the way within this row of cells.
            begin, end = max(low, row * size - 90.0), min(high, (row + 1) * size - 90.0)
            from_lon, until_lon = lon, to_lon
            if to_lat != lat:
                from_lon = lon + (begin - lat) / (to_lat - lat) * (to_lon - lon)
                until_lon = lon + (end - lat) / (to_lat - lat) * (to_lon - lon)
            first = cell_of(min(from_lon, until_lon) + 180.0 - 1e-9, level)
            for column in range(first, cell_of(max(from_lon, until_lon) + 180.0 + 1e-9, level) + 1):
                count = note_cell(cells, marks, serial, key_of(level, column, row), count)
    return count


@compiled
def note_way(law: Law, marks: Marks, serial: int, lat: float, lon: float, to_lat: float, to_lon: float) -> int:
    """Mark the fences in the cells that a straight way touches; return how many."""
    count = note_way_in(law.cells, marks, serial, (lat, lon, to_lat, to_lon), 0)
    return note_way_in(law.newer, marks, serial, (lat, lon, to_lat, to_lon), count) if len(law.newer.levels) else count


@inlined
def metres(lat: float, lon: float, to_lat: float, to_lon: float) -> float:
    """Return a short distance, metres."""
    east = (to_lon - lon) * math.cos(math.radians((lat + to_lat) / 2.0))
    return METRES_PER_DEGREE * math.hypot(east, to_lat - lat)


@compiled
def tell(
    found: Found, pool: Pool, rows: Rows, row: int, fence: int, kind: int, lat: float, lon: float, at: float
) -> int:
    """Write a crossing down that a row confirms; return its place."""
    place = pool.counts[FOUND]
    pool.counts[FOUND] += 1
    found.fence[place], found.vehicle[place], found.kind[place] = fence, rows.vehicle[row], kind
    found.lat[place], found.lon[place], found.at[place] = lat, lon, at
    found.seen_at[place] = rows.fix_at[row]
    found.is_late[place] = 1 if rows.received_at[row] - rows.fix_at[row] > LATE_S else 0
    return int(place)


@compiled
def pass_through(
    law: Law, vehicles: Vehicles, pool: Pool, found: Found, rows: Rows, row: int, fence: int, way_m: float
) -> None:
    """Write down entry and exit of a way through a fence that neither end of it is near."""
    vehicle, at = rows.vehicle[row], rows.fix_at[row]
    lat, lon, left_at = vehicles.way_lat[vehicle], vehicles.way_lon[vehicle], vehicles.way_at[vehicle]
    to_lat, to_lon = rows.lat[row], rows.lon[row]
    limit_m = law.rules.accuracy_m[fence]
    if not (is_good(rows.accuracy_m[row], limit_m) and is_good(vehicles.way_accuracy_m[vehicle], limit_m)):
        return
    # It cannot have touched what is further from its middle than its ends are.
    if side_of(law.shapes, fence, (lat + to_lat) / 2.0, (lon + to_lon) / 2.0, 0.51 * way_m) == OUTSIDE:
        return
    if side_of(law.shapes, fence, lat, lon, law.rules.margin_m[fence]) != OUTSIDE:
        return
    entry = first_met(law.shapes, fence, lat, lon, to_lat, to_lon, way_m)
    if entry > 1.0:
        return
    leave = 1.0 - first_met(law.shapes, fence, to_lat, to_lon, lat, lon, way_m)
    entered_at, exited_at = left_at + entry * (at - left_at), left_at + leave * (at - left_at)
    if (leave - entry) * way_m < SHORTEST_CHORD_M or not takes_in(law, vehicles, fence, vehicle, entered_at):
        return
    span_lat, span_lon = to_lat - lat, to_lon - lon
    tell(found, pool, rows, row, fence, ENTERED, lat + entry * span_lat, lon + entry * span_lon, entered_at)
    tell(found, pool, rows, row, fence, EXITED, lat + leave * span_lat, lon + leave * span_lon, exited_at)


@inlined
def is_doubtful(law: Law, pool: Pool, rows: Rows, row: int, slot: int) -> bool:
    """Say whether a vehicle inside, of whom a fix says that it left, may still be there by the fix's own accuracy."""
    fence, doubt_m = pool.fence[slot], LEAVE_SIGMAS * rows.accuracy_m[row]
    if not (pool.is_inside[slot] and doubt_m > law.rules.margin_m[fence]):
        return False
    return bool(distance_m(law.shapes, fence, rows.lat[row], rows.lon[row]) <= doubt_m)


@compiled
def lengthen(pool: Pool, rows: Rows, row: int, slot: int) -> None:
    """Count a fix that speaks for a change; the first of a streak is remembered."""
    pool.streak[slot] += 1
    if pool.streak[slot] == 1:
        pool.lat[slot], pool.lon[slot], pool.at[slot] = rows.lat[row], rows.lon[row], rows.fix_at[row]


@compiled
def tell_stay(law: Law, pool: Pool, found: Found, rows: Rows, row: int, slot: int) -> None:
    """Write down that a vehicle inside stays, once it is there for long enough."""
    fence, at = pool.fence[slot], rows.fix_at[row]
    if pool.has_dwelt[slot] or at - pool.entered_at[slot] < law.rules.dwell_s[fence] or not is_active(law, fence, at):
        return
    pool.has_dwelt[slot] = 1
    place = tell(found, pool, rows, row, fence, DWELT, rows.lat[row], rows.lon[row], at)
    found.entered_at[place] = pool.entered_at[slot]


@compiled
def step(law: Law, vehicles: Vehicles, pool: Pool, found: Found, rows: Rows, row: int, slot: int, side: int) -> bool:
    """Let a fix speak for or against a presence; return whether the presence goes on."""
    fence = pool.fence[slot]
    if pool.is_inside[slot]:
        if side:
            pool.streak[slot] = 0
            tell_stay(law, pool, found, rows, row, slot)
            return True
        lengthen(pool, rows, row, slot)
        if pool.streak[slot] < law.rules.confirm_fixes[fence]:
            return True
        tell(found, pool, rows, row, fence, EXITED, pool.lat[slot], pool.lon[slot], pool.at[slot])
        return False
    if side != INSIDE or not takes_in(law, vehicles, fence, rows.vehicle[row], rows.fix_at[row]):
        return False
    lengthen(pool, rows, row, slot)
    if pool.streak[slot] >= law.rules.confirm_fixes[fence]:
        pool.is_inside[slot], pool.streak[slot], pool.entered_at[slot] = 1, 0, pool.at[slot]
        tell(found, pool, rows, row, fence, ENTERED, pool.lat[slot], pool.lon[slot], pool.at[slot])
        tell_stay(law, pool, found, rows, row, slot)
    return True


@compiled
def step_all(
    law: Law, vehicles: Vehicles, pool: Pool, marks: Marks, found: Found, rows: Rows, row: int, hits: int
) -> None:
    """Let a fix speak for or against each presence of its vehicle, and begin those that it speaks for."""
    vehicle, serial, accuracy_m = rows.vehicle[row], pool.counts[SERIAL], rows.accuracy_m[row]
    before, slot = NONE, vehicles.head[vehicle]
    while slot != NONE:
        fence, following = pool.fence[slot], pool.following[slot]
        side = marks.side[fence] if marks.seen[fence] == serial else 0
        if not side and is_doubtful(law, pool, rows, row, slot):
            side = MARGIN
        is_judged = is_good(accuracy_m, law.rules.accuracy_m[fence])
        if not is_judged or step(law, vehicles, pool, found, rows, row, slot, side):
            before = slot
        else:
            drop_slot(vehicles, pool, vehicle, before, slot)
        slot = following
    for number in range(hits):
        fence = marks.hits[number]
        if marks.side[fence] != INSIDE or marks.held[fence] == serial:
            continue
        if is_good(accuracy_m, law.rules.accuracy_m[fence]):
            slot = take_slot(vehicles, pool, vehicle, fence)
            if not step(law, vehicles, pool, found, rows, row, slot, INSIDE):
                drop_slot(vehicles, pool, vehicle, NONE, slot)


@compiled
def mark_held(vehicles: Vehicles, pool: Pool, marks: Marks, vehicle: int, serial: int) -> int:
    """Mark the fences that a vehicle has a presence at; return how many."""
    count, slot = 0, vehicles.head[vehicle]
    while slot != NONE:
        marks.held[pool.fence[slot]] = serial
        slot = pool.following[slot]
        count += 1
    return count


@compiled
def judge(law: Law, vehicles: Vehicles, pool: Pool, marks: Marks, found: Found, rows: Rows, begin: int) -> int:
    """Judge rows from `begin` on; return the first row that there was no room for, or how many rows there are."""
    for row in range(begin, len(rows.vehicle)):
        vehicle, at, lat, lon = rows.vehicle[row], rows.fix_at[row], rows.lat[row], rows.lon[row]
        if not at > vehicles.last_at[vehicle]:
            continue
        pool.counts[SERIAL] += 1
        serial = pool.counts[SERIAL]
        hits, ways, way_m = see(law, marks, serial, lat, lon), 0, 0.0
        begins_way = is_good(rows.accuracy_m[row], WAY_ACCURACY_M)
        if begins_way and at - vehicles.way_at[vehicle] <= LONGEST_WAY_S:
            way_m = metres(vehicles.way_lat[vehicle], vehicles.way_lon[vehicle], lat, lon)
            if way_m >= SHORTEST_CHORD_M + 2.0 * law.least_margin_m:
                ways = note_way(law, marks, serial, vehicles.way_lat[vehicle], vehicles.way_lon[vehicle], lat, lon)
        if hits or ways or vehicles.head[vehicle] != NONE:
            held = mark_held(vehicles, pool, marks, vehicle, serial)
            most = 2 * (held + hits + ways)
            if pool.counts[FREE] < hits or pool.counts[FOUND] + most > len(found.fence):
                return row
            for number in range(ways):
                if marks.held[marks.ways[number]] != serial:
                    pass_through(law, vehicles, pool, found, rows, row, marks.ways[number], way_m)
            step_all(law, vehicles, pool, marks, found, rows, row, hits)
        vehicles.last_at[vehicle] = at
        if begins_way:
            vehicles.way_lat[vehicle], vehicles.way_lon[vehicle], vehicles.way_at[vehicle] = lat, lon, at
            vehicles.way_accuracy_m[vehicle] = rows.accuracy_m[row]
    return len(rows.vehicle)
