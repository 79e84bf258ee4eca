"""What the audit list says of moves of idle drivers: who, from where to where, and why. No widgets here."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from core.events import move_events as happened
from core.events.envelope import Event
from ui.desk_context import DeskContext
from ui.names import driver_label, zone_name
from widgets.formatting import number


def _tr(text: str) -> str:
    return QCoreApplication.translate("audit", text)


def move_change(context: DeskContext, event: Event) -> tuple[str, str, str] | None:
    """Return what happened, to whom, and why; ``None`` for anything else."""
    operation = context.store.operation
    match event:
        case happened.DriverMoveProposed(move=move):
            goal = zone_name(operation, move.to_zone_id)
            what = _tr("Move to {zone} proposed").format(zone=goal)
            why = _tr("lacks {short} drivers, gains {minutes} min").format(
                short=number(move.short, 1), minutes=number(move.gain_minutes)
            )
            return what, driver_label(operation, move.driver_id), why
        case happened.DriverMoveAccepted():
            why = _tr("by itself, as the policy says") if event.is_automatic else ""
            return _tr("Driver told to wait elsewhere"), driver_label(operation, event.driver_id), why
        case happened.DriverMoveDismissed():
            return _tr("Move dismissed"), driver_label(operation, event.driver_id), ""
    return None
