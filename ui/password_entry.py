"""Asks for service, name and password, and signs in with them in a thread of its own: the window never waits."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from app.sign_in import sign_in
from core.invitation import Invitation
from core.refusals import Fault, Refusal
from widgets.parts.text_label import TextLabel

DEFAULT_SERVICE = "http://127.0.0.1:8700"
_FIELD_HEIGHT = 34

type SigningIn = Callable[[str, str, str], Invitation]
"""Service address, name, password -> what a desk connects with; raises `Refusal` or `Fault`, and blocks."""


class PasswordEntry(QWidget):
    """Three fields. The password is asked for once, given to the service, and not kept.

    Parameters
    ----------
    service, name : str
        What was entered last on this desk.
    ask : callable
        Signs in.
    """

    answered = Signal(object)
    """The `Invitation` that the service gave."""
    failed = Signal(str)
    """Why it did not, in words."""
    changed = Signal()
    entered = Signal()
    """Enter was pressed in a field."""

    def __init__(
        self, *, service: str = "", name: str = "", ask: SigningIn = sign_in, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._ask, self._is_asking = ask, False
        self.service = QLineEdit(service or DEFAULT_SERVICE)
        self.name = QLineEdit(name)
        self.password = QLineEdit()
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self._lay_out()
        self.answered.connect(lambda _: self._rest())
        self.failed.connect(lambda _: self._rest())

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        rows = ((self.tr("Service"), self.service), (self.tr("Name"), self.name), (self.tr("Password"), self.password))
        for row, (words, field) in enumerate(rows):
            field.setMinimumHeight(_FIELD_HEIGHT)
            field.setAccessibleName(words)
            field.textChanged.connect(self.changed)
            field.returnPressed.connect(self.entered)
            grid.addWidget(TextLabel(words, ink="ink2"), row, 0, Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(field, row, 1)

    @property
    def is_complete(self) -> bool:
        """Whether all three are there and nothing is under way."""
        told = (self.service.text().strip(), self.name.text().strip(), self.password.text())
        return all(told) and not self._is_asking

    def focus_first(self) -> None:
        """Put the cursor where something is missing."""
        (self.password if self.name.text() else self.name).setFocus(Qt.FocusReason.OtherFocusReason)

    def ask(self) -> None:
        """Sign in; `answered` or `failed` follows. While that is under way nothing more is asked."""
        if not self.is_complete:
            return
        self._is_asking = True
        told = (self.service.text().strip(), self.name.text().strip(), self.password.text())
        threading.Thread(target=self._do, args=told, name="sign-in", daemon=True).start()

    def _do(self, service: str, name: str, password: str) -> None:
        try:
            invitation = self._ask(service, name, password)
        except (Refusal, Fault) as problem:
            words = problem.sentence
            self._tell(lambda: self.failed.emit(words))
        else:
            self._tell(lambda: self.answered.emit(invitation))

    @staticmethod
    def _tell(tell: Callable[[], None]) -> None:
        with suppress(RuntimeError):  # the window was closed and deleted meanwhile
            tell()

    def _rest(self) -> None:
        self._is_asking = False
        self.password.clear()
