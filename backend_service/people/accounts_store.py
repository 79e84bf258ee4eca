"""People with an account, their sessions, and what keeps them, wherever that is.

Of secrets only the passwords' Argon2id hashes are kept; of a session's renewals only their numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from core.vocabulary import Instant, Role, ZoneId


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account; no `regions` means everywhere. `password` is a PHC string."""

    user_id: str
    name: str
    role: Role
    regions: tuple[ZoneId, ...]
    password: str
    is_disabled: bool
    added_at: Instant


@dataclass(frozen=True, slots=True)
class Session:
    """A sign-in; `renewal` is the number of the newest renewal given out, `renewal_before` of the last one used."""

    session_id: str
    user_id: str
    started_at: Instant
    ends_at: Instant
    latest_at: Instant
    address: str
    renewal: int = 1
    renewal_before: int = 0
    is_revoked: bool = False


class AccountsStore(Protocol):
    """Reads and writes people, sessions and withdrawn tokens.

    Every call blocks and commits before it returns; calls may come from any thread. Each raises a `Fault`
    ``accounts.*`` if it cannot. `tests/backend_service/people` holds the contract suite.
    """

    def people(self) -> list[Person]:
        """Return everybody, by user id."""
        ...

    def keep_person(self, person: Person) -> None:
        """Add somebody, or replace what is kept of them."""
        ...

    def sessions(self, user_id: str | None = None, *, ends_after: Instant) -> list[Session]:
        """Return sessions of somebody, or of everybody, that end after an instant; newest first."""
        ...

    def session(self, session_id: str) -> Session | None:
        """Return a session by its id."""
        ...

    def keep_session(self, session: Session) -> None:
        """Add a session, or replace what is kept of it."""
        ...

    def withdraw_token(self, token_id: str, until_at: Instant) -> None:
        """Remember that a token without a session counts no more."""
        ...

    def withdrawn_tokens(self, now: Instant) -> dict[str, Instant]:
        """Return the tokens that were withdrawn and have not expired by themselves yet."""
        ...

    def forget_before(self, instant: Instant) -> None:
        """Drop sessions and withdrawn tokens that ended before an instant."""
        ...

    def close(self) -> None:
        """Let go of the storage."""
        ...
