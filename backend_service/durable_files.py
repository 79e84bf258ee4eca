"""Files that are on disk as a whole or not at all, whatever happens while they are written."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def write_durably(path: Path, content: bytes, *, is_private: bool = True) -> None:
    """Write `content` to `path`; on disk, name included, when this returns.

    Parameters
    ----------
    path, is_private : as of `taking_the_place_of`

    Raises
    ------
    OSError
        If it cannot be written; then `path` is as it was.
    """
    with taking_the_place_of(path, is_private=is_private) as draft:
        draft.write_bytes(content)


@contextmanager
def taking_the_place_of(path: Path, *, is_private: bool = True) -> Iterator[Path]:
    """Yield an empty draft to write to; it takes the place of `path` if the block ends well, and is gone otherwise.

    Each process has a draft of its own: of several that write the same file, the last one's stands.

    Parameters
    ----------
    path : replaced if it is there; its folder is made if it is missing
    is_private : for the owner's eyes only; otherwise as the umask has it

    Raises
    ------
    OSError
        If it cannot be written; then `path` is as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{os.getpid()}.draft")
    try:
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600 if is_private else 0o666))
        yield draft
        settle(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def settle(draft: Path, path: Path) -> None:
    """Give a finished draft its name, in the place of what has it; on disk when this returns."""
    sync(draft)
    draft.replace(path)
    sync(path.parent)


def sync(path: Path) -> None:
    """Make a file's content durable, or the names in a directory: a file's own fsync does not."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
