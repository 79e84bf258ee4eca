"""Matches orders and drivers by the solver, and goes on without it, visibly, when it fails or overruns."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from backend_service.workers.collaborators import Bus
from backend_service.workers.solver_thread import SolverThread
from core.commands import RecordSource
from core.dispatch.assignment import MatchingFailed, greedy
from core.dispatch.candidates import Pricing
from core.dispatch.matching.from_world import WorldMatch
from core.dispatch.matching.partition import load_solver
from core.dispatch.matching.work import Seconds, Settlement
from core.vocabulary import PLATFORM, DriverId, Instant, OrderId

type Matched = Mapping[OrderId, DriverId | None]
type Matcher = Callable[[Sequence[Pricing], int], Matched]

logger = logging.getLogger(__name__)

SOLVER = "dispatch solver"
EFFECT = "Orders go one by one to the cheapest driver left; some ways are longer than needed."
LONGEST_S = 1.0
"""Wall seconds that the solver may take: a beat of the cycle is five seconds."""
REST_S = 60.0
"""Operation seconds for which a solver that failed is not asked again."""


class Matching:
    """Gives each order a driver or nobody.

    Attributes
    ----------
    fallbacks : how often the solver failed or overran

    Parameters
    ----------
    bus : Bus
        Is told that the solver degraded, and that it is back.
    matcher : callable
        Raises `MatchingFailed` when it finds nothing.
    wait_money : callable
        Returns what waiting may save at least, minor units.
    longest_s : float, optional
        Wall seconds after which the solver is left alone.
    """

    def __init__(
        self, bus: Bus, matcher: Matcher, wait_money: Callable[[], int], *, longest_s: float = LONGEST_S
    ) -> None:
        self.fallbacks = 0
        self._bus = bus
        self._matcher = matcher
        self._wait_money = wait_money
        self._longest_s = longest_s
        self._rests_until = 0.0
        self._thread = SolverThread(SOLVER)

    async def match(self, pricings: Sequence[Pricing], now: Instant) -> Matched:
        """Return the driver of each order, ``None`` to wait: by the solver, or without it order by order."""
        if not pricings:
            return {}
        if now < self._rests_until:
            return greedy(pricings, self._wait_money())
        matched = await self._solved(partial(self._matcher, pricings, self._wait_money()), now, MatchingFailed)
        return greedy(pricings, self._wait_money()) if matched is None else matched

    async def bundles(self, made: WorldMatch, travel: Seconds, next_at: Instant) -> Settlement | None:
        """Return what the match settles and what it leaves out; ``None`` when it failed.

        Parameters
        ----------
        made : WorldMatch
        travel : (n_places, n_places) seconds
        next_at : float
            When the next match is made.
        """
        if made.now < self._rests_until:
            return None
        await asyncio.to_thread(load_solver)  # not within the solver's time
        return await self._solved(partial(made.solved, travel, next_at), made.now, ValueError)

    async def _solved[Answer](self, solve: Callable[[], Answer], now: Instant, known: type[Exception]) -> Answer | None:
        """Return what the solver answers; ``None`` when it failed, in the `known` way, too late, or otherwise."""
        try:
            answer = await self._thread.run(solve, self._longest_s)
        except Exception as failure:  # an outer wall: whatever a solver dies of, orders are given away without it
            if not isinstance(failure, known | TimeoutError):
                logger.exception("%s broke down", SOLVER)
            await self._fall_back(failure, now)
            return None
        await self._tell(is_degraded=False)
        return answer

    async def _fall_back(self, failure: Exception, now: Instant) -> None:
        self.fallbacks += 1
        self._rests_until = now + REST_S
        logger.warning("%s failed: %r; %d times so far", SOLVER, failure, self.fallbacks)
        await self._tell(is_degraded=True)

    async def _tell(self, *, is_degraded: bool) -> None:
        known = self._bus.operation.sources.sources.get(SOLVER)
        if is_degraded == (known is not None and known.is_degraded):
            return
        effect = EFFECT if is_degraded else ""
        await self._bus.execute(RecordSource(source=SOLVER, is_degraded=is_degraded, effect=effect), PLATFORM)
