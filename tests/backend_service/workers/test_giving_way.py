"""A search steps aside while somebody waits for an answer, for a while, and keeps its deadline."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

from backend_service.workers.giving_way import LONGEST_PAUSE_S, CourteousClock, GivingWay
from core.dispatch.changes import Reassign
from core.orders.order import OrderState
from core.vocabulary import DriverId, OrderId


class Passing:
    """A way on which somebody waits for a second of every pause, and a clock that goes on by what was paused."""

    def __init__(self) -> None:
        self.at = 0.0
        self.pauses: list[float] = []
        self.is_clear = False

    def pause(self, longest_s: float) -> None:
        self.pauses.append(longest_s)
        self.at += longest_s

    def now(self) -> float:
        return self.at


def test_clock_pauses_while_somebody_waits_until_its_share_is_used_up() -> None:
    way: Any = Passing()
    clock = CourteousClock(way.now, way, paused_s=2.5 * LONGEST_PAUSE_S)
    for _ in range(5):
        clock()
    assert way.pauses == pytest.approx([LONGEST_PAUSE_S, LONGEST_PAUSE_S, 0.5 * LONGEST_PAUSE_S])
    assert clock() == way.at

    way.pauses.clear()
    way.is_clear = True
    CourteousClock(way.now, way, paused_s=1.0)()
    assert way.pauses == []


def test_pause_ends_when_the_last_who_waits_has_the_answer() -> None:
    way, went_on = GivingWay(), threading.Event()

    def search() -> None:
        way.pause(10.0)
        went_on.set()

    with way.first():
        with way.first():
            thread = threading.Thread(target=search)
            thread.start()
        assert not went_on.is_set()
    thread.join(10.0)
    assert went_on.is_set()
    assert way.is_clear


def test_order_that_is_priced_and_change_that_is_previewed_go_first(town: Any) -> None:
    town.driver("D-1", 0)
    town.order("O-1", 1_000, 2_000)
    town.order("O-2", 1_000, 2_000, driver_id="D-1", state=OrderState.ASSIGNED)
    seen, streets = [], town.planner._streets
    told = streets.matrix

    async def matrix(*places: Any) -> Any:
        seen.append(town.planner.giving_way.is_clear)
        return await told(*places)

    streets.matrix = matrix
    asyncio.run(town.planner.priced(town.planner.world(town.now), town.bus.operation.orders.orders["O-1"]))
    asyncio.run(town.planner.preview(Reassign(order_id=OrderId("O-1"), driver_id=DriverId("D-1")), town.now))
    assert seen and not any(seen)
    assert town.planner.giving_way.is_clear
