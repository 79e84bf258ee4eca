"""The service's CURVE key pair: made once, kept in its data directory, readable by its owner only."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import zmq

from backend_service.durable_files import write_durably
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
        write_durably(path, b"\n".join(zmq.curve_keypair()) + b"\n")
    lines = path.read_text("ascii", errors="replace").split()
    if [len(line) for line in lines] != [_KEY_CHARACTERS, _KEY_CHARACTERS]:
        raise Fault("feed.keys_unreadable", f"{path} holds no key pair. Restore it, or remove it and invite anew.")
    return CurveKeys(public=lines[0], secret=lines[1])
