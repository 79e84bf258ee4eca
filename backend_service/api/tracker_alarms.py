"""What trackers raised: the newest alarm of each kind of each vehicle, with who drove and where."""

from __future__ import annotations

import msgspec
from litestar import get

from backend_service.api.collaborators import Tower
from backend_service.api.identification import DESK, allowed
from backend_service.api.paging import Cursor, Limit, next_link, page_of
from backend_service.api.places_and_times import Moment, PositionView, moment, moment_or_none
from backend_service.api.problems import problems
from core.projections.alarm_board import RaisedAlarm
from core.telemetry.tracker_alarms import AlarmKind


class AlarmView(msgspec.Struct, kw_only=True):
    """An alarm: `place` is where it was raised, or where the vehicle had been seen at `place_at`.

    `key` is what to acknowledge it by; `is_late` says that it was heard of long after; `seen_at` is when somebody
    acknowledged it.
    """

    key: str
    vehicle_id: str
    kind: AlarmKind
    device_id: str | None
    driver_id: str | None
    raised_at: Moment
    learned_at: Moment
    place: PositionView | None
    place_at: Moment | None
    is_late: bool
    seen_at: Moment | None

    @classmethod
    def of(cls, alarm: RaisedAlarm) -> AlarmView:
        """Return an alarm as the API writes it."""
        return cls(
            key=alarm.key,
            vehicle_id=alarm.vehicle_id,
            kind=alarm.kind,
            device_id=alarm.device_id,
            driver_id=alarm.driver_id,
            raised_at=moment(alarm.raised_at),
            learned_at=moment(alarm.learned_at),
            place=None if alarm.position is None else PositionView.of(alarm.position),
            place_at=moment_or_none(alarm.position_at),
            is_late=alarm.is_late,
            seen_at=moment_or_none(alarm.seen_at),
        )


class AlarmPage(msgspec.Struct, kw_only=True):
    """A page of alarms, by when they were raised."""

    items: list[AlarmView]
    next: str | None = None


@get("/alarms", guards=[allowed(DESK)], responses=problems(422), summary="List what trackers raised")
async def list_alarms(tower: Tower, limit: Limit = 100, cursor: Cursor = None) -> AlarmPage:
    """Return the newest alarm of each kind of each vehicle, also those that somebody has seen."""
    alarms = [alarm for kinds in tower.bus.operation.alarms.alarms.values() for alarm in kinds.values()]
    shown, after = page_of(alarms, lambda alarm: f"{alarm.raised_at:015.3f} {alarm.key}", limit, cursor)
    return AlarmPage(
        items=[AlarmView.of(alarm) for alarm in shown], next=next_link("/api/v1/alarms", after, limit=limit)
    )


ALARM_HANDLERS = (list_alarms,)
