"""How vehicles were driven: the policy in force, what was seen lately, and how often by driver and day."""

from __future__ import annotations

import msgspec

from core.driving.driving_kinds import DrivingKind
from core.driving.driving_policy import DrivingPolicy
from core.events import tracker_events as happened
from core.events.envelope import Envelope, Event
from core.vocabulary import DriverId, FenceId, Instant, Position, Value, VehicleId

KEPT_EVENTS = 500
KEPT_DAYS = 35
DAY_S = 86_400.0


class SeenDriving(Value, frozen=True, kw_only=True):
    """One driving event; `position_in_log` is its place in the log."""

    position_in_log: int
    vehicle_id: VehicleId
    kind: DrivingKind
    occurred_at: Instant
    driver_id: DriverId | None = None
    position: Position | None = None
    value: float | None = None
    threshold: float | None = None
    is_late: bool = False
    is_told: bool = False
    fence_id: FenceId | None = None


class DrivingBoard(msgspec.Struct):
    """The newest `KEPT_EVENTS` in the order of the log; `counts` by driver, UTC day from 1970 and kind."""

    policy: DrivingPolicy = DrivingPolicy()
    recent: list[SeenDriving] = []
    counts: dict[DriverId, dict[int, dict[DrivingKind, int]]] = {}
    detected: dict[DrivingKind, int] = {}

    def apply(self, envelope: Envelope, event: Event) -> set[str]:
        """Fold one event; return the ids of the vehicles it is about, or ``policy``."""
        match event:
            case happened.DrivingPolicySet():
                self.policy = event.policy
                return {"policy"}
            case happened.DrivingEventDetected():
                self._keep(envelope, event)
                return {event.vehicle_id}
            case _:
                return set()

    def _keep(self, envelope: Envelope, event: happened.DrivingEventDetected) -> None:
        seen = SeenDriving(
            position_in_log=envelope.position,
            vehicle_id=event.vehicle_id,
            kind=event.kind,
            occurred_at=envelope.occurred_at,
            driver_id=event.driver_id,
            position=event.position,
            value=event.value,
            threshold=event.threshold,
            is_late=event.is_late,
            is_told=event.is_told,
            fence_id=event.fence_id,
        )
        self.recent.append(seen)
        del self.recent[:-KEPT_EVENTS]
        self.detected[event.kind] = self.detected.get(event.kind, 0) + 1
        if event.driver_id is not None:
            self._count(event.driver_id, int(envelope.occurred_at // DAY_S), event.kind)

    def _count(self, driver_id: DriverId, day: int, kind: DrivingKind) -> None:
        days = self.counts.setdefault(driver_id, {})
        of_day = days.setdefault(day, {})
        of_day[kind] = of_day.get(kind, 0) + 1
        for old in [known for known in days if known <= max(days) - KEPT_DAYS]:
            del days[old]
