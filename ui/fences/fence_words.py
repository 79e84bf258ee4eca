"""What is said of fences: purposes, ways of drawing, which crossings count. No widgets here."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from core.geofencing.fence import FenceKind, FencePurpose, FenceTrigger


def _tr(text: str) -> str:
    return QCoreApplication.translate("fences", text)


def purpose_word(purpose: FencePurpose) -> str:
    """Return what a fence stands for."""
    return {
        FencePurpose.DEPOT: _tr("Depot"),
        FencePurpose.PICKUP: _tr("Pickup"),
        FencePurpose.CUSTOMER: _tr("Customer"),
        FencePurpose.RESTRICTED: _tr("Restricted"),
        FencePurpose.SCHOOL: _tr("School"),
        FencePurpose.ZONE: _tr("Zone"),
        FencePurpose.OTHER: _tr("Other"),
    }[purpose]


def kind_word(kind: FenceKind) -> str:
    """Return how a fence is drawn."""
    return {
        FenceKind.POLYGON: _tr("Polygon"),
        FenceKind.CIRCLE: _tr("Circle"),
        FenceKind.CORRIDOR: _tr("Corridor"),
    }[kind]


def trigger_word(trigger: FenceTrigger) -> str:
    """Return which crossings are told of."""
    return {
        FenceTrigger.ENTER: _tr("Coming in"),
        FenceTrigger.EXIT: _tr("Going out"),
        FenceTrigger.BOTH: _tr("Both ways"),
    }[trigger]


def drawing_hint(kind: FenceKind, *, is_drawing: bool) -> str:
    """Return what the hand can do now."""
    if is_drawing:
        return {
            FenceKind.POLYGON: _tr("Click to place corners. The first corner, a second click or Enter ends the ring."),
            FenceKind.CIRCLE: _tr("Click the middle of the circle."),
            FenceKind.CORRIDOR: _tr("Click to place points along the way. A second click or Enter ends it."),
        }[kind]
    if kind is FenceKind.CIRCLE:
        return _tr("Drag the middle, or the handle at its edge.")
    return _tr(
        "Drag corners, or the middle of an edge for a new one; the right button takes one away. "
        "Keys: [ ] choose, Alt+arrows move, Insert, Delete."
    )
