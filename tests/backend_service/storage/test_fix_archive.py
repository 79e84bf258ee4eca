"""Fixes kept by day, once each, and given back as columns, whatever keeps them; then what files bring with them."""

from __future__ import annotations

import asyncio
import math
import shutil
import sqlite3
import time
from contextlib import closing

import numpy as np
import pytest

from backend_service.storage import fix_archive
from backend_service.storage.day_files import DAYS_OPEN
from backend_service.storage.fix_archive import FixArchive
from backend_service.storage.landing import FOLDER, files_of, landed_in
from core.refusals import Fault
from core.telemetry.fix_batch import KEPT_COLUMNS, FixBatch

NOON = 1_763_640_000.0  # 2025-11-20 12:00 UTC
DAY = 86_400.0


def fixes(*rows: tuple[str, float], lat: float = -29.9, is_valid: bool = True, speed: float = 5.0) -> FixBatch:
    """Return a fix per (vehicle, instant)."""
    count = len(rows)
    return FixBatch(
        device=np.array([f"phone-{vehicle}" for vehicle, _ in rows], dtype=object),
        vehicle=np.array([vehicle for vehicle, _ in rows], dtype=object),
        fix_at=np.array([instant for _, instant in rows]),
        received_at=np.array([instant + 1.0 for _, instant in rows]),
        arrived_wall_at=np.full(count, NOON),
        lat=np.full(count, lat),
        lon=np.full(count, -71.25),
        speed_mps=np.full(count, speed),
        heading_deg=np.full(count, 90.0),
        accuracy_m=np.full(count, math.nan),
        is_valid=np.full(count, is_valid),
    )


@pytest.fixture
def archive(open_archive, run):
    archive = open_archive()
    yield archive
    run(archive.close())


@pytest.fixture
def files(tmp_path, run):
    archive = FixArchive(tmp_path / "fixes")
    yield archive
    run(archive.close())


@pytest.fixture
def open_again(tmp_path):
    """Open a copy of what is on disk now, as a process finds it whose predecessor was killed."""

    def again():
        shutil.copytree(tmp_path / "fixes", tmp_path / "again")
        return FixArchive(tmp_path / "again")

    return again


@pytest.fixture
def until():
    def waits(is_so):
        ends = time.monotonic() + 30.0
        while not is_so():
            assert time.monotonic() < ends
            time.sleep(0.005)

    return waits


def landed(tmp_path) -> list[float]:
    """Return the fixes that no day has yet."""
    files = files_of(tmp_path / "fixes" / FOLDER)
    return [at for file in files for batch in landed_in(file) for at in batch.fix_at]


def test_fixes_come_back_as_they_were(archive, run):
    batch = fixes(("V-1", NOON), ("V-1", NOON + 5))
    run(archive.append(batch))
    kept = run(archive.read("V-1", NOON, NOON + 10))
    for column in KEPT_COLUMNS:
        np.testing.assert_array_equal(getattr(kept, column), getattr(batch, column))
        assert getattr(kept, column).dtype == getattr(batch, column).dtype


def test_unknown_figures_stay_unknown(archive, run):
    run(archive.append(fixes(("V-1", NOON), speed=math.nan)))
    kept = run(archive.read("V-1", NOON, NOON + 1))
    assert math.isnan(kept.speed_mps[0])
    assert math.isnan(kept.accuracy_m[0])


def test_repeated_fix_is_kept_once_as_it_came_first(archive, run):
    run(archive.append(fixes(("V-1", NOON))))
    run(archive.append(fixes(("V-1", NOON), ("V-2", NOON), lat=0.0)))
    assert run(archive.read("V-1", NOON, NOON + 1)).lat.tolist() == [-29.9]
    run(archive.append(fixes(("V-1", NOON), lat=1.0)))
    assert run(archive.read("V-1", NOON, NOON + 1)).lat.tolist() == [-29.9]


