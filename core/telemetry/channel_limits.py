"""Limits on channels, and when one is crossed or restored: with hysteresis and dwell, so that noise tells nothing.

Crossed is: beyond the limit for `for_s` seconds without a break. Restored is: inside it by the hysteresis for as long.
In between (inside, but by less than the hysteresis) nothing begins and what had begun is over. A gap longer than the
channel's readings stay fresh breaks a dwell: what was not told is not known.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NewType

from core.telemetry.channels import CATALOGUE
from core.vocabulary import Instant, Value, VehicleId

LimitId = NewType("LimitId", str)


class ChannelLimit(Value, frozen=True, kw_only=True):
    """A limit on a channel of one vehicle, of a group, or, with no vehicle named, of the whole fleet.

    `channel` is a full name, or a channel's own name for all its parts. Numbers have `least`, `most` or both and a
    `hysteresis` in the channel's unit; states have `forbidden` words. `version` counts the times it was set.
    """

    limit_id: LimitId
    channel: str
    name: str = ""
    vehicles: tuple[VehicleId, ...] = ()
    least: float | None = None
    most: float | None = None
    hysteresis: float = 0.0
    forbidden: tuple[str, ...] = ()
    for_s: float = 0.0
    version: int = 0

    def fits(self, vehicle_id: str, channel: str) -> bool:
        """Say whether it limits this channel of this vehicle."""
        is_channel = channel == self.channel or channel.partition(".")[0] == self.channel
        return is_channel and (not self.vehicles or vehicle_id in self.vehicles)

    def is_beyond(self, value: float, state: str) -> bool:
        """Say whether a reading lies outside."""
        if self.forbidden:
            return state in self.forbidden
        return self.is_above(value) or (self.least is not None and value < self.least)

    def is_above(self, value: float) -> bool:
        """Say whether a number lies above the upper bound."""
        return self.most is not None and value > self.most

    def is_well_inside(self, value: float, state: str) -> bool:
        """Say whether a reading lies inside by the hysteresis."""
        if self.forbidden:
            return state not in self.forbidden
        under = self.most is None or value <= self.most - self.hysteresis
        return under and (self.least is None or value >= self.least + self.hysteresis)


def limit_for(limits: Iterable[ChannelLimit], vehicle_id: str, channel: str) -> ChannelLimit | None:
    """Return the limit that counts: of those that fit, a full name before all parts, fewer vehicles before more."""
    fitting = [limit for limit in limits if limit.fits(vehicle_id, channel)]
    return min(fitting, key=_generality, default=None)


def _generality(limit: ChannelLimit) -> tuple[bool, bool, int, str]:
    return "." not in limit.channel, not limit.vehicles, len(limit.vehicles), limit.limit_id


@dataclass(frozen=True, slots=True)
class Standing:
    """How a vehicle's channel stands to its limit.

    Parameters
    ----------
    is_crossed : bool
    turning_since_at : since when readings have spoken for the other side; ``None`` if the last one did not
    read_at : when the last reading was made
    value, state : the last reading
    """

    is_crossed: bool = False
    turning_since_at: Instant | None = None
    read_at: Instant = float("-inf")
    value: float = float("nan")
    state: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """A limit was crossed (or restored) at `at`, beyond (or inside) since `since_at`, by this reading."""

    is_crossed: bool
    at: Instant
    since_at: Instant
    value: float
    state: str


def judge(
    limit: ChannelLimit, standing: Standing, read_at: Instant, value: float, state: str
) -> tuple[Standing, Turn | None]:
    """Return how a channel stands after a reading, and the turn it brought; readings of the past change nothing."""
    if read_at <= standing.read_at:
        return standing, None
    speaks = limit.is_well_inside(value, state) if standing.is_crossed else limit.is_beyond(value, state)
    since_at = read_at
    if standing.turning_since_at is not None and read_at - standing.read_at <= _fresh_s(limit):
        since_at = standing.turning_since_at
    after = Standing(standing.is_crossed, since_at if speaks else None, read_at, value, state)
    return _turned(limit, after, read_at)


def elapse(limit: ChannelLimit, standing: Standing, now: Instant) -> tuple[Standing, Turn | None]:
    """Return how a channel stands at `now` without a new reading: devices that tell only changes stay silent after."""
    if now - standing.read_at > _fresh_s(limit):
        return standing, None
    return _turned(limit, standing, now)


def _turned(limit: ChannelLimit, standing: Standing, now: Instant) -> tuple[Standing, Turn | None]:
    since_at = standing.turning_since_at
    if since_at is None or now - since_at < limit.for_s:
        return standing, None
    turn = Turn(not standing.is_crossed, since_at + limit.for_s, since_at, standing.value, standing.state)
    return Standing(turn.is_crossed, None, standing.read_at, standing.value, standing.state), turn


def _fresh_s(limit: ChannelLimit) -> float:
    return CATALOGUE[limit.channel.partition(".")[0]].stale_after_s
