"""The same service under a stepped clock: minutes of a lunch hour without sleeping."""

from __future__ import annotations

import asyncio
from datetime import datetime

from backend_service.audit.verification import verify
from backend_service.handlers.command_bus import fold
from backend_service.stepped_day import stepped_day

LUNCH_AT = datetime.fromisoformat("2026-11-20T12:40:00-03:00").timestamp()


async def lunch(data_dir, *, minutes: float, seed: int, drivers: int = 16):
    async with stepped_day(data_dir, starts_at=LUNCH_AT, seed=seed, drivers=drivers, orders_per_hour=60.0) as stepped:
        await stepped.run(minutes)
        operation = stepped.service.bus.operation
        assert stepped.clock.now() == LUNCH_AT + minutes * 60
        assert not any(stepped.service.rhythm.failures.values())
        assert await fold(stepped.service.ledger.log) == operation
        return operation, stepped.tally


def test_a_stepped_lunch_is_placed_assigned_and_delivered(tmp_path):
    operation, tally = asyncio.run(lunch(tmp_path / "data", minutes=9, seed=3))
    states = [order.state for order in operation.orders.orders.values()]
    assert tally.orders_placed == len(states) > 10
    assert tally.delivered == states.count("delivered") > 0
    assert operation.decisions.counts.auto_assigned > 0
    report = verify(tmp_path / "data")
    assert report.verified
    assert report.entries > tally.orders_placed
