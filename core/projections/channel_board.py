"""The limits of channels in force, and which vehicles are beyond one now."""

from __future__ import annotations

import msgspec

from core.events import device_events as happened
from core.events.envelope import Envelope, Event
from core.telemetry.channel_limits import ChannelLimit, LimitId
from core.vocabulary import Instant, Value, VehicleId


class ChannelCrossing(Value, frozen=True, kw_only=True):
    """A vehicle's channel that is beyond its limit; `value` and `state` are those that confirmed it."""

    vehicle_id: VehicleId
    channel: str
    limit_id: LimitId
    beyond_since_at: Instant
    crossed_at: Instant
    value: float | None = None
    bound: float | None = None
    state: str = ""


class ChannelBoard(msgspec.Struct):
    """Limits by id, and crossings by vehicle, then by channel."""

    limits: dict[LimitId, ChannelLimit] = {}
    crossings: dict[VehicleId, dict[str, ChannelCrossing]] = {}

    def crossing_of(self, vehicle_id: VehicleId, channel: str) -> ChannelCrossing | None:
        """Return how a vehicle's channel is beyond its limit; ``None`` if it is not."""
        return self.crossings.get(vehicle_id, {}).get(channel)

    def apply(self, envelope: Envelope, event: Event) -> set[str]:
        """Fold one event; return the ids of the limits and vehicles it changed."""
        match event:
            case happened.ChannelLimitSet():
                self.limits[event.limit.limit_id] = event.limit
                return {event.limit.limit_id}
            case happened.ChannelLimitWithdrawn():
                self.limits.pop(event.limit_id, None)
                return {event.limit_id, *self._forget(event.limit_id)}
            case happened.ChannelLimitCrossed():
                self.crossings.setdefault(event.vehicle_id, {})[event.channel] = ChannelCrossing(
                    vehicle_id=event.vehicle_id,
                    channel=event.channel,
                    limit_id=event.limit_id,
                    beyond_since_at=event.beyond_since_at,
                    crossed_at=envelope.occurred_at,
                    value=event.value,
                    bound=event.bound,
                    state=event.state,
                )
                return {event.vehicle_id}
            case happened.ChannelLimitRestored():
                self._drop(event.vehicle_id, event.channel)
                return {event.vehicle_id}
            case _:
                return set()

    def _forget(self, limit_id: LimitId) -> set[VehicleId]:
        """Drop the crossings of a limit that is gone."""
        gone = [
            (vehicle_id, channel)
            for vehicle_id, crossings in self.crossings.items()
            for channel, crossing in crossings.items()
            if crossing.limit_id == limit_id
        ]
        for vehicle_id, channel in gone:
            self._drop(vehicle_id, channel)
        return {vehicle_id for vehicle_id, _ in gone}

    def _drop(self, vehicle_id: VehicleId, channel: str) -> None:
        crossings = self.crossings.get(vehicle_id, {})
        crossings.pop(channel, None)
        if not crossings:
            self.crossings.pop(vehicle_id, None)
