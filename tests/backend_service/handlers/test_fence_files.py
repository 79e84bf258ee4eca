"""Files of fences over the feed: out and in again, looked at first, all or nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from backend_service.event_log.volatile import VolatileEventLog
from backend_service.handlers.command_bus import CommandBus
from backend_service.handlers.fence_files import FenceFiles
from core.commands import DrawGeofence
from core.geofencing.fence import Fence
from core.operations import BringFencesIn, FenceFileFormat, FencesBroughtIn, TakeFencesOut
from core.projections.operation import Operation
from core.refusals import Refusal
from core.timekeeping import SteppedClock
from core.vocabulary import Actor, FenceId, Position, Role

CHIEF = Actor(role=Role.SUPERVISOR, subject="vega")
DEPOT = Fence(fence_id=FenceId("F-depot"), name="Depot", centre=Position(-29.9, -71.25), radius_m=120.0)


def with_bus[T](act: Callable[[CommandBus], Awaitable[T]]) -> T:
    async def run() -> T:
        clock = SteppedClock(1_800_000_000.0)
        bus = CommandBus(VolatileEventLog(clock), Operation(), clock)
        bus.start()
        try:
            return await act(bus)
        finally:
            await bus.stop()

    return asyncio.run(run())


@pytest.mark.parametrize("file_format", list(FenceFileFormat))
def test_what_is_taken_out_is_drawn_by_another_service(file_format: FenceFileFormat) -> None:
    async def take_out(bus: CommandBus) -> bytes:
        await bus.execute(DrawGeofence(fence=DEPOT), CHIEF)
        return await FenceFiles(bus).out(TakeFencesOut(file_format=file_format), CHIEF)

    content = with_bus(take_out)

    async def bring_in(bus: CommandBus) -> tuple[FencesBroughtIn, FencesBroughtIn, dict[FenceId, Fence]]:
        files = FenceFiles(bus)
        looked_at = await files.bring_in(BringFencesIn(content=content, file_format=file_format), CHIEF, "1")
        assert not bus.operation.fences.fences
        asked = BringFencesIn(content=content, file_format=file_format, draws=True)
        drawn = await files.bring_in(asked, CHIEF, "2")
        return looked_at, drawn, dict(bus.operation.fences.fences)

    looked_at, drawn, fences = with_bus(bring_in)
    assert (looked_at.features, looked_at.bad, looked_at.drawn) == (1, 0, 0)
    assert drawn.drawn == 1
    assert fences == {DEPOT.fence_id: DEPOT}


def test_one_bad_feature_and_nothing_is_drawn() -> None:
    content = b"""{"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {"name": "Good", "radius_m": 50},
         "geometry": {"type": "Point", "coordinates": [-71.25, -29.9]}},
        {"type": "Feature", "properties": {"name": "Bad", "radius_m": -1},
         "geometry": {"type": "Point", "coordinates": [-71.25, -29.9]}}]}"""

    async def bring_in(bus: CommandBus) -> tuple[FencesBroughtIn, int]:
        asked = BringFencesIn(content=content, file_format=FenceFileFormat.GEOJSON, draws=True)
        told = await FenceFiles(bus).bring_in(asked, CHIEF, "1")
        return told, len(bus.operation.fences.fences)

    told, kept = with_bus(bring_in)
    assert (told.features, told.bad, told.drawn, kept) == (2, 1, 0, 0)
    assert [(problem.feature, problem.name) for problem in told.problems] == [(2, "Bad")]


def test_a_dispatcher_looks_at_no_file() -> None:
    async def bring_in(bus: CommandBus) -> FencesBroughtIn:
        await bus.execute(DrawGeofence(fence=DEPOT), CHIEF)
        content = await FenceFiles(bus).out(TakeFencesOut(), CHIEF)
        asked = BringFencesIn(content=content, file_format=FenceFileFormat.GEOJSON)
        return await FenceFiles(bus).bring_in(asked, Actor(role=Role.DISPATCHER, subject="rojas"), "1")

    with pytest.raises(Refusal) as refused:
        with_bus(bring_in)
    assert refused.value.code == "access.role"
