"""Runs osrm-routed beside the service: started, watched, restarted, and gone when the service is gone.

It listens on loopback, on a port that the system picks and that it names in its log; so there is no race for a
port. When it dies it is started again, waiting longer each time that it dies young. On Linux the kernel kills it
together with the thread that started it, even if the service is killed with SIGKILL.
"""

from __future__ import annotations

import asyncio
import ctypes
import logging
import os
import re
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import stamina

from backend_service.streets.street_engine import StreetsDown
from backend_service.streets.street_import import osrm_program

log = logging.getLogger(__name__)

_LISTENING = re.compile(rb"Listening on: 127\.0\.0\.1:(\d+)")
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass(frozen=True, slots=True)
class ProcessLimits:
    """How osrm-routed is run, and how long it is waited for; seconds are wall time.

    Parameters
    ----------
    table_locations, matching_locations, nearest_locations : int
        The most points in one question of each kind.
    ready_seconds : float
        A process that does not listen by then is started anew.
    settled_seconds : float
        A process that lived this long died of something new: it is started again at once.
    first_wait_seconds, longest_wait_seconds : float
        Pauses before restarts of one that dies young, doubled each time.
    """

    table_locations: int = 2500
    matching_locations: int = 1000
    nearest_locations: int = 1000
    ready_seconds: float = 30.0
    settled_seconds: float = 10.0
    first_wait_seconds: float = 0.1
    longest_wait_seconds: float = 10.0


class OsrmProcess:
    """One supervised osrm-routed.

    Use as an async context manager, from the service's main thread: the process lives inside.

    Parameters
    ----------
    streets : Path
        The prepared files' common name, ending in `.osrm`.
    log_file : Path
        What the process says is appended here; questions are not logged, for they hold people's positions.
    limits : ProcessLimits
    algorithm : {"mld", "ch"}
        Which of the prepared files it answers from: divided into cells, or contracted.
    """

    def __init__(
        self, streets: Path, log_file: Path, limits: ProcessLimits | None = None, *, algorithm: str = "mld"
    ) -> None:
        self._streets = streets
        self._log_file = log_file
        self.limits = limits or ProcessLimits()
        self._algorithm = algorithm
        self._process: asyncio.subprocess.Process | None = None
        self._supervision: asyncio.Task[None] | None = None
        self._port: int | None = None
        self.starts = 0

    @property
    def address(self) -> str:
        """The base URL it answers at.

        Raises
        ------
        StreetsDown
            If it is not listening at present.
        """
        if self._port is None:
            raise StreetsDown("The street engine is not running; it is being started.")
        return f"http://127.0.0.1:{self._port}"

    @property
    def pid(self) -> int | None:
        """The process id, or None between a death and the restart."""
        return None if self._process is None else self._process.pid

    async def __aenter__(self) -> Self:
        self._supervision = asyncio.create_task(self._supervise(), name="osrm-routed")
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._supervision is not None:
            self._supervision.cancel()
            await asyncio.gather(self._supervision, return_exceptions=True)

    def kill(self) -> None:
        """End a process that hangs; supervision starts another."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.kill()

    async def _supervise(self) -> None:
        while True:
            retries = stamina.retry_context(
                on=(StreetsDown, OSError),
                attempts=None,
                timeout=None,
                wait_initial=self.limits.first_wait_seconds,
                wait_max=self.limits.longest_wait_seconds,
                wait_jitter=self.limits.first_wait_seconds,
            )
            async for attempt in retries:
                with attempt:
                    await self._live_once()

    async def _live_once(self) -> None:
        """Run one process to its end; raise if it died young."""
        loop = asyncio.get_running_loop()
        started = loop.time()
        process = await self._start()
        try:
            await self._follow(process)
            status = await process.wait()
        finally:
            self._port = self._process = None
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        log.warning("osrm-routed ended with status %d", status)
        if loop.time() - started < self.limits.settled_seconds:
            raise StreetsDown(f"The street engine ended with status {status}.")

    async def _start(self) -> asyncio.subprocess.Process:
        process = await asyncio.create_subprocess_exec(
            *self._command_line(),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env={**os.environ, "DISABLE_ACCESS_LOGGING": "1"},
            preexec_fn=dying_with(os.getpid()),
            # Ctrl-C is for the service, which ends its engine itself; elsewhere the group is what ends orphans.
            start_new_session=_LIBC is not None,
        )
        self._process = process
        self.starts += 1
        return process

    def _command_line(self) -> list[str]:
        limits = self.limits
        return [
            str(osrm_program("osrm-routed")),
            *("--ip", "127.0.0.1", "--port", "0", "--algorithm", self._algorithm),
            *("--keepalive-timeout", "60"),
            *("--max-table-size", str(limits.table_locations)),
            *("--max-matching-size", str(limits.matching_locations)),
            *("--max-nearest-locations", str(limits.nearest_locations)),
            str(self._streets),
        ]

    async def _follow(self, process: asyncio.subprocess.Process) -> None:
        """Copy what it says into the log file, and learn its port, until it says no more."""
        assert process.stdout is not None
        with self._log_file.open("ab", buffering=0) as said:
            async with asyncio.timeout(self.limits.ready_seconds) as deadline:
                async for line in process.stdout:
                    said.write(line)
                    if found := _LISTENING.search(line):
                        self._port = int(found[1])
                        deadline.reschedule(None)


def dying_with(parent: int) -> Callable[[], None] | None:
    """Return what a child does before it becomes another program, so that it never outlives `parent`.

    ``None`` where the kernel cannot see to that.
    """
    if _LIBC is None:
        return None
    prctl = _LIBC.prctl

    def ask_kernel() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:  # it died before the kernel was asked
            os._exit(1)

    return ask_kernel
