"""Who sent a request, what their role lets them ask, and which command id a retried request has."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.handlers import BaseRouteHandler
from litestar.params import HeaderParameter

from backend_service.access import Identity, TokenAuthority, require_role
from core.commands import PERMITTED, CommandBase
from core.refusals import Refusal
from core.vocabulary import Actor, CommandId, Role

DESK = frozenset({Role.DISPATCHER, Role.SUPERVISOR, Role.ADMINISTRATOR})
DESK_AND_DRIVER = DESK | {Role.DRIVER}
SUPERVISION = frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR})
ADMINISTRATION = frozenset({Role.ADMINISTRATOR})
ANYBODY = frozenset(Role) - {Role.PLATFORM}

LONGEST_IDEMPOTENCY_KEY = 128

ApiRequest = Request[Identity, Any, State]

IdempotencyKey = Annotated[
    str | None,
    HeaderParameter(
        name="Idempotency-Key",
        min_length=1,
        max_length=LONGEST_IDEMPOTENCY_KEY,
        required=False,
        description="A name for this request. The same request sent again under it is carried out once and gets the "
        "same answer.",
    ),
]


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


def command_id_of(actor: Actor, idempotency_key: str | None, *about: str) -> CommandId | None:
    """Return the command id of a request: the same key of two people, or for two things, never meets.

    Parameters
    ----------
    about : what is asked for and of what; a key that is used again for something else is another command

    Raises
    ------
    Refusal
        ``request.idempotency_key_empty``, 400.
    """
    if idempotency_key is None:
        return None
    if not idempotency_key.strip():
        raise Refusal("request.idempotency_key_empty", "The Idempotency-Key names nothing.", status=400)
    # A driver and somebody at a desk may have one id.
    return CommandId(":".join((actor.role.value, actor.subject, *about, idempotency_key)))


def provide_identity(request: ApiRequest) -> Identity:
    """Give a handler the identity its guard found."""
    return request.user
