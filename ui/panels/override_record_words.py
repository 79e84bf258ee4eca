"""A recorded override in words: what was changed, how far it reached, and on which state it was decided."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from core.dispatch.changes import CloseStreet, CloseZone, Forbid, Hold, Resequence, Split, TakeOut
from core.dispatch.decision import Override
from core.vocabulary import OverrideId
from ui.desk_context import DeskContext
from ui.names import place_closed_by
from ui.phrasebook import mode_word, reason_word
from widgets.formatting import number, time_of_days


def _tr(text: str) -> str:
    return QCoreApplication.translate("override_record", text)


def headline(context: DeskContext, override: Override) -> str:
    """Return what was changed; overrides of earlier days gave the order to the driver."""
    mode = mode_word(override.mode)
    match override.change:
        case Resequence():
            words = _tr("Override: the stops of {driver} in another order, {mode}")
            return words.format(driver=override.driver_id, mode=mode)
        case Split(driver_id=None):
            return _tr("Override: out of its shared trip, to wait, {mode}").format(mode=mode)
        case Split():
            words = _tr("Override: out of its shared trip, to {driver}, {mode}")
            return words.format(driver=override.driver_id, mode=mode)
        case Forbid():
            return _tr("Override: {driver} kept from it, {mode}").format(driver=override.driver_id, mode=mode)
        case TakeOut():
            words = _tr("Override: {driver} taken out of planning, {mode}")
            return words.format(driver=override.driver_id, mode=mode)
        case CloseZone() | CloseStreet() as closing:
            words = _tr("Override: {place} closed until {time}, {mode}")
            until_at = override.decided_at + closing.for_s
            time = time_of_days(until_at, override.decided_at, context.zone)
            return words.format(place=place_closed_by(context.store.operation, closing), time=time, mode=mode)
        case Hold() as hold:
            return _tr("Override: held for {minutes} min").format(minutes=number(hold.for_s / 60.0))
        case _:
            return _tr("Override: to {driver}, {mode}").format(driver=override.driver_id, mode=mode)


def undone_words(context: DeskContext, override_id: OverrideId) -> str:
    """Return what was taken back with an override."""
    operation = context.store.operation
    override = operation.decisions.overrides.get(override_id)
    place = "" if override is None else place_closed_by(operation, override.change)
    return _tr("Closing taken back: {place}").format(place=place) if place else _tr("Override taken back")


def grounds(override: Override) -> str:
    """Return the reason, the note, and the state it was decided on where that is another than the one shown."""
    said = [reason_word(override.reason), override.note]
    if override.shown_on and override.shown_on != override.decided_on:
        words = _tr("shown on plan {shown}, decided on plan {decided}")
        said.append(words.format(shown=number(override.shown_on), decided=number(override.decided_on)))
    return " · ".join(filter(None, said))
