"""The foot of the desk: command line, key hints, and what was last done or refused."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from app.command_catalogue import CommandId, CommandSpec, spec_of
from app.line_reader import LineReader, Reading, UnreadLine
from app.spoken_names import SpokenNames, Surroundings
from core.dispatch.rulings import RulingKind
from core.places import FoundPlace
from core.projections.decision_book import Undoable
from core.vocabulary import DriverId, OrderId
from ui.command_words import command_word
from ui.desk_commands import own_undoable
from ui.desk_context import DeskContext
from ui.place_line import PlaceLine
from ui.ruling_words import decision_subject, decision_word, ruling_word
from widgets.formatting import clock_time, number
from widgets.parts.command_line import CommandLine, Completion
from widgets.parts.key_button import KeyHint
from widgets.parts.panel import GUTTER
from widgets.parts.text_label import ElidedLabel
from widgets.theme.appearance import current_tokens
from widgets.theme.tokens import qcolor

BAR_HEIGHT = 40
_SAID_MS = 12_000
_COUNT_MS = 500
_LONGEST_LINE_PX = 880
_HINTS = (
    CommandId.KEYS,
    CommandId.ACCEPT,
    CommandId.OVERRIDE,
    CommandId.HOLD,
    CommandId.ACKNOWLEDGE,
    CommandId.UNDO,
)


class CommandBar(QWidget):
    """Reads lines and hands them on; runs nothing itself.

    Parameters
    ----------
    context : DeskContext
    listed : callable
        The orders of the exceptions list, for `1` and `2`.
    """

    entered = Signal(object)
    """A `Reading`."""
    left = Signal()
    """Esc in an empty line."""
    place_found = Signal(object)
    """The `FoundPlace` that a line named."""
    places_wanted = Signal(str)
    """Words that several places go by: one is to be chosen."""

    def __init__(self, context: DeskContext, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._listed: list[OrderId] = []
        self._unread: UnreadLine | None = None
        self.places = PlaceLine(context.operations, context.person.role, self)
        self.setFixedHeight(BAR_HEIGHT)
        self.line = CommandLine(self._complete)
        self.line.setMaximumWidth(_LONGEST_LINE_PX)
        self.line.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._hints = [self._hint(spec_of(command_id)) for command_id in _HINTS]
        self._hints.insert(1, KeyHint("J K", self.tr("next, previous")))
        self._said = ElidedLabel(px=12, ink="ink2")
        self._said.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row = QHBoxLayout(self)
        row.setContentsMargins(GUTTER, 0, GUTTER + 4, 0)
        row.setSpacing(16)
        row.addWidget(self.line, 5)
        for hint in self._hints:
            row.addWidget(hint)
        row.addStretch(1)
        row.addWidget(self._said, 4)
        self._back_to_undo = QTimer(self, interval=_SAID_MS, singleShot=True)
        self._back_to_undo.timeout.connect(self.show_undo)
        self._was_held = False
        self._countdown = QTimer(self, interval=_COUNT_MS)
        self._countdown.timeout.connect(self._count_down)
        self._countdown.start()
        self.line.submitted.connect(self._submit)
        self.line.left.connect(self.left)
        self.places.found.connect(self._show_place)
        self.places.several.connect(self._let_choose)
        self.places.nothing.connect(self._refuse)
        self.show_undo()

    def start_line(self, beginning: str) -> None:
        """Put the beginning of a line in, for a person to finish."""
        self.line.setText(beginning)
        self.line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.line.end(False)  # what came by a key is selected, and the next letter would take its place

    def set_listed(self, order_ids: list[OrderId]) -> None:
        """Say which orders `1`, `2` … mean."""
        self._listed = order_ids

    def say(self, words: str, *, is_refusal: bool = False) -> None:
        """Say what happened for a while, in place of the last undo."""
        self._said.setText(words)
        self._said.set_ink("p2" if is_refusal else "ink1")
        self._back_to_undo.start()

    def unsay(self) -> None:
        """Say no longer what does not hold any more."""
        self._back_to_undo.stop()
        self.show_undo()

    def say_overridden(self, order_id: str) -> None:
        """Say that an override is done; while nobody is told of it, how long it can still be undone unseen."""
        self._count_down()
        if self._was_held:
            self._back_to_undo.stop()
            self.show_undo()
        else:
            place = self._closed_last()
            words = self.tr("Closed: {place}") if place else self.tr("Overridden: {order}")
            self.say(words.format(place=place, order=order_id))

    def _closed_last(self) -> str:
        """Return the place that was closed by what would be taken back, empty if that is something else."""
        undoable, operation = own_undoable(self._context), self._context.store.operation
        if undoable is None or decision_word(operation, undoable) != ruling_word(RulingKind.CLOSED):
            return ""
        return decision_subject(operation, undoable)

    def show_undo(self) -> None:
        """Say what Ctrl+Z would take back, unless something is being said."""
        if self._back_to_undo.isActive():
            return
        self._said.set_ink("ink2")
        self._said.setText(self.undo_words())

    @property
    def said_words(self) -> str:
        """What the foot says now."""
        return self._said.text()

    def undo_words(self) -> str:
        """Return what Ctrl+Z would take back, in words."""
        undoable = own_undoable(self._context)
        if undoable is None:
            return ""
        operation = self._context.store.operation
        verb, about = decision_word(operation, undoable), decision_subject(operation, undoable)
        at = clock_time(undoable.decided_at, self._context.zone)
        words = self.tr("Undo: {verb} {order}, {time}").format(verb=verb, order=about, time=at)
        left_s = self._untold_s(undoable)
        if left_s <= 0.0:
            return words
        return self.tr("{words}. Told in {seconds} s, until then without a trace").format(
            words=words, seconds=number(ceil(left_s))
        )

    def _untold_s(self, undoable: Undoable) -> float:
        """Return for how long nobody is told of an override yet, seconds."""
        overrides = self._context.store.operation.decisions.overrides
        override = overrides.get(undoable.override_id) if undoable.override_id is not None else None
        tell_at = override.tell_at if override is not None else None
        return 0.0 if tell_at is None else tell_at - self._context.now()

    def _count_down(self) -> None:
        """Say the remaining seconds anew while a hold window runs, and once after it."""
        undoable = own_undoable(self._context)
        is_held = undoable is not None and self._untold_s(undoable) > 0.0
        if is_held or self._was_held:
            self.show_undo()
        self._was_held = is_held

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the ground and the hairline above."""
        painter, tokens = QPainter(self), current_tokens()
        painter.fillRect(self.rect(), qcolor(tokens.bg1))
        painter.fillRect(0, 0, self.width(), 1, qcolor(tokens.line))

    def _hint(self, spec: CommandSpec) -> KeyHint:
        return KeyHint(spec.keys[0], command_word(spec.id))

    def _around(self) -> Surroundings:
        order_id = self._context.selection.order_id
        return Surroundings(this=OrderId(order_id) if order_id else None, listed=self._listed)

    def _reader(self) -> LineReader:
        # The store's operation is replaced by a snapshot: it is asked for each time.
        return LineReader(SpokenNames(self._context.store.operation), self._context.person.role)

    def _recommended(self, order_id: OrderId) -> DriverId | None:
        standing = self._context.store.operation.decisions.standing.get(order_id)
        return standing.driver_id if standing is not None else None

    def _complete(self, text: str) -> Completion:
        ghost = self._reader().complete(text, self._around(), self._recommended)
        return Completion(ghost.missing, ghost.line, ghost.choices)

    def _submit(self, text: str) -> None:
        try:
            reading: Reading = self._reader().read(text, self._around())
        except UnreadLine as unread:
            self._unread = unread
            if not self.places.look_up(text):
                self._refuse()
            return
        self.line.accept_line()
        self.entered.emit(reading)

    def _refuse(self) -> None:
        """Keep the line, mark the word that is wrong, and say why."""
        if self._unread is not None:
            self.line.refuse_line(self._unread.at, self._unread.length)
            self.say(self._unread.sentence, is_refusal=True)

    def _show_place(self, place: FoundPlace) -> None:
        self.line.accept_line()
        self.say(self.tr("Shown: {place}").format(place=" · ".join(filter(None, (place.name, place.detail)))))
        self.place_found.emit(place)

    def _let_choose(self, words: str) -> None:
        self.line.accept_line()
        self.places_wanted.emit(words)
