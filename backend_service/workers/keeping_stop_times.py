"""Keeps on disk, now and then, what stops, kitchens, drives, routes and the outcomes of forecasts taught."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol

from core.refusals import Fault
from core.vocabulary import Instant


class Taught(Protocol):
    """Whoever learned something that is kept in a file."""

    def unkept(self) -> bytes | None:
        """Return the contents of the file to be, ``None`` if nothing is new."""
        ...

    def keep(self, body: bytes) -> None:
        """Write the file, in another thread; raises `OSError`, and it then counts as not kept."""
        ...


class KeepingStopTimes:
    """A worker.

    Parameters
    ----------
    taught : Taught
        Each in its own file.
    """

    name = "stop times"
    every_s = 300.0

    def __init__(self, *taught: Taught) -> None:
        self._taught: Sequence[Taught] = taught

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
        for one in self._taught:
            body = one.unkept()
            if body is None:
                continue
            try:
                await asyncio.to_thread(one.keep, body)
            except OSError as error:
                raise Fault("eta.times_not_kept", f"What arrivals taught could not be kept: {error}") from error
