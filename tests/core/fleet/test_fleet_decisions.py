"""Shifts, breaks, signals and sources."""

from __future__ import annotations

import pytest

from core.commands import EndShift, PauseDriver, RecordSignal, RecordSource, RegisterDevice, ResumeDriver, StartShift
from core.fleet.fleet import DriverStatus, SignalState
from core.fleet.zone import Zone, zone_at
from core.refusals import NotFound, Refusal
from core.vocabulary import Actor, DeviceId, DriverId, Position, Role, VehicleId, ZoneId

DESK = Actor(role=Role.DISPATCHER, subject="rojas")


def test_a_shift_makes_a_driver_free_and_ends(scene):
    driver = scene.driver("1")
    fleet = scene.operation.fleet
    assert fleet.status_of(DriverId("D-1")) is DriverStatus.FREE
    scene.do(PauseDriver(driver_id=DriverId("D-1")), driver)
    assert fleet.status_of(DriverId("D-1")) is DriverStatus.PAUSED
    scene.do(ResumeDriver(driver_id=DriverId("D-1")), driver)
    scene.do(EndShift(driver_id=DriverId("D-1")), driver)
    assert fleet.status_of(DriverId("D-1")) is DriverStatus.OFF
    assert fleet.vehicles[VehicleId("V-1")].driver_id is None


def test_two_drivers_cannot_take_one_vehicle(scene):
    scene.driver("1")
    second = scene.driver("2")
    scene.do(EndShift(driver_id=DriverId("D-2")), second)
    with pytest.raises(Refusal) as refused:
        scene.do(StartShift(driver_id=DriverId("D-2"), vehicle_id=VehicleId("V-1"), ends_at=scene.now + 60), second)
    assert refused.value.code == "vehicle.in_use"
    assert "D-1" not in refused.value.sentence, "who drives it is the desk's to know"
    with pytest.raises(Refusal) as refused:
        scene.do(StartShift(driver_id=DriverId("D-2"), vehicle_id=VehicleId("V-1"), ends_at=scene.now + 60), DESK)
    assert "D-1" in refused.value.sentence


def test_a_device_needs_a_known_vehicle(scene):
    with pytest.raises(NotFound):
        scene.do(RegisterDevice(device_id=DeviceId("x"), vehicle_id=VehicleId("V-9"), key_digest="00"))


def test_a_vehicle_falls_silent_once_and_is_heard_again(scene):
    scene.driver("1")
    vehicle = VehicleId("V-1")
    heard = RecordSignal(vehicle_id=vehicle, is_heard=True, last_heard_at=scene.now)
    silent = RecordSignal(vehicle_id=vehicle, is_heard=False, last_heard_at=scene.now)
    assert not scene.do(silent).events, "never heard is not silent"
    assert scene.do(heard).events and not scene.do(heard).events
    assert scene.do(silent).events and not scene.do(silent).events
    assert scene.operation.fleet.vehicles[vehicle].signal is SignalState.SILENT


def test_a_source_degrades_and_recovers_with_its_outage(scene):
    scene.do(RecordSource(source="streets", is_degraded=True, effect="straight lines"))
    scene.now += 90
    scene.do(RecordSource(source="streets", is_degraded=False))
    assert scene.happened[-1].outage_s == 90
    assert scene.operation.sources.degraded() == []


def test_a_position_belongs_to_the_zone_around_it():
    square = tuple(Position(lat, lon) for lat, lon in ((0, 0), (0, 2), (2, 2), (2, 0), (0, 0)))
    zones = [Zone(zone_id=ZoneId("a"), name="A", ring=square)]
    assert zone_at(zones, Position(1, 1)) == "a"
    assert zone_at(zones, Position(3, 1)) is None
