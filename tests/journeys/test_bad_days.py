"""Bad days of a service: a twin, a taken port, a street engine that dies, an end under load."""

from __future__ import annotations

import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing, suppress

import httpx
import msgspec
import psutil


def started(data_dir, *arguments):
    command = [sys.executable, "-m", "backend_service", "serve", "--data-dir", str(data_dir), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


def test_a_second_service_on_one_data_directory_is_told_who_has_it(service, town_of):
    town = town_of(service)
    placed = town.place().json()["id"]
    second = started(service.data_dir, "--http-port", "0", "--zmq-port", "0", "--tracker-port", "0")
    assert second.returncode == 1
    assert f"process {service.process.pid}" in second.stderr and "--data-dir" in second.stderr
    assert "Traceback" not in second.stderr
    assert placed in town.orders() and town.place().status_code == 201
    assert (service.data_dir / "ready.json").exists(), "the first service's doors are still announced"


def test_a_taken_port_is_named_with_the_option_that_chooses_another(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = started(tmp_path / "data", "--http-port", str(port), "--zmq-port", "0", "--tracker-port", "0")
    assert ended.returncode == 1
    assert f"127.0.0.1:{port} cannot be opened" in ended.stderr and "--http-port" in ended.stderr
    assert "Traceback" not in ended.stderr


def recommended(data_dir):
    with closing(sqlite3.connect(data_dir / "tower.sqlite")) as log:
        kept = log.execute("SELECT payload FROM events WHERE type = 'AssignmentRecommended'").fetchall()
    return [msgspec.msgpack.decode(payload)["recommendation"] for (payload,) in kept]


class StreetEngineDown:
    """Kills a service's street engine, and each one that is started in its place, as long as this lasts."""

    def __init__(self, service) -> None:
        self._service = psutil.Process(service.process.pid)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._keep_killing)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()

    def _keep_killing(self):
        while not self._over.wait(0.02):
            for child in self._service.children():
                with suppress(psutil.NoSuchProcess):  # the service buried it meanwhile
                    child.kill()


def test_without_its_street_engine_the_service_goes_on_and_says_so(service, town_of, until):
    town = town_of(service)
    until(lambda: not town.overview()["degraded_sources"])
    driver = town.on_shift(1)
    with StreetEngineDown(service):
        degraded = until(lambda: town.overview()["degraded_sources"])
        assert "straight lines" in degraded["streets"]
        assert 'tower_source_degraded{source="streets"} 1.0' in town.metrics()
        placed = town.place()
        assert placed.status_code == 201
        order_id = placed.json()["id"]
        until(lambda: town.orders()[order_id]["driver_id"] == driver)
        assert town.client.get(f"/api/v1/routes/{driver}/optimized").json()["is_degraded"]
        [proposal] = recommended(service.data_dir)
        assert (proposal["order_id"], proposal["driver_id"], proposal["is_degraded"]) == (order_id, driver, True)
    until(lambda: not town.overview()["degraded_sources"])
    assert service.process.poll() is None


def test_a_service_ended_under_load_keeps_what_it_acknowledged(service, town_of):
    town = town_of(service)
    acknowledged: list[str] = []

    def keep_placing(number: int) -> None:
        with service.client() as client:
            mine = type(town)(service, client)
            while True:
                try:
                    answer = mine.place(number=number)
                except httpx.HTTPError:
                    return
                if answer.status_code == 201:
                    acknowledged.append(answer.json()["id"])

    busy = [threading.Thread(target=keep_placing, args=(number,)) for number in range(3)]
    for thread in busy:
        thread.start()
    while len(acknowledged) < 20:
        time.sleep(0.01)
    service.process.send_signal(signal.SIGTERM)
    assert service.process.wait(60.0) == 0
    for thread in busy:
        thread.join()
    said = service.said()
    assert "Traceback" not in said and "WARNING" not in said, said
    service.start()
    assert set(acknowledged) <= town_of(service).orders().keys()
