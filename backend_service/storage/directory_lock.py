"""The lock of a data directory: one service at a time, held by the kernel for as long as the process lives."""

from __future__ import annotations

import fcntl
import os
import tempfile
import time
from pathlib import Path
from typing import Self

from core.refusals import Fault

LOCK_FILE = "lock"
ATTEMPTS = 5
ATTEMPT_S = 0.02


class DirectoryLock:
    """Holds `<directory>/lock` until `release` or the end of the process; a killed service leaves no lock behind."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    @classmethod
    def take(cls, directory: Path) -> Self:
        """Return the lock of `directory`, which is made if it is missing.

        Raises
        ------
        Fault
            ``data.in_use`` with the holder's process id, if another service has it; ``data.not_writable``.
        """
        try:
            directory.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(directory / LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            _try_to_write(directory)
        except OSError as error:
            raise Fault(
                "data.not_writable",
                f"{directory} cannot be written ({error.strerror}). "
                "Make it writable for this account, or start with another --data-dir.",
            ) from error
        if not _locked(descriptor):
            holder = os.read(descriptor, 32).decode("ascii", "replace").strip() or "unknown"
            os.close(descriptor)
            raise Fault(
                "data.in_use",
                f"Another service (process {holder}) uses {directory}. "
                "End it, or start this one with another --data-dir.",
            )
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode("ascii"))
        return cls(descriptor)

    def release(self) -> None:
        """Let another service in; a second call does nothing."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


def _try_to_write(directory: Path) -> None:
    """Make and drop a file: a folder may be read-only although a lock file from before can be opened."""
    with tempfile.TemporaryFile(dir=directory):
        pass


def _locked(descriptor: int) -> bool:
    for _ in range(ATTEMPTS):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(ATTEMPT_S)  # `is_in_use` of another process holds it for an instant
        else:
            return True
    return False


def is_in_use(directory: Path) -> bool:
    """Say whether a service holds the lock of `directory` now."""
    lock = directory / LOCK_FILE
    if not lock.exists():
        return False
    descriptor = os.open(lock, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
