"""Who is asking: signed tokens for people and drivers, and keys for devices.

A token is a JWT (RFC 7519) signed by HS256 with a secret that never leaves the data directory; no other algorithm is
accepted. A device has a key of its own, shown once when it is made; the event log keeps only its SHA-256, by which
it is found again. Messages never say what exactly was wrong with a token or a key.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from backend_service.durable_files import write_durably
from core.command_rights import PERMITTED
from core.commands import CommandBase
from core.events.envelope import Envelope
from core.events.fleet_events import DeviceRegistered
from core.fleet.fleet import Device
from core.projections.operation import Change, Operation
from core.refusals import Refusal
from core.timekeeping import Clock
from core.vocabulary import Actor, DeviceId, Instant, Role

ALGORITHM = "HS256"
KEY_PREFIX = "tdk_"
"""What every device key starts with, so that one that leaked is recognised."""

REMEMBERED_TOKENS = 4096
_ISSUED_TO = frozenset(Role) - {Role.PLATFORM}
_AT_DESK = frozenset({Role.DISPATCHER, Role.SUPERVISOR, Role.ADMINISTRATOR})

SESSION_MARK = "."
"""Stands in a token's id between its session's id and its own."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who proved to be whom, until when (wall clock), by which token."""

    actor: Actor
    expires_at: Instant
    token_id: str

    @property
    def session_id(self) -> str:
        """Return the session this token belongs to; a token without one, such as an invitation's, is its own."""
        return self.token_id.partition(SESSION_MARK)[0]


class Withdrawals:
    """What no longer counts although its signature does: sessions and tokens by id, people by user id.

    Kept in memory, so that every request can be checked; `backend_service.people` fills it from its file and after.
    """

    def __init__(self) -> None:
        self._until: dict[str, Instant] = {}
        self._people: set[str] = set()

    def withdraw(self, token_or_session_id: str, until_at: Instant, now: Instant) -> None:
        """Let an id count no more; `until_at` is when the last token under it expires by itself."""
        self._until = {known: until for known, until in self._until.items() if until > now}
        self._until[token_or_session_id] = until_at

    def shut_out(self, user_id: str) -> None:
        """Let nobody in under a name at the desk, whatever token they hold."""
        self._people.add(user_id)

    def let_in(self, user_id: str) -> None:
        """Take `shut_out` back."""
        self._people.discard(user_id)

    def covers(self, identity: Identity) -> bool:
        """Say whether an identity no longer counts."""
        is_shut_out = identity.actor.subject in self._people and identity.actor.role in _AT_DESK
        return is_shut_out or identity.session_id in self._until or identity.token_id in self._until


class TokenAuthority:
    """Issues and verifies tokens.

    Parameters
    ----------
    secret : bytes
        At least 32 random bytes.
    wall : Clock
        Wall time: a token ages also while the operation's clock stands still.
    """

    def __init__(self, secret: bytes, wall: Clock) -> None:
        if len(secret) < 32:
            raise ValueError("a signing secret has at least 32 bytes")
        self._key = OctKey.import_key(secret)
        self._secret = secret
        self._wall = wall
        self.withdrawals = Withdrawals()
        self._verified: OrderedDict[str, Identity] = OrderedDict()

    @classmethod
    def open(cls, secrets_dir: Path, wall: Clock) -> TokenAuthority:
        """Return the authority of a data directory; its secret is made at the first call."""
        return cls(kept_secret(secrets_dir / "tokens.key"), wall)

    def issue(
        self, subject: str, role: Role, name: str = "", *, lifetime_s: float, session_id: str | None = None
    ) -> str:
        """Return a token for `subject`, valid for `lifetime_s` seconds of wall time, within a session if one is named.

        Raises
        ------
        ValueError
            If the role is the platform's own, or the lifetime is not positive.
        """
        if role not in _ISSUED_TO or lifetime_s <= 0.0:
            raise ValueError("tokens are for people, drivers and devices, and live for a while")
        claims = {
            "sub": subject,
            "role": role.value,
            "name": name,
            "exp": int(self._wall.now() + lifetime_s),
            "jti": secrets.token_hex(8) if session_id is None else session_id + SESSION_MARK + secrets.token_hex(8),
        }
        return jwt.encode({"alg": ALGORITHM}, claims, self._key, algorithms=[ALGORITHM])

    def verify(self, token: str) -> Identity:
        """Return whom `token` was issued to.

        Raises
        ------
        Refusal
            ``access.token_missing``, ``access.token_invalid``, ``access.token_expired`` or
            ``access.session_revoked``, all 401.
        """
        if not token:
            raise Refusal("access.token_missing", "Sign in first: this needs a token.", status=401)
        identity = self._verified.get(token) or self._remember(token, self._read(token))
        self.recheck(identity)
        return identity

    def recheck(self, identity: Identity) -> None:
        """Refuse an identity that counted before and does no longer; errors as in `verify`."""
        if self.withdrawals.covers(identity):
            raise Refusal("access.session_revoked", "This access was withdrawn. Sign in again.", status=401)
        if identity.expires_at <= self._wall.now():
            raise Refusal("access.token_expired", "The token has expired. Sign in again.", status=401)

    def derived_key(self, *about: str) -> str:
        """Return a device key that only this service can make, and makes again from the same words."""
        digest = hmac.new(self._secret, "\x00".join(("device key", *about)).encode(), hashlib.sha256)
        return KEY_PREFIX + digest.hexdigest()[:48]

    def signature_of(self, *about: str) -> str:
        """Return what only this service can make of these words, in hex; the same every time."""
        return hmac.new(self._secret, "\x00".join(("signature", *about)).encode(), hashlib.sha256).hexdigest()

    def _read(self, token: str) -> Identity:
        try:
            claims = jwt.decode(token, self._key, algorithms=[ALGORITHM]).claims
            return _identity(claims)
        except (JoseError, ValueError, KeyError, TypeError):
            # The reason would help only somebody who forges tokens.
            raise Refusal("access.token_invalid", "The token is not valid. Sign in again.", status=401) from None

    def _remember(self, token: str, identity: Identity) -> Identity:
        self._verified[token] = identity
        if len(self._verified) > REMEMBERED_TOKENS:
            self._verified.popitem(last=False)
        return identity


