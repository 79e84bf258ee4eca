"""Docks by QtAds in the look of the desk: panels bring their own title bar, gutters are 8 px.

A panel tears off by dragging its title bar or by a double click on it. Tabs appear only where panels
share a place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import PySide6QtAds as QtAds
from PySide6.QtCore import QByteArray
from PySide6.QtWidgets import QMainWindow, QSplitter, QWidget

from widgets.parts.panel import GUTTER, Panel

_LAYOUT_VERSION = 1


@dataclass(frozen=True, slots=True)
class DockColumn:
    """Panels under each other, by name, with the pixels each should have."""

    width: int
    panels: Sequence[tuple[str, int]]


class Docks:
    """The dock area of one window.

    Parameters
    ----------
    window : QMainWindow
        Becomes the parent; its central widget is the dock area.
    """

    def __init__(self, window: QMainWindow) -> None:
        _configure()
        self._area = QtAds.CDockManager(window)
        self._area.setStyleSheet("")
        self._docks: dict[str, Any] = {}
        window.setCentralWidget(self._area)

    @property
    def widget(self) -> QWidget:
        """The widget that holds all docks."""
        widget: QWidget = self._area
        return widget

    def add_panel(self, name: str, panel: Panel) -> None:
        """Make a panel known under a name that saved layouts refer to; it is placed by `arrange`."""
        dock = QtAds.CDockWidget(self._area, name)
        dock.setObjectName(name)
        dock.setWindowTitle(panel.title_bar.title.text())
        dock.setWidget(panel, QtAds.CDockWidget.ForceNoScrollArea)
        dock.setMinimumSizeHintMode(QtAds.CDockWidget.MinimumSizeHintFromDockWidget)
        panel.title_bar.torn.connect(lambda _at: self.tear_off(name))
        panel.title_bar.double_clicked.connect(lambda: self.tear_off(name))
        self._docks[name] = dock

    def replace_panel(self, name: str, panel: Panel) -> None:
        """Put another panel into the place of the one of this name; the one before is deleted."""
        dock = self._docks[name]
        before = dock.takeWidget()
        dock.setWidget(panel, QtAds.CDockWidget.ForceNoScrollArea)
        panel.show()
        panel.title_bar.torn.connect(lambda _at: self.tear_off(name))
        panel.title_bar.double_clicked.connect(lambda: self.tear_off(name))
        if before is not None:
            before.hide()
            before.deleteLater()

    def names(self) -> list[str]:
        """Return the names of all panels."""
        return list(self._docks)

    def floating_windows(self) -> list[QWidget]:
        """Return the windows of panels that were torn off, those that are seen."""
        return [window for window in self._area.floatingWidgets() if window.isVisible()]

    def arrange(self, columns: Sequence[DockColumn]) -> None:
        """Place the named panels in columns from left to right, each from top to bottom."""
        for dock in self._docks.values():
            if dock.dockAreaWidget() is not None:  # taken out first: what is left of old columns would keep its width
                self._area.removeDockWidget(dock)
        for column in columns:
            below = None
            for name, _height in column.panels:
                side = QtAds.RightDockWidgetArea if below is None else QtAds.BottomDockWidgetArea
                below = self._place(name, side, below)
        for column in columns:
            first = self._docks[column.panels[0][0]]
            heights = [height for _, height in column.panels]
            self._area.setSplitterSizes(first.dockAreaWidget(), heights)
        self._size_columns([column.width for column in columns])
        self._set_gutters()

    def tab_onto(self, name: str, other: str) -> None:
        """Put a panel as a tab onto another, where a column is too short for both."""
        area = self._docks[other].dockAreaWidget()
        self._area.addDockWidgetTabToArea(self._docks[name], area)
        self._docks[other].setAsCurrentTab()

    def tear_off(self, name: str) -> None:
        """Float a panel in a window of its own; nothing happens if it floats already."""
        dock = self._docks[name]
        if not dock.isInFloatingContainer():
            dock.setFloating()

    def bring_forward(self, name: str) -> None:
        """Show a panel that was closed or lies under a tab."""
        dock = self._docks[name]
        dock.toggleView(True)
        dock.setAsCurrentTab()

    def is_floating(self, name: str) -> bool:
        """Return whether a panel is in a window of its own."""
        return bool(self._docks[name].isInFloatingContainer())

    def save(self) -> bytes:
        """Return the layout, to be remembered by a workspace."""
        return bytes(self._area.saveState(_LAYOUT_VERSION).data())

    def restore(self, state: bytes) -> bool:
        """Restore what `save` returned; returns whether it fitted the panels of today."""
        restored = bool(self._area.restoreState(QByteArray(state), _LAYOUT_VERSION))
        self._set_gutters()
        return restored

    def _place(self, name: str, side: object, below: Any) -> Any:
        area = self._area.addDockWidget(side, self._docks[name], below)
        area.setDockAreaFlag(QtAds.CDockAreaWidget.HideSingleWidgetTitleBar, True)
        return area

    def _size_columns(self, widths: list[int]) -> None:
        root = self._area.rootSplitter()
        if isinstance(root, QSplitter) and root.count() == len(widths):
            root.setSizes(widths)

    def _set_gutters(self) -> None:
        for splitter in self.widget.findChildren(QSplitter):
            splitter.setHandleWidth(GUTTER)


def _configure() -> None:
    """Set what QtAds wants to know before the first dock area is made."""
    flags = QtAds.CDockManager
    flags.setConfigFlag(flags.OpaqueSplitterResize, True)
    flags.setConfigFlag(flags.FocusHighlighting, False)
    flags.setConfigFlag(flags.DockAreaHasCloseButton, False)
    flags.setConfigFlag(flags.DockAreaHasUndockButton, False)
    flags.setConfigFlag(flags.DockAreaHasTabsMenuButton, False)
    flags.setConfigFlag(flags.ActiveTabHasCloseButton, False)
    flags.setConfigFlag(flags.XmlCompressionEnabled, False)
