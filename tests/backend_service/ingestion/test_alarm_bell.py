"""An alarm is in the log before the door answers, whatever waits for the disk, and once however often it is told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import msgspec
import pytest

from backend_service.event_log.volatile import VolatileEventLog
from backend_service.handlers.command_bus import CommandBus
from backend_service.ingestion.alarm_bell import AlarmBell
from backend_service.ingestion.batch import Senders, decode_batch
from backend_service.ingestion.device_board import DeviceBoard
from backend_service.ingestion.device_message import DeviceMessage
from backend_service.ingestion.intake import Intake
from backend_service.ingestion.live_positions import LivePositions
from backend_service.ingestion.osmand import decode_osmand
from backend_service.ingestion.own_topics import Publisher, decode_own
from backend_service.ingestion.reception import Reception
from backend_service.ingestion.single_fix import SingleFix, batch_of
from backend_service.ingestion.teltonika_elements import attributes_of
from backend_service.ingestion.traccar_client import decode_traccar_client
from backend_service.ingestion.traccar_forward import decode_forwarded
from backend_service.workers.signal_watch import SignalWatch
from core.commands import RegisterDevice, RegisterDriver, RegisterVehicle, StartShift
from core.fleet.devices import Presence
from core.fleet.fleet import Device, DriverPerson, SignalState
from core.projections.operation import Operation
from core.refusals import Refusal
from core.telemetry.fix_batch import FixBatch
from core.telemetry.tracker_alarms import AlarmKind
from core.timekeeping import SteppedClock
from core.vocabulary import Actor, DeviceId, DriverId, Role, VehicleId

NOW_AT = 1_800_000_000.0
ADMIN = Actor(role=Role.ADMINISTRATOR, subject="root")
V1 = VehicleId("V-1")


class StuckDisk:
    """Keeps nothing before its gate is open."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.kept: list[float] = []

    async def append(self, batch: FixBatch) -> int:
        await self.gate.wait()
        self.kept.extend(batch.fix_at.tolist())
        return len(batch)


class Yard:
    """V-1 driven by DR-1, with the tracker T-1, behind a disk that is stuck."""

    def __init__(self, bus: CommandBus, clock: SteppedClock, log: VolatileEventLog) -> None:
        self.bus, self.clock, self.log = bus, clock, log
        self.disk, self.live = StuckDisk(), LivePositions()
        self.devices = DeviceBoard(bus.operation, silent_after_s=60.0)
        self.intake = Intake(self.disk, self.live, devices=self.devices, most_waiting_rows=4)
        self.bell = AlarmBell(bus, self.live)
        self.reception = Reception(self.intake, None, self.devices, clock, clock, bell=self.bell)

    @property
    def device(self) -> Device:
        return self.bus.operation.fleet.devices[DeviceId("T-1")]

    def fix(self, at: float, **told: str) -> SingleFix:
        parameters = {"id": "T-1", "lat": "-29.9", "lon": "-71.25", "timestamp": str(int(NOW_AT + at))}
        return decode_osmand(parameters | told)

    async def tell(self, message: DeviceMessage) -> None:
        await self.reception.take(self.reception.delivery_of(self.device, message))

    async def alarms(self) -> list[str]:
        return [one.type for one in await self.log.read(0) if one.type == "TrackerAlarmRaised"]


@pytest.fixture
def yard() -> Callable[[Callable[[Yard], Awaitable[None]]], None]:
    async def play(scenario: Callable[[Yard], Awaitable[None]]) -> None:
        clock = SteppedClock(NOW_AT)
        log = VolatileEventLog(clock)
        bus = CommandBus(log, Operation(), clock)
        bus.start()
        for command in (
            RegisterVehicle(vehicle_id=V1, plate="A"),
            RegisterDriver(driver_id=DriverId("DR-1"), person=DriverPerson(name="Ana")),
            StartShift(driver_id=DriverId("DR-1"), vehicle_id=V1, ends_at=NOW_AT + 3600),
            RegisterDevice(device_id=DeviceId("T-1"), vehicle_id=V1, key_digest="x"),
        ):
            await bus.execute(command, ADMIN)
        town = Yard(bus, clock, log)
        town.intake.start()
        try:
            await scenario(town)
        finally:
            town.disk.gate.set()
            await town.intake.close()
            await bus.stop()

    return lambda scenario: asyncio.run(play(scenario))


