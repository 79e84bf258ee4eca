"""Shown when the desk itself failed: what happened, that it goes on, and the details, which can be saved."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QWidget

from ui.private_file import write_private
from widgets.parts.key_button import DIALOG_BUTTON_HEIGHT, KeyButton
from widgets.parts.modal_sheet import ModalSheet
from widgets.parts.text_label import ElidedLabel


class ReportSheet(ModalSheet):
    """One failure of the desk's own; later ones are added below while it is open.

    Parameters
    ----------
    over : QWidget
    folder : where reports are saved
    surroundings : what stands at the head of a saved report: versions, service, city
    stamp : the time now in a form that file names take
    """

    def __init__(self, over: QWidget, folder: Path, surroundings: Callable[[], str], stamp: Callable[[], str]) -> None:
        super().__init__(over, "", width=760, height=460)
        self._folder, self._surroundings, self._stamp = folder, surroundings, stamp
        self.set_words(
            self.tr("The desk made a mistake"),
            self.tr("It goes on, and nothing was sent that you did not send. The details are in its log."),
        )
        self.details = QPlainTextEdit()
        self.details.setReadOnly(True)
        self.details.setAccessibleName(self.tr("Details"))
        self.go_on = KeyButton(self.tr("Go on"), "Esc", filled=True, height=DIALOG_BUTTON_HEIGHT)
        self.go_on.clicked.connect(self.close_sheet)
        self.save = KeyButton(self.tr("Save the report"), height=DIALOG_BUTTON_HEIGHT)
        self.save.clicked.connect(self._save)
        self.said = ElidedLabel(px=12, ink="ink2")
        self.body.addWidget(self.details, 1)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.go_on)
        row.addWidget(self.save)
        row.addWidget(self.said, 1)
        self.body.addLayout(row)

    def add_report(self, details: str) -> None:
        """Show a failure."""
        if not self.isVisible():
            self.details.clear()
            self.said.setText("")
        self.details.appendPlainText(details)
        self.open_sheet()

    def _save(self) -> None:
        """Write what is shown to a file of its own, with the versions; it holds no names of people."""
        path = self._folder / f"report-{self._stamp()}.txt"
        try:
            write_private(path, f"{self._surroundings()}\n\n{self.details.toPlainText()}\n".encode())
        except OSError as error:
            self.said.set_ink("p2")
            self.said.setText(self.tr("Not saved: {why}").format(why=error.strerror or error))
            return
        self.said.set_ink("ink2")
        self.said.setText(self.tr("Saved: {path}").format(path=path))
