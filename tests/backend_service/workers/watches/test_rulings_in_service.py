"""Rulings through the service's own bus and planner: previewed, in force, in the ledger, and taken back."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from backend_service.streets.straight_line import StraightLineStreets
from backend_service.workers.planning import Planner
from backend_service.workers.recovery_options import RecoveryOptionsSource
from core.commands import ClosePlace, DrawZones, OverrideAssignment, RegisterDriver, StartShift, UndoDecision
from core.dispatch.changes import CloseZone, Forbid, Hold, TakeOut
from core.dispatch.commit_check import shown_of
from core.dispatch.decision import OverrideMode, ReasonCode
from core.dispatch.policy import DispatchPolicy
from core.disruption.disruption import Disruption, DisruptionId, DisruptionKind, SubjectKind
from core.disruption.recovery_commands import RecordDisruption
from core.disruption.signs import say
from core.fleet.fleet import DriverPerson
from core.fleet.zone import Zone
from core.vocabulary import PLATFORM, Actor, DriverId, OrderId, OverrideId, Position, Role, VehicleId, ZoneId

MARTA = Actor(role=Role.DISPATCHER, subject="marta")
ADMIN = Actor(role=Role.ADMINISTRATOR, subject="admin")
ONE, TWO, O1, O2 = DriverId("DR-1"), DriverId("DR-2"), OrderId("O-1"), OrderId("O-2")
ZONE = ZoneId("Z-1")
CORNERS = ((-29.95, -71.3), (-29.95, -71.2), (-29.85, -71.2), (-29.85, -71.3), (-29.95, -71.3))


async def lunch(shift: Any) -> Planner:
    """DR-1 stands at the kitchen with O-1 and O-2 to fetch; DR-2 stands 500 m north with nothing."""
    streets = StraightLineStreets(shift.clock, ZoneInfo("America/Santiago"))
    planner = Planner(shift.bus, streets, shift.live, DispatchPolicy(), shift.clock)
    shift.bus.plans, shift.bus.recoveries = planner, RecoveryOptionsSource(shift.bus, planner)
    await shift.bus.execute(RegisterDriver(driver_id=TWO, person=DriverPerson(name="Pedro")), ADMIN)
    ends_at = shift.clock.now() + 3600.0
    await shift.bus.execute(StartShift(driver_id=TWO, vehicle_id=VehicleId("V-2"), ends_at=ends_at), ADMIN)
    ring = tuple(Position(*corner) for corner in CORNERS)
    await shift.bus.execute(DrawZones(zones=(Zone(zone_id=ZONE, name="Centro", ring=ring),)), ADMIN)
    shift.give("O-1", "O-2")
    await shift.settle()
    shift.live.update(shift.fixes(0.0))
    shift.live.update(shift.fixes(500.0, vehicle="V-2"))
    shift.clock.step_to(shift.clock.now() + 10.0)
    return planner


async def rule(shift: Any, planner: Planner, change: Any, mode: OverrideMode) -> None:
    shown = shown_of(await planner.preview(change, shift.clock.now()), mode)
    command = OverrideAssignment(change=change, reason=ReasonCode.SAFETY, mode=mode, shown=shown)
    await shift.bus.execute(command, MARTA)


def holders(shift: Any) -> list[DriverId | None]:
    orders = shift.bus.operation.orders.orders
    return [orders[name].driver_id for name in (O1, O2)]


def test_driver_is_taken_out_re_planned_and_his_orders_come_back_later(on_shift: Any) -> None:
    async def scenario(shift: Any) -> None:
        planner = await lunch(shift)
        await rule(shift, planner, TakeOut(order_id=O1, driver_id=ONE), OverrideMode.REPLANNED)
        assert holders(shift) == [TWO, TWO]
        assert shift.bus.operation.fleet.drivers[ONE].is_out(shift.clock.now())

        shift.clock.step_to(shift.clock.now() + 60.0)
        await shift.bus.execute(UndoDecision(override_id=OverrideId("V-1")), MARTA)
        assert holders(shift) == [ONE, ONE]
        assert shift.bus.operation.fleet.route_of(TWO).stops == ()
        assert not shift.bus.operation.fleet.drivers[ONE].is_out(shift.clock.now())

    on_shift(scenario)


def test_order_is_kept_from_its_driver_and_given_back_within_the_window(on_shift: Any) -> None:
    async def scenario(shift: Any) -> None:
        planner = await lunch(shift)
        before = shift.bus.operation.fleet.route_of(ONE).stops
        await rule(shift, planner, Forbid(order_id=O1, driver_id=ONE), OverrideMode.AS_IS)
        assert holders(shift) == [None, ONE]
        await shift.bus.execute(UndoDecision(override_id=OverrideId("V-1")), MARTA)
        assert holders(shift) == [ONE, ONE]
        assert shift.bus.operation.fleet.route_of(ONE).stops == before

    on_shift(scenario)


def test_zone_is_closed_over_what_waits_in_it(on_shift: Any) -> None:
    async def scenario(shift: Any) -> None:
        planner = await lunch(shift)
        await rule(shift, planner, Forbid(order_id=O1, driver_id=ONE), OverrideMode.AS_IS)
        shift.clock.step_to(shift.clock.now() + 60.0)
        change = CloseZone(order_id=O1, zone_id=ZONE, for_s=1800.0)
        preview = await planner.preview(change, shift.clock.now())
        assert preview.as_is.late_minutes > preview.present.late_minutes
        await rule(shift, planner, change, OverrideMode.AS_IS)
        assert shift.bus.operation.closures.zones(shift.clock.now()) == {ZONE}
        assert holders(shift) == [None, ONE]
        await shift.bus.execute(UndoDecision(override_id=OverrideId("V-2")), MARTA)
        assert shift.bus.operation.closures.zones(shift.clock.now()) == frozenset()

    on_shift(scenario)


def test_what_waits_is_held_with_what_that_costs_against_who_could_bring_it(on_shift: Any) -> None:
    async def scenario(shift: Any) -> None:
        planner = await lunch(shift)
        await rule(shift, planner, Forbid(order_id=O1, driver_id=ONE), OverrideMode.AS_IS)
        shift.clock.step_to(shift.clock.now() + 60.0)
        change = Hold(order_id=O1, for_s=1800.0)
        preview = await planner.preview(change, shift.clock.now())
        assert preview.recommended_driver_id == TWO
        assert preview.as_is.waited_minutes >= preview.present.waited_minutes + 29.0
        assert preview.as_is.cost > preview.recommendation.cost
        await rule(shift, planner, change, OverrideMode.AS_IS)
        assert shift.bus.operation.orders.orders[O1].held_until == shift.clock.now() + 1800.0
        await shift.bus.execute(UndoDecision(override_id=OverrideId("V-2")), MARTA)
        assert shift.bus.operation.orders.orders[O1].held_until is None
        assert holders(shift) == [None, ONE]

    on_shift(scenario)


async def one_stands(shift: Any, since_s: float) -> DisruptionId:
    """Note that DR-1 has been standing for so long, with both orders."""
    stopped = Disruption(
        disruption_id=DisruptionId("stopped.DR-1.1"),
        kind=DisruptionKind.STOPPED,
        subject_kind=SubjectKind.DRIVER,
        subject_id=ONE,
        began_at=shift.clock.now() - since_s,
        detected_at=shift.clock.now(),
        priority=3,
        level=since_s,
        unit="s",
        finding=say("finding.stopped", minutes=since_s / 60.0),
        cause=say("cause.no_driver"),
        driver_id=ONE,
        order_id=O1,
        order_ids=(O1, O2),
    )
    await shift.bus.execute(RecordDisruption(disruption=stopped), PLATFORM)
    return stopped.disruption_id


def test_no_recovery_moves_orders_of_a_closed_zone(on_shift: Any) -> None:
    async def scenario(shift: Any) -> None:
        await lunch(shift)
        stopped = await one_stands(shift, 1200.0)
        before = await shift.bus.recoveries.options(stopped, shift.clock.now())
        assert any(option.moved_orders for option in before.options)
        zone = ClosePlace(zone_id=ZONE, note="Flooded", for_s=1800.0)
        await shift.bus.execute(zone, MARTA)
        after = await shift.bus.recoveries.options(stopped, shift.clock.now())
        assert not any(option.moved_orders for option in after.options)

    on_shift(scenario)


def test_no_recovery_tells_customers_of_what_drivers_are_not_told_yet(on_shift: Any) -> None:
    async def scenario(shift: Any) -> None:
        planner = await lunch(shift)
        shift.clock.step_to(shift.clock.now() + 900.0)
        stopped = await one_stands(shift, 3600.0)  # 30 min more are expected: both come too late
        told = [await told_by(shift, stopped)]
        await rule(shift, planner, Forbid(order_id=O1, driver_id=ONE), OverrideMode.AS_IS)
        told.append(await told_by(shift, stopped))
        shift.clock.step_to(shift.clock.now() + 30.0)
        assert [*told, await told_by(shift, stopped)] == [{O1, O2}, set(), {O2}]

    on_shift(scenario)


async def told_by(shift: Any, disruption_id: DisruptionId) -> set[OrderId]:
    found = await shift.bus.recoveries.options(disruption_id, shift.clock.now())
    return {moved.order_id for option in found.options for moved in option.told}
