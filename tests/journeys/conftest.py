"""A real service in a process of its own, on the demo city, started and killed by the tests."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from backend_service.streets.city import CitySource, prepare_city, tower_home

PATIENCE_S = 240.0
"""How long anything is waited for: it costs only when it fails, and a machine may be busy with a lot else."""


@dataclass
class ServiceProcess:
    """`python -m backend_service serve` on one data directory; may be killed and started again."""

    data_dir: Path
    arguments: tuple[str, ...] = ()
    process: subprocess.Popen[bytes] | None = None
    doors: dict[str, object] = field(default_factory=dict)

    def start(self) -> ServiceProcess:
        (self.data_dir / "ready.json").unlink(missing_ok=True)
        self.data_dir.mkdir(parents=True, exist_ok=True)
        with (self.data_dir / "service.log").open("ab") as log:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "backend_service", "serve", "--data-dir", str(self.data_dir)),
                    *("--demo-access", "--http-port", "0", "--zmq-port", "0", "--tracker-port", "0"),
                    *self.arguments,
                ],
                stderr=log,
                stdout=log,
            )
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            if (self.data_dir / "ready.json").exists():
                self.doors = json.loads((self.data_dir / "ready.json").read_text())
                return self
            if self.process.poll() is not None:
                break
            time.sleep(0.02)
        if self.process.poll() is None:
            self.kill()
        raise AssertionError(f"the service did not start:\n{self.said()}")

    def said(self) -> str:
        return (self.data_dir / "service.log").read_text()[-4000:]

    @property
    def http(self) -> str:
        return str(self.doors["http"])

    def secret(self, name: str) -> str:
        return (self.data_dir / "secrets" / name).read_text().strip()

    def client(self, token: str = "demo-admin.token") -> httpx.Client:
        headers = {"Authorization": f"Bearer {self.secret(token)}"}
        return httpx.Client(base_url=self.http, headers=headers, timeout=PATIENCE_S)

    def kill(self) -> None:
        """End it as a power cut would."""
        assert self.process is not None
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        """End it in good order; return its exit code."""
        if self.process is None or self.process.poll() is not None:
            return 0
        self.process.terminate()
        try:
            return self.process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise AssertionError(f"the service did not stop:\n{self.said()}") from None


@pytest.fixture(scope="session", autouse=True)
def prepared_city() -> None:
    prepare_city(tower_home(), "la-serena", CitySource.demo(), lambda _: None)


@pytest.fixture
def service_on(tmp_path):
    """Start a service on an empty data directory, or on the one named, with further arguments."""
    running = []

    def start(*arguments: str, data_dir: Path = tmp_path / "data") -> ServiceProcess:
        running.append(ServiceProcess(data_dir, arguments).start())
        return running[-1]

    yield start
    for one in running:
        one.stop()


@pytest.fixture(scope="module")
def shared_service(tmp_path_factory):
    """A running service that the tests of a file share, each with vehicles and orders of its own."""
    running = ServiceProcess(tmp_path_factory.mktemp("shared") / "data").start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def shared_service_on(tmp_path_factory):
    """Start a service with further arguments, which the tests of a file share."""
    running = []

    def start(*arguments: str, before: Callable[[Path], None] | None = None) -> ServiceProcess:
        data_dir = tmp_path_factory.mktemp("shared") / "data"
        if before is not None:
            before(data_dir)
        running.append(ServiceProcess(data_dir, arguments).start())
        return running[-1]

    yield start
    for one in running:
        one.stop()


@pytest.fixture
def service(service_on):
    """A running service on an empty data directory."""
    return service_on()


@dataclass
class Town:
    """What an administrator, a driver and a phone do at the doors of a running service."""

    service: ServiceProcess
    client: httpx.Client

    def post(self, path: str, body: object = None, *, key: str | None = None) -> httpx.Response:
        return self.client.post(f"/api/v1{path}", json=body, headers={"Idempotency-Key": key or str(uuid4())})

    def place(self, *, key: str | None = None, number: int = 0, at: float | None = None) -> httpx.Response:
        now = time.time() if at is None else at
        order = {
            "pickup": {"name": f"Pollo Dorado {number}", "position": {"lat": -29.9027, "lon": -71.2519}},
            "delivery": {"lat": -29.9201, "lon": -71.2603},
            "promise": {"by_at": stamp(now + 2400)},
            "ready_at": stamp(now),
            "customer": {"name": "R. Araya", "note": "ring twice " * 40},
        }
        return self.post("/orders", order, key=key)

    def report(self, vehicle: str, fix_at: float, lat: float = -29.9030, lon: float = -71.2520) -> httpx.Response:
        fix = {"vehicle": vehicle, "fix_at": stamp(fix_at), "lat": lat, "lon": lon, "speed_mps": 5.0}
        return self.post("/telemetry", {"fixes": [fix]})

    def on_shift(self, number: int) -> str:
        """Put driver D-number in V-number on shift, near the kitchen; return the id."""
        vehicle, driver = f"V-{number}", f"D-{number}"
        for path, body in (
            ("/vehicles", {"vehicle_id": vehicle, "plate": f"AB-{number}"}),
            ("/drivers", {"driver_id": driver, "name": "M. Castillo"}),
            (f"/drivers/{driver}/shift", {"vehicle_id": vehicle, "ends_at": stamp(time.time() + 7200)}),
        ):
            answer = self.post(path, body)
            assert answer.is_success, answer.text
        assert self.report(vehicle, time.time(), lon=-71.2520 - number / 1000).json()["accepted"] == 1
        return driver

    def orders(self) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        link = "/api/v1/orders?limit=500"
        while link:
            page = self.client.get(link).json()
            found |= {order["order_id"]: order for order in page["items"]}
            link = page["next"]
        return found

    def overview(self) -> dict[str, Any]:
        return self.client.get("/api/v1/fleet/overview").json()

    def metrics(self) -> str:
        return self.client.get("/metrics").text

    def counted(self, name: str) -> float:
        """Return the value of one metric, labels included in its name; 0 as long as there is none."""
        lines = [line for line in self.metrics().splitlines() if line.startswith(f"{name} ")]
        return float(lines[0].rpartition(" ")[2]) if lines else 0.0


def stamp(instant: float) -> str:
    return datetime.fromtimestamp(instant, UTC).isoformat()


@pytest.fixture
def town_of():
    """Return what acts on a running service as an administrator may."""
    with ExitStack() as clients:
        yield lambda service: Town(service, clients.enter_context(service.client()))


@pytest.fixture
def until():
    """Wait until a question has an answer that counts as true, and return it."""

    def wait(question: Callable[[], Any], seconds: float = PATIENCE_S) -> Any:
        deadline = time.monotonic() + seconds
        while not (answer := question()):
            assert time.monotonic() < deadline, f"not within {seconds} s"
            time.sleep(0.05)
        return answer

    return wait
