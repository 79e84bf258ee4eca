"""Questions asked within a running service while fixes arrive, for `bench nearest`.

The service runs in this process with all its loops; fixes come over ZeroMQ from another one. Questions are due at fixed
instants on the service's own event loop, and the time from then until the answer counts: what holds the loop up is in.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path

from backend_service.benchmarks.ingest_fleet import Fleet
from backend_service.benchmarks.ingest_sender import ZEROMQ
from backend_service.clocks import WallClock
from backend_service.composition import RunningService, running_service
from backend_service.garbage import SetAside
from backend_service.ingestion.gateway_door import GatewayDoor
from backend_service.ingestion.proof import senders_for
from backend_service.settings import Settings
from backend_service.workers.rhythm import run_live
from core.commands import RegisterVehicle
from core.refusals import Fault
from core.vocabulary import Actor, Position, Role, VehicleId

NEAREST = 20
_ADMINISTRATOR = Actor(role=Role.ADMINISTRATOR, subject="bench", name="Bench")
_PER_S = 100.0
_WARM_UP_S = 3.0
_TURN_S = 0.0005
"""As the service has it: how long a thread may go on once the loop wants its turn."""


@dataclass(slots=True)
class Answered:
    """One run at `rate` fixes a second: seconds from due to answered, and those of the answers' own work."""

    rate: float
    latest_s: list[float] = field(default_factory=list)
    latest_alone_s: list[float] = field(default_factory=list)
    nearest_s: list[float] = field(default_factory=list)
    accepted_per_s: float = 0.0


async def answered_inside(
    folder: Path, points: Sequence[Position], *, vehicles: int, rates: Sequence[float], seconds: float
) -> list[Answered]:
    """Return what asking for `seconds` came to at each rate, fixes a second; 0 sends none."""
    turn_s = sys.getswitchinterval()
    sys.setswitchinterval(_TURN_S)
    try:
        async with _service(folder / "data") as (service, door):
            names = Fleet(vehicles).names()
            register = (RegisterVehicle(vehicle_id=VehicleId(name), plate=name) for name in names)
            await asyncio.gather(*(service.bus.execute(command, _ADMINISTRATOR) for command in register))
            await _run(service, door, folder, points, names, 5_000.0, _WARM_UP_S)  # every vehicle is somewhere then
            with closing(SetAside()):
                return [await _run(service, door, folder, points, names, rate, seconds) for rate in rates]
    finally:
        sys.setswitchinterval(turn_s)


@asynccontextmanager
async def _service(data_dir: Path) -> AsyncIterator[tuple[RunningService, GatewayDoor]]:
    wall = WallClock()
    async with running_service(Settings(data_dir=data_dir), clock=wall, wall=wall) as service:
        api = service.api
        door = GatewayDoor(
            api.reception,
            lambda credential: senders_for(credential, api.authority, api.device_keys, api.bus.operation.fleet),
            "tcp://127.0.0.1:*",
            service.curve_keys,
        )
        door.open()
        workers = asyncio.create_task(run_live(service.rhythm, wall))
        try:
            yield service, door
        finally:
            workers.cancel()
            await asyncio.gather(workers, return_exceptions=True)
            await door.close()


async def _run(
    service: RunningService,
    door: GatewayDoor,
    folder: Path,
    points: Sequence[Position],
    names: Sequence[str],
    rate: float,
    seconds: float,
) -> Answered:
    token = folder / "gateway.token"
    token.write_text(service.authority.issue("bench", Role.DEVICE, lifetime_s=3600.0))
    sending = asyncio.create_task(_send(door.address, token, service.curve_keys.public, rate, seconds, len(names)))
    await asyncio.sleep(_WARM_UP_S if rate else 0.0)
    answered, before = Answered(rate), service.api.intake.counts.accepted
    loop, start = asyncio.get_running_loop(), time.perf_counter()

    def keep_timetable() -> None:
        """Ask from a thread, as a socket would wake the loop: its own timers are a millisecond late."""
        for number in range(round(seconds * _PER_S)):
            due_at = start + number / _PER_S
            time.sleep(max(due_at - time.perf_counter(), 0.0))
            name, place = names[number * 7 % len(names)], points[number % len(points)]
            loop.call_soon_threadsafe(_ask, service, answered, due_at, name, place)

    await asyncio.to_thread(keep_timetable)
    answered.accepted_per_s = (service.api.intake.counts.accepted - before) / (time.perf_counter() - start)
    await sending
    return answered


def _ask(service: RunningService, answered: Answered, due_at: float, name: str, place: Position) -> None:
    began = time.perf_counter()
    service.api.live.latest(name)
    ended = time.perf_counter()
    answered.latest_s.append(ended - due_at)
    answered.latest_alone_s.append(ended - began)
    service.api.live.nearest(place, NEAREST)
    answered.nearest_s.append(time.perf_counter() - ended + began - due_at)


async def _send(address: str, token: Path, server_key: str, rate: float, seconds: float, vehicles: int) -> None:
    if not rate:
        return
    told = {"--protocol": ZEROMQ, "--server-key": server_key, "--rate": rate, "--vehicles": vehicles}
    words = [f"{name}={value}" for name, value in (told | {"--seconds": seconds + 2.0 * _WARM_UP_S}).items()]
    sender = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "backend_service.benchmarks.ingest_sender", address, str(token), *words),
        stdout=subprocess.DEVNULL,
    )
    if await sender.wait() != 0:
        raise Fault("bench.sender_ended", f"The process that sends ended with {sender.returncode}.")
