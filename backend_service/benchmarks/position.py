"""`tower bench position`: the latest position of a vehicle by REST while fixes pour in.

Requests are sent in an open loop, at instants fixed beforehand, by a process of their own; so time spent waiting to be
sent counts as latency, and the sending of fixes takes no turn from whoever measures. The baseline is the same requests
with no telemetry.
"""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
import tempfile
from pathlib import Path

import msgspec
import numpy as np

from backend_service.benchmarks.fix_senders import BATCH, SENDERS, FixSenders, Sent
from backend_service.benchmarks.report import Figure, Machine, Report, Row
from backend_service.benchmarks.service_process import ServiceProcess
from core.refusals import Fault


def declare(parser: argparse.ArgumentParser) -> None:
    """Add this bench's options."""
    parser.add_argument("--rate", type=float, default=5_000.0, help="fixes per second")
    parser.add_argument("--senders", type=int, default=SENDERS, help=f"gateways with {BATCH} vehicles each")
    parser.add_argument("--requests", type=float, default=100.0, help="requests per second")
    parser.add_argument("--seconds", type=float, default=10.0, help="length of one run")
    parser.add_argument("--runs", type=int, default=3, help="runs per case")
    parser.add_argument("--warm-up", type=float, default=2.0, help="seconds of fixes before anything is asked")


def run(options: argparse.Namespace) -> Report:
    """Measure, and return the report."""
    machine = Machine.here()
    with tempfile.TemporaryDirectory(prefix="tower-bench-") as folder, ServiceProcess(Path(folder) / "data") as service:
        rows = asyncio.run(_measure(service, options))
    return Report(
        bench="position",
        what="the latest position of a vehicle, asked by REST",
        goal=f"p99 at most 10 ms at {options.requests:g} requests/s while {options.rate:g} fixes/s arrive",
        baseline="the same requests with no telemetry",
        method=(
            f"{options.senders * BATCH:,} vehicles, batches of {BATCH}, one process asks, one sends, in open loop; "
            f"{options.runs} runs of {options.seconds:g} s per case; latency counts from when a request was due"
        ),
        machine=machine,
        rows=tuple(rows),
    )


async def _measure(service: ServiceProcess, options: argparse.Namespace) -> list[Row]:
    rates = (options.rate / 10.0, options.rate)
    async with FixSenders(service.http, service.secret("demo-admin.token"), senders=options.senders) as senders:
        await senders.register()
        await senders.send(options.rate, options.warm_up)
        await _ask(service, options)
        quiet = [await _ask(service, options) for _ in range(options.runs)]
        rows = [Row(case="no telemetry (baseline)", figures=_figures(quiet))]
        for rate in rates:
            runs = [await _ask_while_sending(service, senders, rate, options) for _ in range(options.runs)]
            figures = _figures([latencies for latencies, _ in runs])
            rows.append(Row(case=f"{rate:g} fixes/s", figures=(*figures, *_telemetry([sent for _, sent in runs]))))
    return rows


async def _ask_while_sending(
    service: ServiceProcess, senders: FixSenders, rate: float, options: argparse.Namespace
) -> tuple[list[float], Sent]:
    sending = asyncio.create_task(senders.send(rate, options.seconds + 2.0 * options.warm_up))
    await asyncio.sleep(options.warm_up)
    latencies = await _ask(service, options)
    return latencies, await sending


async def _ask(service: ServiceProcess, options: argparse.Namespace) -> list[float]:
    """Return the latencies of one run, seconds."""
    module = "backend_service.benchmarks.position_asker"
    told = (
        "--rate",
        str(options.requests),
        "--seconds",
        str(options.seconds),
        "--vehicles",
        str(options.senders * BATCH),
    )
    asker = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module, service.http, str(service.secret_path("demo-admin.token")), *told),
        stdout=subprocess.PIPE,
    )
    said, _ = await asker.communicate()
    if asker.returncode != 0:
        raise Fault("bench.asker_ended", f"The process that asks ended with {asker.returncode}.")
    return msgspec.json.decode(said, type=list[float])


def _figures(runs: list[list[float]]) -> tuple[Figure, ...]:
    percentiles = [
        Figure.of(f"due to answered p{percent:g}", "ms", [1000.0 * float(np.percentile(run, percent)) for run in runs])
        for percent in (50, 90, 99)
    ]
    longest = Figure.of("longest", "ms", [1000.0 * max(run) for run in runs])
    return (*percentiles, longest, Figure.of("answered", "", [float(len(run)) for run in runs]))


def _telemetry(sent: list[Sent]) -> tuple[Figure, ...]:
    acknowledged = [1000.0 * float(np.percentile(one.acknowledged_s, 99)) for one in sent]
    return (
        Figure.of("fixes accepted", "", [float(one.accepted) for one in sent]),
        Figure.of("fixes due to acknowledged p99", "ms", acknowledged),
        Figure.of("batches failed", "", [float(one.failed) for one in sent]),
    )