def _identity(claims: dict[str, Any]) -> Identity:
    role = Role(claims["role"])
    if role not in _ISSUED_TO or not isinstance(claims["sub"], str) or not claims["sub"]:
        raise ValueError("not a subject that tokens are issued to")
    actor = Actor(role=role, subject=claims["sub"], name=str(claims.get("name", "")))
    return Identity(actor=actor, expires_at=float(claims["exp"]), token_id=str(claims["jti"]))


def kept_secret(path: Path) -> bytes:
    """Return the secret in `path`; 32 random bytes are written there first if nothing is, for the owner only."""
    if not path.exists():
        write_durably(path, secrets.token_bytes(32))
    return path.read_bytes()


def new_device_key() -> str:
    """Return a fresh key of 192 random bits."""
    return KEY_PREFIX + secrets.token_hex(24)


def key_digest(key: str) -> str:
    """Return what is kept of a key: its SHA-256 in hex. Keys are random, so no salt or slow hash is needed."""
    return hashlib.sha256(key.encode()).hexdigest()


class DeviceKeys:
    """Finds a device by its key.

    Parameters
    ----------
    operation : Operation
        The live state; have `follow` told of every commit.
    """

    def __init__(self, operation: Operation) -> None:
        self._operation = operation
        self._by_digest: dict[str, DeviceId] = {
            device.key_digest: device.device_id for device in operation.fleet.devices.values()
        }

    def find(self, key: str) -> Device | None:
        """Return the device whose key this is; ``None`` for a key nobody has (any more)."""
        digest = key_digest(key)
        device_id = self._by_digest.get(digest)
        device = None if device_id is None else self._operation.fleet.devices.get(device_id)
        return device if device is not None and hmac.compare_digest(device.key_digest, digest) else None

    def follow(self, envelopes: Sequence[Envelope], changes: frozenset[Change]) -> None:
        """Take new keys into account; an old key of the same device stops working by itself."""
        for envelope in envelopes:
            if envelope.type == DeviceRegistered.event_type():
                event = envelope.event()
                assert isinstance(event, DeviceRegistered)
                self._by_digest[event.key_digest] = event.device_id


def require_permitted(actor: Actor, command: type[CommandBase]) -> None:
    """Refuse an actor whose role may not ask for `command`.

    Raises
    ------
    Refusal
        ``access.role``, 403.
    """
    require_role(actor, PERMITTED[command])


def require_role(actor: Actor, roles: frozenset[Role]) -> None:
    """Refuse an actor whose role is not among `roles`; errors as in `require_permitted`."""
    if actor.role not in roles:
        raise Refusal("access.role", f"This is not for the role {actor.role.value}.", status=403, role=actor.role.value)


def require_self(actor: Actor, driver_id: str) -> None:
    """Refuse a driver who asks for another driver's things.

    Raises
    ------
    Refusal
        ``access.not_yours``, 403.
    """
    if actor.role is Role.DRIVER and actor.subject != driver_id:
        raise Refusal("access.not_yours", "A driver may ask only for their own shift and work.", status=403)
