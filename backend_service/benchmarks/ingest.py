"""`tower bench ingest`: fixes from another process, over real sockets, through the whole service to the synced archive.

A real service with all its loops judges every fix against the fences and keeps live positions; a desk without screens
(``python -m app.feed_meter``) folds what the feed tells it. The baseline is the same load on a service without fences;
beside it stands what the disk alone takes: the same columns appended to a file and synced.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import msgspec

from backend_service.benchmarks.desk_meter import DeskMeter
from backend_service.benchmarks.ingest_fleet import VEHICLES_EACH, Fleet, fence_drafts
from backend_service.benchmarks.ingest_sender import PROTOCOLS, REST_MSGPACK, ZEROMQ, Sent
from backend_service.benchmarks.ingest_singles import mqtt_row, posts_row
from backend_service.benchmarks.ingest_watch import Watch, Watched
from backend_service.benchmarks.report import Figure, Machine, Report, Row
from backend_service.benchmarks.service_process import ServiceProcess
from core.invitation import parse
from core.refusals import Fault

_AT_ONCE = 64
_SETTLE_S = 1.5
_LONGEST_WARM_UP_S = 60.0
_FLOOR_S = 2.0
_ROW_BYTES = 75
"""A fix as columns: nine numbers of eight bytes, two numbers of names, one byte."""


def declare(parser: argparse.ArgumentParser) -> None:
    """Add this bench's options."""
    parser.add_argument("--rate", type=float, default=5_000.0, help="fixes per second")
    parser.add_argument("--minutes", type=float, default=0.5, help="length of the run with fences, warm-up included")
    parser.add_argument("--batch", type=int, default=100, help=f"fixes per batch, a multiple of {VEHICLES_EACH}")
    parser.add_argument("--vehicles", type=int, default=5_000, help=f"a multiple of {VEHICLES_EACH}")
    parser.add_argument("--protocol", choices=PROTOCOLS, default=REST_MSGPACK)
    parser.add_argument("--faults", choices=("on", "off"), default="on", help="batches lost and late, fields missing")
    parser.add_argument("--fences", type=int, default=1_000)
    parser.add_argument("--desk", choices=("on", "off"), default="on", help="a desk that follows the feed")
    parser.add_argument(
        "--baseline-seconds", type=float, default=20.0, help="length of the run without fences; 0 = none"
    )
    parser.add_argument(
        "--singles-seconds", type=float, default=5.0, help="length of the runs of single fixes; 0 = none"
    )


def run(options: argparse.Namespace) -> Report:
    """Measure, and return the report."""
    machine = Machine.here()
    with tempfile.TemporaryDirectory(prefix="tower-bench-") as folder:
        rows = [_floor(Path(folder), options.batch)]
        if options.baseline_seconds:
            rows.append(_case(Path(folder) / "bare", options, 0, options.baseline_seconds))
        rows.append(_case(Path(folder) / "fenced", options, options.fences, 60.0 * options.minutes))
        if options.singles_seconds:
            rows.append(posts_row(Path(folder) / "posts", options.singles_seconds))
            rows.append(mqtt_row(Path(folder), options.singles_seconds))
    return Report(
        bench="ingest",
        what=f"fixes by {options.protocol}, batches of {options.batch}, until they are on disk and on the desk",
        goal=(
            "50,000 fixes/s accepted in batches of 100 for 10 minutes, memory growing < 5 % after the warm-up; "
            "p99 door to desk at most 1000 ms at 5,000 fixes/s"
        ),
        baseline="the same load on a service without fences; a file appended to and synced by each batch",
        method=(
            f"{options.vehicles:,} vehicles over Porto's box, one process sends in open loop, {_flaws(options)}; "
            "latency counts from when a batch was due"
        ),
        machine=machine,
        rows=tuple(rows),
    )


def _flaws(options: argparse.Namespace) -> str:
    if options.faults == "off":
        return "nothing is amiss"
    return "1 % of batches missing, 5 % out of order, 10 % of optional fields missing, 30 % of rows disordered"


def _floor(folder: Path, batch: int) -> Row:
    """Measure what appending and syncing the same bytes comes to, with nothing else done."""
    body, written, start = bytes(_ROW_BYTES * batch), 0, time.monotonic()
    with (folder / "floor").open("wb", buffering=0) as file:
        while time.monotonic() - start < _FLOOR_S:
            file.write(body)
            os.fdatasync(file.fileno())
            written += batch
    per_s = written / (time.monotonic() - start)
    return Row(case="columns appended to a file and synced (floor)", figures=(Figure.of("fixes", "1/s", [per_s]),))


def _case(data_dir: Path, options: argparse.Namespace, fences: int, seconds: float) -> Row:
    gateway = ("--gateway", "0") if options.protocol == ZEROMQ else ()
    with ServiceProcess(data_dir, *gateway) as service:
        token = service.secret("demo-admin.token")
        asyncio.run(_prepare(service.http, token, options.vehicles, fences))
        measured = asyncio.run(_load(service, token, options, seconds))
    label = f"{options.rate:g} fixes/s for {seconds:g} s, {fences} fences{'' if fences else ' (baseline)'}"
    return Row(case=label, figures=measured.figures())


