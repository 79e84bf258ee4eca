"""Whatever happens on the street, no option breaks a limit, moves a frozen stop, or loses or doubles an order."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.disruption.disruption import DisruptionKind, RecoveryAction
from core.disruption.option_check import breaks_of
from core.disruption.recovery_commands import ChooseRecovery
from core.fleet.route import StopKind
from core.orders.order import OrderState

NOW = 1_000_000.0

_PLACES = st.integers(0, 60).map(lambda n: 100.0 * n)
_ORDER = st.fixed_dictionaries(
    {
        "pickup_m": _PLACES,
        "delivery_m": _PLACES,
        "due_s": st.integers(1, 40).map(lambda n: 120.0 * n),
        "state": st.sampled_from(
            (OrderState.WAITING, OrderState.ASSIGNED, OrderState.ASSIGNED, OrderState.AT_PICKUP, OrderState.ON_THE_WAY)
        ),
        "driver": st.integers(1, 3),
        "is_pinned": st.booleans(),
        "is_ready": st.booleans(),
        "late_s": st.integers(0, 20).map(lambda n: 60.0 * n),
        "skills": st.sampled_from(((), (), ("chilled",))),
    }
)


def fill(street: Any, drawn: list[dict[str, Any]], places: list[float]) -> None:
    """Make up to three drivers and what they have in hand; at most one stands at a counter, as the first stop."""
    in_hand: dict[int, list[Any]] = {1: [], 2: [], 3: []}
    for number, wish in enumerate(drawn):
        state, driver = wish["state"], wish["driver"]
        is_first = not in_hand[driver]
        if state is OrderState.AT_PICKUP and not is_first:
            state = OrderState.ASSIGNED
        fields: dict[str, Any] = {"state": state, "skills": wish["skills"], "is_ready": wish["is_ready"]}
        fields["ready_at"] = NOW - wish["late_s"]
        if state is not OrderState.WAITING:
            fields |= {"driver_id": f"D-{driver}", "is_pinned": wish["is_pinned"], "assigned_at": NOW - 60.0}
        if state is OrderState.AT_PICKUP:
            fields["arrived_at_pickup_at"] = NOW - 30.0
        if state is OrderState.ON_THE_WAY:
            fields |= {"picked_up_at": NOW - 60.0, "is_ready": True}
        made = street.order(f"O-{number}", wish["pickup_m"], wish["delivery_m"], due_s=wish["due_s"], **fields)
        if made.driver_id is not None:
            in_hand[driver].append(made)
    for number, orders in in_hand.items():
        street.driver(f"D-{number}", places[number - 1], orders)


def disruptions(street: Any) -> list[Any]:
    found = [
        street.disruption(kind, driver_id)
        for driver_id, route in street.operation.fleet.routes.items()
        if route.stops
        for kind in (DisruptionKind.STOPPED, DisruptionKind.OFF_ROUTE, DisruptionKind.SLOW_TRAFFIC)
    ]
    for order in street.operation.orders.open_orders():
        kind = DisruptionKind.DECLINED if order.driver_id is None else DisruptionKind.NOT_READY
        found.append(street.disruption(kind, order.order_id))
    return found


def hands(street: Any) -> Counter[tuple[str, StopKind]]:
    routes = street.operation.fleet.routes.values()
    return Counter((stop.order_id, stop.kind) for route in routes for stop in route.stops)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=st.lists(_ORDER, min_size=1, max_size=6), places=st.lists(_PLACES, min_size=3, max_size=3))
def test_no_option_breaks_what_holds(street: Any, drawn: list[dict[str, Any]], places: list[float]) -> None:
    town = type(street)()
    fill(town, drawn, places)
    world = town.world()
    for disruption in disruptions(town):
        for option in town.options(disruption).options:
            after = world
            for plan in option.plans:
                driver = world.drivers[plan.driver_id]
                names = [(stop.order_id, stop.kind) for stop in plan.stops]
                fixed = [(stop.order_id, stop.kind) for stop in driver.stops[: driver.fixed]]
                assert names[: len(fixed)] == fixed
                after = after.with_driver(driver.with_stops(_stops(world, names)))
            touched = [plan.driver_id for plan in option.plans]
            assert breaks_of(world, after, touched, option.moved_orders) == ()
            assert not any(
                world.orders[name].is_pinned and world.orders[name].driver_id for name in option.moved_orders
            )


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    drawn=st.lists(_ORDER, min_size=1, max_size=6),
    places=st.lists(_PLACES, min_size=3, max_size=3),
    pick=st.integers(0),
)
def test_carried_out_nothing_is_lost_or_doubled(
    street: Any, drawn: list[dict[str, Any]], places: list[float], pick: int
) -> None:
    town = type(street)()
    fill(town, drawn, places)
    noted = [town.note(one) for one in disruptions(town)]
    if not noted:
        return
    disruption = noted[pick % len(noted)]
    options = town.options(disruption)
    option = options.options[pick % len(options.options)]
    before = hands(town)
    gained = {n for n in option.moved_orders if town.operation.orders.orders[n].driver_id is None}
    town.do(ChooseRecovery(disruption_id=disruption.disruption_id, option_id=option.option_id), recovery=options)
    after = hands(town)
    assert max(after.values(), default=1) == 1
    assert set(after) - set(before) == {(name, kind) for name in gained for kind in StopKind}
    assert set(before) <= set(after)
    for driver_id, route in town.operation.fleet.routes.items():
        assert {town.operation.orders.orders[stop.order_id].driver_id for stop in route.stops} <= {driver_id}
    assert option.action is RecoveryAction.CALL or town.operation.disruptions.latest_recovery(disruption.disruption_id)


def _stops(world: Any, names: list[tuple[str, StopKind]]) -> tuple[Any, ...]:
    found = {(stop.order_id, stop.kind): stop for driver in world.drivers.values() for stop in driver.stops}
    for order in world.orders.values():
        for stop in world.stops_of(order):
            found.setdefault((stop.order_id, stop.kind), stop)
    return tuple(found[name] for name in names)
