"""Pressure weighs work against free drivers, zone by zone and bin by bin, with the arithmetic beside it."""

from __future__ import annotations

from typing import Any

import pytest

from core.fleet.fleet import Driver, PlannedBreak, Vehicle
from core.fleet.planned_break import BreakRule
from core.fleet.route import PlannedStop, Route, StopKind
from core.fleet.zone import Zone
from core.orders.order import Order, OrderState, Promise
from core.projections.operation import Operation
from core.projections.zone_pressure import PressurePolicy, present_cells, zone_pressure
from core.vocabulary import Place, Position
from core.wire import PressureCell

NOW = 1_795_190_400.0
WEST, EAST = Position(lat=0.0, lon=-0.01), Position(lat=0.0, lon=0.01)
POLICY = PressurePolicy(bin_s=900.0, past_bins=4, forecast_bins=7, order_s=1350.0, rate_window_s=2700.0)


def zone_of(position: Position) -> Any:
    return "west" if position.lon < 0 else "east"


@pytest.fixture
def operation() -> Operation:
    made = Operation()
    ring = (WEST, EAST, EAST, WEST)
    made.fleet.zones = {name: Zone(zone_id=name, name=name, ring=ring) for name in ("west", "east")}
    return made


def order(operation: Operation, name: str, place: Position, ago_s: float, **fields: Any) -> None:
    settings: dict[str, Any] = {"state": OrderState.WAITING, **fields}
    operation.orders.orders[name] = Order(
        order_id=name,
        customer_id="C",
        customer=None,
        pickup=Place(name="", position=place),
        delivery=place,
        promise=Promise(by_at=NOW + 1800.0),
        placed_at=NOW - ago_s,
        ready_at=NOW,
        **settings,
    )
    if settings["state"].is_open:
        operation.orders.open_ids.add(name)


def driver(operation: Operation, name: str, **fields: Any) -> None:
    settings: dict[str, Any] = {"is_on_shift": True, "shift_ends_at": NOW + 36_000.0, **fields}
    operation.fleet.drivers[name] = Driver(driver_id=name, person=None, vehicle_id=f"V-{name}", **settings)
    operation.fleet.vehicles[f"V-{name}"] = Vehicle(vehicle_id=f"V-{name}", plate="", driver_id=name)


def count(operation: Operation, positions: Any = None, past: Any = None) -> dict[str, tuple[PressureCell, ...]]:
    found = zone_pressure(operation, NOW, positions or {}, zone_of, past or {}, POLICY)
    return dict(zip(found.zones, found.cells, strict=True))


def test_waiting_orders_ask_for_drivers(operation: Operation) -> None:
    # 2 old orders x 1350 s of work / 900 s = 3 drivers; nobody came lately, so nothing more is expected.
    order(operation, "O-1", WEST, 3000.0)
    order(operation, "O-2", WEST, 2900.0)

    now = count(operation)["west"][4]

    assert (now.drivers_short, now.orders_waiting, now.oldest_wait_s) == (pytest.approx(3.0), 2.0, 3000.0)
    assert count(operation)["east"][4] == PressureCell(0.0, 0.0, 0.0)


def test_recent_rate_is_expected_to_go_on(operation: Operation) -> None:
    # 3 orders in 1350 s, all under way: 2 an interval x 1350 s / 900 s = 3 drivers.
    for i in range(3):
        order(operation, f"O-{i}", WEST, 1350.0 - i, state=OrderState.ON_THE_WAY)

    assert count(operation)["west"][4].drivers_short == pytest.approx(3.0)


def test_what_comes_by_a_wave_asks_for_nobody_around(operation: Operation) -> None:
    for i, state in enumerate((OrderState.WAITING, OrderState.ASSIGNED, OrderState.ON_THE_WAY)):
        order(operation, f"O-{i}", WEST, 1350.0 - i, state=state, depot_id="DP-1")

    assert count(operation)["west"][4] == PressureCell(0.0, 0.0, 0.0)


def test_free_driver_is_spare_where_it_stands(operation: Operation) -> None:
    driver(operation, "D-1")

    cells = count(operation, {"V-D-1": EAST})

    assert [cell.drivers_short for cell in cells["east"][4:]] == [-1.0] * 8
    assert cells["west"][4].drivers_short == 0.0


def test_busy_driver_is_spare_where_and_when_the_route_ends(operation: Operation) -> None:
    # The route ends in the west after 1350 s: half of the second bin is free.
    driver(operation, "D-1")
    order(operation, "O-1", WEST, 5000.0, state=OrderState.ON_THE_WAY, driver_id="D-1")
    stop = PlannedStop(
        order_id="O-1",
        kind=StopKind.DELIVERY,
        position=WEST,
        arrives_at=NOW,
        starts_at=NOW,
        departs_at=NOW + 1350.0,
    )
    operation.fleet.routes["D-1"] = Route(driver_id="D-1", plan_number=1, stops=(stop,))

    west = count(operation, {"V-D-1": EAST})["west"]

    assert [cell.drivers_short for cell in west[4:7]] == pytest.approx([0.0, -0.5, -1.0])


