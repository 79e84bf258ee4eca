"""What ``serve`` is told on its command line: each option with its default, and what does not go together."""

from __future__ import annotations

import argparse
import os
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from backend_service.settings import DATABASE_VARIABLE, LEAST_DAYS, MQTT_VARIABLE, Settings
from backend_service.streets.chosen_city import chosen_city
from backend_service.streets.city import default_data_dir, tower_home


def serve_settings(words: list[str]) -> tuple[Settings, bool]:
    """Return the settings that somebody typed, and whether access for a demo is written.

    Parameters
    ----------
    words : the command line after ``serve``

    Raises
    ------
    SystemExit
        With what does not fit, or with the help that was asked for.
    """
    parser = argparse.ArgumentParser(
        prog="tower backend", description="Run the service. It binds to loopback and needs a token for everything."
    )
    for declare in (_declare_places, _declare_doors, _declare_devices, _declare_keeping, _declare_time):
        declare(parser)
    chosen = parser.parse_args(words)
    if wrong := _what_does_not_fit(chosen):
        parser.error(wrong)
    return _settings_of(chosen), chosen.demo_access


def _declare_places(parser: argparse.ArgumentParser) -> None:
    places = parser.add_argument_group("where it works")
    places.add_argument(
        "--data-dir",
        type=Path,
        default=default_data_dir(),
        help="folder that this service alone writes (default: %(default)s)",
    )
    places.add_argument("--city", help="name of a prepared city (default: that of `tower city use`)")
    places.add_argument("--home", type=Path, help="where prepared cities are (default: Tower's home)")
    places.add_argument(
        "--live-speeds",
        action="store_true",
        help="plan with the speeds that the fleet itself measures; takes a second street engine",
    )
    places.add_argument(
        "--geocoder", metavar="URL", help="asked for addresses that the city's streets do not know (Nominatim's search)"
    )


def _declare_doors(parser: argparse.ArgumentParser) -> None:
    doors = parser.add_argument_group("doors for people")
    doors.add_argument("--host", default=Settings.host, help="address of all doors (default: %(default)s)")
    doors.add_argument("--http-port", type=int, default=Settings.http_port, help="REST and WebSocket; 0 = a free one")
    doors.add_argument("--zmq-port", type=int, default=Settings.zmq_port, help="ZeroMQ feed; 0 = a free one")
    doors.add_argument(
        "--certificate",
        type=Path,
        metavar="FILE",
        help="PEM chain; with --private-key REST is https://, WebSocket wss://",
    )
    doors.add_argument("--private-key", type=Path, metavar="FILE", help="PEM key of the certificate")
    doors.add_argument("--demo-access", action="store_true", help="write tokens and invitations for a demo")


def _declare_devices(parser: argparse.ArgumentParser) -> None:
    devices = parser.add_argument_group("doors for devices")
    devices.add_argument(
        "--tracker-port", type=int, default=Settings.tracker_port, help="phone apps post here; 0 = a free one"
    )
    devices.add_argument(
        "--teltonika", type=int, metavar="PORT", help="open a door for Teltonika trackers; 0 = a free one"
    )
    devices.add_argument(
        "--tracker-authority",
        type=Path,
        metavar="FILE",
        help="PEM of who signs Teltonika trackers' certificates, each named by its IMEI; needs --certificate",
    )
    devices.add_argument(
        "--device-authority",
        type=Path,
        metavar="FILE",
        help="PEM of who signs the certificates of who posts to the tracker port, each named by its device id; needs "
        "--certificate",
    )
    devices.add_argument("--gateway", type=int, metavar="PORT", help="open a ZeroMQ door for gateways; 0 = a free one")
    devices.add_argument(
        "--mqtt",
        default=os.environ.get(MQTT_VARIABLE),
        metavar="URL",
        help=f"mqtt:// or mqtts:// of the broker that devices report to; with a password better as {MQTT_VARIABLE}",
    )
    devices.add_argument(
        "--mqtt-ca",
        type=Path,
        metavar="FILE",
        help="PEM of who signed the broker's certificate (default: the system's)",
    )
    devices.add_argument(
        "--mqtt-certificate", type=Path, metavar="FILE", help="PEM with which the service proves itself to the broker"
    )
    devices.add_argument("--mqtt-key", type=Path, metavar="FILE", help="PEM key of that certificate")
    devices.add_argument(
        "--mqtt-tenant",
        default=Settings.mqtt_tenant,
        metavar="NAME",
        help="whose fleet it is on the broker, in fleet/v1/NAME/... (default: %(default)s)",
    )
    devices.add_argument(
        "--silent-after",
        type=float,
        default=Settings.silent_after_s,
        metavar="SECONDS",
        help="without a fix for this long a vehicle on shift counts as silent (default: %(default)g)",
    )


