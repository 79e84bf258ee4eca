"""One verb under way: from the click until the feed has brought what it did, or the reason why it was refused."""

from __future__ import annotations

from core.refusals import Fault, Refusal
from core.wire import Problem
from PySide6.QtCore import QObject, Signal


class PendingOperation(QObject):
    """Emits exactly one of `finished` and `refused`. Lives in the GUI thread and is touched there only.

    Attributes
    ----------
    label : what it does, in a few words for people
    is_pending : whether neither was emitted yet
    result, problem : what came of it
    """

    finished = Signal(object)
    """The result, decoded."""
    refused = Signal(object)
    """A `core.wire.Problem`."""
    progressed = Signal(float)
    """The share done, 0 to 1, of operations that take long."""

    def __init__(self, label: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.label = label
        self.is_pending = True
        self.result: object = None
        self.problem: Problem | None = None

    def answer(self, result: object) -> None:
        """Take the service's answer."""
        self.finish(result)

    def finish(self, result: object) -> None:
        """Say that it is done."""
        if self.is_pending:
            self.is_pending = False
            self.result = result
            self.finished.emit(result)

    def refuse(self, problem: Problem) -> None:
        """Say why it was not done."""
        if self.is_pending:
            self.is_pending = False
            self.problem = problem
            self.refused.emit(problem)


def problem_of(error: BaseException) -> Problem:
    """Return what is shown beside the control that caused `error`; a bug of the desk is raised again.

    Raises
    ------
    BaseException
        `error` itself, if it is neither a refusal nor a fault.
    """
    if isinstance(error, Refusal):
        return Problem(
            code=error.code, title="", detail=error.sentence, status=error.status, details=dict(error.details)
        )
    if isinstance(error, Fault):
        return Problem(code=error.code, title="", detail=error.sentence, status=503)
    raise error
