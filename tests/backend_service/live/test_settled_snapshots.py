"""A desk that signs in during a commit is shown the state before it or after it, never what may yet be taken back."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Sequence

from backend_service.event_log.log import Append, Outcome
from backend_service.event_log.volatile import VolatileEventLog
from backend_service.handlers.command_bus import CommandBus
from backend_service.live.feed_hub import FeedHub
from core.commands import RegisterVehicle
from core.projections.operation import Operation, decode_operation
from core.refusals import Fault
from core.timekeeping import SteppedClock
from core.vocabulary import Actor, Role, VehicleId
from core.wire import CityCard, Snapshot, decode_from_service

NOON = 1_800_000_000.0
ADMIN = Actor(role=Role.ADMINISTRATOR, subject="root")
CITY = CityCard(
    name="La Serena",
    time_zone="America/Santiago",
    currency="CLP",
    south=-30.0,
    west=-71.4,
    north=-29.8,
    east=-71.2,
    streets_digest="",
    streets_bytes=0,
)


class HesitantLog(VolatileEventLog):
    """Keeps nothing until it is told to; then keeps it, or fails as a full disk does."""

    def __init__(self, clock: SteppedClock) -> None:
        super().__init__(clock)
        self.is_asked = asyncio.Event()
        self.go_on = asyncio.Event()
        self.is_full = False

    async def append(self, appends: Sequence[Append]) -> list[Outcome]:
        self.is_asked.set()
        await self.go_on.wait()
        if self.is_full:
            raise Fault("log.disk_full", "The disk is full.")
        return await super().append(appends)


def shown_during_a_commit(*, is_full: bool) -> tuple[bool, int, list[str]]:
    """Return whether the snapshot waited for the commit, where it stands, and the vehicles it shows."""

    async def story() -> tuple[bool, int, list[str]]:
        clock = SteppedClock(NOON)
        log = HesitantLog(clock)
        bus = CommandBus(log, Operation(), clock)
        hub = FeedHub(bus.operation, log, CITY, clock=clock, wall=clock)
        bus.subscribe(hub.publish_events)
        bus.start()
        registering = asyncio.create_task(bus.execute(RegisterVehicle(vehicle_id=VehicleId("V-1"), plate="A"), ADMIN))
        await log.is_asked.wait()
        assert VehicleId("V-1") in bus.operation.fleet.vehicles, "folded ahead of the commit"
        signing_in = asyncio.create_task(hub.snapshots.current(Role.DISPATCHER))
        done, _ = await asyncio.wait({signing_in}, timeout=0.2)
        log.is_full = is_full
        log.go_on.set()
        shelved = await signing_in
        await asyncio.gather(registering, return_exceptions=True)
        await bus.stop()
        return not done, shelved.position, vehicles_in(shelved.frame)

    return asyncio.run(story())


def vehicles_in(frame: bytes) -> list[str]:
    message = decode_from_service(frame)
    assert isinstance(message, Snapshot)
    return list(decode_operation(zlib.decompress(message.state)).fleet.vehicles)


def test_a_snapshot_waits_for_a_commit_that_succeeds():
    assert shown_during_a_commit(is_full=False) == (True, 1, ["V-1"])


def test_a_snapshot_never_shows_what_a_full_disk_took_back():
    assert shown_during_a_commit(is_full=True) == (True, 0, [])
