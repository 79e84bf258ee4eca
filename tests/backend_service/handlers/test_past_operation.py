"""The operation at a past moment: what the log had recorded by then, from wherever the fold starts."""

from __future__ import annotations

import asyncio
import zlib
from dataclasses import dataclass, field

import numpy as np
import pytest

from backend_service.event_log.log import Append, NewEvent
from backend_service.event_log.volatile import VolatileEventLog
from backend_service.handlers import past_operation
from backend_service.handlers.past_operation import PastOperation
from core import operations, wire
from core.events.fleet_events import DriverRegistered, VehicleRegistered
from core.fleet.fleet import DriverPerson
from core.projections.operation import Operation, decode_operation
from core.refusals import Refusal
from core.streams import of_driver, of_vehicle
from core.telemetry.fix_batch import FixBatch
from core.telemetry.live_rows import unpack
from core.timekeeping import SteppedClock
from core.vocabulary import PLATFORM, DriverId, Role, VehicleId

NOON_AT = 1_800_000_000.0
VAN = VehicleId("V-1")


@dataclass
class Kept:
    """States and fixes of a test: nothing else is kept."""

    states: list[Operation] = field(default_factory=list)
    fixes: list[tuple[float, float, bool]] = field(default_factory=list)

    async def before(self, position: int) -> Operation | None:
        return next((state for state in self.states if state.position <= position), None)

    async def append(self, batch: FixBatch) -> int:
        return len(batch)

    async def read(self, vehicle_id: VehicleId, since_at: float, until_at: float) -> FixBatch:
        rows = [fix for fix in self.fixes if since_at <= fix[0] < until_at and vehicle_id == VAN]
        names = np.array([VAN] * len(rows), dtype=object)
        at, lat = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])
        valid = np.array([row[2] for row in rows], dtype=np.bool_)
        return FixBatch(names, names, at, at, at, lat, lat, lat, lat, lat, valid)

    async def latest_per_vehicle(self) -> FixBatch:
        return FixBatch.empty()

    async def close(self) -> None:
        return None


async def day() -> tuple[VolatileEventLog, Kept, PastOperation]:
    """Return a log in which a driver is registered each minute from noon on, five in all."""
    clock = SteppedClock(NOON_AT)
    log, kept = VolatileEventLog(clock), Kept()
    for number in range(1, 6):
        driver_id = DriverId(f"D-{number}")
        event = DriverRegistered(driver_id=driver_id, person=DriverPerson(name=f"Ana {number}"))
        new = NewEvent(of_driver(driver_id), event, clock.now())
        await log.append([Append((new,), PLATFORM, NOON_AT + 60.0 * number, {})])
    return log, kept, PastOperation(log, kept, kept)


def drivers(then: operations.OperationThen) -> list[str]:
    assert then.state is not None
    return sorted(decode_operation(zlib.decompress(then.state)).fleet.drivers)


@pytest.mark.parametrize(
    ("after_s", "expected"),
    [
        (60.0, ["D-1"]),
        (179.9, ["D-1", "D-2"]),
        (180.0, ["D-1", "D-2", "D-3"]),
        (9000.0, [f"D-{n}" for n in range(1, 6)]),
    ],
)
def test_state_holds_what_had_been_recorded_by_then(after_s: float, expected: list[str]) -> None:
    async def ask() -> operations.OperationThen:
        _, _, past = await day()
        return await past.at(operations.OperationAt(at=NOON_AT + after_s), Role.SUPERVISOR)

    then = asyncio.run(ask())
    assert drivers(then) == expected
    assert (then.position, then.begins_at, then.events) == (len(expected), NOON_AT + 60.0, ())


def test_before_the_first_event_the_first_is_shown() -> None:
    async def ask() -> operations.OperationThen:
        _, _, past = await day()
        return await past.at(operations.OperationAt(at=NOON_AT - 9000.0), Role.SUPERVISOR)

    then = asyncio.run(ask())
    assert (then.at, drivers(then)) == (NOON_AT + 60.0, ["D-1"])


def test_empty_log_has_no_past() -> None:
    async def ask() -> None:
        kept = Kept()
        past = PastOperation(VolatileEventLog(SteppedClock(NOON_AT)), kept, kept)
        await past.at(operations.OperationAt(at=NOON_AT), Role.SUPERVISOR)

    with pytest.raises(Refusal) as refused:
        asyncio.run(ask())
    assert refused.value.code == "replay.nothing_recorded"


def test_fold_starts_from_a_state_before_the_moment() -> None:
    async def ask() -> operations.OperationThen:
        log, kept, past = await day()
        start = Operation()
        for envelope in await log.read(0, 2):
            start.apply(envelope)
        start.fleet.drivers[DriverId("D-0")] = start.fleet.drivers[DriverId("D-1")]  # not in the log: tells the start
        kept.states = [Operation(position=5), start]
        return await past.at(operations.OperationAt(at=NOON_AT + 200.0), Role.SUPERVISOR)

    assert drivers(asyncio.run(ask())) == ["D-0", "D-1", "D-2", "D-3"]


def test_who_has_the_state_is_told_the_events_from_there() -> None:
    async def ask(after: int) -> operations.OperationThen:
        _, _, past = await day()
        return await past.at(operations.OperationAt(at=NOON_AT + 240.0, after=after), Role.SUPERVISOR)

    then = asyncio.run(ask(2))
    assert (then.state, [envelope.position for envelope in then.events]) == (None, [3, 4])
    assert drivers(asyncio.run(ask(5))) == ["D-1", "D-2", "D-3", "D-4"]  # backwards only a state leads


def test_moment_too_far_from_any_state_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(past_operation, "FARTHEST_EVENTS", 3)

    async def ask(after_s: float) -> operations.OperationThen:
        _, _, past = await day()
        return await past.at(operations.OperationAt(at=NOON_AT + after_s), Role.SUPERVISOR)

    assert drivers(asyncio.run(ask(180.0))) == ["D-1", "D-2", "D-3"]
    with pytest.raises(Refusal) as refused:
        asyncio.run(ask(240.0))
    assert refused.value.code == "replay.too_far"


def test_vehicles_stand_where_they_were_last_seen_by_then() -> None:
    async def ask(after_s: float) -> dict[str, float]:
        log, kept, past = await day()
        new = NewEvent(of_vehicle(VAN), VehicleRegistered(vehicle_id=VAN, plate="KX"), NOON_AT)
        await log.append([Append((new,), PLATFORM, NOON_AT + 400.0, {})])
        kept.fixes = [(NOON_AT + 100.0, -29.9, True), (NOON_AT + 110.0, -29.8, True), (NOON_AT + 115.0, 0.0, False)]
        then = await past.at(operations.OperationAt(at=NOON_AT + after_s, vehicles=(VAN, "V-2")), Role.SUPERVISOR)
        message = wire.decode_from_service(then.positions)
        assert isinstance(message, wire.Positions)
        rows = unpack(message)
        return dict(zip(rows.vehicles, rows.lat.round(6), strict=True))

    assert asyncio.run(ask(105.0)) == {VAN: -29.9}
    assert asyncio.run(ask(120.0)) == {VAN: -29.8}
    assert asyncio.run(ask(3000.0)) == {}
