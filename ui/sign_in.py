"""Sign-in: by name and password or by an invitation; what is wrong is said at once."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from core.invitation import Invitation, kind_of, parse
from core.refusals import Refusal
from ui.invitation_file import InvitationFiles
from ui.names import role_word
from ui.password_entry import PasswordEntry
from widgets.parts.chip_group import Chip, ChipGroup
from widgets.parts.key_button import DIALOG_BUTTON_HEIGHT, KeyButton
from widgets.parts.text_label import TextLabel
from widgets.theme.appearance import current_tokens
from widgets.theme.fonts import SEMIBOLD
from widgets.theme.tokens import qcolor

_WIDTH = 560
_INVITATION, _PASSWORD = "invitation", "password"
_ZEROMQ, _WEBSOCKET = "zeromq", "websocket"
_INSET = 32


class SignIn(QWidget):
    """The first window. It knows invitations, not sessions: whoever made it connects and says how that went.

    A name and a password get an invitation from the service, which is then used as one that was pasted.

    Parameters
    ----------
    files : InvitationFiles
        Reads and keeps invitations.
    address : str
        Offered in place of the invitation's own addresses, if given.
    prefers : str
        The transport that is chosen where an invitation offers it.
    by_password : PasswordEntry
        Asks for name and password; filled with what was entered last on this desk.
    """

    signed = Signal(object, str)
    """The `Invitation` and the address to connect to."""

    def __init__(
        self,
        files: InvitationFiles,
        *,
        address: str = "",
        prefers: str = "",
        by_password: PasswordEntry | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._files, self._address, self._prefers = files, address, prefers
        self._invitation: Invitation | None = None
        self.setWindowTitle(self.tr("Tower, sign in"))
        self.setFixedWidth(_WIDTH)
        self.ways = ChipGroup()
        self.by_password = by_password or PasswordEntry()
        self.field = QLineEdit()
        self.transports = ChipGroup()
        self.remember = Chip(self.tr("Remember on this desk"))
        self.enter = KeyButton(self.tr("Sign in"), "Enter", filled=True, height=DIALOG_BUTTON_HEIGHT)
        self._choose = KeyButton(self.tr("Choose a file"), height=DIALOG_BUTTON_HEIGHT)
        self._finding = TextLabel(px=13, ink="ink2")
        self._lead = TextLabel(ink="ink2")
        self._kept_words = TextLabel(px=12, ink="ink3")
        self._lay_out()
        self.ways.changed.connect(lambda _: self._follow_way())
        self.by_password.changed.connect(self._follow_password)
        self.by_password.entered.connect(self.sign_in)
        self.by_password.answered.connect(self._take_answer)
        self.by_password.failed.connect(self._take_failure)
        self.field.textChanged.connect(self._read_line)
        self.field.returnPressed.connect(self.sign_in)
        self.enter.clicked.connect(self.sign_in)
        self._choose.clicked.connect(self._choose_file)
        files.read.connect(self.field.setText)
        files.failed.connect(lambda why: self.show_problem(self.tr("The file cannot be read: {why}").format(why=why)))
        self._follow_way()

    @property
    def is_by_password(self) -> bool:
        """Whether a name and a password are asked for."""
        return self.ways.chosen() == [_PASSWORD]

    def choose_way(self, *, by_password: bool) -> None:
        """Ask for a name and a password, or for an invitation."""
        self.ways.choose([_PASSWORD if by_password else _INVITATION])
        self._follow_way()

    def _lay_out(self) -> None:
        self.field.setEchoMode(QLineEdit.EchoMode.Password)
        self.field.setPlaceholderText(self.tr("tower1:…"))
        self.field.setAccessibleName(self.tr("Invitation"))
        self.field.setMinimumHeight(34)
        self._finding.setWordWrap(True)
        self._finding.setMinimumHeight(36)
        self._finding.setAlignment(Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(_INSET, 28, _INSET, 28)
        column.setSpacing(10)
        column.addWidget(TextLabel(self.tr("Sign in to Tower"), px=20, weight=SEMIBOLD))
        self.ways.set_chips([(_INVITATION, self.tr("Invitation")), (_PASSWORD, self.tr("Name and password"))])
        self.ways.choose([_INVITATION])
        column.addWidget(self.ways)
        column.addWidget(self._lead)
        column.addSpacing(4)
        column.addWidget(self.field)
        column.addWidget(self.by_password)
        column.addWidget(self._finding)
        column.addWidget(TextLabel(self.tr("Connect over"), px=12, ink="ink3"))
        column.addWidget(self.transports)
        column.addSpacing(6)
        column.addWidget(self.remember)
        self._kept_words.setText(
            self.tr("Keeps it in a file that only this user can read. Whoever has it can sign in as you.")
        )
        column.addWidget(self._kept_words)
        column.addSpacing(8)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.enter)
        buttons.addWidget(self._choose)
        buttons.addStretch(1)
        column.addLayout(buttons)

    def choose_transport(self, kind: str) -> None:
        """Choose `zeromq` or `websocket` if the invitation offers it."""
        if self._invitation is not None and self._invitation.address_for(kind):
            self.transports.choose([kind])

    def sign_in(self) -> None:
        """Ask to be signed in with what is entered."""
        if not self.enter.isEnabled():
            return
        if self.is_by_password:
            self.show_progress(self.tr("Asking {service}").format(service=self.by_password.service.text().strip()))
            self.by_password.ask()
            return
        if self._invitation is None:
            return
        if self.remember.isChecked():
            self._files.keep(self.field.text().strip())
        self.show_progress(self.tr("Connecting to {address}").format(address=self._chosen_address()))
        self.signed.emit(self._invitation, self._chosen_address())

    def show_progress(self, words: str) -> None:
        """Say what is under way; nothing can be entered meanwhile."""
        self.enter.setEnabled(False)
        self._finding.set_ink("ink2")
        self._finding.setText(words)

    def show_problem(self, words: str) -> None:
        """Say why it did not work and let it be tried again."""
        self.enter.setEnabled(self.by_password.is_complete if self.is_by_password else self._invitation is not None)
        self._finding.set_ink("p1")
        self._finding.setText(words)

    @property
    def finding_words(self) -> str:
        """What is said about the invitation."""
        return self._finding.text()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the ground."""
        QPainter(self).fillRect(self.rect(), qcolor(current_tokens().bg1))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def _chosen_address(self) -> str:
        assert self._invitation is not None, "an address is chosen from an invitation"
        chosen = self.transports.chosen()
        return (
            self._address or self._invitation.address_for(chosen[0] if chosen else "") or self._invitation.addresses[0]
        )

    def _follow_way(self) -> None:
        by_password = self.is_by_password
        for part in (self.field, self.remember, self._kept_words, self._choose):
            part.setVisible(not by_password)
        self.by_password.setVisible(by_password)
        if by_password:
            self._lead.setText(self.tr("With the name and password that your administrator gave you."))
            self._invitation = None
            self._show_transports([_ZEROMQ, _WEBSOCKET])
            self._follow_password()
            self.by_password.focus_first()
        else:
            self._lead.setText(self.tr("Paste the invitation that your administrator gave you."))
            self._read_line(self.field.text())
        self.adjustSize()

    def _follow_password(self) -> None:
        if self.is_by_password:
            self.enter.setEnabled(self.by_password.is_complete)
            self._finding.set_ink("ink2")
            self._finding.setText(self.tr("The password goes to the service only, encrypted or within this machine."))

    def _take_answer(self, invitation: Invitation) -> None:
        if not self.isVisible():  # who closed the window wants in no more
            return
        self._invitation = invitation
        self.show_progress(self.tr("Connecting to {address}").format(address=self._chosen_address()))
        self.signed.emit(invitation, self._chosen_address())

    def _take_failure(self, words: str) -> None:
        self._follow_password()
        self.show_problem(words)
        self.by_password.focus_first()

    def _read_line(self, text: str) -> None:
        if self.is_by_password:
            return
        self._invitation = None
        self.enter.setEnabled(False)
        if not text.strip():
            self._finding.set_ink("ink2")
            self._finding.setText(self.tr("It starts with “tower1:” and is one line. Treat it like a password."))
            self._show_transports([])
            return
        try:
            invitation = parse(text)
        except Refusal as refusal:
            self._show_transports([])
            self.show_problem(refusal.sentence)
            return
        self._invitation = invitation
        self._show_transports(list(dict.fromkeys(map(kind_of, invitation.addresses))))
        self._finding.set_ink("ink1")
        self._finding.setText(self.tr("{name}, {role}").format(name=invitation.name, role=role_word(invitation.role)))
        self.enter.setEnabled(True)

    def _show_transports(self, kinds: list[str]) -> None:
        words = {_ZEROMQ: self.tr("ZeroMQ, control room"), _WEBSOCKET: self.tr("WebSocket, elsewhere")}
        shown = [kind_of(self._address)] if self._address and kinds else kinds or list(words)
        self.transports.set_chips([(kind, words[kind]) for kind in shown])
        if not self.transports.chosen():
            self.transports.choose([self._prefers] if self._prefers in shown else shown[:1])
        self.transports.setEnabled(bool(kinds))

    def _choose_file(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, self.tr("Choose an invitation"))
        if name:
            self._files.read_file(Path(name))
