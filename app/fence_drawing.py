"""A fence while it is drawn: its corners and figures, what can be undone, and why it cannot be saved yet.

Without Qt: a screen tells what the hand does, and shows what this holds. Positions are degrees, WGS 84. What is drawn
are open paths, first corner once; a fence as it is saved has closed rings.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from core.geofencing.fence import Fence, FenceKind
from core.geofencing.fence_check import check_fence
from core.refusals import Refusal
from core.vocabulary import Position
from msgspec.structs import replace as with_fields

from app.fence_draft import Draft, Handle, HandleKind, Path, apart_m, between, closed, east_of, opened

LEAST_RADIUS_M = 5.0
_LEAST_CORNERS = {FenceKind.POLYGON: 3, FenceKind.CORRIDOR: 2}


class FenceDrawing:
    """One fence in hand; every change can be taken back, those of one drag or of one field together.

    Parameters
    ----------
    fence : Fence
        As it is in force, or a new one without a shape.
    kind : FenceKind, optional
        How a new one is drawn.
    """

    def __init__(self, fence: Fence, kind: FenceKind | None = None) -> None:
        self.is_new = kind is not None
        self._now = Draft(fence, kind, is_drawing=True) if kind is not None else opened(fence)
        self._saved = self._now
        self._past: list[Draft] = []
        self._future: list[Draft] = []
        self._typed_field = ""
        self._moves_from: Draft | None = None

    # --- what is drawn -----------------------------------------------------------------------------------------------

    @property
    def kind(self) -> FenceKind:
        """How it is drawn."""
        return self._now.kind

    @property
    def paths(self) -> tuple[Path, ...]:
        """The corners: of a polygon the outline and its holes, of a corridor its line; the last may be unfinished."""
        return self._now.paths

    @property
    def line(self) -> Path:
        """The middle of a corridor: along streets where the service said how, else straight from corner to corner."""
        return self._now.way or (self._now.paths[0] if self._now.paths else ())

    @property
    def is_drawing(self) -> bool:
        """Whether a click adds a corner."""
        return self._now.is_drawing

    @property
    def follows_streets(self) -> bool:
        """Whether a corridor runs along streets between its corners."""
        return self._now.follows_streets

    @property
    def awaits_way(self) -> bool:
        """Whether the way along streets is still to be asked for."""
        draft = self._now
        return draft.follows_streets and not draft.way and bool(draft.paths) and len(draft.paths[0]) > 1

    @property
    def fence(self) -> Fence:
        """The fence as it would be saved."""
        draft = self._now
        return with_fields(
            draft.fence,
            ring=closed(draft.paths[0]) if draft.kind is FenceKind.POLYGON and draft.paths else (),
            holes=tuple(closed(path) for path in draft.paths[1:] if path),
            centre=draft.centre,
            radius_m=draft.radius_m if draft.centre is not None else 0.0,
            line=self.line if draft.kind is FenceKind.CORRIDOR else (),
            width_m=draft.width_m if draft.kind is FenceKind.CORRIDOR else 0.0,
        )

    @property
    def width_m(self) -> float:
        """How wide a corridor is, metres."""
        return self._now.width_m

    @property
    def radius_m(self) -> float:
        """The radius of a circle, metres."""
        return self._now.radius_m

    def problem(self) -> Refusal | None:
        """Return why it cannot be saved as it is; where a place is to blame, `details` name its ``lat`` and ``lon``."""
        if self.is_drawing and self._now.centre is None:
            return Refusal("geofence.unfinished", "Finish the shape: click its first corner, or press Enter.")
        try:
            check_fence(self.fence)
        except Refusal as refusal:
            return refusal
        return None

    def is_drawn(self) -> bool:
        """Say whether the shape itself can be judged, whatever its name and figures."""
        problem = self.problem()
        return problem is None or problem.code == "geofence.name_required"

    def handles(self) -> Iterator[Handle]:
        """Yield what can be taken hold of; middles only of finished paths."""
        draft = self._now
        if draft.centre is not None:
            yield Handle(HandleKind.CENTRE, draft.centre)
            yield Handle(HandleKind.RADIUS, east_of(draft.centre, draft.radius_m))
        for number, path in enumerate(draft.paths):
            for index, corner in enumerate(path):
                yield Handle(HandleKind.CORNER, corner, number, index)
            if draft.is_drawing and number == len(draft.paths) - 1:
                continue
            for index, (corner, following) in enumerate(self._edges(path)):
                yield Handle(HandleKind.MIDDLE, between(corner, following), number, index)

    def _edges(self, path: Path) -> list[tuple[Position, Position]]:
        edges = list(pairwise(path))
        return edges if self.kind is FenceKind.CORRIDOR else [*edges, (path[-1], path[0])]

    # --- drawing -----------------------------------------------------------------------------------------------------

    def add_corner(self, at: Position) -> None:
        """Go on with the path in hand, or place the middle of a circle."""
        if not self.is_drawing:
            return
        draft = self._now
        if draft.kind is FenceKind.CIRCLE:
            self._change(replace(draft, centre=at, is_drawing=False))
            return
        paths = draft.paths or ((),)
        self._change(replace(draft, paths=(*paths[:-1], (*paths[-1], at)), way=()))

    def finish(self) -> bool:
        """End the path in hand; say whether it had corners enough for that."""
        draft = self._now
        if not draft.is_drawing or not draft.paths or len(draft.paths[-1]) < _LEAST_CORNERS[draft.kind]:
            return False
        self._change(replace(draft, is_drawing=False))
        return True

    def start_hole(self) -> bool:
        """Begin a hole in a finished polygon; say whether there is one to begin it in."""
        draft = self._now
        if draft.kind is not FenceKind.POLYGON or draft.is_drawing or not draft.paths:
            return False
        self._change(replace(draft, paths=(*draft.paths, ()), is_drawing=True))
        return True

    def insert_corner(self, path: int, after: int, at: Position) -> None:
        """Put a corner behind another one."""
        corners = self._now.paths[path]
        self._put_path(path, (*corners[: after + 1], at, *corners[after + 1 :]))

    def remove_corner(self, path: int, index: int) -> bool:
        """Take a corner away, a hole with its last three; say whether the shape can do without it."""
        draft = self._now
        corners = draft.paths[path][:index] + draft.paths[path][index + 1 :]
        is_in_hand = draft.is_drawing and path == len(draft.paths) - 1
        if len(corners) >= _LEAST_CORNERS[draft.kind] or (is_in_hand and corners):
            self._put_path(path, corners)
        elif path > 0:
            paths = draft.paths[:path] + draft.paths[path + 1 :]
            self._change(replace(draft, paths=paths, is_drawing=draft.is_drawing and not is_in_hand))
        else:
            return False
        return True

    def _put_path(self, number: int, path: Path) -> None:
        paths = self._now.paths
        self._change(replace(self._now, paths=(*paths[:number], path, *paths[number + 1 :]), way=()))

    # --- dragging ----------------------------------------------------------------------------------------------------

    def take_hold(self, handle: Handle) -> Handle:
        """Begin to drag; the middle of an edge becomes a corner. Returns what is dragged."""
        before = self._now
        if handle.kind is HandleKind.MIDDLE:
            self.insert_corner(handle.path, handle.index, handle.position)
            self._past.pop()
            handle = Handle(HandleKind.CORNER, handle.position, handle.path, handle.index + 1)
        self._moves_from = before
        return handle

    def move(self, handle: Handle, to: Position) -> None:
        """Drag what is held to a place."""
        draft = self._now
        match handle.kind:
            case HandleKind.CENTRE:
                self._now = replace(draft, centre=to)
            case HandleKind.RADIUS if draft.centre is not None:
                self._now = replace(draft, radius_m=max(LEAST_RADIUS_M, round(apart_m(draft.centre, to))))
            case HandleKind.CORNER:
                path = draft.paths[handle.path]
                moved = (*path[: handle.index], to, *path[handle.index + 1 :])
                paths = (*draft.paths[: handle.path], moved, *draft.paths[handle.path + 1 :])
                self._now = replace(draft, paths=paths, way=())

    def let_go(self) -> None:
        """End the drag: all of it is one step to undo."""
        before, self._moves_from = self._moves_from, None
        if before is not None and before != self._now:
            self._remember(before)

    # --- figures -----------------------------------------------------------------------------------------------------

    def set_figures(self, field: str, **values: object) -> None:
        """Change figures of the fence, such as its name; one field's changes in a row are one step to undo."""
        self._type(field, replace(self._now, fence=with_fields(self._now.fence, **values)))

    def set_radius(self, metres: float) -> None:
        """Change the radius of a circle."""
        self._type("radius", replace(self._now, radius_m=metres))

    def set_width(self, metres: float) -> None:
        """Change how wide a corridor is."""
        self._type("width", replace(self._now, width_m=metres))

    def follow_streets(self, follows: bool) -> None:
        """Lead a corridor along streets between its corners, or straight."""
        if follows != self._now.follows_streets:
            self._change(replace(self._now, follows_streets=follows, way=()))

    def take_way(self, corners: Path, way: Path) -> bool:
        """Take the way along streets through `corners`, if they are still those; it is no step of its own to undo."""
        draft = self._now
        if not draft.follows_streets or not draft.paths or draft.paths[0] != corners:
            return False
        self._now = replace(draft, way=way)
        return True

    # --- taking back -------------------------------------------------------------------------------------------------

    @property
    def can_undo(self) -> bool:
        """Whether there is a change to take back."""
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        """Whether a change was taken back."""
        return bool(self._future)

    @property
    def is_unsaved(self) -> bool:
        """Whether it differs from what is saved."""
        return replace(self._now, is_drawing=False) != replace(self._saved, is_drawing=False)

    def undo(self) -> None:
        """Take the last change back."""
        self._step(self._past, self._future)

    def redo(self) -> None:
        """Do again what was taken back."""
        self._step(self._future, self._past)

    def keep_saved(self) -> None:
        """Note that it was saved as it is."""
        self._saved, self.is_new = self._now, False

    def _step(self, source: list[Draft], target: list[Draft]) -> None:
        if source:
            target.append(self._now)
            self._now = source.pop()
            self._typed_field = ""

    def _type(self, field: str, draft: Draft) -> None:
        if draft == self._now:
            return
        if field != self._typed_field:
            self._remember(self._now)
        self._typed_field, self._now = field, draft

    def _change(self, draft: Draft) -> None:
        self._remember(self._now)
        self._now = draft

    def _remember(self, draft: Draft) -> None:
        self._past.append(draft)
        self._future.clear()
        self._typed_field = ""