def test_days_have_files_of_their_own_and_are_read_together(files, run, tmp_path):
    run(files.append(fixes(("V-1", NOON + DAY), ("V-1", NOON), ("V-1", NOON + 2 * DAY))))
    assert len(files.kept_days().days()) == 3
    names = [path.name for path in sorted((tmp_path / "fixes").glob("*.sqlite"))]
    assert names == ["fixes-2025-11-20.sqlite", "fixes-2025-11-21.sqlite", "fixes-2025-11-22.sqlite"]
    assert run(files.read("V-1", NOON, NOON + 2 * DAY)).fix_at.tolist() == [NOON, NOON + DAY]


def test_fixes_of_several_days_are_read_together(archive, run):
    run(archive.append(fixes(("V-1", NOON + DAY), ("V-1", NOON), ("V-1", NOON + 2 * DAY))))
    assert run(archive.read("V-1", NOON, NOON + 2 * DAY)).fix_at.tolist() == [NOON, NOON + DAY]


def test_same_fix_of_many_senders_at_once_is_kept_once(archive, run):
    async def scenario():
        await asyncio.gather(*(archive.append(fixes(("V-1", NOON), ("V-1", NOON))) for _ in range(20)))

    run(scenario())
    assert len(run(archive.read("V-1", NOON, NOON + 1))) == 1


def test_span_is_open_at_its_end(archive, run):
    run(archive.append(fixes(("V-1", NOON), ("V-1", NOON + 1))))
    assert run(archive.read("V-1", NOON, NOON + 1)).fix_at.tolist() == [NOON]


def test_late_days_do_not_pile_up_open_files(files, run):
    for number in range(10):
        run(files.append(fixes(("V-1", NOON + number * DAY))))
    assert len(files.kept_days().days()) == 10
    assert len(files._days._open_days) == DAYS_OPEN


def test_newest_valid_fix_of_each_vehicle_survives_a_restart(archive, run, open_archive):
    run(archive.append(fixes(("V-1", NOON), ("V-1", NOON + 9), ("V-2", NOON + 3), ("V-3", NOON - DAY))))
    run(archive.append(fixes(("V-2", NOON + 50), is_valid=False)))
    run(archive.close())
    again = open_archive()
    latest = run(again.latest_per_vehicle())
    run(again.close())
    assert dict(zip(latest.vehicle, latest.fix_at, strict=True)) == {
        "V-1": NOON + 9,
        "V-2": NOON + 3,
        "V-3": NOON - DAY,
    }


def test_two_devices_of_a_vehicle_may_tell_the_same_instant(archive, run):
    first, second = fixes(("V-1", NOON)), fixes(("V-1", NOON))
    second.device[:] = "tracker"
    run(archive.append(first))
    run(archive.append(second))
    assert len(run(archive.read("V-1", NOON, NOON + 1))) == 2
    assert len(run(archive.latest_per_vehicle())) == 1


def test_a_day_that_a_power_cut_left_empty_is_no_obstacle(files, run, tmp_path):
    (tmp_path / "fixes" / "fixes-2025-11-20.sqlite").touch()
    assert len(run(files.latest_per_vehicle())) == 0
    assert len(run(files.read("V-1", NOON, NOON + 10))) == 0
    run(files.append(fixes(("V-1", NOON))))
    assert len(run(files.read("V-1", NOON, NOON + 10))) == 1


def test_empty_archive_gives_empty_columns(archive, run):
    assert len(run(archive.latest_per_vehicle())) == 0
    assert len(run(archive.read("V-1", NOON, NOON + 1))) == 0
    run(archive.append(FixBatch.empty()))
    assert len(run(archive.latest_per_vehicle())) == 0


def test_many_senders_share_commits_and_lose_nothing(archive, run):
    async def scenario():
        batches = [fixes(*((f"V-{n}", NOON + k) for k in range(10))) for n in range(100)]
        await asyncio.gather(*map(archive.append, batches))

    run(scenario())
    latest = run(archive.latest_per_vehicle())
    assert sorted(latest.vehicle) == sorted(f"V-{n}" for n in range(100))
    assert all(len(run(archive.read(vehicle, NOON, NOON + 10))) == 10 for vehicle in latest.vehicle)


