"""Channels, readings and limits as the API reads and writes them."""

from __future__ import annotations

from typing import Annotated

import msgspec

from backend_service.api.places_and_times import Id, Moment, Number, moment
from backend_service.ingestion.latest_readings import Reading
from core.projections.channel_board import ChannelBoard
from core.telemetry.channel_limits import ChannelLimit, LimitId
from core.telemetry.channels import Channel, ChannelKind, channel_named
from core.vocabulary import Instant, VehicleId

ChannelName = Annotated[str, msgspec.Meta(min_length=1, max_length=80, examples=["temperature.cargo"])]


class ChannelView(msgspec.Struct, kw_only=True):
    """A channel of the catalogue; one with parts is told as ``name.part``."""

    name: str
    kind: ChannelKind
    unit: str
    least: float | None
    most: float | None
    states: list[str]
    has_parts: bool
    stale_after_s: float

    @classmethod
    def of(cls, channel: Channel) -> ChannelView:
        """Return a channel as the API writes it."""
        is_number = channel.kind is ChannelKind.NUMBER
        return cls(
            name=channel.name,
            kind=channel.kind,
            unit=channel.unit,
            least=channel.least if is_number else None,
            most=channel.most if is_number else None,
            states=list(channel.states),
            has_parts=channel.has_parts,
            stale_after_s=channel.stale_after_s,
        )


class ChannelList(msgspec.Struct, kw_only=True):
    """The catalogue of channels."""

    items: list[ChannelView]


class ReadingView(msgspec.Struct, kw_only=True):
    """One reading; a number has a `value` in the channel's unit, a state has a `state`."""

    read_at: Moment
    value: float | None
    state: str | None
    device_id: str | None

    @classmethod
    def of(cls, reading: Reading) -> ReadingView:
        """Return a reading as the API writes it."""
        return cls(
            read_at=moment(reading.read_at),
            value=reading.value,
            state=reading.state or None,
            device_id=reading.device_id or None,
        )


class ReadingPage(msgspec.Struct, kw_only=True):
    """A page of readings, oldest first."""

    items: list[ReadingView]
    next: str | None = None


class ChannelNowView(msgspec.Struct, kw_only=True):
    """A vehicle's channel now: the newest reading, how old it is, and the limit it is beyond, if any."""

    channel: str
    unit: str
    newest: ReadingView
    age_s: float
    is_stale: bool
    beyond_limit: str | None

    @classmethod
    def of(cls, reading: Reading, board: ChannelBoard, now: Instant) -> ChannelNowView:
        """Return a newest reading as of `now`."""
        channel = channel_named(reading.channel)
        crossing = board.crossing_of(VehicleId(reading.vehicle_id), reading.channel)
        age_s = max(0.0, now - reading.read_at)
        return cls(
            channel=reading.channel,
            unit=channel.unit if channel else "",
            newest=ReadingView.of(reading),
            age_s=round(age_s, 3),
            is_stale=channel is None or age_s > channel.stale_after_s,
            beyond_limit=crossing.limit_id if crossing else None,
        )


class ChannelsNow(msgspec.Struct, kw_only=True):
    """The channels that a vehicle told, by name."""

    vehicle_id: str
    items: list[ChannelNowView]


class LimitDraft(msgspec.Struct, kw_only=True):
    """A limit to be made or changed: of the vehicles named, or of the whole fleet if none is.

    Numbers have `least`, `most` or both in the channel's unit, and a `hysteresis`; states have `forbidden` words.
    `based_on` is the version that was read before: the change is refused if there is a newer one.
    """

    channel: ChannelName
    name: Annotated[str, msgspec.Meta(max_length=200)] = ""
    vehicles: Annotated[list[Id], msgspec.Meta(max_length=5000)] = []
    least: float | None = None
    most: float | None = None
    hysteresis: Annotated[float, msgspec.Meta(ge=0.0)] = 0.0
    forbidden: Annotated[list[Annotated[str, msgspec.Meta(max_length=40)]], msgspec.Meta(max_length=20)] = []
    for_s: Annotated[float, msgspec.Meta(ge=0.0, le=86_400.0)] = 0.0
    based_on: Number | None = None

    def limit(self, limit_id: str) -> ChannelLimit:
        """Return the limit that was drafted."""
        return ChannelLimit(
            limit_id=LimitId(limit_id),
            channel=self.channel,
            name=self.name,
            vehicles=tuple(VehicleId(name) for name in self.vehicles),
            least=self.least,
            most=self.most,
            hysteresis=self.hysteresis,
            forbidden=tuple(self.forbidden),
            for_s=self.for_s,
        )


class LimitView(msgspec.Struct, kw_only=True):
    """A limit in force, and the vehicles that are beyond it now."""

    limit_id: str
    version: int
    channel: str
    name: str
    vehicles: list[str]
    least: float | None
    most: float | None
    hysteresis: float
    forbidden: list[str]
    for_s: float
    beyond: list[str]

    @classmethod
    def of(cls, limit: ChannelLimit, board: ChannelBoard) -> LimitView:
        """Return a limit as the API writes it."""
        beyond = {
            vehicle_id
            for vehicle_id, crossings in board.crossings.items()
            if any(crossing.limit_id == limit.limit_id for crossing in crossings.values())
        }
        return cls(
            limit_id=limit.limit_id,
            version=limit.version,
            channel=limit.channel,
            name=limit.name,
            vehicles=list(limit.vehicles),
            least=limit.least,
            most=limit.most,
            hysteresis=limit.hysteresis,
            forbidden=list(limit.forbidden),
            for_s=limit.for_s,
            beyond=sorted(beyond),
        )


class LimitPage(msgspec.Struct, kw_only=True):
    """A page of limits."""

    items: list[LimitView]
    next: str | None = None
