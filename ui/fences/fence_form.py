"""The figures of the fence in hand: name, purpose, sizes with units, hours, groups, and who is told."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QVBoxLayout, QWidget

from app.active_hours_text import read_hours, written_hours
from app.fence_drawing import FenceDrawing
from core.geofencing.fence import DESK_ROLES, FenceKind, FencePurpose, FenceTrigger
from core.refusals import Refusal
from core.vocabulary import Role
from ui.fences.fence_words import purpose_word, trigger_word
from ui.names import role_word
from widgets.parts.chip_group import Chip, ChipGroup
from widgets.parts.choice_box import ChoiceBox
from widgets.parts.text_label import TextLabel

_FIELD_WIDTH = 84


@dataclass(frozen=True, slots=True)
class _Figure:
    """A number of a fence: shown in a unit that is `per_unit` of its own."""

    label: str
    unit: str
    per_unit: float = 1.0
    is_whole: bool = False


class FenceForm(QWidget):
    """Shows a drawing's figures and tells what is typed; nothing is kept here.

    Attributes
    ----------
    name, purpose, trigger, hours, groups, tells, along_streets : the fields
    numbers : by figure, the fields of numbers
    """

    figures_changed = Signal(str, object)
    """A field's name and the values by the fence's own names."""
    radius_changed = Signal(float)
    width_changed = Signal(float)
    streets_wanted = Signal(bool)
    unread = Signal(str)
    """Why what stands in a field is not understood; empty once it is."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._figures = self._known_figures()
        self._labels: dict[str, list[QWidget]] = {}
        self.name, self.hours, self.groups = QLineEdit(), QLineEdit(), QLineEdit()
        self.purpose, self.trigger = ChoiceBox(), ChoiceBox()
        self.numbers = {key: QLineEdit() for key in self._figures}
        self.along_streets = Chip(self.tr("Along streets"))
        self.tells = ChipGroup(exclusive=False)
        self._fill_choices()
        self._lay_out()
        self._listen()

    def _known_figures(self) -> dict[str, _Figure]:
        metres, minutes = self.tr("m"), self.tr("min")
        return {
            "radius": _Figure(self.tr("Radius"), metres),
            "width": _Figure(self.tr("Width"), metres),
            "leave_margin_m": _Figure(self.tr("Leave margin"), metres),
            "confirm_fixes": _Figure(self.tr("Confirmed by"), self.tr("fixes"), is_whole=True),
            "accuracy_limit_m": _Figure(self.tr("Fixes no worse than"), metres),
            "dwell_s": _Figure(self.tr("Stays after"), minutes, per_unit=60.0),
            "speed_limit_mps": _Figure(self.tr("Speed limit"), self.tr("km/h"), per_unit=1.0 / 3.6),
        }

    def _fill_choices(self) -> None:
        for purpose in FencePurpose:
            self.purpose.addItem(purpose_word(purpose), purpose)
        for trigger in FenceTrigger:
            self.trigger.addItem(trigger_word(trigger), trigger)
        self.tells.set_chips([(role.value, role_word(role)) for role in DESK_ROLES])
        self.name.setMaxLength(120)
        self.hours.setPlaceholderText(self.tr("always; or mon-fri 08:00-18:00"))
        self.groups.setPlaceholderText(self.tr("every vehicle; or vans, night"))

    # --- placing -----------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnStretch(1, 1)
        self._add("name", self.tr("Name"), self.name)
        self._add("purpose", self.tr("Purpose"), self.purpose)
        self._add("trigger", self.tr("Told of"), self.trigger)
        for key, figure in self._figures.items():
            self._add_number(key, figure)
            if key == "width":
                self._add("along_streets", "", self.along_streets)
                self._grid.setAlignment(self.along_streets, Qt.AlignmentFlag.AlignRight)
        self._add("hours", self.tr("Hours"), self.hours)
        self._add("groups", self.tr("Groups"), self.groups)
        column.addLayout(self._grid)
        column.addWidget(TextLabel(self.tr("Who is told"), px=12, ink="ink2"))
        column.addWidget(self.tells)
        self.tells.setAccessibleName(self.tr("Who is told"))

    def _add(self, key: str, label: str, field: QWidget) -> None:
        row = self._grid.rowCount()
        said = TextLabel(label, px=12, ink="ink2")
        self._grid.addWidget(said, row, 0)
        self._grid.addWidget(field, row, 1, 1, 2)
        field.setMinimumHeight(28)
        if label:
            field.setAccessibleName(label)
        self._labels[key] = [said, field]

    def _add_number(self, key: str, figure: _Figure) -> None:
        row, field = self._grid.rowCount(), self.numbers[key]
        said, unit = TextLabel(figure.label, px=12, ink="ink2"), TextLabel(figure.unit, px=12, ink="ink2")
        field.setFixedWidth(_FIELD_WIDTH)
        field.setMinimumHeight(28)
        field.setAlignment(Qt.AlignmentFlag.AlignRight)
        field.setAccessibleName(f"{figure.label}, {figure.unit}")
        self._grid.addWidget(said, row, 0)
        self._grid.addWidget(field, row, 1, Qt.AlignmentFlag.AlignRight)
        self._grid.addWidget(unit, row, 2)
        self._labels[key] = [said, field, unit]

    def _listen(self) -> None:
        self.name.textChanged.connect(lambda text: self.figures_changed.emit("name", {"name": text.strip()}))
        self.purpose.activated.connect(lambda _: self._tell("purpose", FencePurpose(self.purpose.currentData())))
        self.trigger.activated.connect(lambda _: self._tell("trigger", FenceTrigger(self.trigger.currentData())))
        self.hours.textChanged.connect(self._read_hours)
        self.groups.textChanged.connect(self._read_groups)
        self.tells.changed.connect(lambda keys: self._tell("tells", tuple(Role(key) for key in keys)))
        self.along_streets.clicked.connect(self.streets_wanted)
        for key, field in self.numbers.items():
            field.textChanged.connect(lambda text, key=key: self._read_number(key, text))

    # --- what is shown -----------------------------------------------------------------------------------------------

    def show_drawing(self, drawing: FenceDrawing) -> None:
        """Show a drawing's figures; the field that has the focus keeps what is typed in it while it means the same."""
        fence = drawing.fence
        self._write(self.name, fence.name)
        self._write(self.hours, written_hours(fence.hours))
        self._write(self.groups, ", ".join(fence.groups))
        for field, value in ((self.purpose, fence.purpose), (self.trigger, fence.trigger)):
            with QSignalBlocker(field):
                field.setCurrentIndex(field.findData(value))
        values = {
            "radius": drawing.radius_m,
            "width": drawing.width_m,
            "leave_margin_m": fence.leave_margin_m,
            "confirm_fixes": fence.confirm_fixes,
            "accuracy_limit_m": fence.accuracy_limit_m,
            "dwell_s": fence.dwell_s,
            "speed_limit_mps": fence.speed_limit_mps,
        }
        for key, number in values.items():
            self._write(self.numbers[key], f"{number / self._figures[key].per_unit:g}")
        self.tells.choose([role.value for role in fence.tells])
        self.along_streets.setChecked(drawing.follows_streets)
        self._show_those_of(drawing.kind)

    def _show_those_of(self, kind: FenceKind) -> None:
        shown = {
            "radius": kind is FenceKind.CIRCLE,
            "width": kind is FenceKind.CORRIDOR,
            "along_streets": kind is FenceKind.CORRIDOR,
        }
        for key, is_shown in shown.items():
            for part in self._labels[key]:
                part.setVisible(is_shown)

    @staticmethod
    def _write(field: QLineEdit, text: str) -> None:
        if field.text().strip() != text and not field.hasFocus():
            with QSignalBlocker(field):
                field.setText(text)

    # --- what is typed -----------------------------------------------------------------------------------------------

    def _tell(self, field: str, value: object) -> None:
        self.figures_changed.emit(field, {field: value})

    def _read_hours(self, text: str) -> None:
        try:
            hours = read_hours(text)
        except Refusal as refusal:
            self.unread.emit(refusal.sentence)
            return
        self.unread.emit("")
        self._tell("hours", hours)

    def _read_groups(self, text: str) -> None:
        groups = tuple(dict.fromkeys(group.strip() for group in text.split(",") if group.strip()))
        self._tell("groups", groups)

    def _read_number(self, key: str, text: str) -> None:
        figure = self._figures[key]
        try:
            value = float(text.replace(",", ".")) * figure.per_unit
        except ValueError:
            value = float("nan")
        if not 0.0 <= value < float("inf") or (figure.is_whole and value != int(value)):
            words = self.tr("{field}: a number is wanted, in {unit}.")
            self.unread.emit(words.format(field=figure.label, unit=figure.unit))
            return
        self.unread.emit("")
        if key == "radius":
            self.radius_changed.emit(value)
        elif key == "width":
            self.width_changed.emit(value)
        else:
            self._tell(key, int(value) if figure.is_whole else value)
