"""A world shows drivers with what they still have to do, what they carry, and what can no longer be changed."""

from __future__ import annotations

from math import inf
from typing import Any

import pytest
from msgspec.structs import replace

from core.dispatch.policy import DispatchPolicy
from core.dispatch.world import KnownPosition, PlanningWorld, world_of
from core.fleet.fleet import Driver, PlannedBreak, SignalState, Vehicle
from core.fleet.route import PlannedStop, Route, StopKind
from core.orders.order import OrderState
from core.projections.operation import Operation
from core.vocabulary import Load

POLICY = DispatchPolicy()


@pytest.fixture
def operation() -> Operation:
    made = Operation()
    made.fleet.drivers["D-1"] = Driver(
        driver_id="D-1", person=None, skills=("cold",), is_on_shift=True, vehicle_id="V-1", shift_ends_at=5.0
    )
    made.fleet.vehicles["V-1"] = Vehicle(vehicle_id="V-1", plate="", driver_id="D-1", signal=SignalState.LIVE)
    return made


def plan(operation: Operation, street: Any, *orders: Any, first_arrives_s: float = 600.0) -> None:
    stops = []
    for order in orders:
        operation.orders.orders[order.order_id] = order
        operation.orders.open_ids.add(order.order_id)
        kinds = [StopKind.DELIVERY] if order.state.is_on_board else [StopKind.PICKUP, StopKind.DELIVERY]
        for kind in kinds:
            at = street.now + first_arrives_s
            stops.append(
                PlannedStop(
                    order_id=order.order_id,
                    kind=kind,
                    position=order.delivery,
                    arrives_at=at,
                    starts_at=at,
                    departs_at=at,
                )
            )
    operation.fleet.routes["D-1"] = Route(driver_id="D-1", plan_number=3, stops=tuple(stops))


def built(operation: Operation, street: Any, **settings: Any) -> PlanningWorld:
    positions = {"V-1": KnownPosition(street.at(0), street.now - 20.0)}
    return world_of(operation, settings.get("positions", positions), street.now, POLICY)


def test_driver_stands_at_the_latest_position(operation: Operation, street: Any) -> None:
    driver = built(operation, street).drivers["D-1"]

    assert (driver.start, driver.start_at, driver.position_age_s) == (street.at(0), street.now, 20.0)
    assert (driver.skills, driver.shift_ends_at, driver.plan_number) == ({"cold"}, 5.0, 0)


def test_driver_never_heard_has_no_position(operation: Operation, street: Any) -> None:
    driver = built(operation, street, positions={}).drivers["D-1"]

    assert driver.start is None and driver.position_age_s == inf


def test_load_on_board_is_that_of_picked_up_orders(operation: Operation, street: Any) -> None:
    carried = street.order("A", 0, 100, state=OrderState.ON_THE_WAY, load=Load(volume_l=7.0, weight_kg=2.0))
    planned = street.order("B", 0, 100, state=OrderState.ASSIGNED)
    plan(operation, street, carried, planned)

    driver = built(operation, street).drivers["D-1"]

    assert driver.on_board == Load(volume_l=7.0, weight_kg=2.0)
    assert [(stop.order_id, stop.volume_l) for stop in driver.stops] == [("A", -7.0), ("B", 10.0), ("B", -10.0)]
    assert driver.plan_number == 3


@pytest.mark.parametrize(
    ("state", "first_arrives_s", "frozen"),
    [(OrderState.ASSIGNED, 600.0, 0), (OrderState.ASSIGNED, 60.0, 1), (OrderState.AT_PICKUP, 600.0, 1)],
)
def test_first_stop_is_frozen_when_reached_or_nearly(
    operation: Operation, street: Any, state: OrderState, first_arrives_s: float, frozen: int
) -> None:
    plan(operation, street, street.order("A", 0, 100, state=state), first_arrives_s=first_arrives_s)

    driver = built(operation, street).drivers["D-1"]
    assert (driver.frozen, driver.fixed) == (frozen, frozen)


