"""What stops taught is heard from the log, changes plans, and survives a restart."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from backend_service.forecasting.stop_times import StopTimes
from backend_service.workers.keeping_learned_files import KeepingLearnedFiles
from core.commands import Command
from core.dispatch.policy import DispatchPolicy
from core.dispatch.world import pickup_of
from core.events import order_events as happened
from core.operations import Done
from core.orders.order import Order, Promise
from core.projections.operation import Operation
from core.refusals import Fault
from core.vocabulary import Actor, OrderId, Place, Position
from tests.envelopes import envelope_of

T = 1_795_176_000.0
KITCHEN = Place(name="Cocina", position=Position(0.0, 0.0))


@dataclass
class QuietBus:
    """Has an operation, and executes nothing."""

    operation: Operation = field(default_factory=Operation)

    async def execute(self, command: Command, actor: Actor) -> Done:
        return Done(position=0)


@pytest.fixture
def bus() -> QuietBus:
    return QuietBus()


def placed(bus: QuietBus, name: str) -> Order:
    order = Order(
        order_id=OrderId(name),
        customer_id="C-1",
        customer=None,
        pickup=KITCHEN,
        delivery=Position(0.02, 0.0),
        promise=Promise(by_at=T + 3600.0),
        placed_at=T - 1200.0,
        ready_at=T,
    )
    bus.operation.orders.orders[order.order_id] = order
    return order


def learner(bus: Any, folder: Path) -> StopTimes:
    return StopTimes(bus, DispatchPolicy, ZoneInfo("UTC"), lambda _: "Norte", folder / "stop_times.json")


def teach(bus: QuietBus, times: StopTimes, orders: int, late_s: float) -> None:
    """Have orders of the kitchen become ready so late, one after the other."""
    for number in range(orders):
        order = placed(bus, f"O-{number}")
        about = happened.OrderPlaced(
            order_id=order.order_id,
            customer_id="C-1",
            customer=None,
            pickup=KITCHEN,
            delivery=order.delivery,
            promise=order.promise,
            ready_at=T,
        )
        times.follow([envelope_of(about, T - 1200.0)], frozenset())
        times.follow([envelope_of(happened.OrderBecameReady(order_id=order.order_id), T + late_s)], frozenset())


def test_kitchen_that_is_always_eight_minutes_late_is_planned_so(bus: QuietBus, tmp_path: Path) -> None:
    times, policy = learner(bus, tmp_path), DispatchPolicy()
    before = pickup_of(placed(bus, "O-A"), T - 900.0, policy, times.known())
    teach(bus, times, 40, 480.0)
    after = pickup_of(placed(bus, "O-B"), T - 900.0, policy, times.known())

    assert (before.earliest_at, before.earliest_sd_s, before.cases) == (T, policy.spread.kitchen_sd_s, 0)
    assert after.earliest_at - T == pytest.approx(480.0, abs=30.0)
    assert after.earliest_sd_s < 100.0
    assert after.cases == pytest.approx(40, abs=5)


def test_what_was_learned_survives_a_restart(bus: QuietBus, tmp_path: Path) -> None:
    times = learner(bus, tmp_path)
    teach(bus, times, 40, 480.0)
    asyncio.run(KeepingLearnedFiles(times.kept).run_once(T))
    assert times.kept.unkept() is None
    assert learner(QuietBus(), tmp_path).known().book == times.known().book


def test_a_damaged_file_leaves_the_policy(bus: QuietBus, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "stop_times.json").write_bytes(b"{")
    assert learner(bus, tmp_path).known().book == {}
    assert "could not be read" in caplog.text


def test_nothing_new_is_not_written(bus: QuietBus, tmp_path: Path) -> None:
    asyncio.run(KeepingLearnedFiles(learner(bus, tmp_path).kept).run_once(T))
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_a_fault_and_tried_again(bus: QuietBus, tmp_path: Path) -> None:
    (tmp_path / "stop_times.json").mkdir()
    times = learner(bus, tmp_path)
    teach(bus, times, 1, 480.0)
    with pytest.raises(Fault, match="could not be kept"):
        asyncio.run(KeepingLearnedFiles(times.kept).run_once(T))
    assert times.kept.unkept() is not None