def test_an_sos_does_not_wait_behind_a_full_queue(yard: Callable[..., None]) -> None:
    async def scenario(town: Yard) -> None:
        def ordinary(at: float) -> FixBatch:
            return batch_of([town.fix(at)], town.device, NOW_AT, NOW_AT)

        under_way = asyncio.create_task(town.intake.take(ordinary(-9)))
        await asyncio.sleep(0)
        while town.intake.waiting_rows:
            await asyncio.sleep(0)
        waiting = [asyncio.create_task(town.intake.take(ordinary(at))) for at in (-8, -7, -6, -5)]
        await asyncio.sleep(0)
        with pytest.raises(Refusal, match="Too many fixes wait"):
            await town.intake.take(ordinary(-4))
        sos = asyncio.create_task(
            town.tell(DeviceMessage("osmand", fixes=(replace(town.fix(0, alarm="sos"), is_urgent=True),)))
        )
        while not await town.alarms():
            await asyncio.sleep(0)
        assert not sos.done(), "its position is not on disk yet"
        assert town.disk.kept == []
        board = town.bus.operation.alarms.of(V1, AlarmKind.SOS)
        assert board is not None
        assert (board.driver_id, board.position is not None, board.is_late) == ("DR-1", True, False)
        town.disk.gate.set()
        await asyncio.gather(sos, under_way, *waiting)
        assert NOW_AT in town.disk.kept, "though the queue was full"

    yard(scenario)


def test_an_alarm_told_with_every_fix_and_sent_again_is_one(yard: Callable[..., None]) -> None:
    async def scenario(town: Yard) -> None:
        town.disk.gate.set()
        for at in (0, 20, 40, 60, 80, 80, 40):
            town.clock.step_to(max(town.clock.now(), NOW_AT + at))
            await town.tell(DeviceMessage("osmand", fixes=(town.fix(at, alarm="tow"),)))
        assert await town.alarms() == ["TrackerAlarmRaised"]
        town.clock.step_to(NOW_AT + 200)
        await town.tell(DeviceMessage("osmand", fixes=(town.fix(200, alarm="tow"),)))
        assert len(await town.alarms()) == 2
        again = AlarmBell(town.bus, town.live)
        await again.ring(
            town.reception.delivery_of(town.device, DeviceMessage("x", fixes=(town.fix(0, alarm="tow"),))).raised
        )
        assert len(await town.alarms()) == 2, "also after a restart"

    yard(scenario)


def test_an_alarm_without_a_place_is_where_the_vehicle_was_last_seen(yard: Callable[..., None]) -> None:
    async def scenario(town: Yard) -> None:
        town.disk.gate.set()
        await town.tell(DeviceMessage("osmand", fixes=(town.fix(-30),)))
        body = b'{"device": {"uniqueId": "T-1"}, "event": {"type": "alarm", "attributes": {"alarm": "powerCut"}}}'
        message = decode_forwarded(body)
        assert message.is_asked_for
        await town.tell(message)
        alarm = town.bus.operation.alarms.of(V1, AlarmKind.POWER_CUT)
        assert alarm is not None
        assert (alarm.raised_at, alarm.position_at) == (NOW_AT, NOW_AT - 30)

    yard(scenario)


def test_what_the_tracker_says_of_driving_is_driving(yard: Callable[..., None]) -> None:
    async def scenario(town: Yard) -> None:
        town.disk.gate.set()
        await town.tell(DeviceMessage("osmand", fixes=(town.fix(0, alarm="hardBraking"),)))
        [seen] = town.bus.operation.driving.recent
        assert (seen.kind, seen.driver_id, seen.is_told, seen.value) == ("harsh_braking", "DR-1", True, None)
        assert town.bell.counts == {"harsh_braking": 1}

    yard(scenario)


@pytest.mark.parametrize(
    ("elements", "words"),
    [
        ({246: 1, 252: 1}, "tow,powerCut"),
        ({236: 1}, "sos"),
        ({30: 2}, "fault"),
        ({253: 2}, "hardBraking"),
        ({246: 0, 253: 9}, None),
    ],
)
def test_elements_of_teltonika_in_words(elements: dict[int, int], words: str | None) -> None:
    assert attributes_of(elements).get("alarm") == words


