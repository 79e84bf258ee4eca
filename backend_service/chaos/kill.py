"""`tower chaos kill`: a service at work is killed (SIGKILL) again and again, also while it starts.

Nothing that was acknowledged may be missing afterwards, and nothing may be there twice; nor may what the fixes meant:
the vehicles go into a fence and out of it all the time.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import httpx

from backend_service.benchmarks.report import Machine
from backend_service.benchmarks.service_process import ServiceProcess
from backend_service.chaos.busy_senders import BusySenders
from backend_service.chaos.crossed_fence import broken_crossings, draw_fence, recorded_crossings, wait_for_crossings
from backend_service.chaos.kept_day import broken_promises, kept_day, told_orders
from backend_service.chaos.verdict import Verdict

PROMISE = "whatever was acknowledged is there once"
SENDERS = 3
TOKEN = "demo-admin.token"  # noqa: S105 - a file's name
LIVES_S = (0.05, 0.6)
"""How long the service lives before it is killed, at least and at most, counted from the moment it is ready."""

STARTS_S = (0.0, 1.2)
"""The same for a kill while it starts, counted from the command."""

KILLED_STARTING = 0.2
"""The part of the kills that comes while the service starts."""

STARTS_WITHIN_S = 300.0
"""Far longer than a start takes: other work on the machine is no broken promise."""

GOES_ON_WITHIN_S = 120.0
_LOOK_S = 0.05

type Say = Callable[[str], None]


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the options of this way."""
    parser.add_argument("--times", type=count, default=20, help="how often it is killed (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=7, help="same seed, same moments (default: %(default)s)")


def run(options: argparse.Namespace) -> Verdict:
    """Kill a service on a data directory of its own and say what it lost."""
    with tempfile.TemporaryDirectory(prefix="tower-chaos-") as folder:
        return killed(Path(folder) / "data", times=options.times, seed=options.seed, say=_say)


def killed(data_dir: Path, *, times: int, seed: int, say: Say) -> Verdict:
    """Let a service work on `data_dir`, kill it `times` times, and judge what is left.

    Parameters
    ----------
    say : told of the progress, a line at a time

    Raises
    ------
    Fault
        ``bench.no_service`` if it does not start again, with the last it said.
    """
    machine, dice, starting = Machine.here(), random.Random(seed), 0
    with ServiceProcess(data_dir) as service:
        vehicles = [f"V-{number}" for number in range(SENDERS)]
        with client_of(service) as http:
            register(http, vehicles)
            draw_fence(http)
        with BusySenders(vehicles, lambda: service.http, lambda: service.secret(TOKEN)) as senders:
            for number in range(1, times + 1):
                starting += _kill_once(service, dice)
                if senders.has_failed():
                    break
                if number % 10 == 0:
                    say(f"killed {number} times, {senders.orders()} orders acknowledged")
            goes_on = _goes_on(senders)
        with client_of(service) as http:
            orders = told_orders(http)
        acknowledged = senders.acknowledged()
        wait_for_crossings(data_dir, acknowledged.fixes)
    kept, crossings = kept_day(data_dir, orders), recorded_crossings(data_dir)
    broken = broken_promises(acknowledged, kept, under_way=len(senders))
    broken += broken_crossings(acknowledged.fixes, kept.fixes, crossings)
    return Verdict(
        chaos="kill",
        promise=PROMISE,
        machine=machine,
        counts={
            "kills": times,
            "of them while it started": starting,
            "orders acknowledged": len(acknowledged.orders),
            "fixes acknowledged": len(acknowledged.fixes),
            "events kept": len(kept.positions),
            "fixes kept": len(kept.fixes),
            "crossings recorded": len(crossings),
        },
        broken=broken if goes_on else (*broken, "after the last kill nothing was acknowledged any more"),
    )


def _kill_once(service: ServiceProcess, dice: random.Random) -> bool:
    """Kill a ready service and start it again until it is ready; say whether it was killed starting as well."""
    time.sleep(dice.uniform(*LIVES_S))
    if is_starting := dice.random() < KILLED_STARTING:
        service.kill()
        service.start()
        time.sleep(dice.uniform(*STARTS_S))
    service.kill()
    service.start()
    service.until_ready(STARTS_WITHIN_S)
    return is_starting


def _goes_on(senders: BusySenders) -> bool:
    """Tell whether further orders are acknowledged."""
    before, deadline = senders.orders(), time.monotonic() + GOES_ON_WITHIN_S
    while senders.orders() <= before:
        if senders.has_failed() or time.monotonic() > deadline:
            return False
        time.sleep(_LOOK_S)
    return True


def client_of(service: ServiceProcess) -> httpx.Client:
    """Return a client that may do everything at a running service."""
    return httpx.Client(
        base_url=service.http, headers={"Authorization": f"Bearer {service.secret(TOKEN)}"}, timeout=30.0
    )


def register(http: httpx.Client, vehicles: list[str]) -> None:
    """Let a service know the vehicles that the senders report."""
    for number, vehicle in enumerate(vehicles):
        http.post("/api/v1/vehicles", json={"vehicle_id": vehicle, "plate": f"AB-{number}"}).raise_for_status()


def count(text: str) -> int:
    """Return a count of at least 1 that somebody typed."""
    if (number := int(text)) < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a count of at least 1")
    return number


def _say(line: str) -> None:
    print(f"tower: {line}", file=sys.stderr, flush=True)
