"""What people rule, in words: the name of a ruling, and what it is about. No widgets here."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from core.dispatch.rulings import Ruling, RulingKind
from core.projections.decision_book import Undoable
from core.projections.operation import Operation
from ui.names import closed_place, driver_name, place_closed_by


def _tr(text: str) -> str:
    return QCoreApplication.translate("ruling", text)


def ruling_word(kind: RulingKind) -> str:
    """Return what a ruling is called."""
    return {
        RulingKind.PINNED: _tr("pin"),
        RulingKind.UNPINNED: _tr("pin taken away"),
        RulingKind.KEPT_FROM: _tr("ban of a driver"),
        RulingKind.ALLOWED: _tr("ban lifted"),
        RulingKind.HELD: _tr("hold"),
        RulingKind.RELEASED: _tr("hold ended"),
        RulingKind.TAKEN_OUT: _tr("driver taken out"),
        RulingKind.BROUGHT_BACK: _tr("driver brought back"),
        RulingKind.CLOSED: _tr("closing"),
        RulingKind.OPENED: _tr("opening"),
        RulingKind.BREAKS_PLANNED: _tr("planned break"),
    }[kind]


def decision_word(operation: Operation, decision: Undoable) -> str:
    """Return what a decision that can be taken back is called."""
    if decision.ruling is not None:
        return ruling_word(decision.ruling.kind)
    if decision.override_id is None:
        return _tr("accepted proposal")
    return ruling_word(RulingKind.CLOSED) if _closed_by(operation, decision) else _tr("override")


def decision_subject(operation: Operation, decision: Undoable) -> str:
    """Return what a decision that can be taken back is about: an order, a driver, or a place."""
    if decision.ruling is not None:
        return ruling_subject(operation, decision.ruling)
    return _closed_by(operation, decision) or decision.order_id


def ruling_subject(operation: Operation, ruling: Ruling) -> str:
    """Return what a ruling is about."""
    if ruling.closure is not None:
        return closed_place(operation, ruling.closure)
    return ruling.order_id or driver_name(operation, ruling.driver_id)


def _closed_by(operation: Operation, decision: Undoable) -> str:
    """Return the place that an override closes, empty for any other decision."""
    override = operation.decisions.overrides.get(decision.override_id) if decision.override_id is not None else None
    return "" if override is None else place_closed_by(operation, override.change)
