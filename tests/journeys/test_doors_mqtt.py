"""Devices that report through a real broker (mosquitto), which is stopped, killed and started meanwhile."""

from __future__ import annotations

import json
import os
import random
import shutil
import socket
import sqlite3
import subprocess
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
import pytest

from backend_service.storage.landing import FOLDER, files_of, landed_in

MOSQUITTO = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")
AWAY_S = float(os.environ.get("TOWER_BROKER_AWAY_S", "4"))
"""How long the broker is gone; TOWER_BROKER_AWAY_S=60 tries the minute that is promised."""

TENANT = "porto"
PASSWORD = "hidden-from-every-log"

pytestmark = [
    pytest.mark.timeout(600 + 2 * AWAY_S),
    pytest.mark.skipif(MOSQUITTO is None, reason="mosquitto is not installed: `./tower test` says how"),
]


def _free_port() -> int:
    """Return a free port that stays free while the broker is away: below those that the system hands out."""
    for port in random.sample(range(20_000, 32_000), 100):
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise AssertionError("no port is free")


class Broker:
    """A mosquitto on a port of its own; what it keeps survives its end."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = _free_port()
        (folder / "acl").write_text(
            "user tower\ntopic read owntracks/#\ntopic read fleet/v1/#\n\n"
            "pattern write owntracks/%u/#\npattern write fleet/v1/+/%u/#\n"
        )
        passwords = folder / "passwords"
        passwords.write_text("".join(f"{user}:{PASSWORD}\n" for user in ("tower", *NAMES)))
        subprocess.run(["mosquitto_passwd", "-U", str(passwords)], check=True)
        (folder / "mosquitto.conf").write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous false\npassword_file {passwords}\n"
            f"acl_file {folder / 'acl'}\npersistence true\npersistence_location {folder}/\nautosave_interval 1\n"
            "max_queued_messages 0\nuser root\n"
        )
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with (self.folder / "broker.log").open("ab") as log:
            command = [str(MOSQUITTO), "-c", str(self.folder / "mosquitto.conf")]
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                assert self.process.poll() is None, (self.folder / "broker.log").read_text()
                time.sleep(0.05)
        raise AssertionError("the broker did not start")

    def stop(self) -> None:
        """End it in good order: it writes down what it keeps."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(60)


NAMES = [f"D-{number}" for number in range(1, 20)] + [f"V-{number}" for number in range(1, 20)]
"""Whom the broker knows: devices for OwnTracks' topics, vehicles for Tower's own."""


@pytest.fixture(scope="module")
def broker(tmp_path_factory):
    running = Broker(tmp_path_factory.mktemp("broker"))
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def service(shared_service_on, broker):
    url = f"mqtt://tower:{PASSWORD}@127.0.0.1:{broker.port}"
    return shared_service_on("--mqtt", url, "--mqtt-tenant", TENANT)


@pytest.fixture
def town(service, town_of):
    return town_of(service)


@pytest.fixture(autouse=True)
def connected(service, town, until):
    until(lambda: "broker" not in degraded(town))


@pytest.fixture
def device(broker, until):
    """Connect to the broker as a device does; return what publishes with QoS 1 and waits for the broker's word."""
    clients = []

    def connect(name: str, *, will: tuple[str, str] | None = None) -> tuple[mqtt.Client, Callable[..., Any]]:
        client = mqtt.Client(
            mqtt.CallbackAPIVersion.VERSION2,
            client_id=f"of-{name}-{len(clients)}",
            reconnect_on_failure=False,
        )
        client.username_pw_set(name, PASSWORD)
        if will is not None:
            client.will_set(*will, qos=1, retain=True)
        client.connect("127.0.0.1", broker.port, keepalive=10)
        client.loop_start()
        clients.append(client)
        until(client.is_connected)

        def publish(topic: str, body: object, *, retain: bool = False) -> None:
            payload = body if isinstance(body, bytes | str) else json.dumps(body)
            client.publish(topic, payload, qos=1, retain=retain).wait_for_publish(60)

        return client, publish

    yield connect
    for client in clients:
        client.loop_stop()
        client.disconnect()
        client._reset_sockets()


def vanish(client: mqtt.Client) -> None:
    """Cut a device off without a word to the broker."""
    client._sock.shutdown(socket.SHUT_RDWR)


