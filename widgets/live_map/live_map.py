"""The live map as a Qt widget: takes shapes, shows them on the page, says what was clicked.

Nothing here waits: setting a shape stores it and tells the page that it changed; the page fetches it when it can.
"""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from widgets.basemap.base_map import BaseMap
from widgets.basemap.mercator import to_degrees
from widgets.live_map.page_bridge import PageBridge
from widgets.live_map.page_files import installed_packages
from widgets.live_map.page_state import PageState
from widgets.live_map.scheme import Answer, Content
from widgets.live_map.shapes import (
    Callout,
    ClosureMark,
    EditedShape,
    FenceShape,
    ObjectKind,
    OrderPoint,
    RouteLine,
    StopMark,
    VehicleRows,
    ZoneShape,
)
from widgets.live_map.web_view import MapWebView
from widgets.theme.appearance import current_tokens
from widgets.theme.tokens import Tokens

_PAN_PIXELS = 90


class LiveMap(QWidget):
    """The map of the operation.

    `widgets.live_map.scheme.register_scheme` must have run before the QApplication was made.

    Parameters
    ----------
    base_map : BaseMap, optional
        The painted streets; may come later by `set_base_map`. Not owned.
    tokens : Tokens, optional
        The theme's colours; those in use by default.
    packages_dir : Path, optional
        Where npm put the map's packages; beside `resources` by default.

    Signals
    -------
    ready : the page is loaded and its first view painted; comes only once the widget is shown
    object_clicked : kind (vehicle, order, stop, zone, fence, closure) and id of what was clicked within 12 px
    zone_double_clicked : id of a zone
    following_changed : whether the view follows the selected vehicle
    edited : what a hand did to the shape it draws: `place` (a click beside handles), `finish` (a second click),
        `grab`, `drag`, `drop` and `remove` of a handle; the handle's id; latitude and longitude
    menu_asked : a menu is wanted at this place of the widget; latitude and longitude of it, `None` if by a key. What
        lies under the right button was told by `object_clicked` before

    Raises
    ------
    FileNotFoundError
        When the map's packages are not installed.
    """

    ready = Signal()
    object_clicked = Signal(str, str)
    zone_double_clicked = Signal(str)
    following_changed = Signal(bool)
    edited = Signal(str, str, float, float)
    menu_asked = Signal(QPoint, object)

    def __init__(
        self,
        base_map: BaseMap | None = None,
        *,
        tokens: Tokens | None = None,
        packages_dir: Path | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._state = PageState(tokens or current_tokens(), self._words())
        self._base_map: BaseMap | None = None
        self._frames_per_second = 0.0
        self._waiting_paints: dict[int, Callable[[], None]] = {}
        self._paints = 0
        self._base_maps = 0
        self._bridge = PageBridge(self)
        self._listen_to_page()
        self.set_base_map(base_map)
        self._make_view(packages_dir or installed_packages())

    # --- what is shown ---

    def set_area(self, south: float, west: float, north: float, east: float) -> None:
        """Set the whole area in degrees and show it."""
        self._state.area = (south, west, north, east)
        self._bridge.changed.emit("view")

    def set_base_map(self, base_map: BaseMap | None) -> None:
        """Show the streets of another city or theme under everything else."""
        self._base_map = base_map
        self._base_maps += 1
        self._state.tiles_key = str(self._base_maps) if base_map else "none"
        self._bridge.changed.emit("tiles")

    def set_theme(self, tokens: Tokens) -> None:
        """Use another theme's colours; the base map of that theme comes by `set_base_map`."""
        self._state.tokens = tokens
        if shiboken6.isValid(self._view):
            self._view.set_background(tokens.map.water)
        for part in ("theme", "sprites"):
            self._bridge.changed.emit(part)

    def set_vehicles(self, rows: VehicleRows) -> None:
        """Show exactly these vehicles; those with a new position glide there, never past it."""
        self._state.rows = rows
        self._bridge.changed.emit("vehicles")
        if self._state.slots.assign(rows.ids):
            self._bridge.changed.emit("callouts")  # they follow rows

    def set_orders(self, points: Sequence[OrderPoint]) -> None:
        """Show exactly these orders."""
        self._show("orders", tuple(points))

    def set_stops(self, stops: Sequence[StopMark]) -> None:
        """Show exactly these stops."""
        self._show("stops", tuple(stops))

    def set_routes(self, routes: Sequence[RouteLine]) -> None:
        """Show exactly these route lines."""
        self._show("routes", tuple(routes))

    def set_zones(self, zones: Sequence[ZoneShape]) -> None:
        """Show exactly these zones."""
        self._show("zones", tuple(zones))

    def set_fences(self, fences: Sequence[FenceShape]) -> None:
        """Show exactly these fences."""
        self._show("fences", tuple(fences))

    def set_closures(self, closures: Sequence[ClosureMark]) -> None:
        """Show exactly these closed streets."""
        self._show("closures", tuple(closures))

    def set_callouts(self, callouts: Sequence[Callout]) -> None:
        """Show exactly these callouts; beyond the eighth only the alarm shape is shown."""
        self._show("callouts", tuple(callouts))

    def set_edited(self, shape: EditedShape | None) -> None:
        """Show a shape that is drawn by hand; clicks are then its own, and nothing else is clicked."""
        if shape != self._state.edited:
            self._state.edited = shape
            self._bridge.changed.emit("edited")

    def set_layers(self, *, zones: bool | None = None, fences: bool | None = None, routes: bool | None = None) -> None:
        """Show or hide layers; `routes` are those of kind "other". None leaves a layer as it is."""
        wanted = {"zones": zones, "fences": fences, "routes": routes}
        shown = self._state.shown | {name: flag for name, flag in wanted.items() if flag is not None}
        if shown != self._state.shown:
            self._state.shown = shown
            self._bridge.changed.emit("view")

    def set_hatched(self, hatched: bool, text: str = "") -> None:
        """Hatch the map and dot all vehicles while what it shows is not live; `text` says how old it is."""
        if (hatched, text) != (self._state.hatched, self._state.hatched_text):
            self._state.hatched, self._state.hatched_text = hatched, text
            self._bridge.changed.emit("view")

    def set_still(self, still: bool) -> None:
        """Have vehicles jump from fix to fix instead of gliding."""
        if still != self._state.still:
            self._state.still = still
            self._bridge.changed.emit("view")

    def set_top_inset(self, pixels: int) -> None:
        """Keep callouts and words off a strip at the top, where the owner lays buttons over the map."""
        self._state.top_inset = pixels
        self._bridge.changed.emit("view")

    # --- where it looks ---

    def select(self, kind: ObjectKind | str, object_id: str) -> None:
        """Mark one object as selected; the view pans only if it is outside the middle 80 %.

        An empty id selects nothing.
        """
        self._state.selected = (kind, object_id) if object_id else None
        self._bridge.changed.emit("view")
        self._bridge.changed.emit("vehicles")
        if object_id:
            self._move_view(do="reveal", kind=kind, id=object_id)

    def set_accuracy(self, metres: float | None) -> None:
        """Draw how exact the selected vehicle's fix is, when it is worse than 30 m; None draws nothing."""
        self._state.accuracy_metres = metres
        self._bridge.changed.emit("view")

    def zoom_to(self, lat: float, lon: float) -> None:
        """Show a position in the middle and from near."""
        self._move_view(do="to", at=self._state.unit_position(lat, lon))

    def show_whole_area(self) -> None:
        """Show the whole area."""
        self._move_view(do="area")

    def zoom_in(self) -> None:
        """Zoom in by one."""
        self._move_view(do="zoom", step=1)

    def zoom_out(self) -> None:
        """Zoom out by one."""
        self._move_view(do="zoom", step=-1)

    def set_following(self, following: bool) -> None:
        """Keep the selected vehicle in the middle until told otherwise or the map is dragged."""
        if self._state.following != following:
            self._state.following = following
            self._bridge.changed.emit("view")
            self.following_changed.emit(following)

    @property
    def is_following(self) -> bool:
        """Whether the view follows the selected vehicle."""
        return self._state.following

    # --- what can be asked of it ---

    @property
    def blocked_requests(self) -> int:
        """How many requests of the page were blocked because they would have left the desk."""
        return self._view.blocked_requests

    def frames_per_second(self) -> float:
        """Return the frames drawn in the last second in which anything moved, 0 before the first."""
        return self._frames_per_second

    def grab_image(self, receive: Callable[[QImage], None]) -> None:
        """Give a picture of the map once everything set so far is painted; the map must be shown."""
        self.when_painted(lambda: receive(self._view.grab().toImage()))

    def when_painted(self, tell: Callable[[], None]) -> None:
        """Tell once everything set so far is painted, the streets too; only after `ready`."""
        self._paints += 1
        self._waiting_paints[self._paints] = tell
        self._bridge.paint_asked.emit(self._paints)

    def run_script(self, script: str, receive: Callable[[object], None] | None = None) -> None:
        """Run JavaScript in the page, for tests and measurements."""
        if receive is None:
            self._view.page().runJavaScript(script)
        else:
            self._view.page().runJavaScript(script, 0, receive)

    def close_page(self) -> None:
        """Let go of the page before its profile; called by itself when the application ends.

        The view goes with its page: a view without one makes itself another in a profile of its own.
        """
        if shiboken6.isValid(self._view):
            shiboken6.delete(self._view)

    # --- Qt ---

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Zoom by + and −, show the whole area by 0, follow by F, pan by arrows, ask for the menu by its key."""
        if not self._take_key(event):
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the map's keys before the page does."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and self._take_key(event):
            return True
        if event.type() == QEvent.Type.ChildPolished and watched is self._view:
            self._watch_keys()
        return super().eventFilter(watched, event)

    def _take_key(self, event: QKeyEvent) -> bool:
        if event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier):
            return False
        actions: dict[int, Callable[[], None]] = {
            Qt.Key.Key_Plus: self.zoom_in,
            Qt.Key.Key_Equal: self.zoom_in,
            Qt.Key.Key_Minus: self.zoom_out,
            Qt.Key.Key_0: self.show_whole_area,
            Qt.Key.Key_F: lambda: self.set_following(not self.is_following),
            Qt.Key.Key_Left: lambda: self._move_view(do="pan", x=-_PAN_PIXELS, y=0),
            Qt.Key.Key_Right: lambda: self._move_view(do="pan", x=_PAN_PIXELS, y=0),
            Qt.Key.Key_Up: lambda: self._move_view(do="pan", x=0, y=-_PAN_PIXELS),
            Qt.Key.Key_Down: lambda: self._move_view(do="pan", x=0, y=_PAN_PIXELS),
            Qt.Key.Key_Menu: lambda: self.menu_asked.emit(self.rect().center(), None),
        }
        action = actions.get(event.key())
        if action is None:
            return False
        action()
        return True

    def _make_view(self, packages_dir: Path) -> None:
        sources = {"state": self._state.serve, "tiles": self._serve_tile}
        background = self._state.tokens.map.water
        self._view = MapWebView(sources, self._bridge, packages_dir, background, self)
        self.setFocusProxy(self._view)
        self._view.installEventFilter(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._view)
        application = QCoreApplication.instance()
        if application is not None:
            application.aboutToQuit.connect(self.close_page)

    def _serve_tile(self, rest: str, answer: Answer) -> None:
        numbers = rest.split("/")[1:]
        if self._base_map is None or len(numbers) != 3 or not all(part.isdecimal() for part in numbers):
            answer(None)
            return
        zoom, column, row = map(int, numbers)
        self._base_map.request(zoom, column, row, lambda png: answer(Content("image/png", png) if png else None))

    def _listen_to_page(self) -> None:
        self._bridge.loaded.connect(self._loaded)
        self._bridge.clicked.connect(self.object_clicked)
        self._bridge.vehicle_clicked.connect(self._vehicle_clicked)
        self._bridge.zone_double_clicked.connect(self.zone_double_clicked)
        self._bridge.follow_ended.connect(lambda: self.set_following(False))
        self._bridge.edited.connect(self._tell_edit)
        self._bridge.menu_asked.connect(self._tell_menu)
        self._bridge.painted.connect(self._painted)
        self._bridge.frames_counted.connect(self._count_frames)

    def _loaded(self) -> None:
        self._watch_keys()
        self.ready.emit()

    def _watch_keys(self) -> None:
        proxy = self._view.focusProxy()
        if proxy is not None:
            proxy.installEventFilter(self)

    def _vehicle_clicked(self, slot: int, generation: int) -> None:
        vehicle = self._state.slots.vehicle_at(slot, generation)
        if vehicle is not None:
            self.object_clicked.emit("vehicle", vehicle)

    def _tell_edit(self, deed: str, handle: str, x: float, y: float) -> None:
        self.edited.emit(deed, handle, *to_degrees(x, y))

    def _tell_menu(self, left: float, top: float, x: float, y: float) -> None:
        self.menu_asked.emit(QPoint(round(left), round(top)), to_degrees(x, y))

    def _painted(self, number: int) -> None:
        tell = self._waiting_paints.pop(number, None)
        if tell is not None:
            tell()

    def _count_frames(self, frames_per_second: float) -> None:
        self._frames_per_second = frames_per_second

    def _show(self, part: str, shapes: tuple[object, ...]) -> None:
        """Tell the page only of what is really another than before: owners refresh by the clock."""
        if shapes != getattr(self._state, part):
            setattr(self._state, part, shapes)
            self._bridge.changed.emit(part)

    def _move_view(self, **move: object) -> None:
        self._bridge.view_asked.emit(json.dumps(move))

    def _words(self) -> dict[str, str]:
        return {
            "carrying": self.tr("carrying"),
            "to_pickup": self.tr("to pickup"),
            "free": self.tr("free"),
            "paused": self.tr("paused"),
            "stale": self.tr("stale fix"),
            "off": self.tr("off"),
            "metres": self.tr("m"),
            "kilometres": self.tr("km"),
        }
