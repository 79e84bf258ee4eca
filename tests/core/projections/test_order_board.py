"""Orders folded from their events, and those found quickly."""

from __future__ import annotations

import pytest

from core.deciding import Decision
from core.events.order_events import DeliveryFailed, OrderCancelled, OrderDelivered, OrderPlaced
from core.orders.order import Promise
from core.projections.operation import Operation, decode_operation, encode_operation
from core.projections.order_board import BROKEN_OFF_KEPT_S
from core.streams import of_order
from core.vocabulary import DriverId, OrderId, Place, Position
from tests.envelopes import fold_into

DAY_S = 86_400.0
HERE = Position(0.0, 0.0)


@pytest.fixture
def operation() -> Operation:
    made = Operation()
    for name in ("O-1", "O-2", "O-3", "O-4"):
        placed = OrderPlaced(
            order_id=OrderId(name),
            customer_id="C",
            customer=None,
            pickup=Place(name="Kitchen", position=HERE),
            delivery=HERE,
            promise=Promise(by_at=2 * DAY_S),
            ready_at=0.0,
        )
        fold_into(made, Decision([(of_order(OrderId(name)), placed)]), 0.0)
    return made


def end(operation: Operation, event: OrderCancelled | DeliveryFailed | OrderDelivered, at: float) -> None:
    fold_into(operation, Decision([(of_order(event.order_id), event)]), at)


def broken_off(operation: Operation, since_at: float) -> list[str]:
    return [order.order_id for order in operation.orders.broken_off_since(since_at)]


def test_what_was_broken_off_is_found_however_long_ago_it_was_placed(operation: Operation) -> None:
    end(operation, OrderCancelled(order_id=OrderId("O-1"), reason="customer"), DAY_S)
    end(operation, OrderDelivered(order_id=OrderId("O-2"), driver_id=DriverId("D-1")), DAY_S + 5.0)
    failed = DeliveryFailed(order_id=OrderId("O-3"), driver_id=DriverId("D-1"), reason="customer_absent")
    end(operation, failed, DAY_S + 10.0)
    read = decode_operation(encode_operation(operation))
    assert broken_off(operation, DAY_S) == broken_off(read, DAY_S) == ["O-3", "O-1"]
    assert broken_off(operation, DAY_S + 0.1) == ["O-3"]


def test_what_was_broken_off_long_ago_is_kept_no_longer(operation: Operation) -> None:
    for number, at in enumerate((0.0, 10.0, BROKEN_OFF_KEPT_S + 5.0), start=1):
        end(operation, OrderCancelled(order_id=OrderId(f"O-{number}"), reason="customer"), DAY_S + at)
    assert broken_off(operation, 0.0) == ["O-3", "O-2"]
