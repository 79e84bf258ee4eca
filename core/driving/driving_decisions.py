"""Decides which driving counts, and notes what was seen of it."""

from __future__ import annotations

from msgspec.structs import replace

from core.commands import RecordDrivingEvent, SetDrivingPolicy
from core.deciding import Context, Decision
from core.driving.driving_kinds import MERGED_WITHIN_S
from core.events import tracker_events as happened
from core.fleet.decisions import vehicle_named
from core.refusals import Refusal, StateChanged
from core.streams import DRIVING, of_vehicle
from core.telemetry.tracker_alarms import LATE_S


def set_driving_policy(context: Context, command: SetDrivingPolicy) -> Decision:
    """Set a policy that makes sense; `based_on` refuses what somebody else changed meanwhile."""
    version = context.operation.driving.policy.version
    if command.based_on is not None and command.based_on != version:
        raise StateChanged("The driving policy was changed meanwhile.", version=version)
    flaw = command.policy.flaw()
    if flaw:
        raise Refusal("driving.policy_out_of_range", f"This policy makes no sense: {flaw}.")
    return Decision([(DRIVING, happened.DrivingPolicySet(policy=replace(command.policy, version=version + 1)))])


def record_driving_event(context: Context, command: RecordDrivingEvent) -> Decision:
    """Note what was seen, with who drives now; of the time before the shift nobody knows who drove."""
    vehicle = vehicle_named(context, command.vehicle_id)
    if _is_seen(context, command):
        return Decision()
    driver = None if vehicle.driver_id is None else context.operation.fleet.drivers.get(vehicle.driver_id)
    drove = driver is not None and (driver.shift_started_at or 0.0) <= command.occurred_at
    event = happened.DrivingEventDetected(
        vehicle_id=command.vehicle_id,
        kind=command.kind,
        driver_id=vehicle.driver_id if drove else None,
        position=command.position,
        value=command.value,
        threshold=command.threshold,
        is_late=command.is_late or context.now - command.occurred_at > LATE_S,
        is_told=command.is_told,
        fence_id=command.fence_id,
    )
    return Decision([(of_vehicle(command.vehicle_id), event)])


def _is_seen(context: Context, command: RecordDrivingEvent) -> bool:
    """Say whether it was seen already: a tracker and the fixes may both tell of one manoeuvre."""
    return any(
        seen.vehicle_id == command.vehicle_id
        and seen.kind is command.kind
        and seen.fence_id == command.fence_id
        and abs(seen.occurred_at - command.occurred_at) < MERGED_WITHIN_S
        for seen in context.operation.driving.recent
    )
