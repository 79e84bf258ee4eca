"""What an undo needs is planned before it is decided: all orders that it gives back, together."""

from __future__ import annotations

import asyncio

import pytest

from backend_service.handlers.preparation import prepare
from core.commands import UndoDecision
from core.dispatch.changes import Change
from core.dispatch.decision import ImpactPreview, Override, OverrideMode, PlanChange, PutBack, ReasonCode
from core.dispatch.giving_back import GivingBack
from core.fleet.closure import Segment
from core.fleet.fleet import Driver
from core.fleet.route import PlannedStop, StopKind
from core.orders.order import Order, OrderState, Promise
from core.projections.operation import Operation
from core.vocabulary import DriverId, OrderId, OverrideId, Place, Position

NOW = 1_000_000.0
HERE = Position(0.0, 0.0)
D1, D2 = DriverId("D-1"), DriverId("D-2")


class Asked:
    """Plans nothing and remembers for which orders a plan was wanted."""

    def __init__(self) -> None:
        self.names: list[tuple[OrderId, ...]] = []

    async def preview(self, change: Change, now: float, *, with_replanned: bool = True) -> ImpactPreview:
        raise AssertionError("an undo needs no preview")

    async def street_at(self, position: Position) -> tuple[Segment, ...]:
        return ()

    async def put_back(self, wanted: GivingBack, now: float) -> PutBack:
        assert {one.driver_id for one in wanted.orders} == {D1}
        self.names.append(tuple(one.order_id for one in wanted.orders))
        return PutBack()


def door(name: str) -> PlannedStop:
    times = {"arrives_at": NOW, "starts_at": NOW, "departs_at": NOW}
    return PlannedStop(order_id=OrderId(name), kind=StopKind.DELIVERY, position=HERE, **times)


def moved(*names: str, on_board: str = "") -> Operation:
    """D-2 has the orders, which an override took from D-1."""
    operation = Operation()
    for name in names:
        state = OrderState.ON_THE_WAY if name == on_board else OrderState.ASSIGNED
        operation.orders.orders[OrderId(name)] = Order(
            order_id=OrderId(name),
            customer_id=f"C-{name}",
            customer=None,
            pickup=Place(name="Kitchen", position=HERE),
            delivery=HERE,
            promise=Promise(by_at=NOW),
            placed_at=NOW,
            ready_at=NOW,
            state=state,
            driver_id=D2,
        )
    for driver_id in (D1, D2):
        operation.fleet.drivers[driver_id] = Driver(driver_id=driver_id, person=None, is_on_shift=True)
    operation.decisions.overrides[OverrideId("V-1")] = Override(
        override_id=OverrideId("V-1"),
        order_id=OrderId(names[0]),
        driver_id=D2,
        mode=OverrideMode.REPLANNED,
        reason=ReasonCode.OTHER,
        previous_driver_id=D1,
        decided_at=NOW,
        decided_by="marta",
        order_ids=tuple(OrderId(name) for name in names) if len(names) > 1 else (),
        plans=(PlanChange(driver_id=D2, plan_number=1, stops=tuple(map(door, names))),),
        replaced=(PlanChange(driver_id=D1, plan_number=1, stops=tuple(map(door, names))),),
    )
    return operation


@pytest.mark.parametrize(
    ("names", "on_board", "planned"),
    [(("O-1",), "", ("O-1",)), (("O-1", "O-2"), "", ("O-1", "O-2")), (("O-1", "O-2", "O-3"), "O-3", ("O-1", "O-2"))],
)
def test_all_orders_that_an_override_moved_are_planned_to_go_back(
    names: tuple[str, ...], on_board: str, planned: tuple[str, ...]
) -> None:
    asked = Asked()
    undo = UndoDecision(override_id=OverrideId("V-1"))
    asyncio.run(prepare(undo, moved(*names, on_board=on_board), asked, NOW))
    assert asked.names == [planned]
