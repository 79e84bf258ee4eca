"""A real service in a process of its own, on the demo city, started and killed by the tests."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from backend_service.streets.city import CitySource, prepare_city, tower_home

READY_S = 30.0


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
        deadline = time.monotonic() + READY_S
        while time.monotonic() < deadline:
            if (self.data_dir / "ready.json").exists():
                self.doors = json.loads((self.data_dir / "ready.json").read_text())
                return self
            if self.process.poll() is not None:
                break
            time.sleep(0.02)
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
        return httpx.Client(base_url=self.http, headers=headers, timeout=10.0)

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
            return self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise AssertionError(f"the service did not stop:\n{self.said()}") from None


@pytest.fixture(scope="session", autouse=True)
def prepared_city() -> None:
    prepare_city(tower_home(), "la-serena", CitySource.demo(), lambda _: None)


@pytest.fixture
def service_on(tmp_path):
    """Start a service on an empty data directory, with further arguments."""
    running = []

    def start(*arguments: str) -> ServiceProcess:
        running.append(ServiceProcess(tmp_path / "data", arguments).start())
        return running[-1]

    yield start
    for one in running:
        one.stop()


@pytest.fixture
def service(service_on):
    """A running service on an empty data directory."""
    return service_on()
