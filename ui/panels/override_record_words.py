"""A recorded override in words: what was changed, how far it reached, and on which state it was decided."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from core.dispatch.changes import CloseStreet, CloseZone, Forbid, Hold, Resequence, RulingChange, Split, TakeOut
from core.dispatch.decision import Override
from ui.phrasebook import mode_word, reason_word
from widgets.formatting import number


def _tr(text: str) -> str:
    return QCoreApplication.translate("override_record", text)


def headline(override: Override) -> str:
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
        case CloseZone() as closing:
            words = _tr("Override: zone {zone} closed for {minutes} min")
            return words.format(zone=closing.zone_id, minutes=number(closing.for_s / 60.0))
        case CloseStreet() as closing:
            words = _tr("Override: street closed for {minutes} min, {mode}")
            return words.format(minutes=number(closing.for_s / 60.0), mode=mode)
        case Hold() as hold:
            return _tr("Override: held for {minutes} min").format(minutes=number(hold.for_s / 60.0))
        case _:
            return _tr("Override: to {driver}, {mode}").format(driver=override.driver_id, mode=mode)


def grounds(override: Override) -> str:
    """Return the reason, the note, and the state it was decided on where that is another than the one shown."""
    said = [reason_word(override.reason), override.note]
    if override.shown_on and override.shown_on != override.decided_on:
        words = _tr("shown on plan {shown}, decided on plan {decided}")
        said.append(words.format(shown=number(override.shown_on), decided=number(override.decided_on)))
    return " · ".join(filter(None, said))


def gives_the_order(override: Override) -> bool:
    """Say whether it gave its order to its driver: not where stops were moved, something was ruled, or it waits."""
    change = override.change
    waits = isinstance(change, Split) and change.driver_id is None
    return not (waits or isinstance(change, Resequence | RulingChange))
