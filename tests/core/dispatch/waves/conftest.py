"""A depot on a straight street along the equator, 10 m/s, so that times can be counted by hand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from core.dispatch.improvement.improve import Effort
from core.dispatch.improvement.kept_problem import Hold
from core.dispatch.policy import DispatchPolicy
from core.dispatch.waves.planning import Search, planned
from core.dispatch.waves.rhythm import RhythmId
from core.dispatch.waves.setting import BreakSpan, WaveDriver, WaveSetting
from core.dispatch.waves.wave import Wave, WaveId, WavePlan, WaveState
from core.fleet.depot import Depot, DepotId
from core.fleet.route import PlannedStop, StopKind
from core.geodesy import METRES_PER_DEGREE
from core.orders.order import Order, Promise, PromiseKind
from core.travel import TravelMatrix, TravelTable
from core.vocabulary import DriverId, Load, OrderId, Position, VehicleId

NOW = 1_000_000.0
SPEED_MPS = 10.0


def at(x_m: float) -> Position:
    return Position(lat=0.0, lon=x_m / METRES_PER_DEGREE)


def table(positions: Iterable[Position]) -> TravelTable:
    points = list(dict.fromkeys(positions))
    x = np.array([point.lon * METRES_PER_DEGREE for point in points])
    metres = np.abs(x[:, None] - x[None, :])
    return TravelTable(TravelMatrix(metres / SPEED_MPS, metres.copy(), degraded=False, as_of=NOW), points, points)


@dataclass
class Yard:
    """Depots, orders and drivers; distances in metres east of the first depot, instants relative to NOW."""

    depots: dict[DepotId, Depot] = field(default_factory=dict)
    hours: dict[DepotId, tuple[float, float]] = field(default_factory=dict)
    orders: dict[OrderId, Order] = field(default_factory=dict)
    drivers: list[WaveDriver] = field(default_factory=list)

    def depot(self, name: str = "DP-1", x_m: float = 0.0, opens_s: float = 0.0, closes_s: float = 30_000.0) -> None:
        depot_id = DepotId(name)
        self.depots[depot_id] = Depot(depot_id=depot_id, name=name, position=at(x_m), loading_s=60.0)
        self.hours[depot_id] = (NOW + opens_s, NOW + closes_s)

    def order(self, name: str, x_m: float, window_s: tuple[float, float] = (0.0, 20_000.0), **fields: Any) -> None:
        depot = self.depots[DepotId(fields.pop("depot", "DP-1"))]
        settings: dict[str, Any] = {
            "customer_id": "C-1",
            "customer": None,
            "pickup": depot.place,
            "delivery": at(x_m),
            "promise": Promise(kind=PromiseKind.WINDOW, from_at=NOW + window_s[0], by_at=NOW + window_s[1]),
            "placed_at": NOW - 600.0,
            "ready_at": NOW,
            "service_s": 120.0,
            "load": Load(volume_l=10.0, weight_kg=4.0),
            "depot_id": depot.depot_id,
        }
        self.orders[OrderId(name)] = Order(order_id=OrderId(name), **{**settings, **fields})

    def driver(self, name: str, **fields: Any) -> None:
        settings: dict[str, Any] = {
            "vehicle_id": VehicleId(f"V-{name}"),
            "depot_id": DepotId("DP-1"),
            "start": at(0.0),
            "start_at": NOW,
            "ends_at": NOW + 28_000.0,
            "capacity": Load(volume_l=100.0, weight_kg=1_000.0),
            "skills": frozenset(),
        }
        self.drivers.append(WaveDriver(driver_id=DriverId(name), **{**settings, **fields}))

    def breaks(self, from_s: float, until_s: float, length_s: float) -> tuple[BreakSpan, ...]:
        return (BreakSpan(NOW + from_s, NOW + until_s, length_s),)

    def stop(self, name: str, kind: StopKind) -> PlannedStop:
        order = self.orders[OrderId(name)]
        place = order.pickup.position if kind is StopKind.PICKUP else order.delivery
        return PlannedStop(
            order_id=order.order_id, kind=kind, position=place, arrives_at=NOW, starts_at=NOW, departs_at=NOW
        )

    def setting(self) -> WaveSetting:
        wave = Wave(
            wave_id=WaveId("W-1"),
            rhythm_id=RhythmId("R-1"),
            name="Morning",
            depot_ids=tuple(self.depots),
            closed_at=NOW,
            starts_at=NOW,
            state=WaveState.CLOSED,
            order_ids=tuple(self.orders),
        )
        return WaveSetting(wave, NOW, dict(self.orders), tuple(self.drivers), self.depots, self.hours)

    def travel(self) -> TravelTable:
        return table(self.setting().places)

    def plan(self, *, seed: int = 1, iterations: int = 300, hold: Hold | None = None) -> WavePlan:
        search = Search(seed, Effort(iterations=iterations), _no_clock, hold)
        return planned(self.setting(), self.travel(), DispatchPolicy(), search)


def _no_clock() -> float:
    return 0.0


@pytest.fixture
def yard() -> Yard:
    """A yard with one depot and nothing else."""
    made = Yard()
    made.depot()
    return made
