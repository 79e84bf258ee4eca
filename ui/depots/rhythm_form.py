"""When waves close, in fields: times and days, for which depots and zones, what a wave takes, and breaks."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QVBoxLayout, QWidget

from app.arrangement_text import read_breaks, read_times, written_breaks, written_times
from core.dispatch.waves.rhythm import RhythmId, WaveRhythm
from core.fleet.depot import DepotId
from core.geofencing.active_hours import Weekday
from core.refusals import Refusal
from core.vocabulary import ZoneId
from ui.depots.form_rows import add_row, number_in, written_number
from ui.desk_context import DeskContext
from widgets.parts.chip_group import ChipGroup
from widgets.parts.read_only import make_chips_read_only, make_read_only


class RhythmForm(QWidget):
    """Shows a rhythm and reads what is written; nothing is kept here.

    Attributes
    ----------
    name, depots, closings, zones, lead, reach, breaks : the fields
    weekdays : chips of the days
    """

    changed = Signal()

    def __init__(self, context: DeskContext, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.name, self.depots, self.closings, self.zones = QLineEdit(), QLineEdit(), QLineEdit(), QLineEdit()
        self.lead, self.reach, self.breaks = QLineEdit(), QLineEdit(), QLineEdit()
        self.weekdays = ChipGroup(exclusive=False)
        self._lay_out()
        for field in self._fields():
            field.textChanged.connect(lambda _: self.changed.emit())
        self.weekdays.changed.connect(lambda _: self.changed.emit())

    def show_rhythm(self, rhythm: WaveRhythm | None) -> None:
        """Show a rhythm, or the fields of one that is not there yet: every day, for the only depot if there is one."""
        depots = tuple(self._context.store.operation.waves.depots)
        new = WaveRhythm(rhythm_id=RhythmId(""), name="", depot_ids=depots if len(depots) == 1 else (), closes_min=())
        shown = rhythm or new
        self.name.setText(shown.name)
        self.depots.setText(", ".join(shown.depot_ids))
        self.closings.setText(written_times(shown.closes_min))
        self.zones.setText(", ".join(self._zone_words(zone_id) for zone_id in shown.zone_ids))
        self.lead.setText(written_number(shown.lead_s / 60.0))
        self.reach.setText(written_number(shown.reach_s / 3600.0))
        self.breaks.setText(written_breaks(shown.breaks))
        self.weekdays.choose([day.value for day in shown.weekdays])

    def make_read_only(self) -> None:
        """Let the rhythm be read alone, with what holds where nothing is written."""
        empty = {self.zones: self.tr("everywhere"), self.breaks: self.tr("none")}
        for field in self._fields():
            make_read_only(field, empty.get(field, ""))
        make_chips_read_only(self.weekdays)

    def draft(self, rhythm_id: RhythmId) -> WaveRhythm:
        """Return the rhythm that is written.

        Raises
        ------
        Refusal
            Naming what is not understood.
        """
        return WaveRhythm(
            rhythm_id=rhythm_id,
            name=self.name.text().strip(),
            depot_ids=tuple(self._depot(word) for word in _words(self.depots.text())),
            zone_ids=tuple(self._zone(word) for word in _words(self.zones.text())),
            closes_min=read_times(self.closings.text()),
            weekdays=tuple(Weekday(day) for day in self.weekdays.chosen()),
            lead_s=60.0 * number_in(self.lead.text(), self.tr("First loading after")),
            reach_s=3600.0 * number_in(self.reach.text(), self.tr("Takes what is promised within")),
            breaks=read_breaks(self.breaks.text()),
        )

    def _fields(self) -> tuple[QLineEdit, ...]:
        return self.name, self.depots, self.closings, self.zones, self.lead, self.reach, self.breaks

    def _depot(self, word: str) -> DepotId:
        """Return the depot of this id or name."""
        depots = self._context.store.operation.waves.depots
        found = [one for one in depots.values() if word.casefold() in (one.depot_id.casefold(), one.name.casefold())]
        if not found:
            raise Refusal("arrangement.unread", self.tr("There is no depot {word}.").format(word=word))
        return found[0].depot_id

    def _zone(self, word: str) -> ZoneId:
        """Return the zone of this id or name."""
        zones = self._context.store.operation.fleet.zones
        found = [one for one in zones.values() if word.casefold() in (one.zone_id.casefold(), one.name.casefold())]
        if not found:
            raise Refusal("arrangement.unread", self.tr("There is no zone {word}.").format(word=word))
        return found[0].zone_id

    def _zone_words(self, zone_id: ZoneId) -> str:
        zone = self._context.store.operation.fleet.zones.get(zone_id)
        return str(zone_id) if zone is None else zone.name

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        self.name.setMaxLength(120)
        self.depots.setPlaceholderText(self.tr("names or ids: Depot North, DP-2"))
        self.closings.setPlaceholderText("08:00, 13:00")
        self.zones.setPlaceholderText(self.tr("everywhere; or Centro, La Pampa"))
        self.breaks.setPlaceholderText(self.tr("none; or 12:00-14:00 30 min"))
        self.weekdays.set_chips([(day.value, words) for day, words in zip(Weekday, self._day_words(), strict=True)])
        add_row(grid, self.tr("Name"), self.name)
        add_row(grid, self.tr("Depots"), self.depots)
        add_row(grid, self.tr("Closes at"), self.closings)
        add_row(grid, self.tr("On"), self.weekdays)
        add_row(grid, self.tr("Doors in"), self.zones)
        add_row(grid, self.tr("First loading after"), self.lead, self.tr("min"))
        add_row(grid, self.tr("Takes what is promised within"), self.reach, self.tr("h"))
        add_row(grid, self.tr("Breaks"), self.breaks)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(grid)
        column.addStretch(1)

    def _day_words(self) -> tuple[str, ...]:
        """Return the days from Monday on."""
        return (
            *(self.tr("Mon"), self.tr("Tue"), self.tr("Wed"), self.tr("Thu")),
            *(self.tr("Fri"), self.tr("Sat"), self.tr("Sun")),
        )


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]
