"""Whatever order, batching, repetition and restart fixes go through, the crossings that stand are those of them all.

So is who is inside in the end. What was recorded on the way and is not borne out is refuted.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import pairwise
from random import Random
from typing import Any

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from backend_service.event_log.volatile import VolatileEventLog
from backend_service.handlers.command_bus import CommandBus
from backend_service.ingestion.intake import Intake
from backend_service.ingestion.live_positions import LivePositions
from backend_service.storage.judged_file import Judged
from backend_service.workers.crossing_history import CrossingHistory, begun_anew
from backend_service.workers.crossing_watch import CrossingWatch
from core.commands import DrawGeofence, RegisterVehicle
from core.geodesy import METRES_PER_DEGREE
from core.geofencing.corrections import Recorded, compared
from core.geofencing.crossings import CrossingDetector, FenceCrossing
from core.geofencing.fence import CrossingKind, Fence
from core.projections.operation import Operation
from core.streams import of_vehicle
from core.telemetry.fix_batch import FixBatch
from core.telemetry.pipeline import Meaning
from core.timekeeping import SteppedClock
from core.vocabulary import Actor, FenceId, Position, Role, VehicleId

START_AT = 1_800_000_000.0
HOURS_LATER_AT = START_AT + 7_200.0
ADMIN = Actor(role=Role.ADMINISTRATOR, subject="root")
O = Position(-29.9, -71.25)
VEHICLES = ("V-1", "V-2")
TICK_S = 5.0

FENCES = (
    Fence(fence_id=FenceId("near"), name="Yard", centre=O, radius_m=100.0, dwell_s=60.0),
    Fence(fence_id=FenceId("wide"), name="Block", centre=O, radius_m=180.0, confirm_fixes=3),
    Fence(fence_id=FenceId("aside"), name="Corner", centre=Position(-29.9015, -71.25), radius_m=40.0, confirm_fixes=1),
)

type Fix = tuple[str, int, float]
"""A vehicle, how many times five seconds after the start, and how many metres north of O it was then."""


def batch(fixes: Sequence[Fix]) -> FixBatch:
    """Return fixes; wherever they are, each is within reach of every other."""
    count, unknown = len(fixes), np.full(len(fixes), np.nan)
    names = np.array([vehicle for vehicle, _, _ in fixes], dtype=object)
    return FixBatch(
        device=names,
        vehicle=names,
        fix_at=START_AT + TICK_S * np.array([tick for _, tick, _ in fixes], dtype=np.float64),
        received_at=np.full(count, HOURS_LATER_AT),
        arrived_wall_at=np.full(count, HOURS_LATER_AT),
        lat=O.lat + np.array([north for _, _, north in fixes], dtype=np.float64) / METRES_PER_DEGREE,
        lon=np.full(count, O.lon),
        speed_mps=unknown,
        heading_deg=unknown,
        accuracy_m=np.full(count, 5.0),
        is_valid=np.ones(count, dtype=np.bool_),
    )


class Kept:
    """An archive in memory; a fix that is there already is ignored."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, float], FixBatch] = {}

    async def append(self, some: FixBatch) -> None:
        for row in range(len(some)):
            self._rows.setdefault((some.vehicle[row], float(some.fix_at[row])), some.select(slice(row, row + 1)))

    async def read(self, vehicle_id: VehicleId, since_at: float, until_at: float) -> FixBatch:
        meant = [key for key in sorted(self._rows) if key[0] == vehicle_id and since_at <= key[1] < until_at]
        return FixBatch.concatenate(self._rows[key] for key in meant)


class Service:
    """The way of fixes from the intake to the log, as one run of the service has it."""

    def __init__(self, bus: CommandBus, log: VolatileEventLog, kept: Kept, live: LivePositions, left: Judged) -> None:
        self.watch = CrossingWatch(bus, live)
        self.history = CrossingHistory(bus, self.watch, log, kept, left)
        self.intake = Intake(kept, live)
        self.intake.subscribe(Meaning.CROSSINGS, self.watch.observe)
        self.intake.start()

    async def beat(self) -> None:
        await self.watch.run_once(HOURS_LATER_AT)
        await self.history.run_once(HOURS_LATER_AT)

    async def settle(self) -> None:
        await self.beat()
        while self.history.waiting:
            await self.beat()


