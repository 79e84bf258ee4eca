"""A fence judged by what was near it has the crossings that all fixes give it, wherever they are kept."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backend_service.storage.near_fixes import (
    BESIDE_M,
    TOGETHER_S,
    Box,
    Passage,
    Searched,
    narrow_batch,
    passages_of,
)
from backend_service.storage.parquet_shelf import ParquetShelf
from backend_service.storage.shelf_folder import FolderPlace
from backend_service.storage.tiered_fixes import TieredFixes
from backend_service.workers.keeping_days import KeepingDays, Purpose
from core.geodesy import METRES_PER_DEGREE
from core.geofencing.crossings import CrossingDetector
from core.geofencing.fence import Fence
from core.geofencing.fence_index import FenceIndex
from core.telemetry.fix_batch import FixBatch
from core.vocabulary import FenceId, Position, VehicleId

MIDNIGHT = 1_763_596_800.0
"""Between 2025-11-19 and 2025-11-20 UTC."""

DAY = 86_400.0
MIDDLE = Position(-29.9, -71.25)
YARD = Fence(fence_id=FenceId("F"), name="Yard", centre=MIDDLE, radius_m=120.0, dwell_s=300.0)
FIXES, EVERY_S = 2_000, 30.0
VEHICLES = ("V-1", "V-2", "V-3", "V-4")


def drives() -> FixBatch:
    """Return vehicles that swing through the yard, 5 km to each side, half of the time before midnight, half after."""
    dice, parts = np.random.default_rng(7), []
    for number, name in enumerate(VEHICLES):
        at = MIDNIGHT + EVERY_S * (np.arange(FIXES) - FIXES / 2.0) + number
        ticks = np.cumsum(dice.random(FIXES) > 0.2)  # a fifth of the time they stand
        north = 5_000.0 * np.sin(ticks / (12.0 + number)) + dice.normal(0.0, 5.0, FIXES)
        east = 150.0 * np.sin(ticks / 7.0) + dice.normal(0.0, 5.0, FIXES)
        lat, lon = MIDDLE.lat + north / METRES_PER_DEGREE, MIDDLE.lon + east / METRES_PER_DEGREE
        names = np.full(FIXES, name, dtype=object)
        parts.append(FixBatch(names, names, at, at, at, lat, lon, at, at, np.full(FIXES, 8.0), at > 0.0))
    return FixBatch.concatenate(parts)


@pytest.fixture(scope="module")
def driven() -> FixBatch:
    return drives()


@pytest.fixture(params=["archive", "shelf and archive"])
def store(request: pytest.FixtureRequest, open_archive: Any, run: Any, tmp_path: Path, driven: FixBatch) -> Any:
    archive = open_archive()
    run(archive.append(driven))
    if request.param == "archive":
        yield archive
    else:
        shelf = ParquetShelf(FolderPlace(tmp_path / "shelf"))
        run(KeepingDays([Purpose(archive.kept_days(), 7)], shelf).run_once(MIDNIGHT + 7 * DAY))
        assert archive.kept_days().days() == ["2025-11-20"]
        yield TieredFixes(archive, shelf)
    run(archive.close())


def counted(fixes: FixBatch) -> Counter[tuple[str, str]]:
    found = CrossingDetector([YARD]).advance(fixes)
    return Counter((crossing.vehicle_id, crossing.kind.value) for crossing in found)


def test_what_was_near_is_judged_as_all_is(store: Any, run: Any, driven: FixBatch) -> None:
    bounds = FenceIndex([YARD]).columns.bounds
    box = Box(*(float(side[0]) for side in bounds)).widened(BESIDE_M)
    searched = Searched(box, "V-1", "V-3", MIDNIGHT - DAY, MIDNIGHT + DAY)
    passages = passages_of(run(store.seen_in(searched)), searched)
    near = narrow_batch(run(store.around(passages)))
    of_three = driven.select(driven.vehicle != "V-4")
    expected = counted(of_three)
    assert sum(expected.values()) > 20
    assert counted(near) == expected
    assert len(near) < len(of_three) or isinstance(store, TieredFixes)


def test_nothing_near_is_nothing_read(store: Any, run: Any) -> None:
    searched = Searched(Box(0.0, 0.0, 1.0, 1.0), "V-1", "V-4", MIDNIGHT - DAY, MIDNIGHT + DAY)
    assert run(store.seen_in(searched)) == []
    assert len(narrow_batch(run(store.around([])))) == 0


def test_sightings_far_apart_are_passages_of_their_own() -> None:
    searched = Searched(Box(0.0, 0.0, 1.0, 1.0), "A", "B", 1_000.0, 90_000.0)
    later = 2_000.0 + TOGETHER_S + 1.0
    assert passages_of([("B", 1_010.0), ("A", 2_000.0), ("A", later), ("A", 1_990.0)], searched) == [
        Passage("A", 1_990.0, 2_000.0, 90_000.0),
        Passage("A", later, later, 90_000.0),
        Passage("B", 1_010.0, 1_010.0, 90_000.0),
    ]


def test_a_vehicle_that_is_gone_from_the_box_at_once_has_left(open_archive: Any, run: Any) -> None:
    # In at 0 and 30 s, then 2 km away for good: none of the fixes that say so is in the box.
    archive, at = open_archive(), MIDNIGHT - 45.0 + np.array([0.0, 30.0, 60.0, 90.0])
    lat = MIDDLE.lat + np.array([0.0, 10.0, 2_000.0, 2_400.0]) / METRES_PER_DEGREE
    names, same = np.full(4, VehicleId("V-9"), dtype=object), np.full(4, 5.0)
    drive = FixBatch(names, names, at, at, at, lat, np.full(4, MIDDLE.lon), same, same, same, same > 0.0)
    run(archive.append(drive))
    searched = Searched(Box(-29.91, -71.26, -29.89, -71.24), "V-9", "V-9", MIDNIGHT - DAY, MIDNIGHT + DAY)
    near = narrow_batch(run(archive.around(passages_of(run(archive.seen_in(searched)), searched))))
    assert counted(near) == counted(drive) == {("V-9", "entered"): 1, ("V-9", "exited"): 1}
    run(archive.close())
