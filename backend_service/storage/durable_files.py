"""Small files that are on disk as a whole or not at all, for the owner's eyes only."""

from __future__ import annotations

import os
from pathlib import Path


def write_durably(path: Path, content: bytes) -> None:
    """Write `content` to `path` with mode 0600; on disk, name included, when this returns.

    Raises
    ------
    OSError
        If it cannot be written; then `path` is as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_suffix(".draft")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    sync_names(path.parent)


def sync_names(directory: Path) -> None:
    """Make the names in `directory` durable; a file's own fsync does not."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
