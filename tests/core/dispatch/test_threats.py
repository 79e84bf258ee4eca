"""Which orders are looked at: waiting ones in time, assigned ones when their driver or promise is in doubt."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace as changed

from core.dispatch.threats import is_left_alone, is_threatened, is_unreliable, needs_driver
from core.orders.order import OrderState
from core.projections.operation import Operation

ASSIGNED = OrderState.ASSIGNED


@pytest.mark.parametrize(("ready_s", "is_due"), [(900.0, True), (901.0, False)])
def test_driver_is_committed_a_while_before_the_goods_are_ready(street: Any, ready_s: float, is_due: bool) -> None:
    assert needs_driver(street.order("A", 0, 1, ready_s=ready_s), street.now, street.policy) is is_due


def test_order_with_a_driver_needs_none(street: Any) -> None:
    assert not needs_driver(street.order("A", 0, 1, state=ASSIGNED, driver_id="D-1"), street.now, street.policy)


@pytest.mark.parametrize(
    ("fields", "is_out"),
    [
        ({}, False),
        ({"is_silent": True, "position_age_s": 100.0}, False),
        ({"is_silent": True, "position_age_s": 301.0}, True),
        ({"is_on_shift": False}, True),
    ],
)
def test_driver_who_is_gone_is_not_relied_on(street: Any, fields: Any, is_out: bool) -> None:
    order = street.order("A", 0, 1, state=ASSIGNED, driver_id="D-1", is_accepted=True)

    assert is_unreliable(street.world([street.driver("D-1", 0, [order], **fields)], [order]), order) is is_out


@pytest.mark.parametrize(("waited_s", "is_out"), [(120.0, False), (121.0, True)])
def test_driver_who_does_not_answer_is_not_relied_on(street: Any, waited_s: float, is_out: bool) -> None:
    order = street.order("A", 0, 1, state=ASSIGNED, driver_id="D-1", assigned_at=street.now - waited_s)

    assert is_unreliable(street.world([street.driver("D-1", 0, [order])], [order]), order) is is_out


@pytest.mark.parametrize(
    ("own", "fields"),
    [({"accept_within_s": 30.0}, {}), ({"max_position_age_s": 60.0}, {"is_silent": True, "position_age_s": 90.0})],
)
def test_zones_own_limits_say_whom_its_orders_rely_on(street: Any, own: Any, fields: Any) -> None:
    order = street.order("A", 0, 1, state=ASSIGNED, driver_id="D-1", zone_id="Z-1", assigned_at=street.now - 60.0)
    driver = street.driver("D-1", 0, [order], **fields)

    assert not is_unreliable(street.world([driver], [order]), order)
    assert is_unreliable(street.world([driver], [order], policies={"Z-1": changed(street.policy, **own)}), order)


def test_promise_that_is_all_but_lost_threatens_and_goods_on_board_do_not(street: Any, on_the_way: Any) -> None:
    order = street.order("A", 0, 1, state=ASSIGNED, driver_id="D-1", is_accepted=True)
    carried = street.order("B", 0, 1, state=on_the_way, driver_id="D-1")
    world = street.world([street.driver("D-1", 0, [order, carried])], [order, carried])

    assert not is_threatened(world, order, 0.69)
    assert is_threatened(world, order, 0.70)
    assert not is_threatened(world, carried, 1.0)


def test_hold_and_dismissal_end(street: Any) -> None:
    operation, held = Operation(), street.order("A", 0, 1, held_until=street.now + 10.0)
    operation.decisions.dismissed_until["B"] = street.now + 20.0
    dismissed = street.order("B", 0, 1)

    assert [is_left_alone(operation, o, street.now + 5.0) for o in (held, dismissed)] == [True, True]
    assert [is_left_alone(operation, o, street.now + 15.0) for o in (held, dismissed)] == [False, True]
    assert [is_left_alone(operation, o, street.now + 25.0) for o in (held, dismissed)] == [False, False]
