"""The service's own commands, ``serve`` and what looks after its data. People use ``tower``, which starts this."""

from __future__ import annotations

import argparse
import os
import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from backend_service.settings import DATABASE_VARIABLE, LEAST_DAYS, MQTT_VARIABLE, Settings
from backend_service.streets.chosen_city import chosen_city
from backend_service.streets.city import default_data_dir, tower_home
from core.refusals import Fault, Refusal


def main(argv: list[str] | None = None) -> int:
    """Run the command and return its exit code."""
    arguments = sys.argv[1:] if argv is None else argv
    command, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    try:
        match command:
            case "serve":
                from backend_service.serving import serve

                return serve(*_serve_settings(rest))
            case "audit":
                from backend_service.audit.command import run

                return run(rest)
            case "backup":
                from backend_service.backup.command import run_backup

                return run_backup(rest)
            case "restore":
                from backend_service.backup.command import run_restore

                return run_restore(rest)
            case "bench":
                from backend_service.benchmarks.registry import run as run_bench

                return run_bench(rest)
            case "chaos":
                from backend_service.chaos.registry import run as run_chaos

                return run_chaos(rest)
            case "city":
                from backend_service.streets.city_command import run as run_city

                return run_city(rest)
            case "user":
                from backend_service.people.command import run as run_user

                return run_user(rest)
            case "arrivals":
                from backend_service.forecasting.command import run as run_arrivals

                return run_arrivals(rest)
            case "import":
                from backend_service.exchange.command import run_import

                return run_import(rest)
            case "export":
                from backend_service.exchange.command import run_export

                return run_export(rest)
            case _:
                commands = "serve|arrivals|audit|backup|restore|bench|chaos|city|user|import|export"
                print(f"usage: python -m backend_service {commands} ...", file=sys.stderr)
                return 2
    except (Refusal, Fault) as expected:
        print(f"tower: {expected.sentence}", file=sys.stderr)
        return 1


