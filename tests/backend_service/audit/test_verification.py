"""Every way to tamper with a real database and its heads, and what is said about it."""

from __future__ import annotations

import base64
import hashlib
import shutil
import sqlite3

import msgspec
import pytest

from backend_service.audit import command
from backend_service.audit.heads_file import read_notes
from backend_service.audit.verification import verify
from backend_service.event_log.stored_record import COLUMNS, record_of
from backend_service.storage.directory_lock import DirectoryLock


@pytest.fixture
def tamper(data_dir):
    def execute(*statements: str) -> None:
        database = sqlite3.connect(data_dir / "tower.sqlite")
        for statement in statements:
            database.execute(statement)
        database.commit()
        database.close()

    return execute


@pytest.fixture
def recompute(data_dir):
    """Make digests and leaves fit whatever the records say now: an attacker with the code and the database."""

    def execute() -> None:
        database = sqlite3.connect(data_dir / "tower.sqlite")
        for row in database.execute(f"SELECT {COLUMNS} FROM events").fetchall():
            digest = record_of(row).digest()
            database.execute("UPDATE events SET digest = ? WHERE position = ?", (digest, row[0]))
            database.execute("UPDATE audit_leaves SET leaf_hash = ? WHERE position = ?", (digest, row[0]))
        database.commit()
        database.close()

    return execute


def found(data_dir, *more) -> list[tuple[str, int | None, int | None]]:
    return [(finding.kind, finding.leaf_index, finding.position) for finding in verify(data_dir, *more).findings]


def keep_heads_up_to(data_dir, size: int) -> None:
    """Take the heads over more than `size` entries away."""
    heads = data_dir / "audit" / "heads.txt"
    notes = [note for note in read_notes(heads)[0] if int(note.splitlines()[1]) <= size]
    heads.write_text("\n".join(notes) + "\n", "utf-8")


def outside_heads(outside):
    [heads] = outside.rglob("heads.txt")
    return heads


def test_untouched_log_is_verified(data_dir, outside):
    report = verify(data_dir)
    assert (report.verified, report.entries, report.unsigned) == (True, 6, 0)
    assert verify(data_dir, outside_heads(outside)).verified


def test_log_without_entries_is_verified(running, run, tmp_path):
    async def scenario():
        async with running(tmp_path / "fresh"):
            pass

    run(scenario())
    assert verify(tmp_path / "fresh").verified


def test_edited_entry_is_named(data_dir, tamper):
    tamper("UPDATE events SET actor_subject = 'somebody' WHERE position = 5")
    assert found(data_dir) == [("edit", 2, 5)]


COLUMN_NAMES = [name for name in COLUMNS.split(", ") if name not in ("position", "sealed")]


@pytest.mark.parametrize("column", COLUMN_NAMES)
def test_edit_of_any_column_is_found(data_dir, tamper, column):
    tamper(f"UPDATE events SET {column} = 77 WHERE position = 9")
    assert found(data_dir) == [("edit", 4, 9)]


def test_edited_payload_with_its_digest_is_named(data_dir, tamper):
    tamper("UPDATE events SET payload = x'81a36b6579a3626164', digest = zeroblob(32) WHERE position = 5")
    assert found(data_dir) == [("edit", 2, 5)]


def test_edited_record_that_is_not_audited_is_named_too(data_dir, tamper):
    tamper("UPDATE events SET occurred_at = 99.0 WHERE position = 4")
    assert found(data_dir) == [("edit", None, 4)]


def test_deleted_entry_is_named(data_dir, tamper):
    tamper("DELETE FROM events WHERE position = 7")
    assert found(data_dir) == [("deletion", 3, 7)]


def test_entry_deleted_with_its_leaf_is_named(data_dir, tamper):
    tamper("DELETE FROM events WHERE position = 7", "DELETE FROM audit_leaves WHERE leaf_index = 3")
    assert ("deletion", 3, None) in found(data_dir)
    assert ("deletion", None, 7) in found(data_dir)


