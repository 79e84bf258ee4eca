"""A solver answers in a thread of its own, is given up when it hangs, and is not asked again before it is back."""

from __future__ import annotations

import asyncio
import threading

import pytest

from backend_service.workers.solver_thread import SolverBusy, SolverThread


def test_answer_and_failure_come_back_to_who_asked() -> None:
    thread = SolverThread("solver")
    assert asyncio.run(thread.run(lambda: 7, 10.0)) == 7

    def fail() -> int:
        raise ZeroDivisionError("no")

    with pytest.raises(ZeroDivisionError):
        asyncio.run(thread.run(fail, 10.0))
    assert asyncio.run(thread.run(threading.get_ident, 10.0)) != threading.get_ident()


def test_solver_that_hangs_is_given_up_and_asked_again_once_it_is_back() -> None:
    released, is_back, asked = threading.Event(), threading.Event(), []

    def hang() -> None:
        released.wait(10.0)
        is_back.set()

    async def play() -> None:
        thread = SolverThread("solver")
        with pytest.raises(TimeoutError):
            await thread.run(hang, 0.01)
        with pytest.raises(SolverBusy):
            await thread.run(lambda: asked.append(1), 10.0)
        released.set()
        await asyncio.to_thread(is_back.wait, 10.0)
        while True:
            try:
                await thread.run(lambda: asked.append(2), 10.0)
                break
            except SolverBusy:
                await asyncio.sleep(0)

    asyncio.run(play())
    assert asked == [2]
