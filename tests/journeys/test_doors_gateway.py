"""Gateways that PUSH batches over ZeroMQ to a running service, encrypted and with their credential in each message."""

from __future__ import annotations

import time

import msgspec
import pytest
import zmq

COUNTED = 'tower_door_messages_total{{door="gateway",outcome="{}"}}'


@pytest.fixture(scope="module")
def service(shared_service_on):
    return shared_service_on("--gateway", "0")


@pytest.fixture
def town(service, town_of):
    return town_of(service)


@pytest.fixture
def push(service):
    """Return a PUSH socket that is connected to the gateways' door under the service's public key."""
    server_key = (service.data_dir / "secrets" / "feed.curve").read_text().split()[0]
    public, secret = zmq.curve_keypair()
    context = zmq.Context()
    socket = context.socket(zmq.PUSH)
    socket.curve_serverkey, socket.curve_publickey, socket.curve_secretkey = server_key.encode(), public, secret
    socket.linger, socket.sndtimeo, socket.sndhwm = 0, 10_000, 8
    socket.connect(str(service.doors["gateway"]).replace("zmq://", "tcp://"))
    yield lambda *frames: socket.send_multipart(frames)
    socket.close()
    context.term()


def vehicle(town, number: int) -> str:
    name = f"V-{number}"
    assert town.post("/vehicles", {"vehicle_id": name, "plate": f"KX-{number}"}).is_success
    return town.post(f"/vehicles/{name}/devices", {"device_id": f"D-{number}"}).json()["key"]


def fixes(*vehicles: str, count: int = 1) -> bytes:
    now = time.time()
    rows = [
        {"vehicle": name, "fix_at": now - age, "lat": -29.9027 + age * 1e-5, "lon": -71.2519}
        for name in vehicles
        for age in range(count)
    ]
    return msgspec.msgpack.encode({"fixes": rows})


def test_a_gateway_speaks_for_many_vehicles(service, town, push, until):
    vehicle(town, 1), vehicle(town, 2)
    token = service.secret("demo-admin.token").encode()
    for _ in range(20):
        push(token, b"fixes", fixes("V-1", "V-2", count=100))
    reading = {"vehicle": "V-1", "read_at": time.time(), "channel": "fuel", "value": 41.5}
    push(token, b"readings", msgspec.msgpack.encode({"readings": [reading]}))
    until(lambda: town.counted(COUNTED.format("batches")) == 21)
    assert town.client.get("/api/v1/vehicles/V-2/location").json()["position"]["lat"] == pytest.approx(-29.9027)
    assert town.client.get("/api/v1/vehicles/V-1/channels").json()["items"][0]["newest"]["value"] == 41.5


def test_a_device_s_key_speaks_for_its_own_vehicle_alone(service, town, push, until):
    key = vehicle(town, 3)
    vehicle(town, 4)
    push(key.encode(), b"fixes", fixes("V-3", "V-4"))
    until(lambda: town.client.get("/api/v1/vehicles/V-3/location").status_code == 200)
    assert town.client.get("/api/v1/vehicles/V-4/location").status_code == 404
    assert town.counted('tower_fixes_rejected_total{reason="foreign_vehicle"}') >= 1


@pytest.mark.parametrize(
    ("frames", "outcome"),
    [
        ((b"tdk_wrong", b"fixes", b"\x80"), "access.token_invalid"),
        ((b"", b"fixes", b"\x80"), "access.token_missing"),
        ((b"only one",), "telemetry.malformed"),
        ((b"TOKEN", b"poems", b"\x80"), "telemetry.malformed"),
        ((b"TOKEN", b"fixes", b"\xc1 not MessagePack"), "telemetry.malformed"),
        ((b"TOKEN", b"fixes", msgspec.msgpack.encode({"fixes": [0] * 5_001})), "telemetry.too_many"),
    ],
)
def test_what_cannot_be_taken_is_counted_and_the_next_is_taken(service, town, push, until, frames, outcome):
    before, batches = town.counted(COUNTED.format(outcome)), town.counted(COUNTED.format("batches"))
    token = service.secret("demo-admin.token").encode()
    push(*(token if frame == b"TOKEN" else frame for frame in frames))
    until(lambda: town.counted(COUNTED.format(outcome)) > before)
    push(token, b"fixes", msgspec.msgpack.encode({"fixes": []}))
    until(lambda: town.counted(COUNTED.format("batches")) > batches)
    assert town.counted(COUNTED.format(outcome)) == before + 1
    assert town.counted(COUNTED.format("batches")) == batches + 1


def test_nobody_is_let_in_without_the_service_s_public_key(service, town):
    before = town.counted(COUNTED.format("batches"))
    with zmq.Context() as context, context.socket(zmq.PUSH) as plain:
        plain.linger, plain.sndtimeo, plain.immediate = 0, 1_000, 1
        plain.connect(str(service.doors["gateway"]).replace("zmq://", "tcp://"))
        with pytest.raises(zmq.Again):
            plain.send_multipart([b"x", b"fixes", b"\x80"])
    assert town.counted(COUNTED.format("batches")) == before
