"""What the log on SQLite does when the disk, the file or the keys fail, and after kill -9."""

from __future__ import annotations

import asyncio
import random
import signal
import sqlite3
import subprocess
import sys

import pytest

from backend_service.event_log.embedded import EmbeddedEventLog
from backend_service.event_log.subject_keys import SubjectKeys
from core.events.fleet_events import DriverRegistered
from core.fleet.fleet import DriverPerson
from core.refusals import Fault
from core.timekeeping import SteppedClock
from core.vocabulary import DriverId

WALL = SteppedClock(1_763_600_000.0)


@pytest.fixture
def keys(tmp_path):
    keys = SubjectKeys.open(tmp_path / "keys.sqlite", tmp_path / "secrets" / "master.key")
    yield keys
    keys.close()


@pytest.fixture
def reopen(tmp_path, run, keys):
    opened = []

    def open_again() -> EmbeddedEventLog:
        for log in opened:
            run(log.close())
        opened.append(run(EmbeddedEventLog.open(tmp_path / "tower.sqlite", WALL, keys)))
        return opened[-1]

    yield open_again
    for log in opened:
        run(log.close())


def ana(name: str = "Ana Rojas") -> DriverRegistered:
    return DriverRegistered(driver_id=DriverId("D-7"), person=DriverPerson(name=name))


def test_reopened_log_goes_on_where_it_ended(reopen, run, an_append):
    log = reopen()
    run(log.append([an_append("order/O-1", "order/O-1", command_id="c-1", answer=b"yes")]))
    log_id = log.log_id
    log = reopen()
    [outcome] = run(log.append([an_append("order/O-1", expected={"order/O-1": 2})]))
    assert (outcome.envelopes[0].position, outcome.envelopes[0].version) == (3, 3)
    assert run(log.answer_to("c-1")) == b"yes"
    assert log.log_id == log_id


def test_commit_is_durable_and_readers_do_not_wait(reopen):
    database = reopen()._database
    assert database.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    assert database.execute("PRAGMA synchronous").fetchone()[0] == 2  # FULL


def test_full_disk_keeps_nothing_and_the_log_goes_on_when_space_returns(reopen, run, an_append):
    log = reopen()
    run(log.append([an_append("driver/D-7", event=ana())]))
    pages = log._database.execute("PRAGMA page_count").fetchone()[0]
    log._database.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(Fault) as caught:
        run(log.append([an_append("driver/D-7", event=ana("x" * 100_000), command_id="c-1")]))
    assert caught.value.code == "log.disk_full"
    assert run(log.head()) == 1
    assert run(log.answer_to("c-1")) is None
    log._database.execute("PRAGMA max_page_count = 1000000")
    [outcome] = run(log.append([an_append("driver/D-7", command_id="c-1")]))
    assert outcome.envelopes[0].position == 2


