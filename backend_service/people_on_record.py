"""What becomes of people at the doors, put on record by commands: sign-ins, invitations, accounts, erasures."""

from __future__ import annotations

from dataclasses import dataclass

from backend_service.access import Identity, TokenAuthority
from backend_service.api.collaborators import EraseCustomer, Invite
from backend_service.event_log.log import AuditedLog
from backend_service.handlers.command_bus import CommandBus
from backend_service.invitations import invitation_text
from backend_service.live.curve_keys import CurveKeys
from backend_service.live.feed_session import RecordsSignIn, RenewsSession
from backend_service.people.accounts import Records
from backend_service.people.people import People
from core.commands import EraseCustomer as EraseCustomerCommand
from core.commands import RecordAccess, RecordPersonChange, RecordSignIn
from core.operations import SessionRenewed
from core.vocabulary import PLATFORM, Actor, Role


@dataclass(slots=True)
class DoorAddresses:
    """Where desks find the feed; known once the doors are open."""

    feed: str = ""
    zmq: str | None = None

    def preferred(self) -> tuple[str, ...]:
        """Return the addresses, the quicker transport first."""
        return (self.zmq, self.feed) if self.zmq else (self.feed,)


def sign_in_recorder(bus: CommandBus) -> RecordsSignIn:
    """Return what puts on record that somebody opened a desk."""

    async def record(identity: Identity, transport: str) -> None:
        actor = identity.actor
        await bus.execute(RecordSignIn(user_id=actor.subject, role=actor.role, transport=transport), PLATFORM)

    return record


def person_recorder(bus: CommandBus) -> Records:
    """Return what puts on record what became of an account or a session."""

    async def record(change: RecordPersonChange) -> None:
        await bus.execute(change, PLATFORM)

    return record


def renewer(people: People) -> RenewsSession:
    """Return what gives an open session its next token."""

    async def renew(renewal: str) -> SessionRenewed:
        signed_in = await people.sessions.renew(renewal)
        return SessionRenewed(
            token=signed_in.token,
            lifetime_s=signed_in.lifetime_s,
            renewal=signed_in.renewal,
            ends_at=signed_in.ends_at,
        )

    return renew


def eraser(log: AuditedLog, bus: CommandBus) -> EraseCustomer:
    """Return what forgets a customer: the key to what was sealed goes, and that it went is on record."""

    async def erase(customer_id: str, actor: Actor) -> bool:
        was_there = await log.erase_subject(f"order:{customer_id}")
        await bus.execute(EraseCustomerCommand(customer_id=customer_id), actor)
        return was_there

    return erase


def inviter(bus: CommandBus, authority: TokenAuthority, keys: CurveKeys, addresses: DoorAddresses) -> Invite:
    """Return what makes somebody an invitation, and puts on record that they may come in."""

    async def invite(user_id: str, role: Role, name: str) -> str:
        await bus.execute(RecordAccess(subject=user_id, role=role), PLATFORM)
        return invitation_text(
            authority, keys, subject=user_id, name=name, role=role, feed=addresses.feed, zmq=addresses.zmq
        )

    return invite
