"""Decides what is recorded of people: the service keeps accounts apart, the log keeps what became of them."""

from __future__ import annotations

from collections.abc import Callable

from core.commands import PersonChange, RecordExport, RecordPersonChange
from core.deciding import Context, Decision
from core.events import people_events as happened
from core.events.envelope import Event
from core.streams import OPERATION


def record_person_change(context: Context, command: RecordPersonChange) -> Decision:
    """Note what became of an account or session."""
    return Decision([(OPERATION, _EVENTS[command.change](command))])


def record_export(context: Context, command: RecordExport) -> Decision:
    """Note that records left in bulk."""
    event = happened.RecordsExported(
        kind=command.kind, rows=command.rows, is_personal=command.is_personal, by=command.by
    )
    return Decision([(OPERATION, event)])


def _added(command: RecordPersonChange) -> Event:
    return happened.PersonAdded(user_id=command.user_id, role=command.role, regions=command.regions, by=command.by)


def _opened(command: RecordPersonChange) -> Event:
    return happened.SessionOpened(
        user_id=command.user_id, role=command.role, session_id=command.session_id, ends_at=command.ends_at
    )


_EVENTS: dict[PersonChange, Callable[[RecordPersonChange], Event]] = {
    PersonChange.ADDED: _added,
    PersonChange.DISABLED: lambda command: happened.PersonDisabled(user_id=command.user_id, by=command.by),
    PersonChange.ENABLED: lambda command: happened.PersonEnabled(user_id=command.user_id, by=command.by),
    PersonChange.PASSWORD_REPLACED: lambda command: happened.PasswordReplaced(user_id=command.user_id, by=command.by),
    PersonChange.SESSION_OPENED: _opened,
    PersonChange.SESSION_REVOKED: lambda command: happened.SessionRevoked(
        user_id=command.user_id, session_id=command.session_id, by=command.by
    ),
    PersonChange.SIGN_IN_FAILED: lambda command: happened.SignInFailed(user_id=command.user_id),
}
