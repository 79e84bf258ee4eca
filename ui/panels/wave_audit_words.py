"""What the audit list says of depots, rhythms and waves. No widgets here."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from core.events import wave_events as happened
from core.events.envelope import Event
from widgets.formatting import number


def _tr(text: str) -> str:
    return QCoreApplication.translate("audit", text)


def wave_change(event: Event) -> tuple[str, str, str] | None:
    """Return what happened, to what, and why; ``None`` for any other event."""
    match event:
        case happened.WaveReleased():
            why = _tr("decided by itself") if event.is_automatic else ""
            return _tr("Plan {number} of a wave released").format(number=number(event.number)), event.wave_id, why
        case happened.WaveSentBack():
            return (
                _tr("Plan {number} of a wave sent back").format(number=number(event.number)),
                event.wave_id,
                event.note,
            )
        case happened.WaveRecalled():
            return _tr("Release of a wave taken back"), event.wave_id, event.note
        case happened.DepotSet():
            return _tr("Depot set up"), event.depot.name, ""
        case happened.DepotRetired():
            return _tr("Depot retired"), event.depot_id, ""
        case happened.WaveRhythmSet():
            return _tr("Wave rhythm set"), event.rhythm.name, ""
        case happened.WaveRhythmWithdrawn():
            return _tr("Wave rhythm withdrawn"), event.rhythm_id, ""
        case happened.CapacityUnitsSet():
            return _tr("Units of loads set"), ", ".join(event.units.values()), ""
    return None
