"""Where a person may decide: on orders picked up in their regions, and on no others."""

from __future__ import annotations

import pytest

from core import commands
from core.dispatch.changes import Reassign
from core.dispatch.decision import ReasonCode
from core.orders.order import Customer, Order, Promise
from core.people.regions import only_in_regions
from core.projections.operation import Operation
from core.refusals import Refusal
from core.vocabulary import DriverId, OrderId, Place, Position, ZoneId

NOON = 1_790_000_000.0
HERE, THERE = ZoneId("Z-1"), ZoneId("Z-2")


@pytest.fixture
def operation() -> Operation:
    operation = Operation()
    for order_id, zone_id in (("O-1", HERE), ("O-2", THERE), ("O-3", None)):
        operation.orders.orders[OrderId(order_id)] = Order(
            order_id=OrderId(order_id),
            customer_id="C",
            customer=Customer(),
            pickup=Place(name="k", position=Position(0.0, 0.0)),
            delivery=Position(0.0, 0.0),
            promise=Promise(by_at=NOON),
            placed_at=NOON,
            ready_at=NOON,
            zone_id=zone_id,
        )
    return operation


def decisions_on(order_id: OrderId) -> list[commands.Command]:
    return [
        commands.ReviseReadiness(order_id=order_id, ready_at=NOON),
        commands.ReportReady(order_id=order_id),
        commands.CancelOrder(order_id=order_id, reason="x"),
        commands.HoldOrder(order_id=order_id),
        commands.OverrideAssignment(
            change=Reassign(order_id=order_id, driver_id=DriverId("D-1")),
            reason=ReasonCode.LOCAL_KNOWLEDGE,
            based_on={},
            order_version=1,
        ),
        commands.AcknowledgeException(key=f"late:{order_id}"),
    ]


def is_refused(operation: Operation, command: commands.Command, regions: frozenset[ZoneId] | None) -> bool:
    try:
        only_in_regions(operation, command, regions)
    except Refusal:
        return True
    return False


@pytest.mark.parametrize("order_id", ["O-2", "O-3"])
def test_no_decision_outside_ones_regions(operation: Operation, order_id: str) -> None:
    for command in decisions_on(OrderId(order_id)):
        with pytest.raises(Refusal) as refused:
            only_in_regions(operation, command, frozenset({HERE}))
        assert (refused.value.code, refused.value.status) == ("access.region", 403)


def test_every_decision_inside_them_and_everywhere_without_a_limit(operation: Operation) -> None:
    inside = [(command, frozenset({HERE})) for command in decisions_on(OrderId("O-1"))]
    unlimited = [(command, None) for order_id in operation.orders.orders for command in decisions_on(order_id)]
    assert not [command for command, regions in inside + unlimited if is_refused(operation, command, regions)]


def test_what_belongs_to_no_order_is_not_limited(operation: Operation) -> None:
    unbound = [
        commands.AcknowledgeException(key="silent:D-1"),
        commands.PauseDriver(driver_id=DriverId("D-1")),
        commands.CancelOrder(order_id=OrderId("O-9"), reason="x"),
    ]
    assert not [command for command in unbound if is_refused(operation, command, frozenset({HERE}))]
