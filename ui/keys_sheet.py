"""The list of keys, over the desk: those of the focused panel first, then every key of the catalogue."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from app.command_catalogue import CATALOGUE, CommandId
from core.vocabulary import Role
from ui.command_words import command_word, panel_keys
from widgets.parts.key_button import KeyHint
from widgets.parts.modal_sheet import ModalSheet
from widgets.parts.text_label import TextLabel
from widgets.theme.fonts import SEMIBOLD

_COLUMNS = 3
_COLUMN_WIDTH = 368


class KeysSheet(ModalSheet):
    """Every key and what it does.

    Parameters
    ----------
    over : QWidget
    role : Role
        Keys of commands that this role may not use are not listed.
    """

    def __init__(self, over: QWidget, role: Role) -> None:
        super().__init__(over, "", width=1200, height=720)
        self.set_words(self.tr("Keys"), self.tr("Single letters act while a list, a card or the map has the focus."))
        self._role = role
        self._of_panel, self._of_desk = QGridLayout(), QGridLayout()
        self._panel_title = TextLabel(weight=SEMIBOLD)
        for grid in (self._of_panel, self._of_desk):
            grid.setHorizontalSpacing(24)
            grid.setVerticalSpacing(8)
            for column in range(_COLUMNS):
                grid.setColumnStretch(column, 1)
                grid.setColumnMinimumWidth(column, _COLUMN_WIDTH)
        self.body.addWidget(self._panel_title)
        self.body.addLayout(self._of_panel)
        self.body.addSpacing(8)
        self.body.addWidget(TextLabel(self.tr("Everywhere"), weight=SEMIBOLD))
        self.body.addLayout(self._of_desk)
        self.body.addStretch(1)
        self.body.addWidget(
            TextLabel(self.tr("The command line and the palette take the same commands."), px=12, ink="ink2")
        )
        self._fill(self._of_desk, self._desk_keys())

    def open_for(self, panel: str, title: str) -> None:
        """Open it with the keys of a panel first.

        Parameters
        ----------
        panel : name of the panel that has the focus, empty for none
        title : what it is called
        """
        keys = panel_keys(panel)
        self._panel_title.setText(title)
        self._panel_title.setVisible(bool(keys))
        self._fill(self._of_panel, keys)
        self.open_sheet()

    def listed(self) -> list[str]:
        """Return what is listed, panel first: the key and what it does."""
        grids = (self._of_panel, self._of_desk)
        items = [grid.itemAt(at) for grid in grids for at in range(grid.count())]
        hints = [item.widget() for item in items if item is not None]
        return [hint.accessibleName() for hint in hints if isinstance(hint, KeyHint)]

    def _desk_keys(self) -> list[tuple[str, str]]:
        specs = [spec for spec in CATALOGUE if spec.keys and spec.is_for(self._role)]
        keys = [(" / ".join(spec.keys), command_word(spec.id)) for spec in specs if spec.id is not CommandId.KEYS]
        return [*keys, ("F1", command_word(CommandId.KEYS)), ("Esc", self.tr("back, close"))]

    def _fill(self, grid: QGridLayout, keys: list[tuple[str, str]]) -> None:
        while (item := grid.takeAt(0)) is not None:
            hint = item.widget()
            if hint is not None:
                hint.hide()
                hint.deleteLater()
        rows = -(-len(keys) // _COLUMNS)
        for number, (key, words) in enumerate(keys):
            grid.addWidget(KeyHint(key, words), number % rows, number // rows, Qt.AlignmentFlag.AlignLeft)
