"""Brings the figures of the service to the desks: fixes taken and turned away, vehicles heard lately."""

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

    def is_wanted(self, now: Instant) -> bool:
        """Its beat is quick enough."""
        return False

    async def run_once(self, now: Instant) -> None:
        """Set the figures that the next heartbeats carry."""
        counts = self._intake.counts
        heard = int(np.count_nonzero(self._intake.live.snapshot().fix_at > now - HEARD_LATELY_S))
        rejected = {str(reason): number for reason, number in counts.rejected.items()}
        self._hub.set_counters(Counters(fixes_accepted=counts.accepted, fixes_rejected=rejected, vehicles_live=heard))
