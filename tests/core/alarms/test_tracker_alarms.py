"""What trackers raise becomes an exception with driver and place; a person in danger stays until it was seen."""

from __future__ import annotations

import pytest

from core.alarms.exceptions import current_exceptions
from core.commands import RecordDrivingEvent, RecordTrackerAlarm, SetDrivingPolicy
from core.deciding import Context, Decision
from core.dispatch.rationale import say
from core.driving.driving_decisions import record_driving_event, set_driving_policy
from core.driving.driving_kinds import DrivingKind, driving_kinds_of
from core.driving.driving_policy import DrivingPolicy
from core.events.dispatch_events import ExceptionAcknowledged
from core.events.envelope import Envelope, Event, encode_event
from core.fleet.fleet import Driver, SignalState, Vehicle
from core.projections.operation import Operation, decode_operation, encode_operation
from core.refusals import Refusal, StateChanged
from core.telemetry.alarm_decisions import record_tracker_alarm
from core.telemetry.tracker_alarms import AlarmKind, TrackerAlarm, kinds_of
from core.vocabulary import PLATFORM, DeviceId, DriverId, Position, VehicleId

NOW = 1_795_190_400.0
V7, D7 = VehicleId("V-7"), DriverId("DR-7")
HERE = Position(lat=-29.9, lon=-71.25)


class Scene:
    """V-7 driven by DR-7 since an hour."""

    def __init__(self) -> None:
        self.operation = Operation()
        self.operation.fleet.vehicles[V7] = Vehicle(vehicle_id=V7, plate="", driver_id=D7, signal=SignalState.LIVE)
        self.operation.fleet.drivers[D7] = Driver(
            driver_id=D7, person=None, is_on_shift=True, vehicle_id=V7, shift_started_at=NOW - 3600.0
        )

    def fold(self, event: Event, at: float, *, learned_at: float | None = None) -> None:
        envelope = Envelope(
            position=self.operation.position + 1,
            stream="vehicle/V-7",
            version=1,
            type=event.event_type(),
            schema=1,
            occurred_at=at,
            recorded_at=at if learned_at is None else learned_at,
            stored_at=at,
            actor=PLATFORM,
        )
        self.operation.apply(envelope, event)

    def keep(self, decision: Decision, at: float) -> int:
        for _, event in decision.events:
            self.fold(event, at)
        return len(decision.events)

    def context(self, now: float) -> Context:
        return Context(operation=self.operation, actor=PLATFORM, now=now)

    def raise_alarm(self, kind: AlarmKind, at: float = NOW, *, now: float | None = None) -> int:
        alarm = TrackerAlarm(kind=kind, vehicle_id=V7, device_id=DeviceId("T"), raised_at=at, position=HERE)
        command = RecordTrackerAlarm(alarm=alarm, position_at=at)
        return self.keep(record_tracker_alarm(self.context(at if now is None else now), command), at)

    def found(self, now: float) -> list[tuple[int, str, bool]]:
        items = current_exceptions(self.operation, now, {})
        return [(item.priority, say(item.finding), item.is_acknowledged) for item in items]


def test_words_name_alarms_and_nothing_else_does() -> None:
    assert kinds_of("powerCut, sos,lowBattery") == (AlarmKind.SOS, AlarmKind.POWER_CUT)
    assert kinds_of("fault") == (AlarmKind.ENGINE_FAULT,)
    assert kinds_of("") == kinds_of(None) == kinds_of(7) == kinds_of("toString") == ()
    assert driving_kinds_of("hardBraking,sos") == (DrivingKind.HARSH_BRAKING,)
    assert driving_kinds_of(True) == ()


def test_sos_is_critical_and_stays_until_somebody_has_seen_it() -> None:
    scene = Scene()
    assert scene.raise_alarm(AlarmKind.SOS) == 1
    [item] = current_exceptions(scene.operation, NOW + 120, {})
    assert (item.priority, say(item.finding), say(item.cause)) == (1, "SOS 2 min ago", "With DR-7")
    assert item.proposal is not None
    assert say(item.proposal) == "Call the driver"
    assert scene.operation.alarms.of(V7, AlarmKind.SOS).position == HERE  # type: ignore[union-attr]
    assert scene.found(NOW + 86_400)[0][0] == 1
    scene.fold(ExceptionAcknowledged(key=item.key), NOW + 86_400)
    assert scene.found(NOW + 86_460)[0][2], "still in sight, as seen"
    assert scene.found(NOW + 86_400 + 901) == []


