"""Reads an invitation from a file, and keeps one on this desk if a person wants it; never in the GUI thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from ui.private_file import write_private

_LONGEST_CHARACTERS = 65_536


class InvitationFiles(QObject):
    """Invitations on disk.

    Parameters
    ----------
    kept_at : Path
        Where the remembered invitation is; readable by its owner only.
    """

    read = Signal(str)
    """What a file says."""
    failed = Signal(str)
    """Why a file could not be read or kept, in words."""

    def __init__(self, kept_at: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._kept_at = kept_at

    def read_file(self, path: Path) -> None:
        """Read an invitation; `read` or `failed` follows."""
        self._in_thread(lambda: self.read.emit(_text_of(path)))

    def read_kept(self) -> None:
        """Read the remembered invitation; nothing follows if there is none."""
        self._in_thread(lambda: self.read.emit(_text_of(self._kept_at)) if self._kept_at.is_file() else None)

    def keep(self, line: str) -> None:
        """Remember an invitation on this desk."""
        self._in_thread(lambda: write_private(self._kept_at, line.encode()))

    def forget(self) -> None:
        """Remember none."""
        self._in_thread(lambda: self._kept_at.unlink(missing_ok=True))

    def _in_thread(self, deed: Callable[[], object]) -> None:
        def do() -> None:
            try:
                deed()
            except OSError as error:
                self.failed.emit(f"{error.filename or ''}: {error.strerror or error}")

        threading.Thread(target=do, name="invitation file", daemon=True).start()


def _text_of(path: Path) -> str:
    with path.open(encoding="utf-8", errors="replace") as file:
        return file.read(_LONGEST_CHARACTERS)
