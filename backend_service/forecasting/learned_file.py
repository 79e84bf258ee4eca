"""One file of what was learned: read at the start, written durably whenever there is anything new in it.

A file that another version wrote, or that cannot be read, is left aside, and learning begins anew.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import msgspec

from backend_service.durable_files import write_durably

logger = logging.getLogger(__name__)


class Contents(msgspec.Struct, kw_only=True):
    """What such a file holds, beside its `format`."""

    format: str


class LearnedFile[Kept: Contents]:
    """Have `KeepingLearnedFiles` ask for what is new and keep it.

    Parameters
    ----------
    path : Path
    nothing : Contents
        What it would hold before anything was learned.
    contents : callable
        Returns what it should hold now.
    """

    def __init__(self, path: Path, nothing: Kept, contents: Callable[[], Kept]) -> None:
        self._path = path
        self._nothing = nothing
        self._contents = contents
        self._written = msgspec.json.encode(nothing)

    def read(self) -> Kept:
        """Return what was kept; `nothing` if there is no file, or none of use."""
        if not self._path.exists():
            return self._nothing
        try:
            kept = msgspec.json.decode(self._path.read_bytes(), type=type(self._nothing))
            if kept.format == self._nothing.format:
                self._written = msgspec.json.encode(kept)
                return kept
            logger.warning("%s is no '%s': what it is for is learned anew", self._path, self._nothing.format)
        except (OSError, msgspec.DecodeError) as error:
            logger.warning("%s could not be read, what it is for is learned anew: %s", self._path, error)
        return self._nothing

    def unkept(self) -> bytes | None:
        """Return the file to be, ``None`` if it would be as it is."""
        body = msgspec.json.encode(self._contents())
        return None if body == self._written else body

    def keep(self, body: bytes) -> None:
        """Write the file; it appears whole or not at all. May run in another thread.

        Raises
        ------
        OSError
            If the disk is full; it then counts as not kept.
        """
        write_durably(self._path, body)
        self._written = body
