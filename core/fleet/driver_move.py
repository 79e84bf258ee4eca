"""A cue that an idle driver should wait in another zone: from where to where, why, what it is expected to gain."""

from __future__ import annotations

from typing import NewType

from core.vocabulary import DriverId, Instant, Position, Value, ZoneId

MoveId = NewType("MoveId", str)


class DriverMove(Value, frozen=True, kw_only=True):
    """A move that is proposed, or under way once accepted.

    `target` is a place in `to_zone_id` where goods are picked up. `short` is how many drivers will be missing there at
    `short_at`, `spare` how many are too many where the driver stands. `covers_minutes` of that shortage one driver
    takes away, `way_minutes` the way takes; the difference is the gain. Nobody's yes counts after `expires_at`.
    """

    move_id: MoveId
    driver_id: DriverId
    from_zone_id: ZoneId
    to_zone_id: ZoneId
    target: Position
    proposed_at: Instant
    expires_at: Instant
    short: float
    short_at: Instant
    spare: float
    distance_m: float
    way_minutes: float
    covers_minutes: float

    @property
    def gain_minutes(self) -> float:
        """Return the minutes of shortage covered beyond those that the way takes."""
        return self.covers_minutes - self.way_minutes
