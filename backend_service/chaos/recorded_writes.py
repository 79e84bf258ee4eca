"""What a process did to its SQLite files, in order: the record that a recording VFS writes, and the reading of it.

The record is a file of MessagePack values, appended by one system call each, so that a killed process loses none.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import msgspec

from core.vocabulary import Instant

_LENGTH_BYTES = 4


class Deed(StrEnum):
    """What was done to a file. Up to a `SYNC` nothing of it need be on the disk."""

    WRITE = "write"
    TRUNCATE = "truncate"
    SYNC = "sync"
    DELETE = "delete"


class Recorded(msgspec.Struct, frozen=True, array_like=True):
    """One deed: wall clock when it was done, the file below the root, and where `content` went or the file was cut."""

    at: Instant
    deed: Deed
    path: str
    offset: int = 0
    content: bytes = b""


class Recorder:
    """Appends to the record; from any thread.

    Parameters
    ----------
    root : only what is done below this folder is recorded
    """

    def __init__(self, root: Path, record: Path) -> None:
        self._root = f"{root.resolve()}{os.sep}"
        self._record = os.open(record, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._lock = threading.Lock()

    def note(self, deed: Deed, path: str, offset: int = 0, content: bytes = b"") -> None:
        """Append one deed."""
        if not path.startswith(self._root):
            return
        with self._lock:
            value = msgspec.msgpack.encode(Recorded(time.time(), deed, path.removeprefix(self._root), offset, content))
            os.write(self._record, len(value).to_bytes(_LENGTH_BYTES, "big") + value)


def read_record(record: Path) -> Iterator[Recorded]:
    """Yield what was recorded, in order, up to a torn end."""
    decoder = msgspec.msgpack.Decoder(Recorded)
    with record.open("rb") as content:
        while len(length := content.read(_LENGTH_BYTES)) == _LENGTH_BYTES:
            value = content.read(int.from_bytes(length, "big"))
            if len(value) == int.from_bytes(length, "big"):
                yield decoder.decode(value)
