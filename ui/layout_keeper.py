"""Keeps where window, panels and columns stand, and puts them back: never off the screen, never half a workspace."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from msgspec.structs import replace
from PySide6.QtCore import QObject, QRect, QSize, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from ui.desk_layout import NARROW_PX, Workspace, arrange
from ui.layout_file import DeskLayout, PanelPlaces, WindowPlace, read_layout, write_layout
from ui.screen_room import safe_place
from widgets.docks import Docks
from widgets.tables.dense_table import DenseTable

_log = logging.getLogger(__name__)
_KEEP_MS = 30_000


def screens_now() -> list[QRect]:
    """Return the available geometry of each screen, the main one first."""
    main = QGuiApplication.primaryScreen()
    screens = sorted(QGuiApplication.screens(), key=lambda screen: screen is not main)
    return [screen.availableGeometry() for screen in screens]


class LayoutKeeper(QObject):
    """The layout of one window.

    Parameters
    ----------
    window : QWidget
    docks : Docks
    tables : the tables whose columns are remembered, by panel; asked for each time
    path : where it is kept, ``None`` to keep nothing
    screens : available geometries, the main one first
    """

    told = Signal(str)
    """What was put back differently than it was left."""
    workspace_changed = Signal()

    def __init__(
        self,
        window: QWidget,
        docks: Docks,
        tables: Callable[[], Mapping[str, DenseTable]],
        path: Path | None,
        screens: Callable[[], Sequence[QRect]] = screens_now,
    ) -> None:
        super().__init__(window)
        self._window, self._docks, self._tables = window, docks, tables
        self._path, self._screens = path, screens
        self._layout, self._was_read = read_layout(path) if path is not None else (DeskLayout(), True)
        self.workspace = Workspace.DISPATCHER
        self._width = NARROW_PX
        keep = QTimer(self, interval=_KEEP_MS)
        keep.timeout.connect(self.keep)
        keep.start()
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.screenRemoved.connect(self._bring_into_sight)

    # --- the window --------------------------------------------------------------------------------------------------

    def place_window(self, otherwise: QSize) -> None:
        """Give the window the place it had, as far as the screens of today allow, else a size."""
        place = self._layout.window
        if place is None:
            self._window.resize(otherwise)
            return
        wished = QRect(place.left, place.top, place.width, place.height)
        safe = safe_place(wished, self._screens(), self._window.minimumSizeHint())
        self._window.setGeometry(safe)
        if safe != wished:
            self._tell_moved([self._window.windowTitle()])
        if place.is_maximized:
            self._window.showMaximized()

    def _bring_into_sight(self) -> None:
        """Move what can no longer be reached: a screen was taken away, or was never there."""
        moved = []
        for widget in (self._window, *self._docks.floating_windows()):
            safe = safe_place(widget.geometry(), self._screens())
            if safe != widget.geometry():
                widget.setGeometry(safe)
                moved.append(widget.windowTitle())
        self._tell_moved(moved)

    def _tell_moved(self, titles: list[str]) -> None:
        if titles:
            words = self.tr("Moved to a screen that is there: {titles}")
            self.told.emit(words.format(titles=", ".join(title for title in titles if title)))

    # --- workspaces --------------------------------------------------------------------------------------------------

    def open_last(self, width: int) -> None:
        """Open the workspace that was open last, for a window so wide."""
        last = self._layout.workspace
        self._open(Workspace(last) if last in Workspace else Workspace.DISPATCHER, width)
        if not self._was_read:
            self.told.emit(self.tr("The saved layout could not be read. The panels stand where they were at first."))

    def change_to(self, workspace: Workspace) -> None:
        """Keep the present workspace and open another one."""
        if workspace is not self.workspace:
            self.keep()
            self._open(workspace, self._width)
            self.workspace_changed.emit()

    def reset(self) -> None:
        """Put the panels of this workspace where they were at first."""
        places = {key: place for key, place in self._layout.places.items() if key != self._key}
        self._layout = replace(self._layout, places=places)
        arrange(self._docks, self._width, self.workspace)
        self.keep()

    def _open(self, workspace: Workspace, width: int) -> None:
        self.workspace, self._width = workspace, width
        place = self._layout.places.get(self._key)
        arrange(self._docks, width, workspace)
        if place is None:
            return
        if set(place.panels) != set(self._docks.names()) or not self._docks.restore(place.docks):
            arrange(self._docks, width, workspace)
            self.told.emit(
                self.tr("The saved layout does not fit this version. The panels stand where they were at first.")
            )
            return
        for name, table in self._tables().items():
            table.restore_columns(place.columns.get(name, b""))
        self._bring_into_sight()

    @property
    def _key(self) -> str:
        return f"{self.workspace}/{'roomy' if self._width >= NARROW_PX else 'narrow'}"

    # --- keeping -----------------------------------------------------------------------------------------------------

    def keep(self) -> None:
        """Write how everything stands, if it stands otherwise than it was kept."""
        if self._path is None:
            return
        place = PanelPlaces(
            panels=tuple(self._docks.names()),
            docks=self._docks.save(),
            columns={name: table.save_columns() for name, table in self._tables().items()},
        )
        layout = DeskLayout(
            window=_place_of(self._window),
            workspace=self.workspace,
            places={**self._layout.places, self._key: place},
        )
        if layout == self._layout:
            return
        self._layout = layout
        try:
            write_layout(self._path, layout)
        except OSError as error:
            _log.warning("the layout was not kept: %s", error)


def _place_of(window: QWidget) -> WindowPlace:
    rect = window.normalGeometry() if window.isMaximized() else window.geometry()
    return WindowPlace(
        left=rect.left(),
        top=rect.top(),
        width=rect.width(),
        height=rect.height(),
        is_maximized=window.isMaximized(),
    )
