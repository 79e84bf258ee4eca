"""Single fixes for `bench ingest`: how many posts a second (OsmAnd) and how many MQTT messages the service takes.

Each sender waits for its answer before it sends the next fix, as trackers do; so what is told is what the service
takes when it is always busy, and every fix counted is on disk. MQTT goes through a mosquitto of its own.
"""

from __future__ import annotations

import asyncio
import shutil
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import msgspec
import numpy as np
import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from backend_service.benchmarks.ingest_fleet import Fleet, vehicle_id
from backend_service.benchmarks.ingest_watch import Watch
from backend_service.benchmarks.report import Figure, Row
from backend_service.benchmarks.service_process import ServiceProcess
from core.refusals import Fault

PHONES = 32
TENANT = "bench"
_DRAIN_S = 30.0
_LOOK_S = 0.05
_UNDER_WAY = 2_000
_OK = b"HTTP/1.1 200 "


def posts_row(data_dir: Path, seconds: float) -> Row:
    """Measure posts of one fix each by `PHONES` phones at once."""
    with ServiceProcess(data_dir) as service:
        answered_s = asyncio.run(_posts(service, seconds))
    figures = [Figure.of("posts", "1/s", [len(answered_s) / seconds])]
    figures += [Figure.of(f"answered p{q}", "ms", [1000.0 * float(np.percentile(answered_s, q))]) for q in (50, 99)]
    return Row(case=f"single fixes, OsmAnd, {PHONES} phones that wait for their answer", figures=tuple(figures))


async def _posts(service: ServiceProcess, seconds: float) -> list[float]:
    answered_s: list[float] = []
    async with _registered(service) as keys:
        until = time.monotonic() + seconds
        await asyncio.gather(*(_phone(service.http, n, key, until, answered_s) for n, key in enumerate(keys)))
    return answered_s


@asynccontextmanager
async def _registered(service: ServiceProcess) -> AsyncIterator[list[str]]:
    """Register a vehicle with a device for each phone; give the devices' keys."""
    headers = {"Authorization": f"Bearer {service.secret('demo-admin.token')}"}
    async with httpx.AsyncClient(base_url=service.http, headers=headers, timeout=30.0) as client:
        keys = []
        for number in range(PHONES):
            name = vehicle_id(number)
            vehicle = {"vehicle_id": name, "plate": name}
            (await client.post("/api/v1/vehicles", json=vehicle)).raise_for_status()
            device = await client.post(f"/api/v1/vehicles/{name}/devices", json={"device_id": f"D-{name}"})
            keys.append(device.raise_for_status().json()["key"])
        yield keys


async def _phone(address: str, number: int, key: str, until: float, answered_s: list[float]) -> None:
    parts = urlsplit(address)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    fleet = Fleet(20)
    while (sent_at := time.monotonic()) < until:
        fix = fleet.batch(0, time.time(), 1.0, 20)[number % 20]
        path = f"/t/{key}?lat={fix.lat:.6f}&lon={fix.lon:.6f}&timestamp={fix.fix_at:.3f}&accuracy=5"
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(_OK):
            raise Fault("bench.not_answered", head.splitlines()[0].decode())
        answered_s.append(time.monotonic() - sent_at)
    writer.close()


def mqtt_row(folder: Path, seconds: float) -> Row:
    """Measure MQTT messages of one fix each (QoS 1) through a mosquitto; say so where there is none."""
    case = "single fixes, MQTT through mosquitto, QoS 1"
    program = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")
    if program is None:
        skipped = Figure.of("not measured: mosquitto is not installed", "", [0.0])
        return Row(case=case, figures=(skipped,))
    with _broker(program, folder) as port:
        options = ("--mqtt", f"mqtt://127.0.0.1:{port}", "--mqtt-tenant", TENANT)
        with ServiceProcess(folder / "mqtt", *options) as service:
            per_s, published = asyncio.run(_messages(service, port, seconds))
    figures = (Figure.of("messages on disk", "1/s", [per_s]), Figure.of("messages published", "", [float(published)]))
    return Row(case=case, figures=figures)


@contextmanager
def _broker(program: str, folder: Path) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    settings = folder / "mosquitto.conf"
    settings.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\n")
    with (folder / "broker.log").open("wb") as log:
        broker = subprocess.Popen([program, "-c", str(settings)], stdout=log, stderr=log)
    try:
        yield port
    finally:
        broker.terminate()
        broker.wait()


async def _messages(service: ServiceProcess, port: int, seconds: float) -> tuple[float, int]:
    async with _registered(service):
        pid = msgspec.json.decode((service.data_dir / "ready.json").read_bytes())["pid"]
        async with Watch(service.http, service.secret("demo-admin.token"), pid) as watch:
            published, start_at, accepted = 0, time.monotonic(), 0
            with _publisher(port) as publisher:
                while time.monotonic() < start_at + seconds + _DRAIN_S:
                    ongoing = time.monotonic() < start_at + seconds
                    while ongoing and published < accepted + _UNDER_WAY:
                        published += _publish_round(publisher)
                    figures, _ = await watch.counts()
                    accepted = figures["tower_fixes_accepted_total"]
                    if not ongoing and accepted >= published:
                        break
                    await asyncio.sleep(_LOOK_S)
            return accepted / (time.monotonic() - start_at), published


def _publish_round(publisher: mqtt.Client) -> int:
    """Publish one fix of each of the first vehicles, made now."""
    fixes = Fleet(20).batch(0, time.time(), 1.0, 20)
    for fix in fixes:
        body = msgspec.json.encode({"fix_at": fix.fix_at, "lat": fix.lat, "lon": fix.lon, "accuracy_m": 5.0})
        publisher.publish(f"fleet/v1/{TENANT}/{fix.vehicle}/position", body, qos=1)
    return len(fixes)


@contextmanager
def _publisher(port: int) -> Iterator[mqtt.Client]:
    client = mqtt.Client(CallbackAPIVersion.VERSION2)
    client.max_inflight_messages_set(_UNDER_WAY)
    client.connect("127.0.0.1", port)
    client.loop_start()
    try:
        yield client
    finally:
        with suppress(OSError):
            client.disconnect()
        client.loop_stop()
