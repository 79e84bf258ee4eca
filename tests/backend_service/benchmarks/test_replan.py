"""The region of `tower bench replan` drives and delivers, and its figures tell what was measured."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pytest

from backend_service.benchmarks import replan
from backend_service.benchmarks.replan_city import Region
from backend_service.simulation.town import Home, Kitchen, Town
from core.fleet.route import PlannedStop, StopKind
from core.orders.order import OrderState
from core.refusals import Fault
from core.timekeeping import SteppedClock
from core.vocabulary import DriverId, OrderId, Position, ZoneId

HERE, THERE = Position(lat=41.15, lon=-8.61), Position(lat=41.16, lon=-8.61)


@pytest.fixture
def region() -> Region:
    kitchen = Kitchen("K-1", "Casa", "Rua 1", HERE, ZoneId("A1"), 600.0, 0.0, calls=False, fame=1.0)
    town = Town((kitchen,), (Home("Rua 2", THERE),), np.array([[1.0]]))
    return Region(town, SteppedClock(0.0), open_orders=5, seed=1)


def plan(order_id: OrderId, pickup_at: float, delivery_at: float) -> tuple[PlannedStop, PlannedStop]:
    def stop(kind: StopKind, position: Position, at: float) -> PlannedStop:
        return PlannedStop(
            order_id=order_id, kind=kind, position=position, arrives_at=at, starts_at=at, departs_at=at + 60.0
        )

    return stop(StopKind.PICKUP, HERE, pickup_at), stop(StopKind.DELIVERY, THERE, delivery_at)


def test_driver_goes_along_the_plan_and_delivers(region: Region) -> None:
    order, driver = region.place(), DriverId("D-0000")
    board, vehicle = region.bus.operation.orders, region.bus.operation.fleet.drivers[driver].vehicle_id
    assert vehicle is not None
    region.bus.give(driver, plan(order.order_id, 100.0, 300.0))
    assert board.orders[order.order_id].driver_id == driver

    assert region.drive(120.0) == 0
    assert board.orders[order.order_id].state is OrderState.AT_PICKUP
    region.drive(110.0)  # left at 160, half way at 230
    assert board.orders[order.order_id].state is OrderState.ON_THE_WAY
    seen = region.latest(vehicle)
    assert seen is not None
    assert seen.position.lat == pytest.approx(41.155, abs=1e-4)
    region.drive(80.0)
    assert board.orders[order.order_id].state is OrderState.AT_DELIVERY
    assert region.drive(60.0) == 1
    assert not board.open_ids
    assert region.bus.operation.fleet.route_of(driver).stops == ()


def test_order_that_was_withdrawn_is_gone(region: Region) -> None:
    order = region.place()
    region.withdraw(order)
    assert not region.bus.operation.orders.orders
    assert region.latest("V-none") is None


def test_every_figure_is_told_of_every_run() -> None:
    run = replan.Measured(inserts=[10.0, 30.0], after_update=[30.0], beside=[40.0], replans=[900.0], moved=[0.05, 0.1])
    run.own_work, run.engine_work = [4.0, 6.0], [9.0]
    told = {figure.name: figure.median for figure in replan.figures([run, run])}
    assert told["insertion longest"] == 30.0
    assert told["orders moved per re-plan"] == 7.5
    assert told["orders moved, most at once"] == 10.0


def test_city_must_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TOWER_DATA", raising=False)
    with pytest.raises(Fault, match="TOWER_DATA"):
        replan.prepared(argparse.Namespace(osm=None, home=Path("/nowhere")))
