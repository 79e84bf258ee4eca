"""Brings the figures of the service to the desks: fixes taken and turned away, and when, vehicles heard lately."""

from __future__ import annotations

import numpy as np

from backend_service.ingestion.intake import Intake
from backend_service.live.feed_hub import FeedHub
from core.vocabulary import Instant
from core.wire import Counters

HEARD_LATELY_S = 60.0


class Counting:
    """A worker that hands the newest figures to the feed."""

    name = "counting"
    every_s = 1.0

    def __init__(self, intake: Intake, hub: FeedHub) -> None:
        self._intake = intake
        self._hub = hub
        self._rejected: dict[str, int] = {}
        self._rejected_at: dict[str, Instant] = {}

    def is_wanted(self, now: Instant) -> bool:
        """Its beat is quick enough."""
        return False

    async def run_once(self, now: Instant) -> None:
        """Set the figures that the next heartbeats carry."""
        counts = self._intake.counts
        heard = int(np.count_nonzero(self._intake.live.snapshot().fix_at > now - HEARD_LATELY_S))
        rejected = {str(reason): number for reason, number in counts.rejected.items()}
        self._rejected_at |= {
            reason: now for reason, number in rejected.items() if number != self._rejected.get(reason)
        }
        self._rejected = rejected
        self._hub.set_counters(
            Counters(
                fixes_accepted=counts.accepted,
                fixes_rejected=rejected,
                fixes_rejected_at=dict(self._rejected_at),
                vehicles_live=heard,
            )
        )