async def played(
    batches: Sequence[Sequence[Fix]], dice: Any, restarts_after: int
) -> tuple[dict[str, Recorded], dict[FenceId, set[VehicleId]], int]:
    """Return what stands of each vehicle's crossings after the batches, who is inside, and how many were refuted."""
    clock = SteppedClock(START_AT - 60.0)
    log = VolatileEventLog(clock)
    bus, kept, live = CommandBus(log, Operation(), clock), Kept(), LivePositions()
    bus.start()
    for name in VEHICLES:
        await bus.execute(RegisterVehicle(vehicle_id=VehicleId(name), plate=name), ADMIN)
    for fence in FENCES:
        await bus.execute(DrawGeofence(fence=fence), ADMIN)
    clock.step_to(HOURS_LATER_AT)
    left = begun_anew(live.snapshot(), 0)
    for some in (batches[:restarts_after], batches[restarts_after:]):
        service = Service(bus, log, kept, live, left)
        await service.beat()
        for fixes in some:
            await service.intake.take(batch(fixes))
            for _ in range(dice.randint(0, 3)):
                await service.beat()
        left = service.history.judged()
        await service.intake.close()
    await service.settle()
    await bus.stop()
    recorded = {name: Recorded.of(await log.read_stream(of_vehicle(VehicleId(name)))) for name in VEHICLES}
    inside = {fence_id: set(stays) for fence_id, stays in bus.operation.fences.inside.items() if stays}
    return recorded, inside, bus.operation.fences.refuted


def in_order(fixes: Sequence[Fix]) -> tuple[list[FenceCrossing], dict[FenceId, set[VehicleId]]]:
    """Return the crossings of all fixes in the order in which they were made, and who is inside in the end."""
    detector = CrossingDetector(FENCES)
    found = list(detector.advance(batch(sorted(fixes))))
    inside: dict[FenceId, set[VehicleId]] = {}
    for name in VEHICLES:
        for fence_id in detector.inside(name):
            inside.setdefault(fence_id, set()).add(VehicleId(name))
    return found, inside


_traces = st.dictionaries(
    st.tuples(st.sampled_from(VEHICLES), st.integers(0, 50)),
    st.sampled_from([-240.0, -165.0, -110.0, -20.0, 60.0, 115.0, 150.0, 195.0, 240.0]),
    min_size=1,
    max_size=24,
)


@settings(max_examples=30, deadline=None)
@given(trace=_traces, dice=st.randoms(use_true_random=False))
@example(trace={("V-1", 0): 240.0, ("V-1", 1): 20.0, ("V-1", 2): 20.0, ("V-1", 3): 240.0}, dice=Random(3))
def test_the_crossings_that_stand_are_those_of_all_fixes_in_order(trace: dict[Any, float], dice: Any) -> None:
    fixes = [(vehicle, tick, north) for (vehicle, tick), north in trace.items()]
    sent = fixes + [fix for fix in fixes if dice.random() < 0.4]
    dice.shuffle(sent)
    cuts = sorted(dice.sample(range(1, len(sent)), dice.randint(0, min(6, len(sent) - 1)))) if len(sent) > 1 else []
    batches = [sent[start:end] for start, end in pairwise([0, *cuts, len(sent)])]
    standing, inside, _ = asyncio.run(played(batches, dice, dice.randint(0, len(batches))))
    expected, expected_inside = in_order(fixes)
    for name in VEHICLES:
        own = [crossing for crossing in expected if crossing.vehicle_id == name]
        assert compared(own, standing[name].known(0.0)) == ([], [])
    assert inside == expected_inside


def test_fixes_in_order_are_never_corrected() -> None:
    fixes: list[Fix] = [("V-1", tick, 240.0 if tick % 8 < 4 else 20.0) for tick in range(60)]
    recorded, _, refuted = asyncio.run(played([[fix] for fix in fixes], Random(1), restarts_after=31))
    told = [one for one in recorded["V-1"].standing.values() if one.fence_id == "near"]
    assert refuted == 0
    assert {one.kind for one in told} == {CrossingKind.ENTERED, CrossingKind.EXITED}
    assert len(told) == 14
