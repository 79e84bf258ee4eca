"""Tells when a desk that has just been started shows what happens now, and what it took on the way.

A desk is live for a person when the streets are painted and a frame was painted after the first fix came in. For
`python -m app --until-live`, which benches start; a desk at work has none of this.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from core.timekeeping import Clock
from core.vocabulary import Instant
from ui.desk import Desk
from ui.main_window import MainWindow


class FirstFrame(QObject):
    """Watches one desk from its making until its first live frame.

    Parameters
    ----------
    desk : Desk
        Not connected yet.
    wall : Clock
        The machine's clock.

    Attributes
    ----------
    reached : wall instants by milestone: ``first_state``, ``window``, ``page``, ``streets``, ``fix``, ``live``
    """

    live = Signal()
    """Everything is reached."""

    def __init__(self, desk: Desk, wall: Clock) -> None:
        super().__init__(desk)
        self._desk, self._wall = desk, wall
        self.reached: dict[str, Instant] = {}
        self._is_asked = False
        desk.filled.connect(lambda: self._reach("first_state"))
        desk.opened.connect(self._follow_window)

    def _follow_window(self) -> None:
        window, store = self._desk.window, self._desk.store
        assert window is not None and store is not None, "a window opens with a store"
        self._reach("window")
        window.map.map.ready.connect(lambda: self._reach("page"))
        window.map.streets_shown.connect(lambda: self._reach("streets_known"))
        store.positions_changed.connect(self._look_at_fixes)
        self._look_at_fixes()

    def _look_at_fixes(self) -> None:
        """Count only fixes that came in after this desk signed in, not those that the service knew before."""
        store, window = self._desk.store, self._desk.window
        if store is not None and store.fix_to_desk.count > 0 and window is not None and window.map.vehicles_shown:
            self._reach("fix")

    def _reach(self, milestone: str) -> None:
        if milestone in self.reached:
            return
        self.reached[milestone] = self._wall.now()
        window = self._desk.window
        if window is None:
            return
        if milestone in ("page", "streets_known") and self._has("page", "streets_known"):
            window.map.map.when_painted(lambda: self._reach("streets"))
        if not self._is_asked and self._has("page", "streets_known", "fix"):
            self._ask_for_frame(window)
        if milestone != "live" and self._has("streets", "frame"):
            self._reach("live")
            self.live.emit()

    def _ask_for_frame(self, window: MainWindow) -> None:
        self._is_asked = True
        window.map.map.when_painted(lambda: self._reach("frame"))

    def _has(self, *milestones: str) -> bool:
        return all(milestone in self.reached for milestone in milestones)
