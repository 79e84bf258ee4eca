"""Sessions of people: opened by name and password, renewed by a signed number, ended at any time.

The access token lives for 15 minutes and is checked without touching a file. The renewal lives as long as the session,
and is replaced at every use (RFC 9700, section 4.14.2): the one before stays good until the new one is used, because an
answer may be lost on its way; any other that was ever genuine is in two hands, and ends the session.
"""

from __future__ import annotations

import asyncio
import hmac
import secrets
from dataclasses import dataclass, replace

from backend_service.access import Identity, TokenAuthority
from backend_service.people.accounts import Accounts, Records
from backend_service.people.accounts_store import AccountsStore, Person, Session
from backend_service.people.passwords import Passwords
from backend_service.people.rate_limits import SignInLimits
from core.commands import PersonChange, RecordPersonChange
from core.refusals import NotFound, Refusal
from core.timekeeping import Clock
from core.vocabulary import Instant

TOKEN_LIFETIME_S = 900.0
IDLE_S = 16 * 3600.0
"""A session that is not renewed ends after the longest shift."""

LONGEST_S = 7 * 86_400.0
KEPT_S = 30 * 86_400.0
_PREFIX = "trn_"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What somebody holds after signing in or renewing; `renewal` replaces the one before."""

    person: Person
    session_id: str
    token: str
    expires_at: Instant
    lifetime_s: float
    renewal: str
    ends_at: Instant


class Sessions:
    """Opens, renews and ends sessions.

    Parameters
    ----------
    wall : wall time
    """

    def __init__(
        self,
        store: AccountsStore,
        accounts: Accounts,
        passwords: Passwords,
        limits: SignInLimits,
        authority: TokenAuthority,
        record: Records,
        wall: Clock,
        *,
        token_lifetime_s: float = TOKEN_LIFETIME_S,
    ) -> None:
        self._store = store
        self._accounts = accounts
        self._passwords = passwords
        self.limits = limits
        self._authority = authority
        self._record = record
        self._wall = wall
        self._token_lifetime_s = token_lifetime_s
        self._changing = asyncio.Lock()
        self._noting: set[asyncio.Task[None]] = set()
        self._restore()

    def _restore(self) -> None:
        """Forget what ended long ago and withdraw again what was revoked before the restart."""
        now = self._wall.now()
        self._store.forget_before(now - KEPT_S)
        for token_id, until_at in self._store.withdrawn_tokens(now).items():
            self._authority.withdrawals.withdraw(token_id, until_at, now)
        for session in self._store.sessions(ends_after=now):
            if session.is_revoked:
                self._authority.withdrawals.withdraw(session.session_id, session.ends_at, now)

    async def sign_in(self, user_id: str, password: str, address: str) -> SignedIn:
        """Open a session.

        A name that nobody has costs the same and is answered the same as a wrong password.

        Raises
        ------
        Refusal
            ``sign_in.too_often`` and ``sign_in.busy``, 429; ``sign_in.refused``, 401.
        """
        self.limits.count(address, user_id)
        person = self._accounts.find(user_id)
        is_right = await self._passwords.verify(password, None if person is None else person.password)
        # Looked up again: the account may have changed while the hash was computed.
        if person is None or not is_right or self._accounts.find(user_id) != person or person.is_disabled:
            if person is not None:
                self._note(RecordPersonChange(user_id=user_id, change=PersonChange.SIGN_IN_FAILED))
            raise _refused()
        self.limits.clear(user_id)
        return await self._open(person, address)

    async def renew(self, renewal: str) -> SignedIn:
        """Go on with a session.

        Raises
        ------
        Refusal
            ``session.ended``, 401: it expired, was revoked, or this is no renewal of it.
        """
        session_id, number = self._read(renewal)
        async with self._changing:
            session = await asyncio.to_thread(self._store.session, session_id)
            person = None if session is None else self._accounts.find(session.user_id)
            now = self._wall.now()
            if session is None or session.is_revoked or session.ends_at <= now or person is None or person.is_disabled:
                raise _ended()
            if number not in (session.renewal, session.renewal_before):
                await self._revoke(session, by="")
                raise _ended()
            ends_at = min(now + IDLE_S, session.started_at + LONGEST_S)
            renewed = replace(
                session, renewal=session.renewal + 1, renewal_before=number, ends_at=ends_at, latest_at=now
            )
            await asyncio.to_thread(self._store.keep_session, renewed)
        return self._signed_in(person, renewed)

    async def sign_out(self, identity: Identity) -> None:
        """End the session of a token, or the token itself where it has no session."""
        session = await asyncio.to_thread(self._store.session, identity.session_id)
        if session is None:
            now = self._wall.now()
            self._authority.withdrawals.withdraw(identity.token_id, identity.expires_at, now)
            await asyncio.to_thread(self._store.withdraw_token, identity.token_id, identity.expires_at)
            return
        async with self._changing:
            await self._revoke(session, by=identity.actor.subject)

    async def of_person(self, user_id: str) -> list[Session]:
        """Return the sessions of somebody that could still be renewed, newest first; errors as `Accounts.named`."""
        self._accounts.named(user_id)
        found = await asyncio.to_thread(self._store.sessions, user_id, ends_after=self._wall.now())
        return [session for session in found if not session.is_revoked]

    async def revoke(self, user_id: str, session_id: str, *, by: str) -> None:
        """End one session of somebody.

        Raises
        ------
        Refusal
            ``session.not_found``.
        """
        async with self._changing:
            session = await asyncio.to_thread(self._store.session, session_id)
            if session is None or session.user_id != user_id:
                raise NotFound("session", session_id)
            if not session.is_revoked:
                await self._revoke(session, by=by)

    async def revoke_all(self, user_id: str, *, by: str) -> int:
        """End every session of somebody and return how many there were; errors as `Accounts.named`."""
        async with self._changing:
            open_ones = await self.of_person(user_id)
            for session in open_ones:
                await self._revoke(session, by=by)
        return len(open_ones)

    async def close(self) -> None:
        """Finish what is being noted."""
        await asyncio.gather(*self._noting, return_exceptions=True)

    async def _open(self, person: Person, address: str) -> SignedIn:
        now = self._wall.now()
        session = Session(secrets.token_hex(12), person.user_id, now, now + IDLE_S, now, address)
        opened = RecordPersonChange(
            user_id=person.user_id,
            change=PersonChange.SESSION_OPENED,
            role=person.role,
            session_id=session.session_id,
            ends_at=session.ends_at,
        )
        await self._record(opened)
        async with self._changing:
            # Whoever replaces a password or disables an account ends the sessions that are kept by then.
            if self._accounts.find(person.user_id) != person:
                raise _refused()
            await asyncio.to_thread(self._store.keep_session, session)
        return self._signed_in(person, session)

    def _signed_in(self, person: Person, session: Session) -> SignedIn:
        now = self._wall.now()
        lifetime_s = min(self._token_lifetime_s, max(1.0, session.ends_at - now))
        token = self._authority.issue(
            person.user_id, person.role, person.name, lifetime_s=lifetime_s, session_id=session.session_id
        )
        renewal = f"{_PREFIX}{session.session_id}.{session.renewal}.{self._seal(session.session_id, session.renewal)}"
        expires_at = self._authority.verify(token).expires_at
        return SignedIn(person, session.session_id, token, expires_at, expires_at - now, renewal, session.ends_at)

    def _read(self, renewal: str) -> tuple[str, int]:
        session_id, _, rest = renewal.removeprefix(_PREFIX).partition(".")
        number, _, seal = rest.partition(".")
        is_number = number.isascii() and number.isdecimal() and len(number) < 10
        if not is_number or not hmac.compare_digest(seal.encode(), self._seal(session_id, int(number)).encode()):
            raise _ended()
        return session_id, int(number)

    def _seal(self, session_id: str, number: int) -> str:
        return self._authority.signature_of("renewal", session_id, str(number))

    async def _revoke(self, session: Session, *, by: str) -> None:
        """Let a session count no more, and only then record it."""
        now = self._wall.now()
        self._authority.withdrawals.withdraw(
            session.session_id, max(session.ends_at, now + self._token_lifetime_s), now
        )
        await asyncio.to_thread(self._store.keep_session, replace(session, is_revoked=True))
        await self._record(
            RecordPersonChange(
                user_id=session.user_id, change=PersonChange.SESSION_REVOKED, session_id=session.session_id, by=by
            )
        )

    def _note(self, change: RecordPersonChange) -> None:
        """Record without keeping anybody waiting: how long an answer takes must not tell whether a name exists."""
        task = asyncio.ensure_future(self._record(change))
        self._noting.add(task)
        task.add_done_callback(self._noted)

    def _noted(self, task: asyncio.Task[None]) -> None:
        self._noting.discard(task)
        if not task.cancelled():
            task.exception()  # a log that cannot be written is counted by the bus; there is nobody here to tell


def _refused() -> Refusal:
    return Refusal("sign_in.refused", "Name or password is wrong.", status=401)


def _ended() -> Refusal:
    return Refusal("session.ended", "The session has ended. Sign in again.", status=401)
