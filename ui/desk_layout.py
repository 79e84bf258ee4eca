"""Where the panels of the dispatcher's workspace stand, for wide and for narrow screens."""

from __future__ import annotations

from widgets.docks import DockColumn, Docks

NARROW_PX = 1600
"""Below this width the right column becomes tabs over the board."""

_ROOMY = (
    DockColumn(420, (("exceptions", 580), ("pressure", 400))),
    DockColumn(1000, (("map", 650), ("board", 330))),
    DockColumn(468, (("recommendation", 690), ("timeline", 290))),
)
_NARROW = (
    DockColumn(370, (("exceptions", 360), ("pressure", 250))),
    DockColumn(980, (("map", 290), ("board", 320))),
)


def arrange(docks: Docks, width: int) -> None:
    """Place all panels for a window of this width in pixels."""
    if width >= NARROW_PX:
        docks.arrange(_ROOMY)
        docks.tab_onto("audit", "timeline")
        return
    docks.arrange(_NARROW)
    for name in ("recommendation", "timeline", "audit"):
        docks.tab_onto(name, "board")
    docks.bring_forward("recommendation")
