"""Keeps on disk how far fixes have been judged for crossings, so that no kill, however often, loses one.

What was judged and recorded is in the log. What was not yet is known to nobody after a kill, unless it is known where
to begin: every few seconds it is kept how far each vehicle was judged, and what came later is judged after a start.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from backend_service.storage.judged_file import Judged, JudgedFile
from core.refusals import Fault
from core.vocabulary import Instant


class KeepingJudged:
    """A worker.

    Parameters
    ----------
    judged : tells how far fixes have been judged
    file : where it is kept
    kept : what is there already
    """

    name = "judged fixes"
    every_s = 5.0

    def __init__(self, judged: Callable[[], Judged], file: JudgedFile, kept: Judged) -> None:
        self._judged = judged
        self._file = file
        self._kept = kept

    def is_wanted(self, now: Instant) -> bool:
        """Nothing makes it urgent."""
        return False

    async def run_once(self, now: Instant) -> None:
        """Keep it, if there is anything new.

        Raises
        ------
        Fault
            ``crossings.marks_not_kept``; it is tried again.
        """
        judged = self._judged()
        if _says_the_same(judged, self._kept):
            return
        try:
            await asyncio.to_thread(self._file.keep, judged)
        except OSError as error:
            raise Fault("crossings.marks_not_kept", f"How far fixes were judged could not be kept: {error}") from error
        self._kept = judged


def _says_the_same(one: Judged, other: Judged) -> bool:
    return one.until_at == other.until_at and one.again_since_at == other.again_since_at
