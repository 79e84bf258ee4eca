"""What a backup holds: every file with its length and digest, and how far its log goes."""

from __future__ import annotations

import hashlib
from pathlib import Path, PurePosixPath

import msgspec

from core.refusals import Fault
from core.vocabulary import Instant

MANIFEST = "manifest.json"
FORMAT = 2
"""What this version can read; a backup without a database is still written as 1, which every version can restore."""


class KeptFile(msgspec.Struct, frozen=True):
    """A file below the data directory; `path` with forward slashes."""

    path: str
    bytes: int
    sha256: str

    @classmethod
    def of(cls, root: Path, file: Path) -> KeptFile:
        """Return the entry of `file` below `root`."""
        with file.open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()
        return cls(file.relative_to(root).as_posix(), file.stat().st_size, digest)


class KeptTable(msgspec.Struct, frozen=True):
    """A table of the database, with the columns of its file in their order."""

    name: str
    columns: tuple[str, ...]
    rows: int


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What was taken and when; `unsigned` audited entries are newer than the last signed head in it.

    `tables` are those of a service on PostgreSQL, none of one that keeps everything in files.
    """

    format: int
    log_id: str
    position: int
    audited: int
    unsigned: int
    taken_at: Instant
    with_secrets: bool
    files: tuple[KeptFile, ...]
    tables: tuple[KeptTable, ...] = ()

    def write(self, folder: Path) -> None:
        """Write the manifest into a backup's folder."""
        (folder / MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(self), indent=1))

    @classmethod
    def read(cls, content: bytes) -> Manifest:
        """Return the manifest in `content`.

        Raises
        ------
        Fault
            ``backup.unreadable`` for anything else, ``backup.newer`` if a newer Tower wrote it.
        """
        try:
            manifest = msgspec.json.decode(content, type=cls)
        except msgspec.MsgspecError as error:
            raise Fault("backup.unreadable", f"The backup's manifest cannot be read ({error}).") from error
        if manifest.format > FORMAT:
            raise Fault("backup.newer", "A newer Tower took this backup. Restore it with that version.")
        for file in manifest.files:
            place = PurePosixPath(file.path)
            if place.is_absolute() or ".." in place.parts:
                raise Fault("backup.unreadable", f"The backup names a file outside its folder: {file.path}.")
        return manifest
