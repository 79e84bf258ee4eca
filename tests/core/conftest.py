"""A small named world that commands are decided and folded in."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from msgspec.structs import replace

from backend_service.handlers.handler_map import DECISIONS
from core.commands import CommandBase, PlaceOrder, RegisterDriver, RegisterVehicle, StartShift
from core.deciding import Context, Decision
from core.dispatch.decision import ImpactPreview, PlanChange, PutBack
from core.events.envelope import Event
from core.fleet.closure import Segment
from core.fleet.fleet import DriverPerson
from core.fleet.route import PlannedStop, StopKind
from core.orders.order import Order, Promise
from core.projections.operation import Operation
from core.vocabulary import PLATFORM, Actor, DriverId, OrderId, Place, Position, Role, VehicleId
from tests.envelopes import fold_into

NOON_AT = 1_800_000_000.0
ADMIN = Actor(role=Role.ADMINISTRATOR, subject="admin")


@dataclass
class Scene:
    """Decides a command on the folded state and folds what came of it, as the bus does, without a log."""

    operation: Operation = field(default_factory=Operation)
    now: float = NOON_AT
    happened: list[Event] = field(default_factory=list)

    def do(
        self,
        command: CommandBase,
        actor: Actor = PLATFORM,
        preview: ImpactPreview | None = None,
        restoring: tuple[PlanChange, ...] = (),
        segments: tuple[Segment, ...] = (),
    ) -> Decision:
        put_back = self.put_back(restoring)
        context = Context(self.operation, actor, self.now, preview=preview, put_back=put_back, segments=segments)
        decision = DECISIONS[type(command)](context, command)
        self.fold(decision, actor)
        return decision

    def put_back(self, plans: tuple[PlanChange, ...]) -> PutBack:
        """Return plans as the service makes them for an undo: on the plan numbers of now."""
        route_of = self.operation.fleet.route_of
        return PutBack(plans=tuple(replace(one, plan_number=route_of(one.driver_id).plan_number) for one in plans))

    def fold(self, decision: Decision, actor: Actor = PLATFORM) -> None:
        """Apply a decision's events."""
        fold_into(self.operation, decision, self.now, actor)
        self.happened += [event for _, event in decision.events]

    def order(self, order_id: str) -> Order:
        return self.operation.orders.orders[OrderId(order_id)]

    def place(self, order_id: str = "O-1") -> Order:
        """Place an order ready now, promised in 40 minutes."""
        self.do(
            PlaceOrder(
                order_id=OrderId(order_id),
                pickup=Place(name="Pollo Dorado", position=Position(-29.90, -71.25)),
                delivery=Position(-29.92, -71.25),
                promise=Promise(by_at=self.now + 2400),
                ready_at=self.now,
            ),
            ADMIN,
        )
        return self.order(order_id)

    def driver(self, number: str) -> Actor:
        """Register D-number in V-number and start the shift; return the driver as an actor."""
        driver_id, vehicle_id = DriverId(f"D-{number}"), VehicleId(f"V-{number}")
        self.do(RegisterDriver(driver_id=driver_id, person=DriverPerson(name="M. Castillo")), ADMIN)
        self.do(RegisterVehicle(vehicle_id=vehicle_id, plate=f"AB-{number}"), ADMIN)
        actor = Actor(role=Role.DRIVER, subject=driver_id)
        self.do(StartShift(driver_id=driver_id, vehicle_id=vehicle_id, ends_at=self.now + 3600 * 6), actor)
        return actor

    def stops(self, order_id: str) -> tuple[PlannedStop, PlannedStop]:
        """A pickup in 5 and a delivery in 15 minutes."""
        order = self.order(order_id)
        return tuple(  # type: ignore[return-value]
            PlannedStop(
                order_id=order.order_id,
                kind=kind,
                position=Position(-29.9, -71.25),
                arrives_at=self.now + minutes * 60,
                starts_at=self.now + minutes * 60,
                departs_at=self.now + minutes * 60 + 60,
            )
            for kind, minutes in ((StopKind.PICKUP, 5), (StopKind.DELIVERY, 15))
        )


@pytest.fixture
def scene() -> Scene:
    return Scene()
