"""The service's CURVE key pair: made once, kept in its data directory, readable by its owner only."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import zmq

from core.refusals import Fault

_FILE = "feed.curve"
_KEY_CHARACTERS = 40


@dataclass(frozen=True, slots=True)
class CurveKeys:
    """A key pair in Z85, 40 characters each; only `public` ever leaves the service."""

    public: str
    secret: str


def ensure_curve_keys(directory: Path) -> CurveKeys:
    """Return the key pair in `directory`, making it (mode 0600) if there is none.

    Raises
    ------
    Fault
        ``feed.keys_unreadable`` if the file is there but holds no key pair.
    """
    path = directory / _FILE
    if not path.exists():
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(path, zmq.curve_keypair())
    lines = path.read_text("ascii", errors="replace").split()
    if [len(line) for line in lines] != [_KEY_CHARACTERS, _KEY_CHARACTERS]:
        raise Fault("feed.keys_unreadable", f"{path} holds no key pair. Restore it, or remove it and invite anew.")
    return CurveKeys(public=lines[0], secret=lines[1])


def _write(path: Path, pair: tuple[bytes, bytes]) -> None:
    staged = path.with_suffix(".part")
    descriptor = os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(b"\n".join(pair) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    staged.replace(path)
