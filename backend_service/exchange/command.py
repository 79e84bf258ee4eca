"""The commands `tower import` and `tower export`: files in and out, through the running service."""

from __future__ import annotations

import argparse
import sys
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from backend_service.exchange.columns import TABLES, Kind
from backend_service.exchange.track_command import KINDS, run_track, write_out
from backend_service.exchange.writing import write_template
from backend_service.service_client import ServiceClient, add_options
from core.refusals import Fault, Refusal

_BAD_ROWS = 1


def run_import(arguments: Sequence[str]) -> int:
    """Bring a file in; return 1 if it has bad rows. Errors as in `ServiceClient.ask`."""
    options = _import_parser().parse_intermixed_args(arguments)
    if options.template:
        write_out(write_template(TABLES[Kind(options.kind)]), options.file)
        return 0
    if options.file is None:
        raise Refusal("import.no_file", "Say which file: tower import orders FILE --dry-run.")
    content = _read(options.file)
    media_type = "application/json" if options.file.suffix.lower() == ".json" else "text/csv"
    headers = {"Content-Type": media_type, "Idempotency-Key": options.key or uuid.uuid4().hex}
    with ServiceClient.of(options) as client:
        try:
            answer = client.ask(
                "POST", f"/imports/{options.kind}", params={"mode": options.mode}, content=content, headers=headers
            )
        except Refusal as refusal:
            if refusal.code != "import.bad_rows":
                raise
            return _report(refusal.details, refusal.sentence)
    found = answer.json()
    if options.mode == "dry_run":
        return _report(
            found, f"{found['good']} of {found['rows']} rows are good. Nothing was kept: this was a dry run."
        )
    return _report(found, f"{found['kept']} of {found['rows']} rows were kept.")


def run_export(arguments: Sequence[str]) -> int:
    """Take a file out; errors as in `ServiceClient.ask`."""
    if arguments and arguments[0] in KINDS:
        return run_track(arguments[0], arguments[1:])
    options = _export_parser().parse_intermixed_args(arguments)
    path: Path | None = options.output
    file_format = options.format or ("json" if path is not None and path.suffix.lower() == ".json" else "csv")
    query = {"format": file_format, "reach": "open" if options.open else "all"}
    with ServiceClient.of(options) as client:
        write_out(client.ask("GET", f"/exports/{options.kind}", params=query).content, path)
    return 0


def _import_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tower import", description="Bring orders, vehicles or drivers in from a CSV or JSON file."
    )
    parser.add_argument("kind", choices=[kind.value for kind in Kind])
    parser.add_argument("file", type=Path, nargs="?", metavar="FILE", help="*.json is JSON, everything else CSV")
    mode = parser.add_mutually_exclusive_group()
    for name, summary in (
        ("dry_run", "only look, and name every bad row (the default)"),
        ("all_or_nothing", "keep all rows, or none if one is bad"),
        ("good_rows", "keep the good rows and name the others"),
    ):
        option = f"--{name.replace('_', '-')}"
        mode.add_argument(option, dest="mode", action="store_const", const=name, default="dry_run", help=summary)
    mode.add_argument("--template", action="store_true", help="write a file to be filled in, to FILE or the screen")
    parser.add_argument("--key", metavar="NAME", help="name of this import: sent again under it, it is kept once")
    add_options(parser)
    return parser


def _export_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tower export",
        description="Write orders, vehicles or drivers so that they can be brought in again. Where vehicles were is "
        "written by `tower export track VEHICLE` and `tower export density`; each has a --help of its own.",
    )
    parser.add_argument("kind", choices=[kind.value for kind in Kind])
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="where to (default: the screen)")
    parser.add_argument("--format", choices=["csv", "json"], help="default: as FILE is called, otherwise csv")
    parser.add_argument("--open", action="store_true", help="only orders on which work remains")
    add_options(parser)
    return parser


def _report(found: Mapping[str, Any], sentence: str) -> int:
    """Print what is wrong with which row, and the sum; return the exit code."""
    for problem in found["problems"]:
        column = f" {problem['column']}" if problem["column"] else ""
        print(f"row {problem['row']}{column}: {problem['why']} ({problem['code']})", file=sys.stderr)
    unlisted = found["problem_count"] - len(found["problems"])
    if unlisted:
        print(f"... and {unlisted} more", file=sys.stderr)
    print(sentence)
    return _BAD_ROWS if found["problem_count"] else 0


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Fault("import.unreadable", f"{path} cannot be read ({error.strerror}).") from None
