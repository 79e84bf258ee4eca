"""A data directory with a real log and signed heads, to be looked at or tampered with."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from backend_service.audit.audit_trail import AuditTrail
from backend_service.event_log.embedded import EmbeddedEventLog
from backend_service.event_log.log import Append, NewEvent
from backend_service.event_log.subject_keys import SubjectKeys
from core.events.dispatch_events import ExceptionAcknowledged
from core.events.fleet_events import VehicleWentSilent
from core.timekeeping import SteppedClock
from core.vocabulary import Actor, Role, VehicleId

ANA = Actor(role=Role.DISPATCHER, subject="ana", name="Ana")


@asynccontextmanager
async def service(
    data_dir: Path, wall: SteppedClock, outside: Path | None = None, *, accept_loss: bool = False
) -> AsyncIterator[tuple[EmbeddedEventLog, AuditTrail]]:
    keys = SubjectKeys.open(data_dir / "keys.sqlite", data_dir / "secrets" / "master.key")
    log = await EmbeddedEventLog.open(data_dir / "tower.sqlite", wall, keys)
    try:
        trail = await AuditTrail.open(data_dir, log, wall, outside=outside, accept_loss=accept_loss)
        try:
            yield log, trail
        finally:
            await trail.close()
    finally:
        await log.close()
        keys.close()


def acknowledgements(*names: str) -> Append:
    """Return an append of an audited event per name, each followed by one that is not."""
    events = []
    for name in names:
        events.append(NewEvent("operation", ExceptionAcknowledged(key=f"late:{name}"), 1.0))
        events.append(NewEvent("vehicle/V-1", VehicleWentSilent(vehicle_id=VehicleId("V-1"), last_heard_at=1.0), 1.0))
    return Append(tuple(events), ANA, 1.0, {})


@pytest.fixture
def wall() -> SteppedClock:
    return SteppedClock(1_763_600_000.0)


@pytest.fixture
def run() -> Iterator[Callable[..., Any]]:
    with asyncio.Runner() as runner:
        yield runner.run


@pytest.fixture
def running(wall: SteppedClock) -> Callable[..., Any]:
    """Run a service on a directory."""
    return lambda data_dir, outside=None, **options: service(data_dir, wall, outside, **options)


@pytest.fixture
def acknowledged() -> Callable[..., Append]:
    return acknowledgements


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    return tmp_path / "elsewhere"


@pytest.fixture
def data_dir(tmp_path: Path, run: Callable[..., Any], wall: SteppedClock, outside: Path) -> Path:
    """Audited entries 0 to 5 at positions 1, 3, 5, 7, 9, 11; heads over 0, 2, 3 and 6 of them."""

    async def write(*names: str) -> None:
        async with service(tmp_path / "data", wall, outside) as (log, _):
            await log.append([acknowledgements(*names)])

    for names in (("O-0", "O-1"), ("O-2",), ("O-3", "O-4", "O-5")):
        run(write(*names))
    return tmp_path / "data"


@pytest.fixture
def keys() -> Iterator[SubjectKeys]:
    keys = SubjectKeys.in_memory()
    yield keys
    keys.close()
