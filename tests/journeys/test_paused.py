"""A process stands still for a while (SIGSTOP) and goes on: the service, a desk, the street engine.

``TOWER_PAUSE_S`` says for how long; it has to be longer than every heartbeat, so that the same things happen as in a
pause of minutes.
"""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from backend_service.storage.landing import FOLDER, files_of, landed_in

PAUSE_S = float(os.environ.get("TOWER_PAUSE_S", "18"))
"""Above the 15 s after which the service drops a desk, and the 3 s after which a desk gives the service up."""

SILENT_AFTER_S = PAUSE_S / 2
NOTICED_S = 3.0
"""Within this a silence that lasted so long is on the desk."""

VEHICLES = 4

pytestmark = pytest.mark.timeout(600 + 6 * PAUSE_S)


class WatchingDesk:
    """A desk in a process of its own, and the last it told."""

    def __init__(self, service, user: str, transport: str) -> None:
        invitation = service.data_dir / "invitations" / f"{user}.invitation"
        program = Path(__file__).with_name("watching_desk.py")
        self.process = subprocess.Popen(
            [sys.executable, str(program), str(invitation), transport],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        self.shown: dict[str, Any] = {}
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.shown = json.loads(line)

    def end(self) -> None:
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.close()
        assert self.process.wait(60) == 0
        self._reader.join()
        self.process.stdout.close()


class Phones:
    """A fix of each vehicle each second; what is not acknowledged is kept and sent again, oldest first."""

    def __init__(self, service) -> None:
        self.made: set[tuple[str, float]] = set()
        self._service = service
        self._waiting: list[dict[str, object]] = []
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        with self._service.client() as client:
            while not self._ending.wait(1.0):
                self._make(round(time.time(), 3))
                self._send(client)
            self._send(client)

    def _make(self, fix_at: float) -> None:
        for number in range(VEHICLES):
            vehicle = f"V-{number}"
            lat = -29.9030 + 0.00001 * len(self.made)
            fix = {"vehicle": vehicle, "fix_at": fix_at, "lat": lat, "lon": -71.2520, "speed_mps": 5.0}
            self._waiting.append(fix)
            self.made.add((vehicle, fix_at))

    def _send(self, client: httpx.Client) -> None:
        try:
            answer = client.post("/api/v1/telemetry", json={"fixes": self._waiting}, timeout=2.0)
        except httpx.HTTPError:
            return
        if answer.status_code == 200:
            self._waiting = []

    def end(self) -> set[tuple[str, float]]:
        self._ending.set()
        self._thread.join()
        return self.made


@contextmanager
def standing_still(pid: int) -> Iterator[None]:
    """Let a process stand still inside."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        with suppress(ProcessLookupError):  # it may have been given up
            os.kill(pid, signal.SIGCONT)


@pytest.fixture
def service(service_on):
    return service_on("--silent-after", str(SILENT_AFTER_S))


@pytest.fixture
def town(service, town_of):
    """Vehicles on shift, each with a driver."""
    town = town_of(service)
    for number in range(VEHICLES):
        town.on_shift(number)
    return town


@pytest.fixture
def desk_on(service):
    opened = []

    def open_desk(user: str = "dispatcher", transport: str = "zeromq") -> WatchingDesk:
        opened.append(WatchingDesk(service, user, transport))
        return opened[-1]

    yield open_desk
    for desk in opened:
        desk.end()


@pytest.fixture
def phones(service, town):
    phones = Phones(service)
    yield phones
    phones.end()


def happened(service) -> list[tuple[int, str]]:
    with closing(sqlite3.connect(service.data_dir / "tower.sqlite")) as log:
        return log.execute("SELECT position, type FROM events ORDER BY position").fetchall()


def fixes_kept(service) -> list[tuple[str, float]]:
    rows: list[tuple[str, float]] = []
    for file in (service.data_dir / "fixes").glob("fixes-*.sqlite"):
        with closing(sqlite3.connect(file)) as day:
            rows += day.execute("SELECT vehicle, fix_at FROM fixes").fetchall()
    for file in files_of(service.data_dir / "fixes" / FOLDER):
        rows += [
            (str(v), float(at))
            for landed in landed_in(file)
            for v, at in zip(landed.vehicle, landed.fix_at, strict=True)
        ]
    return rows


def is_whole(desk: WatchingDesk, town) -> bool:
    """Tell whether a live desk is where the service is."""
    shown = desk.shown
    return shown.get("phase") == "live" and shown["position"] >= town.counted("tower_log_position") > 0


def hears_all(desk: WatchingDesk, since_at: float) -> bool:
    newest = desk.shown.get("fix_at", {})
    return len(newest) == VEHICLES and min(newest.values()) > since_at


def test_a_service_that_stood_still_is_found_again_without_a_gap_or_an_alarm(service, town, phones, desk_on, until):
    desk = desk_on()
    until(lambda: hears_all(desk, 0.0) and is_whole(desk, town))
    until(lambda: not desk.shown["banner"])
    first = town.place().json()["id"]
    until(lambda: town.orders()[first]["driver_id"])
    before = happened(service)
    with standing_still(service.process.pid):
        stood_still_at = time.time()
        until(lambda: desk.shown["phase"] != "live")
        until(lambda: desk.shown["banner"].startswith("Disconnected for"))
        assert "Commands are off until then" in desk.shown["banner"]
        until(lambda: time.time() > stood_still_at + PAUSE_S)
        assert desk.shown["phase"] != "live"
        exceptions = {*desk.shown["exceptions"], *desk.shown["raised"]}
    went_on_at = time.time()
    until(lambda: is_whole(desk, town))
    until(lambda: hears_all(desk, went_on_at))
    until(lambda: not desk.shown["banner"])
    placed = town.place(number=1).json()["id"]
    until(lambda: desk.shown["orders"] == 2 and is_whole(desk, town))
    # An alarm of the gap would be raised once the time for silence has passed again.
    until(lambda: time.time() > went_on_at + SILENT_AFTER_S + NOTICED_S)
    assert desk.shown["gaps"] == 0
    assert desk.shown["reconnects"] >= 1
    assert desk.shown["silent"] == 0
    raised = {*desk.shown["exceptions"], *desk.shown["raised"]} - exceptions
    assert {key for key in raised if placed not in key} == set()
    after = happened(service)
    assert [position for position, _ in after] == list(range(1, len(after) + 1))
    assert "VehicleWentSilent" not in {kind for _, kind in after[len(before) :]}
    made, kept = phones.end(), fixes_kept(service)
    assert made <= set(kept), "what the phones kept meanwhile was taken in"
    assert len(kept) == len(set(kept))
    assert "Traceback" not in service.said()


def test_desks_that_stood_still_are_dropped_and_come_back_without_a_gap(service, town, phones, desk_on, until):
    """One over each transport; a third desk, which goes on, is the witness."""
    desks, witness = [desk_on(transport=transport) for transport in ("zeromq", "websocket")], desk_on("supervisor")
    until(lambda: all(is_whole(desk, town) for desk in (*desks, witness)))
    until(lambda: witness.shown["desks"] == 3)
    with ExitStack() as all_still:
        for desk in desks:
            all_still.enter_context(standing_still(desk.process.pid))
        stood_still_at, number = time.time(), 0
        while time.time() < stood_still_at + PAUSE_S:
            assert town.place(number=number).status_code == 201, "nobody else is held up"
            number += 1
            assert witness.shown["phase"] == "live", witness.shown
            time.sleep(0.5)
        until(lambda: witness.shown["desks"] == 1)
        assert hears_all(witness, stood_still_at)
    went_on_at = time.time()
    for desk in desks:
        until(lambda: is_whole(desk, town) and desk.shown["orders"] == number)  # noqa: B023 - asked in this turn
        until(lambda: hears_all(desk, went_on_at))  # noqa: B023
        assert (desk.shown["gaps"], desk.shown["reconnects"] >= 1) == (0, True)
    assert (witness.shown["gaps"], witness.shown["reconnects"]) == (0, 0)
    until(lambda: witness.shown["desks"] == 3)


def test_a_street_engine_that_stands_still_is_replaced(service, town, phones, until):
    until(lambda: not town.overview()["degraded_sources"])
    known = len(turns_of_streets(service))
    [engine] = street_engines(service)
    with standing_still(engine.pid):
        degraded = until(lambda: town.overview()["degraded_sources"])
        assert "straight lines" in degraded["streets"]
        order_id = town.place().json()["id"]
        until(lambda: town.orders()[order_id]["driver_id"])
        until(lambda: not engine.is_running())
        given_up_at = time.time()
        until(lambda: not town.overview()["degraded_sources"])
        while time.time() < given_up_at + PAUSE_S / 3:
            assert town.client.get("/health").status_code == 200
            time.sleep(0.5)
    assert not town.overview()["degraded_sources"]
    assert [other.pid for other in street_engines(service)] != [engine.pid]
    assert turns_of_streets(service)[known:] == ["SourceDegraded", "SourceRecovered"], "streets do not flap"
    assert "Traceback" not in service.said()


def street_engines(service) -> list[psutil.Process]:
    return [child for child in psutil.Process(service.process.pid).children() if "osrm" in child.name()]


def turns_of_streets(service) -> list[str]:
    return [kind for _, kind in happened(service) if kind.startswith("Source")]