def test_full_disk_is_a_fault_and_sending_again_completes(files, run):
    run(files.append(fixes(("V-1", NOON))))
    database = files._landing._open[1]
    database.execute("PRAGMA max_page_count = 3")
    batch = fixes(*((f"V-{n}", NOON + n) for n in range(2_000)))
    with pytest.raises(Fault) as caught:
        run(files.append(batch))
    assert caught.value.code == "fixes.disk_full"
    database.execute("PRAGMA max_page_count = 100000")
    run(files.append(batch))
    assert len(run(files.latest_per_vehicle())) == 2_000


def test_a_disk_that_is_full_while_fixes_are_put_in_order_loses_none(files, run, tmp_path):
    run(files.append(fixes(("V-1", NOON))))
    assert len(run(files.latest_per_vehicle())) == 1
    [day] = files._days._open_days.values()
    day.execute("PRAGMA max_page_count = 3")
    run(files.append(fixes(*((f"V-{n}", NOON + n) for n in range(2_000)))))
    with pytest.raises(Fault) as caught:
        run(files.latest_per_vehicle())
    assert caught.value.code == "fixes.disk_full"
    assert len(landed(tmp_path)) == 2_000
    day.execute("PRAGMA max_page_count = 100000")
    assert len(run(files.latest_per_vehicle())) == 2_000
    assert len(landed(tmp_path)) == 0


def test_what_has_landed_survives_a_process_that_just_ends(files, run, open_again, tmp_path):
    run(files.append(fixes(("V-1", NOON), ("V-2", NOON + 1))))
    run(files.append(fixes(("V-1", NOON + 5))))
    copied = open_again()
    assert sorted(run(copied.latest_per_vehicle()).fix_at) == [NOON + 1, NOON + 5]
    run(copied.close())


def test_fixes_put_in_order_twice_after_a_crash_are_there_once(files, run, tmp_path):
    run(files.append(fixes(("V-1", NOON), ("V-1", NOON + 1))))
    [file] = files_of(tmp_path / "fixes" / FOLDER)
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(tmp_path / "kept")) as target:
        source.backup(target)
    assert len(run(files.read("V-1", NOON, NOON + 2))) == 2
    shutil.copyfile(tmp_path / "kept", file)  # as if the file had been left when the process was killed
    assert len(run(files.read("V-1", NOON, NOON + 2))) == 2
    assert not file.exists()


def test_a_landing_that_a_power_cut_left_empty_is_cleared_away(files, run, tmp_path):
    empty = tmp_path / "fixes" / FOLDER / "landed-00000001.sqlite"
    empty.touch()
    run(files.append(fixes(("V-1", NOON))))
    assert len(run(files.read("V-1", NOON, NOON + 1))) == 1
    assert not empty.exists()


def test_a_damaged_landing_is_a_fault_that_says_so(files, run, tmp_path):
    run(files.append(fixes(("V-1", NOON))))
    files._landing._open[1].execute("UPDATE landed SET fixes = x'93c0'")
    with pytest.raises(Fault) as caught:
        run(files.read("V-1", NOON, NOON + 1))
    assert caught.value.code == "fixes.corrupt"


def test_so_many_fixes_are_put_in_order_without_a_reader(files, run, tmp_path, monkeypatch, until):
    monkeypatch.setattr(fix_archive, "ORDERED_ROWS", 1_000)
    run(files.append(fixes(*((f"V-{n % 7}", NOON + n) for n in range(1_300)))))
    until(
        lambda: (tmp_path / "fixes" / "fixes-2025-11-20.sqlite").exists() and not files_of(tmp_path / "fixes" / FOLDER)
    )
    assert len(run(files.read("V-0", NOON, NOON + 2_000))) == 186


def test_impossible_instant_is_refused_without_harm(archive, run):
    with pytest.raises(Fault) as caught:
        run(archive.append(fixes(("V-1", 1e18))))
    assert caught.value.code == "fixes.no_such_day"
    run(archive.append(fixes(("V-1", NOON))))
    assert len(run(archive.read("V-1", NOON, NOON + 1))) == 1
