"""Brings what the fleet itself measures of traffic to the street engine, now and then, where enough has changed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

import numpy as np

from backend_service.forecasting.arrival_models import ModelState
from backend_service.streets.segment_speeds import SegmentSpeed
from core.eta.fleet_traffic import FleetTraffic
from core.eta.recent_flow import Column
from core.eta.street_speeds import LiveSpeedsPolicy, StreetPieces, is_worth_changing, measured_speeds
from core.refusals import Fault, Refusal
from core.vocabulary import Instant

logger = logging.getLogger(__name__)

LIVE_SPEEDS = "live speeds"
LIVE_SPEEDS_EFFECT = "Plans do not know traffic: driving times are those of empty streets."
_KMH_PER_MPS = 3.6

type DriveAt = Callable[[Sequence[SegmentSpeed]], Awaitable[None]]


class LiveSpeeds:
    """A worker.

    Parameters
    ----------
    traffic : FleetTraffic
    reads : callable
        Reads the city's pieces of street; called once, in a thread.
    drive_at : callable
        Has the street engine drive pieces at these speeds; see `LiveStreets.drive_at`.
    policy : LiveSpeedsPolicy
    now : float
    """

    name = "live speeds"

    def __init__(
        self,
        traffic: FleetTraffic,
        reads: Callable[[], StreetPieces],
        drive_at: DriveAt,
        policy: LiveSpeedsPolicy,
        *,
        now: Instant,
    ) -> None:
        self.state = ModelState(degraded=False, since_at=now)
        self.every_s = policy.every_s
        self._traffic = traffic
        self._reads = reads
        self._drive_at = drive_at
        self._policy = policy
        self._pieces: StreetPieces | None = None
        self._in_force: Column = np.empty(0)

    def is_wanted(self, now: Instant) -> bool:
        """Nothing makes it urgent."""
        return False

    async def run_once(self, now: Instant) -> None:
        """Measure, and change the engine's speeds if that is worth it."""
        try:
            await self._run(now)
        except (Fault, Refusal) as failure:
            logger.warning("live speeds: %s", failure.sentence)
            self._in_force = np.full(len(self._in_force), np.nan)
            self.state = ModelState(degraded=True, since_at=now)

    async def _run(self, now: Instant) -> None:
        if self._pieces is None:
            self._pieces = await asyncio.to_thread(self._reads)
            self._in_force = np.full(len(self._pieces), np.nan)
        measured = measured_speeds(self._traffic, self._pieces, now, self._policy)
        if not is_worth_changing(self._in_force, measured, self._policy):
            return
        await self._drive_at(speeds_of(self._pieces, measured))
        self._in_force = measured
        self.state = ModelState(degraded=False, since_at=now)
        logger.info("live speeds on %d pieces of street", int(np.isfinite(measured).sum()))


def speeds_of(pieces: StreetPieces, measured_mps: Column) -> list[SegmentSpeed]:
    """Return the pieces that were measured, m/s (n,), as the street engine takes them."""
    known = np.isfinite(measured_mps)
    columns = (pieces.from_nodes[known], pieces.to_nodes[known], np.round(measured_mps[known] * _KMH_PER_MPS, 1))
    return [SegmentSpeed(a, b, kmh) for a, b, kmh in zip(*(column.tolist() for column in columns), strict=True)]
