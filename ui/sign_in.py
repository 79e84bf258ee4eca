"""Sign-in: paste an invitation or choose its file, choose how to connect, and see at once what is wrong with it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from core.invitation import Invitation, kind_of, parse
from core.refusals import Refusal
from ui.invitation_file import InvitationFiles
from ui.names import role_word
from widgets.parts.chip_group import Chip, ChipGroup
from widgets.parts.key_button import DIALOG_BUTTON_HEIGHT, KeyButton
from widgets.parts.text_label import TextLabel
from widgets.theme.appearance import current_tokens
from widgets.theme.fonts import SEMIBOLD
from widgets.theme.tokens import qcolor

_WIDTH = 560
_INSET = 32


class SignIn(QWidget):
    """The first window. It knows invitations, not sessions: whoever made it connects and says how that went.

    Parameters
    ----------
    files : InvitationFiles
        Reads and keeps invitations.
    address : str
        Offered in place of the invitation's own addresses, if given.
    prefers : str
        The transport that is chosen where an invitation offers it.
    """

    signed = Signal(object, str)
    """The `Invitation` and the address to connect to."""

    def __init__(
        self, files: InvitationFiles, *, address: str = "", prefers: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._files, self._address, self._prefers = files, address, prefers
        self._invitation: Invitation | None = None
        self.setWindowTitle(self.tr("Tower, sign in"))
        self.setFixedWidth(_WIDTH)
        self.field = QLineEdit()
        self.transports = ChipGroup()
        self.remember = Chip(self.tr("Remember on this desk"))
        self.enter = KeyButton(self.tr("Sign in"), "Enter", filled=True, height=DIALOG_BUTTON_HEIGHT)
        self._choose = KeyButton(self.tr("Choose a file"), height=DIALOG_BUTTON_HEIGHT)
        self._finding = TextLabel(px=13, ink="ink2")
        self._lay_out()
        self.field.textChanged.connect(self._read_line)
        self.field.returnPressed.connect(self.sign_in)
        self.enter.clicked.connect(self.sign_in)
        self._choose.clicked.connect(self._choose_file)
        files.read.connect(self.field.setText)
        files.failed.connect(lambda why: self.show_problem(self.tr("The file cannot be read: {why}").format(why=why)))
        self._read_line("")

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
        column.addWidget(TextLabel(self.tr("Paste the invitation that your administrator gave you."), ink="ink2"))
        column.addSpacing(4)
        column.addWidget(self.field)
        column.addWidget(self._finding)
        column.addWidget(TextLabel(self.tr("Connect over"), px=12, ink="ink3"))
        column.addWidget(self.transports)
        column.addSpacing(6)
        column.addWidget(self.remember)
        kept = self.tr("Keeps it in a file that only this user can read. Whoever has it can sign in as you.")
        column.addWidget(TextLabel(kept, px=12, ink="ink3"))
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
        if self._invitation is None or not self.enter.isEnabled():
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
        self.enter.setEnabled(self._invitation is not None)
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

    def _read_line(self, text: str) -> None:
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
        words = {"zeromq": self.tr("ZeroMQ, control room"), "websocket": self.tr("WebSocket, elsewhere")}
        shown = [kind_of(self._address)] if self._address and kinds else kinds or list(words)
        self.transports.set_chips([(kind, words[kind]) for kind in shown])
        if not self.transports.chosen():
            self.transports.choose([self._prefers] if self._prefers in shown else shown[:1])
        self.transports.setEnabled(bool(kinds))

    def _choose_file(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, self.tr("Choose an invitation"))
        if name:
            self._files.read_file(Path(name))