def degraded(town) -> dict[str, str]:
    return town.client.get("/api/v1/health").json()["detail"]["degraded_sources"]


def register(town, number: int) -> None:
    assert town.post("/vehicles", {"vehicle_id": f"V-{number}", "plate": f"KX-{number}"}).is_success
    assert town.post(f"/vehicles/V-{number}/devices", {"device_id": f"D-{number}"}).is_success


def where(town, number: int) -> dict:
    answer = town.client.get(f"/api/v1/vehicles/V-{number}/location")
    return answer.json() if answer.status_code == 200 else {}


def state(town, number: int) -> str:
    return town.client.get(f"/api/v1/devices/D-{number}").json()["state"]


def row(age: float = 0.0, **further) -> dict:
    return {"fix_at": time.time() - age, "lat": -29.9027, "lon": -71.2519, **further}


def count(town, outcome: str) -> float:
    return town.counted(f'tower_door_messages_total{{door="mqtt",outcome="{outcome}"}}')


def test_owntracks_over_the_broker_is_seen_and_its_last_will_says_off(town, device, until):
    register(town, 1)
    phone, publish = device("D-1", will=("owntracks/D-1/phone", json.dumps({"_type": "lwt", "tst": 1})))
    here = {"_type": "location", "tst": int(time.time()), "lat": -29.9, "lon": -71.25, "vel": 72}
    publish("owntracks/D-1/phone", here)
    until(lambda: where(town, 1))
    assert (where(town, 1)["speed_mps"], state(town, 1)) == (pytest.approx(20.0), "live")
    vanish(phone)
    until(lambda: state(town, 1) == "off")


def test_own_topics_tell_positions_readings_and_presence(town, device, until):
    register(town, 2)
    topic = f"fleet/v1/{TENANT}/V-2"
    tracker, publish = device("V-2", will=(f"{topic}/connection", json.dumps({"state": "offline"})))
    publish(f"{topic}/connection", {"state": "online"}, retain=True)
    publish(f"{topic}/position", [row(10), row(speed_mps=8.2)])
    publish(f"{topic}/state", {"read_at": time.time(), "channel": "fuel", "value": 38.0})
    publish(f"{topic}/event", {"event": "sos", **row(-1)})
    publish(f"{topic}/ack", {"command": "locate"})
    until(lambda: count(town, "ignored.ack") == 1)
    until(lambda: where(town, 2))
    assert where(town, 2)["device_id"] == "D-2"
    channels = until(lambda: town.client.get("/api/v1/vehicles/V-2/channels").json()["items"])
    assert channels[0]["newest"]["value"] == 38.0
    assert state(town, 2) == "live"
    vanish(tracker)
    until(lambda: state(town, 2) == "off")


def test_the_broker_s_access_list_keeps_a_device_from_speaking_for_another(town, device, until):
    register(town, 3), register(town, 4)
    intruder, _ = device("V-3")
    told = intruder.publish(f"fleet/v1/{TENANT}/V-4/position", json.dumps(row()), qos=1)
    until(lambda: not intruder.is_connected() or told.is_published())  # some brokers cut off who may not
    _, publish = device("V-3")
    publish(f"fleet/v1/{TENANT}/V-3/position", row(vehicle="V-4"))
    publish(f"fleet/v1/{TENANT}/V-3/position", row(device="D-4"))
    publish(f"fleet/v1/{TENANT}/V-3/position", row())
    until(lambda: where(town, 3))
    assert where(town, 4) == {}
    assert town.counted('tower_fixes_rejected_total{reason="foreign_vehicle"}') >= 2


@pytest.mark.parametrize("body", [b"\xff\x00", "[[[", "{}", '{"fix_at": 1, "lat": "x", "lon": 0}'])
def test_what_cannot_be_read_is_counted_and_stops_nothing(town, device, until, body):
    before = count(town, "telemetry.malformed")
    register_once(town, 5)
    _, publish = device("V-5")
    publish(f"fleet/v1/{TENANT}/V-5/position", body)
    until(lambda: count(town, "telemetry.malformed") > before)
    own = count(town, "own.position")
    publish(f"fleet/v1/{TENANT}/V-5/position", row())
    until(lambda: count(town, "own.position") > own)
    assert count(town, "telemetry.malformed") == before + 1
    assert count(town, "own.position") == own + 1


