"""A named request is carried out once, whenever it is asked again, and its name is nobody else's."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import msgspec
import pytest

from backend_service.event_log.log import Append, NewEvent
from backend_service.event_log.volatile import VolatileEventLog
from backend_service.handlers.command_bus import CommandBus, fold
from core.commands import PlaceOrder
from core.events.fleet_events import AccessGranted
from core.operations import Done
from core.orders.order import Promise
from core.projections.operation import Operation
from core.refusals import Fault, Refusal
from core.timekeeping import SteppedClock
from core.vocabulary import Actor, CommandId, Place, Position, Role

NOON_AT = 1_800_000_000.0
DESK = Actor(role=Role.DISPATCHER, subject="rojas")
NAME = CommandId("rojas:1")
ORDER = PlaceOrder(
    pickup=Place(name="k", position=Position(-29.9, -71.2)),
    delivery=Position(-29.9, -71.2),
    promise=Promise(by_at=NOON_AT + 2400),
    ready_at=NOON_AT,
)


class SlowLog(VolatileEventLog):
    """A log whose commits wait for a gate, and fail while the disk is full."""

    def __init__(self, wall: SteppedClock) -> None:
        super().__init__(wall)
        self.begun = asyncio.Event()
        self.gate = asyncio.Event()
        self.gate.set()
        self.is_full = False

    async def append(self, appends):
        self.begun.set()
        await self.gate.wait()
        if self.is_full:
            raise Fault("log.disk_full", "The disk is full.")
        return await super().append(appends)


class Bench:
    """A bus on a log that outlives it."""

    def __init__(self) -> None:
        self.clock = SteppedClock(NOON_AT)
        self.log = SlowLog(self.clock)
        self.bus = CommandBus(self.log, Operation(), self.clock)
        self.bus.start()

    async def restart(self) -> None:
        await self.bus.stop()
        self.bus = CommandBus(self.log, await fold(self.log), self.clock)
        self.bus.start()

    async def ask(self, fingerprint: str = "a") -> Done:
        return await self.bus.execute(ORDER, DESK, command_id=NAME, fingerprint=fingerprint)


def play(scenario: Callable[[Bench], Awaitable[None]]) -> None:
    async def whole() -> None:
        bench = Bench()
        try:
            await scenario(bench)
        finally:
            await bench.bus.stop()

    asyncio.run(whole())


async def refused(asking: Awaitable[Done]) -> tuple[str, int]:
    with pytest.raises(Refusal) as caught:
        await asking
    return caught.value.code, caught.value.status


REUSED = ("request.idempotency_key_reused", 422)


def test_the_same_name_for_another_request_is_refused_also_after_a_restart() -> None:
    async def scenario(bench: Bench) -> None:
        first = await bench.ask("a")
        assert await refused(bench.ask("b")) == REUSED
        await bench.restart()
        assert await refused(bench.ask("b")) == REUSED
        again = await bench.ask("a")
        assert (again.position, again.created) == (first.position, first.created)
        assert await bench.log.head() == 1

    play(scenario)


def test_a_retry_that_overtakes_the_answer_waits_for_it() -> None:
    async def scenario(bench: Bench) -> None:
        bench.log.gate.clear()
        first = asyncio.create_task(bench.ask())
        await bench.log.begun.wait()
        second = asyncio.create_task(bench.ask())
        assert await refused(bench.ask("b")) == REUSED, "another one need not wait to hear that"
        bench.log.gate.set()
        assert (await first).created == (await second).created
        assert await bench.log.head() == 1

    play(scenario)


def test_an_asker_who_goes_away_takes_nothing_along() -> None:
    async def scenario(bench: Bench) -> None:
        bench.log.gate.clear()
        first = asyncio.create_task(bench.ask())
        await bench.log.begun.wait()
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        second = asyncio.create_task(bench.ask())
        bench.log.gate.set()
        assert (await second).created == "O-10001"
        assert await bench.log.head() == 1

    play(scenario)


def test_what_could_not_be_kept_is_carried_out_when_it_is_asked_again() -> None:
    async def scenario(bench: Bench) -> None:
        bench.log.is_full = True
        with pytest.raises(Fault):
            await bench.ask()
        bench.log.is_full = False
        assert (await bench.ask()).created == "O-10001"

    play(scenario)


def test_an_answer_kept_before_there_were_fingerprints_still_counts() -> None:
    async def scenario(bench: Bench) -> None:
        kept = NewEvent("access:root", AccessGranted(subject="root", role=Role.DISPATCHER), NOON_AT)
        answer = msgspec.msgpack.encode({"position": 1, "created": "O-77"})
        await bench.log.append([Append((kept,), DESK, NOON_AT, {}, NAME, answer)])
        assert (await bench.ask("anything")).created == "O-77"

    play(scenario)
