"""Whose a message over the broker is: the topic says it."""

from __future__ import annotations

import json

import pytest

from backend_service.ingestion.acknowledging_client import BrokerAddress
from backend_service.ingestion.batch import Senders
from backend_service.ingestion.intake import Intake
from backend_service.ingestion.live_positions import LivePositions
from backend_service.ingestion.mqtt_door import DOOR, MqttDoor
from backend_service.ingestion.reception import Reception
from core.fleet.fleet import Device, Vehicle
from core.telemetry.fix_batch import FixBatch
from core.timekeeping import SteppedClock
from core.vocabulary import DeviceId, VehicleId

NOW_AT = 1_800_000_000.0
HERE = json.dumps({"_type": "location", "tst": NOW_AT, "lat": -29.9, "lon": -71.25}).encode()


class Disk:
    """Keeps nothing."""

    async def append(self, batch: FixBatch) -> None:
        """Take a batch."""


@pytest.fixture
def door() -> MqttDoor:
    """To jane's devices, of which one has an id of its own."""
    clock = SteppedClock(NOW_AT)
    devices = {
        DeviceId(name): Device(device_id=DeviceId(name), vehicle_id=VehicleId(vehicle), key_digest="")
        for name, vehicle in (("jane", "V-1"), ("jane.van", "V-2"))
    }
    vehicles = {VehicleId(name): Vehicle(vehicle_id=VehicleId(name), plate="") for name in ("V-1", "V-2")}
    reception = Reception(Intake(Disk(), LivePositions()), None, None, clock, clock)
    fleet = Senders(devices, vehicles)
    return MqttDoor(reception, lambda: fleet, BrokerAddress("nowhere", 1883), tenant="porto", identifier="t")


@pytest.mark.parametrize(("name", "vehicle"), [("phone", "V-1"), ("van", "V-2")])
def test_a_device_of_a_user_may_have_an_id_of_its_own(door: MqttDoor, name: str, vehicle: str) -> None:
    delivery = door.route(f"owntracks/jane/{name}", HERE)
    assert delivery is not None
    assert delivery.fixes.vehicle.tolist() == [vehicle]


@pytest.mark.parametrize(
    "topic",
    ["owntracks/jane", "owntracks/jane/phone/event", "fleet/v1/lyon/V-1/position", "fleet/v2/x", ""],
)
def test_what_is_no_topic_of_ours_is_counted_and_left(door: MqttDoor, topic: str) -> None:
    assert door.route(topic, HERE) is None
    assert door._reception.counts[DOOR, "ignored.topic"] == 1


def test_a_stranger_s_is_turned_away(door: MqttDoor) -> None:
    assert door.route("owntracks/john/phone", HERE) is None
    assert door._reception.turned_away[DOOR] == 1
