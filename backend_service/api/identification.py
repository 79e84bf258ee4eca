"""Who sent a request, what their role lets them ask, and which command id a retried request has."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler
from litestar.params import HeaderParameter

from backend_service.access import Identity, TokenAuthority, require_role
from core.command_rights import PERMITTED
from core.commands import CommandBase
from core.refusals import Refusal
from core.vocabulary import Actor, CommandId, Role

DESK = frozenset({Role.DISPATCHER, Role.SUPERVISOR, Role.ADMINISTRATOR})
DESK_AND_DRIVER = DESK | {Role.DRIVER}
SUPERVISION = frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR})
ADMINISTRATION = frozenset({Role.ADMINISTRATOR})
ANYBODY = frozenset(Role) - {Role.PLATFORM}

LONGEST_IDEMPOTENCY_KEY = 128

ApiRequest = Request[Identity, Any, State]

_KeyHeader = Annotated[
    str | None,
    HeaderParameter(
        name="Idempotency-Key",
        min_length=1,
        max_length=LONGEST_IDEMPOTENCY_KEY,
        required=False,
        description="A name for this request. The same request sent again under it is carried out once and gets the "
        "same answer; another one at the same address is refused.",
    ),
]


@dataclass(frozen=True, slots=True)
class Once:
    """A request that is to be carried out once: its key, its address, and a digest of all that it asks for."""

    key: str
    address: str
    fingerprint: str


IdempotencyKey = NamedDependency[Once | None]
"""What a handler takes as ``idempotency_key``; `provide_once` makes it of the request."""


@dataclass(frozen=True, slots=True)
class RoleGuard:
    """Lets only some roles in."""

    roles: frozenset[Role]

    # Asynchronous though it waits for nothing: the framework sends a plain function to a thread, for each request.
    async def __call__(self, connection: ASGIConnection[Any, Any, Any, State], _: BaseRouteHandler) -> None:
        """Know who sends the request, or refuse."""
        identity = identify(connection)
        require_role(identity.actor, self.roles)
        connection.scope["user"] = identity


def allowed(roles: Iterable[Role]) -> RoleGuard:
    """Return a guard that lets only these roles in."""
    return RoleGuard(frozenset(roles))


def roles_of(handler: BaseRouteHandler) -> frozenset[Role]:
    """Return the roles that a handler's guards let in; none for a handler that asks for nobody's."""
    guards = [guard for guard in handler.guards or () if isinstance(guard, RoleGuard)]
    told: frozenset[Role] = frozenset(handler.opt.get("roles", ()))
    return frozenset.intersection(*(guard.roles for guard in guards)) if guards else told


def may(command: type[CommandBase]) -> RoleGuard:
    """Return a guard that lets in whoever may ask for `command`."""
    return allowed(PERMITTED[command] - {Role.PLATFORM})


def identify(connection: ASGIConnection[Any, Any, Any, State]) -> Identity:
    """Return who sent a request.

    Raises
    ------
    Refusal
        As `TokenAuthority.verify` does.
    """
    authority: TokenAuthority = connection.app.state.tower.authority
    return authority.verify(bearer_token(connection))


def bearer_token(connection: ASGIConnection[Any, Any, Any, State]) -> str:
    """Return the token of the ``Authorization`` header; empty if there is none."""
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def command_id_of(actor: Actor, once: Once | None, *about: str) -> CommandId | None:
    """Return the command id of a request: the same key of two people, or for two things, never meets.

    Parameters
    ----------
    about : what is asked for and of what; a key that is used again for something else is another command
    """
    if once is None:
        return None
    # A driver and somebody at a desk may have one id.
    return CommandId(":".join((actor.role.value, actor.subject, *about, once.key)))


def fingerprint_of(once: Once | None) -> str:
    """Return what tells a request from another one under the same key; empty for a request without a key."""
    return "" if once is None else once.fingerprint


async def provide_once(request: ApiRequest, key: _KeyHeader = None) -> Once | None:
    """Give a handler what names its request, ``None`` if nothing does.

    Raises
    ------
    Refusal
        ``request.idempotency_key_empty``, 400.
    """
    if key is None:
        return None
    if not key.strip():
        raise Refusal("request.idempotency_key_empty", "The Idempotency-Key names nothing.", status=400)
    asked = f"{request.method} {request.url.path}?{request.url.query}\n".encode()
    digest = hashlib.sha256(asked + _same_however_written(await request.body())).hexdigest()
    return Once(key, request.url.path, digest)


def _same_however_written(body: bytes) -> bytes:
    """Return JSON in one fixed form, so that the order of members and blanks make no other request."""
    try:
        return msgspec.json.encode(msgspec.json.decode(body), order="deterministic")
    except msgspec.MsgspecError:
        return body


def provide_identity(request: ApiRequest) -> Identity:
    """Give a handler the identity its guard found."""
    return request.user
