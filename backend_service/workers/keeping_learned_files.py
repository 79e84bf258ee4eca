"""Keeps on disk, now and then, what stops, kitchens, drives, routes, changes of plans and forecasts taught."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol

from core.refusals import Fault
from core.vocabulary import Instant


class Learned(Protocol):
    """Whoever learned something that is kept in a file."""

    def unkept(self) -> bytes | None:
        """Return the contents of the file to be, ``None`` if nothing is new."""
        ...

    def keep(self, body: bytes) -> None:
        """Write the file, in another thread; raises `OSError`, and it then counts as not kept."""
        ...


class KeepingLearnedFiles:
    """A worker.

    Parameters
    ----------
    learned : Learned
        Each in its own file.
    """

    name = "learned files"
    every_s = 300.0

    def __init__(self, *learned: Learned) -> None:
        self._learned: Sequence[Learned] = learned

    def is_wanted(self, now: Instant) -> bool:
        """Nothing makes it urgent."""
        return False

    async def run_once(self, now: Instant) -> None:
        """Keep what was learned, if there is anything new.

        Raises
        ------
        Fault
            ``eta.learned_not_kept``; it is tried again.
        """
        for one in self._learned:
            body = one.unkept()
            if body is None:
                continue
            try:
                await asyncio.to_thread(one.keep, body)
            except OSError as error:
                raise Fault("eta.learned_not_kept", f"What arrivals taught could not be kept: {error}") from error
