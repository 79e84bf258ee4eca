"""`tower bench feed`: from the instant at which a fix is due to be sent until it is in the desk's store.

Three processes on one machine: this one sends, a real service with all its loops receives, and a desk without screens
(``python -m app.feed_meter``) folds. The baseline is the same load without a desk: how long the telemetry door takes
to have a batch on disk and say so.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from pathlib import Path

import numpy as np

from backend_service.benchmarks.desk_meter import DeskMeter
from backend_service.benchmarks.fix_senders import BATCH, SENDERS, FixSenders, Sent
from backend_service.benchmarks.report import Figure, Machine, Report, Row
from backend_service.benchmarks.service_process import ServiceProcess
from core.refusals import Fault

WARM_UP_S = 2.0
_SETTLE_S = 1.5


def declare(parser: argparse.ArgumentParser) -> None:
    """Add this bench's options."""
    parser.add_argument("--rates", type=float, nargs="+", default=[500.0, 5_000.0], help="fixes per second")
    parser.add_argument("--seconds", type=float, default=10.0, help="length of one run")
    parser.add_argument("--runs", type=int, default=3, help="runs per case")
    parser.add_argument("--transport", choices=("zeromq", "websocket"), nargs="+", default=["zeromq", "websocket"])


def run(options: argparse.Namespace) -> Report:
    """Measure, and return the report."""
    machine = Machine.here()
    with tempfile.TemporaryDirectory(prefix="tower-bench-") as folder, ServiceProcess(Path(folder) / "data") as service:
        rows = asyncio.run(_measure(service, options))
    return Report(
        bench="feed",
        what="a fix given to the telemetry door until it is in the desk's store",
        goal="p99 at most 1000 ms at 500 and at 5000 fixes/s on 2 cores with everything on them",
        baseline="the same load without a desk: the door's acknowledgement, which comes when the batch is on disk",
        method=(
            f"{SENDERS} senders, batches of {BATCH}, open loop, {options.runs} runs of {options.seconds:g} s per case; "
            "latency counts from when a batch was due"
        ),
        machine=machine,
        rows=tuple(rows),
    )


async def _measure(service: ServiceProcess, options: argparse.Namespace) -> list[Row]:
    rows: list[Row] = []
    async with FixSenders(service.http, service.secret("demo-admin.token")) as senders:
        await senders.register()
        await senders.send(max(options.rates), WARM_UP_S)
        for rate in options.rates:
            runs = [await senders.send(rate, options.seconds) for _ in range(options.runs)]
            rows.append(Row(case=f"{rate:g} fixes/s, no desk (baseline)", figures=_acknowledged(runs)))
            rows += [await _with_desk(service, senders, rate, kind, options) for kind in options.transport]
    return rows


async def _with_desk(
    service: ServiceProcess, senders: FixSenders, rate: float, kind: str, options: argparse.Namespace
) -> Row:
    runs: list[Sent] = []
    metered: list[dict[str, float]] = []
    with DeskMeter(service.invitation, kind) as meter:
        await asyncio.to_thread(meter.ask, "ready")
        for _ in range(options.runs):
            await asyncio.to_thread(meter.ask, "start")
            runs.append(await senders.send(rate, options.seconds))
            await asyncio.sleep(_SETTLE_S)
            metered.append(await asyncio.to_thread(meter.ask, "report"))
    figures = [
        Figure.of(f"due to store p{percent}", "ms", [metering[f"p{percent}_ms"] for metering in metered])
        for percent in (50, 99)
    ]
    figures.append(Figure.of("door to store p99", "ms", [metering["door_p99_ms"] for metering in metered]))
    seen = [metering["count"] / max(sent.accepted, 1) for metering, sent in zip(metered, runs, strict=True)]
    figures.append(Figure.of("fixes shown of those accepted", "", seen))
    figures.append(Figure.of("gaps", "", [metering["gaps"] for metering in metered]))
    return Row(case=f"{rate:g} fixes/s, desk by {kind}", figures=(*figures, *_acknowledged(runs)))


def _acknowledged(runs: list[Sent]) -> tuple[Figure, ...]:
    if any(not sent.acknowledged_s for sent in runs):
        raise Fault("bench.nothing_acknowledged", "The telemetry door acknowledged nothing.")
    percentiles = [
        Figure.of(
            f"due to acknowledged p{percent}",
            "ms",
            [float(np.percentile(sent.acknowledged_s, percent)) * 1000.0 for sent in runs],
        )
        for percent in (50, 99)
    ]
    return (
        *percentiles,
        Figure.of("fixes accepted", "", [float(sent.accepted) for sent in runs]),
        Figure.of("batches failed", "", [float(sent.failed) for sent in runs]),
    )
