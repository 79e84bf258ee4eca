"""What happened to the people who work at desks, their passwords and sessions; never a secret."""

from __future__ import annotations

from core.events.envelope import Event
from core.vocabulary import Instant, Role, ZoneId


class PersonAdded(Event, frozen=True, kw_only=True):
    """Somebody may sign in from now on; no `regions` means everywhere. `by` is the user id of who did it."""

    is_audited = True

    user_id: str
    role: Role
    regions: tuple[ZoneId, ...] = ()
    by: str = ""


class PersonDisabled(Event, frozen=True, kw_only=True):
    """Somebody may not sign in any more; their sessions ended."""

    is_audited = True

    user_id: str
    by: str = ""


class PersonEnabled(Event, frozen=True, kw_only=True):
    """Somebody who was disabled may sign in again."""

    is_audited = True

    user_id: str
    by: str = ""


class PasswordReplaced(Event, frozen=True, kw_only=True):
    """Somebody has another password; their sessions ended."""

    is_audited = True

    user_id: str
    by: str = ""


class SessionOpened(Event, frozen=True, kw_only=True):
    """Somebody signed in with name and password."""

    is_audited = True

    user_id: str
    role: Role
    session_id: str
    ends_at: Instant


class SessionRevoked(Event, frozen=True, kw_only=True):
    """A session was ended before its time, by its owner, an administrator, or because its renewal was stolen."""

    is_audited = True

    user_id: str
    session_id: str
    by: str = ""


class SignInFailed(Event, frozen=True, kw_only=True):
    """Somebody gave a wrong password for a name that exists, or one that is disabled."""

    is_audited = True

    user_id: str


class RecordsExported(Event, frozen=True, kw_only=True):
    """Orders, vehicles or drivers left in bulk; `is_personal` says whether with names and telephone numbers."""

    is_audited = True

    kind: str
    rows: int
    is_personal: bool
    by: str = ""
