"""A whole service on real archives behind its doors, with two vans and three devices."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from litestar import Litestar

from backend_service.access import DeviceKeys, TokenAuthority, key_digest
from backend_service.api.channel_doors import ChannelDoors
from backend_service.api.collaborators import ApiCollaborators
from backend_service.event_log.volatile import VolatileEventLog
from backend_service.handlers.command_bus import CommandBus
from backend_service.ingestion.alarm_bell import AlarmBell
from backend_service.ingestion.device_board import DeviceBoard
from backend_service.ingestion.intake import Intake
from backend_service.ingestion.latest_readings import LatestReadings
from backend_service.ingestion.live_positions import LivePositions
from backend_service.ingestion.reading_intake import ReadingIntake
from backend_service.ingestion.reception import Reception
from backend_service.storage.fix_archive import FixArchive
from backend_service.storage.reading_archive import ReadingArchive
from backend_service.workers.channel_watch import ChannelWatch
from core.commands import RegisterDevice, RegisterVehicle
from core.projections.operation import Operation
from core.telemetry.reading_batch import ReadingBatch
from core.timekeeping import SteppedClock
from core.vocabulary import Actor, DeviceId, Role, VehicleId

NOW_AT = 1_800_000_000.0
ADMIN = Actor(role=Role.ADMINISTRATOR, subject="root")


class SlowDisk:
    """Passes readings on to an archive when its gate is open."""

    def __init__(self, archive: ReadingArchive) -> None:
        self._archive = archive
        self.asked = 0
        self.gate = asyncio.Event()
        self.gate.set()

    async def append(self, batch: ReadingBatch) -> int:
        self.asked += 1
        await self.gate.wait()
        return await self._archive.append(batch)


@dataclass
class Depot:
    """V-1 with D-1 and D-2, V-2 with D-3; keys are ``tdk_`` and the device's id."""

    bus: CommandBus
    tower: ApiCollaborators
    clock: SteppedClock
    watch: ChannelWatch
    disk: SlowDisk
    app: Any
    client: httpx.AsyncClient
    log: VolatileEventLog

    def headers(self, role: Role | None, subject: str = "") -> dict[str, str]:
        if role is None:
            return {"Authorization": f"Bearer tdk_{subject}"} if subject else {}
        return {"Authorization": f"Bearer {self.tower.authority.issue(subject or role.value, role, lifetime_s=3600.0)}"}

    async def ask(
        self, method: str, path: str, role: Role | None = Role.ADMINISTRATOR, subject: str = "", **rest: Any
    ) -> httpx.Response:
        headers = self.headers(role, subject) | rest.pop("headers", {})
        return await self.client.request(method, f"/api/v1{path}", headers=headers, **rest)

    async def read(self, *rows: tuple[str, float, Any], vehicle: str = "V-1") -> dict[str, Any]:
        """Send readings (channel, seconds after `NOW_AT`, value) through the gateway's door."""
        readings = [
            {"vehicle": vehicle, "channel": name, "read_at": NOW_AT + at, "value": value} for name, at, value in rows
        ]
        answer = await self.ask("POST", "/telemetry/readings", json={"readings": readings})
        assert answer.status_code == 200, answer.text
        report: dict[str, Any] = answer.json()
        return report

    async def fix(self, device: str, at: float, lat: float = -29.9) -> None:
        """Send a fix of a device, so many seconds after `NOW_AT`."""
        body = {"fixes": [{"fix_at": NOW_AT + at, "lat": lat, "lon": -71.25}]}
        answer = await self.ask("POST", "/telemetry", None, device, json=body)
        assert answer.json() == {"accepted": 1, "rejected": {}}, answer.text


type Scenario = Callable[[Depot], Awaitable[None]]


@pytest.fixture
def depot(tmp_path: Path, app_of: Callable[..., Litestar]) -> Callable[..., None]:
    """Return what runs a scenario; `tracker` opens the door of phones instead."""

    async def play(scenario: Scenario, tracker: bool) -> None:
        async with AsyncExitStack() as stack:
            await scenario(await _opened(tmp_path, stack, partial(app_of, tracker=tracker)))

    return lambda scenario, *, tracker=False: asyncio.run(play(scenario, tracker))


async def _opened(directory: Path, stack: AsyncExitStack, app_of: Callable[[ApiCollaborators], Litestar]) -> Depot:
    clock = SteppedClock(NOW_AT)
    log = VolatileEventLog(clock)
    bus = CommandBus(log, Operation(), clock)
    bus.start()
    stack.push_async_callback(bus.stop)
    keys, devices = DeviceKeys(bus.operation), DeviceBoard(bus.operation, silent_after_s=60.0)
    fixes, archive = FixArchive(directory / "fixes"), ReadingArchive(directory / "readings")
    stack.push_async_callback(archive.close)
    stack.push_async_callback(fixes.close)
    disk, live = SlowDisk(archive), LivePositions()
    intake = Intake(fixes, live, devices=devices)
    intake.start()
    stack.push_async_callback(intake.close)
    readings = ReadingIntake(disk, LatestReadings(), most_waiting_rows=200)
    watch = ChannelWatch(bus, readings.latest)
    for listener in (keys.follow, devices.follow, watch.follow):
        bus.subscribe(listener)
    for hears in (devices.observe_readings, watch.observe):
        readings.subscribe(hears)
    tower = ApiCollaborators(
        bus=bus,
        authority=TokenAuthority(b"s" * 32, clock),
        device_keys=keys,
        intake=intake,
        reception=Reception(intake, readings, devices, clock, clock, bell=AlarmBell(bus, live)),
        live=live,
        clock=clock,
        wall=clock,
        channels=ChannelDoors(readings, archive, devices),
        archive=fixes,
    )
    for name in ("V-1", "V-2"):
        await bus.execute(RegisterVehicle(vehicle_id=VehicleId(name), plate=name), ADMIN)
    for device, vehicle in (("D-1", "V-1"), ("D-2", "V-1"), ("D-3", "V-2")):
        register = RegisterDevice(
            device_id=DeviceId(device), vehicle_id=VehicleId(vehicle), key_digest=key_digest(f"tdk_{device}")
        )
        await bus.execute(register, ADMIN)
    app = app_of(tower)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    client = await stack.enter_async_context(httpx.AsyncClient(transport=transport, base_url="http://tower"))
    return Depot(bus, tower, clock, watch, disk, app, client, log)
