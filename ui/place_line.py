"""Looks up as a street or a place what a line of the command line names and the desk does not know by itself."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from app.command_catalogue import Needs, verbs_starting_with
from app.operations import Operations
from core.operations import PlacesFound
from core.vocabulary import Role
from ui.place_finder import FEWEST_LETTERS

_TELLING_APART = 2


class PlaceLine(QObject):
    """Asks the service; one place is shown, several are to be chosen from, and none leaves the refusal as it was.

    Parameters
    ----------
    operations : Operations
    role : of the person at the desk, for the verbs
    """

    found = Signal(object)
    """The one `FoundPlace` that is meant."""
    several = Signal(str)
    """The words that more than one place goes by."""
    nothing = Signal()
    """No place is called so, or the service cannot be asked."""

    def __init__(self, operations: Operations, role: Role, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._operations, self._role = operations, role
        self._asked = ""

    def look_up(self, line: str) -> bool:
        """Ask for the place that a line may name; return whether it may name one."""
        words = self._place_words(line)
        if len(words) < FEWEST_LETTERS:
            return False
        self._asked = words
        pending = self._operations.search_places(words, limit=_TELLING_APART)
        pending.finished.connect(lambda result: self._take(words, result))
        pending.refused.connect(lambda _problem: self._tell_nothing(words))
        return True

    def _place_words(self, line: str) -> str:
        """Return what follows `find` or `show`, or a line without any verb; empty for other commands."""
        first, _, rest = line.strip().partition(" ")
        specs = verbs_starting_with(first, self._role) if first.isalpha() else ()
        if len(specs) == 1:
            return rest.strip() if specs[0].needs is Needs.ANYTHING else ""
        return line.strip() if "#" not in line else ""

    def _take(self, words: str, result: object) -> None:
        assert isinstance(result, PlacesFound)
        if words != self._asked:
            return
        if not result.places:
            self._tell_nothing(words)
        elif len(result.places) == 1:
            self.found.emit(result.places[0])
        else:
            self.several.emit(words)

    def _tell_nothing(self, words: str) -> None:
        if words == self._asked:
            self.nothing.emit()
