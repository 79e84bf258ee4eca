"""The dispatch policy on the desk: every value with its unit, for the city or one zone, changed by a supervisor."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from core.command_rights import PERMITTED
from core.commands import ChangePolicy
from core.dispatch.policy import DispatchPolicy
from core.dispatch.policy_fields import FIELDS, OF_CITY_IN_PLANS, OF_CITY_IN_ROUNDS, policy_in_force
from core.vocabulary import ZoneId
from core.wire import Problem
from ui.desk_context import DeskContext
from ui.policy_words import field_word, fits, groups, read, searchable, unit_word, with_unit, written
from widgets.formatting import clock_time, day
from widgets.parts.choice_box import ChoiceBox
from widgets.parts.key_button import DIALOG_BUTTON_HEIGHT, KeyButton
from widgets.parts.modal_sheet import ModalSheet
from widgets.parts.read_only import make_read_only
from widgets.parts.text_label import TextLabel
from widgets.theme.fonts import SEMIBOLD

_COLUMNS = 2
_FIELD_WIDTH = 84
_SEARCH_WIDTH = 340


class PolicySheet(ModalSheet):
    """Shows what decisions weigh; who may changes it, all marked values at once, with a reason.

    Attributes
    ----------
    search : leaves of the values those that are called so, or are written so
    fields : by name, what each value is written in
    """

    def __init__(self, over: QWidget, context: DeskContext) -> None:
        super().__init__(over, "", width=1280, height=820)
        self._context = context
        self._may_change = context.person.role in PERMITTED[ChangePolicy]
        self._seen = 0
        self.zones = ChoiceBox()
        self.search = QLineEdit()
        self.fields: dict[str, QLineEdit] = {}
        self._origins: dict[str, TextLabel] = {}
        self._listed: list[_Listed] = []
        self._nothing = TextLabel(px=13, ink="ink2")
        self.note = QLineEdit()
        self.enter = KeyButton(self.tr("Change"), "Enter", filled=True, height=DIALOG_BUTTON_HEIGHT)
        self.back = KeyButton(self.tr("Tower's own values"), height=DIALOG_BUTTON_HEIGHT)
        self.finding = TextLabel(px=13, ink="ink2")
        self._lay_out()
        self.zones.currentIndexChanged.connect(lambda _: self._show_values())
        self.search.textChanged.connect(lambda _: self._show_found())
        self.note.textChanged.connect(lambda _: self._show_changes())
        self.note.returnPressed.connect(self.change)
        self.enter.clicked.connect(self.change)
        self.back.clicked.connect(self._write_defaults)

    def open_sheet(self) -> None:
        """Show the policy as it is in force now."""
        operation = self._context.store.operation
        self.zones.blockSignals(True)
        self.zones.clear()
        self.zones.addItem(self.tr("Whole city"), None)
        for zone in sorted(operation.fleet.zones.values(), key=lambda zone: zone.name):
            self.zones.addItem(zone.name, zone.zone_id)
        self.zones.blockSignals(False)
        self.note.clear()
        self.search.clear()
        self._show_values()
        super().open_sheet()
        self.search.setFocus(Qt.FocusReason.PopupFocusReason)

    @property
    def zone_id(self) -> ZoneId | None:
        """Whose values are shown; ``None`` for the whole city."""
        chosen = self.zones.currentData()
        return None if chosen is None else ZoneId(chosen)

    def changes(self) -> dict[str, float]:
        """Return the values that were written otherwise than they are in force, by field."""
        now = self._in_force()
        found = {}
        for name, field in self.fields.items():
            value = read(name, field.text(), self._context.city)
            if value is not None and field.isEnabled() and abs(value - FIELDS[name].value_in(now)) > 1e-9:
                found[name] = value
        return found

    def change(self) -> None:
        """Ask the service to carry the changes out."""
        changes = self.changes()
        if not (self.enter.isEnabled() and changes):
            return
        defaults, own = DispatchPolicy(), self._own_values()
        values: dict[str, float | None] = {
            name: None if name in own and value == FIELDS[name].value_in(defaults) and self.zone_id is None else value
            for name, value in changes.items()
        }
        command = ChangePolicy(values=values, zone_id=self.zone_id, note=self.note.text(), based_on=self._seen)
        self._say(self.tr("Changing …"))
        self.enter.setEnabled(False)
        pending = self._context.operations.command(self.tr("Change the policy"), command)
        pending.finished.connect(lambda _: self._changed())
        pending.refused.connect(self._refused)

    # --- placing ---

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(10)
        self.zones.setAccessibleName(self.tr("Holds for"))
        self.zones.setMinimumWidth(220)
        head.addWidget(TextLabel(self.tr("Holds for"), ink="ink2"))
        head.addWidget(self.zones)
        head.addStretch(1)
        self.search.setPlaceholderText(self.tr("Find a value by its name, unit or help"))
        self.search.setAccessibleName(self.tr("Find a value"))
        self.search.setMinimumWidth(_SEARCH_WIDTH)
        head.addWidget(self.search)
        self.body.addLayout(head)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._nothing.setVisible(False)
        self.body.addWidget(self._nothing)
        self.body.addWidget(self._values(), 1)
        self.note.setPlaceholderText(self.tr("Why? It stands in the log of decisions."))
        self.note.setAccessibleName(self.tr("Reason"))
        self.note.setMaxLength(500)
        self.note.setMinimumHeight(34)
        self.finding.setWordWrap(True)
        self.finding.setMinimumHeight(20)
        self.body.addWidget(self.finding)
        self.body.addWidget(self.note)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.enter)
        buttons.addWidget(self.back)
        buttons.addStretch(1)
        self.body.addLayout(buttons)
        for part in (self.note, self.enter, self.back):
            part.setVisible(self._may_change)

    def _values(self) -> QScrollArea:
        inside = QWidget()
        columns = QHBoxLayout(inside)
        columns.setContentsMargins(0, 0, 12, 0)
        columns.setSpacing(36)
        for listed in _in_columns(groups()):
            column = QVBoxLayout()
            column.setSpacing(14)
            for title, names in listed:
                column.addLayout(self._group(title, names))
            column.addStretch(1)
            columns.addLayout(column, 1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(inside)
        return area

    def _group(self, title: str, names: list[str]) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(0, 1)
        grid.setColumnMinimumWidth(2, 90)
        grid.setColumnMinimumWidth(3, 78)
        heading = TextLabel(title, weight=SEMIBOLD)
        grid.addWidget(heading, 0, 0, 1, 4)
        rows = []
        for row, name in enumerate(names, start=1):
            field = self.fields[name] = QLineEdit()
            field.setFixedWidth(_FIELD_WIDTH)
            field.setAlignment(Qt.AlignmentFlag.AlignRight)
            field.setAccessibleName(f"{title}: {field_word(name)}")
            field.setToolTip(self._range(name))
            if not self._may_change:  # to be read, so not as faint as what is off
                make_read_only(field)
            field.textChanged.connect(lambda _: self._show_changes())
            field.returnPressed.connect(self.change)
            origin = self._origins[name] = TextLabel(px=12, ink="ink3")
            label, unit = TextLabel(field_word(name)), TextLabel(unit_word(name, self._context.city), px=12, ink="ink2")
            for place, part in enumerate((label, field, unit, origin)):
                grid.addWidget(part, row, place)
            words = searchable(title, name, label.text(), unit.text(), field.toolTip())
            rows.append(_Row(words, (label, field, unit, origin)))
        self._listed.append(_Listed(heading, tuple(rows)))
        return grid

    def _range(self, name: str) -> str:
        field, city = FIELDS[name], self._context.city
        least, most = written(name, field.least, city), with_unit(name, field.most, city)
        own = with_unit(name, field.value_in(DispatchPolicy()), city)
        words = self.tr("{least} to {most}; Tower comes with {own}").format(least=least, most=most, own=own)
        lines = [words]
        if not field.of_zone:
            lines.append(self.tr("Holds in the whole city"))
        if name in OF_CITY_IN_PLANS:
            lines.append(self.tr("A zone may have its own; improving plans weighs the whole city’s"))
        if name in OF_CITY_IN_ROUNDS:
            lines.append(self.tr("A zone may have its own; who gets which order of a round weighs the whole city’s"))
        return "\n".join(lines)

    # --- showing ---

    def _show_found(self) -> None:
        """Show the values that are looked for; what was written in others still counts."""
        wanted, found = self.search.text(), 0
        for group in self._listed:
            fitting = [fits(wanted, row.words) for row in group.rows]
            group.heading.setVisible(any(fitting))
            for row, is_found in zip(group.rows, fitting, strict=True):
                for part in row.parts:
                    part.setVisible(is_found)
            found += sum(fitting)
        words = self.tr("No value has “{words}” in its name, unit or help. Esc shows all again.")
        self._nothing.setText(words.format(words=wanted.strip()))
        self._nothing.setVisible(not found)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+F goes to the search; Esc clears it before it closes the sheet."""
        if event.matches(QKeySequence.StandardKey.Find):
            self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.search.selectAll()
        elif event.key() == Qt.Key.Key_Escape and self.search.text():
            self.search.clear()
        else:
            super().keyPressEvent(event)

    def _own_values(self) -> dict[str, float]:
        return self._context.store.operation.policy.values(self.zone_id)

    def _in_force(self) -> DispatchPolicy:
        return policy_in_force(DispatchPolicy(), self._context.store.operation.policy, self.zone_id)

    def _show_values(self) -> None:
        book, now = self._context.store.operation.policy, self._in_force()
        self._seen = book.number
        self.set_words(self.tr("Dispatch policy"), self._last_change())
        for name, field in self.fields.items():
            of_zone = self.zone_id is not None
            field.setText(written(name, FIELDS[name].value_in(now), self._context.city))
            field.setEnabled(not self._may_change or FIELDS[name].of_zone or not of_zone)
            if of_zone and name in book.values(self.zone_id):
                self._origins[name].setText(self.tr("this zone"))
            elif of_zone and not FIELDS[name].of_zone:
                self._origins[name].setText(self.tr("whole city"))
            else:
                self._origins[name].setText(self.tr("set here") if name in book.city else "")
        self._show_changes()

    def _last_change(self) -> str:
        book = self._context.store.operation.policy
        if book.changed_at is None:
            return self.tr("What decisions weigh, and where they stop. Nobody has changed anything yet.")
        at = f"{day(book.changed_at, self._context.zone)} {clock_time(book.changed_at, self._context.zone)}"
        words = self.tr("What decisions weigh, and where they stop. Change {number}, {time}, by {person}.")
        return words.format(number=book.number, time=at, person=book.changed_by)

    def _show_changes(self) -> None:
        if not self._may_change:
            self._say(self.tr("A supervisor or an administrator changes these."))
            return
        wrong = [name for name, field in self.fields.items() if field.isEnabled() and not self._is_sound(name)]
        changes = self.changes()
        self.enter.setEnabled(bool(changes) and not wrong and bool(self.note.text().strip()))
        if wrong:
            self._say(f"{field_word(wrong[0])}: {self._range(wrong[0])}", is_wrong=True)
        elif not changes:
            self._say(self.tr("Write another value to change it."))
        else:
            self._say(self._in_words(changes))

    def _in_words(self, changes: dict[str, float]) -> str:
        now, city = self._in_force(), self._context.city
        each = [
            f"{field_word(name)} {written(name, FIELDS[name].value_in(now), city)} → {with_unit(name, value, city)}"
            for name, value in changes.items()
        ]
        return " · ".join(each)

    def _is_sound(self, name: str) -> bool:
        value, field = read(name, self.fields[name].text(), self._context.city), FIELDS[name]
        if value is None or not field.least <= value <= field.most:
            return False
        return not field.is_whole or value == round(value)

    def _write_defaults(self) -> None:
        """Write Tower's own values into the fields that are shown; nothing holds before it is changed."""
        defaults = DispatchPolicy()
        for name, field in self.fields.items():
            if field.isEnabled() and field.isVisibleTo(self):
                field.setText(written(name, FIELDS[name].value_in(defaults), self._context.city))

    def _changed(self) -> None:
        self.note.clear()
        self._show_values()
        self._say(self.tr("Changed. It holds from the next round on."))

    def _refused(self, problem: Problem) -> None:
        self.enter.setEnabled(True)
        self._say(problem.detail, is_wrong=True)

    def _say(self, words: str, *, is_wrong: bool = False) -> None:
        self.finding.set_ink("p1" if is_wrong else "ink2")
        self.finding.setText(words)


@dataclass(frozen=True, slots=True)
class _Row:
    """A value on the sheet: what it can be found by, and its parts."""

    words: str
    parts: tuple[QWidget, ...]


@dataclass(frozen=True, slots=True)
class _Listed:
    """Values under one heading."""

    heading: TextLabel
    rows: tuple[_Row, ...]


def _in_columns(listed: list[tuple[str, list[str]]]) -> list[list[tuple[str, list[str]]]]:
    """Return the groups in columns of about as many rows, in their order; a heading is a row as well."""
    rows = sum(len(names) + 1 for _, names in listed)
    columns: list[list[tuple[str, list[str]]]] = [[] for _ in range(_COLUMNS)]
    placed = 0
    for title, names in listed:
        columns[min(_COLUMNS - 1, placed * _COLUMNS // rows)].append((title, names))
        placed += len(names) + 1
    return columns
