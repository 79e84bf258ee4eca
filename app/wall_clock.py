"""The machine's own clock, for ages and deadlines; operation time comes from the service."""

from __future__ import annotations

import time

from core.vocabulary import Instant


class WallClock:
    """A `core.timekeeping.Clock` of wall time."""

    def now(self) -> Instant:
        """Return the instant, seconds since 1970-01-01 UTC."""
        return time.time()
