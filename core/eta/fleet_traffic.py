"""What the fleet itself says of traffic: fixes come in, and any square can be asked how fast it was driven lately.

It also keeps each vehicle's trail, and gathers what will be tomorrow's profile.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo

import numpy as np
from numpy.typing import NDArray

from core.eta.ground import Ground, Keys, directed_squares, squares
from core.eta.recent_flow import Column, RecentFlow
from core.eta.speed_profile import SIDE_M, ProfiledSpeeds, SpeedProfile, slot_at
from core.eta.trails import MARK_S, Steps, Sum, Trails
from core.geodesy import Metres
from core.telemetry.fix_batch import FixBatch
from core.vocabulary import Instant

WIDE_M, WIDEST_M = 200.0, 1000.0
"""Sides of the squares of live speeds: directed, and of whole quarters of the city."""

LASTS_S = 1200.0
"""A fix that is older than others by more than this says nothing about traffic now."""

CLOSEST_S = 0.5
"""Between fixes closer than this a receiver's noise is as long as the way; of those of a second the last is taken."""

_SHARES = (1 / 6, 3 / 6, 5 / 6)
"""Where along a step its thirds lie: a step of ten seconds crosses several squares."""

_BATCHES_AT_ONCE = 256


class FleetTraffic:
    """Takes in fixes, arrivals and departures; holds trails and live speeds.

    Parameters
    ----------
    ground : Ground
    zone : tzinfo
        The site's, which the hours of the profile are of.
    profile : SpeedProfile, optional
        What was learned of other days.
    """

    def __init__(self, ground: Ground, zone: tzinfo, profile: SpeedProfile | None = None) -> None:
        self.ground = ground
        self.zone = zone
        self.speeds = ProfiledSpeeds(profile or SpeedProfile.empty())
        self.trails = Trails()
        self._newest_at = -np.inf
        self.near, self.wide, self.widest, self.city = RecentFlow(), RecentFlow(), RecentFlow(), RecentFlow()
        self._waiting: list[tuple[Keys, NDArray[np.int64], Column, Column]] = []
        self._gathered: list[SpeedProfile] = []

    def observe(self, batch: FixBatch) -> None:
        """Take in fixes, ordered by vehicle, then by time; those that were buffered for long are history."""
        if not len(batch):
            return
        self._newest_at = max(self._newest_at, float(batch.fix_at.max()))
        batch = batch.select(batch.fix_at > self._newest_at - LASTS_S)
        batch = batch.select(_are_last_of_their_second(batch))
        rows = self.trails.rows_of(batch.vehicle.tolist())
        apart = batch.fix_at - self.trails.last[rows, Sum.AT] >= CLOSEST_S
        batch, rows = batch.select(apart), rows[apart]
        places = self.ground.metres(np.stack([batch.lat, batch.lon], axis=-1))
        # What was buffered comes as many fixes of one vehicle: a trail marks each few seconds of it all the same.
        turns = np.floor(batch.fix_at / MARK_S)
        for turn in np.unique(turns).tolist():
            now = turns == turn
            steps = self.trails.steps(
                rows[now], batch.fix_at[now], places[now], batch.speed_mps[now], batch.heading_deg[now]
            )
            if len(steps.rows):
                self._spread(steps)
            self.trails.mark(rows[now])

    def set_off(self, vehicles: Sequence[str], at: Instant) -> None:
        """Note that vehicles left their stops."""
        self.trails.set_off(self.trails.rows_of(vehicles), at)

    def arrived(self, vehicles: Sequence[str]) -> None:
        """Note that vehicles are at a stop."""
        self.trails.arrived(self.trails.rows_of(vehicles))

    def relearn(self, profile: SpeedProfile) -> None:
        """Take another profile of other days; what was seen today stays."""
        self.speeds = ProfiledSpeeds(profile)

    def gathered(self) -> SpeedProfile:
        """Return the profile of all that was taken in."""
        self._gather()
        return SpeedProfile.together(self._gathered)

    def take_gathered(self) -> SpeedProfile:
        """Return the profile of all that was taken in since it was taken last, and forget it."""
        taken = self.gathered()
        self._gathered = []
        return taken

    def _spread(self, steps: Steps) -> None:
        """Add each step to the squares that it crossed."""
        thirds = [steps.ends - (1.0 - share) * steps.moves for share in _SHARES]
        places: Metres = np.concatenate(thirds)
        at, heading = np.tile(steps.at, 3), np.tile(steps.heading_rad, 3)
        metres, seconds = np.tile(steps.metres / 3, 3), np.tile(steps.seconds / 3, 3)
        keys = directed_squares(places, heading, SIDE_M)
        self.near.add(keys, at, metres, seconds)
        self.wide.add(directed_squares(places, heading, WIDE_M), at, metres, seconds)
        self.widest.add(squares(places, WIDEST_M), at, metres, seconds)
        self.city.add(np.zeros(len(keys), dtype=np.int64), at, metres, seconds)
        usual, _ = self.speeds.usual(keys)
        self.trails.count(steps, (metres / usual).reshape(3, -1).sum(axis=0))
        slots = np.full(len(keys), slot_at(float(steps.at[0]), self.zone), dtype=np.int64)
        self._waiting.append((keys, slots, metres, seconds))
        if len(self._waiting) >= _BATCHES_AT_ONCE:
            self._gather()

    def _gather(self) -> None:
        if not self._waiting:
            return
        keys, slots, metres, seconds = (np.concatenate(column) for column in zip(*self._waiting, strict=True))
        self._gathered = [SpeedProfile.together([*self._gathered, SpeedProfile.of(keys, slots, metres, seconds)])]
        self._waiting = []


def _are_last_of_their_second(batch: FixBatch) -> NDArray[np.bool_]:
    """Return the rows, ordered by vehicle, then by time, after which the vehicle has no other in the same second."""
    last = np.ones(len(batch), dtype=np.bool_)
    seconds = np.floor(batch.fix_at)
    last[:-1] = (batch.vehicle[1:] != batch.vehicle[:-1]) | (seconds[1:] != seconds[:-1])
    return last
