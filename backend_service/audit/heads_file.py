"""The file of signed tree heads: appended to and fsynced, never rewritten; read as notes."""

from __future__ import annotations

import os
from pathlib import Path

from backend_service.audit.checkpoint import is_signature_line


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
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        before = os.fstat(descriptor).st_size
        text = "".join(f"{note}\n" for note in notes).encode()
        try:
            if os.write(descriptor, text) != len(text):
                raise OSError("the disk took only a part of a signed head")
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
