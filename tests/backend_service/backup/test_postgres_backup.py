"""A backup of a service on PostgreSQL is of one instant, and becomes the same service in an empty database."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import psycopg
import pytest
from msgspec.structs import replace

from backend_service.audit.audit_trail import AuditTrail
from backend_service.audit.evidence import PostgresEvidence
from backend_service.audit.verification import verify
from backend_service.backup.command import run_backup, run_restore
from backend_service.backup.manifest import KeptFile, Manifest
from backend_service.backup.restoring import restore_backup
from backend_service.backup.taking import take_backup
from backend_service.event_log.postgres import PostgresEventLog
from backend_service.event_log.subject_keys import SubjectKeys
from backend_service.handlers.command_bus import fold
from backend_service.people.accounts_store import Person
from backend_service.people.postgres_accounts import PostgresAccounts
from backend_service.storage.postgres_fix_archive import PostgresFixArchive
from backend_service.storage.postgres_reading_archive import PostgresReadingArchive
from core.refusals import Fault
from core.telemetry.fix_batch import FixBatch
from core.telemetry.reading_batch import ReadingBatch
from core.timekeeping import SteppedClock
from core.vocabulary import Role

NOON = 1_763_640_000.0
DAY = 86_400.0
MARIA = Person("maria", "María", Role.DISPATCHER, (), "$argon2id$x", False, NOON)


def a_fix(fix_at: float) -> FixBatch:
    names, figure = np.array(["V-1"], dtype=object), np.array([1.0])
    return FixBatch(names, names, np.array([fix_at]), *([figure] * 7), np.array([True]))


def a_reading(read_at: float) -> ReadingBatch:
    return ReadingBatch.of([("D-1", "V-1", "door.rear", read_at, read_at, float("nan"), "open")])


@asynccontextmanager
async def stores(url: str, data_dir: Path):
    """Run the parts of a service that keep, on a database."""
    keys = SubjectKeys.open(data_dir / "keys.sqlite", data_dir / "secrets" / "subjects.key")
    log = await PostgresEventLog.open(url, SteppedClock(NOON), keys)
    trail = await AuditTrail.open(data_dir, log, SteppedClock(NOON))
    fixes, readings = PostgresFixArchive.open(url), PostgresReadingArchive.open(url)
    accounts = PostgresAccounts.open(url)
    try:
        yield log, fixes, readings, accounts
    finally:
        accounts.close()
        for store in (readings, fixes, trail, log):
            await store.close()
        keys.close()


@pytest.fixture
def url(postgres_url):
    return postgres_url("at work")


@pytest.fixture
def empty(postgres_url):
    return postgres_url("empty")


@pytest.fixture
def data_dir(tmp_path, run, url, an_order):
    data_dir = tmp_path / "data"

    async def write():
        async with stores(url, data_dir) as (log, fixes, readings, accounts):
            for number in range(3):
                await log.append([an_order(number)])
            for day in range(2):
                await fixes.append(a_fix(NOON + day * DAY))
                await readings.append(a_reading(NOON + day * DAY))
            accounts.keep_person(MARIA)

    run(write())
    return data_dir


def taken(data_dir, to, url, *, with_secrets=True, say=lambda _: None):
    return take_backup(data_dir, to, with_secrets=with_secrets, taken_at=NOON, say=say, database=url)


def all_of(run, url, data_dir):
    """Return everything that a service finds: its state, fixes, readings and people."""

    async def read():
        async with stores(url, data_dir) as (log, fixes, readings, accounts):
            found_fixes = await fixes.read("V-1", 0.0, NOON + 9 * DAY)
            found = await readings.read("V-1", "door.rear", 0.0, NOON + 9 * DAY, limit=9, after=None)
            state = await fold(log)
            return state, found_fixes.fix_at.tolist(), found.read_at.tolist(), accounts.people(), log.log_id

    return run(read())


@pytest.mark.parametrize("name", ["backup", "backup.tar"])
def test_restored_database_holds_the_same(run, data_dir, url, empty, tmp_path, name):
    expected = all_of(run, url, data_dir)
    manifest = taken(data_dir, tmp_path / name, url)
    assert (manifest.position, manifest.audited, manifest.unsigned) == (6, 3, 0)
    restore_backup(tmp_path / name, tmp_path / "again", empty)
    assert not (tmp_path / "again" / "database").exists()
    assert verify(tmp_path / "again", evidence=PostgresEvidence(empty)).verified
    assert all_of(run, empty, tmp_path / "again") == expected
    assert expected[0].orders.orders["O-1"].customer.name == "Luis Soto"
    assert expected[1:4] == ([NOON, NOON + DAY], [NOON, NOON + DAY], [MARIA])


def test_what_is_written_meanwhile_is_left_out_of_every_table(run, data_dir, url, empty, tmp_path, an_order):
    async def scenario():
        async with stores(url, data_dir) as (log, fixes, _, accounts):
            loop, written = asyncio.get_running_loop(), []

            async def write():
                written.append(len(written))
                await log.append([an_order(100 + len(written))])
                await fixes.append(a_fix(NOON + len(written)))
                await fixes.append(a_fix(NOON + (1 + len(written)) * DAY))  # a day of its own

            def say(_):  # between any two tables
                asyncio.run_coroutine_threadsafe(write(), loop).result(10)
                accounts.keep_person(MARIA)

            return await asyncio.to_thread(taken, data_dir, tmp_path / "backup", url, say=say), written

    manifest, written = run(scenario())
    assert len(written) > len(manifest.tables) > 8, "something was written between any two"
    assert (manifest.position, manifest.audited) == (6, 3)
    restore_backup(tmp_path / "backup", tmp_path / "again", empty)
    state, fixes, readings, people, _ = all_of(run, empty, tmp_path / "again")
    assert (state.position, len(fixes), len(readings), len(people)) == (6, 2, 2, 1)
    assert verify(tmp_path / "again", evidence=PostgresEvidence(empty)).verified


def test_backups_beside_a_busy_writer_are_each_of_one_instant(run, data_dir, url, postgres_url, tmp_path, an_order):
    async def scenario():
        async with stores(url, data_dir) as (log, fixes, _, _):
            ending = asyncio.Event()

            async def write():
                number = 0
                while not ending.is_set():
                    number += 1
                    await log.append([an_order(100 + number)])
                    await fixes.append(a_fix(NOON + number))

            writing = asyncio.create_task(write())
            manifests = [await asyncio.to_thread(taken, data_dir, tmp_path / f"backup-{n}.tar", url) for n in range(3)]
            ending.set()
            await writing
            return manifests

    manifests = run(scenario())
    for n, manifest in enumerate(manifests):
        again, into = tmp_path / f"again-{n}", postgres_url(n)
        restore_backup(tmp_path / f"backup-{n}.tar", again, into)
        state, fixes, *_ = all_of(run, into, again)  # signs what no head covered yet
        assert state.position == manifest.position
        orders = len(state.orders.orders) - 3
        assert orders - 1 <= len(fixes) - 2 <= orders, "a fix follows its order"
        assert all(order.customer is not None for order in state.orders.orders.values()), "a key is missing"
        assert verify(again, evidence=PostgresEvidence(into)).verified


def test_accounts_are_in_it_only_with_the_secrets(data_dir, url, tmp_path):
    kept = {table.name for table in taken(data_dir, tmp_path / "backup", url, with_secrets=False).tables}
    assert not kept & {"people", "sessions", "withdrawn_tokens"}
    assert kept > {"events", "fixes_2025_11_20", "readings_2025_11_21"}
    assert not (tmp_path / "backup" / "secrets").exists()


def test_what_does_not_fit_is_refused_and_changes_nothing(run, data_dir, url, empty, tmp_path):
    taken(data_dir, tmp_path / "backup", url)
    expected = all_of(run, url, data_dir)
    for database, code in ((None, "restore.no_database"), (url, "restore.not_empty")):
        with pytest.raises(Fault) as caught:
            restore_backup(tmp_path / "backup", tmp_path / "again", database)
        assert caught.value.code == code
        assert not (tmp_path / "again").exists()
    assert all_of(run, url, data_dir) == expected
    with pytest.raises(Fault) as caught:
        taken(data_dir, tmp_path / "none", empty)
    assert caught.value.code == "backup.no_log"


def test_a_database_in_use_is_not_filled(run, data_dir, url, empty, tmp_path):
    taken(data_dir, tmp_path / "backup", url)

    async def scenario():
        async with stores(empty, tmp_path / "other"):
            with pytest.raises(Fault) as caught:
                await asyncio.to_thread(restore_backup, tmp_path / "backup", tmp_path / "again", empty)
            assert caught.value.code == "log.in_use"

    run(scenario())


@pytest.mark.parametrize("is_manifest_mended", [False, True])
def test_altered_table_is_not_restored(data_dir, url, empty, tmp_path, is_manifest_mended):
    taken(data_dir, tmp_path / "backup", url)
    file = tmp_path / "backup" / "database" / "commands.copy"
    before = file.read_bytes()
    file.write_bytes(before[:-10])
    if is_manifest_mended:
        manifest = Manifest.read((tmp_path / "backup" / "manifest.json").read_bytes())
        mended = [KeptFile.of(tmp_path / "backup", tmp_path / "backup" / kept.path) for kept in manifest.files]
        replace(manifest, files=tuple(mended)).write(tmp_path / "backup")
    with pytest.raises(Fault) as caught:
        restore_backup(tmp_path / "backup", tmp_path / "again", empty)
    assert caught.value.code == ("backup.unreadable" if is_manifest_mended else "backup.altered")
    assert not (tmp_path / "again").exists()
    with psycopg.connect(empty) as database:
        assert database.execute("SELECT to_regclass('events')").fetchone() == (None,)


def test_files_are_not_restored_into_a_database(empty, tmp_path, run, service, an_order):
    async def write():
        async with service(tmp_path / "files") as log:
            await log.append([an_order(1)])

    run(write())
    take_backup(tmp_path / "files", tmp_path / "backup", with_secrets=True, taken_at=NOON, say=lambda _: None)
    with pytest.raises(Fault) as caught:
        restore_backup(tmp_path / "backup", tmp_path / "again", empty)
    assert caught.value.code == "restore.no_tables"


def test_commands_take_the_database_by_option_or_environment(data_dir, url, empty, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("TOWER_DATABASE", url)
    assert run_backup(["--data-dir", str(data_dir), "--to", str(tmp_path / "b.tar")]) == 0
    said = capsys.readouterr()
    assert "6 events, 3 audited" in said.out
    assert "tables of the database" in said.out
    assert "events: 6 rows" in said.err
    words = ["--from", str(tmp_path / "b.tar"), "--data-dir", str(tmp_path / "again"), "--database", empty]
    assert run_restore(words) == 0
    assert "accounts" in capsys.readouterr().out
