"""Makes a data directory of a backup: checked to the last byte first, and there as a whole or not at all."""

from __future__ import annotations

import shutil
import tarfile
from pathlib import Path

from backend_service.backup.manifest import MANIFEST, KeptFile, Manifest
from backend_service.backup.postgres_copy import FOLDER
from backend_service.backup.postgres_filling import filled_database
from core.refusals import Fault


def restore_backup(backup: Path, data_dir: Path, database: str | None = None) -> Manifest:
    """Make `data_dir` of the folder or ``.tar`` file `backup`; `data_dir` is missing or empty before.

    Parameters
    ----------
    database : ``postgresql://...`` of an empty database, for a backup that holds one

    Raises
    ------
    Fault
        ``backup.missing``, ``backup.unreadable``, ``backup.newer``, ``backup.altered`` naming the file,
        ``restore.no_database``, ``restore.no_tables``, ``restore.not_empty``, ``restore.not_written``; as in
        `filled_database`. Then `data_dir` and the database are as they were.
    """
    if not backup.exists():
        raise Fault("backup.missing", f"There is no backup at {backup}.")
    if data_dir.exists() and (not data_dir.is_dir() or any(data_dir.iterdir())):
        raise Fault("restore.not_empty", f"{data_dir} is not empty, and nothing is overwritten. Name another folder.")
    draft = data_dir.with_name(f".{data_dir.name}.partial")
    try:
        shutil.rmtree(draft, ignore_errors=True)
        draft.parent.mkdir(parents=True, exist_ok=True)
        _unpack(backup, draft)
        manifest = _checked(draft)
        _require_fitting(manifest, database)
        (draft / MANIFEST).unlink()
        draft.chmod(0o700)
        _fill_and_put_in_place(draft, data_dir, manifest, database)
    except tarfile.TarError as error:
        raise Fault("backup.unreadable", f"{backup} is no whole backup ({error}).") from error
    except OSError as error:
        raise Fault("restore.not_written", f"{data_dir} could not be written ({error.strerror}).") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return manifest


def _require_fitting(manifest: Manifest, database: str | None) -> None:
    if manifest.tables and database is None:
        raise Fault(
            "restore.no_database", "This backup holds a database: name an empty one by --database postgresql://..."
        )
    if database is not None and not manifest.tables:
        raise Fault(
            "restore.no_tables", "This backup holds files only: restore it, and start the service, without --database."
        )


def _fill_and_put_in_place(draft: Path, data_dir: Path, manifest: Manifest, database: str | None) -> None:
    if database is None:
        _put_in_place(draft, data_dir)
        return
    try:
        with filled_database(database, draft, manifest.tables):
            _put_in_place(draft, data_dir)
    except Fault:
        if not draft.exists():  # it was in place already when the database refused
            shutil.rmtree(data_dir)
        raise


def _put_in_place(draft: Path, data_dir: Path) -> None:
    shutil.rmtree(draft / FOLDER, ignore_errors=True)
    if data_dir.exists():
        data_dir.rmdir()
    draft.rename(data_dir)


def _unpack(backup: Path, draft: Path) -> None:
    if backup.is_dir():
        shutil.copytree(backup, draft)
        return
    with tarfile.open(backup, "r:") as tar:
        tar.extractall(draft, filter="data")


def _checked(draft: Path) -> Manifest:
    """Return the manifest once every file fits it and no other is there."""
    if not (draft / MANIFEST).exists():
        raise Fault("backup.unreadable", f"There is no {MANIFEST}: that is no backup, or no whole one.")
    manifest = Manifest.read((draft / MANIFEST).read_bytes())
    expected = {file.path: file for file in manifest.files}
    for file in sorted(draft.rglob("*")):
        name = file.relative_to(draft).as_posix()
        if file.is_dir() or name == MANIFEST:
            continue
        if expected.pop(name, None) != KeptFile.of(draft, file):
            raise Fault("backup.altered", f"{name} is not as it was taken. Nothing was restored; use another backup.")
        file.chmod(0o600)
    if expected:
        raise Fault("backup.altered", f"{min(expected)} is missing. Nothing was restored; use another backup.")
    return manifest
