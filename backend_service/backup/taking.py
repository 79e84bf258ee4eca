"""Takes a backup of a data directory, and of the database if there is one; the service may be running.

The order makes it consistent: first the log, then what only ever adds to it. A subject's key is made before what is
sealed under it, so keys copied *after* the log open all of it (an erasure in between stays an erasure). Signed heads
are cut to what the copied log holds. Lists and snapshots are made anew from the log and are left out. Nothing bears the
backup's name before it is whole.
"""

from __future__ import annotations

import shutil
import sqlite3
import tarfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from backend_service.audit.checkpoint import NotACheckpoint, Verifier
from backend_service.audit.heads_file import read_notes
from backend_service.audit.signing_key import HEADS_FILE, LEAVES_NAME, PUBLIC_KEY_NAME
from backend_service.audit.verification import LOG_FILE
from backend_service.backup.manifest import KeptFile, KeptTable, Manifest
from backend_service.backup.postgres_copy import DatabaseAtAnInstant, Extent
from backend_service.backup.sqlite_copy import copy_database
from backend_service.durable_files import sync
from backend_service.people.opening import ACCOUNTS_FILE, MOVED_FILE
from backend_service.storage.landing import FOLDER as LANDED
from core.refusals import Fault
from core.vocabulary import Instant

ATTEMPTS = 3
_LEAF_BYTES = 32
_SECRET = {"secrets", "invitations", ACCOUNTS_FILE}
_MADE_ANEW = {MOVED_FILE, "logs", "snapshots", "read_model.sqlite", "lock", "ready.json", "service.log"}
_BESIDE = ("-wal", "-shm", "-journal", ".draft", ".fresh")

type Say = Callable[[str], None]


def take_backup(
    data_dir: Path, to: Path, *, with_secrets: bool, taken_at: Instant, say: Say, database: str | None = None
) -> Manifest:
    """Write a backup of `data_dir` to the new folder `to`, or to one file if its name ends with ``.tar``.

    Parameters
    ----------
    with_secrets : also the keys, accounts and invitations, without which nobody reads names or signs in
    taken_at : wall clock, noted in the manifest
    say : told of the progress, a line at a time
    database : ``postgresql://...`` of a service that keeps its events there

    Raises
    ------
    Fault
        ``backup.no_log``, ``backup.inside``, ``backup.exists``, ``backup.not_written``, ``backup.*`` as in `fault_of`.
            Then nothing of the backup is left.
    """
    if database is None and not (data_dir / LOG_FILE).exists():
        raise Fault(
            "backup.no_log",
            f"There is no log in {data_dir}. Name the service's data directory, and with --database its database if "
            "it uses one.",
        )
    if not data_dir.is_dir():
        raise Fault("backup.no_log", f"There is no {data_dir}. Name the service's data directory: its keys are there.")
    if to.is_relative_to(data_dir):
        raise Fault("backup.inside", f"{to} lies in the data directory itself. Name a place outside, on another disk.")
    if to.exists():
        raise Fault("backup.exists", f"{to} exists and is not overwritten. Name another.")
    draft = to.with_name(f".{to.name}.partial")
    try:
        _clear(draft)
        draft.mkdir(parents=True, mode=0o700)
        take = _take if database is None else partial(_take_with_database, database)
        manifest = take(data_dir, draft, with_secrets, taken_at, say)
        _finish(draft, to)
    except OSError as error:
        raise Fault("backup.not_written", f"The backup could not be written ({error.strerror}).") from error
    finally:
        _clear(draft)
        _clear(draft.with_suffix(".tar"))
    return manifest


def _take(data_dir: Path, draft: Path, with_secrets: bool, taken_at: Instant, say: Say) -> Manifest:
    unsigned = audited = 0
    for _ in range(ATTEMPTS):
        (draft / LOG_FILE).unlink(missing_ok=True)
        copy_database(data_dir / LOG_FILE, draft / LOG_FILE, _telling(LOG_FILE, say))
        audited = _count(draft, "SELECT count(*) FROM audit_leaves")
        unsigned = audited - _copy_heads(data_dir, draft, audited)
        if not unsigned:
            break
    for file in _others(data_dir, with_secrets):
        _copy_file(data_dir, file, draft, say)
    log_id, position = (
        str(_one(draft, "SELECT log_id FROM log_identity")),
        _count(draft, "SELECT max(position) FROM events"),
    )
    return _described(draft, taken_at, with_secrets, Extent(log_id, position, audited), unsigned)


