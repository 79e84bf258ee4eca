"""The same service under a stepped clock: minutes of a lunch hour without sleeping."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from backend_service.audit.verification import verify
from backend_service.benchmarks.overriding_person import OverridingPerson
from backend_service.handlers.command_bus import fold
from backend_service.simulation.tally import Tally
from backend_service.stepped_day import stepped_day
from core.dispatch.override_ledger import ledger
from core.eta.change_errors import ChangeErrors
from core.projections.operation import Operation

LUNCH_AT = datetime.fromisoformat("2026-11-20T12:40:00-03:00").timestamp()


@dataclass
class Lunch:
    """What nine minutes came to, in which a person gave an order to somebody else every half minute."""

    data_dir: Path
    operation: Operation
    tally: Tally
    changes: ChangeErrors | None


async def played(data_dir: Path) -> Lunch:
    async with stepped_day(data_dir, starts_at=LUNCH_AT, seed=3, drivers=16, orders_per_hour=60.0) as stepped:
        service = stepped.service
        person = OverridingPerson(service.bus, service.api.planner, seed=1, every_s=30.0)
        service.rhythm.workers = [*service.rhythm.workers, person]
        await stepped.run(9.0)
        assert stepped.clock.now() == LUNCH_AT + 9 * 60
        assert not any(service.rhythm.failures.values())
        assert await fold(service.ledger.log) == service.bus.operation
        return Lunch(data_dir, service.bus.operation, stepped.tally, service.api.planner.times().changes)


@pytest.fixture(scope="module")
def lunch(tmp_path_factory: pytest.TempPathFactory) -> Lunch:
    return asyncio.run(played(tmp_path_factory.mktemp("lunch") / "data"))


def test_a_stepped_lunch_is_placed_assigned_and_delivered(lunch: Lunch) -> None:
    states = [order.state for order in lunch.operation.orders.orders.values()]
    assert lunch.tally.orders_placed == len(states) > 10
    assert lunch.tally.delivered == states.count("delivered") > 0
    assert lunch.operation.decisions.counts.auto_assigned > 0
    report = verify(lunch.data_dir)
    assert report.verified
    assert report.entries > lunch.tally.orders_placed


def test_customers_who_came_after_overrides_teach_the_next_preview(lunch: Lunch) -> None:
    entries = ledger(lunch.operation.decisions.overrides.values(), lunch.operation.orders.orders)

    reached = sum(entry.realised.reached for entry in entries)
    assert lunch.changes is not None and reached > 0
    assert lunch.changes.everybody.customers + lunch.changes.on_board.customers >= reached