def register_once(town, number: int) -> None:
    if town.client.get(f"/api/v1/devices/D-{number}").status_code == 404:
        register(town, number)


def test_a_broker_that_is_gone_is_told_looked_for_and_found_again(town, device, broker, until):
    register(town, 6)
    broker.stop()
    until(lambda: "broker" in degraded(town))
    time.sleep(AWAY_S)
    assert town.client.get("/api/v1/health").status_code == 200
    broker.start()
    until(lambda: "broker" not in degraded(town))
    _, publish = device("V-6")
    publish(f"fleet/v1/{TENANT}/V-6/position", row())
    until(lambda: where(town, 6))


def test_what_a_tracker_kept_while_the_broker_was_gone_arrives_when_it_is_back(town, broker, until):
    """The tracker sends with QoS 1 to a broker that is not there, keeps it, and connects again by itself."""
    register(town, 9)
    tracker = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id="keeps-V-9")
    tracker.username_pw_set("V-9", PASSWORD)
    tracker.reconnect_delay_set(1, 2)
    taken: list[int] = []
    tracker.on_publish = lambda client, userdata, number, *_: taken.append(number)
    tracker.connect("127.0.0.1", broker.port, keepalive=10)
    tracker.loop_start()
    try:
        until(tracker.is_connected)
        broker.stop()
        until(lambda: not tracker.is_connected())
        now, sent = time.time(), 30
        for age in range(sent, 0, -1):
            place = {"fix_at": now - age, "lat": -29.9 + age * 1e-5, "lon": -71.25}
            tracker.publish(f"fleet/v1/{TENANT}/V-9/position", json.dumps(place), qos=1)
        until(lambda: "broker" in degraded(town))
        time.sleep(AWAY_S)
        assert taken == []
        broker.start()
        until(lambda: kept(town.service, "V-9") == sent)
        until(lambda: len(taken) == sent)
    finally:
        tracker.disconnect()
        tracker.loop_stop()


def test_what_the_broker_took_while_the_service_was_killed_comes_once_it_is_back(service, town_of, device, until):
    register(town_of(service), 7)
    _, publish = device("V-7")
    service.kill()
    now = time.time()
    for age in range(40, 0, -1):
        publish(f"fleet/v1/{TENANT}/V-7/position", {"fix_at": now - age, "lat": -29.9 + age * 1e-5, "lon": -71.25})
    service.start()
    town = town_of(service)
    until(lambda: town.counted("tower_fixes_accepted_total") >= 40)
    assert town.counted("tower_fixes_accepted_total") == 40


def test_nothing_that_is_on_the_way_is_lost_when_the_service_is_killed(service, town_of, device, until):
    """Killed in the middle of a stream: what was not on disk was not acknowledged, and comes again."""
    town = town_of(service)
    register(town, 8)
    tracker, _ = device("V-8")
    now, sent = time.time(), 5_000
    before = town.counted("tower_fixes_accepted_total")
    for number in range(sent):
        place = {"fix_at": now - sent + number, "lat": -29.9 + number * 1e-5, "lon": -71.25}
        last = tracker.publish(f"fleet/v1/{TENANT}/V-8/position", json.dumps(place), qos=1)
    until(lambda: town.counted("tower_fixes_accepted_total") > before)
    service.kill()
    assert 0 < kept(service, "V-8") < sent
    last.wait_for_publish(60)
    service.start()
    until(lambda: kept(service, "V-8") == sent)


def kept(service, vehicle: str) -> int:
    """Count what the archive holds of a vehicle, by asking its files."""
    found = set()
    for file in (service.data_dir / "fixes").glob("*.sqlite"):
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as base:
            found |= {at for (at,) in base.execute("SELECT fix_at FROM fixes WHERE vehicle = ?", (vehicle,))}
    for file in files_of(service.data_dir / "fixes" / FOLDER):
        found |= {float(at) for landed in landed_in(file) for at in landed.fix_at[landed.vehicle == vehicle]}
    return len(found)


def test_the_broker_s_password_is_in_no_log(service):
    for file in [service.data_dir / "service.log", *(service.data_dir / "logs").glob("*")]:
        assert PASSWORD not in file.read_text(errors="replace")
