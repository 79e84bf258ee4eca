"""Which benches there are, and the command that runs one: ``python -m backend_service bench NAME [--json]``."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module

BENCHES = {
    "dispatch-day": (
        "backend_service.benchmarks.dispatch_day",
        "how a simulated day goes under the policy and under simple rules",
    ),
    "decide": (
        "backend_service.benchmarks.decide",
        "an order placed by REST until its recommendation is in the desk's store",
    ),
    "desk": ("backend_service.benchmarks.desk", "memory of a desk that is left open for a shift"),
    "eta": ("backend_service.benchmarks.eta", "arrivals forecast on recorded days, beside three plain forecasts"),
    "explain": ("backend_service.benchmarks.explain", "the impact of a change, from the question to the answer"),
    "feed": ("backend_service.benchmarks.feed", "a fix given to the telemetry door until it is in the desk's store"),
    "ingest": ("backend_service.benchmarks.ingest", "fixes at a given rate until they are on disk and on the desk"),
    "geofence": ("backend_service.benchmarks.geofence", "fixes judged by many fences, beside two plain ways"),
    "map": ("backend_service.benchmarks.map", "frames of the live map over many moving vehicles"),
    "mdrplib": ("backend_service.benchmarks.mdrplib", "the match on days of the Meal Delivery Routing Problem"),
    "nearest": (
        "backend_service.benchmarks.nearest",
        "which vehicles are near a point, and where one is, in the service",
    ),
    "pdptw": ("backend_service.benchmarks.pdptw", "plan improvement on Li & Lim instances, beside published solvers"),
    "position": (
        "backend_service.benchmarks.position",
        "the latest position of a vehicle by REST while fixes arrive",
    ),
    "replan": ("backend_service.benchmarks.replan", "orders inserted and everything re-planned on a large city"),
    "restart": ("backend_service.benchmarks.restart", "a log on disk until the operation is folded from it"),
    "start": (
        "backend_service.benchmarks.start",
        "from the command to the first live frame on the desk's map",
    ),
    "stepped": ("backend_service.benchmarks.stepped", "how much quicker than real time a stepped day runs"),
    "waves": ("backend_service.benchmarks.waves", "a wave of scheduled orders planned, beside a published solver"),
}
"""Name -> (module with ``declare(parser)`` and ``run(options) -> Report``, what it measures)."""


def run(arguments: list[str]) -> int:
    """Run the bench that `arguments` name, print its report and return the exit code."""
    parser = argparse.ArgumentParser(prog="tower bench", description="Measure, and say on what machine.")
    names = parser.add_subparsers(dest="name", metavar="NAME", required=True)
    for name, (module, what) in BENCHES.items():
        bench = names.add_parser(name, help=what, description=f"Measures {what}.")
        bench.add_argument("--json", action="store_true", help="print the report as JSON")
        if arguments[:1] == [name]:
            import_module(module).declare(bench)
    options = parser.parse_args(arguments)
    report = import_module(BENCHES[options.name][0]).run(options)
    sys.stdout.write(report.as_json() if options.json else report.as_table())
    return 0
