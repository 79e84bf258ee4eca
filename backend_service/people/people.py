"""The people of a service, put together: accounts and sessions on one store, with one pool of passwords."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from backend_service.access import Identity, TokenAuthority
from backend_service.people.accounts import Accounts, Records
from backend_service.people.accounts_file import AccountsFile
from backend_service.people.accounts_store import AccountsStore
from backend_service.people.passwords import Cost, Passwords
from backend_service.people.rate_limits import SignInLimits
from backend_service.people.sessions import TOKEN_LIFETIME_S, Sessions
from core.refusals import Refusal
from core.timekeeping import Clock


@dataclass(frozen=True, slots=True)
class People:
    """Accounts, sessions, and what has to be closed."""

    accounts: Accounts
    sessions: Sessions
    passwords: Passwords
    store: AccountsStore

    @classmethod
    def open(
        cls,
        store: AccountsStore | Path,
        authority: TokenAuthority,
        record: Records,
        wall: Clock,
        *,
        cost: Cost | None = None,
        limits: SignInLimits | None = None,
        token_lifetime_s: float = TOKEN_LIFETIME_S,
    ) -> People:
        """Read who has an account, and withdraw from `authority` whatever was revoked before.

        Parameters
        ----------
        store : what keeps them, or the path of a file that does

        Raises
        ------
        Fault
            ``accounts.*`` as in `backend_service.storage.sqlite_faults.fault_of`.
        """
        store, passwords = AccountsFile.open(store) if isinstance(store, Path) else store, Passwords(cost)
        accounts = Accounts(store, passwords, authority, record, wall)
        sessions = Sessions(
            store,
            accounts,
            passwords,
            limits or SignInLimits(),
            authority,
            record,
            wall,
            token_lifetime_s=token_lifetime_s,
        )
        return cls(accounts, sessions, passwords, store)

    async def disable(self, user_id: str, *, by: str) -> None:
        """Shut somebody out and end their sessions; errors as in `Accounts.disable`."""
        await self.accounts.disable(user_id, by=by)
        await self.sessions.revoke_all(user_id, by=by)

    async def reset_password(self, user_id: str, password: str | None, *, by: str) -> str | None:
        """Replace a password and end the sessions; return it if it was made here."""
        made = await self.accounts.replace_password(user_id, password, by=by)
        await self.sessions.revoke_all(user_id, by=by)
        return made

    async def change_own_password(self, identity: Identity, before: str, after: str) -> None:
        """Replace one's own password; every session ends, also this one.

        Raises
        ------
        Refusal
            ``person.not_found`` for who has no account; ``password.wrong``, 403; ``password.length``;
            ``sign_in.too_often``.
        """
        user_id = identity.actor.subject
        kept = self.accounts.named(user_id).password
        self.sessions.limits.count(f"session of {user_id}", user_id)
        if not await self.passwords.verify(before, kept):
            raise Refusal("password.wrong", "The present password is wrong.", status=403)
        await self.reset_password(user_id, after, by=user_id)

    async def close(self) -> None:
        """Finish what is under way and let go of the store."""
        await self.sessions.close()
        self.passwords.close()
        self.store.close()
