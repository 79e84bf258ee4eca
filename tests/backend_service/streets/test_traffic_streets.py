"""Speeds change under a running engine: closed streets are avoided, questions go on, and nothing is left behind."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from backend_service.streets import traffic_streets
from backend_service.streets.city import City
from backend_service.streets.segment_speeds import SegmentSpeed
from backend_service.streets.street_engine import StreetRoute
from backend_service.streets.traffic_streets import TrafficStreets
from core.refusals import Fault
from core.timekeeping import SteppedClock

TOWN = np.array([[-29.9027, -71.2520], [-29.9533, -71.3436]])


def run(city: City, folder: Path, scenario: Callable[[TrafficStreets], Any]) -> None:
    async def play() -> None:
        log_file = folder / "engine.log"
        async with TrafficStreets(city.streets, SteppedClock(0.0), log_file, folder / "speeds") as streets:
            await traffic_streets.until_answering(streets._running().engine)
            await scenario(streets)

    asyncio.run(play())


def speeds(route: StreetRoute, kmh: float, *, share: float = 1.0) -> list[SegmentSpeed]:
    assert route.segments is not None
    pairs = list(zip(route.segments.from_nodes.tolist(), route.segments.to_nodes.tolist(), strict=True))
    kept = pairs[len(pairs) // 2 :][: max(1, round(share * len(pairs)))]
    return [SegmentSpeed(a, b, kmh) for a, b in kept] + [SegmentSpeed(b, a, kmh) for a, b in kept]


def test_closed_street_is_driven_round_and_opens_again(city: City, tmp_path: Path) -> None:
    async def scenario(streets: TrafficStreets) -> None:
        before = await streets.route(TOWN, annotate=True)
        closed = speeds(before, 0.0, share=0.02)

        await streets.change_speeds(closed)
        round_it = await streets.route(TOWN, annotate=True)
        driven = {(s.from_node, s.to_node) for s in speeds(round_it, 0.0)}
        assert round_it.duration_s > before.duration_s
        assert not driven & {(s.from_node, s.to_node) for s in closed}

        await streets.change_speeds(())
        assert (await streets.route(TOWN)).duration_s == before.duration_s

    run(city, tmp_path, scenario)


def test_slower_street_takes_longer(city: City, tmp_path: Path) -> None:
    async def scenario(streets: TrafficStreets) -> None:
        before = await streets.route(TOWN, annotate=True)
        await streets.change_speeds(speeds(before, 5.0))
        assert (await streets.matrix(TOWN, TOWN)).durations_s[0, 1] > before.duration_s

    run(city, tmp_path, scenario)


def test_questions_are_answered_throughout_and_the_old_engine_ends(city: City, tmp_path: Path) -> None:
    async def scenario(streets: TrafficStreets) -> None:
        first, route = streets.process.pid, await streets.route(TOWN, annotate=True)
        assert first is not None
        changing = asyncio.create_task(streets.change_speeds(speeds(route, 10.0)))
        asked = 0
        while not changing.done():
            assert np.isfinite((await streets.matrix(TOWN, TOWN)).durations_s).all()
            asked += 1
        await changing
        assert asked > 1
        async with asyncio.timeout(20.0):
            while psutil.pid_exists(first):
                await asyncio.sleep(0.05)
        assert streets.process.pid != first

    run(city, tmp_path, scenario)
    assert list((tmp_path / "speeds").iterdir()) == []


def test_speeds_that_cannot_be_taken_leave_the_old_ones(
    city: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario(streets: TrafficStreets) -> None:
        before = await streets.route(TOWN, annotate=True)
        monkeypatch.setattr(traffic_streets, "osrm_program", lambda _: "/bin/false")
        with pytest.raises(Fault, match="old speeds stay"):
            await streets.change_speeds(speeds(before, 0.0))
        assert (await streets.route(TOWN)).duration_s == before.duration_s
        assert streets.changes == 0

    run(city, tmp_path, scenario)


def test_speed_is_a_speed() -> None:
    with pytest.raises(ValueError, match="km/h"):
        SegmentSpeed(1, 2, -5.0)
