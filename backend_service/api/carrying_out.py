"""From a request to the command bus and back to an answer."""

from __future__ import annotations

import hashlib

import msgspec

from backend_service.access import Identity
from backend_service.api.collaborators import ApiCollaborators
from backend_service.api.identification import command_id_of
from backend_service.api.paging import Accepted, Created
from core.commands import Command


async def carry_out(
    tower: ApiCollaborators, identity: Identity, command: Command, idempotency_key: str | None
) -> Accepted:
    """Return where the log holds what `command` led to; refusals and faults of the bus pass through."""
    command_id = command_id_of(identity.actor, idempotency_key, *_told(command))
    done = await tower.bus.execute(command, identity.actor, command_id=command_id)
    return Accepted(position=done.position)


async def create(tower: ApiCollaborators, identity: Identity, command: Command, idempotency_key: str | None) -> Created:
    """Return the id of what `command` made; otherwise as `carry_out`."""
    command_id = command_id_of(identity.actor, idempotency_key, *_told(command))
    done = await tower.bus.execute(command, identity.actor, command_id=command_id)
    if done.created is None:
        raise AssertionError(f"{type(command).__name__} made nothing")
    return Created(id=done.created, position=done.position)


def _told(command: Command) -> tuple[str, str]:
    return type(command).__name__, hashlib.sha256(msgspec.msgpack.encode(command)).hexdigest()