def test_entry_taken_out_of_the_tree_is_named(data_dir, tamper):
    tamper(
        "DELETE FROM audit_leaves WHERE leaf_index = 3",
        "UPDATE audit_leaves SET leaf_index = leaf_index - 1 WHERE leaf_index > 3",
    )
    assert ("deletion", None, 7) in found(data_dir)


def test_record_moved_far_away_is_found_at_once(data_dir, tamper):
    tamper(f"UPDATE events SET position = {10**15} WHERE position = 12")
    assert found(data_dir) == [("deletion", None, 12), ("edit", None, 10**15)]


def test_swapped_entries_are_named(data_dir, tamper):
    tamper(
        "UPDATE events SET position = -1 WHERE position = 3",
        "UPDATE events SET position = 3 WHERE position = 9",
        "UPDATE events SET position = 9 WHERE position = -1",
    )
    assert found(data_dir) == [("reordering", 1, 3), ("reordering", 4, 9)]


def test_swapped_leaves_are_named(data_dir, tamper):
    tamper(
        "UPDATE audit_leaves SET leaf_index = -1 WHERE leaf_index = 1",
        "UPDATE audit_leaves SET leaf_index = 1 WHERE leaf_index = 4",
        "UPDATE audit_leaves SET leaf_index = 4 WHERE leaf_index = -1",
    )
    assert ("reordering", 2, 5) in found(data_dir)


def test_truncation_is_named_by_its_first_missing_entry(data_dir, tamper):
    tamper("DELETE FROM events WHERE position > 8", "DELETE FROM audit_leaves WHERE position > 8")
    assert found(data_dir) == [("truncation", 4, None)]


def test_recomputed_entry_is_named_by_the_copy_of_the_leaves(data_dir, tamper, recompute):
    tamper("UPDATE events SET actor_subject = 'somebody' WHERE position = 9")
    recompute()
    assert found(data_dir) == [("recomputed", 4, 9)]


def test_every_recomputed_entry_is_named(data_dir, tamper, recompute):
    tamper("UPDATE events SET actor_subject = 'somebody' WHERE position IN (3, 9)")
    recompute()
    assert found(data_dir) == [("recomputed", 1, 3), ("recomputed", 4, 9)]


def test_recomputed_entry_is_named_between_heads_when_the_copy_was_recomputed_too(data_dir, tamper, recompute):
    tamper("UPDATE events SET actor_subject = 'somebody' WHERE position = 9")
    recompute()
    (data_dir / "audit" / "leaves.bin").write_bytes(bytes(6 * 32))
    [finding] = verify(data_dir).findings
    assert (finding.kind, finding.leaf_index) == ("recomputed", 3)
    assert "entries 3 to 5" in finding.sentence


def test_deletion_recomputed_to_look_whole_is_named_where_it_begins(data_dir, tamper, recompute):
    tamper(
        "DELETE FROM events WHERE position IN (5, 6)",
        "DELETE FROM audit_leaves WHERE leaf_index = 2",
        "UPDATE audit_leaves SET leaf_index = leaf_index - 1 WHERE leaf_index > 2",
        "UPDATE events SET position = position - 2 WHERE position > 6",
        "UPDATE audit_leaves SET position = position - 2 WHERE position > 6",
    )
    recompute()
    assert found(data_dir)[0] == ("recomputed", 2, 5)


def test_service_that_goes_on_does_not_cover_a_recomputation_up(
    data_dir, tamper, recompute, running, run, acknowledged
):
    tamper("UPDATE events SET actor_subject = 'somebody' WHERE position = 5")
    recompute()

    async def scenario():
        async with running(data_dir, accept_loss=True) as (log, _):
            await log.append([acknowledged("O-6")])

    run(scenario())
    assert found(data_dir) == [("recomputed", 2, 5)]


def test_service_that_goes_on_does_not_cover_a_truncation_up(data_dir, tamper, running, run, acknowledged):
    tamper("DELETE FROM events WHERE position > 8", "DELETE FROM audit_leaves WHERE position > 8")

    async def scenario():
        async with running(data_dir, accept_loss=True) as (log, _):
            await log.append([acknowledged("O-6", "O-7")])

    run(scenario())
    assert ("truncation", 4, None) in found(data_dir)


