"""A street engine for large tables only, at the speeds the city was prepared with; started when it is first asked.

Contracted streets answer a table of a thousand places in a second where streets divided into cells take four, but
their speeds cannot be changed without a minute of work. It takes 70 MB in a large city, and more once asked for tables.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Self

from backend_service.streets.osrm import OsrmStreets
from backend_service.streets.osrm_process import OsrmProcess
from backend_service.streets.street_engine import StreetsDown
from backend_service.streets.street_import import contracted_file
from backend_service.streets.traffic_streets import until_answering
from core.geodesy import Points
from core.timekeeping import Clock
from core.travel import TravelMatrix

log = logging.getLogger(__name__)

READY_S = 5.0
"""Wall seconds that the engine may take to start; until then the others answer."""


class ContractedStreets:
    """Answers tables; use as an async context manager.

    Parameters
    ----------
    streets : Path
        The prepared files' common name, ending in ``.osrm``.
    clock : Clock
    log_file : Path
    ready_s : float, optional
    """

    def __init__(self, streets: Path, clock: Clock, log_file: Path, *, ready_s: float = READY_S) -> None:
        self._ready_s = ready_s
        self._streets = streets
        self._clock = clock
        self._log_file = log_file
        self._stack = AsyncExitStack()
        self._turn = asyncio.Lock()
        self._engine: OsrmStreets | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    @property
    def is_prepared(self) -> bool:
        """Say whether the city has the file that this engine reads."""
        return contracted_file(self._streets).is_file()

    async def matrix(self, sources: Points, destinations: Points) -> TravelMatrix:
        """Return driving times and distances; see `StreetEngine`.

        Raises
        ------
        StreetsDown
            If it does not answer.
        """
        return await (await self._started()).matrix(sources, destinations)

    async def _started(self) -> OsrmStreets:
        async with self._turn:
            if self._engine is None:
                process = OsrmProcess(self._streets, self._log_file, algorithm="ch")
                await self._stack.enter_async_context(process)
                engine = await self._stack.enter_async_context(OsrmStreets(process, self._clock))
                log.info("the street engine for large tables was started")
                try:
                    await until_answering(engine, self._ready_s)
                except TimeoutError:
                    raise StreetsDown("The street engine for large tables does not answer yet.") from None
                finally:
                    self._engine = engine
            return self._engine
