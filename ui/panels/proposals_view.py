"""Policy changes that overrides speak for: each with its evidence, accepted, rejected or taken back by a supervisor."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from core.command_rights import PERMITTED
from core.commands import Command
from core.dispatch.proposals.commands import AcceptPolicyProposal, RejectPolicyProposal, UndoPolicyProposal
from core.dispatch.proposals.proposal import ProposalId, ProposalRecord, ProposalState
from core.wire import Problem
from ui.desk_context import DeskContext
from ui.names import zone_name
from ui.panels.regret_words import evidence_words, rule_word, state_word
from ui.policy_words import field_word, with_unit, written
from widgets.formatting import clock_time, day
from widgets.parts.empty_state import EmptyState
from widgets.parts.key_button import DIALOG_BUTTON_HEIGHT, KeyButton
from widgets.parts.text_label import TextLabel
from widgets.tables.columns import Cell, Column, Kind, Record
from widgets.tables.dense_table import DenseTable
from widgets.tables.record_model import RecordModel
from widgets.theme.icons import IconName


class ProposalsView(QWidget):
    """Proposals, the newest first; one is looked at and decided on below the list.

    Attributes
    ----------
    table, evidence, reason, accept, reject, undo, finding, empty
    """

    def __init__(self, context: DeskContext) -> None:
        super().__init__()
        self._context = context
        self._may_decide = context.person.role in PERMITTED[AcceptPolicyProposal]
        self.table = DenseTable(RecordModel(self._columns(), self))
        self.evidence = TextLabel(px=13)
        self.finding = TextLabel(px=13, ink="ink2")
        self.reason = QLineEdit()
        self.accept = KeyButton(self.tr("Accept"), filled=True, height=DIALOG_BUTTON_HEIGHT)
        self.reject = KeyButton(self.tr("Reject"), height=DIALOG_BUTTON_HEIGHT)
        self.undo = KeyButton(self.tr("Take back"), height=DIALOG_BUTTON_HEIGHT)
        self.empty = EmptyState(
            IconName.HAND,
            self.tr("No proposals"),
            self.tr("A change of the policy is proposed when several overrides of one kind did better."),
        )
        self._lay_out()
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._show_chosen())
        self.reason.textChanged.connect(lambda _: self._show_buttons())
        self.accept.clicked.connect(self._accept)
        self.reject.clicked.connect(self._reject)
        self.undo.clicked.connect(self._undo)

    def show_proposals(self) -> None:
        """Show the proposals as they stand now; the one that was chosen stays so."""
        chosen = self._chosen()
        records = list(reversed(self._context.store.operation.proposals.records.values()))
        self.table.records.show_records([self._record(record) for record in records])
        names = [record.proposal.proposal_id for record in records]
        if names:
            self.table.selectRow(names.index(chosen.proposal.proposal_id) if chosen is not None else 0)
        for part in (self.table, self.evidence, self.finding):
            part.setVisible(bool(names))
        for deciding in (self.reason, self.accept, self.reject, self.undo):
            deciding.setVisible(bool(names) and self._may_decide)
        self.empty.setVisible(not names)
        self._show_chosen()

    # --- placing ---

    def _lay_out(self) -> None:
        self.table.setAccessibleName(self.tr("Proposed policy changes, newest first"))
        self.reason.setAccessibleName(self.tr("Reason"))
        self.reason.setMaxLength(400)
        self.reason.setMinimumHeight(34)
        self.reason.setPlaceholderText(
            self.tr("Why? Needed to reject or take back; it stands in the log of decisions.")
        )
        self.evidence.setWordWrap(True)
        self.finding.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        for part, stretch in ((self.table, 5), (self.empty, 1), (self.evidence, 0), (self.finding, 0)):
            column.addWidget(part, stretch)
        column.addWidget(self.reason)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.accept, self.reject, self.undo):
            buttons.addWidget(button)
        buttons.addStretch(1)
        column.addLayout(buttons)

    def _columns(self) -> list[Column]:
        return [
            Column("name", self.tr("Proposal"), Kind.KEY, width=96),
            Column("made", self.tr("Made"), Kind.TIME, width=120, write=self._time),
            Column("value", self.tr("Value"), stretches=True),
            Column("where", self.tr("Holds for"), width=170),
            Column("change", self.tr("Change"), width=210),
            Column("rests", self.tr("Overrides"), Kind.NUMBER, width=96),
            Column("agrees", self.tr("Would agree"), width=110),
            Column("disagrees", self.tr("Would turn"), width=110),
            Column("state", self.tr("State"), width=110),
        ]

    def _record(self, record: ProposalRecord) -> Record:
        proposal, evidence = record.proposal, record.proposal.evidence
        return Record(
            proposal.proposal_id,
            (
                proposal.proposal_id,
                proposal.made_at,
                field_word(proposal.field),
                self._where(record),
                self._change(record),
                len(evidence.overrides),
                self._of(evidence.agrees, len(evidence.overrides)),
                self._of(evidence.disagrees, evidence.accepted),
                Cell(record.state.value, words=state_word(record.state), ink="" if self._is_open(record) else "ink3"),
            ),
        )

    def _of(self, part: int, whole: int) -> Cell:
        return Cell(part, words=self.tr("{part} of {whole}").format(part=part, whole=whole))

    def _where(self, record: ProposalRecord) -> str:
        zone_id = record.proposal.zone_id
        return self.tr("Whole city") if zone_id is None else zone_name(self._context.store.operation, zone_id)

    def _change(self, record: ProposalRecord) -> str:
        proposal, city = record.proposal, self._context.city
        before, after = written(proposal.field, proposal.from_value, city), proposal.to_value
        return f"{before} → {with_unit(proposal.field, after, city)}"

    def _time(self, at: object) -> str:
        assert isinstance(at, float), "the column of times holds instants"
        zone = self._context.zone
        return f"{day(at, zone)} {clock_time(at, zone)}"

    # --- deciding ---

    def _is_open(self, record: ProposalRecord) -> bool:
        return record.state is ProposalState.OPEN

    def _chosen(self) -> ProposalRecord | None:
        row = self.table.currentIndex().row()
        key = self.table.records.key_at(row) if row >= 0 else ""
        return self._context.store.operation.proposals.records.get(ProposalId(key))

    def _show_chosen(self) -> None:
        record = self._chosen()
        if record is None:
            return
        proposal = record.proposal
        lead = self.tr("{where}, {value}: {change}, because {rule}.").format(
            where=self._where(record),
            value=field_word(proposal.field),
            change=self._change(record),
            rule=rule_word(proposal.rule),
        )
        self.evidence.setText(f"{lead}\n{evidence_words(proposal.evidence, self._context.city)}")
        self._say(self._standing(record))
        self._show_buttons()

    def _standing(self, record: ProposalRecord) -> str:
        if not self._may_decide and self._is_open(record):
            return self.tr("A supervisor or an administrator decides on it.")
        if record.decided_at is None:
            return self.tr("Nothing changes until it is accepted. What is rejected comes again on twice the overrides.")
        told = self.tr("{state}, {time}, by {person}").format(
            state=state_word(record.state), time=self._time(record.decided_at), person=record.decided_by
        )
        return f"{told}: {record.reason}" if record.reason else f"{told}."

    def _show_buttons(self) -> None:
        record, has_reason = self._chosen(), bool(self.reason.text().strip())
        is_open = record is not None and self._is_open(record)
        self.accept.setEnabled(is_open)
        self.reject.setEnabled(is_open and has_reason)
        self.undo.setEnabled(record is not None and record.state is ProposalState.ACCEPTED and has_reason)

    def _accept(self) -> None:
        record = self._chosen()
        if record is not None:
            name = record.proposal.proposal_id
            self._ask(self.tr("Accept a proposal"), AcceptPolicyProposal(proposal_id=name, note=self.reason.text()))

    def _reject(self) -> None:
        record = self._chosen()
        if record is not None:
            name = record.proposal.proposal_id
            self._ask(self.tr("Reject a proposal"), RejectPolicyProposal(proposal_id=name, reason=self.reason.text()))

    def _undo(self) -> None:
        record = self._chosen()
        if record is not None:
            name = record.proposal.proposal_id
            command = UndoPolicyProposal(proposal_id=name, reason=self.reason.text())
            self._ask(self.tr("Take a policy change back"), command)

    def _ask(self, what: str, command: Command) -> None:
        for button in (self.accept, self.reject, self.undo):
            button.setEnabled(False)
        self._say(self.tr("Deciding …"))
        pending = self._context.operations.command(what, command)
        pending.finished.connect(lambda _: self._decided())
        pending.refused.connect(self._refused)

    def _decided(self) -> None:
        self.reason.clear()
        self.show_proposals()

    def _refused(self, problem: Problem) -> None:
        self._show_buttons()
        self._say(problem.detail, is_wrong=True)

    def _say(self, words: str, *, is_wrong: bool = False) -> None:
        self.finding.setText(words)
        self.finding.set_ink("p1" if is_wrong else "ink2")
