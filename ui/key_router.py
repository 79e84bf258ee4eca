"""Binds the catalogue's keys to one window. Letters act only while a list, a card or the map has the focus."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QWidget

from app.command_catalogue import CATALOGUE, CommandId, CommandSpec, Where
from core.vocabulary import Role
from ui.fences.fence_editor import FenceEditor
from ui.replay.replay_view import ReplayView
from widgets.parts.modal_sheet import ModalSheet


class KeyRouter(QObject):
    """Makes one shortcut per key.

    Parameters
    ----------
    window : QWidget
        The keys act while it is the active window.
    role : Role
        Keys of commands that this role may not use do nothing.
    run : callable
        Given the command's id.
    """

    def __init__(self, window: QWidget, role: Role, run: Callable[[CommandId], None]) -> None:
        super().__init__(window)
        self._window = window
        self._run = run
        for spec in CATALOGUE:
            if spec.where is not Where.OWN and spec.is_for(role):
                self._bind(spec)

    def _bind(self, spec: CommandSpec) -> None:
        for key in spec.keys:
            shortcut = QShortcut(QKeySequence.fromString(key), self._window)
            shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
            shortcut.setAutoRepeat(False)
            shortcut.activated.connect(lambda spec=spec: self._act(spec))

    def _act(self, spec: CommandSpec) -> None:
        editor = next((one for one in self._window.findChildren(FenceEditor) if one.isVisible()), None)
        if editor is not None:
            editor.take_command(spec.id)
        elif self._is_covered() or (spec.where is Where.BROWSING and is_field(QApplication.focusWidget())):
            return
        else:
            self._run(spec.id)

    def _is_covered(self) -> bool:
        covers = [*self._window.findChildren(ModalSheet), *self._window.findChildren(ReplayView)]
        return any(cover.isVisible() for cover in covers)


def is_field(widget: QWidget | None) -> bool:
    """Return whether letters typed in a widget are text."""
    return isinstance(widget, QLineEdit | QPlainTextEdit)
