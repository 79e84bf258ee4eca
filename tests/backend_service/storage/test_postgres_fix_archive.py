"""What only the archive on PostgreSQL has: days as partitions, connections that are lost."""

from __future__ import annotations

import numpy as np
import psycopg
import pytest

from backend_service.storage.postgres_fix_archive import PostgresFixArchive
from core.refusals import Fault
from core.telemetry.fix_batch import FixBatch

NOON = 1_763_640_000.0  # 2025-11-20 12:00 UTC
DAY = 86_400.0


def a_fix(fix_at: float) -> FixBatch:
    names, figure = np.array(["V-1"], dtype=object), np.array([1.0])
    return FixBatch(names, names, np.array([fix_at]), *([figure] * 7), np.array([True]))


@pytest.fixture
def url(postgres_url):
    return postgres_url()


@pytest.fixture
def archive(url, run):
    archive = PostgresFixArchive.open(url)
    yield archive
    run(archive.close())


def test_each_day_is_a_partition_that_can_be_dropped(archive, run, url):
    for day in range(3):
        run(archive.append(a_fix(NOON + day * DAY)))
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT relname FROM pg_class WHERE relispartition AND relkind = 'r'").fetchall()
        assert {"fixes_2025_11_20", "fixes_2025_11_21", "fixes_2025_11_22"} <= {name for (name,) in found}
        connection.execute("DROP TABLE fixes_2025_11_20")
    assert run(archive.read("V-1", 0.0, NOON + 9 * DAY)).fix_at.tolist() == [NOON + DAY, NOON + 2 * DAY]


def test_lost_connection_is_a_fault_and_sending_again_completes(archive, run, url):
    run(archive.append(a_fix(NOON)))
    assert len(run(archive.latest_per_vehicle())) == 1
    with psycopg.connect(url, autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND datname IS NOT NULL"
        )
    with pytest.raises(Fault) as caught:
        run(archive.append(a_fix(NOON + 1)))
    assert caught.value.code == "fixes.unavailable"
    run(archive.append(a_fix(NOON + 1)))
    assert len(run(archive.read("V-1", NOON, NOON + 2))) == 2
