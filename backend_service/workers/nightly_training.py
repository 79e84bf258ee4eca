"""Has a new model of arrivals trained each night: in a process of its own, bounded in time and memory.

What it puts in force is taken up by `ArrivalModels`. A training that fails leaves what was, and people see it.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime, tzinfo
from pathlib import Path

from backend_service.forecasting.arrival_models import ModelState
from core.refusals import Fault
from core.vocabulary import Instant, Value

logger = logging.getLogger(__name__)

TRAINING = "arrival training"
TRAINING_EFFECT = "The last training of arrivals failed; they are forecast by the model that was in force before."
_CHANGED_NOTHING = (3, 4)
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
_SAID_BYTES = 2000


class TrainingPolicy(Value, frozen=True, kw_only=True):
    """When a model is trained, and within what.

    In the `hour` of the site's time zone that begins then, ``None`` never; below `least_new` forecasts that came true
    since the last training nothing is done. `most_s` seconds of wall time and `most_memory_mb` MiB are its bounds.
    """

    hour: int | None = 3
    least_new: int = 1000
    most_s: float = 3600.0
    most_memory_mb: int = 6144


type Trains = Callable[[Instant], Awaitable[None]]
"""Trains at an instant of the operation; raises a `Fault` when it cannot."""


class NightlyTraining:
    """A worker.

    Parameters
    ----------
    trains : callable
    zone : tzinfo
        The site's.
    policy : TrainingPolicy
    now : float
        When the service started: a night that began before is left out.
    """

    name = "nightly training"
    every_s = 300.0

    def __init__(self, trains: Trains, zone: tzinfo, policy: TrainingPolicy, now: Instant) -> None:
        self.state = ModelState(degraded=False, since_at=now)
        self._trains = trains
        self._zone = zone
        self._policy = policy
        self._last_day = ""

    def is_wanted(self, now: Instant) -> bool:
        """Nothing makes it urgent."""
        return False

    async def run_once(self, now: Instant) -> None:
        """Train, in the hour of the night that is for it, once."""
        local = datetime.fromtimestamp(now, self._zone)
        day = local.date().isoformat()
        if local.hour != self._policy.hour or day == self._last_day:
            return
        self._last_day = day
        try:
            await self._trains(now)
        except Fault as fault:
            logger.warning("arrivals were not trained: %s", fault.sentence)
            self.state = ModelState(degraded=True, since_at=now)
        else:
            self.state = ModelState(degraded=False, since_at=now)


def trains_aside(data_dir: Path, home: Path, city: str, policy: TrainingPolicy) -> Trains:
    """Return what trains by `tower arrivals train` in a child process: one thread, behind everybody else.

    Parameters
    ----------
    data_dir : Path
        The service's.
    home : Path
        Where prepared cities are.
    city : str
    policy : TrainingPolicy
    """

    async def train(now: Instant) -> None:
        words = ["arrivals", "train", "--data-dir", str(data_dir), "--home", str(home), "--city", city]
        words += ["--now", f"{now:.0f}", "--least-new", str(policy.least_new)]
        await run_aside(
            [sys.executable, "-m", "backend_service", *words, "--most-memory", str(policy.most_memory_mb)],
            policy.most_s,
        )

    return train


async def run_aside(command: Sequence[str], most_s: float) -> None:
    """Run a training command to its end, and say what it said.

    Raises
    ------
    Fault
        ``eta.training_failed``: it ended otherwise than it should, or did not within `most_s` seconds of wall time.
    """
    child = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env={**os.environ, **_ONE_THREAD},
    )
    try:
        async with asyncio.timeout(most_s):
            told, _ = await child.communicate()
    except TimeoutError:
        raise Fault("eta.training_failed", f"The training took more than {most_s:g} s and was ended.") from None
    finally:
        with suppress(ProcessLookupError):
            child.kill()
        await child.wait()
    said = told[-_SAID_BYTES:].decode("utf-8", "replace").strip()
    if child.returncode not in (0, *_CHANGED_NOTHING):
        raise Fault("eta.training_failed", f"The training ended with status {child.returncode}: {said}")
    logger.info("arrivals: %s", said)
