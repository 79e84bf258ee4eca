"""A signed tree head as text: a C2SP checkpoint in a signed note, so that other tools can check it.

Two extension lines follow the root: when it was signed (wall clock) and the digest of the head before it. The chain
shows a head that was taken out of the middle; the signature one that was edited.

References: c2sp.org/tlog-checkpoint, c2sp.org/signed-note (Ed25519, type 0x01).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from core.audit.merkle_log import Hash
from core.vocabulary import Instant

_ED25519 = b"\x01"
_SIGNATURE_MARK = "— "
NO_PREVIOUS = "none"


class NotACheckpoint(ValueError):
    """A text is no head of ours, or its signature does not fit."""


@dataclass(frozen=True, slots=True)
class TreeHead:
    """What was signed: the tree of `size` leaves had this `root`; `previous` is the digest of the head before."""

    origin: str
    size: int
    root: Hash
    signed_at: Instant
    previous: str


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key under the name of its log."""

    name: str
    key: Ed25519PublicKey

    @classmethod
    def parse(cls, text: str) -> Verifier:
        """Return the verifier of a ``name+keyid+base64`` line; raises `NotACheckpoint`."""
        try:
            name, key_id, encoded = text.strip().split("+", 2)
            typed = base64.b64decode(encoded, validate=True)
            if typed[:1] != _ED25519:
                raise ValueError("unknown signature algorithm")
            verifier = cls(name, Ed25519PublicKey.from_public_bytes(typed[1:]))
        except ValueError as error:
            raise NotACheckpoint(f"not a verifier key: {error}") from error
        if verifier.key_id().hex() != key_id:
            raise NotACheckpoint("the verifier key does not fit its own id")
        return verifier

    def text(self) -> str:
        """Return the line that `parse` reads."""
        encoded = base64.b64encode(_ED25519 + self.key.public_bytes_raw()).decode()
        return f"{self.name}+{self.key_id().hex()}+{encoded}"

    def key_id(self) -> bytes:
        """Return the four bytes that a signature line starts with."""
        named = self.name.encode() + b"\n" + _ED25519 + self.key.public_bytes_raw()
        return hashlib.sha256(named).digest()[:4]

    def read(self, note: str) -> TreeHead:
        """Return the head in a signed note.

        Raises
        ------
        NotACheckpoint
            If the note has another form or origin, or was not signed by this key.
        """
        body, _, signatures = note.partition("\n\n")
        signed = f"{body}\n".encode()
        if not any(self._signed(signed, line) for line in signatures.splitlines()):
            raise NotACheckpoint("the signature does not fit")
        try:
            origin, size, root, signed_at, previous = body.split("\n")
            head = TreeHead(
                origin,
                int(size),
                base64.b64decode(root, validate=True),
                float(signed_at.removeprefix("signed-at ")),
                previous.removeprefix("previous "),
            )
        except ValueError as error:
            raise NotACheckpoint(f"not a tree head: {error}") from error
        if head.origin != self.name:
            raise NotACheckpoint(f"the head is of {head.origin}")
        return head

    def _signed(self, signed: bytes, line: str) -> bool:
        name, _, encoded = line.removeprefix(_SIGNATURE_MARK).rpartition(" ")
        try:
            signature = base64.b64decode(encoded, validate=True)
            if name != self.name or signature[:4] != self.key_id():
                return False
            self.key.verify(signature[4:], signed)
        except (binascii.Error, InvalidSignature):
            return False
        return True


def sign(head: TreeHead, key: Ed25519PrivateKey) -> str:
    """Return `head` as a signed note."""
    body = "\n".join(
        (
            head.origin,
            str(head.size),
            base64.b64encode(head.root).decode(),
            f"signed-at {head.signed_at!r}",
            f"previous {head.previous}\n",
        )
    )
    key_id = Verifier(head.origin, key.public_key()).key_id()
    signature = base64.b64encode(key_id + key.sign(body.encode())).decode()
    return f"{body}\n{_SIGNATURE_MARK}{head.origin} {signature}\n"


def digest_of(note: str) -> str:
    """Return what the next head names as `previous`: SHA-256 of the whole note, in hex."""
    return hashlib.sha256(note.encode()).hexdigest()


def is_signature_line(line: str) -> bool:
    """Say whether a note ends with this line."""
    return line.startswith(_SIGNATURE_MARK)
