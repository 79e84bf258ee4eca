"""Runs a simulated day as a process of its own, beside a running service: ``python -m backend_service.simulation``."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import signal
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import msgspec

from backend_service.simulation.day import DayPlan, Keys, WorkingDay
from backend_service.simulation.door import Door, TurnedAway, Unanswered, connection
from backend_service.simulation.offices import BackOffice
from backend_service.simulation.service_time import ServiceTime
from backend_service.simulation.tally import Tally
from backend_service.streets.chosen_city import chosen_city
from backend_service.streets.city import City, tower_home
from backend_service.streets.running_streets import running_streets
from core.refusals import Fault, Refusal
from core.vocabulary import Instant

log = logging.getLogger(__name__)

_STEP_SECONDS = 0.2
_STREETS_READY_SECONDS = 60.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the day; return 0, or 1 after having said on stderr what is wrong."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
    tally = Tally()
    try:
        asyncio.run(_run(options, tally))
    except (Refusal, Fault) as problem:
        print(f"simulation: {problem.sentence}", file=sys.stderr)
        return 1
    except (TurnedAway, Unanswered) as problem:
        print(f"simulation: the service does not play along: {problem}", file=sys.stderr)
        return 1
    finally:
        if options.report:
            _write(options.report, tally)
    return 0


async def _run(options: argparse.Namespace, tally: Tally) -> None:
    ending = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ending.set)
    home = options.home or tower_home()
    city = City.load(home, options.city or chosen_city(home))
    keys = Keys(
        administrator=options.admin_token_file.read_text(encoding="utf-8").strip(),
        gateway=(options.gateway_token_file or options.admin_token_file).read_text(encoding="utf-8").strip(),
        tracker_address=options.tracker or "",
    )
    async with connection(options.service) as http:
        door = Door(http, tally)
        clock = ServiceTime(BackOffice(door, keys.administrator, "clock"), options.speed)
        await clock.keep_in_step()
        start_at = options.starts_at or clock.now()
        plan = DayPlan(
            *(options.seed, start_at, options.drivers, options.orders_per_hour, city.time_zone),
            parcels=options.parcels,
        )
        streets_are_up = asyncio.Event()
        street_log = options.street_log
        async with running_streets(
            city, clock, street_log, on_state_change=lambda state: None if state.degraded else streets_are_up.set()
        ) as streets:
            await asyncio.wait_for(streets_are_up.wait(), _STREETS_READY_SECONDS)
            day = await WorkingDay.enter(plan, streets, city.zones, door, keys, tally)
            await _live(day, clock, clock.now() + 60.0 * options.minutes, ending, options.report)


async def _live(
    day: WorkingDay, clock: ServiceTime, until_at: Instant, ending: asyncio.Event, report: Path | None
) -> None:
    """Step the day with the service's clock until it is over or ended from outside."""
    while clock.now() < until_at and not ending.is_set():
        with contextlib.suppress(Unanswered):  # the service may be down for a while: time goes on
            await clock.keep_in_step()
        await day.step(clock.now())
        if report:
            _write(report, day.tally)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(ending.wait(), _STEP_SECONDS)


def _write(report: Path, tally: Tally) -> None:
    """Write the count so far; a reader finds the old one or the new one, complete."""
    fresh = report.with_suffix(".fresh")
    fresh.write_bytes(msgspec.json.encode(tally))
    fresh.replace(report)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="simulation", description="Let drivers, kitchens and customers act on a running service."
    )
    parser.add_argument("--service", required=True, metavar="URL", help="the service's HTTP address")
    parser.add_argument("--tracker", metavar="URL", help="its tracker door, for drivers' own phones")
    parser.add_argument("--admin-token-file", required=True, type=Path, metavar="FILE")
    parser.add_argument("--gateway-token-file", type=Path, metavar="FILE", help="default: the administrator's")
    parser.add_argument("--speed", type=float, default=1.0, help="the service's speed (default 1)")
    parser.add_argument(
        "--starts-at", type=_instant, help="instant, ISO 8601 with zone, at which the day is entered (default: now)"
    )
    parser.add_argument("--minutes", type=float, default=30.0, help="simulated minutes (default 30)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--drivers", type=int, default=32)
    parser.add_argument("--orders-per-hour", type=float, default=110.0, help="at the day's peaks (default 110)")
    parser.add_argument("--parcels", type=int, default=0, help="wait at a depot for a wave (default 0: no depot)")
    parser.add_argument("--city", help="name of a prepared city (default: that of `tower city use`)")
    parser.add_argument("--home", type=Path, help="where prepared cities are (default: Tower's home)")
    parser.add_argument("--street-log", type=Path, default=Path("/dev/null"), metavar="FILE")
    parser.add_argument("--report", type=Path, metavar="FILE", help="where the count is written as JSON")
    return parser


def _instant(text: str) -> Instant:
    return datetime.fromisoformat(text).timestamp()


if __name__ == "__main__":
    sys.exit(main())
