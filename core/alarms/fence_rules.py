"""The rule about vehicles where they should not be, or that stay for longer than a fence asks about."""

from __future__ import annotations

from collections.abc import Iterator

from core.alarms.exception_item import ExceptionItem, Scene
from core.alarms.wording import say
from core.dispatch.decision import Statement
from core.geofencing.fence import Fence, FencePurpose, FenceTrigger
from core.projections.fence_picture import Stay
from core.vocabulary import VehicleId

_PRESSING = frozenset({FencePurpose.RESTRICTED, FencePurpose.SCHOOL})

SHOWN_S = 900.0
"""How long an entry is shown of a fence that tells no exits."""


def fence_priority(fence: Fence) -> int:
    """Return how pressing it is that a vehicle stays in a fence, or is too fast there."""
    return 2 if fence.purpose in _PRESSING else 3


def is_for_role(scene: Scene, fence: Fence) -> bool:
    """Say whether a fence tells the role that looks; where no role is named, whether it tells any."""
    return bool(fence.tells) and (scene.role is None or scene.role in fence.tells)


def vehicles_in_fences(scene: Scene) -> Iterator[ExceptionItem]:
    """Vehicles in a restricted fence, and those that stay in any: to the roles that the fence tells.

    An entry that was found late raises nothing, as if it were now; that the vehicle stays is seen by a fix of now.
    """
    picture = scene.operation.fences
    for fence_id, stays in picture.inside.items():
        fence = picture.fences.get(fence_id)
        if fence is None or not is_for_role(scene, fence):
            continue
        for vehicle_id, stay in stays.items():
            is_breach = fence.purpose is FencePurpose.RESTRICTED and not stay.is_late
            if (is_breach or stay.dwelt_at is not None) and _is_there(scene, fence, stay):
                yield _item(scene, fence, vehicle_id, stay)


def _is_there(scene: Scene, fence: Fence, stay: Stay) -> bool:
    """Say whether a vehicle is to be thought of as inside: a fence that tells no exits never says that it left."""
    return fence.trigger is FenceTrigger.BOTH or scene.now - (stay.dwelt_at or stay.entered_at) < SHOWN_S


def _item(scene: Scene, fence: Fence, vehicle_id: VehicleId, stay: Stay) -> ExceptionItem:
    vehicle = scene.operation.fleet.vehicles.get(vehicle_id)
    driver_id = vehicle.driver_id if vehicle is not None else None
    is_restricted = fence.purpose is FencePurpose.RESTRICTED
    minutes = max(0.0, scene.now - stay.entered_at) / 60.0
    finding = "finding.fence_restricted" if is_restricted else "finding.fence_dwelt"
    return ExceptionItem(
        # Seen is this stay, not the next one of the same vehicle; and not yet that it goes on.
        key=f"fence:{fence.fence_id}:{vehicle_id}:{stay.entered_at:.0f}:{'in' if stay.dwelt_at is None else 'stays'}",
        priority=fence_priority(fence),
        subject_kind="vehicle",
        subject_id=vehicle_id,
        finding=say(finding, fence=fence.name, minutes=minutes),
        cause=_driven(scene, vehicle_id),
        proposal=say("proposal.call_driver") if driver_id is not None else None,
        since_at=stay.dwelt_at or stay.entered_at,
    )


def _driven(scene: Scene, vehicle_id: VehicleId) -> Statement:
    vehicle = scene.operation.fleet.vehicles.get(vehicle_id)
    if vehicle is None or vehicle.driver_id is None:
        return say("cause.nobody_drives")
    return say("cause.with_driver", driver_id=vehicle.driver_id)
