"""A source's loss is told when it lasts, its return at once, and each source for itself."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from backend_service.event_log.volatile import VolatileEventLog
from backend_service.handlers.command_bus import CommandBus
from backend_service.workers.source_watch import SETTLED_S, SourceWatch
from core.projections.operation import Operation
from core.timekeeping import SteppedClock

NOW_AT = 1_800_000_000.0


@dataclass(frozen=True)
class Stands:
    degraded: bool
    since_at: float = NOW_AT


def test_two_sources_come_and_go_apart() -> None:
    async def play() -> None:
        clock = SteppedClock(NOW_AT)
        operation = Operation()
        bus = CommandBus(VolatileEventLog(clock), operation, clock)
        bus.start()
        states = {"streets": Stands(False), "broker": Stands(True)}
        watches = [
            SourceWatch(bus, lambda: states["streets"]),
            SourceWatch(bus, lambda: states["broker"], source="broker", effect="Nobody is heard."),
        ]

        async def told(at: float) -> dict[str, str]:
            for watch in watches:
                await watch.run_once(at)
            return {source.source: source.effect for source in operation.sources.degraded()}

        assert await told(NOW_AT + SETTLED_S / 2) == {}
        assert await told(NOW_AT + SETTLED_S) == {"broker": "Nobody is heard."}
        states["broker"] = Stands(False, NOW_AT + 3.0)
        assert await told(NOW_AT + 3.0) == {}
        assert len({watch.name for watch in watches}) == 2
        await bus.stop()

    asyncio.run(play())


def test_what_a_loss_means_is_told_anew_when_it_changes() -> None:
    async def play() -> None:
        clock = SteppedClock(NOW_AT)
        operation = Operation()
        bus = CommandBus(VolatileEventLog(clock), operation, clock)
        bus.start()
        words = ["D-1 is a day ahead."]
        watch = SourceWatch(bus, lambda: Stands(True), source="device clocks", effect=lambda: words[-1])
        for at in (SETTLED_S, SETTLED_S + 1.0):
            clock.step_to(NOW_AT + at)
            await watch.run_once(clock.now())
        assert operation.position == 1
        words.append("D-1 and D-2 are a day ahead.")
        clock.step_to(NOW_AT + 60.0)
        await watch.run_once(clock.now())
        (source,) = operation.sources.degraded()
        assert (source.effect, source.since_at, operation.position) == (words[-1], NOW_AT + SETTLED_S, 2)
        await bus.stop()

    asyncio.run(play())


def test_a_loss_from_before_the_clock_was_put_back_is_told() -> None:
    async def play() -> None:
        clock = SteppedClock(NOW_AT - 3_600.0)
        operation = Operation()
        bus = CommandBus(VolatileEventLog(clock), operation, clock)
        bus.start()
        await SourceWatch(bus, lambda: Stands(True)).run_once(clock.now())
        assert [source.source for source in operation.sources.degraded()] == ["streets"]
        await bus.stop()

    asyncio.run(play())
