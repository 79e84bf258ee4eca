"""The rules about what trackers raise themselves, and about driving that policy wants to be told of."""

from __future__ import annotations

from collections.abc import Iterator

from core.alarms.exception_item import ExceptionItem, Scene
from core.alarms.fence_rules import fence_priority, is_for_role
from core.alarms.wording import say
from core.dispatch.decision import Statement
from core.driving.driving_kinds import DrivingKind
from core.geofencing.fence import Fence
from core.projections.alarm_board import RaisedAlarm
from core.projections.driving_board import SeenDriving
from core.telemetry.tracker_alarms import LATE_S, PERSON_IN_DANGER, AlarmKind

SHOWN_S = 3_600.0
"""How long an alarm that nobody is in danger by stays when nobody looks."""

SEEN_SHOWN_S = 900.0
"""How long one that was seen stays in sight."""

_PRIORITIES = {AlarmKind.SOS: 1, AlarmKind.ACCIDENT: 1, AlarmKind.TOW: 2, AlarmKind.ENGINE_FAULT: 2}
_PRIORITY_OTHERWISE = 3
_WORTH_SEEN = 4


def tracker_alarms(scene: Scene) -> Iterator[ExceptionItem]:
    """Vehicles whose tracker raised something: of each the most pressing that nobody has seen, else that was seen."""
    for alarms in scene.operation.alarms.alarms.values():
        shown = [alarm for alarm in alarms.values() if _is_shown(scene, alarm)]
        if shown:
            yield _item(scene, min(shown, key=_rank))


def _is_shown(scene: Scene, alarm: RaisedAlarm) -> bool:
    if alarm.seen_at is not None:
        return scene.now - alarm.seen_at < SEEN_SHOWN_S
    if alarm.kind in PERSON_IN_DANGER:
        return True
    return not alarm.is_late and scene.now - alarm.raised_at < SHOWN_S


def _rank(alarm: RaisedAlarm) -> tuple[bool, int, float]:
    return alarm.seen_at is not None, _priority(alarm), -alarm.raised_at


def _priority(alarm: RaisedAlarm) -> int:
    """Return how pressing an alarm is; one that was seen hides nothing else about the vehicle."""
    return _PRIORITIES.get(alarm.kind, _PRIORITY_OTHERWISE) if alarm.seen_at is None else _WORTH_SEEN


def _item(scene: Scene, alarm: RaisedAlarm) -> ExceptionItem:
    driver_id = alarm.driver_id
    return ExceptionItem(
        key=alarm.key,
        priority=_priority(alarm),
        subject_kind="vehicle",
        subject_id=alarm.vehicle_id,
        finding=_raised(alarm, (scene.now - alarm.raised_at) / 60.0),
        cause=_where(scene, alarm),
        proposal=say("proposal.call_driver") if driver_id is not None else None,
        since_at=alarm.raised_at,
    )


def _raised(alarm: RaisedAlarm, minutes: float) -> Statement:
    late = "_late" if alarm.is_late else ""
    return say(f"finding.alarm_{alarm.kind}{late}", minutes=minutes)


def _where(scene: Scene, alarm: RaisedAlarm) -> Statement:
    if alarm.driver_id is None:
        return say("cause.nobody_drives")
    if alarm.position is None:
        return say("cause.with_driver_nowhere", driver_id=alarm.driver_id)
    age_s = 0.0 if alarm.position_at is None else alarm.raised_at - alarm.position_at
    if age_s < LATE_S:
        return say("cause.with_driver", driver_id=alarm.driver_id)
    return say("cause.with_driver_seen", driver_id=alarm.driver_id, minutes=age_s / 60.0)


def driving_to_be_told(scene: Scene) -> Iterator[ExceptionItem]:
    """Driving that the policy, or a fence, wants on the desk: of each vehicle the newest, while it is news."""
    board = scene.operation.driving
    newest: dict[str, SeenDriving] = {}
    for seen in board.recent:
        is_news = not seen.is_late and scene.now - seen.occurred_at < board.policy.shown_s
        if is_news and _is_wanted(scene, seen):
            newest[seen.vehicle_id] = seen
    for seen in newest.values():
        driver_id, fence = seen.driver_id, _fence_of(scene, seen)
        yield ExceptionItem(
            key=f"driving:{seen.vehicle_id}:{seen.kind}:{seen.occurred_at:.0f}",
            priority=4 if fence is None else fence_priority(fence),
            subject_kind="vehicle",
            subject_id=seen.vehicle_id,
            finding=_driven(seen, fence),
            cause=say("cause.nobody_drives") if driver_id is None else say("cause.with_driver", driver_id=driver_id),
            proposal=say("proposal.call_driver") if driver_id is not None else None,
            since_at=seen.occurred_at,
        )


def _fence_of(scene: Scene, seen: SeenDriving) -> Fence | None:
    return None if seen.fence_id is None else scene.operation.fences.fences.get(seen.fence_id)


def _is_wanted(scene: Scene, seen: SeenDriving) -> bool:
    """Say whether driving is to be told: by a fence in force whoever it tells, all else as the policy has it."""
    fence = _fence_of(scene, seen)
    if fence is not None:
        return is_for_role(scene, fence)
    return seen.kind in scene.operation.driving.policy.raising


def _driven(seen: SeenDriving, fence: Fence | None) -> Statement:
    if seen.value is None or seen.threshold is None:
        return say(f"finding.{seen.kind}_told")
    match seen.kind:
        case DrivingKind.SPEEDING:
            speeds = {"speed_kmh": seen.value * 3.6, "limit_kmh": seen.threshold * 3.6}
            return (
                say("finding.speeding", **speeds)
                if fence is None
                else say("finding.speeding_in_fence", fence=fence.name, **speeds)
            )
        case DrivingKind.IDLING:
            return say("finding.idling", minutes=seen.value / 60.0)
        case _:
            return say(f"finding.{seen.kind}", acceleration=seen.value)
