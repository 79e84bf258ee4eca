"""A channel beyond its limit is an exception of the vehicle, more pressing with goods on board."""

from __future__ import annotations

from typing import Any

import pytest

from core.alarms.exceptions import current_exceptions
from core.dispatch.rationale import say
from core.fleet.fleet import SignalState, Vehicle
from core.orders.order import Order, OrderState, Promise
from core.projections.channel_board import ChannelCrossing
from core.projections.operation import Operation
from core.telemetry.channel_limits import LimitId
from core.vocabulary import DriverId, OrderId, Place, Position, VehicleId

NOW = 1_795_190_400.0
V12 = VehicleId("V-12")
HERE = Position(lat=-29.9, lon=-71.25)


def vehicle(operation: Operation, driver_id: str | None) -> None:
    operation.fleet.vehicles[V12] = Vehicle(
        vehicle_id=V12, plate="", driver_id=DriverId(driver_id) if driver_id else None, signal=SignalState.LIVE
    )


def crossed(operation: Operation, channel: str, **reading: Any) -> None:
    crossing = ChannelCrossing(
        vehicle_id=V12,
        channel=channel,
        limit_id=LimitId("cold"),
        beyond_since_at=NOW - 180.0,
        crossed_at=NOW - 60.0,
        **reading,
    )
    operation.channels.crossings.setdefault(V12, {})[channel] = crossing


def on_board(operation: Operation) -> None:
    order = Order(
        order_id=OrderId("O-1"),
        customer_id="C-1",
        customer=None,
        pickup=Place(name="Kitchen", position=HERE),
        delivery=HERE,
        promise=Promise(by_at=NOW + 3600.0),
        placed_at=NOW - 100.0,
        ready_at=NOW,
        is_ready=True,
        is_accepted=True,
        state=OrderState.ON_THE_WAY,
        driver_id=DriverId("D-1"),
    )
    operation.orders.orders[order.order_id] = order
    operation.orders.open_ids.add(order.order_id)


@pytest.mark.parametrize(
    ("channel", "reading", "finding"),
    [
        ("temperature.cargo", {"value": 9.4, "bound": 5.0}, "cargo 9.4 °C, limit 5.0 °C for 3 min"),
        (
            "tyre_pressure.front_left",
            {"value": 180_000.0, "bound": 210_000.0},
            "front left tyre pressure 1.8 bar, limit 2.1 bar for 3 min",
        ),
        ("door.rear", {"state": "open"}, "rear door open for 3 min"),
        ("tachograph", {"state": "driving"}, "tachograph driving for 3 min"),
    ],
)
def test_what_is_found(channel: str, reading: dict[str, Any], finding: str) -> None:
    operation = Operation()
    vehicle(operation, None)
    crossed(operation, channel, **reading)
    [item] = current_exceptions(operation, NOW, {})
    assert (item.key, item.subject_kind, item.subject_id) == (
        f"limit:V-12:{channel}:1795190220",
        "vehicle",
        "V-12",
    )
    assert (item.priority, say(item.finding), say(item.cause)) == (3, finding, "Nobody drives it")
    assert item.proposal is None


def test_goods_on_board_make_it_pressing() -> None:
    operation = Operation()
    vehicle(operation, "D-1")
    crossed(operation, "temperature.cargo", value=9.4, bound=5.0)
    [item] = current_exceptions(operation, NOW, {})
    assert (item.priority, say(item.cause)) == (3, "With D-1")
    on_board(operation)
    [item] = [item for item in current_exceptions(operation, NOW, {}) if item.subject_kind == "vehicle"]
    assert (item.priority, say(item.cause), item.order_id) == (2, "1 order on board", "O-1")
    assert item.proposal is not None
    assert say(item.proposal) == "Call the driver"


def test_one_that_was_seen_is_marked() -> None:
    operation = Operation()
    vehicle(operation, None)
    crossed(operation, "door.rear", state="open")
    operation.decisions.acknowledged["limit:V-12:door.rear:1795190220"] = NOW
    [item] = current_exceptions(operation, NOW, {})
    assert item.is_acknowledged


def test_the_next_crossing_is_news_again() -> None:
    operation = Operation()
    vehicle(operation, None)
    operation.decisions.acknowledged["limit:V-12:door.rear:1795190000"] = NOW
    crossed(operation, "door.rear", state="open")
    [item] = current_exceptions(operation, NOW, {})
    assert not item.is_acknowledged
