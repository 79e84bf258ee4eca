"""What people closed for a while, as the map shows it: zones and streets, each with until when."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from core.fleet.closure import Closure, ClosureId
from core.vocabulary import ZoneId
from ui.desk_context import DeskContext
from widgets.formatting import time_of_days
from widgets.live_map.shapes import ClosureMark

_LONGEST_NOTE = 36


def closed_zones(context: DeskContext) -> dict[ZoneId, str]:
    """Return the zones that are closed now, with what is said of each."""
    return {one.zone_id: closed_words(context, one) for one in _in_force(context) if one.zone_id is not None}


def closed_streets(context: DeskContext) -> list[ClosureMark]:
    """Return a mark for each street that is closed now, with the reason."""
    return [
        ClosureMark(one.closure_id, one.position.lat, one.position.lon, closed_words(context, one), _short(one.note))
        for one in _in_force(context)
        if one.position is not None
    ]


def closed_street(context: DeskContext, closure_id: str) -> Closure | None:
    """Return a closed street by its mark."""
    known = context.store.operation.closures.closures.get(ClosureId(closure_id))
    return known if known is not None and known.until_at > context.now() else None


def closed_now(context: DeskContext) -> frozenset[ClosureId]:
    """Return what is closed now: closures end by the clock alone."""
    return frozenset(one.closure_id for one in _in_force(context))


def closed_words(context: DeskContext, closure: Closure) -> str:
    """Return until when something is closed; with the day where that is not today."""
    return closed_until(time_of_days(closure.until_at, context.now(), context.zone))


def closed_until(time: str) -> str:
    """Return until when a sign says that something is closed."""
    return QCoreApplication.translate("closures", "closed until {time}").format(time=time)


def _in_force(context: DeskContext) -> list[Closure]:
    return context.store.operation.closures.in_force(context.now())


def _short(note: str) -> str:
    return note if len(note) <= _LONGEST_NOTE else f"{note[: _LONGEST_NOTE - 1].rstrip()}…"