def test_database_held_by_another_program_is_a_fault(reopen, run, tmp_path, an_append):
    log = reopen()
    log._database.execute("PRAGMA busy_timeout = 1")
    other = sqlite3.connect(tmp_path / "tower.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Fault) as caught:
        run(log.append([an_append("order/O-1")]))
    assert caught.value.code == "log.locked"
    other.execute("ROLLBACK")
    other.close()
    run(log.append([an_append("order/O-1")]))
    assert run(log.head()) == 1


def test_file_that_is_no_database_is_corrupt(run, tmp_path, keys):
    (tmp_path / "tower.sqlite").write_bytes(b"not a database at all" * 100)
    with pytest.raises(Fault) as caught:
        run(EmbeddedEventLog.open(tmp_path / "tower.sqlite", WALL, keys))
    assert caught.value.code == "log.corrupt"
    assert "backup" in caught.value.sentence


def test_truncated_file_is_corrupt(reopen, run, tmp_path, an_append, keys):
    log = reopen()
    run(log.append([an_append(*["order/O-1"] * 500)]))
    run(log.close())
    path = tmp_path / "tower.sqlite"
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(Fault) as caught:
        run(EmbeddedEventLog.open(path, WALL, keys))
    assert caught.value.code == "log.corrupt"


def edit(path, sql: str) -> None:
    database = sqlite3.connect(path)
    database.execute(sql)
    database.commit()
    database.close()


def test_edited_tail_is_found_at_start(reopen, run, tmp_path, an_append, keys):
    log = reopen()
    run(log.append([an_append(*["order/O-1"] * 3)]))
    run(log.close())
    edit(tmp_path / "tower.sqlite", "UPDATE events SET occurred_at = 12.0 WHERE position = 2")
    with pytest.raises(Fault, match="position 2"):
        run(EmbeddedEventLog.open(tmp_path / "tower.sqlite", WALL, keys))


def test_record_missing_from_the_tail_is_found_at_start(reopen, run, tmp_path, an_append, keys):
    log = reopen()
    run(log.append([an_append(*["order/O-1"] * 3)]))
    run(log.close())
    edit(tmp_path / "tower.sqlite", "DELETE FROM events WHERE position = 2")
    with pytest.raises(Fault, match="between positions 1 and 3"):
        run(EmbeddedEventLog.open(tmp_path / "tower.sqlite", WALL, keys))


def test_old_record_that_was_edited_is_refused_when_read(reopen, run, tmp_path, an_append):
    log = reopen()
    run(log.append([an_append(*["order/O-1"] * 300)]))
    edit(tmp_path / "tower.sqlite", "UPDATE events SET actor_subject = 'nobody' WHERE position = 1")
    log = reopen()
    with pytest.raises(Fault, match="position 1 "):
        run(log.read(0))


def test_no_personal_data_lies_readable_on_disk(reopen, run, tmp_path, an_append):
    log = reopen()
    run(log.append([an_append("driver/D-7", event=ana("Anastasia Rojas"))]))
    on_disk = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"Anastasia" not in on_disk
    assert b"D-7" in on_disk


def test_erasure_outlives_a_restart_and_leaves_no_key_on_disk(reopen, run, tmp_path, an_append, keys):
    log = reopen()
    run(log.append([an_append("driver/D-7", event=ana())]))
    [(wrapped,)] = keys._database.execute("SELECT wrapped FROM subject_keys").fetchall()
    run(log.erase_subject("driver:D-7"))
    assert run(reopen().read(0))[0].event().person is None
    on_disk = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert wrapped not in on_disk


def test_cancelled_caller_does_not_disturb_the_others(reopen, run, an_append):
    log = reopen()

    async def scenario():
        tasks = [asyncio.ensure_future(log.append([an_append("order/O-1")])) for _ in range(10)]
        await asyncio.sleep(0)
        tasks[3].cancel()
        answers = await asyncio.gather(*tasks, return_exceptions=True)
        assert isinstance(answers[3], asyncio.CancelledError)
        return [outcome.envelopes[0].position for [outcome] in answers[:3] + answers[4:]]

    acknowledged = run(scenario())
    kept = [envelope.position for envelope in run(log.read(0))]
    assert set(acknowledged) <= set(kept)
    assert kept == list(range(1, len(kept) + 1))


WRITING_DAY = """
import asyncio, sys
from pathlib import Path
from backend_service.event_log.embedded import EmbeddedEventLog
from backend_service.event_log.log import Append, NewEvent
from backend_service.event_log.subject_keys import SubjectKeys
from core.events.fleet_events import DriverRegistered
from core.fleet.fleet import DriverPerson
from core.timekeeping import SteppedClock
from core.vocabulary import PLATFORM

async def main(directory, start):
    keys = SubjectKeys.open(directory / "keys.sqlite", directory / "secrets" / "master.key")
    log = await EmbeddedEventLog.open(directory / "tower.sqlite", SteppedClock(1.0), keys)

    async def one(n):
        event = DriverRegistered(driver_id=f"D-{n}", person=DriverPerson(name=f"driver {n}"))
        append = Append((NewEvent(f"driver/D-{n}", event, 1.0),), PLATFORM, 1.0, {f"driver/D-{n}": 0}, f"c-{n}", b"ok")
        [outcome] = await log.append([append])
        print(f"{outcome.envelopes[0].position} D-{n}", flush=True)

    n = start
    while True:
        await asyncio.gather(*(one(n + k) for k in range(8)))
        n += 8

asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
"""


def test_kill_nine_twenty_times_loses_and_doubles_nothing(tmp_path, run):
    dice = random.Random(9)
    acknowledged: dict[int, str] = {}
    for life in range(20):
        lines = _live_until_killed(tmp_path, life * 1_000_000, after_lines=dice.randrange(1, 120))
        acknowledged.update((int(position), driver) for position, driver in map(str.split, lines))

    keys = SubjectKeys.open(tmp_path / "keys.sqlite", tmp_path / "secrets" / "master.key")
    log = run(EmbeddedEventLog.open(tmp_path / "tower.sqlite", WALL, keys))
    kept = run(log.read(0, limit=1_000_000))
    run(log.close())
    keys.close()
    assert [envelope.position for envelope in kept] == list(range(1, len(kept) + 1))
    assert len({envelope.stream for envelope in kept}) == len(kept)
    for envelope in kept:
        driver = envelope.event()
        assert driver.person is not None, "a key was lost that its event needed"
        assert acknowledged.get(envelope.position, driver.driver_id) == driver.driver_id
    assert set(acknowledged) <= {envelope.position for envelope in kept}


def _live_until_killed(directory, start: int, after_lines: int) -> list[str]:
    with subprocess.Popen(
        [sys.executable, "-c", WRITING_DAY, str(directory), str(start)], stdout=subprocess.PIPE, text=True
    ) as service:
        lines = [service.stdout.readline() for _ in range(after_lines)]
        service.send_signal(signal.SIGKILL)
        lines += service.stdout.readlines()
    assert service.returncode == -signal.SIGKILL
    return [line for line in lines if line.endswith("\n")]
