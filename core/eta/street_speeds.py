"""How fast pieces of street are driven now, by what the fleet itself drove in their squares over the last minutes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.eta.fleet_traffic import FleetTraffic
from core.eta.ground import Ground, Keys, directed_squares
from core.eta.recent_flow import Column
from core.eta.speed_profile import SIDE_M
from core.geodesy import Points
from core.vocabulary import Instant, Value


class LiveSpeedsPolicy(Value, frozen=True, kw_only=True):
    """When what was driven changes the street engine's speeds, and when it is worth a change.

    A piece counts as measured where vehicles drove for `least_s` seconds in its square and direction within the last
    `minutes`. Every `every_s` the speeds are looked at; they are changed where `least_changed` pieces are driven
    `least_change` (a share) slower or quicker than the engine has it, or were measured and are no longer. What was
    measured has the waiting at turns and signals in it, which the engine adds itself: `moving_share` of a way's time is
    what it spends on the pieces (0.91 over 150 ways in Porto).
    """

    every_s: float = 300.0
    minutes: int = 15
    least_s: float = 60.0
    least_change: float = 0.25
    least_changed: int = 40
    moving_share: float = 0.9

    def __post_init__(self) -> None:
        if not 1 <= self.minutes <= 15:
            raise ValueError("the fleet's driving is remembered for 15 minutes")
        if min(self.every_s, self.least_s, self.least_change, self.least_changed) <= 0:
            raise ValueError("every bound of live speeds is above 0")
        if not 0.0 < self.moving_share <= 1.0:
            raise ValueError("a share lies within 0 and 1")


@dataclass(frozen=True, slots=True, eq=False)
class StreetPieces:
    """Pieces of street between neighbouring map nodes, each in a direction it may be driven, all (n,).

    Parameters
    ----------
    from_nodes, to_nodes : int64
        OpenStreetMap node ids.
    keys : int64
        The directed square of each one's middle.
    """

    from_nodes: NDArray[np.int64]
    to_nodes: NDArray[np.int64]
    keys: Keys

    @classmethod
    def of(cls, ground: Ground, nodes: NDArray[np.int64], starts: Points, ends: Points) -> StreetPieces:
        """Return pieces by their node ids (n, 2) and their ends (n, 2) degrees."""
        begin, end = ground.metres(starts), ground.metres(ends)
        moves = end - begin
        heading = np.arctan2(moves[:, 0], moves[:, 1])
        keys = directed_squares((begin + end) / 2.0, heading, SIDE_M)
        return cls(nodes[:, 0], nodes[:, 1], keys)

    def __len__(self) -> int:
        return len(self.keys)


SLOWEST_MPS, FASTEST_MPS = 0.5, 36.0


def measured_speeds(traffic: FleetTraffic, pieces: StreetPieces, now: Instant, policy: LiveSpeedsPolicy) -> Column:
    """Return the speed of each piece between turns and signals, m/s (n,); not a number where too little was driven."""
    traffic.settle()
    ((metres, seconds),) = traffic.near.totals(pieces.keys, now, policy.minutes)
    speeds = np.full(len(pieces), np.nan)
    known = seconds >= policy.least_s
    moving_s = policy.moving_share * seconds[known]
    speeds[known] = np.clip(metres[known] / moving_s, SLOWEST_MPS, FASTEST_MPS)
    return speeds


def is_worth_changing(in_force: Column, new: Column, policy: LiveSpeedsPolicy) -> bool:
    """Say whether enough pieces are driven at other speeds than those in force, both m/s (n,), NaN as not measured."""
    was, now = np.isfinite(in_force), np.isfinite(new)
    moved = was & now
    moved[moved] = np.abs(np.log(new[moved] / in_force[moved])) >= np.log1p(policy.least_change)
    return int((moved | (was != now)).sum()) >= policy.least_changed
