"""What is selected on the desk: one object, the same in every panel.

Nothing but a person's deed changes it: a key, a click, a line. A selected object that leaves the lists stays
selected; panels then say that it has ended.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal


class Kind(StrEnum):
    """What can be selected; the values are those that the map's clicks carry."""

    ORDER = "order"
    DRIVER = "driver"
    VEHICLE = "vehicle"
    ZONE = "zone"
    FENCE = "fence"


class Selected(NamedTuple):
    """One object by kind and id."""

    kind: Kind
    id: str


class Selection(QObject):
    """The one source of what is selected."""

    changed = Signal()
    """After it changed; read `current`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._current: Selected | None = None

    @property
    def current(self) -> Selected | None:
        """Return what is selected, ``None`` if nothing is."""
        return self._current

    def id_of(self, kind: Kind) -> str | None:
        """Return the id of what is selected if it is of this kind."""
        return self._current.id if self._current is not None and self._current.kind is kind else None

    @property
    def order_id(self) -> str | None:
        """Return the selected order's id, ``None`` if no order is selected."""
        return self.id_of(Kind.ORDER)

    def select(self, kind: Kind | str, object_id: str) -> None:
        """Select one object everywhere; selecting it again says nothing."""
        self._set(Selected(Kind(kind), object_id))

    def clear(self) -> None:
        """Select nothing."""
        self._set(None)

    def _set(self, selected: Selected | None) -> None:
        if selected != self._current:
            self._current = selected
            self.changed.emit()
