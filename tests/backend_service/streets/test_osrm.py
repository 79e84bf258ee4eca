"""A real street engine over the demo city: what it answers, and what happens when it dies."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from backend_service.streets.city import City
from backend_service.streets.osrm import AskingLimits, OsrmStreets
from backend_service.streets.street_engine import NoWay
from core.geodesy import distance_m

LA_SERENA = (-29.9027, -71.2520)
COQUIMBO = (-29.9533, -71.3390)
PENUELAS = (-29.9500, -71.2950)
IN_THE_BAY = (-29.9200, -71.3100)
TOWN = np.array([LA_SERENA, COQUIMBO, PENUELAS])


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not true():
            await asyncio.sleep(0.01)


def run_live(open_streets: Any, scenario: Callable[[Any], Any]) -> None:
    async def play() -> None:
        async with open_streets() as running:
            await until(lambda: not running.streets.state.degraded)
            await scenario(running)

    asyncio.run(play())


def test_la_serena_to_coquimbo_is_ten_to_fourteen_kilometres(open_streets: Any) -> None:
    async def scenario(running: Any) -> None:
        route = await running.streets.route(TOWN[:2])
        assert 10_000 < route.distance_m < 14_000
        assert 8 * 60 < route.duration_s < 25 * 60
        assert not route.degraded
        assert route.as_of == 1_795_176_000.0
        drawn = distance_m(route.geometry[:-1], route.geometry[1:]).sum()
        assert drawn == pytest.approx(route.distance_m, rel=0.01)
        assert distance_m(route.geometry[0], TOWN[0]) < 100
        assert distance_m(route.geometry[-1], TOWN[1]) < 100

    run_live(open_streets, scenario)


def test_matrix_agrees_with_the_legs_of_a_route(open_streets: Any) -> None:
    async def scenario(running: Any) -> None:
        matrix = await running.streets.matrix(TOWN, TOWN[:2])
        assert matrix.durations_s.shape == matrix.distances_m.shape == (3, 2)
        route = await running.streets.route(TOWN[[0, 1, 0, 1]])
        there, back = (0, 1), (1, 0)
        legs = [matrix.durations_s[leg] for leg in (there, back, there)]
        np.testing.assert_allclose(route.leg_durations_s, legs, atol=0.2)
        np.testing.assert_allclose(route.leg_distances_m[0], matrix.distances_m[there], atol=1)
        assert route.duration_s == pytest.approx(sum(legs), abs=0.5)

    run_live(open_streets, scenario)


def test_matrix_asked_in_blocks_is_the_same_matrix(open_streets: Any, clock: Any) -> None:
    async def scenario(running: Any) -> None:
        dice = np.random.default_rng(7)
        points = dice.uniform((-29.98, -71.34), (-29.87, -71.22), (23, 2))
        whole = await running.engine.matrix(points, points[:11])
        async with OsrmStreets(running.process, clock, AskingLimits(block=4)) as small:
            parts = await small.matrix(points, points[:11])
        np.testing.assert_array_equal(parts.durations_s, whole.durations_s)
        np.testing.assert_array_equal(parts.distances_m, whole.distances_m)

    run_live(open_streets, scenario)


def test_empty_questions_have_empty_answers(open_streets: Any) -> None:
    async def scenario(running: Any) -> None:
        nothing = np.empty((0, 2))
        assert (await running.engine.matrix(nothing, TOWN)).durations_s.shape == (0, 3)
        assert (await running.engine.nearest(nothing)).points.shape == (0, 2)

    run_live(open_streets, scenario)


def test_one_way_street_takes_longer_against_its_direction(open_streets: Any) -> None:
    async def scenario(running: Any) -> None:
        # Forty metres south along Balmaceda, a one-way street to the north here: round the block.
        along = np.array([(-29.90505, -71.2501), (-29.90470, -71.2501)])
        matrix = await running.streets.matrix(along, along)
        assert matrix.distances_m[0, 1] < 60
        assert matrix.distances_m[1, 0] > 500

    run_live(open_streets, scenario)


def test_neighbours_on_one_street_are_no_negative_distance_apart(open_streets: Any) -> None:
    async def scenario(running: Any) -> None:
        # OSRM itself says -0.2 m.
        neighbours = np.array([(-29.928958, -71.210261), (-29.928959, -71.210259)])
        matrix = await running.streets.matrix(neighbours, neighbours)
        assert not matrix.degraded
        assert 0.1 < matrix.distances_m[0, 1] < 0.4

    run_live(open_streets, scenario)


def test_point_out_in_the_bay_has_no_way(open_streets: Any) -> None:
    async def scenario(running: Any) -> None:
        points = np.array([LA_SERENA, IN_THE_BAY, COQUIMBO])
        matrix = await running.streets.matrix(points, points)
        assert np.isinf(matrix.durations_s[1]).all() and np.isinf(matrix.distances_m[:, 1]).all()
        assert np.isfinite(matrix.durations_s[0, 2])
        with pytest.raises(NoWay):
            await running.streets.route(points)
        assert not running.streets.state.degraded

    run_live(open_streets, scenario)


def test_segments_lie_between_the_vertices_of_the_route(open_streets: Any) -> None:
    async def scenario(running: Any) -> None:
        route = await running.streets.route(TOWN, annotate=True)
        segments = route.segments
        count = len(route.geometry) - 1
        shapes = {len(segments.from_nodes), len(segments.to_nodes), len(segments.durations_s)}
        assert shapes == {count}
        drawn = distance_m(route.geometry[:-1], route.geometry[1:])
        np.testing.assert_allclose(segments.distances_m, drawn, atol=2)
        assert 0.8 * route.duration_s < segments.durations_s.sum() <= route.duration_s
        inner = segments.from_nodes[1:] == segments.to_nodes[:-1]
        assert inner.sum() >= count - 2  # all but the joint of the two legs follow each other

    run_live(open_streets, scenario)


def test_fixes_beside_a_street_are_laid_onto_it(open_streets: Any) -> None:
    async def scenario(running: Any) -> None:
        route = await running.streets.route(TOWN[:2])
        metres_aside = 8 / 111_195
        fixes = route.geometry[::4] + np.array([0.0, metres_aside])
        away = distance_m(fixes[:-1], fixes[1:]).cumsum() / 10
        times = 1_795_176_000.0 + np.concatenate([[0.0], away])
        path = await running.streets.match(fixes, times, np.full(len(fixes), 10.0))
        assert np.isfinite(path.snapped).all(axis=1).mean() > 0.9
        assert path.distance_m == pytest.approx(route.distance_m, rel=0.1)
        at_sea = await running.streets.match(np.array([IN_THE_BAY] * 2), times[:2], np.full(2, 5.0))
        assert at_sea.pieces == () and np.isnan(at_sea.snapped).all()
        with pytest.raises(ValueError, match="2 to 1000 fixes"):
            await running.streets.match(fixes[:1], times[:1], np.ones(1))

    run_live(open_streets, scenario)


def test_nearest_says_how_far_a_street_is(open_streets: Any) -> None:
    async def scenario(running: Any) -> None:
        points = np.array([LA_SERENA, IN_THE_BAY])
        snapped = await running.streets.nearest(points)
        np.testing.assert_allclose(distance_m(snapped.points, points), snapped.distances_m, rtol=0.01, atol=0.5)
        assert snapped.distances_m[0] < 100 < 1000 < snapped.distances_m[1]
        alone = await running.streets.nearest(points[1:])
        np.testing.assert_array_equal(alone.points, snapped.points[1:])

    run_live(open_streets, scenario)


def test_killed_engine_is_answered_for_by_estimate_and_comes_back_by_itself(open_streets: Any) -> None:
    async def scenario(running: Any) -> None:
        first = running.process.pid
        os.kill(first, signal.SIGKILL)
        await until(lambda: running.process.pid != first or running.streets.state.degraded)
        matrix = await running.streets.matrix(TOWN, TOWN)
        route = await running.streets.route(TOWN)
        assert np.isfinite(matrix.durations_s).all() and route.distance_m > 10_000
        await until(lambda: len(running.told) >= 3)
        assert [state.degraded for state in running.told[:3]] == [False, True, False]
        assert running.told[1].cause
        assert running.process.pid != first
        assert not (await running.streets.matrix(TOWN, TOWN)).degraded

    run_live(open_streets, scenario)


def test_question_under_way_when_the_engine_dies_is_answered_by_estimate(open_streets: Any) -> None:
    async def scenario(running: Any) -> None:
        os.kill(running.process.pid, signal.SIGSTOP)  # it takes the question, and says nothing
        asked = asyncio.create_task(running.engine.matrix(TOWN, TOWN))
        watched = asyncio.create_task(running.streets.matrix(TOWN, TOWN))
        await asyncio.sleep(0)
        running.process.kill()
        with pytest.raises(Exception, match="does not answer"):
            await asked
        assert (await watched).degraded
        assert running.streets.counts.estimated == 1

    run_live(open_streets, scenario)


def test_hanging_engine_is_killed_and_started_anew(open_streets: Any, clock: Any) -> None:
    async def scenario(running: Any) -> None:
        first = running.process.pid
        os.kill(first, signal.SIGSTOP)
        async with OsrmStreets(running.process, clock, AskingLimits(ping_seconds=0.05)) as impatient:
            for _ in range(3):
                with pytest.raises(Exception, match="does not answer"):
                    await impatient.ping()
        await until(lambda: running.process.pid not in (first, None))
        await until(lambda: not running.streets.state.degraded)
        assert not psutil.pid_exists(first)

    run_live(open_streets, scenario)


def test_nobody_is_left_after_the_end(open_streets: Any) -> None:
    left: list[int] = []

    async def scenario(running: Any) -> None:
        left.append(running.process.pid)

    run_live(open_streets, scenario)
    assert not psutil.pid_exists(left[0])


PARENT = """
import asyncio, sys
from pathlib import Path
from backend_service.streets.osrm_process import OsrmProcess

async def live():
    async with OsrmProcess(Path(sys.argv[1]), Path(sys.argv[2])) as process:
        while process.pid is None:
            await asyncio.sleep(0.01)
        print(process.pid, flush=True)
        await asyncio.sleep(60)

asyncio.run(live())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends the children of a killed parent")
def test_engine_is_gone_when_its_parent_is_killed(city: City, tmp_path: Path) -> None:
    command = [sys.executable, "-c", PARENT, str(city.streets), str(tmp_path / "osrm.log")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        engine = psutil.Process(int(parent.stdout.readline()))
        parent.kill()
        gone, alive = psutil.wait_procs([engine], timeout=20)
    assert gone and not alive
