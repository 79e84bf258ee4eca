"""Where the panels of each workspace stand, for wide and for narrow screens."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from widgets.docks import DockColumn, Docks

NARROW_PX = 1600
"""Below this width the right column becomes tabs over the board."""


class Workspace(StrEnum):
    """Named arrangements of the same panels."""

    DISPATCHER = "dispatcher"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class _Places:
    """Columns, then tabs as (panel, onto which), then the panels that lie on top."""

    columns: tuple[DockColumn, ...]
    tabs: tuple[tuple[str, str], ...]
    forward: tuple[str, ...] = ()


_ROOMY = {
    Workspace.DISPATCHER: _Places(
        (
            DockColumn(420, (("exceptions", 580), ("pressure", 400))),
            DockColumn(1000, (("map", 650), ("board", 330))),
            DockColumn(468, (("recommendation", 690), ("timeline", 290))),
        ),
        (("forecast", "timeline"), ("audit", "timeline")),
    ),
    Workspace.SUPERVISOR: _Places(
        (
            DockColumn(420, (("exceptions", 490), ("pressure", 490))),
            DockColumn(1000, (("audit", 620), ("board", 360))),
            DockColumn(468, (("map", 490), ("timeline", 490))),
        ),
        (("recommendation", "timeline"), ("forecast", "timeline")),
    ),
    Workspace.ADMINISTRATOR: _Places(
        (
            DockColumn(1180, (("map", 640), ("audit", 340))),
            DockColumn(708, (("pressure", 490), ("board", 490))),
        ),
        (("exceptions", "pressure"), ("recommendation", "board"), ("timeline", "board"), ("forecast", "board")),
    ),
}
_NARROW = {
    Workspace.DISPATCHER: _Places(
        (
            DockColumn(370, (("exceptions", 360), ("pressure", 250))),
            DockColumn(980, (("map", 290), ("board", 320))),
        ),
        tuple((name, "board") for name in ("recommendation", "timeline", "forecast", "audit")),
        ("recommendation",),
    ),
    Workspace.SUPERVISOR: _Places(
        (
            DockColumn(370, (("exceptions", 360), ("pressure", 250))),
            DockColumn(980, (("audit", 400), ("board", 210))),
        ),
        (("map", "board"), ("recommendation", "board"), ("timeline", "board"), ("forecast", "board")),
    ),
    Workspace.ADMINISTRATOR: _Places(
        (
            DockColumn(980, (("map", 360), ("audit", 250))),
            DockColumn(370, (("pressure", 610),)),
        ),
        (
            ("exceptions", "pressure"),
            *((name, "audit") for name in ("board", "recommendation", "timeline", "forecast")),
        ),
    ),
}


def arrange(docks: Docks, width: int, workspace: Workspace = Workspace.DISPATCHER) -> None:
    """Place all panels of a workspace for a window of this width in pixels."""
    places = (_ROOMY if width >= NARROW_PX else _NARROW)[workspace]
    docks.arrange(places.columns)
    for name, onto in places.tabs:
        docks.tab_onto(name, onto)
    for name in places.forward:
        docks.bring_forward(name)
