"""The planner previews every change of plans on street times, what is on board included."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from dataclasses import replace as replaced
from typing import Any

import pytest
from msgspec.structs import replace

from backend_service.handlers.preparation import previewed as looked_at
from backend_service.workers.eta_cycle import EtaCycle
from backend_service.workers.planning import Planner
from core.dispatch.changes import Change, CloseStreet, CloseZone, Hold, Reassign, Resequence, Split, StopName, TakeOut
from core.dispatch.decision import ImpactPreview
from core.dispatch.policy import DispatchPolicy
from core.fleet.closure import Closure
from core.fleet.route import StopKind
from core.fleet.zone import Zone
from core.orders.order import OrderState
from core.projections.held_plans import HeldOrder, HeldPlan
from core.refusals import Refusal
from core.vocabulary import Load, Position

P, D = StopKind.PICKUP, StopKind.DELIVERY
ASSIGNED = OrderState.ASSIGNED


def names(*stops: tuple[str, StopKind]) -> tuple[StopName, ...]:
    return tuple(StopName(order_id=order_id, kind=kind) for order_id, kind in stops)


def previewed(town: Any, change: Change) -> ImpactPreview:
    return asyncio.run(town.planner.preview(change, town.now))


def test_stops_in_another_order_with_goods_on_board(town: Any) -> None:
    town.driver("D-1", 0)
    town.order("O-1", -4000, 5000, driver_id="D-1", state=OrderState.ON_THE_WAY)
    town.order("O-2", 1000, 2000, driver_id="D-1", state=ASSIGNED)
    change = Resequence(order_id="O-2", driver_id="D-1", stops=names(("O-2", P), ("O-2", D), ("O-1", D)))

    found = previewed(town, change)

    assert found.breaches == ()
    assert [(s.order_id, s.kind) for s in found.as_is_plans[0].stops] == [("O-2", P), ("O-2", D), ("O-1", D)]
    # 0 to 1000, 2000 and 5000 m, instead of 5000, back to 1000, and 2000 m.
    assert found.as_is.distance_m == pytest.approx(5000.0, rel=1e-3)
    assert found.present.distance_m == pytest.approx(10_000.0, rel=1e-3)
    assert found.recommended_driver_id is None
    assert (found.tell_after_s, found.limits.minutes) == (30.0, 2.0)


def test_goods_on_board_leave_no_room_for_what_is_picked_up_first(town: Any) -> None:
    town.driver("D-1", 0)
    large = Load(volume_l=30.0, weight_kg=1.0)
    town.order("O-1", -4000, 5000, driver_id="D-1", state=OrderState.ON_THE_WAY, load=large)
    town.order("O-2", 1000, 2000, driver_id="D-1", state=ASSIGNED, load=large)
    change = Resequence(order_id="O-2", driver_id="D-1", stops=names(("O-2", P), ("O-2", D), ("O-1", D)))
    assert [breach.constraint for breach in previewed(town, change).breaches] == ["capacity_along"]


def test_split_is_compared_with_the_best_other_driver(town: Any) -> None:
    town.driver("D-1", 0)
    town.driver("D-2", 900)
    town.order("O-1", 1000, 4000, driver_id="D-1", state=ASSIGNED)
    town.order("O-2", 1000, 4000, driver_id="D-1", state=ASSIGNED)
    fleet = town.bus.operation.fleet
    first, door, second, other_door = fleet.route_of("D-1").stops
    fleet.routes["D-1"] = replace(fleet.route_of("D-1"), stops=(first, second, door, other_door))

    found = previewed(town, Split(order_id="O-2"))

    assert found.recommended_driver_id == "D-2"
    assert [statement.code for statement in found.said] == ["override.bundle_lost", "override.waits"]
    assert found.said[0].arguments["saved_min"] == pytest.approx(10.0, abs=0.1)


@pytest.mark.parametrize(
    "change", [Split(order_id="O-1", driver_id="D-9"), Resequence(order_id="O-1", driver_id="D-9", stops=())]
)
def test_unknown_drivers_are_refused(town: Any, change: Change) -> None:
    town.driver("D-1", 0)
    town.order("O-1", 1000, 4000, driver_id="D-1", state=ASSIGNED)
    with pytest.raises(Refusal) as refused:
        previewed(town, change)
    assert refused.value.code == "driver.not_found"


CORNER = Position(0.0, 0.01)


@dataclass
class ClosedAround:
    """Streets within reach, of which none leads anywhere: all around is closed."""

    streets: Any

    async def nearest(self, points: Any) -> Any:
        return replaced(await self.streets.nearest(points), degraded=False)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.streets, name)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (Resequence(order_id="O-1", driver_id="D-1", stops=names(("O-1", P), ("O-1", D))), "override.no_change"),
        (Reassign(order_id="O-1", driver_id="D-1"), "override.no_change"),
        (CloseZone(order_id="O-2", zone_id="port", for_s=600.0), "closure.closed_already"),
        (CloseStreet(order_id="O-1", position=CORNER, for_s=600.0), "closure.closed_already"),
        (Hold(order_id="O-1", for_s=600.0), "state.changed"),
    ],
)
def test_what_would_change_nothing_has_no_preview(town: Any, change: Change, code: str) -> None:
    town.driver("D-1", 0)
    town.order("O-1", 1000, 4000, driver_id="D-1", state=ASSIGNED)
    town.order("O-2", 1000, 4000)
    town.planner = Planner(town.bus, ClosedAround(town.planner._streets), town.positions, DispatchPolicy(), town.clock)
    operation, until_at = town.bus.operation, town.now + 600.0
    operation.fleet.zones["port"] = Zone(zone_id="port", name="Port", ring=(CORNER, CORNER, CORNER, CORNER))
    for name, place in (("X-1", {"zone_id": "port"}), ("X-2", {"position": CORNER, "segments": ((1, 2),)})):
        closure = Closure(closure_id=name, note="Market", closed_at=town.now, closed_by="m", until_at=until_at, **place)
        operation.closures.closures[closure.closure_id] = closure
    with pytest.raises(Refusal) as refused:
        asyncio.run(looked_at(change, operation, town.planner, town.now))
    assert refused.value.code == code


def test_taking_a_driver_out_is_previewed_with_whom_the_orders_could_go_to(town: Any) -> None:
    town.driver("D-1", 0)
    town.driver("D-2", 900)
    town.order("O-1", 1000, 4000, driver_id="D-1", state=ASSIGNED)
    town.order("O-2", 1000, 4000, driver_id="D-1", state=OrderState.ON_THE_WAY)

    found = previewed(town, TakeOut(order_id="O-1", driver_id="D-1"))

    assert found.as_is_hands == {"O-1": None}
    assert found.replanned_hands == {"O-1": "D-2"}
    assert found.recommended_driver_id is None
    assert [(s.order_id, s.kind) for s in found.as_is_plans[0].stops] == [("O-2", D)]


def test_customer_of_a_held_override_is_told_when_the_window_is_over(town: Any) -> None:
    cycle = EtaCycle(town.bus, town.planner, lambda _: None)
    town.driver("D-1", 0)
    order = town.order("O-1", 1000, 3000, driver_id="D-1", state=ASSIGNED)
    held = HeldOrder(is_accepted=True, state=order.state)
    route = town.bus.operation.fleet.route_of("D-1")
    plan = HeldPlan(route=route, orders={order.order_id: held}, overrides={"V-1": town.now + 5.0})
    town.bus.operation.held.plans["D-1"] = plan

    asyncio.run(cycle.run_once(town.now))
    assert town.bus.commands == [] and "O-1" in cycle.forecasts
    asyncio.run(cycle.run_once(town.now + 5.0))
    assert [command.order_id for command in town.bus.commands] == ["O-1"]
