"""Conducts `tower demo`: starts the service, the simulated day and a desk, watches, reports, and ends them all.

Every process is a child under a guard (`app.child_process`): whatever ends this one, a normal end, Ctrl-C or kill -9,
ends them and all they started.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass

import httpx
import msgspec

from app.child_process import ChildFault, ChildProcess
from app.demo_plan import READY_SECONDS, DemoPlan, DemoRefused
from app.demo_report import (
    AuditFigures,
    DemoReport,
    DeskFigures,
    count_crossings,
    count_decisions,
    count_fixes,
    count_orders,
    count_waves,
    read_desk,
)
from app.demo_service import DemoService, Overview, read_doors, read_tally
from app.wall_clock import WallClock

_LOOK_SECONDS = 0.5
_PROGRESS_SECONDS = 3.0
_DESK_GRACE_SECONDS = 60.0
_VERIFY_SECONDS = 120.0


def run(options: argparse.Namespace) -> int:
    """Run a demo as `tower demo` asks for it.

    Parameters
    ----------
    options : argparse.Namespace
        With ``minutes``, ``speed``, ``seed``, ``drivers``, ``orders_per_hour``, ``data_dir``, ``out``, ``headless``.

    Returns
    -------
    int
        0 if the day happened as a demo must; 1, with the reasons printed, if not.
    """
    try:
        plan = DemoPlan.of(options, os.environ, WallClock().now())
        plan.out.mkdir(parents=True, exist_ok=True)
        plan.desk_path.unlink(missing_ok=True)
        shortcomings = _conduct(plan)
    except (DemoRefused, ChildFault) as problem:
        shortcomings = [str(problem)]
    except httpx.HTTPError as problem:
        shortcomings = [f"the service stopped answering ({type(problem).__name__})"]
    for reason in shortcomings:
        print(f"demo: {reason}", file=sys.stderr)
    return 1 if shortcomings else 0


@dataclass(frozen=True, slots=True)
class _Cast:
    """The processes of a running demo, and the connection to its service."""

    service: ChildProcess
    day: ChildProcess
    desk: ChildProcess
    asks: DemoService


def _conduct(plan: DemoPlan) -> list[str]:
    """Run the demo; return why it does not count, empty if it does."""
    with ExitStack() as stack:
        cast = _start(plan, stack)
        _watch(plan, cast)
        report = _gather(plan, cast)
        report.write(plan.out / "report.json")
        print(f"\n{report.summary()}\n\nreport     {plan.out / 'report.json'}\ndata       {plan.data_dir}", flush=True)
        if not plan.is_headless:
            _wait_for_person(cast)
        return _desk_shortcomings(plan, cast.desk.poll()) + report.shortcomings()


def _wait_for_person(cast: _Cast) -> None:
    """Leave the desk to the person before it, with everything it needs, until it is closed."""
    if cast.desk.poll() is None:
        _say("the day is over; the desk stays open until you close it, or press Ctrl-C")
    try:
        cast.desk.wait()
    except KeyboardInterrupt:
        _say("ending")


def _desk_shortcomings(plan: DemoPlan, desk_code: int | None) -> list[str]:
    if desk_code:
        return [f"the desk ended with exit code {desk_code}; see {plan.data_dir / 'logs' / 'desk.log'}"]
    if not plan.is_headless:
        return []
    desk = read_desk(plan.desk_path)
    if desk is None:
        return ["the desk did not say what it saw"]
    for remark in desk.remarks:
        _say(f"at the desk, {remark}")
    return [f"the desk met a bug: {error.strip().splitlines()[-1]}" for error in desk.errors if error.strip()]


def _start(plan: DemoPlan, stack: ExitStack) -> _Cast:
    logs = plan.data_dir / "logs"
    _say(f"starting the service in {plan.data_dir}, and the desk")
    service = ChildProcess(plan.service(), log_path=logs / "service.log", name="the service")
    stack.enter_context(service.start())
    # At the same time: a desk takes as long to come up as a service does.
    environment = plan.desk_environment()
    desk = ChildProcess(plan.desk(), environment, log_path=logs / "desk.log", name="the desk", stop_seconds=10.0)
    stack.enter_context(desk.start())
    service.wait_ready(plan.ready_path.exists, READY_SECONDS)
    doors = read_doors(plan.ready_path)
    asks = stack.enter_context(DemoService(doors.http, plan.admin_token_path))
    _say(f"the service is ready at {doors.http}; starting the simulated day")
    command = plan.simulation(doors.http, doors.tracker)
    day = ChildProcess(command, log_path=logs / "simulation.log", name="the simulated day")
    stack.enter_context(day.start())
    return _Cast(service, day, desk, asks)


def _watch(plan: DemoPlan, cast: _Cast) -> None:
    """Return when the day is over and the desk had time to finish; tell now and then how things stand."""
    day_code = _until_over(cast, plan)
    if day_code not in (0, None):
        log = plan.data_dir / "logs" / "simulation.log"
        raise ChildFault(f"the simulated day ended with exit code {day_code}; see {log}")
    if plan.is_headless:
        _wait_for_desk(cast)


def _until_over(cast: _Cast, plan: DemoPlan) -> int | None:
    told = time.monotonic()
    while (code := cast.day.poll()) is None:
        if (service_code := cast.service.poll()) is not None:
            raise ChildFault(f"the service ended with exit code {service_code} in the middle of the day")
        desk_code = cast.desk.poll()
        if desk_code or (desk_code == 0 and not plan.is_headless):
            return None  # it failed, or somebody closed it: that ends the day
        if time.monotonic() - told >= _PROGRESS_SECONDS:
            told = time.monotonic()
            _tell_progress(cast.asks.overview(), plan)
        time.sleep(_LOOK_SECONDS)
    return code


def _wait_for_desk(cast: _Cast) -> None:
    deadline = time.monotonic() + _DESK_GRACE_SECONDS
    while cast.desk.poll() is None:
        if time.monotonic() > deadline:
            raise ChildFault(f"the desk still works {_DESK_GRACE_SECONDS:g} s after the day")
        time.sleep(_LOOK_SECONDS)


def _gather(plan: DemoPlan, cast: _Cast) -> DemoReport:
    """Return what the service, the desk and the audit trail say."""
    metrics = cast.asks.metrics()
    now = cast.asks.overview().as_of
    desk = read_desk(plan.desk_path) or DeskFigures()
    return DemoReport(
        orders=count_orders(cast.asks.orders(), now),
        fixes=count_fixes(metrics),
        geofences=count_crossings(metrics),
        decisions=count_decisions(metrics),
        feed=desk.feed,
        latency_ms=desk.latency_ms,
        audit=_verify_audit(plan),
        stalls=desk.stalls,
        waves=count_waves(cast.asks.waves()),
    )


def _verify_audit(plan: DemoPlan) -> AuditFigures:
    """Return what `tower audit verify` says of the data directory; not verified if it cannot say."""
    command = [sys.executable, "-P", "-m", "backend_service", "audit", "verify"]
    try:
        said = subprocess.run(
            [*command, "--data-dir", str(plan.data_dir), "--json"],
            capture_output=True,
            timeout=_VERIFY_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        _say(f"the audit trail was not verified within {_VERIFY_SECONDS:g} s")
        return AuditFigures()
    try:
        return msgspec.json.decode(said.stdout, type=AuditFigures)
    except msgspec.DecodeError:
        _say(f"the audit trail was not verified: {said.stderr.decode(errors='replace').strip()[-500:]}")
        return AuditFigures()


def _tell_progress(overview: Overview, plan: DemoPlan) -> None:
    local, orders = overview.as_of.astimezone(plan.starts_at.tzinfo), overview.orders
    so_far = read_tally(plan.tally_path)
    under_way = sum(count for state, count in orders.items() if state != "waiting")
    for_person = overview.recommendations_standing
    line = (
        f"{local:%H:%M:%S}  {so_far.orders_placed:3} placed, {orders.get('waiting', 0):3} waiting, "
        f"{under_way:3} under way, {so_far.delivered:3} delivered; {for_person} wait for a person"
    )
    degraded = f"; degraded: {', '.join(overview.degraded_sources)}" if overview.degraded_sources else ""
    _say(line + degraded)


def _say(line: str) -> None:
    print(f"demo: {line}", flush=True)
