"""Accepted fixes become recorded driving events, once, without the intake waiting for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from backend_service.ingestion.latest_readings import LatestReadings
from backend_service.workers import driving_watch
from backend_service.workers.driving_watch import DrivingWatch
from core.commands import DrawGeofence
from core.geofencing.fence import Fence
from core.telemetry.fix_batch import FixBatch
from core.telemetry.reading_batch import ReadingBatch
from core.vocabulary import Actor, FenceId, Position, Role

NOW_AT = 1_800_000_000.0
ADMIN = Actor(subject="AD-1", role=Role.ADMINISTRATOR)


def braking(shift: Any, start_at: float = NOW_AT - 20) -> FixBatch:
    """15 m/s, then 4 and 5 m/s² to a stop, one fix a second."""
    speeds = np.array([15.0, 15.0, 15.0, 11.0, 6.0, 2.0, 2.0])
    north = np.concatenate([[0.0], np.cumsum(0.5 * (speeds[1:] + speeds[:-1]))])
    batch: FixBatch = shift.fixes(*north.tolist())
    batch.fix_at[:] = start_at + np.arange(7)
    batch.received_at[:] = batch.fix_at + 0.5
    batch.speed_mps[:] = speeds
    return batch


def test_harsh_braking_is_recorded_with_its_driver_and_once(on_shift: Any) -> None:
    async def scenario(shift: Any) -> None:
        watch = DrivingWatch(shift.bus, LatestReadings())
        shift.clock.step_to(NOW_AT + 60)
        batch = braking(shift, NOW_AT + 30)
        for row in range(7):
            watch.observe(batch.select(np.array([row])))
        head = shift.bus.operation.position
        await watch.run_once(shift.clock.now())
        again = DrivingWatch(shift.bus, LatestReadings())
        again.observe(batch)
        await again.run_once(shift.clock.now())
        assert await shift.types(head) == ["DrivingEventDetected"]
        [seen] = shift.bus.operation.driving.recent
        assert (seen.kind, seen.driver_id, seen.occurred_at) == ("harsh_braking", "DR-1", NOW_AT + 33)
        assert shift.bus.operation.driving.detected == {"harsh_braking": 1}

    on_shift(scenario)


def test_idling_asks_the_newest_word_on_the_engine(on_shift: Any) -> None:
    async def scenario(shift: Any) -> None:
        latest = LatestReadings()
        watch = DrivingWatch(shift.bus, latest)
        shift.clock.step_to(NOW_AT + 700)
        standing = shift.fixes(*[0.0] * 130, speed_mps=0.0)
        watch.observe(standing.select(np.arange(65)))
        await watch.run_once(shift.clock.now())
        assert shift.bus.operation.driving.recent == []
        latest.update(ReadingBatch.of([("", "V-1", "ignition", NOW_AT, NOW_AT, float("nan"), "on")]))
        watch.observe(standing.select(np.arange(65, 130)))
        await watch.run_once(shift.clock.now())
        [seen] = shift.bus.operation.driving.recent
        assert (seen.kind, seen.value) == ("idling", 300.0)

    on_shift(scenario)


def test_what_is_too_much_is_left_out_and_counted(on_shift: Any, monkeypatch: Any) -> None:
    async def scenario(shift: Any) -> None:
        monkeypatch.setattr(driving_watch, "MOST_WAITING_ROWS", 10)
        watch = DrivingWatch(shift.bus, LatestReadings())
        for _ in range(3):
            watch.observe(braking(shift))
        assert watch.unjudged == 14
        await watch.run_once(shift.clock.now())
        assert len(shift.bus.operation.driving.recent) == 1

    on_shift(scenario)


def test_an_extract_that_cannot_be_read_leaves_the_policy_s_limit(on_shift: Any, tmp_path: Path) -> None:
    async def scenario(shift: Any) -> None:
        watch = DrivingWatch(shift.bus, LatestReadings(), tmp_path / "missing.osm.pbf")
        watch.observe(shift.fixes(*[i * 200.0 for i in range(8)], speed_mps=40.0, start_at=NOW_AT - 60))
        await watch.run_once(shift.clock.now())
        assert [seen.kind for seen in shift.bus.operation.driving.recent] == ["speeding"]

    on_shift(scenario)


def test_who_is_too_fast_in_a_fence_is_recorded_with_the_fence(on_shift: Any) -> None:
    async def scenario(shift: Any) -> None:
        watch = DrivingWatch(shift.bus, LatestReadings())
        shift.bus.subscribe(watch.follow)
        drive = shift.fixes(*[i * 60.0 for i in range(40)], speed_mps=12.0, start_at=NOW_AT - 60)
        watch.observe(drive.select(np.arange(5)))
        await watch.run_once(shift.clock.now())
        middle = Position(float(drive.lat[20]), float(drive.lon[20]))
        school = Fence(fence_id=FenceId("F-9"), name="School", centre=middle, radius_m=400.0, speed_limit_mps=8.0)
        await shift.bus.execute(DrawGeofence(fence=school), ADMIN)
        watch.observe(drive.select(np.arange(5, 40)))
        await watch.run_once(shift.clock.now())
        [seen] = shift.bus.operation.driving.recent
        assert (seen.kind, seen.fence_id, seen.threshold) == ("speeding", "F-9", 8.0)

    on_shift(scenario)
