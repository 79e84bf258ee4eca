"""From a request to the command bus and back to an answer."""

from __future__ import annotations

from backend_service.access import Identity
from backend_service.api.collaborators import ApiCollaborators
from backend_service.api.identification import Once, command_id_of, fingerprint_of
from backend_service.api.paging import Accepted, Created
from core.commands import Command
from core.operations import Done


async def carry_out(tower: ApiCollaborators, identity: Identity, command: Command, once: Once | None) -> Accepted:
    """Return where the log holds what `command` led to; refusals and faults of the bus pass through."""
    return Accepted(position=(await _done(tower, identity, command, once)).position)


async def create(tower: ApiCollaborators, identity: Identity, command: Command, once: Once | None) -> Created:
    """Return the id of what `command` made; otherwise as `carry_out`."""
    done = await _done(tower, identity, command, once)
    if done.created is None:
        raise AssertionError(f"{type(command).__name__} made nothing")
    return Created(id=done.created, position=done.position)


async def _done(tower: ApiCollaborators, identity: Identity, command: Command, once: Once | None) -> Done:
    address = "" if once is None else once.address
    command_id = command_id_of(identity.actor, once, type(command).__name__, address)
    return await tower.bus.execute(command, identity.actor, command_id=command_id, fingerprint=fingerprint_of(once))