def _take_with_database(
    database: str, data_dir: Path, draft: Path, with_secrets: bool, taken_at: Instant, say: Say
) -> Manifest:
    with DatabaseAtAnInstant.open(database, with_secrets=with_secrets) as held:
        extent = held.extent()
        tables = held.copy(draft, say)
    # After the tables: the heads over what they hold have been signed by now.
    unsigned = extent.audited - _copy_heads(data_dir, draft, extent.audited)
    for file in _others(data_dir, with_secrets):
        _copy_file(data_dir, file, draft, say)
    return _described(draft, taken_at, with_secrets, extent, unsigned, tables)


def _described(
    draft: Path,
    taken_at: Instant,
    with_secrets: bool,
    extent: Extent,
    unsigned: int,
    tables: tuple[KeptTable, ...] = (),
) -> Manifest:
    manifest = Manifest(
        format=2 if tables else 1,
        log_id=extent.log_id,
        position=extent.position,
        audited=extent.audited,
        unsigned=unsigned,
        taken_at=taken_at,
        with_secrets=with_secrets,
        files=tuple(KeptFile.of(draft, file) for file in sorted(draft.rglob("*")) if file.is_file()),
        tables=tables,
    )
    manifest.write(draft)
    return manifest


def _copy_heads(data_dir: Path, draft: Path, audited: int) -> int:
    """Copy the signed heads over at most `audited` entries, and their leaves; return how many they cover."""
    heads, public_key = data_dir / HEADS_FILE, data_dir / HEADS_FILE.with_name(PUBLIC_KEY_NAME)
    if not heads.exists() or not public_key.exists():
        return 0
    verifier = Verifier.parse(public_key.read_text("utf-8"))
    kept, covered = [], 0
    for note in read_notes(heads)[0]:
        try:
            size = verifier.read(note).size
        except NotACheckpoint:
            size = covered  # evidence of tampering is kept as it is
        if size > audited:
            break
        kept.append(note)
        covered = size
    target = draft / HEADS_FILE
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    target.write_text("".join(f"{note}\n" for note in kept), "utf-8")
    leaves = heads.with_name(LEAVES_NAME)
    if leaves.exists():
        with leaves.open("rb") as content:
            target.with_name(LEAVES_NAME).write_bytes(content.read(covered * _LEAF_BYTES))
    return covered


def _others(data_dir: Path, with_secrets: bool) -> Iterator[Path]:
    """Yield every further file worth keeping, except those that `_copy_heads` took.

    What has landed goes before the days it belongs to: what is put in order meanwhile is in one of the two.
    """
    left_out = _MADE_ANEW | {LOG_FILE} | (set() if with_secrets else _SECRET)
    heads = data_dir / HEADS_FILE
    taken = {heads, heads.with_name(LEAVES_NAME)}
    for file in sorted(data_dir.rglob("*"), key=lambda file: (file.parent.name != LANDED, file)):
        if file.is_symlink() or not file.is_file() or file in taken or file.name.endswith(_BESIDE):
            continue
        if file.relative_to(data_dir).parts[0] not in left_out:
            yield file


def _copy_file(data_dir: Path, file: Path, draft: Path, say: Say) -> None:
    name = file.relative_to(data_dir)
    target = draft / name
    if file.suffix == ".sqlite":
        try:
            copy_database(file, target, _telling(name.as_posix(), say))
        except Fault:
            if file.parent.name != LANDED or file.exists():
                raise
            target.unlink(missing_ok=True)  # put in order meanwhile: it comes with its day
        return
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    shutil.copyfile(file, target)
    target.chmod(0o600)


def _finish(draft: Path, to: Path) -> None:
    whole = draft
    if to.suffix == ".tar":
        whole = draft.with_suffix(".tar")
        with tarfile.open(whole, "w") as tar:
            for file in sorted(draft.rglob("*")):
                tar.add(file, file.relative_to(draft).as_posix(), recursive=False)
        whole.chmod(0o600)
    for file in [whole] if whole.is_file() else whole.rglob("*"):
        sync(file)
    whole.rename(to)
    sync(to.parent)


def _clear(place: Path) -> None:
    if place.is_dir():
        shutil.rmtree(place)
    else:
        place.unlink(missing_ok=True)


def _telling(name: str, say: Say) -> Callable[[float], None]:
    told = -1

    def tell(part: float) -> None:
        nonlocal told
        tenth = int(part * 10)
        if tenth > told:
            told = tenth
            say(f"{name}: {tenth * 10} %")

    return tell


def _count(folder: Path, sql: str) -> int:
    return int(_one(folder, sql) or 0)


def _one(folder: Path, sql: str) -> Any:
    database = sqlite3.connect(folder / LOG_FILE)
    try:
        return database.execute(sql).fetchone()[0]
    finally:
        database.close()
