"""Days go to a bucket over a real socket, are found there, and stay where they are while it is away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from moto.server import ThreadedMotoServer

from backend_service.storage.fix_archive import FixArchive
from backend_service.storage.kept_days import FIX_ROWS
from backend_service.storage.parquet_shelf import ParquetShelf
from backend_service.storage.tiered_fixes import TieredFixes
from backend_service.workers.keeping_days import AGAIN_AFTER_S, KeepingDays, Purpose
from core.refusals import Fault
from core.telemetry.fix_batch import FixBatch
from core.vocabulary import VehicleId

NOON = 1_763_640_000.0  # 2025-11-20 12:00 UTC
DAY = 86_400.0
TWENTIETH = "2025-11-20"
ADDRESS = "s3://tower-days/north"


class Storage:
    """Object storage that can be put away and brought back at the same address."""

    def __init__(self) -> None:
        self._server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        self._server.start()
        host, self._port = self._server.get_host_and_port()
        self.address = f"http://{host}:{self._port}"

    def goes(self) -> None:
        self._server.stop()

    def comes_back(self) -> None:
        self._server = ThreadedMotoServer(ip_address="127.0.0.1", port=self._port, verbose=False)
        self._server.start()

    def has(self, *names: str) -> bool:
        told = httpx.get(f"{self.address}/tower-days", timeout=60.0).text
        return all(name in told for name in names)

    def damages(self, name: str) -> None:
        httpx.put(f"{self.address}/tower-days/north/{name}", content=b"PAR1 and nothing else", timeout=60.0)


@pytest.fixture
def storage(monkeypatch: pytest.MonkeyPatch) -> Iterator[Storage]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "tower")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hush")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    storage = Storage()
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", storage.address)
    httpx.post(f"{storage.address}/moto-api/reset", timeout=60.0)
    httpx.put(f"{storage.address}/tower-days", timeout=60.0)
    yield storage
    storage.goes()


def fixes(*instants: float) -> FixBatch:
    count = len(instants)
    names, at, figures = np.full(count, "V-1", dtype=object), np.array(instants), np.arange(float(count))
    return FixBatch(names, names, at, at, at, *([figures] * 5), np.ones(count, dtype=np.bool_))


@pytest.fixture
def archive(tmp_path: Path, run: Any) -> Iterator[FixArchive]:
    archive = FixArchive(tmp_path / "fixes")
    run(archive.append(fixes(*(NOON + k for k in range(50)))))
    yield archive
    run(archive.close())


def keeping(archive: FixArchive, shelf: ParquetShelf) -> KeepingDays:
    return KeepingDays([Purpose(archive.kept_days(), 7)], shelf)


def track(archive: FixArchive, shelf: ParquetShelf, run: Any) -> list[float]:
    found = run(TieredFixes(archive, shelf, lambda: NOON + 30 * DAY).read(VehicleId("V-1"), NOON - DAY, NOON + DAY))
    return list(found.fix_at)


def test_a_day_goes_to_the_bucket_and_late_fixes_beside_it(storage: Storage, archive: FixArchive, run: Any) -> None:
    shelf = ParquetShelf.open(ADDRESS)
    run(keeping(archive, shelf).run_once(NOON + 9 * DAY))
    assert archive.kept_days().days() == []
    assert storage.has(f"north/fixes-{TWENTIETH}.parquet")
    assert not storage.has(".partial")
    assert track(archive, shelf, run) == [NOON + k for k in range(50)]
    run(archive.append(fixes(NOON + 3.0, NOON + 3.5)))
    run(keeping(archive, shelf).run_once(NOON + 9 * DAY))
    assert ParquetShelf.open(ADDRESS).holding(FIX_ROWS, TWENTIETH).rows == 51
    assert len(track(archive, ParquetShelf.open(ADDRESS), run)) == 51


def test_while_the_bucket_is_away_days_stay_and_then_they_go(storage: Storage, archive: FixArchive, run: Any) -> None:
    shelf, now = ParquetShelf.open(ADDRESS), NOON + 9 * DAY
    worker = keeping(archive, shelf)
    storage.goes()
    with pytest.raises(Fault) as caught:
        run(worker.run_once(now))
    assert caught.value.code == "archive.unreachable"
    assert "hush" not in caught.value.sentence
    assert archive.kept_days().days() == [TWENTIETH]
    assert (worker.state.degraded, worker.state.since_at) == (True, now)
    assert not worker.is_wanted(now + AGAIN_AFTER_S / 2.0)
    assert worker.is_wanted(now + AGAIN_AFTER_S)
    storage.comes_back()
    run(worker.run_once(now + AGAIN_AFTER_S))
    assert not worker.state.degraded
    assert archive.kept_days().days() == []


def test_while_the_bucket_is_away_the_present_is_told(storage: Storage, archive: FixArchive, run: Any) -> None:
    tiered = TieredFixes(archive, ParquetShelf.open(ADDRESS), lambda: NOON - DAY)
    storage.goes()
    assert len(run(tiered.read(VehicleId("V-1"), NOON - DAY, NOON + DAY))) == 50
    with pytest.raises(Fault) as caught:
        run(tiered.read(VehicleId("V-1"), NOON - 2 * DAY, NOON + DAY))
    assert caught.value.code == "archive.unreachable"


def test_a_bucket_that_is_not_there_or_closed_to_us_is_told(
    storage: Storage, archive: FixArchive, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Fault, match="no such bucket"):
        run(keeping(archive, ParquetShelf.open("s3://elsewhere")).run_once(NOON + 9 * DAY))
    shelf = ParquetShelf.open(ADDRESS)
    httpx.post(f"{storage.address}/moto-api/reset-auth", content=b"0")  # from now on keys are looked at
    try:
        with pytest.raises(Fault, match="HeadBucket: access denied"):
            run(keeping(archive, shelf).run_once(NOON + 9 * DAY))
    finally:
        httpx.post(f"{storage.address}/moto-api/reset-auth", content=b"Infinity", timeout=60.0)
    assert archive.kept_days().days() == [TWENTIETH]


def test_what_is_damaged_in_the_bucket_keeps_the_archive_s(storage: Storage, archive: FixArchive, run: Any) -> None:
    storage.damages(f"fixes-{TWENTIETH}.parquet")
    with pytest.raises(Fault) as caught:
        run(keeping(archive, ParquetShelf.open(ADDRESS)).run_once(NOON + 9 * DAY))
    assert caught.value.code == "archive.damaged"
    assert archive.kept_days().days() == [TWENTIETH]