def _declare_keeping(parser: argparse.ArgumentParser) -> None:
    keeping = parser.add_argument_group("what is kept")
    keeping.add_argument(
        "--database",
        default=os.environ.get(DATABASE_VARIABLE),
        metavar="URL",
        help=f"postgresql://... that keeps events, lists and fixes; with a password better as {DATABASE_VARIABLE}",
    )
    for kind, days in (("fixes", Settings.keep_fixes_days), ("readings", Settings.keep_readings_days)):
        keeping.add_argument(
            f"--keep-{kind}",
            type=float,
            default=days,
            metavar="DAYS",
            help=f"how long {kind} are kept; 0 = for ever (default: %(default)g)",
        )
    keeping.add_argument(
        "--shelf",
        metavar="PLACE",
        help="folder or s3://bucket/prefix where days go as Parquet files before they are dropped, and are still found"
        " (default: they are dropped); keys, endpoint and region as Amazon's tools take them from the environment",
    )
    keeping.add_argument("--audit-copy-dir", type=Path, help="second folder for signed tree heads, on another disk")
    keeping.add_argument(
        "--accept-loss",
        action="store_true",
        help="start although the log lacks what was signed or kept of it; the loss stays provable",
    )


def _declare_time(parser: argparse.ArgumentParser) -> None:
    times = parser.add_argument_group("time")
    times.add_argument("--speed", type=float, default=1.0, help="seconds of operation time per second (simulation)")
    times.add_argument(
        "--starts-at", type=_instant, help="operation time at the start, ISO 8601 with zone (simulation)"
    )
    times.add_argument(
        "--train-at",
        type=_hour,
        default=Settings.train_at,
        metavar="HOUR",
        help="hour in which arrivals are trained each night, 0 to 23 at the site, or `never` (default: %(default)s)",
    )


def _what_does_not_fit(chosen: argparse.Namespace) -> str | None:
    """Return the first thing that cannot be as it was typed."""
    kept = (chosen.keep_fixes, chosen.keep_readings)
    if chosen.silent_after <= 0.0:
        return "--silent-after is above 0 seconds"
    if min(kept) < 0.0:
        return "--keep-fixes and --keep-readings are 0 days or more"
    if any(0.0 < days < LEAST_DAYS for days in kept):
        return f"what is kept is kept for {LEAST_DAYS:g} days at least: until then devices may tell of it"
    if not 0.0 < chosen.speed <= 1000.0:
        return "--speed lies between 0 and 1000"
    if (chosen.certificate is None) != (chosen.private_key is None):
        return "--certificate and --private-key go together"
    for option, authority in (
        ("--tracker-authority", chosen.tracker_authority),
        ("--device-authority", chosen.device_authority),
    ):
        if authority is not None and chosen.certificate is None:
            return f"{option} needs --certificate and --private-key"
    if (chosen.mqtt_certificate is None) != (chosen.mqtt_key is None):
        return "--mqtt-certificate and --mqtt-key go together"
    if (chosen.mqtt_ca or chosen.mqtt_certificate) and not (chosen.mqtt or "").startswith("mqtts:"):
        return "--mqtt-ca and --mqtt-certificate need a broker at mqtts://"
    return None


def _settings_of(chosen: argparse.Namespace) -> Settings:
    return Settings(
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
        device_authority=chosen.device_authority,
        mqtt=chosen.mqtt,
        mqtt_authority=chosen.mqtt_ca,
        mqtt_certificate=chosen.mqtt_certificate,
        mqtt_private_key=chosen.mqtt_key,
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


def _hour(text: str) -> int | None:
    if text == "never":
        return None
    if not 0 <= int(text) <= 23:
        raise ValueError(text)
    return int(text)


def _instant(text: str) -> float:
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo("UTC"))).timestamp()
