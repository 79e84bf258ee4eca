"""What a demo runs with: where its files lie, when its day begins, and the command lines of its processes."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from core.vocabulary import Instant

from app.demo_city import BUILT_IN, demo_city

ENTERED_AT = time(12, 40)
"""The site's time at which the day is entered: orders are many and drivers under way."""

PARCELS = 14
"""So many wait at a depot, for one small wave."""

READY_SECONDS = 90.0
"""How long a service may take until its doors are open; the desk starts at the same time."""

_NO_SCREEN = {
    "QT_QPA_PLATFORM": "offscreen",
    "QT_QUICK_BACKEND": "software",
    "QTWEBENGINE_CHROMIUM_FLAGS": "--disable-gpu",
}


class DemoRefused(Exception):
    """The demo cannot run as it was asked for; the message says what to do."""


@dataclass(frozen=True, slots=True)
class DemoPlan:
    """One demo.

    Parameters
    ----------
    minutes : float
        Simulated minutes.
    speed : float
        Simulated seconds in a second.
    seed, drivers, orders_per_hour
        What the simulated day is made from.
    data_dir, out : Path
        Where the service keeps its data; where pictures and the report go.
    starts_at : datetime
        The operation's time at the start.
    is_headless : bool
        Whether the desk runs offscreen and works by itself.
    city : str
        Short name of a prepared city.
    """

    minutes: float
    speed: float
    seed: int
    drivers: int
    orders_per_hour: float
    data_dir: Path
    out: Path
    starts_at: datetime
    is_headless: bool
    city: str = BUILT_IN

    @classmethod
    def of(cls, options: argparse.Namespace, environment: Mapping[str, str], wall_now_at: Instant) -> DemoPlan:
        """Return the plan of a command line.

        Raises
        ------
        DemoRefused
            If the data directory holds an operation already: its time would run backwards; or if the city is not
            prepared.
        """
        city = demo_city(_tower_home(environment), options.city)
        if city is None:
            raise DemoRefused("That city is not prepared. `tower city list` tells which are.")
        starts_at = _day_of(wall_now_at, city.zone)
        stamp = datetime.fromtimestamp(wall_now_at, UTC).strftime("%Y%m%d-%H%M%S")
        data_dir = (options.data_dir or _tower_home(environment) / "demo" / stamp).resolve()
        if (data_dir / "tower.sqlite").exists():
            raise DemoRefused(f"{data_dir} holds an operation already. Name another folder by --data-dir.")
        return cls(
            minutes=options.minutes,
            speed=options.speed,
            seed=options.seed,
            drivers=options.drivers,
            orders_per_hour=options.orders_per_hour,
            data_dir=data_dir,
            out=(options.out or Path("tower-demo")).resolve(),
            starts_at=starts_at,
            is_headless=options.headless or not _has_screen(environment),
            city=city.name,
        )

    @property
    def ready_path(self) -> Path:
        """The file in which the service says where its doors are."""
        return self.data_dir / "ready.json"

    @property
    def tally_path(self) -> Path:
        """The file in which the simulation counts what it did."""
        return self.data_dir / "simulation.json"

    @property
    def desk_path(self) -> Path:
        """The file in which the desk that works by itself says what it saw."""
        return self.out / "desk.json"

    @property
    def admin_token_path(self) -> Path:
        """The administrator's token, readable by this user only."""
        return self.data_dir / "secrets" / "demo-admin.token"

    def service(self) -> list[str]:
        """Return the service's command line."""
        ports = ("--http-port", "0", "--zmq-port", "0", "--tracker-port", "0")
        time_options = ("--speed", str(self.speed), "--starts-at", self.starts_at.isoformat())
        place = ("--data-dir", str(self.data_dir), "--city", self.city)
        return _python("backend_service", "serve", *place, *time_options, *ports, "--demo-access")

    def simulation(self, service_address: str, tracker_address: str | None) -> list[str]:
        """Return the command line of the simulated day, given where the service's doors are."""
        secrets = self.data_dir / "secrets"
        tracker = ("--tracker", tracker_address) if tracker_address else ()
        return _python(
            "backend_service.simulation",
            *("--service", service_address, *tracker, "--speed", str(self.speed)),
            *("--admin-token-file", str(self.admin_token_path)),
            *("--gateway-token-file", str(secrets / "demo-gateway.token")),
            *("--starts-at", self.starts_at.isoformat(), "--minutes", str(self.minutes), "--seed", str(self.seed)),
            *("--drivers", str(self.drivers), "--orders-per-hour", str(self.orders_per_hour), "--city", self.city),
            *("--parcels", str(PARCELS)),
            *("--street-log", str(self.data_dir / "logs" / "simulation-streets.log")),
            *("--report", str(self.tally_path)),
        )

    def desk(self) -> list[str]:
        """Return the command line of the desk: for a person, or working by itself."""
        invitation = (
            *("--invitation", str(self.data_dir / "invitations" / "dispatcher.invitation")),
            *("--await-invitation", str(READY_SECONDS)),
        )
        state = ("--state-dir", str(self.data_dir / "desk"))
        if not self.is_headless:
            return _python("app", *invitation, *state)
        seconds = 60.0 * self.minutes / self.speed
        return _python(
            "app", *invitation, *state, "--robot", "--out", str(self.out), "--wall-seconds", f"{seconds:.1f}"
        )

    def desk_environment(self) -> dict[str, str]:
        """Return what the desk's environment needs beside ours."""
        environment = dict(_NO_SCREEN) if self.is_headless else {}
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            environment["QTWEBENGINE_DISABLE_SANDBOX"] = "1"  # Chromium refuses to run as root otherwise
        return environment


def _python(module: str, *arguments: str) -> list[str]:
    return [sys.executable, "-P", "-m", module, *arguments]


def _day_of(wall_now_at: Instant, zone: ZoneInfo) -> datetime:
    """Return today's `ENTERED_AT` at the site."""
    return datetime.combine(datetime.fromtimestamp(wall_now_at, zone).date(), ENTERED_AT, zone)


def _has_screen(environment: Mapping[str, str]) -> bool:
    if sys.platform != "linux":
        return True
    return bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))


def _tower_home(environment: Mapping[str, str]) -> Path:
    if home := environment.get("TOWER_HOME"):
        return Path(home)
    data = environment.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(data) / "tower"
