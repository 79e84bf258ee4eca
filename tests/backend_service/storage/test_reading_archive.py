"""Readings kept by day, once each, and given back in pages, whatever keeps them; then what files bring with them."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from backend_service.storage.reading_archive import ReadingArchive
from core.refusals import Fault
from core.telemetry.reading_batch import ReadingBatch

NOON = 1_763_640_000.0  # 2025-11-20 12:00 UTC
DAY = 86_400.0


def readings(*rows: tuple[str, float, float], vehicle: str = "V-1", device: str = "D-1") -> ReadingBatch:
    """Return a reading per (channel, instant, value)."""
    return ReadingBatch.of([(device, vehicle, name, at, at + 1.0, value, "") for name, at, value in rows])


@pytest.fixture
def archive(open_readings, run):
    archive = open_readings()
    yield archive
    run(archive.close())


@pytest.fixture
def files(tmp_path, run):
    archive = ReadingArchive(tmp_path / "readings")
    yield archive
    run(archive.close())


def history(archive, run, channel="fuel", since_at=NOON - DAY, until_at=NOON + DAY, limit=100, after=None):
    return run(archive.read("V-1", channel, since_at, until_at, limit=limit, after=after))


def test_readings_come_back_as_they_were(archive, run):
    batch = ReadingBatch.of(
        [
            ("D-1", "V-1", "door.rear", NOON, NOON + 1, float("nan"), "open"),
            ("D-1", "V-1", "door.rear", NOON + 5, NOON + 6, float("nan"), "closed"),
        ]
    )
    assert run(archive.append(batch)) == 2
    kept = history(archive, run, "door.rear")
    for column in ReadingBatch.__dataclass_fields__:
        np.testing.assert_array_equal(getattr(kept, column), getattr(batch, column))
        assert getattr(kept, column).dtype == getattr(batch, column).dtype


def test_a_repeat_is_kept_once_and_two_devices_each_have_theirs(archive, run):
    batch = readings(("fuel", NOON, 12.0))
    assert [run(archive.append(batch)), run(archive.append(batch))] == [1, 0]
    assert run(archive.append(readings(("fuel", NOON, 13.0), device="D-2"))) == 1
    assert history(archive, run).value.tolist() == [12.0, 13.0]


def test_history_is_paged_over_midnight(archive, run):
    run(archive.append(readings(*(("fuel", NOON + k * DAY / 4, float(k)) for k in range(8)))))
    pages, after = [], None
    while len(page := history(archive, run, until_at=NOON + 7 * DAY / 4, limit=3, after=after)):
        pages.append(page.value.tolist())
        after = (float(page.read_at[-1]), str(page.device[-1]))
    assert pages == [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0], [6.0]]


def test_only_the_range_the_vehicle_and_the_channel_asked_for(archive, run):
    run(archive.append(readings(("fuel", NOON - 1, 1.0), ("fuel", NOON, 2.0), ("fuel", NOON + 1, 3.0))))
    run(archive.append(readings(("load", NOON, 9.0))))
    run(archive.append(readings(("fuel", NOON, 9.0), vehicle="V-2")))
    assert history(archive, run, since_at=NOON, until_at=NOON + 1).value.tolist() == [2.0]


def test_the_newest_of_each_channel_survives_a_restart(archive, run, open_readings):
    run(archive.append(readings(("fuel", NOON - DAY, 1.0), ("load", NOON - DAY, 5.0), ("fuel", NOON, 2.0))))
    run(archive.append(readings(("fuel", NOON - 5, 7.0), vehicle="V-2")))
    run(archive.close())
    again = open_readings()
    latest = run(again.latest_per_channel())
    run(again.close())
    assert {(row[1], row[2]): row[5] for row in latest.rows()} == {
        ("V-1", "fuel"): 2.0,
        ("V-1", "load"): 5.0,
        ("V-2", "fuel"): 7.0,
    }


def test_an_empty_archive_gives_empty_columns(archive, run):
    assert len(run(archive.latest_per_channel())) == 0
    assert len(history(archive, run)) == 0
    assert run(archive.append(ReadingBatch.of(()))) == 0


def test_many_senders_share_commits_and_lose_nothing(archive, run):
    async def scenario():
        batches = [readings(*(("fuel", NOON + k, 1.0) for k in range(10)), vehicle=f"V-{n}") for n in range(50)]
        return await asyncio.gather(*map(archive.append, batches))

    assert run(scenario()) == [10] * 50
    assert len(run(archive.latest_per_channel())) == 50


def test_a_full_disk_is_a_fault_and_sending_again_completes(files, run):
    run(files.append(readings(("fuel", NOON, 1.0))))
    [database] = files._days._open_days.values()
    database.execute("PRAGMA max_page_count = 3")
    batch = readings(*(("fuel", NOON + n, 1.0) for n in range(2_000)))
    with pytest.raises(Fault) as caught:
        run(files.append(batch))
    assert caught.value.code == "readings.disk_full"
    database.execute("PRAGMA max_page_count = 100000")
    assert run(files.append(batch)) == 1_999


def test_an_impossible_instant_is_refused_without_harm(archive, run):
    with pytest.raises(Fault) as caught:
        run(archive.append(readings(("fuel", 1e18, 1.0))))
    assert caught.value.code == "readings.no_such_day"
    assert run(archive.append(readings(("fuel", NOON, 1.0)))) == 1


def test_a_day_that_a_power_cut_left_without_its_table_is_empty(files, run, tmp_path):
    (tmp_path / "readings" / "readings-2025-11-20.sqlite").touch()
    assert len(run(files.latest_per_channel())) == 0
    assert len(history(files, run)) == 0
    assert run(files.append(readings(("fuel", NOON, 1.0)))) == 1
    assert run(files.latest_per_channel()).value.tolist() == [1.0]
