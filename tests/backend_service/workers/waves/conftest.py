"""A depot with two drivers in memory: a bus that decides and folds as the real one does, and straight streets."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from backend_service.handlers.handler_map import DECISIONS
from backend_service.streets.straight_line import SpeedByHour, StraightLineStreets
from backend_service.workers.planning import Planner
from backend_service.workers.wave_planning import WavePlanning
from core.commands import Command, PlaceOrder, RegisterDriver, RegisterVehicle, StartShift
from core.deciding import Context
from core.dispatch.policy import DispatchPolicy
from core.dispatch.wave_commands import SetDepot, SetWaveRhythm
from core.dispatch.waves.rhythm import RhythmId, WaveRhythm
from core.dispatch.waves.wave import Wave
from core.dispatch.world import KnownPosition
from core.fleet.depot import CrewMember, Depot, DepotId
from core.fleet.fleet import DriverPerson
from core.geodesy import METRES_PER_DEGREE
from core.operations import Done
from core.orders.order import Promise
from core.projections.operation import Operation
from core.timekeeping import SteppedClock
from core.vocabulary import PLATFORM, Actor, DriverId, Load, OrderId, Place, Position, VehicleId
from tests.envelopes import fold_into

EIGHT_AT = 1_795_161_600.0
"""2026-11-20 08:00 UTC."""


def at(x_m: float) -> Position:
    return Position(lat=0.0, lon=x_m / METRES_PER_DEGREE)


@dataclass
class DecidingBus:
    """Decides and folds at once, and keeps what it was asked."""

    clock: SteppedClock
    operation: Operation = field(default_factory=Operation)
    asked: list[Any] = field(default_factory=list)

    async def execute(self, command: Command, actor: Actor) -> Done:
        return self.do(command, actor)

    def do(self, command: Any, actor: Actor = PLATFORM) -> Done:
        now = self.clock.now()
        decision = DECISIONS[type(command)](Context(self.operation, actor, now), command)
        self.asked.append(command)
        fold_into(self.operation, decision, now, actor)
        return Done(position=self.operation.position, created=decision.created)


@dataclass
class Seen:
    """Newest fixes by vehicle."""

    seen: dict[str, KnownPosition] = field(default_factory=dict)

    def latest(self, vehicle_id: VehicleId) -> KnownPosition | None:
        return self.seen.get(vehicle_id)


@dataclass
class Yard:
    """Operation, clock and worker; distances in metres east of the depot."""

    bus: DecidingBus
    clock: SteppedClock
    seen: Seen

    def worker(
        self, search: Any = None, insertion: Any = None, problems: Any = None, grace_s: float = 30.0, **policy: Any
    ) -> WavePlanning:
        values = {"wave_iterations": 200, "wave_plan_s": 30.0, **policy}
        streets = StraightLineStreets(self.clock, ZoneInfo("UTC"), SpeedByHour((10.0,) * 24, detour=1.0))
        planner = Planner(self.bus, streets, self.seen, DispatchPolicy(**values), self.clock)
        given = {"search": search, "insertion": insertion, "problems": problems, "grace_s": grace_s}
        return WavePlanning(self.bus, planner, ZoneInfo("UTC"), **given)

    def order(self, name: str, x_m: float, in_s: float = 9_000.0, **fields: Any) -> None:
        self.bus.do(
            PlaceOrder(
                order_id=OrderId(name),
                pickup=Place(name="anywhere", position=at(0.0)),
                delivery=at(x_m),
                promise=Promise(by_at=self.clock.now() + in_s),
                ready_at=self.clock.now(),
                load=Load(volume_l=10.0),
                **{"depot_id": DepotId("DP-1"), **fields},
            )
        )

    def driver(self, number: int) -> None:
        driver_id, vehicle_id = DriverId(f"D-{number}"), VehicleId(f"V-{number}")
        self.bus.do(RegisterDriver(driver_id=driver_id, person=DriverPerson(name="M. Castillo")))
        self.bus.do(RegisterVehicle(vehicle_id=vehicle_id, plate=f"AB-{number}", capacity=Load(volume_l=60.0)))
        ends_at = self.clock.now() + 8 * 3600.0
        self.bus.do(StartShift(driver_id=driver_id, vehicle_id=vehicle_id, ends_at=ends_at))
        self.seen.seen[vehicle_id] = KnownPosition(at(0.0), self.clock.now())

    def wave(self) -> Wave:
        [wave] = self.bus.operation.waves.waves.values()
        return wave


@pytest.fixture
def yard() -> Yard:
    """Ten to eight; a wave closes at eight and starts ten minutes later."""
    clock = SteppedClock(EIGHT_AT - 600.0)
    made = Yard(DecidingBus(clock), clock, Seen())
    crew = []
    for number in (1, 2):
        made.driver(number)
        crew.append(
            CrewMember(
                driver_id=DriverId(f"D-{number}"), vehicle_id=VehicleId(f"V-{number}"), from_min=420, until_min=960
            )
        )
    depot = Depot(depot_id=DepotId("DP-1"), name="North", position=at(0.0), crew=tuple(crew))
    made.bus.do(SetDepot(depot=depot))
    rhythm = WaveRhythm(
        rhythm_id=RhythmId("R-1"), name="Day", depot_ids=(depot.depot_id,), closes_min=(480, 720), lead_s=600.0
    )
    made.bus.do(SetWaveRhythm(rhythm=rhythm))
    return made
