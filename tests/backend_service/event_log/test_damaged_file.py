"""A real log, cut off or altered at any byte: it says so, or gives back whole events as they were, in order.

The world: three transactions of 40 events, the last two still in the write-ahead log, and an answer for a command.
"""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
from pathlib import Path

import pytest

from backend_service.event_log.embedded import EmbeddedEventLog
from backend_service.event_log.subject_keys import SubjectKeys
from core.events.fleet_events import DriverRegistered
from core.fleet.fleet import DriverPerson
from core.refusals import Fault
from core.timekeeping import SteppedClock
from core.vocabulary import DriverId

WALL = SteppedClock(1_763_600_000.0)
TOLD = {"log.corrupt", "log.unavailable", "log.newer", "keys.corrupt"}
FLIPS, CUTS = 250, 60


@pytest.fixture
def keys():
    keys = SubjectKeys.in_memory()
    yield keys
    keys.close()


@pytest.fixture
def whole(tmp_path, run, keys, an_append):
    """Return the folder with the log as a power cut left it, and every event in it."""
    log = run(EmbeddedEventLog.open(tmp_path / "tower.sqlite", WALL, keys))
    ana = DriverRegistered(driver_id=DriverId("D-7"), person=DriverPerson(name="Ana"))
    for n in range(3):
        if n == 1:
            log._database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            log._database.execute("PRAGMA wal_autocheckpoint = 0")
        streams = [f"order/O-{k % 11}" for k in range(39)]
        run(log.append([an_append(*streams, command_id=f"c-{n}", answer=b"yes"), an_append("driver/D-7", event=ana)]))
    expected = run(log.read(0, 1000))
    frozen = tmp_path / "frozen"
    frozen.mkdir()
    for name in ("tower.sqlite", "tower.sqlite-wal"):
        shutil.copy(tmp_path / name, frozen)
    run(log.close())
    assert (frozen / "tower.sqlite-wal").stat().st_size > 10_000
    return frozen, expected


def reopened(run, keys, folder: Path, frozen: Path, damage, **options):
    """Open a damaged copy and return (events, answers) or the fault's code."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(frozen, folder)
    damage(folder)

    async def scenario():
        log = await EmbeddedEventLog.open(folder / "tower.sqlite", WALL, keys, **options)
        try:
            events = [envelope async for envelope in log.read_all()]
            streams = {stream: await log.read_stream(stream) for stream in {e.stream for e in events}}
            return events, streams, [await log.answer_to(f"c-{n}") for n in range(3)], await log.head()
        finally:
            await log.close()

    try:
        return run(scenario())
    except Fault as fault:
        assert fault.sentence
        return fault.code


def is_honest(found, expected) -> bool:
    """Say whether it was refused, or what was given back is a beginning of the log that ends with a transaction."""
    if isinstance(found, str):
        return found in TOLD
    events, streams, answers, head = found
    kept = len(events)
    return (
        events == expected[:kept]
        and kept == head
        and kept % 40 == 0
        and answers == [b"yes"] * (kept // 40) + [None] * (3 - kept // 40)
        and all(found == [e for e in events if e.stream == stream] for stream, found in streams.items())
    )


def flip(name: str, offset: int, mask: int):
    def damage(folder: Path) -> None:
        with (folder / name).open("r+b") as file:
            file.seek(offset)
            [byte] = file.read(1)
            file.seek(offset)
            file.write(bytes([byte ^ mask]))

    return damage


def cut(name: str, length: int):
    return lambda folder: os.truncate(folder / name, length)


@pytest.mark.parametrize("name", ["tower.sqlite", "tower.sqlite-wal"])
def test_altered_byte_is_told_or_harmless(whole, run, keys, tmp_path, name):
    frozen, expected = whole
    dice = random.Random(f"flip {name}")
    size = (frozen / name).stat().st_size
    offsets = [*range(0, 130, 3), *(dice.randrange(size) for _ in range(FLIPS))]
    for offset in offsets:
        mask = 1 << dice.randrange(8)
        found = reopened(run, keys, tmp_path / "again", frozen, flip(name, offset, mask))
        assert is_honest(found, expected), f"{name} byte {offset} ^ {mask}: {found}"


def test_altered_byte_of_a_large_log_is_told_when_it_is_read(whole, run, keys, tmp_path):
    frozen, expected = whole
    dice = random.Random("large")
    size = (frozen / "tower.sqlite").stat().st_size
    for offset in (dice.randrange(size) for _ in range(FLIPS)):
        mask = 1 << dice.randrange(8)
        damage = flip("tower.sqlite", offset, mask)
        found = reopened(run, keys, tmp_path / "again", frozen, damage, checked_whole_bytes=0)
        assert is_honest(found, expected), f"byte {offset} ^ {mask}: {found}"


@pytest.mark.parametrize("name", ["tower.sqlite", "tower.sqlite-wal"])
def test_file_cut_off_anywhere_is_told_or_ends_with_a_whole_transaction(whole, run, keys, tmp_path, name):
    frozen, expected = whole
    dice = random.Random(f"cut {name}")
    size = (frozen / name).stat().st_size
    for length in [0, 1, 31, 32, 33, size - 1, *(dice.randrange(size) for _ in range(CUTS))]:
        found = reopened(run, keys, tmp_path / "again", frozen, cut(name, length))
        assert is_honest(found, expected), f"{name} cut to {length}: {found}"


def test_damaged_transaction_with_a_later_one_behind_it_is_never_dropped(whole, run, keys, tmp_path):
    frozen, _ = whole
    found = reopened(run, keys, tmp_path / "again", frozen, flip("tower.sqlite-wal", 32 + 24 + 100, 1))
    assert found == "log.corrupt"


def test_torn_last_transaction_is_dropped_with_a_word(whole, run, keys, tmp_path, caplog):
    frozen, expected = whole
    size = (frozen / "tower.sqlite-wal").stat().st_size
    found = reopened(run, keys, tmp_path / "again", frozen, cut("tower.sqlite-wal", size - 100))
    assert found[0] == expected[:80]
    assert "torn transaction" in caplog.text


def test_log_of_the_first_format_is_lifted(whole, run, keys, tmp_path):
    frozen, expected = whole

    def first_format(folder: Path) -> None:
        database = sqlite3.connect(folder / "tower.sqlite", isolation_level=None)
        database.execute("ALTER TABLE commands DROP COLUMN digest")
        database.execute("UPDATE log_identity SET format = 1")
        database.close()

    assert is_honest(reopened(run, keys, tmp_path / "again", frozen, first_format), expected)
