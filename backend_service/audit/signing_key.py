"""The Ed25519 key that tree heads are signed with: made once, mode 0600, with its public part beside the heads."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from backend_service.audit.checkpoint import Verifier

KEY_FILE = Path("secrets") / "audit.key"
HEADS_FILE = Path("audit") / "heads.txt"
LEAVES_NAME = "leaves.bin"
PUBLIC_KEY_NAME = "public_key.txt"


def origin_of(log_id: str) -> str:
    """Return the name that the heads of a log carry."""
    return f"tower/{log_id}"


def signing_key(data_dir: Path) -> Ed25519PrivateKey:
    """Return the key of a data directory, made at first use."""
    path = data_dir / KEY_FILE
    if path.exists():
        return Ed25519PrivateKey.from_private_bytes(path.read_bytes())
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = Ed25519PrivateKey.generate()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(descriptor, key.private_bytes_raw())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return key


def publish(verifier: Verifier, folder: Path) -> None:
    """Write the public key beside the heads in `folder`, unless one is there."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / PUBLIC_KEY_NAME
    if not path.exists():
        path.write_text(f"{verifier.text()}\n", "utf-8")
