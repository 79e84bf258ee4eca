"""A street that a dispatcher closes is driven round by the whole service, and driven again when it opens."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path

import numpy as np

from backend_service.stepped_day import SteppedDay, stepped_day
from core.commands import ClosePlace, ReopenPlace
from core.fleet.closure import ClosureId
from core.vocabulary import Actor, Position, Role

LUNCH_AT = datetime.fromisoformat("2026-11-20T12:10:00-03:00").timestamp()
DESK = Actor(subject="rojas", role=Role.DISPATCHER)
TOWN = np.array([(-29.9027, -71.2520), (-29.9533, -71.3390)])


async def driven(stepped: SteppedDay) -> tuple[float, set[tuple[int, int]]]:
    way = await stepped.service.streets.route(TOWN, annotate=True)
    assert way.segments is not None
    return way.duration_s, set(zip(way.segments.from_nodes.tolist(), way.segments.to_nodes.tolist(), strict=True))


async def close_and_open(data_dir: Path) -> None:
    async with stepped_day(data_dir, starts_at=LUNCH_AT, drivers=4, orders_per_hour=20.0) as stepped:
        bus = stepped.service.bus
        way = await stepped.service.streets.route(TOWN)
        middle = len(way.geometry) // 2
        lat, lon = way.geometry[middle : middle + 2].mean(axis=0).tolist()
        before_s, before = await driven(stepped)

        done = await bus.execute(ClosePlace(position=Position(lat, lon), note="Street market"), DESK)
        await stepped.run(0.1, 1.0)
        round_it_s, round_it = await driven(stepped)
        [closed] = bus.operation.closures.segments(stepped.clock.now())
        assert closed in before or closed[::-1] in before
        assert not {closed, closed[::-1]} & round_it
        assert round_it_s > before_s

        await bus.execute(ReopenPlace(closure_id=ClosureId(str(done.created))), DESK)
        await stepped.run(0.1, 1.0)
        assert await driven(stepped) == (before_s, before)


def test_closed_street_is_driven_round_until_it_opens(tmp_path: Path) -> None:
    asyncio.run(close_and_open(tmp_path))
