"""What is kept of the tree outside the database: signed heads as notes, and a copy of the leaf hashes.

Both files are appended to and fsynced, never rewritten. The heads say *that* a leaf was changed; the copy of the
leaves, which a head vouches for, says *which*.
"""

from __future__ import annotations

import os
from pathlib import Path

from backend_service.audit.checkpoint import is_signature_line
from core.audit.merkle_log import Hash

_LEAF_BYTES = 32


def split_notes(text: str) -> tuple[list[str], str]:
    """Return the complete notes of a file and what is left after the last one (a torn write)."""
    notes: list[str] = []
    lines: list[str] = []
    for line in text.splitlines(keepends=True):
        if not lines and line == "\n":
            continue  # the blank line between two notes
        lines.append(line)
        if is_signature_line(line) and line.endswith("\n"):
            notes.append("".join(lines))
            lines = []
    return notes, "".join(lines)


def read_notes(path: Path) -> tuple[list[str], str]:
    """Return notes and torn rest of the file at `path`; nothing if it does not exist."""
    return split_notes(path.read_text("utf-8", errors="replace")) if path.exists() else ([], "")


def append_notes(path: Path, notes: list[str]) -> None:
    """Append `notes` durably, or leave the file as it was.

    Raises
    ------
    OSError
        If the disk is full or the folder cannot be written.
    """
    _append(path, "".join(f"{note}\n" for note in notes).encode())


def leaves_kept(path: Path) -> int:
    """Return how many leaves the copy at `path` holds, and cut a torn one off its end."""
    if not path.exists():
        return 0
    count, torn = divmod(path.stat().st_size, _LEAF_BYTES)
    if torn:
        os.truncate(path, count * _LEAF_BYTES)
    return count


def append_leaves(path: Path, leaves: list[Hash]) -> None:
    """Append leaf hashes to their copy; durable and faults as in `append_notes`."""
    if leaves:
        _append(path, b"".join(leaves))


def read_leaves(path: Path) -> list[Hash]:
    """Return the copy of the leaf hashes at `path`; none if there is no copy."""
    copy = path.read_bytes() if path.exists() else b""
    return [copy[n : n + _LEAF_BYTES] for n in range(0, len(copy) - _LEAF_BYTES + 1, _LEAF_BYTES)]


def _append(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        before = os.fstat(descriptor).st_size
        try:
            if os.write(descriptor, content) != len(content):
                raise OSError("the disk took only a part of what was to be kept")
            os.fsync(descriptor)
        except OSError:
            os.ftruncate(descriptor, before)
            raise
    finally:
        os.close(descriptor)


def mend(path: Path) -> list[str]:
    """Cut a torn note off the end, which no one was ever told of, and return the complete ones."""
    notes, torn = read_notes(path)
    if torn:
        with path.open("r+b") as file:
            file.truncate(path.stat().st_size - len(torn.encode()))
            os.fsync(file.fileno())
    return notes
