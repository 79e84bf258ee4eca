"""`audit verify` and `audit replay`: is the trail whole, and is a plan what the search finds."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import msgspec

from backend_service.audit.evidence import Evidence, PostgresEvidence, SqliteEvidence
from backend_service.audit.replaying import ReplayReport, replay
from backend_service.audit.verification import LOG_FILE, VerificationReport, verify
from backend_service.settings import DATABASE_VARIABLE
from backend_service.streets.city import default_data_dir


def run(arguments: Sequence[str]) -> int:
    """Carry out ``verify`` or ``replay POSITION`` with ``[--data-dir DIR] [--database URL] [--json]``.

    ``verify`` takes ``[--heads FILE] [--public-key FILE]`` beside.

    Returns
    -------
    int
        0 when nothing was found, 1 when something was, 2 when there is nothing to look at.

    Raises
    ------
    Refusal, Fault
        From ``replay``: no plan was put in force there, or what it rests on is not kept.
    """
    options = _parser().parse_args(arguments)
    evidence = PostgresEvidence(options.database) if options.database else None
    if evidence is None and not (options.data_dir / LOG_FILE).exists():
        sys.stderr.write(f"There is no log in {options.data_dir}. Name the service's data directory.\n")
        return 2
    return _replay(options, evidence) if options.verb == "replay" else _verify(options, evidence)


def _verify(options: argparse.Namespace, evidence: Evidence | None) -> int:
    public_key = options.public_key.read_text("utf-8") if options.public_key else None
    report = verify(options.data_dir, options.heads, public_key, evidence=evidence)
    sys.stdout.write(_as_json(report) if options.json else _as_text(report))
    return 0 if report.verified else 1


def _replay(options: argparse.Namespace, evidence: Evidence | None) -> int:
    found = evidence or SqliteEvidence(options.data_dir / LOG_FILE)
    report = replay(options.data_dir, found, options.position)
    sys.stdout.write(_replay_as_json(report) if options.json else _replay_as_text(report))
    return 0 if report.is_equal else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tower audit", description="Look after the audit trail.")
    verbs = parser.add_subparsers(required=True, metavar="verify|replay", dest="verb")
    check = verbs.add_parser("verify", help="check every audited entry against the signed tree heads")
    _add_places(check)
    check.add_argument("--heads", type=Path, help="the heads to believe, such as the copy outside the data directory")
    check.add_argument("--public-key", type=Path, help="the public key to believe; default: the one beside the heads")
    again = verbs.add_parser(
        "replay", help="find an adopted or a wave's plan again from what was recorded, and say what differs"
    )
    again.add_argument(
        "position", type=int, metavar="POSITION", help="where in the log it was put in force or proposed"
    )
    _add_places(again)
    return parser


def _add_places(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--data-dir", type=Path, default=default_data_dir(), help="the service's data directory (default: %(default)s)"
    )
    verb.add_argument("--database", default=os.environ.get(DATABASE_VARIABLE), help="the log's URL, if on PostgreSQL")
    verb.add_argument("--json", action="store_true", help="print one JSON object")


def _as_json(report: VerificationReport) -> str:
    return msgspec.json.encode({**asdict(report), "verified": report.verified}).decode() + "\n"


def _as_text(report: VerificationReport) -> str:
    lines = [f"{finding.kind}: {finding.sentence}" for finding in report.findings]
    counted = f"{report.entries} audited entries, {report.heads} signed heads"
    outcome = "verified" if report.verified else f"NOT verified, {len(report.findings)} findings"
    return "\n".join([*lines, f"{counted}: {outcome}"]) + "\n"


def _replay_as_json(report: ReplayReport) -> str:
    return msgspec.json.encode({**asdict(report), "equal": report.is_equal}).decode() + "\n"


def _replay_as_text(report: ReplayReport) -> str:
    counted = f"Plan at position {report.position}, seed {report.seed}, {report.iterations} iterations"
    outcome = "found again exactly" if report.is_equal else "found otherwise"
    return "\n".join([*report.differences, f"{counted}: {outcome}"]) + "\n"
