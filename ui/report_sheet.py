"""Shown when the desk itself failed: what happened, that it goes on, and the details to send."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QWidget

from widgets.parts.key_button import DIALOG_BUTTON_HEIGHT, KeyButton
from widgets.parts.modal_sheet import ModalSheet


class ReportSheet(ModalSheet):
    """One failure of the desk's own; later ones are added below while it is open."""

    def __init__(self, over: QWidget) -> None:
        super().__init__(over, "", width=760, height=420)
        self.set_words(
            self.tr("The desk made a mistake"),
            self.tr("It goes on, and nothing was sent that you did not send. The details are in its log."),
        )
        self._details = QPlainTextEdit()
        self._details.setReadOnly(True)
        self._details.setAccessibleName(self.tr("Details"))
        close = KeyButton(self.tr("Go on"), "Esc", filled=True, height=DIALOG_BUTTON_HEIGHT)
        close.clicked.connect(self.close_sheet)
        self.body.addWidget(self._details, 1)
        row = QHBoxLayout()
        row.addWidget(close)
        row.addStretch(1)
        self.body.addLayout(row)

    def add_report(self, details: str) -> None:
        """Show a failure."""
        if not self.isVisible():
            self._details.clear()
        self._details.appendPlainText(details)
        self.open_sheet()
