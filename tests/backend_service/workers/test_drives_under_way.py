"""Drives of the operation: who is asked about, and what the log says became of them."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC
from typing import Any

import pytest

from backend_service.forecasting.forecaster import Forecaster
from backend_service.streets.street_engine import NoWay, StreetRoute
from backend_service.workers.drives_under_way import DrivesUnderWay
from backend_service.workers.eta_cycle import EtaCycle
from core.eta.ground import Ground
from core.events.order_events import DeliveryReached, PickupLeft, PickupReached
from core.geodesy import as_points, distance_m
from core.orders.order import OrderState
from core.projections.operation import Change
from core.vocabulary import DriverId, OrderId, Position
from tests.envelopes import envelope_of

NOTHING: frozenset[Change] = frozenset()


class Ways:
    """Streets at 10 m/s; `is_degraded` and `is_cut` make them worse."""

    is_degraded = False
    is_cut = False

    async def way(self, start: Position, places: list[Position]) -> StreetRoute:
        if self.is_cut:
            raise NoWay("No way.")
        line = as_points([(place.lat, place.lon) for place in (start, *places)])
        metres = distance_m(line[:-1], line[1:])
        return StreetRoute(
            metres.sum() / 10.0, metres.sum(), line, metres / 10.0, metres, degraded=self.is_degraded, as_of=0.0
        )


@pytest.fixture
def ways() -> Ways:
    return Ways()


@pytest.fixture
def played() -> Forecaster:
    return Forecaster(Ground(0.0, 0.0), UTC, lambda lat, lon: "Z")


@pytest.fixture
def drives(town: Any, ways: Ways, played: Forecaster) -> DrivesUnderWay:
    town.driver("D-1", 0)
    town.order("O-1", 3000, 5000, driver_id="D-1", state=OrderState.ASSIGNED)
    return DrivesUnderWay(town.bus, ways, played)


def ahead(drives: DrivesUnderWay, town: Any, now: float) -> Any:
    return asyncio.run(drives.ahead(town.planner.world(now).drivers, now))


@pytest.mark.parametrize("trouble", ["is_degraded", "is_cut"])
def test_without_streets_or_a_way_nothing_is_forecast(
    drives: DrivesUnderWay, town: Any, ways: Ways, trouble: str
) -> None:
    setattr(ways, trouble, True)
    assert ahead(drives, town, town.now) == {}


def test_who_is_silent_or_there_or_has_nothing_to_do_is_left_out(drives: DrivesUnderWay, town: Any) -> None:
    town.driver("D-2", 0)
    world = town.planner.world(town.now)
    driver = world.drivers["D-1"]
    there = replace(driver, stops=(replace(driver.stops[0], arrived_at=town.now), *driver.stops[1:]))
    for other in (world.drivers["D-2"], replace(driver, is_silent=True), there, replace(driver, start=None)):
        assert asyncio.run(drives.ahead({DriverId("X"): other}, town.now)) == {}


def test_a_stop_that_is_reached_realises_the_forecasts_of_the_way_to_it(
    drives: DrivesUnderWay, town: Any, played: Forecaster
) -> None:
    ahead(drives, town, town.now)
    town.driver("D-1", 1500)
    ahead(drives, town, town.now + 150.0)
    drives.follow(
        [envelope_of(PickupReached(order_id=OrderId("O-1"), driver_id=DriverId("D-1")), town.now + 310.0)], NOTHING
    )
    held = played.coverage.slices["cold start", "not yet calibrated"]
    assert (held.realised, held.within, held.arrived) == (1, 1, 1)


def test_another_stop_than_the_next_teaches_nothing(drives: DrivesUnderWay, town: Any, played: Forecaster) -> None:
    ahead(drives, town, town.now)
    town.driver("D-1", 1500)
    ahead(drives, town, town.now + 150.0)
    reached = DeliveryReached(order_id=OrderId("O-1"), driver_id=DriverId("D-1"))
    drives.follow([envelope_of(reached, town.now + 310.0)], NOTHING)
    assert played.coverage.slices == {}


def test_a_vehicle_is_at_its_stop_until_it_leaves(drives: DrivesUnderWay, town: Any, played: Forecaster) -> None:
    who = {"order_id": OrderId("O-1"), "driver_id": DriverId("D-1")}
    row = played.traffic.trails.rows_of(["V-D-1"])[0]
    drives.follow([envelope_of(PickupReached(**who), town.now)], NOTHING)
    assert played.traffic.trails.is_at_stop[row]
    drives.follow([envelope_of(PickupLeft(**who), town.now + 60.0)], NOTHING)
    assert not played.traffic.trails.is_at_stop[row]
    assert played.traffic.trails.began_at[row] == town.now + 60.0


def test_a_delivery_at_the_next_stop_takes_the_forecast_as_it_is(drives: DrivesUnderWay, town: Any, ways: Ways) -> None:
    cycle = EtaCycle(town.bus, town.planner, lambda _: None, drives=drives)
    town.driver("D-3", 0)
    town.order("O-3", 0, 3000, driver_id="D-3", state=OrderState.ON_THE_WAY)
    asyncio.run(cycle.run_once(town.now))
    band, _ = cycle.forecasts[OrderId("O-3")]
    # 300 s by streets; without a model from e^-0.5 to e^0.7 of that, softened by 20 s.
    assert band.p50_at - town.now == pytest.approx(300.0, abs=1.0)
    assert band.p90_at - town.now == pytest.approx(2.01375 * 320.0 - 20.0, abs=2.0)
    assert band.p10_at - town.now == pytest.approx(0.60653 * 320.0 - 20.0, abs=2.0)
