"""Fences in force, who is inside them, and the latest crossings."""

from __future__ import annotations

import msgspec

from core.events import geofence_events as happened
from core.events.envelope import Envelope, Event
from core.geofencing.fence import Fence
from core.vocabulary import FenceId, Instant, Value, VehicleId

KEPT_CROSSINGS = 200


class Crossing(Value, frozen=True, kw_only=True):
    """One confirmed crossing."""

    fence_id: FenceId
    vehicle_id: VehicleId
    is_entry: bool
    occurred_at: Instant
    is_late: bool = False


class FencePicture(msgspec.Struct):
    """Fences by id; `inside` lists the vehicles in each; only the last `KEPT_CROSSINGS` crossings are kept here."""

    fences: dict[FenceId, Fence] = {}
    inside: dict[FenceId, set[VehicleId]] = {}
    crossings: list[Crossing] = []
    entered: int = 0
    exited: int = 0

    def apply(self, envelope: Envelope, event: Event) -> set[tuple[str, str]]:
        """Fold one event; return (part, id) of what it changed."""
        match event:
            case happened.GeofenceDrawn():
                self.fences[event.fence.fence_id] = event.fence
                return {("fence", event.fence.fence_id)}
            case happened.GeofenceRetired():
                self.fences.pop(event.fence_id, None)
                self.inside.pop(event.fence_id, None)
                return {("fence", event.fence_id)}
            case happened.GeofenceEntered():
                self.inside.setdefault(event.fence_id, set()).add(event.vehicle_id)
                self.entered += 1
                return self._crossed(envelope, event, is_entry=True)
            case happened.GeofenceExited():
                self.inside.setdefault(event.fence_id, set()).discard(event.vehicle_id)
                self.exited += 1
                return self._crossed(envelope, event, is_entry=False)
            case _:
                return set()

    def _crossed(
        self, envelope: Envelope, event: happened.GeofenceEntered | happened.GeofenceExited, *, is_entry: bool
    ) -> set[tuple[str, str]]:
        self.crossings.append(
            Crossing(
                fence_id=event.fence_id,
                vehicle_id=event.vehicle_id,
                is_entry=is_entry,
                occurred_at=envelope.occurred_at,
                is_late=event.is_late,
            )
        )
        del self.crossings[:-KEPT_CROSSINGS]
        return {("crossing", event.fence_id)}
