"""One thread that writes for many callers: whoever waits at the same time shares one commit (group commit).

A durable commit costs one wait for the disk whatever it holds, so calls that arrive during a commit are written
together by the next one. The queue is bounded: when it is full callers wait, and memory does not grow.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future

from core.refusals import Fault


class GroupWriter[Call, Answer]:
    """Gathers calls and hands them to `commit` on a thread of its own.

    Parameters
    ----------
    name : the thread's name
    commit : writes all calls durably and returns one answer each, in order; what it raises every one of them gets
    on_end : runs on the thread after the last commit, to let go of what belongs to it
    most_waiting : calls under way at once; further callers wait
    most_together : calls in one commit
    """

    def __init__(
        self,
        name: str,
        commit: Callable[[Sequence[Call]], Sequence[Answer]],
        *,
        on_end: Callable[[], None],
        most_waiting: int = 2_000,
        most_together: int = 500,
    ) -> None:
        self._commit = commit
        self._on_end = on_end
        self._most_together = most_together
        self._waiting: queue.SimpleQueue[tuple[Call, Future[Answer]] | None] = queue.SimpleQueue()
        self._room = asyncio.Semaphore(most_waiting)
        self._is_closed = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    async def write(self, call: Call) -> Answer:
        """Return the answer of `call` once it is durable.

        A caller that is cancelled before its commit began leaves nothing behind.

        Raises
        ------
        Fault
            ``storage.closed`` after `close`; whatever `commit` raises.
        """
        async with self._room:
            if self._is_closed:
                raise Fault("storage.closed", "The storage is closed: the service is ending.")
            answer: Future[Answer] = Future()
            self._waiting.put((call, answer))
            return await asyncio.wrap_future(answer)

    async def close(self) -> None:
        """Finish what was handed in before, then end the thread."""
        if not self._is_closed:
            self._is_closed = True
            self._waiting.put(None)
        await asyncio.to_thread(self._thread.join)

    def _run(self) -> None:
        try:
            while (group := self._gather()) is not None:
                self._write(group)
        finally:
            self._on_end()

    def _gather(self) -> list[tuple[Call, Future[Answer]]] | None:
        first = self._waiting.get()
        if first is None:
            return None
        group = [first]
        while len(group) < self._most_together:
            try:
                further = self._waiting.get_nowait()
            except queue.Empty:
                break
            if further is None:
                self._waiting.put(None)  # end after this group
                break
            group.append(further)
        return [(call, answer) for call, answer in group if answer.set_running_or_notify_cancel()]

    def _write(self, group: list[tuple[Call, Future[Answer]]]) -> None:
        if not group:
            return
        try:
            answers = self._commit([call for call, _ in group])
        except BaseException as error:  # noqa: BLE001 - an outer wall: the callers get it, the thread lives on
            for _, answer in group:
                answer.set_exception(error)
            return
        for (_, answer), said in zip(group, answers, strict=True):
            answer.set_result(said)
