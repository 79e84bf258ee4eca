"""Streets are asked without one of them while those in force answer as before; what was made for it is used again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import numpy as np
import psutil
import pytest

from backend_service.streets import engines_beside, traffic_streets
from backend_service.streets.city import City
from backend_service.streets.running_streets import running_streets
from backend_service.streets.segment_speeds import SegmentSpeed, speeds_closing
from backend_service.streets.street_engine import StreetEngine
from backend_service.streets.supervised_streets import SupervisedStreets
from backend_service.streets.traffic_streets import TrafficStreets
from core.fleet.closure import Segment
from core.refusals import Fault
from core.timekeeping import SteppedClock

TOWN = np.array([(-29.9027, -71.2520), (-29.9533, -71.3390)])


async def pieces(streets: StreetEngine) -> list[Segment]:
    """Return the pieces of street on the way through the town."""
    way = await streets.route(TOWN, annotate=True)
    assert way.segments is not None
    return list(zip(way.segments.from_nodes.tolist(), way.segments.to_nodes.tolist(), strict=True))


async def in_the_middle(streets: StreetEngine) -> Segment:
    way = await pieces(streets)
    return way[len(way) // 2]


async def seconds(streets: StreetEngine) -> float:
    return float((await streets.matrix(TOWN, TOWN)).durations_s[0, 1])


def engines() -> set[int]:
    children = psutil.Process().children(recursive=True)
    return {child.pid for child in children if "osrm-routed" in child.name()}


async def until_engines(count: int) -> None:
    async with asyncio.timeout(30.0):
        while len(engines()) != count:
            await asyncio.sleep(0.05)


def run(city: City, folder: Path, story: Callable[[TrafficStreets], Awaitable[None]]) -> None:
    """Play a story on streets that answer, and see that nothing is left of them."""

    async def play() -> None:
        log_file = folder / "engine.log"
        async with TrafficStreets(city.streets, SteppedClock(0.0), log_file, folder / "speeds") as streets:
            await traffic_streets.until_answering(streets._running().engine)
            await story(streets)

    asyncio.run(play())
    assert engines() == set()
    assert not list((folder / "speeds").glob("*"))


def test_way_is_longer_beside_while_the_one_in_force_stays(city: City, tmp_path: Path) -> None:
    async def story(streets: TrafficStreets) -> None:
        before, shut = await seconds(streets), await in_the_middle(streets)
        async with streets.beside(speeds_closing([shut])) as aside:
            assert await seconds(aside) > before
            assert not {shut, shut[::-1]} & set(await pieces(aside))
            assert await seconds(streets) == before
        assert streets.changes == 0

    run(city, tmp_path, story)


def test_asked_again_and_put_in_force_it_is_the_same_engine(city: City, tmp_path: Path) -> None:
    async def story(streets: TrafficStreets) -> None:
        wanted = speeds_closing([await in_the_middle(streets)])
        async with streets.beside(wanted) as first:
            longer = await seconds(first)
        async with streets.beside(wanted) as second:
            assert second is first
        [made] = engines() - {streets.process.pid}

        await streets.change_speeds(wanted)
        assert streets.process.pid == made
        assert (await seconds(streets), streets.changes) == (longer, 1)
        await until_engines(1)
        # In force, it is what is asked for these speeds; and it is not ended with what was beside it.
        async with streets.beside(wanted) as third:
            assert third is first

    run(city, tmp_path, story)


def test_put_in_force_while_somebody_still_looks_at_it(city: City, tmp_path: Path) -> None:
    async def story(streets: TrafficStreets) -> None:
        wanted = speeds_closing([await in_the_middle(streets)])
        async with streets.beside(wanted) as aside:
            await streets.change_speeds(wanted)
            longer = await seconds(aside)
        assert await seconds(streets) == longer
        await streets.change_speeds(())
        assert await seconds(streets) < longer

    run(city, tmp_path, story)


def test_two_are_kept_and_the_oldest_goes(city: City, tmp_path: Path) -> None:
    async def story(streets: TrafficStreets) -> None:
        way = await pieces(streets)
        made = []
        for piece in way[::10][:3]:
            async with streets.beside(speeds_closing([piece])):
                made.append(engines() - {streets.process.pid})
        await until_engines(1 + engines_beside.MOST_KEPT)
        assert not made[0] <= engines()
        assert made[2] - made[1] <= engines()

    run(city, tmp_path, story)


def test_what_nobody_asks_any_more_ends(city: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines_beside, "KEPT_S", 0.01)

    async def story(streets: TrafficStreets) -> None:
        async with streets.beside(speeds_closing([await in_the_middle(streets)])) as aside:
            await seconds(aside)
            assert len(engines()) == 2
        await until_engines(1)
        assert not list((tmp_path / "speeds").glob("*"))

    run(city, tmp_path, story)


def test_work_in_the_background_keeps_nothing(city: City, tmp_path: Path) -> None:
    async def story(streets: TrafficStreets) -> None:
        shut = await in_the_middle(streets)
        await streets.change_speeds(speeds_closing([shut]))
        longer = await seconds(streets)
        # What would have been without the closure that is in force, and with it, at the same time.
        async with (
            streets.beside((), is_behind=True) as free,
            streets.beside(speeds_closing([shut]), is_behind=True) as closed,
        ):
            assert await seconds(free) < longer == await seconds(closed)
        await until_engines(1)

    run(city, tmp_path, story)


def test_who_gives_up_looking_leaves_it_to_others(city: City, tmp_path: Path) -> None:
    async def story(streets: TrafficStreets) -> None:
        wanted = speeds_closing([await in_the_middle(streets)])

        async def look() -> float:
            async with streets.beside(wanted) as aside:
                return await seconds(aside)

        first, second = asyncio.create_task(look()), asyncio.create_task(look())
        await asyncio.sleep(0)
        first.cancel()
        assert await second > await seconds(streets)
        assert first.cancelled() or first.done()
        assert len(engines()) == 2

    run(city, tmp_path, story)


def test_service_that_ends_while_one_is_made_leaves_nothing(city: City, tmp_path: Path) -> None:
    looking: list[asyncio.Task[None]] = []

    async def story(streets: TrafficStreets) -> None:
        wanted = speeds_closing([await in_the_middle(streets)])

        async def look() -> None:
            async with streets.beside(wanted):
                raise AssertionError("it was not to be had")

        looking.append(asyncio.create_task(look()))
        async with asyncio.timeout(30.0):
            while not list((tmp_path / "speeds").glob("*/speeds.csv")):
                await asyncio.sleep(0)

    run(city, tmp_path, story)
    assert looking[0].cancelled()


def test_what_cannot_be_made_is_told_and_made_another_time(
    city: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(streets: TrafficStreets) -> None:
        wanted, program = speeds_closing([await in_the_middle(streets)]), traffic_streets.osrm_program
        monkeypatch.setattr(traffic_streets, "osrm_program", lambda _: "/bin/false")
        with pytest.raises(Fault, match="old speeds stay"):
            async with streets.beside(wanted):
                pass
        monkeypatch.setattr(traffic_streets, "osrm_program", program)
        async with streets.beside(wanted) as aside:
            assert await seconds(aside) > await seconds(streets)

    run(city, tmp_path, story)


def test_folder_that_cannot_be_written_to_is_a_fault(city: City, tmp_path: Path) -> None:
    async def story(streets: TrafficStreets) -> None:
        (tmp_path / "speeds").write_text("in the way")
        with pytest.raises(Fault, match="cannot be copied"):
            async with streets.beside([SegmentSpeed(1, 2, 0.0)]):
                pass
        (tmp_path / "speeds").unlink()

    run(city, tmp_path, story)


def test_live_speeds_hold_on_both_sides(city: City, clock: SteppedClock, tmp_path: Path) -> None:
    async def play() -> None:
        async with running_streets(city, clock, tmp_path / "osrm.log", on_state_change=lambda _: None) as streets:
            await streets.until_live()
            await compare(streets)

    async def compare(streets: SupervisedStreets) -> None:
        way = await pieces(streets)
        await streets.drive_at([SegmentSpeed(a, b, 5.0) for a, b in way])
        slow, shut = await seconds(streets), await in_the_middle(streets)
        async with streets.with_closed({shut}) as aside:
            round_it = await seconds(aside)
            assert shut not in await pieces(aside)
        assert round_it > slow
        await streets.change_speeds(speeds_closing({shut}))
        assert await seconds(streets) == round_it

    asyncio.run(play())
    assert engines() == set()
