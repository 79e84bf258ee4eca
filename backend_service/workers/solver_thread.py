"""A thread of its own for a solver: it may hang without taking a turn from anybody else.

The threads that everybody shares are few. A solver that hangs would keep one for good, and another at its next try;
here it is not asked again before it has come back, and it does not hold up the end of the service.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any


class SolverBusy(TimeoutError):
    """The solver has not come back from what it was asked before."""


class SolverThread:
    """Answers one question at a time.

    Parameters
    ----------
    name : str
        What the thread is called.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._asked: Future[Any] | None = None

    async def run[Answer](self, solve: Callable[[], Answer], longest_s: float) -> Answer:
        """Return what `solve` returns, or raise what it raises.

        Raises
        ------
        TimeoutError
            If it takes longer than `longest_s` wall seconds; a `SolverBusy` if the last question still does.
        """
        if self._asked is not None and not self._asked.done():
            raise SolverBusy(f"{self._name} has not come back yet")
        asked: Future[Answer] = Future()
        asked.set_running_or_notify_cancel()  # whoever gives up waiting does not end it
        self._asked = asked
        threading.Thread(target=_answer, args=(asked, solve), name=self._name, daemon=True).start()
        return await asyncio.wait_for(asyncio.wrap_future(asked), longest_s)


def _answer[Answer](asked: Future[Answer], solve: Callable[[], Answer]) -> None:
    try:
        found = solve()
    except BaseException as failure:  # noqa: BLE001 - an outer wall: it is raised where it was asked
        asked.set_exception(failure)
    else:
        asked.set_result(found)
