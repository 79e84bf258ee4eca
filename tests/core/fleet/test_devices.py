"""Several devices on one vehicle: which is primary, how each is doing, and what retirement ends."""

from __future__ import annotations

import pytest

from core.commands import RegisterDevice, RegisterVehicle, RetireDevice
from core.fleet.devices import DeviceState, devices_of, health_of, primaries
from core.refusals import NotFound
from core.vocabulary import DeviceId, VehicleId

V1 = VehicleId("V-1")


@pytest.fixture
def fleet(scene):
    scene.do(RegisterVehicle(vehicle_id=V1, plate="A"))
    scene.do(RegisterVehicle(vehicle_id=VehicleId("V-2"), plate="B"))
    return scene


def register(scene, name: str, *, is_primary: bool = False, vehicle: VehicleId = V1) -> None:
    scene.do(
        RegisterDevice(device_id=DeviceId(name), vehicle_id=vehicle, key_digest=f"digest-{name}", is_primary=is_primary)
    )


def primary(scene) -> str | None:
    return primaries(scene.operation.fleet.devices.values()).get(V1)


def test_the_first_device_is_primary_until_another_is_made_so(fleet):
    assert primary(fleet) is None
    register(fleet, "phone")
    register(fleet, "spare")
    assert primary(fleet) == "phone"
    register(fleet, "tracker", is_primary=True)
    assert primary(fleet) == "tracker"
    register(fleet, "better", is_primary=True)
    assert primary(fleet) == "better"
    names = [device.device_id for device in devices_of(fleet.operation.fleet.devices.values(), V1)]
    assert names == ["better", "phone", "spare", "tracker"]


def test_a_retired_primary_leaves_it_to_the_next(fleet):
    register(fleet, "phone")
    register(fleet, "tracker", is_primary=True)
    fleet.now += 60
    fleet.do(RetireDevice(device_id=DeviceId("tracker"), reason="broken"))
    assert primary(fleet) == "phone"
    device = fleet.operation.fleet.devices[DeviceId("tracker")]
    assert (device.key_digest, device.retired_at) == ("", fleet.now)
    assert type(fleet.happened[-1]).is_audited
    assert fleet.do(RetireDevice(device_id=DeviceId("tracker"))).events == []
    with pytest.raises(NotFound):
        fleet.do(RetireDevice(device_id=DeviceId("nobody")))


def test_a_retired_device_may_be_bound_anew(fleet):
    register(fleet, "phone")
    fleet.do(RetireDevice(device_id=DeviceId("phone")))
    assert devices_of(fleet.operation.fleet.devices.values(), V1) == []
    register(fleet, "phone", vehicle=VehicleId("V-2"))
    device = fleet.operation.fleet.devices[DeviceId("phone")]
    assert (device.vehicle_id, device.retired_at, device.key_digest) == ("V-2", None, "digest-phone")


@pytest.mark.parametrize(
    ("heard_at", "state"),
    [(None, DeviceState.NEVER_HEARD), (941.0, DeviceState.LIVE), (940.0, DeviceState.SILENT)],
)
def test_health(fleet, heard_at, state):
    register(fleet, "phone")
    device = fleet.operation.fleet.devices[DeviceId("phone")]
    health = health_of(device, heard_at, 80.0, now=1000.0, silent_after_s=60.0)
    assert (health.state, health.heard_at, health.battery_percent) == (state, heard_at, 80.0)
    fleet.do(RetireDevice(device_id=DeviceId("phone")))
    retired = health_of(fleet.operation.fleet.devices[DeviceId("phone")], heard_at, None, 1000.0, 60.0)
    assert retired.state is DeviceState.RETIRED
