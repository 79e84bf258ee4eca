"""The assembled streets answer at once, by estimate, and by the engine as soon as it is there."""

import asyncio
from pathlib import Path

import numpy as np

from backend_service.streets.city import City
from backend_service.streets.running_streets import running_streets
from backend_service.streets.segment_speeds import SegmentSpeed
from backend_service.streets.supervised_streets import StreetsState
from core.timekeeping import SteppedClock

TOWN = np.array([(-29.9027, -71.2520), (-29.9533, -71.3390)])


def test_first_answers_are_estimates_and_the_next_are_of_streets(
    city: City, clock: SteppedClock, tmp_path: Path
) -> None:
    async def play() -> None:
        back = asyncio.Event()

        def hear(state: StreetsState) -> None:
            if not state.degraded:
                back.set()

        async with running_streets(city, clock, tmp_path / "osrm.log", on_state_change=hear) as streets:
            assert (await streets.matrix(TOWN, TOWN)).degraded
            async with asyncio.timeout(30):
                await back.wait()
            known = await streets.matrix(TOWN, TOWN)
            assert not known.degraded
            assert await streets.matrix(TOWN, TOWN) is known

            way = (await streets.route(TOWN, annotate=True)).segments
            assert way is not None
            pairs = zip(way.from_nodes.tolist(), way.to_nodes.tolist(), strict=True)
            await streets.change_speeds([SegmentSpeed(a, b, 5.0) for a, b in pairs])
            slower = await streets.matrix(TOWN, TOWN)
            assert slower.durations_s[0, 1] > known.durations_s[0, 1]

    asyncio.run(play())
    assert "Listening" in (tmp_path / "osrm.log").read_text()
