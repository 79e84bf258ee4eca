"""Who may sign in at a desk, as which role, and in which regions they decide."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import replace

from backend_service.access import TokenAuthority
from backend_service.people.accounts_store import AccountsStore, Person
from backend_service.people.passwords import Passwords
from core.commands import PersonChange, RecordPersonChange
from core.refusals import NotFound, Refusal
from core.timekeeping import Clock
from core.vocabulary import Actor, Role, ZoneId

DESK_ROLES = frozenset({Role.DISPATCHER, Role.SUPERVISOR, Role.ADMINISTRATOR})
RESERVED = frozenset({"administrator", "platform", "demo-admin", "demo-gateway", "me"})
"""Names of what the service itself issues tokens to; shutting one of these out could lock out everybody."""

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that people take for one another when they read a password aloud."""

type Records = Callable[[RecordPersonChange], Awaitable[None]]
"""Puts a change into the event log; returns when it is on disk."""


class Accounts:
    """Everybody with an account, in memory and in a store.

    What gives access is recorded before it is given, and what takes access takes it before it is recorded: a log that
    cannot be written never leaves an access that nobody sees, nor one that cannot be taken away.
    """

    def __init__(
        self, store: AccountsStore, passwords: Passwords, authority: TokenAuthority, record: Records, wall: Clock
    ) -> None:
        self._store = store
        self._passwords = passwords
        self._withdrawals = authority.withdrawals
        self._record = record
        self._wall = wall
        self._changing = asyncio.Lock()
        self._people = {person.user_id: person for person in store.people()}
        for person in self._people.values():
            if person.is_disabled:
                self._withdrawals.shut_out(person.user_id)

    def everybody(self) -> list[Person]:
        """Return everybody with an account, by user id."""
        return sorted(self._people.values(), key=lambda person: person.user_id)

    def find(self, user_id: str) -> Person | None:
        """Return somebody, ``None`` if nobody has this user id."""
        return self._people.get(user_id)

    def named(self, user_id: str) -> Person:
        """Return somebody, or refuse with ``person.not_found``."""
        person = self._people.get(user_id)
        if person is None:
            raise NotFound("person", user_id)
        return person

    def regions_of(self, actor: Actor) -> frozenset[ZoneId] | None:
        """Return the regions that an actor may decide in, ``None`` for everywhere."""
        person = self._people.get(actor.subject) if actor.role in DESK_ROLES else None
        return frozenset(person.regions) if person is not None and person.regions else None

    async def add(
        self, user_id: str, name: str, role: Role, regions: tuple[ZoneId, ...], password: str | None, *, by: str
    ) -> str | None:
        """Open an account; return the password that was made, ``None`` if one was given.

        Raises
        ------
        Refusal
            ``person.role``, ``person.regions``, ``person.reserved``, ``person.exists``; as `Passwords.hash`.
        """
        _check_new(user_id, role, regions)
        made = None if password is not None else made_password()
        kept = await self._passwords.hash(password or made or "")
        async with self._changing:
            if user_id in self._people:
                raise Refusal("person.exists", f"There is a person {user_id} already.", status=409)
            added = RecordPersonChange(user_id=user_id, change=PersonChange.ADDED, role=role, regions=regions, by=by)
            await self._record(added)
            await self._keep(Person(user_id, name, role, regions, kept, False, self._wall.now()))
        return made

    async def disable(self, user_id: str, *, by: str) -> None:
        """Shut somebody out at once, whatever tokens they hold. Repeated, it changes nothing.

        Raises
        ------
        Refusal
            ``person.not_found``; ``person.yourself`` for one's own account.
        """
        person = self.named(user_id)
        if user_id == by:
            raise Refusal("person.yourself", "Nobody disables their own account.", status=409)
        async with self._changing:
            if self.named(user_id).is_disabled:
                return
            self._withdrawals.shut_out(user_id)
            await self._keep(replace(person, is_disabled=True))
            await self._record(RecordPersonChange(user_id=user_id, change=PersonChange.DISABLED, by=by))

    async def enable(self, user_id: str, *, by: str) -> None:
        """Let somebody sign in again; errors as in `named`."""
        self.named(user_id)
        async with self._changing:
            person = self.named(user_id)
            if not person.is_disabled:
                return
            await self._record(RecordPersonChange(user_id=user_id, change=PersonChange.ENABLED, by=by))
            await self._keep(replace(person, is_disabled=False))
            self._withdrawals.let_in(user_id)

    async def replace_password(self, user_id: str, password: str | None, *, by: str) -> str | None:
        """Give somebody another password; return it if it was made here. Errors as in `named` and `Passwords.hash`."""
        self.named(user_id)
        made = None if password is not None else made_password()
        kept = await self._passwords.hash(password or made or "")
        async with self._changing:
            await self._record(RecordPersonChange(user_id=user_id, change=PersonChange.PASSWORD_REPLACED, by=by))
            await self._keep(replace(self.named(user_id), password=kept))
        return made

    async def _keep(self, person: Person) -> None:
        await asyncio.to_thread(self._store.keep_person, person)
        self._people[person.user_id] = person


def _check_new(user_id: str, role: Role, regions: tuple[ZoneId, ...]) -> None:
    if role not in DESK_ROLES:
        raise Refusal("person.role", "Accounts are for dispatchers, supervisors and administrators.")
    if regions and role is Role.ADMINISTRATOR:
        raise Refusal("person.regions", "An administrator cannot be limited to regions.")
    if user_id in RESERVED:
        raise Refusal("person.reserved", f"The name {user_id} is the service's own. Choose another.")


def made_password() -> str:
    """Return a random password of 25 letters in groups of five (123 bits), easy to read aloud."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(5))
