"""A simulated day under a stepped clock: the same service and the same outside world, never sleeping.

Used by tests, benches and what-ifs. The outside talks to the service through its ASGI doors, so that every request is
decoded, authorised and answered as it would be over a socket.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from backend_service.clocks import WallClock
from backend_service.composition import RunningService, running_service
from backend_service.settings import Settings
from backend_service.simulation.day import DayPlan, Keys, WorkingDay
from backend_service.simulation.door import Door
from backend_service.simulation.in_process import InProcess
from backend_service.simulation.tally import Tally
from backend_service.workers.rhythm import run_stepped
from core.timekeeping import SteppedClock
from core.vocabulary import Instant, Role

TOKEN_LIFETIME_S = 86_400.0


@dataclass(slots=True)
class SteppedDay:
    """A service, the day around it, and the clock that moves both."""

    service: RunningService
    day: WorkingDay
    clock: SteppedClock
    tally: Tally
    wall_seconds: float = 0.0

    async def run(self, minutes: float, step_s: float = 5.0) -> None:
        """Bring the day forward by `minutes` of operation time in steps of `step_s` seconds."""
        began = time.perf_counter()
        until_at = self.clock.now() + 60.0 * minutes
        while self.clock.now() < until_at:
            await run_stepped(self.service.rhythm, self.clock, min(self.clock.now() + step_s, until_at), step_s)
            await self.day.step(self.clock.now())
        self.wall_seconds += time.perf_counter() - began


@asynccontextmanager
async def stepped_day(
    data_dir: Path,
    *,
    starts_at: Instant,
    seed: int = 1,
    drivers: int = 32,
    orders_per_hour: float = 110.0,
    town: int | None = None,
) -> AsyncIterator[SteppedDay]:
    """Run a service on `data_dir` and enter a day at `starts_at`; nothing moves until `SteppedDay.run`.

    `town` is the seed of the town, where several days go by in the same one.
    """
    clock, wall = SteppedClock(starts_at), WallClock()
    settings = Settings(data_dir=data_dir, starts_at=starts_at)
    async with running_service(settings, clock=clock, wall=wall) as service:
        await service.streets.until_live()
        issue = service.authority.issue
        keys = Keys(
            administrator=issue("stepper", Role.ADMINISTRATOR, lifetime_s=TOKEN_LIFETIME_S),
            gateway=issue("gateway", Role.DEVICE, lifetime_s=TOKEN_LIFETIME_S),
        )
        tally = Tally()
        plan = DayPlan(seed, starts_at, drivers, orders_per_hour, service.city.time_zone, town)
        door = Door(InProcess(service.application), tally)
        day = await WorkingDay.enter(plan, service.streets, service.city.zones, door, keys, tally)
        yield SteppedDay(service, day, clock, tally)