def _serve_settings(rest: list[str]) -> tuple[Settings, bool]:
    parser = argparse.ArgumentParser(
        prog="tower backend", description="Run the service. It binds to loopback and needs a token for everything."
    )
    parser.add_argument(
        "--data-dir",
        type=Path,
        default=default_data_dir(),
        help="folder that this service alone writes (default: %(default)s)",
    )
    parser.add_argument("--city", help="name of a prepared city (default: that of `tower city use`)")
    parser.add_argument("--home", type=Path, help="where prepared cities are (default: Tower's home)")
    parser.add_argument("--host", default=Settings.host, help="address of all doors (default: %(default)s)")
    parser.add_argument("--http-port", type=int, default=Settings.http_port, help="REST and WebSocket; 0 = a free one")
    parser.add_argument("--zmq-port", type=int, default=Settings.zmq_port, help="ZeroMQ feed; 0 = a free one")
    parser.add_argument(
        "--tracker-port", type=int, default=Settings.tracker_port, help="phone apps post here; 0 = a free one"
    )
    parser.add_argument(
        "--teltonika", type=int, metavar="PORT", help="open a door for Teltonika trackers; 0 = a free one"
    )
    parser.add_argument(
        "--tracker-authority",
        type=Path,
        metavar="FILE",
        help="PEM of who signs Teltonika trackers' certificates, each named by its IMEI; needs --certificate",
    )
    parser.add_argument("--gateway", type=int, metavar="PORT", help="open a ZeroMQ door for gateways; 0 = a free one")
    parser.add_argument(
        "--mqtt",
        default=os.environ.get(MQTT_VARIABLE),
        metavar="URL",
        help=f"mqtt:// or mqtts:// of the broker that devices report to; with a password better as {MQTT_VARIABLE}",
    )
    parser.add_argument(
        "--mqtt-tenant",
        default=Settings.mqtt_tenant,
        metavar="NAME",
        help="whose fleet it is on the broker, in fleet/v1/NAME/... (default: %(default)s)",
    )
    parser.add_argument("--speed", type=float, default=1.0, help="seconds of operation time per second (simulation)")
    parser.add_argument(
        "--starts-at", type=_instant, help="operation time at the start, ISO 8601 with zone (simulation)"
    )
    parser.add_argument(
        "--database",
        default=os.environ.get(DATABASE_VARIABLE),
        metavar="URL",
        help=f"postgresql://... that keeps events, lists and fixes; with a password better as {DATABASE_VARIABLE}",
    )
    parser.add_argument(
        "--silent-after",
        type=float,
        default=Settings.silent_after_s,
        metavar="SECONDS",
        help="without a fix for this long a vehicle on shift counts as silent (default: %(default)g)",
    )
    for kind, days in (("fixes", Settings.keep_fixes_days), ("readings", Settings.keep_readings_days)):
        parser.add_argument(
            f"--keep-{kind}",
            type=float,
            default=days,
            metavar="DAYS",
            help=f"how long {kind} are kept; 0 = for ever (default: %(default)g)",
        )
    parser.add_argument(
        "--shelf",
        metavar="PLACE",
        help="folder or s3://bucket/prefix where days go as Parquet files before they are dropped, and are still found"
        " (default: they are dropped); keys, endpoint and region as Amazon's tools take them from the environment",
    )
    parser.add_argument(
        "--live-speeds",
        action="store_true",
        help="plan with the speeds that the fleet itself measures; takes a second street engine",
    )
    parser.add_argument(
        "--train-at",
        type=_hour,
        default=Settings.train_at,
        metavar="HOUR",
        help="hour in which arrivals are trained each night, 0 to 23 at the site, or `never` (default: %(default)s)",
    )
    parser.add_argument(
        "--accept-loss",
        action="store_true",
        help="start although the log lacks what was signed or kept of it; the loss stays provable",
    )
    parser.add_argument("--audit-copy-dir", type=Path, help="second folder for signed tree heads, on another disk")
    parser.add_argument(
        "--geocoder", metavar="URL", help="asked for addresses that the city's streets do not know (Nominatim's search)"
    )
    parser.add_argument(
        "--certificate",
        type=Path,
        metavar="FILE",
        help="PEM chain; with --private-key REST is https://, WebSocket wss://",
    )
    parser.add_argument("--private-key", type=Path, metavar="FILE", help="PEM key of the certificate")
    parser.add_argument("--demo-access", action="store_true", help="write tokens and invitations for a demo")
    chosen = parser.parse_args(rest)
    if chosen.silent_after <= 0.0:
        parser.error("--silent-after is above 0 seconds")
    if min(chosen.keep_fixes, chosen.keep_readings) < 0.0:
        parser.error("--keep-fixes and --keep-readings are 0 days or more")
    if 0.0 < chosen.keep_fixes < LEAST_DAYS or 0.0 < chosen.keep_readings < LEAST_DAYS:
        parser.error(f"what is kept is kept for {LEAST_DAYS:g} days at least: until then devices may tell of it")
    if not 0.0 < chosen.speed <= 1000.0:
        parser.error("--speed lies between 0 and 1000")
    if (chosen.certificate is None) != (chosen.private_key is None):
        parser.error("--certificate and --private-key go together")
    if chosen.tracker_authority is not None and chosen.certificate is None:
        parser.error("--tracker-authority needs --certificate and --private-key")
    settings = Settings(
        data_dir=chosen.data_dir.resolve(),
        city=chosen.city or chosen_city(chosen.home or tower_home()),
        home=chosen.home,
        host=chosen.host,
        http_port=chosen.http_port,
        zmq_port=chosen.zmq_port,
        tracker_port=chosen.tracker_port,
        teltonika_port=chosen.teltonika,
        gateway_port=chosen.gateway,
        tracker_authority=chosen.tracker_authority,
        mqtt=chosen.mqtt,
        mqtt_tenant=chosen.mqtt_tenant,
        speed=chosen.speed,
        keep_fixes_days=chosen.keep_fixes,
        keep_readings_days=chosen.keep_readings,
        shelf=chosen.shelf,
        starts_at=chosen.starts_at,
        audit_copy_dir=chosen.audit_copy_dir,
        geocoder=chosen.geocoder,
        database=chosen.database,
        certificate=chosen.certificate,
        private_key=chosen.private_key,
        accept_loss=chosen.accept_loss,
        silent_after_s=chosen.silent_after,
        train_at=chosen.train_at,
        live_speeds=chosen.live_speeds,
    )
    return settings, chosen.demo_access


def _hour(text: str) -> int | None:
    if text == "never":
        return None
    if not 0 <= int(text) <= 23:
        raise ValueError(text)
    return int(text)


def _instant(text: str) -> float:
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo("UTC"))).timestamp()


if __name__ == "__main__":
    raise SystemExit(main())
