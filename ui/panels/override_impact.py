"""The impact of an override on a page: plans side by side, the customers affected, and the reason for the record."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from core.dispatch.decision import ImpactPreview, Outcome, OverrideMode, ReasonCode
from ui.desk_context import DeskContext
from ui.panels import override_places
from ui.panels import override_words as words
from ui.phrasebook import reason_word
from widgets.formatting import clock_time, number
from widgets.parts.chip_group import ChipGroup
from widgets.parts.comparison_table import ComparisonTable
from widgets.parts.key_button import KeyButton
from widgets.parts.loading_blocks import LoadingBlocks
from widgets.parts.place_sketch import PlaceSketch
from widgets.parts.text_label import ElidedLabel, TextLabel
from widgets.tables.columns import Column, Kind
from widgets.tables.dense_table import DenseTable
from widgets.tables.record_model import RecordModel
from widgets.theme.fonts import SEMIBOLD

_MODE_COLUMNS = (7, 8, 9)
"""The columns of the re-planned outcome in the table of customers."""


class OverrideImpact(QWidget):
    """Shows a preview and takes the reason; decides nothing."""

    edited = Signal()
    """Another column, reason or note."""

    def __init__(self, context: DeskContext, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._preview: ImpactPreview | None = None
        self.comparison = ComparisonTable(self.tr("Effect"))
        self.said = TextLabel(px=12, ink="ink2")
        self.said.setWordWrap(True)
        self.loading = LoadingBlocks([0.34, 0.22, 0.22, 0.22])
        self.count = ElidedLabel(px=12, ink="ink3")
        self._model = RecordModel(self._columns(), self)
        self.customers = DenseTable(self._model)
        self.customers.setAccessibleName(self.tr("Customers affected"))
        self.sketch = PlaceSketch(self.tr("Customers affected, on the map"))
        self.show_map = KeyButton(self.tr("Map"), "M")
        self.live_map = KeyButton(self.tr("On the live map"), "Ctrl+M")
        self._places = QStackedWidget()
        self.reasons = ChipGroup()
        self.reasons.set_chips([(reason.value, reason_word(reason)) for reason in ReasonCode])
        self.note = QLineEdit()
        self.note.setAccessibleName(self.tr("Note"))
        self._lay_out()
        self._show_note_hint()
        self.comparison.chosen.connect(self._take_mode)
        self.show_map.clicked.connect(self.turn_over)
        self.customers.chosen.connect(self.sketch.mark)
        self.sketch.chosen.connect(self._choose_customer)
        self.reasons.changed.connect(self._take_reason)
        self.note.textChanged.connect(lambda _: self.edited.emit())

    def _columns(self) -> list[Column]:
        return [
            Column("order", self.tr("Order"), Kind.KEY, width=90),
            Column("customer", self.tr("Customer"), width=110, stretches=True),
            Column("promise", self.tr("Promise"), Kind.TIME, width=84),
            Column("now", self.tr("Now"), Kind.TIME, width=100),
            Column("as_is", self.tr("As is"), Kind.TIME, width=100),
            Column("as_is_versus", self.tr("vs promise"), Kind.SIGNED, width=92),
            Column("as_is_risk", self.tr("Risk"), Kind.RISK, width=112),
            Column("replanned", self.tr("Re-planned"), Kind.TIME, width=100),
            Column("replanned_versus", self.tr("vs promise"), Kind.SIGNED, width=92),
            Column("replanned_risk", self.tr("Risk"), Kind.RISK, width=112),
            Column("message", self.tr("Message"), width=160),
        ]

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.comparison)
        column.addWidget(self.said)
        column.addWidget(self.loading, 1)
        column.addSpacing(4)
        head = _headed(TextLabel(self.tr("Customers affected"), weight=SEMIBOLD), self.count)
        head.addWidget(self.show_map)
        head.addWidget(self.live_map)
        column.addLayout(head)
        self._places.addWidget(self.customers)
        self._places.addWidget(self.sketch)
        column.addWidget(self._places, 1)
        required = ElidedLabel(self.tr("required, goes to the audit"), px=12, ink="ink3")
        column.addLayout(_headed(TextLabel(self.tr("Reason"), weight=SEMIBOLD), required))
        column.addWidget(self.reasons)
        column.addWidget(self.note)

    def start_over(self) -> None:
        """Forget preview, reason and note: another override begins."""
        self.reasons.choose([])
        self.note.clear()
        self._show_note_hint()
        self.show_counting()

    def show_counting(self) -> None:
        """Show blocks until there is a preview."""
        self._preview = None
        self.sketch.show_places(())
        self.comparison.hide()
        self.said.hide()
        self.loading.show()
        self.count.setText(self.tr("counting…"))
        self._model.show_records([])
        self._model.apply_pending()

    def show_preview(self, preview: ImpactPreview, before: ImpactPreview | None, shown: Outcome | None = None) -> None:
        """Show a preview; cells that differ from the one before are marked, and what a commit rested on is beside."""
        self.loading.hide()
        self.comparison.setVisible(not preview.breaches)
        title = self.tr("Effect until {time}").format(time=clock_time(preview.until_at, self._context.zone))
        self.comparison.set_words(title, self.tr("All orders touched, compared with the first column."))
        self.comparison.show_comparison(
            words.columns(preview, shown),
            words.rows(self._context, preview, before, shown) if not preview.breaches else [],
        )
        if not self.comparison.chosen_key():
            best = OverrideMode.AS_IS if preview.replanned is None else OverrideMode.REPLANNED
            self.comparison.choose(best)
        said = " · ".join(self._context.say(statement) for statement in preview.said)
        self.said.setText(said)
        self.said.setVisible(bool(said))
        self._preview = preview
        self._show_customers(preview)
        self._show_places()

    def _show_customers(self, preview: ImpactPreview) -> None:
        with_replanned = preview.replanned is not None
        for place in _MODE_COLUMNS:
            self.customers.setColumnHidden(place, not with_replanned)
        self._model.show_records(
            [words.affected_record(self._context, one, with_replanned=with_replanned) for one in preview.affected]
        )
        self._model.apply_pending()
        active = len(self._context.store.operation.orders.open_ids)
        self.count.setText(
            self.tr("{affected} of {active} active orders").format(
                affected=number(len(preview.affected)), active=number(active)
            )
        )

    def turn_over(self) -> None:
        """Show the customers affected on the map, or in the list again."""
        is_map = self._places.currentWidget() is self.sketch
        self._places.setCurrentWidget(self.customers if is_map else self.sketch)
        self.show_map.set_command(self.tr("Map") if is_map else self.tr("List"), "M")

    def _show_places(self) -> None:
        if self._preview is not None:
            spots = override_places.spots(self._context, self._preview, self.mode)
            self.sketch.show_places(spots, override_places.ways(self._context, self._preview, self.mode))

    def _choose_customer(self, order_id: str) -> None:
        self.customers.select_key(order_id)
        self.sketch.mark(order_id)

    def _take_mode(self) -> None:
        self._show_places()
        self.edited.emit()

    @property
    def mode(self) -> OverrideMode:
        """Return the column that would be committed."""
        key = self.comparison.chosen_key()
        return OverrideMode(key) if key else OverrideMode.AS_IS

    @property
    def reason(self) -> ReasonCode | None:
        """Return the reason chosen so far."""
        chosen = self.reasons.chosen()
        return ReasonCode(chosen[0]) if chosen else None

    @property
    def missing(self) -> str:
        """Return what a person has yet to give, empty if nothing."""
        if self.reason is None:
            return self.tr("Choose a reason.")
        if self.reason is ReasonCode.OTHER and not self.note.text().strip():
            return self.tr("“Other” needs a note.")
        return ""

    def _take_reason(self) -> None:
        self._show_note_hint()
        self.edited.emit()

    def _show_note_hint(self) -> None:
        is_required = self.reason is ReasonCode.OTHER
        self.note.setPlaceholderText(self.tr("Note, required") if is_required else self.tr("Note"))


def _headed(title: TextLabel, note: ElidedLabel) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(12)
    row.addWidget(title)
    row.addWidget(note, 1)
    return row