@pytest.mark.parametrize(
    ("fields", "frozen"),
    [
        ({"state": OrderState.ASSIGNED, "is_accepted": True, "assigned_at": 0.0}, 1),
        ({"state": OrderState.ASSIGNED, "is_accepted": False, "assigned_at": 0.0}, 0),
        ({"state": OrderState.ON_THE_WAY, "is_accepted": True, "assigned_at": 0.0}, 1),
    ],
)
def test_stop_that_the_driver_has_set_off_to_is_frozen_but_for_people(
    operation: Operation, street: Any, fields: Any, frozen: int
) -> None:
    plan(operation, street, street.order("A", 0, 100, **fields), street.order("B", 0, 100), first_arrives_s=600.0)

    driver = built(operation, street).drivers["D-1"]

    assert (driver.frozen, driver.fixed) == (frozen, 0)
    assert (driver.without("A").frozen, driver.without("B").frozen) == (0, frozen)


def test_goods_that_are_overdue_take_the_deviation_of_their_kitchen(operation: Operation, street: Any) -> None:
    late = street.order("A", 0, 100, is_ready=False, ready_s=-300.0)

    pickup, _ = built(operation, street).stops_of(late)

    assert pickup.earliest_at == street.now + POLICY.spread.kitchen_sd_s
    assert pickup.earliest_sd_s == POLICY.spread.kitchen_sd_s


def test_mean_counts_orders_per_driver_on_shift(operation: Operation, street: Any) -> None:
    operation.fleet.drivers["D-2"] = Driver(driver_id="D-2", person=None, is_on_shift=True)
    operation.fleet.drivers["D-3"] = Driver(driver_id="D-3", person=None)
    plan(operation, street, street.order("A", 0, 100), street.order("B", 0, 100), street.order("C", 0, 100))

    assert built(operation, street).mean_orders() == 1.5


@pytest.mark.parametrize(("signal", "since_s"), [(SignalState.LIVE, 0.0), (SignalState.SILENT, 20.0)])
def test_silent_driver_with_work_is_taken_to_have_driven_on(
    operation: Operation, street: Any, signal: SignalState, since_s: float
) -> None:
    operation.fleet.vehicles["V-1"] = Vehicle(vehicle_id="V-1", plate="", driver_id="D-1", signal=signal)
    plan(operation, street, street.order("A", 0, 100, state=OrderState.ASSIGNED))

    driver = built(operation, street).drivers["D-1"]

    assert (driver.start_at, driver.as_of) == (street.now - since_s, street.now)


def test_next_planned_break_is_due_until_it_is_taken_and_delays_who_is_on_it(operation: Operation, street: Any) -> None:
    noon = PlannedBreak(earliest_at=street.now - 600.0, latest_at=street.now + 600.0, length_s=1800.0)
    on_duty = replace(operation.fleet.drivers["D-1"], breaks=(noon,))
    operation.fleet.drivers["D-1"] = on_duty
    assert built(operation, street).drivers["D-1"].due_break == noon

    operation.fleet.drivers["D-1"] = replace(on_duty, is_paused=True, pauses=(street.now - 300.0,))
    resting = built(operation, street).drivers["D-1"]
    assert (resting.due_break, resting.start_at - street.now) == (None, 1500.0)


def test_policy_plans_a_break_for_everybody(operation: Operation, street: Any) -> None:
    policy = DispatchPolicy(break_s=1800.0, break_by_s=7200.0, break_window_s=3600.0)
    began_at, ends_at = street.now - 3600.0, street.now + 36_000.0
    driver = replace(operation.fleet.drivers["D-1"], shift_started_at=began_at, shift_ends_at=ends_at)
    operation.fleet.drivers["D-1"] = driver
    due = world_of(operation, {}, street.now, policy).drivers["D-1"].due_break
    assert due == PlannedBreak(earliest_at=street.now, latest_at=street.now + 3600.0, length_s=1800.0)
    assert world_of(operation, {}, street.now, POLICY).drivers["D-1"].due_break is None
