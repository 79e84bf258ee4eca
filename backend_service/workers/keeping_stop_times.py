"""Keeps on disk, now and then, what stops and kitchens taught."""

from __future__ import annotations

import asyncio

from backend_service.forecasting.stop_times import StopTimes
from core.refusals import Fault
from core.vocabulary import Instant


class KeepingStopTimes:
    """A worker.

    Parameters
    ----------
    times : StopTimes
    """

    name = "stop times"
    every_s = 300.0

    def __init__(self, times: StopTimes) -> None:
        self._times = times

    def is_wanted(self, now: Instant) -> bool:
        """Nothing makes it urgent."""
        return False

    async def run_once(self, now: Instant) -> None:
        """Keep what was learned, if there is anything new.

        Raises
        ------
        Fault
            ``eta.times_not_kept``; it is tried again.
        """
        body = self._times.unkept()
        if body is None:
            return
        try:
            await asyncio.to_thread(self._times.keep, body)
        except OSError as error:
            raise Fault("eta.times_not_kept", f"What stops taught could not be kept: {error}") from error
