"""What time it is in the operation, estimated between two heartbeats, and how old what the desk shows is."""

from __future__ import annotations

from core.timekeeping import Clock
from core.vocabulary import Instant


class ServiceTime:
    """A `core.timekeeping.Clock` of operation time: the service's last word plus what passed since, at its speed."""

    def __init__(self, wall: Clock) -> None:
        self.speed = 1.0
        self.round_trip_s: float | None = None
        self._wall = wall
        self._server_now_at: Instant | None = None
        self._heard_wall_at: Instant | None = None

    def now(self) -> Instant:
        """Return operation time; wall time until the service was first heard.

        It runs on while disconnected: nothing says that the operation stands still.
        """
        wall_now = self._wall.now()
        if self._server_now_at is None or self._heard_wall_at is None:
            return wall_now
        return self._server_now_at + max(wall_now - self._heard_wall_at, 0.0) * self.speed

    def heard(self, server_now_at: Instant, heard_wall_at: Instant, round_trip_s: float | None) -> None:
        """Take the service's word on the time, heard at a wall-clock instant."""
        self._server_now_at = server_now_at
        self._heard_wall_at = heard_wall_at
        self.round_trip_s = self.round_trip_s if round_trip_s is None else round_trip_s

    @property
    def age_s(self) -> float | None:
        """Return the wall seconds since the service was last heard, ``None`` if never."""
        return None if self._heard_wall_at is None else max(self._wall.now() - self._heard_wall_at, 0.0)
