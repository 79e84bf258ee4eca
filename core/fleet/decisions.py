"""Decides what may happen to drivers, vehicles, devices, signals and sources."""

from __future__ import annotations

from math import inf

from core.commands import (
    DrawZones,
    EndShift,
    GiveBreakTurn,
    PauseDriver,
    PlanBreaks,
    RecordAccess,
    RecordSignal,
    RecordSignIn,
    RecordSource,
    RegisterDriver,
    RegisterVehicle,
    ResumeDriver,
    SetRoute,
    StartShift,
)
from core.deciding import Context, Decision, only_own
from core.events import fleet_events as happened
from core.events.tracker_events import VehicleSwitchedOff
from core.fleet.capacity_units import check_units
from core.fleet.fleet import Driver, SignalState, Vehicle
from core.fleet.planned_break import check_breaks
from core.fleet.route import PlannedStop
from core.refusals import NotFound, Refusal, StateChanged
from core.streams import OPERATION, of_driver, of_vehicle
from core.vocabulary import DriverId, Role, VehicleId

LONGEST_SHIFT_S = 16 * 3600


def driver_named(context: Context, driver_id: DriverId) -> Driver:
    """Return the driver, or refuse with ``driver.not_found``."""
    driver = context.operation.fleet.drivers.get(driver_id)
    if driver is None:
        raise NotFound("driver", driver_id)
    return driver


def vehicle_named(context: Context, vehicle_id: VehicleId) -> Vehicle:
    """Return the vehicle, or refuse with ``vehicle.not_found``."""
    vehicle = context.operation.fleet.vehicles.get(vehicle_id)
    if vehicle is None:
        raise NotFound("vehicle", vehicle_id)
    return vehicle


def register_driver(context: Context, command: RegisterDriver) -> Decision:
    """Let a driver work here; a known one gets the new particulars."""
    event = happened.DriverRegistered(driver_id=command.driver_id, person=command.person, skills=command.skills)
    return Decision([(of_driver(command.driver_id), event)], created=command.driver_id)


def register_vehicle(context: Context, command: RegisterVehicle) -> Decision:
    """Add a vehicle; a known one gets the new particulars."""
    if not command.plate.strip():
        raise Refusal("vehicle.plate_required", "A vehicle needs a plate.")
    check_units(context, command.capacity)
    event = happened.VehicleRegistered(
        vehicle_id=command.vehicle_id,
        plate=command.plate,
        make=command.make,
        model=command.model,
        capacity=command.capacity,
        groups=tuple(dict.fromkeys(group.strip() for group in command.groups if group.strip())),
    )
    return Decision([(of_vehicle(command.vehicle_id), event)], created=command.vehicle_id)


def start_shift(context: Context, command: StartShift) -> Decision:
    """Make a driver available, in a vehicle that nobody else drives."""
    only_own(context, command.driver_id)
    driver = driver_named(context, command.driver_id)
    vehicle = vehicle_named(context, command.vehicle_id)
    if driver.is_on_shift:
        raise Refusal("shift.started_already", f"{command.driver_id} is on shift already.", status=409)
    if vehicle.driver_id is not None:
        by = "somebody else" if context.actor.role is Role.DRIVER else vehicle.driver_id
        raise Refusal("vehicle.in_use", f"{command.vehicle_id} is driven by {by} now.", status=409)
    if not context.now < command.ends_at <= context.now + LONGEST_SHIFT_S:
        raise Refusal("shift.end_out_of_range", "A shift ends after now and within 16 h.")
    check_breaks(command.breaks, context.now, command.ends_at)
    event = happened.ShiftStarted(
        driver_id=command.driver_id, vehicle_id=command.vehicle_id, ends_at=command.ends_at, breaks=command.breaks
    )
    return Decision([(of_driver(command.driver_id), event)])


def plan_breaks(context: Context, command: PlanBreaks) -> Decision:
    """Set the planned breaks of a shift that has begun."""
    driver = _on_shift(context, command.driver_id)
    began_at = context.now if driver.shift_started_at is None else driver.shift_started_at
    check_breaks(command.breaks, began_at, inf if driver.shift_ends_at is None else driver.shift_ends_at)
    if driver.breaks == command.breaks:
        return Decision()
    event = happened.BreaksPlanned(driver_id=driver.driver_id, breaks=command.breaks, former=driver.breaks)
    return Decision([(of_driver(driver.driver_id), event)])


def give_break_turn(context: Context, command: GiveBreakTurn) -> Decision:
    """Let a driver's break of the policy begin in its turn; once in a shift."""
    driver = _on_shift(context, command.driver_id)
    if driver.break_turn_s is not None:
        return Decision()
    if not 0.0 <= command.turn_s <= LONGEST_SHIFT_S:
        raise Refusal("break.turn_out_of_range", "A turn comes within the shift.")
    event = happened.BreakTurnGiven(driver_id=driver.driver_id, turn_s=command.turn_s)
    return Decision([(of_driver(driver.driver_id), event)])


