"""Fences in force, who is inside them, and the latest crossings."""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from core.events import geofence_events as happened
from core.events.envelope import Envelope, Event
from core.geofencing.fence import CrossingKind, Fence
from core.vocabulary import FenceId, Instant, Value, VehicleId

KEPT_CROSSINGS = 200


class Crossing(Value, frozen=True, kw_only=True):
    """One confirmed crossing."""

    fence_id: FenceId
    vehicle_id: VehicleId
    is_entry: bool
    occurred_at: Instant
    is_late: bool = False


class Stay(Value, frozen=True, kw_only=True):
    """A vehicle is inside since `entered_at`; `dwelt_at` is when it was told that it stays."""

    entered_at: Instant
    is_late: bool = False
    dwelt_at: Instant | None = None


class FencePicture(msgspec.Struct):
    """Fences by id; `inside` holds the vehicles in each; only the last `KEPT_CROSSINGS` crossings are kept here.

    `drawn_at` is since when a fence is as it is drawn; of those that an older Tower drew nobody knows.
    """

    fences: dict[FenceId, Fence] = {}
    inside: dict[FenceId, dict[VehicleId, Stay]] = {}
    crossings: list[Crossing] = []
    entered: int = 0
    exited: int = 0
    dwelt: int = 0
    refuted: int = 0
    drawn_at: dict[FenceId, Instant] = {}

    def apply(self, envelope: Envelope, event: Event) -> set[tuple[str, str]]:
        """Fold one event; return (part, id) of what it changed."""
        match event:
            case happened.GeofenceDrawn():
                self.fences[event.fence.fence_id] = event.fence
                self.drawn_at[event.fence.fence_id] = envelope.occurred_at
                return {("fence", event.fence.fence_id)}
            case happened.GeofenceRetired():
                self.fences.pop(event.fence_id, None)
                self.inside.pop(event.fence_id, None)
                self.drawn_at.pop(event.fence_id, None)
                return {("fence", event.fence_id)}
            case happened.GeofenceEntered():
                if not event.is_history:
                    stay = Stay(entered_at=envelope.occurred_at, is_late=event.is_late)
                    self.inside.setdefault(event.fence_id, {})[event.vehicle_id] = stay
                self.entered += 1
                return self._crossed(envelope, event, is_entry=True)
            case happened.GeofenceExited():
                if not event.is_history:
                    self.inside.get(event.fence_id, {}).pop(event.vehicle_id, None)
                self.exited += 1
                return self._crossed(envelope, event, is_entry=False)
            case happened.GeofenceDwelt():
                return self._dwelt(envelope, event)
            case happened.GeofenceCrossingRefuted():
                return self._refute(event)
            case happened.GeofencePresenceCorrected():
                return self._correct(event)
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

    def _dwelt(self, envelope: Envelope, event: happened.GeofenceDwelt) -> set[tuple[str, str]]:
        self.dwelt += 1
        vehicles = self.inside.get(event.fence_id, {})
        stay = vehicles.get(event.vehicle_id)
        if stay is not None and not event.is_history:
            vehicles[event.vehicle_id] = replace(stay, dwelt_at=envelope.occurred_at)
        return {("crossing", event.fence_id)}

    def _refute(self, event: happened.GeofenceCrossingRefuted) -> set[tuple[str, str]]:
        self.refuted += 1
        if event.kind is not CrossingKind.DWELT:
            meant = (event.fence_id, event.vehicle_id, event.kind is CrossingKind.ENTERED, event.crossed_at)
            self.crossings = [
                one for one in self.crossings if (one.fence_id, one.vehicle_id, one.is_entry, one.occurred_at) != meant
            ]
        return {("crossing", event.fence_id)}

    def _correct(self, event: happened.GeofencePresenceCorrected) -> set[tuple[str, str]]:
        if event.entered_at is None:
            self.inside.get(event.fence_id, {}).pop(event.vehicle_id, None)
        else:
            stay = Stay(entered_at=event.entered_at, is_late=event.is_late, dwelt_at=event.dwelt_at)
            self.inside.setdefault(event.fence_id, {})[event.vehicle_id] = stay
        return {("crossing", event.fence_id)}
