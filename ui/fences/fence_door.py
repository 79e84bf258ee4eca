"""The way into the geofence editor and back: made when it is wanted and gone when it is left."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication, QWidget

from core.vocabulary import FenceId
from ui.desk_context import DeskContext
from ui.exception_watch import ExceptionWatch
from ui.fences.fence_editor import FenceEditor
from ui.selection import Kind


def made_up_id() -> FenceId:
    """Return an id that no other fence has."""
    return FenceId(f"F-{uuid.uuid4().hex[:12]}")


class FenceDoor(QObject):
    """Opens and closes.

    Parameters
    ----------
    over : the desk's window
    context : DeskContext
    watch : what needs a person
    cache_dir : where streets and painted tiles are kept
    new_id : makes the id of a new fence
    """

    def __init__(
        self,
        over: QWidget,
        context: DeskContext,
        watch: ExceptionWatch,
        cache_dir: Path,
        *,
        new_id: Callable[[], FenceId] = made_up_id,
    ) -> None:
        super().__init__(over)
        self._over, self._context, self._watch, self._cache_dir = over, context, watch, cache_dir
        self._new_id = new_id
        self._focus_before: QWidget | None = None
        self.editor: FenceEditor | None = None

    @property
    def is_open(self) -> bool:
        """Whether fences are edited instead of orders moved."""
        return self.editor is not None

    def open(self) -> None:
        """Open it, with the fence in hand that is selected on the desk."""
        if self.editor is not None:
            return
        self._focus_before = QApplication.focusWidget()
        selected = self._context.selection.id_of(Kind.FENCE)
        self.editor = FenceEditor(self._over, self._context, self._watch, self._cache_dir, self._new_id)
        self.editor.left.connect(self.close)
        self.editor.open_editor()
        if selected is not None:
            self.editor.open_fence(FenceId(selected))

    def close(self) -> None:
        """Back to the desk; what was not saved is gone."""
        editor, self.editor = self.editor, None
        if editor is None:
            return
        editor.close_editor()
        if self._focus_before is not None and self._focus_before.isVisible():
            self._focus_before.setFocus(Qt.FocusReason.PopupFocusReason)
