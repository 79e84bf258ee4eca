"""The audit trail over a log on PostgreSQL: signed, verified, and every kind of tampering named."""

from __future__ import annotations

import psycopg
import pytest

from backend_service.audit.audit_trail import AuditTrail
from backend_service.audit.command import run as audit
from backend_service.audit.evidence import PostgresEvidence
from backend_service.audit.verification import verify
from backend_service.event_log.postgres import PostgresEventLog
from core.audit.merkle_log import is_included


@pytest.fixture
def url(postgres_url, run, tmp_path, wall, keys, acknowledged):
    """Audited entries 0 to 2 at positions 1, 3 and 5, signed."""
    url = postgres_url()

    async def scenario():
        log = await PostgresEventLog.open(url, wall, keys)
        trail = await AuditTrail.open(tmp_path, log, wall)
        await log.append([acknowledged("O-0", "O-1", "O-2")])
        await trail.close()
        proofs = [await trail.proof(index) for index in range(3)]
        assert all(is_included(proof.leaf, proof.index, 3, proof.path, proof.root) for proof in proofs)
        await log.close()

    run(scenario())
    return url


def test_untouched_log_is_verified(url, tmp_path, capsys):
    report = verify(tmp_path, evidence=PostgresEvidence(url))
    assert (report.verified, report.entries, report.unsigned) == (True, 3, 0)
    assert audit(["verify", "--data-dir", str(tmp_path), "--database", url]) == 0
    assert "verified" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("tampering", "kind", "position"),
    [
        ("UPDATE events SET actor_subject = 'nobody' WHERE position = 3", "edit", 3),
        ("DELETE FROM events WHERE position = 3", "deletion", 3),
        ("DELETE FROM audit_leaves WHERE leaf_index = 2", "deletion", 5),
    ],
)
def test_tampering_is_named(url, tmp_path, tampering, kind, position):
    with psycopg.connect(url) as connection:
        connection.execute(tampering)
    found = verify(tmp_path, evidence=PostgresEvidence(url)).findings
    assert (kind, position) in [(finding.kind, finding.position) for finding in found]


def test_database_that_cannot_be_read_is_a_finding(url, tmp_path):
    with psycopg.connect(url) as connection:
        connection.execute("DROP TABLE audit_leaves")
    [finding] = verify(tmp_path, evidence=PostgresEvidence(url)).findings
    assert finding.kind == "unreadable"
