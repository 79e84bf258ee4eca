"""What comes in from vehicles, put together: where fixes and readings go, what devices are known, the broker's door."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass

from backend_service.api.channel_doors import ChannelDoors
from backend_service.handlers.command_bus import CommandBus
from backend_service.ingestion.acknowledging_client import BrokerAddress
from backend_service.ingestion.alarm_bell import AlarmBell
from backend_service.ingestion.clock_watch import CLOCK, ClockWatch
from backend_service.ingestion.device_board import DeviceBoard
from backend_service.ingestion.device_clocks import DEVICE_CLOCKS, DeviceClocks
from backend_service.ingestion.intake import Intake
from backend_service.ingestion.latest_readings import LatestReadings
from backend_service.ingestion.live_positions import LivePositions
from backend_service.ingestion.mqtt_door import BROKER, BROKER_EFFECT, MqttDoor
from backend_service.ingestion.reading_intake import ReadingIntake
from backend_service.ingestion.reception import Reception
from backend_service.ledger import Ledger, open_readings
from backend_service.settings import Settings
from backend_service.storage.reading_archive import ReadingStore
from backend_service.workers.channel_watch import ChannelWatch
from backend_service.workers.source_watch import SourceWatch
from backend_service.workers.worker import Worker
from core.projections.operation import Operation
from core.timekeeping import Clock


@dataclass(frozen=True, slots=True)
class Receiving:
    """Where what vehicles send goes.

    Attributes
    ----------
    live : where vehicles are
    intake : takes fixes; started by its owner, once whoever listens does
    channels : takes readings, and knows the devices
    reception : what doors hand their messages to
    readings : what is kept of channels
    mqtt : the broker's door, ``None`` without a broker
    """

    live: LivePositions
    intake: Intake
    channels: ChannelDoors
    reception: Reception
    readings: ReadingStore
    mqtt: MqttDoor | None

    @property
    def devices(self) -> DeviceBoard:
        """Return what is known of devices."""
        return self.channels.devices


async def open_receiving(
    settings: Settings,
    ledger: Ledger,
    bus: CommandBus,
    stack: AsyncExitStack,
    *,
    clock: Clock,
    wall: Clock,
    steady: Clock | None = None,
) -> Receiving:
    """Put it together as the archives left it; the archive of readings is closed with `stack`.

    Parameters
    ----------
    clock, wall : operation time and wall time
    steady : what `clock` is held against, if somebody could set it
    """
    live = LivePositions()
    live.update(await ledger.archive.latest_per_vehicle())
    readings = await open_readings(settings, ledger, clock, stack)
    channels = await _open_channels(settings, readings, ledger.operation, live)
    intake = Intake(ledger.archive, live, devices=channels.devices)
    bus.subscribe(channels.devices.follow)
    reception = Reception(
        intake,
        channels.intake,
        channels.devices,
        clock,
        wall,
        bell=AlarmBell(bus, live),
        clock_watch=None if steady is None else ClockWatch(clock, steady),
        device_clocks=DeviceClocks(clock),
    )
    mqtt = _broker(settings, reception, bus, ledger.log.log_id)
    return Receiving(live, intake, channels, reception, readings, mqtt)


def channel_watch(bus: CommandBus, channels: ChannelDoors) -> Worker:
    """Return who holds readings against their limits, listening to both."""
    watch = ChannelWatch(bus, channels.intake.latest)
    bus.subscribe(watch.follow)
    channels.intake.subscribe(watch.observe)
    return watch


def sender_watches(bus: CommandBus, receiving: Receiving) -> list[Worker]:
    """Return who tells that the broker is away, or that a clock is wrong: this machine's, or those of devices."""
    mqtt, watch, devices = receiving.mqtt, receiving.reception.clock_watch, receiving.reception.device_clocks
    watches: list[Worker] = []
    if mqtt is not None:
        watches.append(SourceWatch(bus, lambda: mqtt.state, source=BROKER, effect=BROKER_EFFECT))
    if watch is not None:
        watches.append(SourceWatch(bus, lambda: watch.state, source=CLOCK, effect=watch.effect))
    if devices is not None:
        watches.append(SourceWatch(bus, lambda: devices.state, source=DEVICE_CLOCKS, effect=devices.effect))
    return watches


async def _open_channels(
    settings: Settings, archive: ReadingStore, operation: Operation, live: LivePositions
) -> ChannelDoors:
    """Know the devices by what the archives last held of them."""
    kept = await archive.latest_per_channel()
    latest, devices = LatestReadings(), DeviceBoard(operation, silent_after_s=settings.silent_after_s)
    intake = ReadingIntake(archive, latest)
    latest.update(kept)
    devices.observe_readings(kept)
    devices.choose(live.snapshot())
    intake.subscribe(devices.observe_readings)
    return ChannelDoors(intake, archive, devices)


def _broker(settings: Settings, reception: Reception, bus: CommandBus, log_id: str) -> MqttDoor | None:
    if settings.mqtt is None:
        return None
    address = BrokerAddress.parse(
        settings.mqtt,
        authority=settings.mqtt_authority,
        certificate=settings.mqtt_certificate,
        private_key=settings.mqtt_private_key,
    )
    address.tls()  # a file that cannot be used is told at the start
    return MqttDoor(
        reception,
        lambda: bus.operation.fleet,
        address,
        tenant=settings.mqtt_tenant,
        identifier=f"tower-{log_id}",
    )
