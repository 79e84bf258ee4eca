"""One street engine on one set of files, which ends after the last answer to what it was asked."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from backend_service.streets.osrm import OsrmStreets
from backend_service.streets.osrm_process import OsrmProcess

log = logging.getLogger(__name__)

LAST_ANSWER_S = 20.0
"""Wall seconds that an engine that is replaced is given for what it was asked."""


@dataclass(slots=True)
class RunningEngine:
    """An engine and what ends with it: `stack`; `asking` counts the questions under way."""

    engine: OsrmStreets
    process: OsrmProcess
    stack: AsyncExitStack
    asking: int = 0
    is_idle: asyncio.Event = field(default_factory=asyncio.Event)

    @asynccontextmanager
    async def asked(self) -> AsyncIterator[OsrmStreets]:
        """Keep it from being ended inside."""
        self.asking += 1
        self.is_idle.clear()
        try:
            yield self.engine
        finally:
            self.asking -= 1
            if not self.asking:
                self.is_idle.set()

    async def leave(self) -> None:
        """End it after the last answer to what it was asked."""
        try:
            if self.asking:
                async with asyncio.timeout(LAST_ANSWER_S):
                    await self.is_idle.wait()
        except TimeoutError:
            log.warning("streets that were replaced still had %d questions open", self.asking)
        finally:
            await self.stack.aclose()