def test_an_alarm_nobody_is_in_danger_by_is_let_go_and_a_late_one_is_not_news() -> None:
    scene = Scene()
    scene.raise_alarm(AlarmKind.POWER_CUT)
    assert scene.found(NOW + 60) == [(3, "tracker cut off from power 1 min ago", False)]
    assert scene.found(NOW + 3601) == []
    late = Scene()
    late.raise_alarm(AlarmKind.TOW, NOW, now=NOW + 600)
    assert late.found(NOW + 600) == []
    late.raise_alarm(AlarmKind.SOS, NOW, now=NOW + 600)
    assert late.found(NOW + 600) == [(1, "SOS 10 min ago, heard of only later", False)]


def test_what_was_seen_does_not_hide_the_next_alarm() -> None:
    scene = Scene()
    scene.raise_alarm(AlarmKind.SOS)
    [item] = current_exceptions(scene.operation, NOW, {})
    scene.fold(ExceptionAcknowledged(key=item.key), NOW + 10)
    scene.raise_alarm(AlarmKind.TOW, NOW + 20)
    assert scene.found(NOW + 20) == [(2, "towed since 0 min", False)]
    scene.raise_alarm(AlarmKind.SOS, NOW + 120)
    assert scene.found(NOW + 120) == [(1, "SOS 0 min ago", False)]


def test_a_repeated_alarm_is_one_and_an_older_one_does_not_take_its_place() -> None:
    scene = Scene()
    assert scene.raise_alarm(AlarmKind.SOS) == 1
    assert scene.raise_alarm(AlarmKind.SOS, NOW + 5) == 0
    assert scene.raise_alarm(AlarmKind.SOS, NOW - 600, now=NOW + 10) == 1
    board = scene.operation.alarms
    assert board.of(V7, AlarmKind.SOS).raised_at == NOW  # type: ignore[union-attr]
    assert board.raised == {AlarmKind.SOS: 2}
    assert decode_operation(encode_operation(scene.operation)).alarms == board


def test_driving_is_counted_by_driver_and_day_and_told_only_if_policy_says() -> None:
    scene = Scene()
    command = RecordDrivingEvent(
        vehicle_id=V7, kind=DrivingKind.HARSH_BRAKING, occurred_at=NOW, position=HERE, value=4.2, threshold=3.5
    )
    scene.keep(record_driving_event(scene.context(NOW), command), NOW)
    assert scene.operation.driving.counts == {D7: {20777: {DrivingKind.HARSH_BRAKING: 1}}}
    assert scene.found(NOW) == []
    raising = SetDrivingPolicy(policy=DrivingPolicy(raising=(DrivingKind.HARSH_BRAKING,)), based_on=0)
    scene.keep(set_driving_policy(scene.context(NOW), raising), NOW)
    assert scene.found(NOW) == [(4, "braked at 4.2 m/s²", False)]
    assert scene.found(NOW + 901) == []
    assert scene.operation.driving.policy.version == 1


def test_of_the_time_before_the_shift_nobody_knows_who_drove() -> None:
    scene = Scene()
    command = RecordDrivingEvent(vehicle_id=V7, kind=DrivingKind.SPEEDING, occurred_at=NOW - 7200, is_told=True)
    scene.keep(record_driving_event(scene.context(NOW), command), NOW - 7200)
    [seen] = scene.operation.driving.recent
    assert (seen.driver_id, seen.is_late, seen.is_told) == (None, True, True)
    assert scene.operation.driving.counts == {}


def test_a_policy_that_makes_no_sense_or_was_changed_meanwhile_is_refused() -> None:
    scene = Scene()
    for flawed in (DrivingPolicy(braking_mps2=0.1), DrivingPolicy(excess_mps=-1.0), DrivingPolicy(idling_after_s=1.0)):
        with pytest.raises(Refusal, match="makes no sense"):
            set_driving_policy(scene.context(NOW), SetDrivingPolicy(policy=flawed))
    with pytest.raises(StateChanged):
        set_driving_policy(scene.context(NOW), SetDrivingPolicy(policy=DrivingPolicy(), based_on=3))


def test_events_of_trackers_can_be_kept() -> None:
    decision = record_tracker_alarm(
        Scene().context(NOW),
        RecordTrackerAlarm(
            alarm=TrackerAlarm(kind=AlarmKind.JAMMING, vehicle_id=V7, device_id=None, raised_at=NOW, position=None)
        ),
    )
    [(stream, event)] = decision.events
    assert stream == "vehicle/V-7"
    assert encode_event(event)
