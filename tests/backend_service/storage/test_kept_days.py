"""Days that are over leave the archive, to a shelf if there is one, and nothing is lost on the way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from backend_service.storage.fix_archive import FixArchive
from backend_service.storage.kept_days import FIX_ROWS, Holding, KeptDays
from backend_service.storage.parquet_shelf import ParquetShelf
from backend_service.storage.shelf_folder import FolderPlace
from backend_service.storage.tiered_fixes import TieredFixes
from backend_service.storage.tiered_readings import TieredReadings
from backend_service.workers.keeping_days import KeepingDays, Purpose
from core.refusals import Fault, Refusal
from core.telemetry.fix_batch import KEPT_COLUMNS, FixBatch
from core.telemetry.reading_batch import ReadingBatch

NOON = 1_763_640_000.0  # 2025-11-20 12:00 UTC
DAY = 86_400.0
TWENTIETH = "2025-11-20"


def fixes(vehicle: str, *instants: float, device: str = "T") -> FixBatch:
    count = len(instants)
    figures = np.arange(count, dtype=np.float64)
    return FixBatch(
        device=np.full(count, device, dtype=object),
        vehicle=np.full(count, vehicle, dtype=object),
        fix_at=np.array(instants),
        received_at=np.array(instants) + 1.0,
        arrived_wall_at=np.array(instants) + 1.0,
        lat=-29.9 + 1e-5 * figures,
        lon=np.full(count, -71.25),
        speed_mps=np.where(figures % 2 == 0, np.nan, 5.0),
        heading_deg=figures,
        accuracy_m=np.full(count, np.nan),
        is_valid=figures % 3 != 2,
    )


@pytest.fixture
def archive(open_archive: Any, run: Any) -> Any:
    archive = open_archive()
    run(archive.append(fixes("V-ñ", *(NOON + k for k in range(50)))))
    run(archive.append(fixes("V-1", *(NOON + k for k in range(70)))))
    run(archive.append(fixes("V-1", NOON + DAY)))
    yield archive
    run(archive.close())


@pytest.fixture
def shelf(tmp_path: Path) -> ParquetShelf:
    return ParquetShelf(FolderPlace(tmp_path / "shelf"))


def read(
    store: Any, run: Any, vehicle: str = "V-1", since: float = NOON - DAY, until: float = NOON + 2 * DAY
) -> FixBatch:
    batch: FixBatch = run(store.read(vehicle, since, until))
    return batch


def same(one: FixBatch, other: FixBatch) -> None:
    for column in KEPT_COLUMNS:
        np.testing.assert_array_equal(getattr(one, column), getattr(other, column))
        assert getattr(one, column).dtype == getattr(other, column).dtype


def test_a_day_goes_to_the_shelf_and_is_found_there_as_it_was(archive: Any, shelf: ParquetShelf, run: Any) -> None:
    before = read(archive, run), read(archive, run, "V-ñ")
    keeping = KeepingDays([Purpose(archive.kept_days(), 7)], shelf)
    run(keeping.run_once(NOON + 7 * DAY + 11 * 3600))
    assert archive.kept_days().days() == [TWENTIETH, "2025-11-21"], "not a whole week after its end"
    run(keeping.run_once(NOON + 7 * DAY + 12 * 3600))
    assert archive.kept_days().days() == ["2025-11-21"]
    assert (keeping.counts.dropped, keeping.counts.shelved_rows) == ({"fixes": 1}, {"fixes": 120})
    tiered = TieredFixes(archive, shelf)
    same(read(tiered, run), before[0])
    same(read(tiered, run, "V-ñ"), before[1])
    assert read(tiered, run, since=NOON + 10, until=NOON + 20).fix_at.tolist() == [NOON + k for k in range(10, 20)]
    assert len(read(archive, run)) == 1


def test_without_a_shelf_a_day_just_goes_and_for_ever_is_for_ever(archive: Any, run: Any) -> None:
    run(KeepingDays([Purpose(archive.kept_days(), 0)], None).run_once(NOON + 1000 * DAY))
    assert len(archive.kept_days().days()) == 2
    run(KeepingDays([Purpose(archive.kept_days(), 7)], None).run_once(NOON + 1000 * DAY))
    assert archive.kept_days().days() == []
    assert len(read(archive, run)) == 0
    run(archive.append(fixes("V-1", NOON)))
    assert len(read(archive, run)) == 1, "a day that was dropped may begin anew"


def test_what_comes_while_a_day_is_put_away_is_not_dropped(archive: Any, shelf: ParquetShelf, run: Any) -> None:
    kept = archive.kept_days()
    state = kept.state_of(TWENTIETH)
    shelf.take_over(kept, TWENTIETH)
    run(archive.append(fixes("V-1", NOON + 500.5)))
    kept.drop(TWENTIETH, state)  # refused, or what came meanwhile is somewhere else
    assert NOON + 500.5 in read(TieredFixes(archive, shelf), run).fix_at
    keeping = KeepingDays([Purpose(kept, 7)], shelf)
    run(keeping.run_once(NOON + 9 * DAY))
    assert shelf.holding(FIX_ROWS, TWENTIETH).rows == 121
    assert NOON + 500.5 in read(TieredFixes(archive, shelf), run).fix_at


def test_late_fixes_of_a_shelved_day_are_put_beside_it(archive: Any, shelf: ParquetShelf, run: Any) -> None:
    keeping = KeepingDays([Purpose(archive.kept_days(), 7)], shelf)
    run(keeping.run_once(NOON + 9 * DAY))
    run(archive.append(fixes("V-0", NOON + 3)))
    run(archive.append(fixes("V-1", NOON + 3, NOON + 3.5)))  # one of them a repeat of what lies there
    tiered = TieredFixes(archive, shelf)
    assert len(read(tiered, run)) == 72
    run(keeping.run_once(NOON + 9 * DAY))
    assert archive.kept_days().days() == []
    assert shelf.holding(FIX_ROWS, TWENTIETH).rows == 122
    assert len(read(tiered, run)) == 72
    assert len(read(tiered, run, "V-0")) == 1


def test_a_crash_before_or_after_the_name_is_given_changes_nothing(
    archive: Any, shelf: ParquetShelf, run: Any, tmp_path: Path
) -> None:
    (tmp_path / "shelf" / f".fixes-{TWENTIETH}.parquet.partial").write_bytes(b"half of it")
    first = shelf.take_over(archive.kept_days(), TWENTIETH)  # and then it was killed before the drop
    written_at = (tmp_path / "shelf" / f"fixes-{TWENTIETH}.parquet").stat().st_mtime_ns
    run(KeepingDays([Purpose(archive.kept_days(), 7)], shelf).run_once(NOON + 9 * DAY))
    assert (tmp_path / "shelf" / f"fixes-{TWENTIETH}.parquet").stat().st_mtime_ns == written_at, (
        "what is there already is only proved"
    )
    assert shelf.holding(FIX_ROWS, TWENTIETH) == first
    assert [path.name for path in (tmp_path / "shelf").iterdir() if path.name.startswith(".")] == []


class Reluctant:
    """A shelf that does not take a day."""

    def look(self) -> None:
        return None

    def take_over(self, kept: KeptDays, day: str) -> Holding:
        raise Fault("archive.unwritable", "No.")


def test_a_day_that_was_not_put_away_is_never_dropped(archive: Any, run: Any) -> None:
    keeping = KeepingDays([Purpose(archive.kept_days(), 7)], Reluctant())
    with pytest.raises(Fault):
        run(keeping.run_once(NOON + 9 * DAY))
    assert len(archive.kept_days().days()) == 2
    assert keeping.counts.failed == {"fixes": 2}


def test_a_damaged_day_is_told_and_keeps_the_archive_s(
    archive: Any, shelf: ParquetShelf, run: Any, tmp_path: Path
) -> None:
    shelf.take_over(archive.kept_days(), TWENTIETH)
    path = tmp_path / "shelf" / f"fixes-{TWENTIETH}.parquet"
    table = pq.read_table(path)
    pq.write_table(table.slice(0, 60), path)
    with pytest.raises(Fault, match="does not hold what it says"):
        run(KeepingDays([Purpose(archive.kept_days(), 7)], shelf).run_once(NOON + 7 * DAY + 12 * 3600))
    assert TWENTIETH in archive.kept_days().days()
    path.write_bytes(b"PAR1 and nothing else")
    with pytest.raises(Fault) as caught:
        shelf.holding(FIX_ROWS, TWENTIETH)
    assert caught.value.code == "archive.damaged"
    with pytest.raises(Fault):
        read(TieredFixes(archive, shelf), run)


def test_a_draft_that_cannot_be_written_leaves_the_shelf_as_it_was(
    archive: Any, shelf: ParquetShelf, tmp_path: Path
) -> None:
    (tmp_path / "shelf" / f".fixes-{TWENTIETH}.parquet.partial").mkdir()
    with pytest.raises(Fault) as caught:
        shelf.take_over(archive.kept_days(), TWENTIETH)
    assert caught.value.code == "archive.unwritable"
    assert shelf.days("fixes") == []


def test_readings_go_the_same_way(open_readings: Any, shelf: ParquetShelf, run: Any, tmp_path: Path) -> None:
    readings = open_readings()
    rows = [("T", "V-1", "fuel", NOON + k, NOON + k, 40.0 - k, "") for k in range(5)]
    run(readings.append(ReadingBatch.of([*rows, ("T", "V-1", "door.rear", NOON, NOON, float("nan"), "open")])))
    keeping = KeepingDays([Purpose(readings.kept_days(), 30)], shelf)
    run(keeping.run_once(NOON + 31 * DAY))
    assert readings.kept_days().days() == []
    assert shelf.days("readings") == [TWENTIETH]
    assert pq.read_table(tmp_path / "shelf" / f"readings-{TWENTIETH}.parquet").num_rows == 6
    run(readings.close())


@pytest.fixture
def fuel(open_readings: Any, shelf: ParquetShelf, run: Any) -> Any:
    """Readings of fuel, 12 s apart over noon of the twentieth and of the twenty-first; the first day is shelved."""
    readings = open_readings()
    rows = [("T", "V-1", "fuel", NOON + day * DAY + 12.0 * k, NOON, 40.0 - k, "") for day in (0, 1) for k in range(5)]
    run(readings.append(ReadingBatch.of([*rows, ("T", "V-1", "door.rear", NOON, NOON, float("nan"), "open")])))
    run(KeepingDays([Purpose(readings.kept_days(), 30)], shelf).run_once(NOON + 31 * DAY))
    yield TieredReadings(readings, shelf, lambda: NOON + 30 * DAY)
    run(readings.close())


def history(fuel: Any, run: Any, *, limit: int, after: Any = None, channel: str = "fuel") -> ReadingBatch:
    batch: ReadingBatch = run(fuel.read("V-1", channel, NOON, NOON + 2 * DAY, limit=limit, after=after))
    return batch


def test_readings_are_found_on_the_shelf_and_in_the_archive_page_by_page(fuel: Any, run: Any) -> None:
    whole = history(fuel, run, limit=100)
    assert whole.value.tolist() == [40.0, 39.0, 38.0, 37.0, 36.0] * 2
    found, after = [], None
    for length in (3, 3, 3, 1):
        page = history(fuel, run, limit=3, after=after)
        assert len(page) == length
        found += page.read_at.tolist()
        after = (page.read_at[-1], page.device[-1])
    assert found == whole.read_at.tolist()
    (door,) = history(fuel, run, limit=3, channel="door.rear").rows()
    assert (door[6], door[5] != door[5]) == ("open", True)


def test_a_late_reading_of_a_shelved_day_stands_in_its_place_once(fuel: Any, run: Any) -> None:
    late = [("T", "V-1", "fuel", NOON + at, NOON, 39.5, "") for at in (6.0, 12.0)]  # the second is there already
    run(fuel.append(ReadingBatch.of(late)))
    first = history(fuel, run, limit=4)
    assert first.read_at.tolist() == [NOON + at for at in (0.0, 6.0, 12.0, 24.0)]
    assert first.value.tolist() == [40.0, 39.5, 39.0, 38.0]


@pytest.mark.parametrize(
    "address", ["ftp://host/folder", "s3://", "s3://key:secret@bucket/tower", "s3://bucket?region=x"]
)
def test_an_address_of_another_kind_is_refused(address: str) -> None:
    with pytest.raises(Refusal, match="keys stand in the environment"):
        ParquetShelf.open(address)


def test_a_folder_is_named_by_its_path_or_its_address(tmp_path: Path) -> None:
    assert ParquetShelf.open(f"file://{tmp_path}/there").days("fixes") == []
    (tmp_path / "file").touch()
    with pytest.raises(Fault) as caught:
        ParquetShelf.open(str(tmp_path / "file"))
    assert caught.value.code == "archive.unwritable"


def test_many_rows_are_read_in_parts_and_one_vehicle_out_of_them(tmp_path: Path, run: Any, shelf: ParquetShelf) -> None:
    archive = FixArchive(tmp_path / "fixes")
    for number in range(30):
        run(archive.append(fixes(f"V-{number:02}", *(NOON + k for k in range(1_000)))))
    holding = shelf.take_over(archive.kept_days(), TWENTIETH)
    assert holding.rows == 30_000
    assert pq.ParquetFile(tmp_path / "shelf" / f"fixes-{TWENTIETH}.parquet").num_row_groups == 2
    assert len(shelf.rows(FIX_ROWS, TWENTIETH, {"vehicle": "V-17"}, "fix_at", NOON, NOON + 100)) == 100
    run(archive.close())