def test_removed_heads_file_is_found(data_dir):
    (data_dir / "audit" / "heads.txt").unlink()
    assert found(data_dir)[0][0] == "heads_missing"


def test_edited_head_is_found(data_dir):
    heads = data_dir / "audit" / "heads.txt"
    heads.write_text(heads.read_text("utf-8").replace("\n3\n", "\n4\n", 1), "utf-8")
    assert "heads_edited" in {kind for kind, *_ in found(data_dir)}


def test_head_taken_out_of_the_middle_is_found(data_dir):
    heads = data_dir / "audit" / "heads.txt"
    notes, _ = read_notes(heads)
    heads.write_text("\n".join([*notes[:2], *notes[3:]]), "utf-8")
    assert [kind for kind, *_ in found(data_dir)] == ["heads_removed"]


def test_last_heads_taken_away_are_found(data_dir):
    keep_heads_up_to(data_dir, 2)
    assert ("unsigned", 2, 5) in found(data_dir)


def test_copy_outside_shows_a_truncation_of_database_and_heads_together(data_dir, tamper, outside):
    tamper("DELETE FROM events WHERE position > 4", "DELETE FROM audit_leaves WHERE position > 4")
    keep_heads_up_to(data_dir, 2)
    assert verify(data_dir).verified, "inside alone nothing can tell"
    assert {"heads_removed", "truncation"} == {kind for kind, *_ in found(data_dir, outside_heads(outside))}


def test_heads_signed_by_another_key_are_found(data_dir, tmp_path, running, run, outside):
    """A whole directory made anew, with a key of its own, against the public key that was kept elsewhere."""

    async def scenario():
        async with running(tmp_path / "forged"):
            pass

    run(scenario())
    public_key = outside_heads(outside).with_name("public_key.txt").read_text("utf-8")
    assert "heads_edited" in {finding.kind for finding in verify(tmp_path / "forged", None, public_key).findings}


def test_running_service_may_have_entries_younger_than_its_last_head(data_dir):
    keep_heads_up_to(data_dir, 3)
    with DirectoryLock.take(data_dir):
        report = verify(data_dir)
    assert report.verified
    assert report.unsigned == 3


def test_damaged_database_is_a_finding(data_dir):
    (data_dir / "tower.sqlite").write_bytes(b"rubbish" * 1000)
    for leftover in data_dir.glob("tower.sqlite-*"):
        leftover.unlink()
    assert [kind for kind, *_ in found(data_dir)] == ["unreadable"]


def test_erasing_a_subject_leaves_the_log_verified(data_dir):
    shutil.rmtree(data_dir / "secrets")
    (data_dir / "keys.sqlite").unlink()
    assert verify(data_dir).verified


def test_command_says_what_it_found(data_dir, tamper, capsys):
    assert command.run(["verify", "--data-dir", str(data_dir)]) == 0
    assert "6 audited entries" in capsys.readouterr().out
    tamper("UPDATE events SET actor_subject = 'somebody' WHERE position = 5")
    assert command.run(["verify", "--data-dir", str(data_dir), "--json"]) == 1
    said = msgspec.json.decode(capsys.readouterr().out)
    assert said["verified"] is False
    assert said["entries"] == 6
    assert said["findings"][0]["leaf_index"] == 2


def test_command_without_a_log_says_so(tmp_path, capsys):
    assert command.run(["verify", "--data-dir", str(tmp_path)]) == 2
    assert "no log" in capsys.readouterr().err


def test_heads_are_plain_checkpoints(data_dir):
    """The form of c2sp.org/tlog-checkpoint: origin, size, base64 root; the root of nothing is SHA-256 of nothing."""
    first = read_notes(data_dir / "audit" / "heads.txt")[0][0].splitlines()
    assert first[0].startswith("tower/")
    assert first[1] == "0"
    assert base64.b64decode(first[2]) == hashlib.sha256(b"").digest()
    assert first[5] == ""
    assert first[6].startswith(f"— {first[0]} ")
