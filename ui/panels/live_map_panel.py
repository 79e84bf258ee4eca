"""The live map: vehicles, zones, fences, the selected plan, and what is wrong where."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.connection import Phase
from core.fleet.closure import ClosureId
from core.projections.operation import Part
from core.vocabulary import FenceId, Position, VehicleId
from ui.closure_shapes import closed_now, closed_street, closed_streets
from ui.desk_context import DeskContext
from ui.exception_watch import ExceptionWatch
from ui.map_shapes import MapShapes
from ui.preview_shapes import PreviewShapes
from ui.selection import Kind
from ui.street_lines import StreetLines
from ui.wave_shapes import depot_marks, is_depot_mark, wave_routes
from widgets.basemap.base_map import BaseMap
from widgets.formatting import clock_time, duration, number
from widgets.live_map.live_map import LiveMap
from widgets.live_map.shapes import EditedShape, RouteLine
from widgets.parts.chip_group import ChipGroup
from widgets.parts.panel import INSET, Panel
from widgets.theme.appearance import current_tokens
from widgets.theme.icons import IconName
from widgets.theme.tokens import Tokens

_REFRESH_MS = 250
_CHIP_STRIP = 40
_LAYERS = ("zones", "routes", "fences")
_TOUCHING = frozenset({Part.ORDER, Part.DRIVER, Part.VEHICLE, Part.ROUTE, Part.RECOMMENDATION, Part.WAVE})
_BEHIND_S = 2.0


class LiveMapPanel(Panel):
    """Feeds the map: positions as they come, everything else at most four times a second.

    Parameters
    ----------
    context : DeskContext
    watch : ExceptionWatch
    cache_dir : where the city's streets and painted tiles are kept
    """

    streets_failed = Signal(str)
    """The base map could not be shown; the words say why."""
    streets_shown = Signal()
    """The map was given the streets; they are painted as it asks for them."""

    closure_chosen = Signal(object)
    """The mark of a closed street was clicked: its `Closure`, ``None`` if it has just been opened."""

    pointed = Signal(object)
    """The place that was clicked, which `ask_place` asked for; ``None`` if it is left."""

    _tokens: Tokens | None = None
    """What the map is painted in; Qt may tell of palettes before there is one."""

    def __init__(
        self, context: DeskContext, watch: ExceptionWatch, cache_dir: Path, *, parent: QWidget | None = None
    ) -> None:
        super().__init__(self.tr("Live map"), parent=parent)
        self._context, self._watch, self._cache_dir = context, watch, cache_dir
        self._lines = StreetLines(context, self)
        self._shapes = MapShapes(context, watch, self._lines)
        self._base_map: BaseMap | None = None
        self._streets: Path | None = None
        self._is_hatched = False
        self._closed: frozenset[ClosureId] = frozenset()
        self._preview: PreviewShapes | None = None
        self.map = LiveMap()
        self.chips = ChipGroup(exclusive=False, parent=self.map)
        self._set_up_body()
        self._soon = QTimer(self, interval=_REFRESH_MS, singleShot=True)
        self._soon.timeout.connect(self._refresh)
        self._tick = QTimer(self, interval=1000)
        self._tick.timeout.connect(self._show_age)
        self._tick.timeout.connect(self._look_at_clock)
        self._leave = QShortcut(QKeySequence(Qt.Key.Key_Escape), self)  # before the page takes the key
        self._leave.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self._leave.setEnabled(False)
        self._listen()
        self._tokens = current_tokens()
        self.map.set_area(*self._shapes.area())
        self._show_zones_and_fences()
        self._refresh()
        self._tick.start()

    def _set_up_body(self) -> None:
        self.chips.set_chips(
            [
                ("zones", self.tr("Zones")),
                ("routes", self.tr("All routes")),
                ("fences", self.tr("Fences")),
                ("waves", self.tr("Waves")),
            ],
            {"zones": IconName.POLYGON, "routes": IconName.ROUTE, "fences": IconName.FENCE, "waves": IconName.VAN},
        )
        self.chips.choose(["zones", "fences"])
        self.chips.move(INSET, 10)
        self.map.set_top_inset(_CHIP_STRIP)
        self.map.set_layers(zones=True, fences=True, routes=False)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.map)
        self.set_body(body)
        self.setFocusProxy(self.map)

    def _listen(self) -> None:
        store = self._context.store
        store.positions_changed.connect(self._show_positions)
        store.replaced.connect(self._start_over)
        store.changed.connect(self._mark)
        store.pressure_changed.connect(self._show_zones_and_fences)
        store.connection_changed.connect(self._show_age)
        self._watch.changed.connect(self._start_soon)
        self._lines.found.connect(self._start_soon)
        self._context.selection.changed.connect(self._follow_selection)
        self.map.object_clicked.connect(self._click)
        self.map.edited.connect(self._take_place)
        self._leave.activated.connect(lambda: self._end_asking(None))
        self.chips.changed.connect(self._show_layers)

    @property
    def vehicles_shown(self) -> int:
        """How many vehicles the map was last told to show."""
        return self._shapes.counts()[0]

    # --- streets ---

    def fetch_streets(self) -> None:
        """Get the city's streets from the service, once, and paint them when they are here."""
        pending = self._context.operations.fetch_streets(self._cache_dir)
        pending.finished.connect(self._show_streets)
        pending.refused.connect(lambda problem: self.streets_failed.emit(problem.detail))

    def _show_streets(self, path: object) -> None:
        assert isinstance(path, Path)
        self._streets = path
        self._close_base_map()
        self._base_map = BaseMap.open(path, self._cache_dir / "tiles", current_tokens().theme, self)
        self._base_map.failed.connect(self.streets_failed)
        self.map.set_base_map(self._base_map)
        self.streets_shown.emit()

    def _close_base_map(self) -> None:
        base_map, self._base_map = self._base_map, None
        if base_map is not None:
            base_map.close()
            base_map.deleteLater()

    def changeEvent(self, event: QEvent) -> None:
        """Take the colours of another theme, on the streets too."""
        super().changeEvent(event)
        if event.type() is not QEvent.Type.PaletteChange or self._tokens in (None, current_tokens()):
            return
        tokens = self._tokens = current_tokens()
        self.map.set_theme(tokens)
        if self._streets is not None:
            self._show_streets(self._streets)

    def close_map(self) -> None:
        """Let go of the page and of the process that paints the streets."""
        self.map.close_page()
        self._close_base_map()

    # --- what is shown ---

    def _mark(self, changes: frozenset[tuple[Part, str]]) -> None:
        parts = {part for part, _ in changes}
        if parts & {Part.ZONES, Part.FENCE, Part.CROSSING, Part.CLOSURE}:
            self._show_zones_and_fences()
        if parts & _TOUCHING:
            self._start_soon()

    def _start_over(self) -> None:
        self._show_zones_and_fences()
        self._start_soon()

    def _start_soon(self) -> None:
        if not self._soon.isActive():
            self._soon.start()

    def _refresh(self) -> None:
        shapes = self._shapes
        shapes.refresh()
        self.map.set_vehicles(shapes.vehicle_rows())
        self.map.set_orders(shapes.order_points())
        operation, layers = self._context.store.operation, self.chips.chosen()
        if self._preview is not None:
            self.map.set_routes([*self._preview.drawn, *map(self._on_streets, self._preview.lines)])
            self.map.set_stops([*depot_marks(operation), *self._preview.marks])
            self.map.set_callouts(shapes.callouts())
            self._show_meta()
            return
        routes, stops = shapes.plan()
        chosen = shapes.driver_selected()
        planned, doors = wave_routes(operation, chosen, self._lines.along) if "waves" in layers else ([], [])
        self.map.set_routes([*planned, *routes, *(shapes.other_routes() if "routes" in layers else [])])
        self.map.set_stops([*depot_marks(operation), *(doors or stops)])
        self.map.set_callouts(shapes.callouts())
        self._show_meta()

    def _on_streets(self, line: RouteLine) -> RouteLine:
        """Return a line that leads straight from stop to stop by streets, as far as they are known."""
        stops = [Position(lat, lon) for lat, lon in line.coordinates]
        round_place = None if self._preview is None else self._preview.round_place
        return RouteLine(line.kind, self._lines.along(stops, round_place))

    def _show_positions(self) -> None:
        self.map.set_vehicles(self._shapes.vehicle_rows())

    def _show_zones_and_fences(self) -> None:
        self.map.set_zones(self._shapes.zones())
        self.map.set_fences(self._shapes.fences())
        self._show_closures()
        self._closed = closed_now(self._context)

    def _show_closures(self) -> None:
        to_be_closed = () if self._preview is None else self._preview.closures
        self.map.set_closures([*closed_streets(self._context), *to_be_closed])

    def _look_at_clock(self) -> None:
        """Show what is closed or counts until now as it is from now on: the feed tells nothing of that."""
        if closed_now(self._context) != self._closed or self._context.now() >= self._shapes.fences_change_at:
            self._show_zones_and_fences()

    def _show_layers(self, chosen: list[str]) -> None:
        self.map.set_layers(**{layer: layer in chosen for layer in _LAYERS})
        self._start_soon()

    def _show_meta(self) -> None:
        if self._is_hatched:
            return
        if self._preview is not None:
            self.set_meta(self.tr("what an override would change, not live plans · Esc goes back"))
            return
        vehicles, stale, off = self._shapes.counts()
        one, several = self.tr("all zones · 1 vehicle"), self.tr("all zones · {count} vehicles")
        words = one if vehicles == 1 else several.format(count=number(vehicles))
        if stale:
            words += self.tr(", {count} with stale position").format(count=number(stale))
        if off:
            words += self.tr(", {count} off").format(count=number(off))
        self.set_meta(words)

    def _show_age(self) -> None:
        """Hatch the map while what it shows is not live."""
        store = self._context.store
        age_s = store.clock.age_s or 0.0
        is_hatched = store.connection.phase is not Phase.LIVE and age_s > _BEHIND_S
        if is_hatched:
            shown_at = self._context.now() - age_s * store.clock.speed
            as_of = clock_time(shown_at, self._context.zone, seconds=True)
            self.map.set_hatched(
                True, self.tr("Positions are {age} old. Not moved by guess.").format(age=duration(age_s))
            )
            self.set_meta(self.tr("as of {time}, not live").format(time=as_of))
        elif self._is_hatched:
            self.map.set_hatched(False)
        was_hatched, self._is_hatched = self._is_hatched, is_hatched
        if was_hatched and not is_hatched:
            self._show_meta()

    def hide_fence(self, fence_id: FenceId | None) -> None:
        """Leave one fence to whoever draws it anew; None shows all."""
        if fence_id != self._shapes.hidden_fence:
            self._shapes.hidden_fence = fence_id
            self._show_zones_and_fences()

    def show_waves(self) -> None:
        """Draw the routes of the waves under way until the chip is turned off."""
        self.chips.choose([*self.chips.chosen(), "waves"])
        self._start_soon()

    def show_preview(self, shapes: PreviewShapes | None) -> None:
        """Draw a change that is previewed in place of the plans in force; ``None`` ends that."""
        if shapes is None and self._preview is None:
            return
        self._preview = shapes
        self._refresh()
        self._show_closures()
        if shapes is not None and (where := shapes.where) is not None:
            self.map.zoom_to(*where)

    def look_at_preview(self) -> None:
        """Leave the map to a person who looks; Esc ends it, and `pointed` tells so."""
        self._leave.setEnabled(True)
        self.map.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- pointing ---

    def ask_place(self) -> None:
        """Ask for a click on the map; `pointed` tells where, Esc leaves it."""
        self._leave.setEnabled(True)
        self.map.set_edited(EditedShape(adds_corners=True))
        self.map.setFocus(Qt.FocusReason.OtherFocusReason)

    def _take_place(self, deed: str, _handle: str, lat: float, lon: float) -> None:
        if self._leave.isEnabled() and deed == "place":
            self._end_asking(Position(lat, lon))

    def _end_asking(self, position: Position | None) -> None:
        self._leave.setEnabled(False)
        self.map.set_edited(None)
        self.pointed.emit(position)

    # --- selection ---

    def show_selected(self) -> None:
        """Zoom to what is selected."""
        selected = self._context.selection.current
        position = self._shapes.position_of(selected) if selected is not None else None
        if position is not None:
            self.map.zoom_to(position.lat, position.lon)

    def _follow_selection(self) -> None:
        QTimer.singleShot(0, self, self._refresh)
        selected = self._context.selection.current
        if selected is None:
            self.map.select("order", "")
            return
        kind, name = self._shapes.on_map(selected)
        self.map.select(kind, name)

    def _click(self, kind: str, name: str) -> None:
        if kind == "vehicle":
            driver_id = self._shapes.driver_called(name)
            if driver_id is not None:
                self._context.selection.select(Kind.DRIVER, driver_id)
            else:
                self._context.selection.select(Kind.VEHICLE, VehicleId(name))
        elif kind == "stop" and is_depot_mark(name):
            return
        elif kind == "closure":
            self.closure_chosen.emit(closed_street(self._context, name))
        elif kind == "stop":
            self._context.selection.select(Kind.ORDER, name.partition(":")[0])
        else:
            self._context.selection.select(kind, name)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the chips on top of the page."""
        super().resizeEvent(event)
        self.chips.adjustSize()
        self.chips.raise_()
