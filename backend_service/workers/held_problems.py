"""Holds the problem behind a plan until the plan is on record, and has it written beside the log then."""

from __future__ import annotations

import asyncio
import logging
from typing import Protocol

from core.dispatch.improvement.kept_problem import KeptProblem, digest_of

logger = logging.getLogger(__name__)


class KeepsProblems(Protocol):
    """Whoever keeps the problems behind plans; `backend_service.storage.plan_problems.PlanProblems` does."""

    def keep(self, kept: KeptProblem) -> None:
        """Write a problem durably, or raise an `OSError`."""
        ...


class HeldProblems:
    """One problem at a time: a search hands it over, and it is written once what was found is on record.

    Attributes
    ----------
    unkept : plans whose problem could not be written, so that they cannot be found again

    Parameters
    ----------
    problems : KeepsProblems
    """

    def __init__(self, problems: KeepsProblems) -> None:
        self.unkept = 0
        self._problems = problems
        self._held: dict[str, KeptProblem] = {}

    def hold(self, kept: KeptProblem) -> str:
        """Hold a problem until its plan is on record, and return its digest."""
        digest = digest_of(kept)
        self._held = {digest: kept}
        return digest

    async def keep(self, digest: str) -> None:
        """Write the problem behind a plan that is on record, beside the loop; nothing where none is held."""
        kept = self._held.pop(digest, None)
        if kept is None:
            return
        try:
            await asyncio.to_thread(self._problems.keep, kept)
        except OSError:
            self.unkept += 1
            logger.exception("the problem behind a plan could not be kept; %d times so far", self.unkept)
