"""Callers that wait together share a commit; a failed commit is theirs alone."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from itertools import chain

import pytest

from backend_service.storage.group_writer import GroupWriter
from core.refusals import Fault


class Disk:
    """Keeps what is committed; each commit waits for the gate, and a group with a negative number fails."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.gate = threading.Event()
        self.gate.set()
        self.is_let_go = False

    def commit(self, calls: Sequence[int]) -> list[int]:
        self.gate.wait(30)
        if min(calls) < 0:
            raise Fault("disk.full", "full")
        self.groups.append(list(calls))
        return [call * 10 for call in calls]

    def let_go(self) -> None:
        self.is_let_go = True


@pytest.fixture
def disk():
    return Disk()


def writer_on(disk: Disk, **limits: int) -> GroupWriter[int, int]:
    return GroupWriter("test", disk.commit, on_end=disk.let_go, **limits)


def test_each_caller_gets_its_own_answer(disk, run):
    async def scenario():
        writer = writer_on(disk)
        answers = await asyncio.gather(*map(writer.write, range(5)))
        await writer.close()
        return answers

    assert run(scenario()) == [0, 10, 20, 30, 40]


def test_callers_that_wait_during_a_commit_share_the_next_one(disk, run):
    async def scenario():
        writer = writer_on(disk)
        disk.gate.clear()
        waiting = [asyncio.ensure_future(writer.write(n)) for n in range(20)]
        await asyncio.sleep(0)
        disk.gate.set()
        await asyncio.gather(*waiting)
        await writer.close()

    run(scenario())
    assert list(chain.from_iterable(disk.groups)) == list(range(20))
    assert len(disk.groups) <= 3


def test_group_is_bounded(disk, run):
    async def scenario():
        writer = writer_on(disk, most_together=4)
        await asyncio.gather(*map(writer.write, range(20)))
        await writer.close()

    run(scenario())
    assert max(map(len, disk.groups)) <= 4
    assert list(chain.from_iterable(disk.groups)) == list(range(20))


def test_failed_commit_is_told_to_its_callers_and_writing_goes_on(disk, run):
    async def scenario():
        writer = writer_on(disk)
        with pytest.raises(Fault):
            await writer.write(-1)
        answer = await writer.write(3)
        await writer.close()
        return answer

    assert run(scenario()) == 30


def test_full_queue_makes_callers_wait_and_close_finishes_what_was_handed_in(disk, run):
    async def scenario():
        writer = writer_on(disk, most_waiting=3)
        disk.gate.clear()
        waiting = [asyncio.ensure_future(writer.write(n)) for n in range(5)]
        await asyncio.sleep(0)
        closing = asyncio.ensure_future(writer.close())
        await asyncio.sleep(0)
        disk.gate.set()
        answers = await asyncio.gather(*waiting, return_exceptions=True)
        await closing
        return answers

    answers = run(scenario())
    assert answers[:3] == [0, 10, 20]
    assert all(isinstance(answer, Fault) and answer.code == "storage.closed" for answer in answers[3:])
    assert disk.is_let_go


def test_caller_cancelled_while_waiting_leaves_nothing_behind(disk, run):
    async def scenario():
        writer = writer_on(disk, most_together=1)
        disk.gate.clear()
        first = asyncio.ensure_future(writer.write(1))
        second = asyncio.ensure_future(writer.write(2))
        await asyncio.sleep(0)
        second.cancel()
        await asyncio.sleep(0)
        disk.gate.set()
        await first
        await writer.close()

    run(scenario())
    assert disk.groups == [[1]]
