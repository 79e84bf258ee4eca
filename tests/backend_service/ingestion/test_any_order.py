"""Whatever order, batching, repetition and restart fixes go through, archive and live positions end up the same."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from backend_service.ingestion.device_board import DeviceBoard
from backend_service.ingestion.intake import Intake
from backend_service.ingestion.live_positions import LivePositions
from backend_service.storage.fix_archive import FixArchive
from core.fleet.fleet import Device
from core.geodesy import METRES_PER_DEGREE
from core.geofencing.crossings import CrossingDetector, FenceCrossing
from core.geofencing.fence import Fence
from core.projections.operation import Operation
from core.telemetry.fix_batch import KEPT_COLUMNS, FixBatch
from core.telemetry.pipeline import Meaning
from core.vocabulary import DeviceId, FenceId, Position, VehicleId

NOON = 1_800_014_400.0
VEHICLES = ("V-1", "V-2", "V-3")
MIDNIGHT = NOON - NOON % 86_400.0
"""Half of the fixes are of the day before: the archive has a file for each."""

type Fix = tuple[str, int]
"""A vehicle, and how many times five seconds after midnight less 200 s it was there.

``V-1/b`` is the device on V-1 that stands in for the first one.
"""

FRESH_TICKS = 6
"""30 s: so long a stand-in keeps still after the first device was heard."""


def batch(fixes: Sequence[Fix]) -> FixBatch:
    """Return fixes of vehicles that drive north at 20 m/s, so that each is reachable from every other."""
    ticks = np.array([tick for _, tick in fixes], dtype=np.float64)
    count, unknown = len(fixes), np.full(len(fixes), np.nan)
    return FixBatch(
        device=np.array([f"D-{vehicle}" for vehicle, _ in fixes], dtype=object),
        vehicle=np.array([vehicle.removesuffix("/b") for vehicle, _ in fixes], dtype=object),
        fix_at=MIDNIGHT - 200.0 + 5.0 * ticks,
        received_at=np.full(count, NOON),
        arrived_wall_at=np.full(count, NOON),
        lat=-29.9 + ticks * 100.0 / METRES_PER_DEGREE,
        lon=np.full(count, -71.25),
        speed_mps=np.where(ticks % 2 > 0, 20.0, unknown),
        heading_deg=unknown,
        accuracy_m=np.full(count, 5.0),
        is_valid=np.ones(count, dtype=np.bool_),
    )


def rows_of(kept: FixBatch) -> list[tuple[Any, ...]]:
    """Return the rows of a batch in a fixed order; nan as None, which equals itself."""
    columns = [getattr(kept, name).tolist() for name in KEPT_COLUMNS]
    rows = [tuple(None if value != value else value for value in row) for row in zip(*columns, strict=True)]
    return sorted(rows, key=lambda row: row[:3])


def two_devices_each() -> Operation:
    """Return an operation in which each vehicle has a device and another that stands in."""
    operation = Operation()
    for name in VEHICLES:
        for device in (f"D-{name}", f"D-{name}/b"):
            device_id = DeviceId(device)
            operation.fleet.devices[device_id] = Device(device_id=device_id, vehicle_id=VehicleId(name), key_digest="")
    return operation


async def take_in(batches: Sequence[Sequence[Fix]], folder: Path, *, restarts_after: int) -> tuple[Any, Any]:
    """Return what archive and live positions hold after the batches; the service starts anew after some of them."""
    archive = FixArchive(folder)
    try:
        for some in (batches[:restarts_after], batches[restarts_after:]):
            live = LivePositions()
            live.update(await archive.latest_per_vehicle())
            devices = DeviceBoard(two_devices_each(), silent_after_s=60.0)
            devices.choose(live.snapshot())
            intake = Intake(archive, live, devices=devices)
            intake.start()
            await asyncio.gather(*(intake.take(batch(fixes)) for fixes in some))
            await intake.close()
        tracks = [await archive.read(VehicleId(name), 0.0, NOON) for name in VEHICLES]
        return rows_of(FixBatch.concatenate(tracks)), rows_of(live.snapshot())
    finally:
        await archive.close()


_fixes = st.sets(st.tuples(st.sampled_from(VEHICLES), st.integers(0, 80)), min_size=1, max_size=30)


@settings(max_examples=15, deadline=None)
@given(fixes=_fixes, dice=st.randoms(use_true_random=False))
@example(fixes={("V-1", 39), ("V-1", 40), ("V-1", 41)}, dice=Random(1))
def test_no_order_batching_or_repetition_changes_what_is_kept(fixes: set[Fix], dice: Any) -> None:
    sent = sorted(fixes) + [fix for fix in sorted(fixes) if dice.random() < 0.5]
    dice.shuffle(sent)
    batches = cut(sent, dice)
    with tempfile.TemporaryDirectory() as folder:
        restarts_after = dice.randint(0, len(batches))
        kept, live = asyncio.run(take_in(batches, Path(folder), restarts_after=restarts_after))
    assert kept == rows_of(batch(sorted(fixes)))
    newest = {vehicle: max(tick for name, tick in fixes if name == vehicle) for vehicle, _ in fixes}
    assert live == rows_of(batch(sorted(newest.items())))


def cut(sent: list[Fix], dice: Any) -> list[list[Fix]]:
    """Return what is sent in up to six batches."""
    cuts = sorted(dice.sample(range(1, len(sent)), dice.randint(0, min(5, len(sent) - 1)))) if len(sent) > 1 else []
    return [sent[start:end] for start, end in pairwise([0, *cuts, len(sent)])]


def may_be_shown(fixes: set[Fix], vehicle: str) -> set[Fix]:
    """Return the fixes of which one is a vehicle's position in the end.

    It is the first device's newest, or the stand-in's if that is 30 s newer. In between it depends on which of the two
    was heard first: a position that was shown is not taken back.
    """
    first, second = ([fix for fix in fixes if fix[0] == name] for name in (vehicle, f"{vehicle}/b"))
    if not first or not second:
        return {max(first + second)}
    ahead = max(second)[1] - max(first)[1]
    if ahead >= FRESH_TICKS:
        return {max(second)}
    return {max(first)} | {fix for fix in second if fix[1] >= max(first)[1]}


@settings(max_examples=10, deadline=None)
@given(
    fixes=st.sets(
        st.tuples(st.sampled_from([*VEHICLES[:2], *(f"{name}/b" for name in VEHICLES[:2])]), st.integers(0, 80)),
        min_size=1,
        max_size=30,
    ),
    dice=st.randoms(use_true_random=False),
)
@example(fixes={("V-1", 40), ("V-1/b", 43), ("V-2", 10), ("V-2/b", 16)}, dice=Random(1))
def test_nor_do_they_where_two_devices_are_on_a_vehicle(fixes: set[Fix], dice: Any) -> None:
    sent = sorted(fixes) + [fix for fix in sorted(fixes) if dice.random() < 0.5]
    dice.shuffle(sent)
    batches = cut(sent, dice)
    with tempfile.TemporaryDirectory() as folder:
        restarts_after = dice.randint(0, len(batches))
        kept, live = asyncio.run(take_in(batches, Path(folder), restarts_after=restarts_after))
    assert kept == rows_of(batch(sorted(fixes)))
    shown = {row[1]: row for row in live}
    assert shown.keys() == {name.removesuffix("/b") for name, _ in fixes}
    for vehicle, row in shown.items():
        assert row in rows_of(batch(sorted(may_be_shown(fixes, vehicle))))


def crossings_through(batches: Sequence[FixBatch]) -> list[FenceCrossing]:
    """Return what a fence of 150 m radius, 1 km up the road, says of batches that go through the intake."""
    fence = Fence(
        fence_id=FenceId("F-1"),
        name="Yard",
        centre=Position(lat=-29.9 + 1_000.0 / METRES_PER_DEGREE, lon=-71.25),
        radius_m=150.0,
    )
    detector, found = CrossingDetector([fence]), []

    class Kept:
        async def append(self, batch: FixBatch) -> None:
            return None

    async def play() -> None:
        intake = Intake(Kept(), LivePositions())
        intake.subscribe(Meaning.CROSSINGS, lambda accepted: found.extend(detector.advance(accepted)))
        intake.start()
        for one in batches:
            await intake.take(one)
        await intake.close()

    asyncio.run(play())
    return found


def test_what_was_buffered_for_hours_is_late_and_of_its_own_time() -> None:
    # Twelve hours before they come; at ticks 9 to 11 within the fence, at 13 and 14 far beyond it.
    drive = batch([("V-1", tick) for tick in range(6, 16)])
    found = crossings_through([drive])
    assert [(crossing.kind.value, crossing.is_late) for crossing in found] == [("entered", True), ("exited", True)]
    assert all(drive.fix_at.min() < crossing.occurred_at < drive.fix_at.max() for crossing in found)


def test_buffered_fixes_behind_a_newer_one_cross_nothing_now() -> None:
    newest = batch([("V-1", 60)])
    late = batch([("V-1", tick) for tick in range(6, 16)])
    assert crossings_through([newest, late]) == []


@settings(max_examples=20, deadline=None)
@given(ticks=st.lists(st.integers(0, 2_000), min_size=1, max_size=40, unique=True), count=st.integers(1, 50))
def test_the_nearest_are_those_nearest(ticks: list[int], count: int) -> None:
    live = LivePositions()
    live.update(batch([(f"V-{number:02d}", tick) for number, tick in enumerate(ticks)]))
    found = live.nearest(Position(lat=-29.9, lon=-71.25), count)
    # 100 m of road a tick: who has made the fewest is nearest.
    assert [position.vehicle_id for position, _ in found] == [
        f"V-{ticks.index(tick):02d}" for tick in sorted(ticks)[:count]
    ]
    np.testing.assert_allclose([metres for _, metres in found], [100.0 * t for t in sorted(ticks)[:count]], atol=0.1)
