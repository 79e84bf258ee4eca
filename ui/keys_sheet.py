"""The list of keys, over the desk."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from ui.command_bar import keys_in_words
from widgets.parts.key_button import KeyHint
from widgets.parts.modal_sheet import ModalSheet
from widgets.parts.text_label import TextLabel

_COLUMNS = 2


class KeysSheet(ModalSheet):
    """Every key and what it does."""

    def __init__(self, over: QWidget) -> None:
        super().__init__(over, "", width=640, height=460)
        self.set_words(self.tr("Keys"), self.tr("Single letters act while a list, a card or the map has the focus."))
        grid = QGridLayout()
        grid.setHorizontalSpacing(32)
        grid.setVerticalSpacing(8)
        moving = [("J K", self.tr("next, previous")), ("+ −", self.tr("zoom")), ("0", self.tr("whole area"))]
        keys = [*moving, ("F", self.tr("follow the vehicle")), *keys_in_words(), ("Esc", self.tr("back, close"))]
        rows = -(-len(keys) // _COLUMNS)
        for number, (key, words) in enumerate(keys):
            grid.addWidget(KeyHint(key, words), number % rows, number // rows, Qt.AlignmentFlag.AlignLeft)
        self.body.addLayout(grid)
        self.body.addWidget(TextLabel(self.tr("The command line takes the same commands, and an id alone finds it.")))
        self.body.addStretch(1)
