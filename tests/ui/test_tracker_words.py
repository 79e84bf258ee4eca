"""Alarms of trackers and driving say what they are on a time line; nothing is left without a word."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core.driving.driving_kinds import DrivingKind
from core.events.fleet_events import ShiftEnded
from core.events.tracker_events import DrivingEventDetected, TrackerAlarmRaised, VehicleSwitchedOff
from core.geofencing.fence import Fence
from core.projections.operation import Operation
from core.telemetry.tracker_alarms import AlarmKind
from core.vocabulary import DriverId, FenceId, Position, VehicleId
from ui.panels.tracker_words import alarm_word, driving_word, tracker_said

V7 = VehicleId("V-7")


@pytest.fixture
def context() -> Any:
    operation = Operation()
    yard = Fence(fence_id=FenceId("F-1"), name="Yard", centre=Position(0.0, 0.0), radius_m=50.0)
    operation.fences.fences[yard.fence_id] = yard
    return SimpleNamespace(zone=ZoneInfo("UTC"), store=SimpleNamespace(operation=operation))


def test_every_kind_has_a_word() -> None:
    assert len({alarm_word(kind) for kind in AlarmKind}) == len(AlarmKind)
    assert len({driving_word(kind) for kind in DrivingKind}) == len(DrivingKind)


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (TrackerAlarmRaised(vehicle_id=V7, kind=AlarmKind.SOS), ("SOS", "")),
        (TrackerAlarmRaised(vehicle_id=V7, kind=AlarmKind.TOW, is_late=True), ("Towed", "heard of only later")),
        (
            VehicleSwitchedOff(vehicle_id=V7, last_heard_at=1_795_190_400.0),
            ("Tracker switched off", "last heard 16:00:00"),
        ),
        (
            DrivingEventDetected(vehicle_id=V7, kind=DrivingKind.SPEEDING, value=20.0, threshold=13.9),
            ("Speeding", "72 km/h, limit 50 km/h"),
        ),
        (
            DrivingEventDetected(
                vehicle_id=V7, kind=DrivingKind.SPEEDING, value=10.0, threshold=5.0, fence_id=FenceId("F-1")
            ),
            ("Speeding", "36 km/h, limit 18 km/h · in Yard"),
        ),
        (
            DrivingEventDetected(vehicle_id=V7, kind=DrivingKind.HARSH_BRAKING, value=4.2, threshold=3.5, is_late=True),
            ("Harsh braking", "4.2 m/s² · heard of only later"),
        ),
        (
            DrivingEventDetected(vehicle_id=V7, kind=DrivingKind.HARSH_CORNERING, is_told=True),
            ("Harsh cornering", "told by the tracker"),
        ),
    ],
)
def test_what_is_said(context: Any, event: Any, said: tuple[str, str]) -> None:
    found = tracker_said(context, event)
    assert found is not None
    assert found[1:] == said


def test_any_other_event_is_for_somebody_else_to_say(context: Any) -> None:
    assert tracker_said(context, ShiftEnded(driver_id=DriverId("DR-1"))) is None
