"""Makes a data directory of a backup: checked to the last byte first, and there as a whole or not at all."""

from __future__ import annotations

import shutil
import tarfile
from pathlib import Path

from backend_service.backup.manifest import MANIFEST, KeptFile, Manifest
from core.refusals import Fault


def restore_backup(backup: Path, data_dir: Path) -> Manifest:
    """Make `data_dir` of the folder or ``.tar`` file `backup`; `data_dir` is missing or empty before.

    Raises
    ------
    Fault
        ``backup.missing``, ``backup.unreadable``, ``backup.newer``, ``backup.altered`` naming the file,
        ``restore.not_empty``, ``restore.not_written``. Then `data_dir` is as it was.
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
        (draft / MANIFEST).unlink()
        draft.chmod(0o700)
        if data_dir.exists():
            data_dir.rmdir()
        draft.rename(data_dir)
    except tarfile.TarError as error:
        raise Fault("backup.unreadable", f"{backup} is no whole backup ({error}).") from error
    except OSError as error:
        raise Fault("restore.not_written", f"{data_dir} could not be written ({error.strerror}).") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return manifest


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
