"""The fence in hand: its figures, what it would have seen lately, why it cannot be saved, and its commands."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from app.fence_drawing import FenceDrawing
from app.pending_operation import PendingOperation
from core.geofencing.fence import FenceKind
from core.wire import Problem
from ui.desk_context import DeskContext
from ui.fences.fence_form import FenceForm
from ui.fences.fence_trial import FenceTrial
from ui.fences.fence_words import drawing_hint, kind_word
from ui.fences.question_strip import QuestionStrip
from widgets.parts.empty_state import EmptyState
from widgets.parts.key_button import KeyButton
from widgets.parts.panel import INSET, Panel
from widgets.parts.text_label import TextLabel
from widgets.theme.icons import IconName


class FencePanel(Panel):
    """Shows a drawing and changes its figures.

    Attributes
    ----------
    form, trial, finding, question : the parts, from top to bottom
    save, retire, hole, undo, redo : the commands
    notice : how something ended while no fence is in hand
    """

    changed = Signal()
    """A figure of the drawing was changed here."""
    save_asked = Signal()
    retire_asked = Signal()
    undo_asked = Signal()
    redo_asked = Signal()

    def __init__(self, context: DeskContext, *, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Fence"), parent=parent)
        self._drawing: FenceDrawing | None = None
        self._unread = ""
        self._is_busy = self._is_closed = False
        self._said = ""
        self.form = FenceForm()
        self.trial = FenceTrial(context)
        self.finding = TextLabel(px=12, ink="ink2")
        self.question = QuestionStrip()
        self.save = KeyButton(self.tr("Save"), "Ctrl+S", filled=True)
        self.retire = KeyButton(self.tr("Retire"))
        self.hole = KeyButton(self.tr("Add a hole"))
        self.undo, self.redo = KeyButton(self.tr("Undo"), "Ctrl+Z"), KeyButton(self.tr("Redo"), "Ctrl+Y")
        self.empty = EmptyState(
            IconName.FENCE,
            self.tr("No fence in hand"),
            self.tr("Choose one at the left or on the map, or draw a new one."),
        )
        self.notice = TextLabel(px=12, ink="ink1")
        self._lay_out()
        self._listen()

    def _lay_out(self) -> None:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(INSET, 10, INSET, 10)
        column.setSpacing(12)
        column.addWidget(self.form)
        column.addWidget(self.trial)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(inside)
        body = QWidget()
        rows = QVBoxLayout(body)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(area, 1)
        foot = QVBoxLayout()
        foot.setContentsMargins(INSET, 8, INSET, INSET)
        foot.setSpacing(8)
        self.finding.setWordWrap(True)
        self.finding.setMinimumHeight(34)
        foot.addWidget(self.finding)
        for buttons in ((self.save, self.retire), (self.undo, self.redo, self.hole)):
            row = QHBoxLayout()
            row.setSpacing(8)
            for button in buttons:
                row.addWidget(button, 1)
            foot.addLayout(row)
        rows.addLayout(foot)
        self._pages = QStackedWidget()
        self._pages.addWidget(body)
        self._pages.addWidget(self._idle_page())
        self._body_page = body
        whole = QWidget()
        parts = QVBoxLayout(whole)
        parts.setContentsMargins(0, 0, 0, 0)
        parts.setSpacing(0)
        parts.addWidget(self._pages, 1)
        parts.addWidget(self.question)
        self.set_body(whole)

    def _idle_page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(INSET, 0, INSET, INSET)
        column.addWidget(self.empty, 1)
        self.notice.setWordWrap(True)
        column.addWidget(self.notice)
        return page

    def _listen(self) -> None:
        self.form.figures_changed.connect(
            lambda field, values: self._change(lambda it: it.set_figures(field, **values))
        )
        self.form.radius_changed.connect(lambda metres: self._change(lambda it: it.set_radius(metres)))
        self.form.width_changed.connect(lambda metres: self._change(lambda it: it.set_width(metres)))
        self.form.streets_wanted.connect(lambda follows: self._change(lambda it: it.follow_streets(follows)))
        self.form.unread.connect(self._show_unread)
        self.hole.clicked.connect(lambda: self._change(lambda it: it.start_hole()))
        self.trial.way_found.connect(self.changed)
        for button, signal in (
            (self.save, self.save_asked),
            (self.retire, self.retire_asked),
            (self.undo, self.undo_asked),
            (self.redo, self.redo_asked),
        ):
            button.clicked.connect(signal)

    @property
    def can_save(self) -> bool:
        """Whether the fence in hand can be saved as it is, and is not yet."""
        drawing = self._drawing
        is_asking = self.question.isVisible() or self._is_busy
        return drawing is not None and drawing.is_unsaved and not (is_asking or self._unread or drawing.problem())

    @property
    def is_closed(self) -> bool:
        """Whether the editor was left; answers that come now are nobody's."""
        return self._is_closed

    def stop(self) -> None:
        """Ask the service nothing more, and say nothing of what it still answers."""
        self._is_closed = True
        self.trial.stop()

    def show_drawing(self, drawing: FenceDrawing | None) -> None:
        """Show the fence in hand, or that there is none."""
        if drawing is not self._drawing:
            self._unread, self._said = "", ""
        self._drawing = drawing
        self.trial.follow(drawing)
        if drawing is None:
            self.set_title(self.tr("Fence"))
            self.set_meta("")
            self._pages.setCurrentIndex(1)
            return
        self._pages.setCurrentWidget(self._body_page)
        self.set_title(drawing.fence.name or self.tr("New fence"))
        self.set_meta(self._state_words(drawing))
        self.form.show_drawing(drawing)
        self.save.setEnabled(self.can_save)
        self.retire.setVisible(not drawing.is_new)
        self.undo.setEnabled(drawing.can_undo)
        self.redo.setEnabled(drawing.can_redo)
        self.hole.setVisible(drawing.kind is FenceKind.POLYGON)
        self.hole.setEnabled(not drawing.is_drawing and bool(drawing.paths))
        self._show_finding(drawing)

    def follow(self, under_way: PendingOperation, done: str, then: Callable[[], None]) -> None:
        """Show that a command is under way, and how it ended; on the way nothing can be saved."""
        self._is_busy = True
        self._say(self.tr("Waiting for the service …"))
        under_way.finished.connect(lambda _: self._end(done, then))
        under_way.refused.connect(lambda problem: self._end(_refused(cast(Problem, problem)), lambda: None))

    def say(self, words: str) -> None:
        """Say how something ended that is no matter of the fence in hand."""
        self._say(words)

    def _end(self, words: str, then: Callable[[], None]) -> None:
        if self._is_closed:
            return
        self._is_busy = False
        then()
        self._say(words)

    def _say(self, words: str) -> None:
        if self._is_closed:
            return
        self._said = words
        self.show_drawing(self._drawing)
        if self._drawing is None:
            self.notice.setText(words)

    def _change(self, change: Callable[[FenceDrawing], object]) -> None:
        if self._drawing is not None:
            self._said = ""
            change(self._drawing)
            self.changed.emit()

    def _show_unread(self, why: str) -> None:
        self._unread = why
        if self._drawing is not None:
            self.save.setEnabled(self.can_save)
            self._show_finding(self._drawing)

    def _show_finding(self, drawing: FenceDrawing) -> None:
        problem = drawing.problem()
        if self._said:
            words, ink = self._said, "ink1"
        elif self._unread:
            words, ink = self._unread, "p3"
        elif drawing.is_drawing:
            words, ink = drawing_hint(drawing.kind, is_drawing=True), "ink2"
        elif problem is not None:
            words, ink = self.tr("Cannot be saved: {why}").format(why=problem.sentence), "p3"
        else:
            words, ink = drawing_hint(drawing.kind, is_drawing=False), "ink2"
        self.finding.setText(words)
        self.finding.set_ink(ink)

    def _state_words(self, drawing: FenceDrawing) -> str:
        if drawing.is_new:
            state = self.tr("new")
        else:
            state = self.tr("not saved") if drawing.is_unsaved else self.tr("as saved")
        return f"{kind_word(drawing.kind)} · {state}"


def _refused(problem: Problem) -> str:
    return problem.detail or problem.code
