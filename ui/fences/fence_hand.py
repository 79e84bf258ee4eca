"""The hand on the map: what it does to the drawing, and how the drawing is shown there."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal

from app.fence_draft import Handle, HandleKind
from app.fence_drawing import FenceDrawing
from core.geofencing.fence import FenceKind
from core.vocabulary import Position
from ui.panels.live_map_panel import LiveMapPanel
from widgets.live_map.shapes import Circle, EditedShape, EditHandle

_STEP_DEG = 0.00005
"""About five metres: one press of an arrow key."""


class FenceHand(QObject):
    """Draws by mouse, or by keys on a chosen handle.

    Parameters
    ----------
    map_panel : LiveMapPanel
        Shows the drawing and tells what the mouse does.

    Attributes
    ----------
    chosen : the id of the handle that keys move
    """

    changed = Signal()
    """The drawing is another than it was."""

    def __init__(self, map_panel: LiveMapPanel, parent: QObject) -> None:
        super().__init__(parent)
        self._panel = map_panel
        self._drawing: FenceDrawing | None = None
        self._held: Handle | None = None
        self._has_moved = False
        self.chosen = ""
        map_panel.map.edited.connect(self._take)

    def keys(self) -> dict[str, Callable[[], None]]:
        """Return what keys do while the map has the focus."""
        moves = {"Alt+Up": (1, 0), "Alt+Down": (-1, 0), "Alt+Right": (0, 1), "Alt+Left": (0, -1)}
        return {
            "Return": self._finish,
            "Enter": self._finish,
            "]": lambda: self._choose_next(1),
            "[": lambda: self._choose_next(-1),
            "Delete": self._remove_chosen,
            "Insert": self._insert_behind_chosen,
            **{key: partial(self._nudge, *way) for key, way in moves.items()},
        }

    # --- showing -----------------------------------------------------------------------------------------------------

    def show_drawing(self, drawing: FenceDrawing | None) -> None:
        """Show a drawing on the map, in place of the fence as it is in force."""
        if drawing is not self._drawing:
            self._held, self.chosen = None, ""
        self._drawing = drawing
        self._panel.hide_fence(None if drawing is None else drawing.fence.fence_id)
        self._panel.map.set_edited(None if drawing is None else self._shape(drawing))

    def _shape(self, drawing: FenceDrawing) -> EditedShape:
        finished = drawing.paths[:-1] if drawing.is_drawing else drawing.paths
        in_hand = drawing.paths[-1] if drawing.is_drawing and drawing.paths else ()
        is_corridor = drawing.kind is FenceKind.CORRIDOR
        fence = drawing.fence
        return EditedShape(
            rings=() if is_corridor else tuple(_degrees(path) for path in finished if path),
            open_path=_degrees(in_hand),
            line=_degrees(drawing.line) if is_corridor else (),
            width_metres=drawing.width_m if is_corridor else 0.0,
            circle=None if fence.centre is None else Circle(fence.centre.lat, fence.centre.lon, drawing.radius_m),
            handles=tuple(self._handle(one) for one in drawing.handles()),
            fault=_fault(drawing),
            adds_corners=drawing.is_drawing,
        )

    def _handle(self, handle: Handle) -> EditHandle:
        at = handle.position
        return EditHandle(handle.id, handle.kind.value, at.lat, at.lon, selected=handle.id == self.chosen)

    # --- the mouse ---------------------------------------------------------------------------------------------------

    def _take(self, deed: str, handle_id: str, lat: float, lon: float) -> None:
        drawing = self._drawing
        if drawing is None:
            return
        at = Position(lat, lon)
        match deed:
            case "place":
                drawing.add_corner(at)
            case "finish":
                drawing.finish()
            case "grab":
                self._grab(drawing, handle_id)
            case "drag" if self._held is not None:
                self._has_moved = True
                drawing.move(self._held, at)
            case "drop":
                self._drop(drawing)
            case "remove":
                self._remove(drawing, handle_id)
        self.changed.emit()

    def _grab(self, drawing: FenceDrawing, handle_id: str) -> None:
        handle = next((one for one in drawing.handles() if one.id == handle_id), None)
        self._has_moved = False
        self._held = None if handle is None else drawing.take_hold(handle)
        self.chosen = "" if self._held is None else self._held.id

    def _drop(self, drawing: FenceDrawing) -> None:
        held, self._held = self._held, None
        drawing.let_go()
        if held is not None and not self._has_moved and drawing.is_drawing and held.index == 0:
            drawing.finish()

    def _remove(self, drawing: FenceDrawing, handle_id: str) -> None:
        handle = next((one for one in drawing.handles() if one.id == handle_id), None)
        if handle is not None and handle.kind is HandleKind.CORNER:
            drawing.remove_corner(handle.path, handle.index)

    # --- keys --------------------------------------------------------------------------------------------------------

    def _finish(self) -> None:
        if self._drawing is not None and self._drawing.finish():
            self.changed.emit()

    def _movable(self) -> list[Handle]:
        handles = self._drawing.handles() if self._drawing is not None else iter(())
        return [handle for handle in handles if handle.kind is not HandleKind.MIDDLE]

    def _choose_next(self, step: int) -> None:
        handles = self._movable()
        if not handles:
            return
        ids = [handle.id for handle in handles]
        at = ids.index(self.chosen) + step if self.chosen in ids else 0 if step > 0 else -1
        self.chosen = ids[at % len(ids)]
        self.changed.emit()

    def _chosen_handle(self) -> Handle | None:
        return next((handle for handle in self._movable() if handle.id == self.chosen), None)

    def _nudge(self, north: int, east: int) -> None:
        handle = self._chosen_handle()
        if handle is None or self._drawing is None:
            return
        at = handle.position
        held = self._drawing.take_hold(handle)
        self._drawing.move(held, Position(at.lat + north * _STEP_DEG, at.lon + east * _STEP_DEG))
        self._drawing.let_go()
        self.changed.emit()

    def _remove_chosen(self) -> None:
        if self._drawing is not None:
            self._remove(self._drawing, self.chosen)
            self.changed.emit()

    def _insert_behind_chosen(self) -> None:
        handle, drawing = self._chosen_handle(), self._drawing
        if drawing is None or handle is None or handle.kind is not HandleKind.CORNER:
            return
        middles = (one for one in drawing.handles() if one.kind is HandleKind.MIDDLE)
        middle = next((one for one in middles if (one.path, one.index) == (handle.path, handle.index)), None)
        if middle is not None:
            drawing.insert_corner(middle.path, middle.index, middle.position)
            self.chosen = Handle(HandleKind.CORNER, middle.position, middle.path, middle.index + 1).id
            self.changed.emit()


def _degrees(path: tuple[Position, ...]) -> tuple[tuple[float, float], ...]:
    return tuple((corner.lat, corner.lon) for corner in path)


def _fault(drawing: FenceDrawing) -> tuple[float, float] | None:
    problem = drawing.problem()
    if problem is None or "lat" not in problem.details:
        return None
    return float(problem.details["lat"]), float(problem.details["lon"])
