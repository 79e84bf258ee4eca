"""`tower bench start`: from the command until the desk shows what happens now, on a prepared machine.

Prepared: the city is there, the service has run before on its data directory, and the desk has painted these streets
before. The first live frame is painted when the streets are, and after the first fix that came in. The desk is a
process of its own, `python -m app --until-live`, and says when it reached what. The floor is a bare window with an
empty web page, which is what Qt takes of any start here.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec

from backend_service.benchmarks.drivers_on_shift import put_on_shift
from backend_service.benchmarks.fix_senders import FixSenders
from backend_service.benchmarks.report import Figure, Machine, Report, Row
from backend_service.benchmarks.service_process import ServiceProcess
from core.refusals import Fault

_SENDERS = 2
_FIXES_PER_S = 500.0
_GIVEN_UP_AFTER_S = 90.0
_AWAIT_S = "60"

MILESTONES = {
    "imported": "Python and its packages",
    "first_state": "signed in, first state here",
    "window": "window open",
    "page": "map page drawn",
    "streets": "streets painted",
    "fix": "first fix in the store",
    "live": "first live frame",
}
"""What a desk says it reached -> what it is called in the report."""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What a started window said: wall instants by milestone, and its longest stall (milliseconds)."""

    reached: dict[str, float]
    longest_stall_ms: float = 0.0


def declare(parser: argparse.ArgumentParser) -> None:
    """Add this bench's options."""
    parser.add_argument("--runs", type=int, default=5, help="starts per case")


def run(options: argparse.Namespace) -> Report:
    """Measure, and return the report."""
    machine = Machine.here()
    with tempfile.TemporaryDirectory(prefix="tower-bench-") as folder:
        place = _Place(Path(folder))
        asyncio.run(place.prepare())
        bare = [_seconds(place.bare_window(), {"page": "bare window (floor)"}) for _ in range(options.runs)]
        ready = [{"service ready": place.service_alone()} for _ in range(options.runs)]
        alone = asyncio.run(place.desk_alone(options.runs))
        both = [asyncio.run(place.both()) for _ in range(options.runs)]
    return Report(
        bench="start",
        what="from the command to the first live frame on the desk's map",
        goal="at most 5 s for service and desk, at most 3 s for the desk alone",
        baseline="a bare window with an empty web page, and the service alone until its doors are open",
        method=(
            f"{options.runs} starts per case on a prepared machine, {_FIXES_PER_S:g} fixes/s of 100 drivers once "
            "the service is ready; offscreen, software rendering; seconds from the start of the first process"
        ),
        machine=machine,
        rows=(
            _row("neither (baseline)", bare, ready),
            _row("desk alone, service running", alone),
            _row("service and desk", both),
        ),
    )


class _Place:
    """The prepared machine: one data directory, and one folder of a desk."""

    def __init__(self, folder: Path) -> None:
        self._service = ServiceProcess(folder / "data")
        self._desk_dir = folder / "desk"

    async def prepare(self) -> None:
        """Start everything once: drivers are on shift, streets painted, a snapshot kept."""
        with self._service as service:
            async with self._senders() as senders:
                await senders.register()
                await put_on_shift(senders.client, senders=_SENDERS)
            await self._until_live(service)

    def bare_window(self) -> tuple[float, Told]:
        """Return when a bare window was started, and what it said."""
        started_at = time.time()
        window = subprocess.run(
            [sys.executable, "-m", "ui.bare_window"],
            capture_output=True,
            check=False,
            timeout=_GIVEN_UP_AFTER_S,
        )
        return started_at, _told(window.returncode, window.stdout, window.stderr)

    def service_alone(self) -> float:
        """Return the seconds until a service is ready."""
        started = time.perf_counter()
        with self._service:
            return time.perf_counter() - started

    async def desk_alone(self, runs: int) -> list[dict[str, float]]:
        """Return how desks started on a service that runs."""
        with self._service as service:
            return [_seconds(await self._until_live(service), MILESTONES) for _ in range(runs)]

    async def both(self) -> dict[str, float]:
        """Return how service and desk, started at once, came up: seconds by milestone."""
        started_at = time.time()
        self._service.start()
        try:
            desk = asyncio.create_task(self._desk())
            await asyncio.to_thread(self._service.until_ready)
            ready_at = time.time()
            told = await self._with_fixes(desk)
        finally:
            await asyncio.to_thread(self._service.stop)
        return {"service ready": ready_at - started_at, **_seconds((started_at, told), MILESTONES)}

    async def _until_live(self, service: ServiceProcess) -> tuple[float, Told]:
        started_at = time.time()
        return started_at, await self._with_fixes(asyncio.create_task(self._desk()))

    async def _with_fixes(self, desk: asyncio.Task[Told]) -> Told:
        async with self._senders() as senders:
            sending = asyncio.create_task(senders.send(_FIXES_PER_S, _GIVEN_UP_AFTER_S))
            try:
                return await desk
            finally:
                sending.cancel()
                await asyncio.gather(sending, return_exceptions=True)

    def _senders(self) -> FixSenders:
        service = self._service
        return FixSenders(service.http, service.secret("demo-admin.token"), senders=_SENDERS)

    async def _desk(self) -> Told:
        places = ("--invitation", str(self._service.invitation), "--state-dir", str(self._desk_dir))
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "app", *places, "--until-live", "--await-invitation", _AWAIT_S),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        )
        said, complained = await asyncio.wait_for(child.communicate(), _GIVEN_UP_AFTER_S)
        return _told(child.returncode, said, complained)


def _told(code: int | None, said: bytes, complained: bytes) -> Told:
    lines = said.strip().splitlines()
    if code != 0 or not lines:
        last = complained.decode(errors="replace").strip().splitlines()
        raise Fault("bench.window_ended", f"A window ended with {code}: {last[-1] if last else 'no words'}")
    return msgspec.json.decode(lines[-1], type=Told)


def _seconds(started: tuple[float, Told], names: dict[str, str]) -> dict[str, float]:
    """Return seconds by what was reached."""
    started_at, told = started
    seconds = {words: told.reached[name] - started_at for name, words in names.items()}
    if told.longest_stall_ms:
        seconds["longest stall of the GUI thread"] = told.longest_stall_ms / 1000.0
    return seconds


def _row(case: str, *starts: Sequence[dict[str, float]]) -> Row:
    figures = [Figure.of(name, "s", [start[name] for start in kind]) for kind in starts for name in kind[0]]
    return Row(case=case, figures=tuple(figures))
