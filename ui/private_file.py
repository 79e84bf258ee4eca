"""Writes a small file whole or not at all, readable by its owner only."""

from __future__ import annotations

import os
from pathlib import Path

_OWNER_ONLY = 0o600


def write_private(path: Path, content: bytes) -> None:
    """Replace a file by new content; whoever reads meanwhile reads the old or the new one.

    Raises
    ------
    OSError
        If it cannot be written; the old file stays.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    staged = path.with_name(f"{path.name}.part")
    staged.unlink(missing_ok=True)
    with os.fdopen(os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY), "wb") as file:
        file.write(content)
    staged.replace(path)
