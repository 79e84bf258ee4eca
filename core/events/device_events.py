"""What happened to devices, and to the limits of the channels they tell."""

from __future__ import annotations

from core.events.envelope import Event
from core.telemetry.channel_limits import ChannelLimit, LimitId
from core.vocabulary import DeviceId, Instant, VehicleId


class DeviceRetired(Event, frozen=True, kw_only=True):
    """A device no longer speaks for its vehicle; its key stopped working."""

    is_audited = True

    device_id: DeviceId
    vehicle_id: VehicleId
    reason: str = ""


class ChannelLimitSet(Event, frozen=True, kw_only=True):
    """A limit was made or changed."""

    is_audited = True

    limit: ChannelLimit


class ChannelLimitWithdrawn(Event, frozen=True, kw_only=True):
    """A limit no longer counts."""

    is_audited = True

    limit_id: LimitId


class ChannelLimitCrossed(Event, frozen=True, kw_only=True):
    """A vehicle's channel has been beyond its limit for long enough; numbers in the channel's unit.

    `bound` is the number that was crossed; states have none.
    """

    vehicle_id: VehicleId
    channel: str
    limit_id: LimitId
    limit_version: int
    beyond_since_at: Instant
    value: float | None = None
    bound: float | None = None
    state: str = ""


class ChannelLimitRestored(Event, frozen=True, kw_only=True):
    """A vehicle's channel has been well inside its limit again for long enough."""

    vehicle_id: VehicleId
    channel: str
    limit_id: LimitId
    crossed_s: float
    value: float | None = None
    state: str = ""
