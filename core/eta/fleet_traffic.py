"""What the fleet itself says of traffic: fixes come in, and any square can be asked how fast it was driven lately.

It also keeps each vehicle's trail, and gathers what will be tomorrow's profile.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import tzinfo

import numpy as np
from numpy.typing import NDArray

from core.eta.gathered_driving import GatheredDriving
from core.eta.ground import Ground, directed_squares, squares
from core.eta.recent_flow import Column, RecentFlow
from core.eta.speed_profile import SIDE_M, ProfiledSpeeds, SpeedProfile, slot_at
from core.eta.trails import MARK_S, Rows, Steps, Sum, Trails
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

_TURN_ROWS = 500
"""So many fixes are taken in together: of 50 each costs three times as much."""

_LONGEST_WAIT_S = 2.0


class FleetTraffic:
    """Takes in fixes, arrivals and departures; holds trails and live speeds.

    Fixes that are only heard wait for a turn that is worth it, and the turn is taken piece by piece, one with each
    batch heard: 500 fixes at once held the event loop for 3 to 4 ms. Whoever reads `near`, `wide`, `widest`, `city` or
    `trails` has all of it taken in first: `settle`.

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
        self._waiting: list[FixBatch] = []
        self._waiting_rows = 0
        self._turn: Iterator[None] = iter(())
        self._gathering = GatheredDriving()

    def hear(self, batch: FixBatch) -> None:
        """Keep fixes until enough wait to be taken in together, or some have waited for two seconds."""
        if not len(batch):
            return
        self._waiting.append(batch)
        self._waiting_rows += len(batch)
        waited_s = float(batch.received_at[0] - self._waiting[0].received_at[0])
        if self._waiting_rows >= _TURN_ROWS or waited_s >= _LONGEST_WAIT_S:
            self._finish_turn()
            self._begin_turn()
        next(self._turn, None)

    def settle(self) -> None:
        """Take in the fixes that were only heard."""
        self._finish_turn()
        if self._waiting:
            self._begin_turn()
            self._finish_turn()

    def _begin_turn(self) -> None:
        waiting, self._waiting, self._waiting_rows = self._waiting, [], 0
        self._turn = self._taken_in(FixBatch.concatenate(waiting))

    def _finish_turn(self) -> None:
        for _ in self._turn:
            pass

    def observe(self, batch: FixBatch) -> None:
        """Take in fixes, and those heard before; those that were buffered for long are history."""
        self.settle()
        if len(batch):
            self._turn = self._taken_in(batch)
            self._finish_turn()

    def _taken_in(self, batch: FixBatch) -> Iterator[None]:
        """Take fixes in, and pause between two pieces that take about as long."""
        self._newest_at = max(self._newest_at, float(batch.fix_at.max()))
        rows = self.trails.rows_of(batch.vehicle.tolist())
        taken = np.lexsort((batch.fix_at, rows))
        taken = taken[batch.fix_at[taken] > self._newest_at - LASTS_S]
        taken = taken[_are_last_of_their_second(rows[taken], batch.fix_at[taken])]
        taken = taken[batch.fix_at[taken] - self.trails.last[rows[taken], Sum.AT] >= CLOSEST_S]
        rows, at = rows[taken], batch.fix_at[taken]
        places = self.ground.metres(np.stack([batch.lat[taken], batch.lon[taken]], axis=-1))
        speed_mps, heading_deg = batch.speed_mps[taken], batch.heading_deg[taken]
        # What was buffered comes as many fixes of one vehicle: a trail marks each few seconds of it all the same.
        marks = np.floor(at / MARK_S)
        for mark in np.unique(marks).tolist():
            now = marks == mark
            steps = self.trails.steps(rows[now], at[now], places[now], speed_mps[now], heading_deg[now])
            yield
            if len(steps.rows):
                yield from self._spread(steps)
            self.trails.mark(rows[now])

    def set_off(self, vehicles: Sequence[str], at: Instant) -> None:
        """Note that vehicles left their stops."""
        self.settle()
        self.trails.set_off(self.trails.rows_of(vehicles), at)

    def arrived(self, vehicles: Sequence[str]) -> None:
        """Note that vehicles are at a stop."""
        self.settle()
        self.trails.arrived(self.trails.rows_of(vehicles))

    def relearn(self, profile: SpeedProfile) -> None:
        """Take another profile of other days; what was seen today stays."""
        self.settle()
        self.speeds = ProfiledSpeeds(profile)

    def gathered(self) -> SpeedProfile:
        """Return the profile of all that was taken in."""
        self.settle()
        return self._gathering.profile()

    def take_gathered(self) -> SpeedProfile:
        """Return the profile of all that was taken in since it was taken last, and forget it."""
        taken = self.gathered()
        self._gathering = GatheredDriving()
        return taken

    def _spread(self, steps: Steps) -> Iterator[None]:
        """Add each step to the squares that it crossed, with pauses."""
        thirds = [steps.ends - (1.0 - share) * steps.moves for share in _SHARES]
        places: Metres = np.concatenate(thirds)
        at, heading = np.tile(steps.at, 3), np.tile(steps.heading_rad, 3)
        metres, seconds = np.tile(steps.metres / 3, 3), np.tile(steps.seconds / 3, 3)
        keys = directed_squares(places, heading, SIDE_M)
        near = self.near.add(keys, at, metres, seconds)
        yield
        self.wide.add(directed_squares(places, heading, WIDE_M), at, metres, seconds)
        self.widest.add(squares(places, WIDEST_M), at, metres, seconds)
        self.city.add(np.zeros(len(keys), dtype=np.int64), at, metres, seconds)
        yield
        usual, _ = self.speeds.usual(keys)
        self.trails.count(steps, (metres / usual).reshape(3, -1).sum(axis=0))
        self._gathering.add(keys, near, slot_at(float(steps.at[0]), self.zone), metres, seconds)


def _are_last_of_their_second(rows: Rows, at: Column) -> NDArray[np.bool_]:
    """Return the fixes, ordered by vehicle, then by time, after which the vehicle has no other in the same second."""
    last = np.ones(len(rows), dtype=np.bool_)
    seconds = np.floor(at)
    last[:-1] = (rows[1:] != rows[:-1]) | (seconds[1:] != seconds[:-1])
    return last