async def _prepare(http: str, token: str, vehicles: int, fences: int) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    limits = httpx.Limits(max_connections=_AT_ONCE)
    async with httpx.AsyncClient(base_url=http, headers=headers, limits=limits, timeout=120.0) as client:
        gate = asyncio.Semaphore(_AT_ONCE)

        async def post(path: str, body: object) -> None:
            async with gate:
                (await client.post(path, json=body)).raise_for_status()

        await asyncio.gather(*(post("/api/v1/geofences", draft) for draft in fence_drafts(fences)))
        names = Fleet(vehicles).names()
        await asyncio.gather(*(post("/api/v1/vehicles", {"vehicle_id": name, "plate": name}) for name in names))


@dataclass(frozen=True, slots=True)
class _Measured:
    sent: Sent
    seen: Watched
    rejected: dict[str, int]
    backlog: int
    crossings: int
    desk: dict[str, float]

    def figures(self) -> tuple[Figure, ...]:
        sent, seen = self.sent, self.seen
        told: list[tuple[str, str, float]] = [
            ("accepted", "fixes/s", seen.accepted_per_s()),
            ("backlog at the end", "fixes", self.backlog),
            ("waiting for the disk, at most", "fixes", max(seen.waiting, default=0.0)),
            *((f"due to acknowledged {name}", "ms", 1000.0 * value) for name, value in sent.acknowledged_s.items()),
            *((f"door to desk {name}", "ms", self.desk[f"door_{name}_ms"]) for name in ("p50", "p99") if self.desk),
            *((f"rejected, {reason}", "fixes", count) for reason, count in sorted(self.rejected.items())),
            *((f"answered {status}", "batches", sent.statuses.get(status, 0)) for status in (200, 429, 503)),
            ("lost on the way, on purpose", "batches", sent.lost_batches),
            ("fence crossings", "", self.crossings),
            ("memory after the warm-up", "MB", seen.resident_bytes[0] / 1e6),
            ("memory at the end", "MB", seen.resident_bytes[-1] / 1e6),
            ("memory grew by", "%", seen.growth_percent()),
            ("cores kept busy by the service", "", seen.cores()),
            ("processor time per fix", "us", seen.microseconds_per_fix()),
            ("processor time per fix, event loop alone", "us", seen.loop_microseconds_per_fix()),
            ("sender behind its timetable p99", "ms", 1000.0 * sent.generated_late_s.get("p99", 0.0)),
        ]
        return tuple(Figure.of(name, unit, [float(value)]) for name, unit, value in told)


async def _load(service: ServiceProcess, token: str, options: argparse.Namespace, seconds: float) -> _Measured:
    warm_up_s = min(_LONGEST_WARM_UP_S, 0.3 * seconds)
    async with Watch(service.http, token, _opened(service)["pid"]) as watch:
        before, _ = await watch.counts()
        sending = asyncio.create_task(_send(service, options, seconds, warm_up_s))
        desk = await _desk(service, options, warm_up_s, sending)
        sent = await sending
        after, rejected = await watch.counts()
        seen = watch.seen.between(sent.began_at + warm_up_s, sent.began_at + seconds)
    crossed = "tower_geofence_crossings_total"
    accepted = after["tower_fixes_accepted_total"] - before["tower_fixes_accepted_total"]
    return _Measured(
        sent=sent,
        seen=seen,
        rejected=dict(rejected),
        backlog=sent.offered_fixes - accepted - rejected.total(),
        crossings=after[crossed] - before[crossed],
        desk=desk,
    )


async def _desk(
    service: ServiceProcess, options: argparse.Namespace, warm_up_s: float, sending: asyncio.Task[Sent]
) -> dict[str, float]:
    if options.desk == "off":
        await asyncio.wait([sending])
        return {}
    with DeskMeter(service.invitation, "zeromq") as meter:
        await asyncio.to_thread(meter.ask, "ready")
        await asyncio.wait([sending], timeout=warm_up_s)
        await asyncio.to_thread(meter.ask, "start")
        await asyncio.wait([sending])
        await asyncio.sleep(_SETTLE_S)
        return await asyncio.to_thread(meter.ask, "report")


async def _send(service: ServiceProcess, options: argparse.Namespace, seconds: float, warm_up_s: float) -> Sent:
    by_push = options.protocol == ZEROMQ
    told = {
        "--protocol": options.protocol,
        "--rate": options.rate,
        "--seconds": seconds,
        "--warm-up": warm_up_s,
        "--batch": options.batch,
        "--vehicles": options.vehicles,
        "--server-key": parse(service.invitation.read_text("utf-8")).curve_key if by_push else "",
    }
    words = [word for name, value in told.items() if value != "" for word in (f"{name}={value}",)]
    address = _opened(service)["gateway"] if by_push else service.http
    sender = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "backend_service.benchmarks.ingest_sender"),
        *(address, str(service.secret_path("demo-gateway.token")), *words),
        *(("--faultless",) if options.faults == "off" else ()),
        stdout=subprocess.PIPE,
    )
    said, _ = await sender.communicate()
    if sender.returncode != 0:
        raise Fault("bench.sender_ended", f"The process that sends ended with {sender.returncode}.")
    return msgspec.json.decode(said, type=Sent)


def _opened(service: ServiceProcess) -> dict[str, Any]:
    """Return what the service says about where it is found."""
    told: dict[str, Any] = msgspec.json.decode((service.data_dir / "ready.json").read_bytes())
    return told
