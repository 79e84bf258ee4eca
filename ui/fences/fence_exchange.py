"""Fences as files: looked at by the service before anything is drawn, and taken out as they are in force."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import cast

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QWidget

from app.pending_operation import PendingOperation
from core.operations import FenceFileFormat, FencesBroughtIn
from core.wire import Problem
from ui.desk_context import DeskContext
from ui.fences.fence_panel import FencePanel
from widgets.formatting import number

LARGEST_FILE = 1_500_000
"""Bytes; the feed takes messages of 2 MB. Larger files go in by REST."""
_NAMED = 3
"""So many bad features are named."""

type ChooseFile = Callable[[QWidget], str]
"""Ask a person for a file; empty where nobody chose one."""


class FenceExchange(QObject):
    """Brings in and takes out; what came of it is said in the panel of the fence in hand.

    Parameters
    ----------
    context : DeskContext
    panel : FencePanel
    choose_to_open, choose_to_save : ask for the file; dialogs of the system by default
    """

    def __init__(
        self,
        context: DeskContext,
        panel: FencePanel,
        parent: QObject,
        *,
        choose_to_open: ChooseFile | None = None,
        choose_to_save: ChooseFile | None = None,
    ) -> None:
        super().__init__(parent)
        self._operations, self._panel = context.operations, panel
        self.choose_to_open = choose_to_open or self._open_dialog
        self.choose_to_save = choose_to_save or self._save_dialog

    # --- in ----------------------------------------------------------------------------------------------------------

    def bring_in(self) -> None:
        """Ask for a file and look at what it would draw."""
        path = Path(self.choose_to_open(self._panel))
        if path.name == "":
            return
        try:
            content = path.read_bytes() if path.stat().st_size <= LARGEST_FILE else None
        except OSError as error:
            self._panel.say(self.tr("Not read: {why}").format(why=error.strerror or str(error)))
            return
        if content is None:
            self._panel.say(self.tr("Not read: {name} is larger than 1.5 MB.").format(name=path.name))
            return
        self._look_at(content, _format_of(path), path.name)

    def _look_at(self, content: bytes, file_format: FenceFileFormat, name: str) -> None:
        self._panel.say(self.tr("Looking at {name} …").format(name=name))
        pending = self._operations.bring_fences_in(content, file_format)
        self._on_refusal(pending)
        pending.finished.connect(lambda told: self._ask(content, file_format, name, cast(FencesBroughtIn, told)))

    def _ask(self, content: bytes, file_format: FenceFileFormat, name: str, told: FencesBroughtIn) -> None:
        if told.bad or not told.features or self._panel.is_closed:
            self._panel.say(self._bad_words(told))
            return
        self._panel.say("")
        words = self.tr("Draw {count} fences of {name}? Those of the same id are drawn anew.")
        self._panel.question.ask(
            words.format(count=number(told.features), name=name),
            [
                (self.tr("Draw them"), lambda: self._draw(content, file_format)),
                (self.tr("Leave"), lambda: self._panel.say("")),
            ],
        )

    def _draw(self, content: bytes, file_format: FenceFileFormat) -> None:
        self._panel.say(self.tr("Waiting for the service …"))
        pending = self._operations.bring_fences_in(content, file_format, draws=True)
        self._on_refusal(pending)
        pending.finished.connect(lambda told: self._panel.say(self._drawn_words(cast(FencesBroughtIn, told))))

    def _drawn_words(self, told: FencesBroughtIn) -> str:
        if told.bad:
            return self._bad_words(told)
        return self.tr("Drawn: {count} fences").format(count=number(told.drawn))

    def _bad_words(self, told: FencesBroughtIn) -> str:
        if not told.features:
            return self.tr("Nothing drawn: there is no fence in the file.")
        named = "\n".join(f"{one.feature}. {one.name or '–'}: {one.why}" for one in told.problems[:_NAMED])
        words = self.tr("Nothing drawn: {bad} of {all} features are bad.")
        return f"{words.format(bad=number(told.bad), all=number(told.features))}\n{named}"

    # --- out ---------------------------------------------------------------------------------------------------------

    def take_out(self) -> None:
        """Ask where to, and write the fences in force there."""
        path = Path(self.choose_to_save(self._panel))
        if path.name == "":
            return
        pending = self._operations.take_fences_out(_format_of(path))
        self._on_refusal(pending)
        pending.finished.connect(lambda content: self._write(path, cast(bytes, content)))

    def _write(self, path: Path, content: bytes) -> None:
        half = path.with_name(f"{path.name}.part")
        try:
            half.write_bytes(content)
            half.replace(path)
        except OSError as error:
            self._panel.say(self.tr("Not written: {why}").format(why=error.strerror or str(error)))
            return
        self._panel.say(self.tr("Written: {name}").format(name=path.name))

    # --- asking ------------------------------------------------------------------------------------------------------

    def _on_refusal(self, pending: PendingOperation) -> None:
        pending.refused.connect(lambda problem: self._panel.say(_why(cast(Problem, problem))))

    def _kinds(self) -> str:
        return self.tr("GeoJSON (*.geojson *.json);;KML (*.kml)")

    def _open_dialog(self, over: QWidget) -> str:
        return QFileDialog.getOpenFileName(over, self.tr("Bring fences in"), "", self._kinds())[0]

    def _save_dialog(self, over: QWidget) -> str:
        return QFileDialog.getSaveFileName(over, self.tr("Take fences out"), "fences.geojson", self._kinds())[0]


def _format_of(path: Path) -> FenceFileFormat:
    return FenceFileFormat.KML if path.suffix.casefold() == ".kml" else FenceFileFormat.GEOJSON


def _why(problem: Problem) -> str:
    return problem.detail or problem.code