@pytest.mark.parametrize("fields", [{"is_on_shift": False}, {"is_paused": True}, {"shift_ends_at": NOW}])
def test_driver_who_does_not_work_is_no_supply(operation: Operation, fields: Any) -> None:
    driver(operation, "D-1", **fields)

    assert count(operation, {"V-D-1": EAST})["east"][4].drivers_short == 0.0


@pytest.mark.parametrize(
    ("until_at", "spare"),
    [(None, [0.0, 0.0, 0.0]), (NOW + 1350.0, [0.0, 0.5, 1.0]), (NOW - 600.0, [1.0, 1.0, 1.0])],
)
def test_driver_taken_out_for_a_time_is_supply_from_its_end_on(operation: Operation, until_at: Any, spare: Any) -> None:
    driver(operation, "D-1", is_taken_out=True, out_until_at=until_at)

    east = count(operation, {"V-D-1": EAST})["east"]

    assert [-cell.drivers_short for cell in east[4:7]] == pytest.approx(spare)


def _break(from_s: float, length_s: float = 900.0) -> PlannedBreak:
    return PlannedBreak(earliest_at=NOW + from_s, latest_at=NOW + from_s + 1800.0, length_s=length_s)


def test_driver_is_no_supply_during_his_planned_break(operation: Operation) -> None:
    # From half of the first bin ahead to half of the second.
    driver(operation, "D-1", breaks=(_break(1350.0),))

    east = count(operation, {"V-D-1": EAST})["east"]

    assert [-cell.drivers_short for cell in east[4:9]] == pytest.approx([1.0, 0.5, 0.5, 1.0, 1.0])


def test_break_that_policy_makes_counts_alike(operation: Operation) -> None:
    driver(operation, "D-1", shift_started_at=NOW - 3600.0)
    rule = BreakRule(by_s=5400.0, window_s=900.0, length_s=900.0)

    found = zone_pressure(operation, NOW, {"V-D-1": EAST}, zone_of, {}, POLICY, rule)

    assert [-cell.drivers_short for cell in found.cells[0][4:8]] == pytest.approx([1.0, 0.0, 1.0, 1.0])


@pytest.mark.parametrize(("length_s", "spare"), [(1350.0, [0.0, 0.5, 1.0]), (None, [0.0, 0.0, 0.0])])
def test_driver_on_a_planned_break_is_supply_when_it_is_over(operation: Operation, length_s: Any, spare: Any) -> None:
    # Without a planned break nobody knows when a driver who paused comes back.
    breaks = () if length_s is None else (_break(0.0, length_s),)
    driver(operation, "D-1", breaks=breaks, is_paused=True, pauses=(NOW,))

    east = count(operation, {"V-D-1": EAST})["east"]

    assert [-cell.drivers_short for cell in east[4:7]] == pytest.approx(spare)


@pytest.mark.parametrize(("from_s", "spare"), [(300.0, [0.0, 1.0, 1.0]), (450.0, [0.0, 0.0, 1.0])])
def test_break_between_two_stops_is_in_their_times_and_one_behind_them_is_not(
    operation: Operation, from_s: float, spare: list[float]
) -> None:
    """O-1 is handed over at 300 s, with nothing on board then; O-2 at 900 s, where the route ends."""
    driver(operation, "D-1", breaks=(_break(from_s),))
    stops = []
    for name, pickup_s, door_s in (("O-1", 100.0, 300.0), ("O-2", 500.0, 900.0)):
        order(operation, name, WEST, 5000.0, state=OrderState.ASSIGNED, driver_id="D-1")
        for kind, at in ((StopKind.PICKUP, NOW + pickup_s), (StopKind.DELIVERY, NOW + door_s)):
            stops.append(
                PlannedStop(order_id=name, kind=kind, position=WEST, arrives_at=at, starts_at=at, departs_at=at)
            )
    operation.fleet.routes["D-1"] = Route(driver_id="D-1", plan_number=1, stops=tuple(stops))

    west = count(operation)["west"]

    assert [-cell.drivers_short for cell in west[4:7]] == pytest.approx(spare)


def test_what_is_not_done_is_carried_on(operation: Operation) -> None:
    # 2 orders: 2700 s of work, one driver does 900 s a bin: 2 short, 1 short, nothing left.
    driver(operation, "D-1")
    order(operation, "O-1", WEST, 3000.0)
    order(operation, "O-2", WEST, 2900.0)

    west = count(operation, {"V-D-1": WEST})["west"]

    assert [cell.drivers_short for cell in west[4:8]] == pytest.approx([2.0, 1.0, 0.0, -1.0])
    assert [cell.orders_waiting for cell in west[4:7]] == pytest.approx([2.0, 900 / 1350, 0.0])


def test_bins_are_whole_quarters_with_the_past_remembered(operation: Operation) -> None:
    kept = PressureCell(7.0, 3.0, 60.0)
    found = zone_pressure(operation, NOW + 100.0, {}, zone_of, {NOW - 900.0: {"east": kept}}, POLICY)

    assert (found.first_bin_at, found.now_bin, found.bin_s) == (NOW - 3600.0, 4, 900.0)
    assert found.zones == ("east", "west")
    assert found.cells[0][3] == kept and found.cells[1][3] == PressureCell(0.0, 0.0, 0.0)
    assert all(len(row) == 12 for row in found.cells)
    assert present_cells(found)["east"] == found.cells[0][4]
