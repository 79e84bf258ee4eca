"""The Ed25519 key that tree heads are signed with: made once, mode 0600, with its public part beside the heads."""

from __future__ import annotations

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from backend_service.audit.checkpoint import Verifier
from backend_service.durable_files import write_durably
from core.refusals import Fault

KEY_FILE = Path("secrets") / "audit.key"
HEADS_FILE = Path("audit") / "heads.txt"
LEAVES_NAME = "leaves.bin"
PUBLIC_KEY_NAME = "public_key.txt"


def origin_of(log_id: str) -> str:
    """Return the name that the heads of a log carry."""
    return f"tower/{log_id}"


def signing_key(data_dir: Path) -> Ed25519PrivateKey:
    """Return the key of a data directory, made at first use.

    Raises
    ------
    Fault
        ``audit.key_missing`` if heads were signed but their key is gone: another key would break their chain.
    """
    path = data_dir / KEY_FILE
    if not path.exists():
        if (data_dir / HEADS_FILE).exists():
            raise Fault("audit.key_missing", f"{path} is missing: no head can be signed. Restore it from its backup.")
        write_durably(path, Ed25519PrivateKey.generate().private_bytes_raw())
    return Ed25519PrivateKey.from_private_bytes(path.read_bytes())


def publish(verifier: Verifier, folder: Path) -> None:
    """Write the public key beside the heads in `folder`, unless one is there."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / PUBLIC_KEY_NAME
    if not path.exists():
        path.write_text(f"{verifier.text()}\n", "utf-8")
