"""The card of one proposal: both futures, why, how sure, and the alternatives, one of which is compared with."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from core.dispatch.decision import Recommendation
from ui.desk_context import DeskContext
from ui.panels import recommendation_words as words
from widgets.marks.arrival_bands import ArrivalBands
from widgets.marks.stages import ConfidenceMark, ConfidenceStage
from widgets.marks.term_bars import TermBars
from widgets.parts.hairline import Hairline
from widgets.parts.panel import CARD_INSET
from widgets.parts.text_label import ElidedLabel, TextLabel
from widgets.tables.columns import Column, Kind
from widgets.tables.noted_table import NOTED_ROW, NotedTable
from widgets.tables.record_model import RecordModel
from widgets.tables.table_head import HEAD_HEIGHT
from widgets.theme.fonts import SEMIBOLD

_STAGES = {stage.name.lower(): stage for stage in ConfidenceStage}
_SPACE = 6
_NAME, _WHY = 1, 5


class RecommendationCard(QScrollArea):
    """Shows a proposal; scrolls where the panel is too low for all of it."""

    opened = Signal(str)
    """Enter or a double click on the alternative of this key."""

    def __init__(self, context: DeskContext, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._proposal: Recommendation | None = None
        self.headline = ElidedLabel(px=20, weight=SEMIBOLD)
        self.sub_line = ElidedLabel(px=12, ink="ink2")
        self.asks = TextLabel(px=12)
        self.asks.setWordWrap(True)
        self.bands = ArrivalBands(context.zone)
        self.terms = TermBars(context.city.currency, context.city.currency_decimals)
        self.terms_line = Hairline()
        self.confidence = ConfidenceMark(None)
        self.rate = TextLabel(px=12, ink="ink2")
        self.basis = ElidedLabel(px=12, ink="ink2")
        self._model = RecordModel(self._columns(), self)
        self.alternatives = NotedTable(self._model, note_column=_WHY, first_column=_NAME)
        self.why = TextLabel(px=12, ink="ink2")
        self.why.setWordWrap(True)
        self.changes = TextLabel(px=12, ink="ink2")
        self.changes.setWordWrap(True)
        self.prepared = TextLabel(px=12, ink="ink2")
        self.prepared.setWordWrap(True)
        self._set_up_table()
        self._lay_out()
        self.alternatives.chosen.connect(self._compare_with)
        self.alternatives.opened.connect(self.opened)

    def _columns(self) -> list[Column]:
        return [
            Column("rank", "", width=30),
            Column("driver", self.tr("Alternatives"), stretches=True),
            Column("arrives", self.tr("arrives"), Kind.TIME, width=92),
            Column("versus", self.tr("vs promise"), Kind.SIGNED, width=90),
            Column("cost", self._context.city.currency, Kind.NUMBER, width=58),
            Column("why", self.tr("why, why not")),
        ]

    def _set_up_table(self) -> None:
        head = self.alternatives.horizontalHeader()
        head.setSectionsClickable(False)
        head.setSectionsMovable(False)
        self.alternatives.setAccessibleName(self.tr("Alternatives"))
        self.alternatives.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.alternatives.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def _lay_out(self) -> None:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, _SPACE, 0, _SPACE)
        column.setSpacing(_SPACE)
        top = _inset_column([self.headline, self.sub_line, self.asks], spacing=2)
        column.addLayout(top)
        column.addLayout(_inset_column([self.bands, Hairline(), self.terms, self.terms_line], spacing=_SPACE))
        column.addLayout(_inset_column([self._confidence_row(), self.basis], spacing=2))
        column.addWidget(self.alternatives)
        column.addLayout(_inset_column([self.why, self.prepared, self.changes], spacing=_SPACE))
        column.addStretch(1)
        self.setWidget(page)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say below what the rows have no room for."""
        super().resizeEvent(event)
        self._show_whole_why()

    def _show_whole_why(self) -> None:
        key = self.alternatives.selected_key()
        if self._proposal is not None:
            self.why.setText(words.whole_why(self._context, self._proposal, key))
        self.why.setVisible(self.alternatives.is_cut(key))

    def _confidence_row(self) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(TextLabel(self.tr("Confidence"), weight=SEMIBOLD))
        row.addWidget(self.confidence)
        row.addStretch(1)
        row.addWidget(self.rate)
        return holder

    @property
    def compared_key(self) -> str | None:
        """Return the driver (or "wait") that the proposal is compared with, ``None`` for things as they are."""
        key = self.alternatives.selected_key()
        proposal = self._proposal
        return None if proposal is None or key == (proposal.driver_id or words.WAIT_KEY) else key

    def show_proposal(self, proposal: Recommendation) -> None:
        """Show a proposal; another one than before is compared with things as they are."""
        is_another = self._proposal is None or proposal.recommendation_id != self._proposal.recommendation_id
        self._proposal = proposal
        self._show_words(proposal)
        self._show_alternatives(proposal)
        if is_another:
            self.alternatives.select_key(proposal.driver_id or words.WAIT_KEY)
            self.verticalScrollBar().setValue(0)
        self._compare_with(self.compared_key)

    def _show_words(self, proposal: Recommendation) -> None:
        self.headline.setText(words.headline(self._context, proposal))
        self.sub_line.setText(words.sub_line(self._context, proposal))
        self.sub_line.setVisible(bool(self.sub_line.text()))
        self.asks.setText(words.asks(self._context, proposal))
        self.asks.setVisible(bool(self.asks.text()))
        is_measured = proposal.confidence.is_measured
        self.confidence.set_stage(_STAGES[proposal.confidence.stage.value] if is_measured else None)
        self.rate.setText(words.confidence_rate(proposal))
        self.basis.setText(words.confidence_basis(self._context, proposal))
        self.basis.setVisible(bool(self.basis.text()))
        self.prepared.setText(words.prepared(self._context, proposal))
        self.prepared.setVisible(bool(self.prepared.text()))
        self.changes.setText(words.would_change(self._context, proposal))
        self.changes.setVisible(bool(self.changes.text()))

    def _show_alternatives(self, proposal: Recommendation) -> None:
        rows = [words.alternative_row(self._context, proposal, other) for other in proposal.alternatives]
        self._model.show_records(rows)
        self._model.apply_pending()
        self.alternatives.setFixedHeight(HEAD_HEIGHT + NOTED_ROW * max(len(rows), 1))

    def _compare_with(self, key: str | None) -> None:
        if self._proposal is None:
            return
        shown = words.comparison(
            self._context, self._proposal, words.alternative_of(self._proposal, key if self.compared_key else None)
        )
        self._show_whole_why()
        self.bands.show_arrivals(shown.bands, self._proposal.promised_by_at)
        self.terms.show_terms(shown.terms, shown.total)
        for part in (self.terms, self.terms_line):
            part.setVisible(bool(shown.terms))


def _inset_column(parts: list[QWidget], *, spacing: int) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setContentsMargins(CARD_INSET, 0, CARD_INSET, 0)
    column.setSpacing(spacing)
    for part in parts:
        column.addWidget(part)
    return column
