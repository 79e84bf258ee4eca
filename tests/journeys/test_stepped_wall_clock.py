"""The machine's clock is put an hour forward and two hours back under a running service: the day goes on."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import httpx
import msgspec
import pytest

HOUR_S = 3600.0

_ON_ANOTHER_CLOCK = """
import sys, time
from pathlib import Path
real, offset = time.time, Path(sys.argv.pop(1))
time.time = lambda: real() + float(offset.read_text() or 0.0)
from backend_service.__main__ import main
raise SystemExit(main())
"""


class MovedClock:
    """A service whose wall clock is off by what a file says."""

    phone_key = ""

    def __init__(self, folder: Path) -> None:
        self.data_dir, self._offset = folder / "data", folder / "offset"
        self.put(0.0)
        arguments = ("serve", "--data-dir", str(self.data_dir), "--demo-access")
        doors = ("--http-port", "0", "--zmq-port", "0", "--tracker-port", "0")
        command = [sys.executable, "-c", _ON_ANOTHER_CLOCK, str(self._offset), *arguments, *doors]
        self.log = folder / "service.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)

    def put(self, offset_s: float) -> None:
        """Step the clock; a reader never sees half of it."""
        fresh = self._offset.with_suffix(".fresh")
        fresh.write_text(str(offset_s))
        fresh.replace(self._offset)

    def door(self, name: str) -> str:
        return str(json.loads((self.data_dir / "ready.json").read_text())[name])

    def client(self) -> httpx.Client:
        token = (self.data_dir / "secrets" / "demo-admin.token").read_text().strip()
        return httpx.Client(base_url=self.door("http"), headers={"Authorization": f"Bearer {token}"}, timeout=60.0)


def decided_on(data_dir: Path) -> set[str]:
    """Return the orders that were decided on, by the platform itself or for a person to say yes."""
    with closing(sqlite3.connect(data_dir / "tower.sqlite")) as log:
        kept = log.execute("SELECT payload FROM events WHERE type = 'AssignmentRecommended'").fetchall()
    return {msgspec.msgpack.decode(payload)["recommendation"]["order_id"] for (payload,) in kept}


@pytest.fixture
def moved(tmp_path, until):
    service = MovedClock(tmp_path)
    until(lambda: (service.data_dir / "ready.json").exists() or service.process.poll() is not None)
    yield service
    service.process.terminate()
    service.process.wait(60)


def test_orders_are_taken_and_decided_after_every_step(moved, town_of, until) -> None:
    town = town_of(moved)
    steps = (0.0, HOUR_S, -HOUR_S)
    # A driver for each order: nobody is told of an order long before the last stop is done.
    numbers = range(1, len(steps) + 1)
    for number in numbers:
        town.on_shift(number)
    placed = []
    for offset_s in steps:
        moved.put(offset_s)
        now = time.time() + offset_s
        for number in numbers:
            still = town.report(f"V-{number}", now, lon=-71.2520 - number / 1000)
            assert still.json()["accepted"] == 1
        placed.append(town.place(at=now).json()["id"])
        until(lambda: placed[-1] in decided_on(moved.data_dir))

    assert list(town.orders()) == placed
    assert "Traceback" not in moved.log.read_text()


def answers(town, moved) -> tuple[int, int]:
    """Send a fix that is made now, in truth, at the batch door and as a phone does; return both answers."""
    now = time.time()
    batch = town.report("V-7", now, lon=-71.2590)
    told = {"id": moved.phone_key, "timestamp": str(now), "lat": "-29.9030", "lon": "-71.2590"}
    phone = httpx.get(moved.door("tracker"), params=told, timeout=60.0)
    assert batch.status_code != 503 or float(batch.headers["Retry-After"]) > 0
    return batch.status_code, phone.status_code


def sources(town) -> dict[str, str]:
    return town.client.get("/api/v1/health").json()["detail"]["degraded_sources"]


def test_senders_keep_what_a_clock_that_was_put_back_alone_would_refuse(moved, town_of, until) -> None:
    """Nobody else's clock moves: every live fix is of the future then, and must not be acknowledged and lost."""
    town = town_of(moved)
    assert town.post("/vehicles", {"vehicle_id": "V-7", "plate": "AB-7"}).is_success
    moved.phone_key = town.post("/vehicles/V-7/devices", {"device_id": "D-7"}).json()["key"]
    assert answers(town, moved) == (200, 200)

    moved.put(-HOUR_S)
    assert answers(town, moved) == (503, 503)
    told = until(lambda: sources(town).get("clock"))
    assert told.startswith("It went 1 h back.")
    assert answers(town, moved) == (503, 503)

    moved.put(0.0)
    assert answers(town, moved) == (200, 200)
    until(lambda: "clock" not in sources(town))
    assert "Traceback" not in moved.log.read_text()


def test_devices_a_day_off_are_refused_and_named(moved, town_of, until) -> None:
    town = town_of(moved)
    town.on_shift(1), town.on_shift(2)
    for _ in range(3):
        assert town.report("V-1", time.time() + 24 * HOUR_S).json()["rejected"] == {"future": 1}
        assert town.report("V-2", time.time() - 24 * HOUR_S - 60).json()["rejected"] == {"too_old": 1}
    told = until(lambda: sources(town).get("device clocks"))
    assert told.startswith("V-1 by 24 h ahead."), "V-2 may still work off what it kept"
    assert town.report("V-1", time.time() + 1, lon=-71.2530).json()["accepted"] == 1
    until(lambda: "device clocks" not in sources(town))
