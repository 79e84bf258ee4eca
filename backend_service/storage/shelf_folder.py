"""A folder as the place of shelved days: drafts are synced before they take their name by a rename."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import pyarrow as pa  # type: ignore[import-untyped]

from backend_service.durable_files import settle


class FolderPlace:
    """Implements `ShelfPlace`.

    Parameters
    ----------
    folder : made if it is missing

    Raises
    ------
    OSError
        If it cannot be made.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def address_of(self, name: str) -> str:
        """Return where a file is, or would be."""
        return str(self._folder / name)

    def look(self) -> None:
        """Raise `OSError` if the folder is gone."""
        self._folder.stat()

    def names(self) -> list[str]:
        """Return the files there are."""
        return [file.name for file in self._folder.glob("*.parquet") if not file.name.startswith(".")]

    def is_away(self, error: OSError) -> bool:
        """Say whether the place, not a file in it, is to blame: never, of a folder."""
        return False

    def open(self, name: str) -> pa.NativeFile:
        """Return a file for reading."""
        return pa.OSFile(self.address_of(name), "rb")

    def write(self, draft: str) -> pa.NativeFile:
        """Return a new file for writing, for the owner's eyes only."""
        path = self._folder / draft
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        return pa.OSFile(str(path), "wb")

    def settle(self, draft: str, name: str) -> None:
        """Give a draft its name, in the place of what has it; on disk when this returns."""
        settle(self._folder / draft, self._folder / name)

    def discard(self, draft: str) -> None:
        """Delete a draft, if it is there and can be."""
        with suppress(OSError):
            (self._folder / draft).unlink(missing_ok=True)
