"""The trail follows the log, signs it, and answers what is in it."""

from __future__ import annotations

import asyncio
import sqlite3

import pytest

from backend_service.audit.audit_trail import AuditTrail
from backend_service.audit.heads_file import append_notes, mend, read_notes
from backend_service.audit.verification import verify
from backend_service.event_log.embedded import EmbeddedEventLog
from core.audit.merkle_log import is_included
from core.refusals import Fault, NotFound
from core.timekeeping import SteppedClock


async def signed(trail: AuditTrail, size: int) -> None:
    async with asyncio.timeout(20):
        while trail.signed_head.size < size:
            await asyncio.sleep(0.01)


def test_running_service_signs_what_was_appended(running, run, tmp_path, acknowledged):
    async def scenario():
        async with running(tmp_path) as (log, trail):
            await log.append([acknowledged("O-1", "O-2")])
            await signed(trail, 2)
            return verify(tmp_path)

    report = run(scenario())
    assert report.verified
    assert report.entries == 2


def test_page_goes_back_from_the_newest(running, run, data_dir):
    async def scenario():
        async with running(data_dir) as (_, trail):
            return await trail.page(None, 2), await trail.page(4, 100)

    newest, older = run(scenario())
    assert [(index, envelope.position) for index, envelope in newest.entries] == [(5, 11), (4, 9)]
    assert [index for index, _ in older.entries] == [3, 2, 1, 0]
    assert newest.tree_size == 6
    assert newest.entries[0][1].event().key == "late:O-5"


def test_every_entry_is_proved_under_the_signed_head(running, run, data_dir):
    async def scenario():
        async with running(data_dir) as (_, trail):
            return trail.signed_head, [await trail.proof(index) for index in range(6)]

    head, proofs = run(scenario())
    for index, proof in enumerate(proofs):
        assert proof.root == head.root
        assert is_included(proof.leaf, index, proof.size, proof.path, proof.root)


def test_proof_of_an_entry_that_is_not_there_is_refused(running, run, data_dir):
    async def scenario():
        async with running(data_dir) as (_, trail):
            await trail.proof(6)

    with pytest.raises(NotFound):
        run(scenario())


def test_copy_outside_is_brought_level_after_a_crash_between_two_writes(running, run, data_dir, outside):
    [copy] = outside.rglob("heads.txt")
    notes, _ = read_notes(copy)
    copy.write_text("\n".join(notes[:-1]) + "\n", "utf-8")

    async def scenario():
        async with running(data_dir, outside):
            pass

    run(scenario())
    assert copy.read_text("utf-8") == (data_dir / "audit" / "heads.txt").read_text("utf-8")
    assert verify(data_dir, copy).verified


def test_torn_head_is_cut_off_at_start(tmp_path):
    heads = tmp_path / "heads.txt"
    append_notes(heads, ["tower/x\n1\nroot\n\n— tower/x c2ln\n"])
    whole = heads.read_bytes()
    heads.write_bytes(whole + b"tower/x\n2\nro")
    assert len(mend(heads)) == 1
    assert heads.read_bytes() == whole


def test_heads_that_cannot_be_written_are_written_later(running, run, tmp_path, acknowledged, caplog, monkeypatch):
    monkeypatch.setattr("backend_service.audit.audit_trail.RETRY_S", 0.01)

    async def scenario():
        async with running(tmp_path) as (log, trail):
            heads = tmp_path / "audit" / "heads.txt"
            kept = heads.rename(tmp_path / "kept.txt")
            heads.symlink_to(tmp_path / "unmounted" / "heads.txt")
            await log.append([acknowledged("O-1")])
            async with asyncio.timeout(20):
                while "could not be written" not in caplog.text:
                    await asyncio.sleep(0.01)
            kept.replace(heads)  # in one step: the trail tries again meanwhile
            await signed(trail, 1)

    run(scenario())
    assert verify(tmp_path).verified


def test_entries_of_a_killed_service_are_unsigned_until_it_was_started_again(
    running, run, data_dir, acknowledged, keys
):
    """A killed service is a log that was appended to without a trail that closed."""

    async def scenario():
        log = await EmbeddedEventLog.open(data_dir / "tower.sqlite", SteppedClock(1.0), keys)
        await log.append([acknowledged("O-6")])
        await log.close()
        killed = verify(data_dir)
        async with running(data_dir):
            pass
        return killed, verify(data_dir)

    killed, restarted = run(scenario())
    assert [(finding.kind, finding.leaf_index) for finding in killed.findings] == [("unsigned", 6)]
    assert restarted.verified
    assert restarted.entries == 7


def test_lost_signing_key_is_said_instead_of_made_anew(running, run, data_dir):
    (data_dir / "secrets" / "audit.key").unlink()

    async def scenario():
        async with running(data_dir):
            pass

    with pytest.raises(Fault) as caught:
        run(scenario())
    assert caught.value.code == "audit.key_missing"


def test_signing_key_is_for_the_owner_only(data_dir):
    assert (data_dir / "secrets" / "audit.key").stat().st_mode & 0o777 == 0o600


def edit(data_dir, statement: str) -> None:
    with sqlite3.connect(data_dir / "tower.sqlite") as database:
        database.execute(statement)
    database.close()


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        ("DELETE FROM audit_leaves WHERE leaf_index >= 4", "log.shortened"),
        ("UPDATE audit_leaves SET leaf_hash = zeroblob(32) WHERE leaf_index = 1", "log.altered"),
        ("UPDATE log_identity SET log_id = 'another'", "audit.other_log"),
    ],
)
def test_log_that_is_not_the_signed_one_is_refused_with_what_to_do(running, run, data_dir, damage, code):
    edit(data_dir, damage)

    async def scenario():
        async with running(data_dir):
            pass

    with pytest.raises(Fault) as caught:
        run(scenario())
    assert caught.value.code == code
    assert "or" in caught.value.sentence


def test_accepted_loss_is_signed_over_and_stays_provable(running, run, data_dir):
    edit(data_dir, "DELETE FROM events WHERE position > 8")
    edit(data_dir, "DELETE FROM audit_leaves WHERE leaf_index >= 4")

    async def scenario(**options):
        async with running(data_dir, **options):
            pass

    run(scenario(accept_loss=True))
    run(scenario())
    assert "truncation" in {finding.kind for finding in verify(data_dir).findings}
