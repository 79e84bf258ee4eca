"""A data directory of a real service's parts, with a day of three orders in it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backend_service.audit.audit_trail import AuditTrail
from backend_service.event_log.embedded import EmbeddedEventLog
from backend_service.event_log.log import Append, NewEvent
from backend_service.event_log.subject_keys import SubjectKeys
from backend_service.storage.fix_archive import FixArchive
from core.events.dispatch_events import ExceptionAcknowledged
from core.events.order_events import OrderPlaced
from core.orders.order import Customer, Promise
from core.telemetry.fix_batch import FixBatch
from core.timekeeping import SteppedClock
from core.vocabulary import Actor, OrderId, Place, Position, Role

NOON = 1_763_640_000.0
ANA = Actor(role=Role.DISPATCHER, subject="ana", name="Ana")
HERE = Position(-29.9, -71.25)


def _an_order(number: int) -> Append:
    """Return an append of an order with a customer's name, and of an audited event."""
    placed = OrderPlaced(
        order_id=OrderId(f"O-{number}"),
        customer_id=f"C-{number}",
        customer=Customer(name="Luis Soto"),
        pickup=Place(name="Kitchen", position=HERE),
        delivery=HERE,
        promise=Promise(by_at=NOON + 100.0),
        ready_at=NOON,
    )
    acknowledged = ExceptionAcknowledged(key=f"late:O-{number}")
    events = (NewEvent(f"order/O-{number}", placed, NOON), NewEvent("operation", acknowledged, NOON))
    return Append(events, ANA, NOON, {}, f"c-{number}", b"ok")


@asynccontextmanager
async def _service(data_dir: Path) -> AsyncIterator[EmbeddedEventLog]:
    wall = SteppedClock(NOON)
    keys = SubjectKeys.open(data_dir / "keys.sqlite", data_dir / "secrets" / "subjects.key")
    log = await EmbeddedEventLog.open(data_dir / "tower.sqlite", wall, keys)
    try:
        trail = await AuditTrail.open(data_dir, log, wall)
        try:
            yield log
        finally:
            await trail.close()
    finally:
        await log.close()
        keys.close()


@pytest.fixture
def run() -> Iterator[Callable[..., Any]]:
    with asyncio.Runner() as runner:
        yield runner.run


@pytest.fixture
def service() -> Callable[[Path], Any]:
    """Run the parts of a service that keep, on a directory."""
    return _service


@pytest.fixture
def an_order() -> Callable[[int], Append]:
    return _an_order


@pytest.fixture
def data_dir(tmp_path: Path, run: Callable[..., Any]) -> Path:
    data_dir = tmp_path / "data"

    async def write() -> None:
        async with _service(data_dir) as log:
            for number in range(3):
                await log.append([_an_order(number)])
        archive = FixArchive(data_dir / "fixes")
        names, figure = np.array(["V-1"], dtype=object), np.array([1.0])
        for day in range(2):
            await archive.append(
                FixBatch(names, names, np.array([NOON + day * 86_400.0]), *([figure] * 7), np.array([True]))
            )
        await archive.close()

    run(write())
    for name in ("logs/street-engine.log", "snapshots/1.snapshot", "invitations/ana.invitation", "lock"):
        (data_dir / name).parent.mkdir(exist_ok=True)
        (data_dir / name).write_text("x")
    return data_dir