def test_the_json_client_tells_its_alarm() -> None:
    body = b'{"device_id": "T-1", "location": {"coords": {"latitude": 1, "longitude": 2}, "alarm": "sos"}}'
    assert decode_traccar_client(body).attributes["alarm"] == "sos"


@pytest.mark.parametrize("place", [{}, {"lat": -29.9, "lon": -71.25}])
def test_an_event_on_our_own_topic_is_raised(place: dict[str, float]) -> None:
    payload = msgspec.json.encode({"event": "sos", "fix_at": NOW_AT - 5} | place)
    senders = Senders({}, {V1: object()})
    told = decode_own("event", payload, Publisher(V1, None, senders), NOW_AT, NOW_AT)
    [raised] = told.delivery.raised
    assert (raised.words, raised.at, raised.position is not None) == ("sos", NOW_AT - 5, bool(place))
    assert told.is_asked_for
    unknown = decode_own("event", b'{"event": "lunch"}', Publisher(V1, None, senders), NOW_AT, NOW_AT)
    assert not unknown.is_asked_for


def test_off_is_told_apart_from_silent_and_ends_when_it_is_heard(yard: Callable[..., None]) -> None:
    async def scenario(town: Yard) -> None:
        town.disk.gate.set()
        watch = SignalWatch(town.bus, town.live, devices=town.devices)

        async def signal(seconds: float) -> SignalState:
            while town.clock.now() < NOW_AT + seconds:
                town.clock.step_to(town.clock.now() + 5.0)
                await watch.run_once(town.clock.now())
            return town.bus.operation.fleet.vehicles[V1].signal

        await town.tell(DeviceMessage("osmand", fixes=(town.fix(0),)))
        assert await signal(5) is SignalState.LIVE
        town.devices.note_presence(DeviceId("T-1"), Presence.OFFLINE, town.clock.now())
        assert await signal(10) is SignalState.OFF
        assert town.bus.operation.fleet.vehicles[V1].last_heard_at == NOW_AT
        assert await signal(300) is SignalState.OFF, "off does not turn into silent"
        await town.tell(DeviceMessage("osmand", fixes=(town.fix(300),)))
        assert await signal(305) is SignalState.LIVE
        assert await signal(400) is SignalState.SILENT

    yard(scenario)


def test_a_vehicle_with_another_device_that_is_heard_is_not_off(yard: Callable[..., None]) -> None:
    async def scenario(town: Yard) -> None:
        await town.bus.execute(RegisterDevice(device_id=DeviceId("T-2"), vehicle_id=V1, key_digest="y"), ADMIN)
        devices = DeviceBoard(town.bus.operation, silent_after_s=60.0)
        second = town.bus.operation.fleet.devices[DeviceId("T-2")]
        devices.choose(batch_of([town.fix(0)], second, NOW_AT, NOW_AT))
        devices.note_presence(DeviceId("T-1"), Presence.OFFLINE, NOW_AT)
        assert devices.off_vehicles(NOW_AT + 10) == {}
        assert devices.off_vehicles(NOW_AT + 70) == {V1: NOW_AT}

    yard(scenario)


def test_a_row_of_a_batch_raises_for_the_vehicle_it_names(yard: Callable[..., None]) -> None:
    async def scenario(town: Yard) -> None:
        town.disk.gate.set()
        fleet = town.bus.operation.fleet
        rows = [
            {"device": "T-1", "fix_at": NOW_AT - 1, "lat": -29.9, "lon": -71.25, "alarm": "powerCut"},
            {"device": "T-9", "fix_at": NOW_AT - 1, "lat": -29.9, "lon": -71.25, "alarm": "sos"},
            {"device": "T-1", "fix_at": NOW_AT - 2, "lat": -29.9, "lon": -71.25},
        ]
        body = msgspec.json.encode({"fixes": rows})
        decoded = decode_batch(body, Senders(fleet.devices, fleet.vehicles), NOW_AT, NOW_AT)
        [raised] = decoded.raised
        assert (raised.vehicle_id, raised.device_id, raised.at) == (V1, "T-1", NOW_AT - 1)
        await town.bell.ring(decoded.raised)
        assert town.bus.operation.alarms.of(V1, AlarmKind.POWER_CUT) is not None
        assert town.bus.operation.alarms.of(V1, AlarmKind.SOS) is None, "a stranger raises nothing"

    yard(scenario)
