"""Tower's own topics: the vehicle stands in the topic, and no payload speaks for another."""

from __future__ import annotations

import json

import pytest

from backend_service.ingestion.batch import Senders
from backend_service.ingestion.own_topics import KINDS, Published, Publisher, decode_own
from core.fleet.devices import Presence
from core.fleet.fleet import Device, Vehicle
from core.refusals import Refusal
from core.telemetry.plausibility import Reason
from core.vocabulary import DeviceId, VehicleId

NOW_AT = 1_800_000_000.0
V1, V2, D1 = VehicleId("V-1"), VehicleId("V-2"), DeviceId("D-1")
DEVICES = {
    name: Device(device_id=name, vehicle_id=vehicle, key_digest="")
    for name, vehicle in ((DeviceId("D-1"), V1), (DeviceId("D-1b"), V1), (DeviceId("D-2"), V2))
}
SENDERS = Senders(DEVICES, {name: Vehicle(vehicle_id=name, plate="") for name in (V1, V2)})
ROW = {"fix_at": NOW_AT, "lat": -29.9, "lon": -71.25}


def told(kind: str, body: object, *, device: DeviceId | None = D1) -> Published:
    return decode_own(kind, json.dumps(body).encode(), Publisher(V1, device, SENDERS), NOW_AT + 1.0, NOW_AT + 2.0)


def test_one_row_or_many_are_of_the_topic_s_vehicle_and_its_primary() -> None:
    for body, count in ((ROW, 1), ([ROW, ROW | {"fix_at": NOW_AT - 5}], 2)):
        batch = told("position", body).delivery.fixes
        assert (batch.vehicle.tolist(), batch.device.tolist()) == (["V-1"] * count, ["D-1"] * count)
        assert (batch.received_at[0], batch.arrived_wall_at[0]) == (NOW_AT + 1.0, NOW_AT + 2.0)


def test_another_device_of_the_vehicle_may_be_named() -> None:
    assert told("position", ROW | {"device": "D-1b"}).delivery.fixes.device.tolist() == ["D-1b"]


@pytest.mark.parametrize("device", [DeviceId("D-1"), None])
@pytest.mark.parametrize("foreign", [{"vehicle": "V-2"}, {"device": "D-2"}, {"vehicle": "V-2", "device": "D-2"}])
def test_what_speaks_for_another_vehicle_is_counted_and_dropped(
    device: DeviceId | None, foreign: dict[str, str]
) -> None:
    position = told("position", [ROW | foreign, ROW], device=device)
    assert position.delivery.fixes.vehicle.tolist() == ["V-1"]
    assert position.rejected == {Reason.FOREIGN_VEHICLE: 1}
    reading = {"read_at": NOW_AT, "channel": "fuel", "value": 1.0}
    state = told("state", [reading | foreign], device=device)
    assert (len(state.delivery.readings), state.rejected.total()) == (0, 1)


def test_an_event_with_a_place_does_not_wait_and_one_without_is_not_asked_for() -> None:
    happened = told("event", ROW | {"event": "sos"})
    assert (len(happened.delivery.urgent), len(happened.delivery.fixes)) == (1, 0)
    assert not told("event", {"event": "door"}).is_asked_for


@pytest.mark.parametrize(("word", "presence"), [("online", Presence.ONLINE), ("offline", Presence.OFFLINE)])
def test_presence_is_that_of_the_device_that_speaks(word: str, presence: Presence) -> None:
    assert told("connection", {"state": word}).delivery.presence == ((DeviceId("D-1"), presence),)
    assert told("connection", {"state": word}, device=None).delivery.presence == ()


@pytest.mark.parametrize("kind", KINDS)
def test_a_cleared_topic_tells_nothing(kind: str) -> None:
    assert not decode_own(kind, b"", Publisher(V1, None, SENDERS), NOW_AT, NOW_AT).is_asked_for


@pytest.mark.parametrize(
    ("kind", "body"), [("position", [ROW] * 5_001), ("position", "x"), ("connection", {"state": "tired"}), ("cmd", ROW)]
)
def test_what_cannot_be_read_is_refused(kind: str, body: object) -> None:
    with pytest.raises(Refusal) as caught:
        told(kind, body)
    assert caught.value.code == "telemetry.malformed"
