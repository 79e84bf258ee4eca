"""What a depot is, in fields: its name, its place by degrees, address or map, its hours, and who drives from it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from app.arrangement_text import read_crew, read_place, read_span, written_crew, written_place, written_span
from core.fleet.depot import Depot, DepotId
from core.operations import PlacesFound
from core.refusals import Refusal
from core.vocabulary import Position
from ui.depots.form_rows import add_row, number_in, written_number
from ui.desk_context import DeskContext
from widgets.parts.key_button import KeyButton
from widgets.parts.read_only import make_read_only
from widgets.parts.text_label import TextLabel

_NO_POSITION = "depot.place_unread"


class DepotForm(QWidget):
    """Shows a depot and reads what is written; nothing is kept here.

    Attributes
    ----------
    name, place, address, hours, loading, crew : the fields
    on_map : asks for a click on the map
    """

    changed = Signal()
    place_wanted = Signal()
    """The place is to be shown on the map."""
    said = Signal(str, bool)
    """What came of looking an address up, and whether nothing did."""

    def __init__(self, context: DeskContext, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.name, self.place, self.address = QLineEdit(), QLineEdit(), QLineEdit()
        self.hours, self.loading = QLineEdit(), QLineEdit()
        self.crew = QPlainTextEdit()
        self.on_map = KeyButton(self.tr("Point on the map"))
        self._lay_out()
        for field in (self.name, self.place, self.address, self.hours, self.loading):
            field.textChanged.connect(lambda _: self.changed.emit())
        self.crew.textChanged.connect(self.changed)
        self.place.returnPressed.connect(self.look_up)
        self.on_map.clicked.connect(self.place_wanted)

    def show_depot(self, depot: Depot | None) -> None:
        """Show a depot, or the fields of one that is not there yet."""
        self.name.setText("" if depot is None else depot.name)
        self.place.setText("" if depot is None else written_place(depot.position))
        self.address.setText("" if depot is None else depot.address)
        self.hours.setText("" if depot is None else written_span(depot.opens_min, depot.closes_min))
        self.loading.setText("1" if depot is None else written_number(depot.loading_s / 60.0))
        self.crew.setPlainText("" if depot is None else written_crew(depot.crew))

    def show_place(self, position: Position) -> None:
        """Take a place in, such as a click on the map."""
        self.place.setText(written_place(position))

    def make_read_only(self) -> None:
        """Let the depot be read alone, with what holds where nothing is written."""
        self.on_map.hide()
        for field, empty in (
            (self.name, ""),
            (self.place, ""),
            (self.address, self.tr("not written down")),
            (self.hours, self.tr("all day")),
            (self.loading, ""),
            (self.crew, self.tr("nobody: whoever is free drives")),
        ):
            make_read_only(field, empty)

    def draft(self, depot_id: DepotId) -> Depot:
        """Return the depot that is written.

        Raises
        ------
        Refusal
            Naming what is not understood.
        """
        position = read_place(self.place.text())
        if position is None:
            raise Refusal(_NO_POSITION, self.tr("Where is it? Write an address and press Enter, or point on the map."))
        opens_min, closes_min = read_span(self.hours.text())
        return Depot(
            depot_id=depot_id,
            name=self.name.text().strip(),
            position=position,
            address=self.address.text().strip(),
            opens_min=opens_min,
            closes_min=closes_min,
            loading_s=60.0 * number_in(self.loading.text(), self.tr("Loading an order")),
            crew=read_crew(self.crew.toPlainText()),
        )

    def look_up(self) -> None:
        """Look an address up; degrees stay as they are."""
        words = self.place.text().strip()
        if words and read_place(words) is None:
            pending = self._context.operations.search_places(words, limit=1)
            pending.finished.connect(lambda result: self._take(words, result))
            pending.refused.connect(lambda problem: self.said.emit(problem.detail, True))

    def _take(self, words: str, result: object) -> None:
        assert isinstance(result, PlacesFound)
        if words != self.place.text().strip():
            return
        if not result.places:
            self.said.emit(self.tr("No place is called {words}.").format(words=words), True)
            return
        found = result.places[0]
        self.show_place(found.position)
        said = " · ".join(filter(None, (found.name, found.detail)))
        if not self.address.text().strip():
            self.address.setText(said)
        self.said.emit(self.tr("Found: {place}").format(place=said), False)

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        self.name.setMaxLength(120)
        self.place.setPlaceholderText(self.tr("a street, a place, or -29.90453, -71.24894"))
        self.hours.setPlaceholderText(self.tr("all day; or 06:00-20:00"))
        self.crew.setPlaceholderText(
            self.tr("one driver a line: D-042 V-042 08:00-16:00\nnobody: whoever is free drives")
        )
        self.crew.setAccessibleName(self.tr("Crew"))
        self.crew.setTabChangesFocus(True)
        place = QWidget()
        line = QHBoxLayout(place)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        line.addWidget(self.place, 1)
        line.addWidget(self.on_map)
        add_row(grid, self.tr("Name"), self.name)
        add_row(grid, self.tr("Place"), self.place, holder=place)
        add_row(grid, self.tr("Address"), self.address)
        add_row(grid, self.tr("Open"), self.hours)
        add_row(grid, self.tr("Loading an order"), self.loading, self.tr("min"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(grid)
        column.addWidget(TextLabel(self.tr("Crew: driver, vehicle, hours"), px=12, ink="ink2"))
        column.addWidget(self.crew, 1)
