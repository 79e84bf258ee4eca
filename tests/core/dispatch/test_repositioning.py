"""Idle drivers are proposed to go from zones that can spare one to zones that will lack one, where that gains."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from core.dispatch.policy import DispatchPolicy
from core.dispatch.repositioning import WAY_FACTOR, WAY_MPS, Scene, proposed_moves
from core.fleet.driver_move import DriverMove
from core.fleet.fleet import Driver
from core.fleet.route import PlannedStop, Route, StopKind
from core.fleet.zone import Zone
from core.geodesy import METRES_PER_DEGREE
from core.orders.order import Order, Promise
from core.projections.operation import Operation
from core.vocabulary import Place, Position
from core.wire import Pressure, PressureCell

NOW = 1_795_190_400.0
PLACES_M = {"west": -2_000.0, "middle": 0.0, "east": 2_000.0}


def at(x_m: float) -> Position:
    return Position(lat=0.0, lon=x_m / METRES_PER_DEGREE)


def zone_of(position: Position) -> Any:
    x_m = position.lon * METRES_PER_DEGREE
    return min(PLACES_M, key=lambda zone: abs(PLACES_M[zone] - x_m))


def counted(**short: float) -> Pressure:
    cells = tuple((PressureCell(short.get(zone, 0.0), 0.0, 0.0),) * 12 for zone in PLACES_M)
    first = NOW - 4 * 900.0
    return Pressure(as_of=NOW, first_bin_at=first, bin_s=900.0, now_bin=4, zones=tuple(PLACES_M), cells=cells)


@pytest.fixture
def scene() -> Scene:
    """Nobody at work; each zone has had one order at its middle."""
    operation, positions = Operation(), dict[Any, Position]()
    for zone, x_m in PLACES_M.items():
        ring = (at(x_m - 1), at(x_m + 1), Position(lat=0.00001, lon=at(x_m).lon), at(x_m - 1))
        operation.fleet.zones[zone] = Zone(zone_id=zone, name=zone, ring=ring)
        operation.orders.orders[f"O-{zone}"] = Order(
            order_id=f"O-{zone}",
            customer_id="C",
            customer=None,
            pickup=Place(name="", position=at(x_m)),
            delivery=at(x_m),
            promise=Promise(by_at=NOW),
            placed_at=NOW,
            ready_at=NOW,
            zone_id=zone,
        )
    return Scene(operation, counted(), positions, zone_of, NOW, DispatchPolicy())


def driver(scene: Scene, name: str, x_m: float, **fields: Any) -> None:
    settings = {"is_on_shift": True, "vehicle_id": f"V-{name}", "shift_ends_at": NOW + 14_400.0} | fields
    scene.operation.fleet.drivers[name] = Driver(driver_id=name, person=None, **settings)
    scene.positions[f"V-{name}"] = at(x_m)


def moves(scene: Scene, **short: float) -> tuple[DriverMove, ...]:
    return proposed_moves(Scene(scene.operation, counted(**short), scene.positions, zone_of, NOW, scene.policy))


def test_idle_driver_of_a_spare_zone_is_proposed_to_the_short_one(scene: Scene) -> None:
    # 2000 m x 1.35 at 6.5 m/s: 6.9 min; 0.8 of a driver for a quarter of an hour: 12 min.
    driver(scene, "D-1", 0.0)

    (move,) = moves(scene, middle=-1.5, east=0.8)

    assert (move.driver_id, move.from_zone_id, move.to_zone_id) == ("D-1", "middle", "east")
    assert move.way_minutes == pytest.approx(2_000.0 * WAY_FACTOR / WAY_MPS / 60.0, rel=1e-3)
    assert move.covers_minutes == pytest.approx(12.0)
    assert move.gain_minutes == pytest.approx(12.0 - move.way_minutes)
    assert (move.short, move.spare, move.target) == (0.8, 1.5, at(2_000.0))
    assert (move.short_at, move.expires_at) == (NOW + 1_800.0, NOW + 300.0)


def test_the_nearer_of_two_drivers_goes(scene: Scene) -> None:
    driver(scene, "D-1", 0.0)
    driver(scene, "D-2", 600.0)

    assert [move.driver_id for move in moves(scene, middle=-2.0, east=1.0)] == ["D-2"]


def test_two_drivers_are_assigned_at_the_greatest_total(scene: Scene) -> None:
    # D-1 is nearer to both, yet only D-1 gets to the west in time for a gain; D-2 takes the east.
    driver(scene, "D-1", -100.0)
    driver(scene, "D-2", 300.0)

    found = {move.driver_id: move.to_zone_id for move in moves(scene, middle=-2.0, east=1.0, west=1.0)}

    assert found == {"D-1": "west", "D-2": "east"}


def test_no_zone_gives_more_than_it_can_spare(scene: Scene) -> None:
    for number in range(3):
        driver(scene, f"D-{number}", 0.0)

    assert len(moves(scene, middle=-1.9, east=3.0)) == 1


def test_move_that_takes_longer_than_it_covers_is_not_proposed(scene: Scene) -> None:
    driver(scene, "D-1", -2_000.0)

    assert moves(scene, west=-2.0, east=0.9) == ()


def test_zone_that_lacks_little_is_left(scene: Scene) -> None:
    driver(scene, "D-1", 0.0)

    assert moves(scene, middle=-2.0, east=0.4) == ()


@pytest.mark.parametrize(
    "fields",
    [
        {"is_paused": True},
        {"is_on_shift": False},
        {"is_taken_out": True},
        {"shift_ends_at": NOW + 1_200.0},
        {"vehicle_id": None},
    ],
)
def test_who_cannot_or_soon_will_not_work_is_not_moved(scene: Scene, fields: dict[str, Any]) -> None:
    driver(scene, "D-1", 0.0, **fields)

    assert moves(scene, middle=-2.0, east=1.0) == ()


def test_driver_with_work_is_not_moved(scene: Scene) -> None:
    driver(scene, "D-1", 0.0)
    stop = PlannedStop(
        order_id="O-1", kind=StopKind.PICKUP, position=at(0.0), arrives_at=NOW, starts_at=NOW, departs_at=NOW
    )
    scene.operation.fleet.routes["D-1"] = Route(driver_id="D-1", plan_number=1, stops=(stop,))

    assert moves(scene, middle=-2.0, east=1.0) == ()


def test_driver_who_is_on_the_way_already_counts_there(scene: Scene) -> None:
    driver(scene, "D-1", 0.0)
    driver(scene, "D-2", 0.0)
    (first, *_) = moves(scene, middle=-3.0, east=1.0)
    scene.operation.moves.under_way[first.driver_id] = first

    assert moves(scene, middle=-3.0, east=1.0) == ()
    assert len(moves(scene, middle=-3.0, east=2.0)) == 1


def test_driver_whose_move_was_dismissed_is_left_for_a_while(scene: Scene) -> None:
    driver(scene, "D-1", 0.0)
    scene.operation.moves.dismissed_until["D-1"] = NOW + 1.0

    assert moves(scene, middle=-2.0, east=1.0) == ()


def test_zone_without_orders_is_waited_for_in_its_middle(scene: Scene) -> None:
    driver(scene, "D-1", 0.0)
    order = scene.operation.orders.orders["O-east"]
    scene.operation.orders.orders["O-east"] = replace(order, zone_id="west")

    (move,) = moves(scene, middle=-2.0, east=1.0)

    assert zone_of(move.target) == "east"
