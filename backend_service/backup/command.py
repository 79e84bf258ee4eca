"""`backup` and `restore`: read what was asked for, tell the progress, and say what came of it."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import NoReturn

from backend_service.backup.manifest import Manifest
from backend_service.backup.restoring import restore_backup
from backend_service.backup.taking import take_backup
from backend_service.clocks import WallClock
from backend_service.settings import DATABASE_VARIABLE


def run_backup(arguments: Sequence[str]) -> int:
    """Carry out ``backup --data-dir DIR --to FILE|DIR [--database URL] [--with-secrets]``; the service may run."""
    parser = argparse.ArgumentParser(prog="tower backup", description="Copy a data directory while its service runs.")
    parser.add_argument("--data-dir", type=Path, required=True, help="the service's data directory")
    parser.add_argument("--to", type=Path, required=True, help="a new folder, or a new file that ends with .tar")
    parser.add_argument(
        "--with-secrets",
        action="store_true",
        help="also keys, accounts and invitations: with them the copy opens everything, so lock it away",
    )
    _add_database(parser, "the database that the service uses, if it uses one")
    options = parser.parse_args(arguments)
    with _ending_tidily():
        manifest = take_backup(
            options.data_dir.resolve(),
            options.to.resolve(),
            with_secrets=options.with_secrets,
            taken_at=WallClock().now(),
            say=lambda line: print(f"tower: {line}", file=sys.stderr),
            database=options.database,
        )
    print(f"{options.to}: {_told(manifest)}")
    if not manifest.with_secrets:
        print("Without its secrets: names stay sealed until secrets/ is put back beside it.")
    return 0


def run_restore(arguments: Sequence[str]) -> int:
    """Carry out ``restore --from FILE|DIR --data-dir DIR [--database URL]``."""
    parser = argparse.ArgumentParser(prog="tower restore", description="Make a data directory of a backup.")
    parser.add_argument("--from", dest="backup", type=Path, required=True, help="what `tower backup` wrote")
    parser.add_argument("--data-dir", type=Path, required=True, help="a folder that is missing or empty")
    _add_database(parser, "an empty database, for a backup of a service that used one")
    options = parser.parse_args(arguments)
    with _ending_tidily():
        manifest = restore_backup(options.backup.resolve(), options.data_dir.resolve(), options.database)
    print(f"{options.data_dir}: {_told(manifest)}")
    if not manifest.with_secrets:
        print("It was taken without its secrets: put secrets/ and accounts back before the service is started.")
    return 0


def _add_database(parser: argparse.ArgumentParser, meaning: str) -> None:
    parser.add_argument(
        "--database",
        default=os.environ.get(DATABASE_VARIABLE),
        metavar="URL",
        help=f"postgresql://...: {meaning}; with a password better as {DATABASE_VARIABLE}",
    )


def _told(manifest: Manifest) -> str:
    taken = datetime.fromtimestamp(manifest.taken_at, UTC).isoformat(" ", "seconds")
    size_mb = sum(file.bytes for file in manifest.files) / 1e6
    lines = f"{manifest.position} events, {manifest.audited} audited, as of {taken}, {size_mb:.1f} MB"
    if manifest.unsigned:
        lines += f"; the service signs {manifest.unsigned} of them at its next start"
    if manifest.tables:
        lines += f"; {len(manifest.tables)} tables of the database"
    return lines


@contextmanager
def _ending_tidily() -> Iterator[None]:
    """Let SIGTERM end what is inside as Ctrl-C does, so that what was begun is taken away."""

    def end(number: int, _: FrameType | None) -> NoReturn:
        raise SystemExit(128 + number)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
