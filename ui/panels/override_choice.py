"""Choosing the driver of an override: the alternatives first, then everybody on shift, narrowed by what is typed."""

from __future__ import annotations

import unicodedata
from math import inf

import numpy as np
from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from core.dispatch.decision import Alternative
from core.fleet.fleet import DriverStatus
from core.geodesy import distance_m
from core.vocabulary import DriverId, OrderId
from ui.desk_context import DeskContext
from ui.names import driver_name, status_word
from ui.panels import recommendation_words
from widgets.parts.text_label import TextLabel
from widgets.tables.columns import Cell, Column, Kind, Record
from widgets.tables.dense_table import CALM_ROW, DenseTable
from widgets.tables.record_model import RecordModel

WAITS = "nobody"
"""The key of the row for nobody: the order waits for a driver of its own."""

_STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}


class OverrideChoice(QWidget):
    """A field and the drivers that fit it; Enter takes the marked one, the arrow keys mark another."""

    chosen = Signal(str)
    """The driver whom a person took, or `WAITS`."""

    def __init__(self, context: DeskContext, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._order_id = OrderId("")
        self._may_wait = False
        self._ranks: dict[DriverId, tuple[bool, float, str]] = {}
        self.field = QLineEdit()
        self.field.setPlaceholderText(self.tr("Driver by name or number"))
        self.field.setAccessibleName(self.tr("Driver by name or number"))
        self.field.installEventFilter(self)
        self._model = RecordModel(self._columns(), self)
        self.table = DenseTable(self._model, row_height=CALM_ROW)
        self.table.setAccessibleName(self.tr("Drivers"))
        self._nobody = TextLabel(self.tr("Nobody on shift is called so."), px=12, ink="ink2")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for part in (self.field, self._nobody, self.table):
            column.addWidget(part)
        self.field.textChanged.connect(self.refresh)
        self.table.opened.connect(self.chosen)

    def _columns(self) -> list[Column]:
        return [
            Column("driver", self.tr("Driver"), Kind.KEY, width=180),
            Column("number", self.tr("Number"), width=96),
            Column("status", self.tr("State"), width=96),
            Column("away", self.tr("Away"), Kind.NUMBER, unit=self.tr("km"), width=90, decimals=1),
            Column("arrives", self.tr("Arrives"), Kind.TIME, width=100),
            Column("versus", self.tr("vs promise"), Kind.SIGNED, width=96),
            Column("cost", self._context.city.currency, Kind.NUMBER, width=90),
            Column("why", self.tr("Why, why not"), stretches=True),
        ]

    def show_for(self, order_id: OrderId, *, may_wait: bool = False, preferred: DriverId | None = None) -> None:
        """Offer the drivers for an order, with an empty field; with `may_wait` also nobody, `preferred` marked."""
        self._order_id, self._may_wait = order_id, may_wait
        self._ranks.clear()
        self.table.select_key(None)  # who was marked for another order is not meant for this one
        self.field.clear()
        self.refresh()
        if preferred is not None:
            self.table.select_key(preferred)
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def refresh(self) -> None:
        """Look again who is on shift; the marked driver stays marked while listed."""
        wanted = _folded(self.field.text().strip())
        records = [record for record in self._records() if wanted in _searchable(record)]
        marked = self.table.selected_key()
        self._model.show_records(records)
        self._model.apply_pending()
        self._nobody.setVisible(not records)
        keys = [record.key for record in records]
        self.table.select_key(marked if marked in keys else keys[0] if keys else None)

    def _records(self) -> list[Record]:
        operation = self._context.store.operation
        order = operation.orders.orders.get(self._order_id)
        current = order.driver_id if order is not None else None
        proposal = operation.decisions.standing.get(self._order_id)
        known = {a.driver_id: a for a in (proposal.alternatives if proposal is not None else ()) if a.driver_id}
        on_shift = {one for one in operation.fleet.drivers if operation.fleet.status_of(one) is not DriverStatus.OFF}
        others = sorted(on_shift - known.keys(), key=self._usefulness)
        possible = [driver_id for driver_id, alternative in known.items() if alternative.is_possible]
        impossible = [driver_id for driver_id, alternative in known.items() if not alternative.is_possible]
        listed = [driver_id for driver_id in (*possible, *others, *impossible) if driver_id != current]
        records = [self._record(driver_id, known.get(driver_id)) for driver_id in listed]
        return [self._nobody_yet(), *records] if self._may_wait else records

    def _usefulness(self, driver_id: DriverId) -> tuple[bool, float, str]:
        """Order drivers of whom nothing was counted: the free, the near first, as they were when the choice began."""
        if driver_id not in self._ranks:
            operation, away_km = self._context.store.operation, self._away_km(driver_id)
            is_busy = operation.fleet.status_of(driver_id) is not DriverStatus.FREE
            self._ranks[driver_id] = is_busy, inf if away_km is None else away_km, driver_name(operation, driver_id)
        return self._ranks[driver_id]

    def _away_km(self, driver_id: DriverId) -> float | None:
        """Return how far a driver is from where the order is picked up, as the crow flies; None if not seen."""
        store = self._context.store
        order, driver = store.operation.orders.orders.get(self._order_id), store.operation.fleet.drivers.get(driver_id)
        row = store.fleet.row_of(driver.vehicle_id) if driver is not None and driver.vehicle_id is not None else None
        if order is None or row is None:
            return None
        here = np.array([store.fleet.lat[row], store.fleet.lon[row]])
        pickup = order.pickup.position
        return float(distance_m(here, np.array([pickup.lat, pickup.lon]))) / 1000.0

    def _nobody_yet(self) -> Record:
        blank = Cell(None, " ")
        why = self.tr("waits for a driver of its own")
        return Record(WAITS, (self.tr("Nobody yet"), "", "", blank, blank, blank, blank, why))

    def _record(self, driver_id: DriverId, alternative: Alternative | None) -> Record:
        operation = self._context.store.operation
        is_known = driver_id in operation.fleet.drivers
        proposal = operation.decisions.standing.get(self._order_id)
        unknown = Cell(None, words="–", ink="ink3")
        forecast: tuple[object, ...] = (unknown, unknown, unknown, unknown)
        if proposal is not None and alternative is not None:
            forecast = recommendation_words.alternative_row(self._context, proposal, alternative).cells[2:]
        status = status_word(operation.fleet.status_of(driver_id)) if is_known else ""
        away_km = self._away_km(driver_id)
        away = unknown if away_km is None else away_km
        return Record(driver_id, (driver_name(operation, driver_id), driver_id, status, away, *forecast))

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Walk the drivers from the field, and take one."""
        if not isinstance(event, QKeyEvent) or event.type() is not QEvent.Type.KeyPress:
            return False
        key = Qt.Key(event.key())
        if key in _STEPS:
            self._mark(_STEPS[key])
            return True
        marked = self.table.selected_key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and marked is not None:
            self.chosen.emit(marked)
            return True
        return False

    def _mark(self, step: int) -> None:
        marked, rows = self.table.selected_key(), self._model.rowCount()
        at = self._model.row_of(marked) if marked is not None else None
        if rows:
            row = 0 if at is None else min(max(at + step, 0), rows - 1)
            self.table.select_key(self._model.key_at(row))


def _searchable(record: Record) -> str:
    return _folded(f"{record.cells[0]} {record.cells[1]}")


def _folded(text: str) -> str:
    """Return text without case and accents: people type "diaz" for Díaz."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in parts if not unicodedata.combining(letter))
