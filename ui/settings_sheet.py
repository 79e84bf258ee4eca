"""The settings page: every choice of this desk with what it does, and the remembered invitation."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from ui.desk_settings import Option, SettingsFile, options
from ui.invitation_file import InvitationFiles
from widgets.parts.chip_group import ChipGroup
from widgets.parts.key_button import DIALOG_BUTTON_HEIGHT, KeyButton
from widgets.parts.modal_sheet import ModalSheet
from widgets.parts.text_label import TextLabel
from widgets.theme.fonts import SEMIBOLD


class SettingsSheet(ModalSheet):
    """Shows and changes the settings; each choice holds at once.

    Parameters
    ----------
    over : QWidget
    settings : SettingsFile
    invitations : InvitationFiles
        Keeps the invitation that a person may want forgotten.
    """

    reset_layout_asked = Signal()

    def __init__(self, over: QWidget, settings: SettingsFile, invitations: InvitationFiles) -> None:
        super().__init__(over, "", width=760, height=560)
        self.set_words(self.tr("Settings"), self.tr("They hold for this desk, at once, whoever signs in."))
        self._settings, self._invitations = settings, invitations
        self.chips: dict[str, ChipGroup] = {}
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(24)
        self._grid.setVerticalSpacing(14)
        self._grid.setColumnMinimumWidth(0, 150)
        self._grid.setColumnStretch(1, 1)
        for option in options():
            self._add(option.name, self._choices(option), option.help)
        self._add_invitation()
        self._add_layout()
        self.problem = TextLabel(settings.problem, px=12, ink="p2")
        self.problem.setWordWrap(True)
        self.problem.setVisible(bool(settings.problem))
        self.body.addLayout(self._grid)
        self.body.addWidget(self.problem)
        self.body.addStretch(1)
        settings.changed.connect(self._show_current)
        settings.failed.connect(self.show_problem)
        self._show_current()

    def show_problem(self, words: str) -> None:
        """Say what could not be read or kept."""
        self.problem.setText(words)
        self.problem.setVisible(bool(words))

    def _add(self, name: str, control: QWidget, help_words: str) -> None:
        row = self._grid.rowCount()
        words = TextLabel(help_words, px=12, ink="ink2")
        words.setWordWrap(True)
        right = QVBoxLayout()
        right.setSpacing(4)
        right.addWidget(control, 0, Qt.AlignmentFlag.AlignLeft)
        right.addWidget(words)
        label = TextLabel(name, weight=SEMIBOLD)
        label.setMinimumHeight(24)
        self._grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addLayout(right, row, 1)

    def _choices(self, option: Option) -> ChipGroup:
        group = ChipGroup()
        group.setAccessibleName(option.name)
        group.set_chips([(str(value), words) for value, words in option.choices])
        values = {str(value): value for value, _ in option.choices}
        group.changed.connect(lambda keys: self._settings.change(**{option.field: values[keys[0]]}))
        self.chips[option.field] = group
        return group

    def _show_current(self) -> None:
        for field, group in self.chips.items():
            group.choose([str(getattr(self._settings.current, field))])

    def _add_invitation(self) -> None:
        self.forget = KeyButton(self.tr("Forget it"), height=DIALOG_BUTTON_HEIGHT)
        self._kept = TextLabel(self.tr("forgotten"), px=12, ink="ink2")
        self._kept.hide()
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.forget)
        line.addWidget(self._kept)
        self.forget.clicked.connect(self._forget)
        self._add(
            self.tr("Invitation"),
            row,
            self.tr("Removes the invitation remembered on this desk. The next start asks for one; you stay signed in."),
        )

    def _add_layout(self) -> None:
        self.reset_layout = KeyButton(self.tr("Reset the layout"), height=DIALOG_BUTTON_HEIGHT)
        self.reset_layout.clicked.connect(self.reset_layout_asked)
        self._add(
            self.tr("Panels"),
            self.reset_layout,
            self.tr("Puts the panels of this workspace back where they were at first."),
        )

    def _forget(self) -> None:
        self._invitations.forget()
        self._kept.show()
