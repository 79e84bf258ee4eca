"""A backup taken while the service writes becomes a data directory again, event for event; half a one never does."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
import subprocess
import sys
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest

from backend_service.audit.verification import verify
from backend_service.backup.command import run_backup, run_restore
from backend_service.backup.restoring import restore_backup
from backend_service.backup.taking import take_backup
from backend_service.handlers.command_bus import fold
from backend_service.storage.fix_archive import FixArchive
from core.refusals import Fault

NOON = 1_763_640_000.0


def taken(data_dir: Path, to: Path, *, with_secrets: bool = True, say=lambda _: None):
    return take_backup(data_dir, to, with_secrets=with_secrets, taken_at=NOON, say=say)


@pytest.fixture
def state_of(service, run):
    """Fold the log of a directory, and read its orders with the names in them."""

    async def folded(data_dir: Path):
        async with service(data_dir) as log:
            return await fold(log)

    return lambda data_dir: run(folded(data_dir))


@pytest.mark.parametrize("name", ["backup", "backup.tar"])
def test_restored_directory_folds_to_the_same_state_and_is_verified(data_dir, tmp_path, state_of, name):
    expected = state_of(data_dir)
    manifest = taken(data_dir, tmp_path / name)
    assert (manifest.position, manifest.audited, manifest.unsigned) == (6, 3, 0)
    restore_backup(tmp_path / name, tmp_path / "again")
    assert verify(tmp_path / "again").verified
    assert state_of(tmp_path / "again") == expected
    assert expected.orders.orders["O-1"].customer.name == "Luis Soto"
    days = [path.name for path in sorted((tmp_path / "again" / "fixes").glob("*.sqlite"))]
    assert days == ["fixes-2025-11-20.sqlite", "fixes-2025-11-21.sqlite"]


def test_fixes_that_have_only_landed_are_in_the_backup(data_dir, tmp_path, run):
    async def taken_meanwhile():
        archive = FixArchive(data_dir / "fixes")
        kept = await archive.read("V-1", 0.0, 4e9)
        await archive.append(replace(kept.select(slice(1)), fix_at=kept.fix_at[:1] + 60.0))
        taken(data_dir, tmp_path / "backup")
        await archive.close()
        restore_backup(tmp_path / "backup", tmp_path / "again")
        restored = FixArchive(tmp_path / "again" / "fixes")
        found = await restored.read("V-1", 0.0, 4e9)
        await restored.close()
        return kept.fix_at[0], found.fix_at.tolist()

    first, found = run(taken_meanwhile())
    assert found == [first, first + 60.0, first + 86_400.0]


def test_what_is_made_anew_is_left_out(data_dir, tmp_path):
    taken(data_dir, tmp_path / "backup")
    kept = {path.relative_to(tmp_path / "backup").parts[0] for path in (tmp_path / "backup").rglob("*")}
    assert kept == {
        "manifest.json",
        "tower.sqlite",
        "keys.sqlite",
        "fixes",
        "audit",
        "secrets",
        "invitations",
    }


def test_secrets_are_in_it_only_when_asked_for(data_dir, tmp_path, state_of):
    taken(data_dir, tmp_path / "backup", with_secrets=False)
    assert not (tmp_path / "backup" / "secrets").exists()
    assert not (tmp_path / "backup" / "invitations").exists()
    restore_backup(tmp_path / "backup", tmp_path / "again")
    with pytest.raises(Fault) as caught:
        state_of(tmp_path / "again")
    assert caught.value.code == "keys.master_missing"


def test_backup_while_the_service_writes_is_of_one_instant(data_dir, tmp_path, run, service, an_order, state_of):
    async def scenario():
        async with service(data_dir) as log:
            ending = asyncio.Event()

            async def write():
                number = 100
                while not ending.is_set():
                    await log.append([an_order(number)])
                    number += 1

            writing = asyncio.create_task(write())
            manifests = [
                await asyncio.to_thread(taken, data_dir, tmp_path / f"backup-{n}.tar", with_secrets=True)
                for n in range(3)
            ]
            ending.set()
            await writing
            return manifests, await log.head()

    manifests, head = run(scenario())
    assert manifests[0].position <= manifests[1].position <= manifests[2].position <= head
    for n, manifest in enumerate(manifests):
        again = tmp_path / f"again-{n}"
        restore_backup(tmp_path / f"backup-{n}.tar", again)
        state = state_of(again)  # signs what no head covered yet
        assert state.position == manifest.position
        assert all(order.customer is not None for order in state.orders.orders.values()), "a key is missing"
        assert verify(again).verified


def test_nothing_is_overwritten(data_dir, tmp_path):
    (tmp_path / "backup").mkdir()
    with pytest.raises(Fault) as caught:
        taken(data_dir, tmp_path / "backup")
    assert caught.value.code == "backup.exists"
    taken(data_dir, tmp_path / "other")
    with pytest.raises(Fault) as caught:
        restore_backup(tmp_path / "other", data_dir)
    assert caught.value.code == "restore.not_empty"


@pytest.mark.parametrize("name", ["tower.sqlite", "keys.sqlite", "audit/heads.txt", "fixes/fixes-2025-11-20.sqlite"])
def test_altered_backup_is_not_restored(data_dir, tmp_path, name):
    taken(data_dir, tmp_path / "backup")
    file = tmp_path / "backup" / name
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    with pytest.raises(Fault, match=name) as caught:
        restore_backup(tmp_path / "backup", tmp_path / "again")
    assert caught.value.code == "backup.altered"
    assert not (tmp_path / "again").exists()


def test_backup_with_a_file_missing_or_too_many_is_not_restored(data_dir, tmp_path):
    taken(data_dir, tmp_path / "backup")
    (tmp_path / "backup" / "added").touch()
    with pytest.raises(Fault, match="added"):
        restore_backup(tmp_path / "backup", tmp_path / "again")
    (tmp_path / "backup" / "added").unlink()
    (tmp_path / "backup" / "keys.sqlite").unlink()
    with pytest.raises(Fault, match=r"keys\.sqlite is missing"):
        restore_backup(tmp_path / "backup", tmp_path / "again")


@pytest.mark.parametrize("length", [0, 700, 20_000])
def test_tar_that_was_cut_off_is_not_restored(data_dir, tmp_path, length):
    taken(data_dir, tmp_path / "backup.tar")
    whole = (tmp_path / "backup.tar").read_bytes()
    (tmp_path / "backup.tar").write_bytes(whole[:length])
    with pytest.raises(Fault) as caught:
        restore_backup(tmp_path / "backup.tar", tmp_path / "again")
    assert caught.value.code.startswith("backup.")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["backup.tar", "data"]


def test_tar_with_a_path_that_leads_out_is_not_restored(tmp_path):
    (tmp_path / "evil").write_text("x")
    with tarfile.open(tmp_path / "backup.tar", "w") as tar:
        tar.add(tmp_path / "evil", "../outside")
    with pytest.raises(Fault):
        restore_backup(tmp_path / "backup.tar", tmp_path / "again")
    assert not (tmp_path / "outside").exists()


def test_backup_into_the_data_directory_is_refused(data_dir):
    with pytest.raises(Fault) as caught:
        taken(data_dir, data_dir / "backup")
    assert caught.value.code == "backup.inside"


def test_folder_without_a_log_is_refused(tmp_path):
    with pytest.raises(Fault) as caught:
        taken(tmp_path, tmp_path / "backup")
    assert caught.value.code == "backup.no_log"


def test_damaged_log_makes_no_backup(data_dir, tmp_path):
    content = bytearray((data_dir / "tower.sqlite").read_bytes())
    content[4096:8192] = bytes(4096)
    (data_dir / "tower.sqlite").write_bytes(content)
    with pytest.raises(Fault) as caught:
        taken(data_dir, tmp_path / "backup")
    assert caught.value.code == "backup.corrupt"
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_interrupted_backup_leaves_nothing(data_dir, tmp_path):
    def interrupt(_: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        taken(data_dir, tmp_path / "backup.tar", say=interrupt)
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGKILL])
def test_ended_backup_leaves_nothing_under_its_name(data_dir, tmp_path, ending):
    with sqlite3.connect(data_dir / "tower.sqlite") as log:  # large enough to be caught at it
        log.execute("CREATE TABLE ballast (content BLOB)")
        log.executemany("INSERT INTO ballast VALUES (randomblob(1000000))", [()] * 150)
    log.close()
    command = [sys.executable, "-m", "backend_service", "backup", "--data-dir", data_dir, "--to", tmp_path / "backup"]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as process:
        assert b"tower.sqlite" in process.stderr.readline()
        process.send_signal(ending)
        process.wait(20)
    assert process.returncode != 0
    assert not (tmp_path / "backup").exists()
    if ending is signal.SIGTERM:
        assert [path.name for path in tmp_path.iterdir()] == ["data"]
    assert taken(data_dir, tmp_path / "backup").position == 6


def test_commands_tell_what_they_did(data_dir, tmp_path, capsys):
    assert run_backup(["--data-dir", str(data_dir), "--to", str(tmp_path / "b.tar")]) == 0
    said = capsys.readouterr()
    assert "6 events, 3 audited" in said.out
    assert "tower.sqlite: 100 %" in said.err
    assert run_restore(["--from", str(tmp_path / "b.tar"), "--data-dir", str(tmp_path / "again")]) == 0
    assert "secrets" in capsys.readouterr().out