def end_shift(context: Context, command: EndShift) -> Decision:
    """Send a driver home who has nothing left to do."""
    driver = _on_shift(context, command.driver_id)
    left = context.operation.orders.of_driver(driver.driver_id)
    if left:
        raise Refusal(
            "shift.orders_left",
            f"{driver.driver_id} still has {len(left)} orders. Reassign them first.",
            status=409,
            orders=len(left),
        )
    return Decision([(of_driver(driver.driver_id), happened.ShiftEnded(driver_id=driver.driver_id))])


def pause_driver(context: Context, command: PauseDriver) -> Decision:
    """Let a driver take a break; that one was due is what the platform alone says."""
    driver = _on_shift(context, command.driver_id)
    if driver.is_paused:
        return Decision()
    is_planned = command.is_planned and context.actor.role is Role.PLATFORM
    event = happened.DriverPaused(driver_id=driver.driver_id, reason=command.reason, is_planned=is_planned)
    return Decision([(of_driver(driver.driver_id), event)])


def resume_driver(context: Context, command: ResumeDriver) -> Decision:
    """Take a driver back from a break."""
    driver = _on_shift(context, command.driver_id)
    if not driver.is_paused:
        return Decision()
    return Decision([(of_driver(driver.driver_id), happened.DriverResumed(driver_id=driver.driver_id))])


def _on_shift(context: Context, driver_id: DriverId) -> Driver:
    only_own(context, driver_id)
    driver = driver_named(context, driver_id)
    if not driver.is_on_shift:
        raise Refusal("driver.not_on_shift", f"{driver_id} is not on shift.", status=409)
    return driver


def set_route(context: Context, command: SetRoute) -> Decision:
    """Refine times and geometry of the plan in force; refuse when the plan moved on."""
    route = context.operation.fleet.route_of(command.driver_id)
    if route.plan_number != command.plan_number or _shape(route.stops) != _shape(command.stops):
        raise StateChanged(f"The plan of {command.driver_id} moved on.", plan_number=route.plan_number)
    event = happened.RoutePlanned(
        driver_id=command.driver_id,
        plan_number=command.plan_number,
        stops=command.stops,
        distance_m=command.distance_m,
        geometry=command.geometry,
        is_degraded=command.is_degraded,
    )
    return Decision([(of_driver(command.driver_id), event)])


def _shape(stops: tuple[PlannedStop, ...]) -> list[tuple[str, str]]:
    return [(stop.order_id, stop.kind) for stop in stops]


def record_signal(context: Context, command: RecordSignal) -> Decision:
    """Note that a vehicle fell silent, was heard again or is off; what is known already changes nothing."""
    vehicle = vehicle_named(context, command.vehicle_id)
    if command.is_off:
        if vehicle.signal is SignalState.OFF:
            return Decision()
        off = VehicleSwitchedOff(vehicle_id=command.vehicle_id, last_heard_at=command.last_heard_at)
        return Decision([(of_vehicle(command.vehicle_id), off)])
    if command.is_heard == (vehicle.signal is SignalState.LIVE):
        return Decision()
    if not command.is_heard:
        if vehicle.signal is not SignalState.LIVE:
            return Decision()
        silent = happened.VehicleWentSilent(vehicle_id=command.vehicle_id, last_heard_at=command.last_heard_at)
        return Decision([(of_vehicle(command.vehicle_id), silent)])
    silent_s = None if vehicle.last_heard_at is None else max(0.0, command.last_heard_at - vehicle.last_heard_at)
    heard = happened.VehicleReported(vehicle_id=command.vehicle_id, silent_s=silent_s)
    return Decision([(of_vehicle(command.vehicle_id), heard)])


def record_source(context: Context, command: RecordSource) -> Decision:
    """Note that a source degraded or recovered, or that its loss means something else now."""
    known = context.operation.sources.sources.get(command.source)
    was_degraded = known is not None and known.is_degraded
    is_news = known is not None and known.effect != command.effect
    if was_degraded == command.is_degraded and not (was_degraded and is_news):
        return Decision()
    if command.is_degraded:
        degraded = happened.SourceDegraded(source=command.source, effect=command.effect)
        return Decision([(OPERATION, degraded)])
    outage_s = context.now - known.since_at if known else 0.0
    return Decision([(OPERATION, happened.SourceRecovered(source=command.source, outage_s=outage_s))])


def draw_zones(context: Context, command: DrawZones) -> Decision:
    """Set the operating regions."""
    if tuple(context.operation.fleet.zones.values()) == command.zones:
        return Decision()
    return Decision([(OPERATION, happened.ZonesDrawn(zones=command.zones))])


def record_sign_in(context: Context, command: RecordSignIn) -> Decision:
    """Note who opened a desk."""
    event = happened.PersonSignedIn(user_id=command.user_id, role=command.role, transport=command.transport)
    return Decision([(OPERATION, event)])


def record_access(context: Context, command: RecordAccess) -> Decision:
    """Note that a token or key was issued."""
    event = happened.AccessGranted(subject=command.subject, role=command.role, expires_at=command.expires_at)
    return Decision([(OPERATION, event)])
