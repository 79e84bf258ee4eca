"""What was synced stays, anything else may go: told of the model, and of SQLite recorded through the VFS."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from backend_service.chaos.lying_disk import LyingDisk
from backend_service.chaos.recorded_writes import Deed, Recorded, Recorder, read_record

CUTS = 60

COMMITS = """
import sqlite3, sys, time
from pathlib import Path
from backend_service.chaos.recorded_writes import Recorder
from backend_service.chaos.recording_vfs import RecordingVfs

folder = Path(sys.argv[1])
RecordingVfs(Recorder(folder / "data", folder / "record")).install()
database = sqlite3.connect(folder / "data" / "kept.sqlite", isolation_level=None)
database.execute("PRAGMA journal_mode = WAL")
database.execute(f"PRAGMA synchronous = {sys.argv[2]}")
database.execute("CREATE TABLE kept (number INTEGER PRIMARY KEY, filling TEXT)")
for number in range(60):
    database.execute("INSERT INTO kept VALUES (?, ?)", (number, "x" * 3000))
    print(number, time.time(), flush=True)
    time.sleep(0.002)
"""


def written(path: str, content: bytes, offset: int = 0) -> Recorded:
    return Recorded(0.0, Deed.WRITE, path, offset, content)


def left(disk: LyingDisk, folder: Path, seed: int) -> dict[str, bytes]:
    target = folder / str(seed)
    disk.write_after_power_cut(target, random.Random(seed))
    return {file.name: file.read_bytes() for file in target.glob("*")}


def test_what_was_synced_stays_and_the_rest_may_go(tmp_path: Path) -> None:
    disk = LyingDisk()
    for deed in (
        written("a", b"kept" * 300),
        Recorded(0.0, Deed.SYNC, "a"),
        written("a", b"lost" * 300, 1200),
        written("b", b"never synced"),
    ):
        disk.carry_out(deed)
    found = [left(disk, tmp_path, seed) for seed in range(CUTS)]
    assert all(files["a"].startswith(b"kept" * 300) for files in found)
    assert {files["a"] == b"kept" * 300 for files in found} == {True, False}
    assert {"b" in files for files in found} == {True, False}


def test_a_file_is_cut_and_deleted_as_it_was(tmp_path: Path) -> None:
    disk = LyingDisk()
    for deed in (
        written("a", b"0123456789"),
        Recorded(0.0, Deed.TRUNCATE, "a", 4),
        written("a", b"x", 6),
        Recorded(0.0, Deed.SYNC, "a"),
        written("b", b"b"),
        Recorded(0.0, Deed.SYNC, "b"),
        Recorded(0.0, Deed.DELETE, "b"),
    ):
        disk.carry_out(deed)
    assert left(disk, tmp_path, 1) == {"a": b"0123\0\0x"}


def test_a_record_is_read_up_to_its_torn_end(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path, tmp_path / "record")
    recorder.note(Deed.WRITE, str(tmp_path / "a"), 7, b"content")
    recorder.note(Deed.SYNC, "/elsewhere/b")
    recorder.note(Deed.SYNC, str(tmp_path / "a"))
    whole = list(read_record(tmp_path / "record"))
    assert [(one.deed, one.path, one.offset, one.content) for one in whole] == [
        (Deed.WRITE, "a", 7, b"content"),
        (Deed.SYNC, "a", 0, b""),
    ]
    torn = (tmp_path / "record").read_bytes()[:-3]
    (tmp_path / "record").write_bytes(torn)
    assert list(read_record(tmp_path / "record")) == whole[:1]


@pytest.mark.parametrize(("synchronous", "is_kept"), [("FULL", True), ("OFF", False)])
def test_a_commit_that_was_synced_survives_every_power_cut_and_one_that_was_not_does_not(
    tmp_path: Path, synchronous: str, is_kept: bool
) -> None:
    (tmp_path / "data").mkdir()
    said = subprocess.run(
        [sys.executable, "-c", COMMITS, str(tmp_path), synchronous], capture_output=True, text=True, check=True
    ).stdout
    committed_at = {int(number): float(at) for number, at in map(str.split, said.splitlines())}
    record = list(read_record(tmp_path / "record"))
    first = next(place for place, deed in enumerate(record) if deed.at > committed_at[0])
    lost = 0
    for cut in range(CUTS):
        moment = random.Random(cut).randrange(first, len(record))
        disk = LyingDisk()
        for deed in record[: moment + 1]:
            disk.carry_out(deed)
        disk.write_after_power_cut(tmp_path / f"cut-{cut}", random.Random(cut))
        promised = {number for number, at in committed_at.items() if at <= record[moment].at}
        lost += not promised <= numbers_in(tmp_path / f"cut-{cut}" / "kept.sqlite")
    assert (lost == 0) is is_kept, f"{lost} of {CUTS} power cuts took a commit"


def numbers_in(file: Path) -> set[int]:
    if not file.exists():
        return set()
    with closing(sqlite3.connect(file)) as database:
        try:
            return {number for (number,) in database.execute("SELECT number FROM kept")}
        except sqlite3.DatabaseError:
            return set()
