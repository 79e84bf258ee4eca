"""`audit verify`: checks a data directory's audit trail and says which entry is wrong."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import msgspec

from backend_service.audit.evidence import PostgresEvidence
from backend_service.audit.verification import LOG_FILE, VerificationReport, verify
from backend_service.settings import DATABASE_VARIABLE
from backend_service.streets.city import default_data_dir


def run(arguments: Sequence[str]) -> int:
    """Carry out ``verify [--data-dir DIR] [--heads FILE] [--public-key FILE] [--database URL] [--json]``.

    Returns
    -------
    int
        0 when nothing was found, 1 when something was, 2 when there is nothing to check.
    """
    options = _parser().parse_args(arguments)
    evidence = PostgresEvidence(options.database) if options.database else None
    if evidence is None and not (options.data_dir / LOG_FILE).exists():
        sys.stderr.write(f"There is no log in {options.data_dir}. Name the service's data directory.\n")
        return 2
    public_key = options.public_key.read_text("utf-8") if options.public_key else None
    report = verify(options.data_dir, options.heads, public_key, evidence=evidence)
    sys.stdout.write(_as_json(report) if options.json else _as_text(report))
    return 0 if report.verified else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tower audit", description="Look after the audit trail.")
    verbs = parser.add_subparsers(required=True, metavar="verify")
    check = verbs.add_parser("verify", help="check every audited entry against the signed tree heads")
    check.add_argument(
        "--data-dir", type=Path, default=default_data_dir(), help="the service's data directory (default: %(default)s)"
    )
    check.add_argument("--heads", type=Path, help="the heads to believe, such as the copy outside the data directory")
    check.add_argument("--public-key", type=Path, help="the public key to believe; default: the one beside the heads")
    check.add_argument("--database", default=os.environ.get(DATABASE_VARIABLE), help="the log's URL, if on PostgreSQL")
    check.add_argument("--json", action="store_true", help="print one JSON object")
    return parser


def _as_json(report: VerificationReport) -> str:
    return msgspec.json.encode({**asdict(report), "verified": report.verified}).decode() + "\n"


def _as_text(report: VerificationReport) -> str:
    lines = [f"{finding.kind}: {finding.sentence}" for finding in report.findings]
    counted = f"{report.entries} audited entries, {report.heads} signed heads"
    outcome = "verified" if report.verified else f"NOT verified, {len(report.findings)} findings"
    return "\n".join([*lines, f"{counted}: {outcome}"]) + "\n"
