"""What the shape in hand would have seen in the last seven days, counted by the service a moment after each change.

The service answers in parts, vehicle by vehicle; the counts add up while one looks.
"""

from __future__ import annotations

from typing import cast

from msgspec.structs import replace
from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.fence_draft import Path
from app.fence_drawing import FenceDrawing
from app.pending_operation import PendingOperation
from core.geofencing.fence import Fence
from core.operations import CorridorWay, FenceTrialled
from core.wire import Problem
from ui.desk_context import DeskContext
from widgets.formatting import clock_time, number
from widgets.parts.text_label import TextLabel
from widgets.theme.fonts import SEMIBOLD

CALM_MS = 600
"""The hand has to rest so long before the service is asked."""


class FenceTrial(QWidget):
    """Asks for one shape at a time; of what changed meanwhile only the newest is asked for.

    Attributes
    ----------
    figure, detail : the count, and what it rests on
    """

    way_found = Signal()
    """The way along streets was put into the drawing."""

    def __init__(self, context: DeskContext, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._drawing: FenceDrawing | None = None
        self._wanted: Fence | None = None
        self._counted: Fence | None = None
        self._asking: PendingOperation | None = None
        self._asking_way: PendingOperation | None = None
        self.figure = TextLabel(px=15, weight=SEMIBOLD)
        self.detail = TextLabel(px=12, ink="ink2")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(3)
        column.addWidget(TextLabel(self.tr("Crossings in the last 7 days, with this shape"), px=12, ink="ink3"))
        for label in (self.figure, self.detail):
            label.setWordWrap(True)
            column.addWidget(label)
        self._calm = QTimer(self, interval=CALM_MS, singleShot=True)
        self._calm.timeout.connect(self._ask)

    def follow(self, drawing: FenceDrawing | None) -> None:
        """Count for a drawing as it is now, unless that was counted already."""
        if drawing is not self._drawing:
            self._counted = self._wanted = None
            self._asking = self._asking_way = None
            self._show("–", "")
        self._drawing = drawing
        if drawing is None or not drawing.is_drawn():
            self._wanted = None
            self._calm.stop()
            before = "" if self._counted is None else self.tr("Of the shape before.")
            later = self.tr("Counted once the shape is whole.")
            self.detail.setText(f"{before} {later}".strip())
            return
        fence = drawing.fence
        if fence != self._wanted:
            self._wanted = fence
            self._calm.start()
        if self._counted is not None and self._counted != fence:
            self.detail.setText(self.tr("Changed since; counted again in a moment."))

    def stop(self) -> None:
        """Ask nothing more."""
        self.follow(None)

    @property
    def is_busy(self) -> bool:
        """Whether the service is counting."""
        return self._asking is not None

    # --- asking ------------------------------------------------------------------------------------------------------

    def _ask(self) -> None:
        drawing, fence = self._drawing, self._wanted
        if drawing is None or fence is None:
            return
        if drawing.awaits_way:
            self._ask_way(drawing)
            return
        if fence == self._counted:
            return
        self.detail.setText(self.tr("Counting …"))
        self._count(fence, None)

    def _count(self, fence: Fence, so_far: FenceTrialled | None) -> None:
        pending = self._context.operations.try_fence(fence, None if so_far is None else so_far.next)
        self._asking = pending
        pending.finished.connect(lambda part: self._add(pending, fence, so_far, cast(FenceTrialled, part)))
        pending.refused.connect(lambda problem: self._not_answered(pending, cast(Problem, problem)))

    def _add(self, pending: PendingOperation, fence: Fence, so_far: FenceTrialled | None, part: FenceTrialled) -> None:
        if pending is not self._asking:
            return
        self._asking, self._counted = None, fence
        seen = part if so_far is None else _sum(so_far, part)
        self._show(*self._words(seen))
        if seen.next is not None and self._wanted == fence:
            self._count(fence, seen)

    def _not_answered(self, pending: PendingOperation, problem: Problem) -> None:
        if pending is self._asking:
            self._asking = None
            self.detail.setText(self.tr("Not counted: {why}").format(why=problem.detail or problem.code))

    def _ask_way(self, drawing: FenceDrawing) -> None:
        corners = drawing.paths[0]
        pending = self._context.operations.corridor_way(corners)
        self._asking_way = pending
        self.detail.setText(self.tr("Looking for the way along streets …"))
        pending.finished.connect(lambda way: self._take_way(pending, drawing, corners, cast(CorridorWay, way)))
        pending.refused.connect(lambda problem: self._lose_way(pending, cast(Problem, problem)))

    def _take_way(self, pending: PendingOperation, drawing: FenceDrawing, corners: Path, way: CorridorWay) -> None:
        if pending is self._asking_way and drawing.take_way(corners, way.line):
            self._asking_way = None
            self.way_found.emit()

    def _lose_way(self, pending: PendingOperation, problem: Problem) -> None:
        if pending is self._asking_way:
            self._asking_way = None
            self.detail.setText(self.tr("No way along streets: {why}").format(why=problem.detail or problem.code))

    # --- words -------------------------------------------------------------------------------------------------------

    def _show(self, figure: str, detail: str) -> None:
        self.figure.setText(figure)
        self.detail.setText(detail)

    def _words(self, result: FenceTrialled) -> tuple[str, str]:
        figure = self.tr("{entered} in, {exited} out").format(
            entered=number(result.entered), exited=number(result.exited)
        )
        if result.dwelt:
            figure = self.tr("{figure}, {dwelt} stays").format(figure=figure, dwelt=number(result.dwelt))
        if not result.is_complete:
            words = self.tr("at least; {vehicles} of {all} vehicles, {fixes} fixes. Counting on …")
        else:
            words = self.tr("{vehicles} vehicles, {fixes} fixes; counted {time}")
        return figure, words.format(
            vehicles=number(result.vehicles),
            all=number(result.vehicles_in_all),
            fixes=number(result.fixes),
            time=clock_time(self._context.now(), self._context.zone, seconds=True),
        )


def _sum(so_far: FenceTrialled, part: FenceTrialled) -> FenceTrialled:
    return replace(
        part,
        entered=so_far.entered + part.entered,
        exited=so_far.exited + part.exited,
        dwelt=so_far.dwelt + part.dwelt,
        vehicles=so_far.vehicles + part.vehicles,
        fixes=so_far.fixes + part.fixes,
    )
