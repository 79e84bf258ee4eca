"""Closed streets are closed in the street engine, both ways, and opened when their time is over."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from backend_service.streets.segment_speeds import SegmentSpeed
from backend_service.workers.closure_watch import ClosureWatch
from core.fleet.closure import Closure, ClosureId
from core.refusals import Fault


def close(town: Any, for_s: float) -> None:
    name = ClosureId("X-1")
    town.bus.operation.closures.closures[name] = Closure(
        closure_id=name,
        segments=((7, 8),),
        note="Market",
        closed_by="rojas",
        closed_at=town.now,
        until_at=town.now + for_s,
    )


def test_street_is_closed_both_ways_once_and_opened_by_itself(town: Any) -> None:
    asked: list[Sequence[SegmentSpeed]] = []
    drawn_anew = []

    async def change(speeds: Sequence[SegmentSpeed]) -> None:
        asked.append(speeds)

    watch = ClosureWatch(town.bus, change, lambda: drawn_anew.append(1))
    close(town, 60.0)
    for after_s in (0.0, 5.0, 60.0, 65.0):
        asyncio.run(watch.run_once(town.now + after_s))

    assert asked == [[SegmentSpeed(7, 8, 0.0), SegmentSpeed(8, 7, 0.0)], []]
    assert len(drawn_anew) == 2


def test_streets_that_could_not_be_changed_are_asked_again(town: Any) -> None:
    tries = []

    async def change(speeds: Sequence[SegmentSpeed]) -> None:
        tries.append(speeds)
        if len(tries) == 1:
            raise Fault("streets.speeds_failed", "No room on the disk.")

    watch = ClosureWatch(town.bus, change, lambda: None)
    close(town, 60.0)
    for after_s in (0.0, 5.0, 10.0):
        asyncio.run(watch.run_once(town.now + after_s))
    assert len(tries) == 2
