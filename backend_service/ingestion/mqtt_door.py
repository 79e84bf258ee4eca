"""Devices over an MQTT broker: OwnTracks' topics and Tower's own; acknowledged to the broker when it is on disk.

The broker knows the devices: it lets each sign in and, by its access list, publish under its own name only. So the
topic is the proof: ``owntracks/<user>/<name>`` and ``fleet/v1/<tenant>/<vehicle>/...``. A broker that is gone is looked
for again, after ever longer pauses, and the desks are told meanwhile. What was not acknowledged it sends again; what
is here already is a duplicate then.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from aiomqtt import Message, MqttError

from backend_service.ingestion.acknowledging_client import AcknowledgingClient, BrokerAddress
from backend_service.ingestion.batch import Senders
from backend_service.ingestion.clock_watch import IN_DOUBT
from backend_service.ingestion.own_topics import KINDS, Published, Publisher, decode_own
from backend_service.ingestion.owntracks import decode_owntracks
from backend_service.ingestion.proof import KnownFleet
from backend_service.ingestion.reception import Delivery, Reception
from core.fleet.devices import primaries
from core.refusals import Fault, Refusal
from core.telemetry.plausibility import Reason
from core.vocabulary import DeviceId, Instant, VehicleId

logger = logging.getLogger(__name__)

DOOR = "mqtt"
BROKER = "broker"
BROKER_EFFECT = "Devices that report through the broker are not heard; what it keeps comes when it is back."
_REFUSED = 128
"""The codes of a subscription from here on say that it was not granted."""

MOST_AT_ONCE = 500
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 15.0


@dataclass(frozen=True, slots=True)
class BrokerState:
    """Whether the broker is lost, since which instant of the operation, and why."""

    degraded: bool
    since_at: Instant
    cause: str = ""


class MqttDoor:
    """Listens to a broker until closed.

    Parameters
    ----------
    fleet : callable() -> who is known at the moment
    tenant : whose fleet it is on the broker, part of Tower's own topics
    identifier : names the session at the broker; it stays the same when the service starts again
    """

    def __init__(
        self,
        reception: Reception,
        fleet: Callable[[], KnownFleet],
        address: BrokerAddress,
        *,
        tenant: str,
        identifier: str,
    ) -> None:
        self._reception = reception
        self._fleet = fleet
        self._address = address
        self._tenant = tenant
        self._identifier = identifier
        self._task: asyncio.Task[None] | None = None
        self.state = BrokerState(True, reception.clock.now(), "not connected yet")

    @property
    def address(self) -> str:
        """Return the broker's host and port."""
        return str(self._address)

    def open(self) -> None:
        """Begin to listen; a broker that is not there is waited for."""
        self._task = asyncio.create_task(self._run(), name="mqtt")

    async def close(self) -> None:
        """Stop to listen; the broker keeps the session."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        pause_s = FIRST_PAUSE_S
        while True:
            cause = ""
            try:
                await self._connected()
            except MqttError as lost:
                cause = str(lost)
            except Exception:  # the outer wall of the door
                cause = "a bug"
                self._reception.count(DOOR, "bug")
                logger.exception("The MQTT door met a bug; it connects again")
            if self.state.degraded:
                pause_s = min(2.0 * pause_s, LONGEST_PAUSE_S)
            else:
                pause_s = FIRST_PAUSE_S
                self._turn(BrokerState(True, self._reception.clock.now(), cause))
            await asyncio.sleep(pause_s * random.uniform(0.75, 1.25))

    async def _connected(self) -> None:
        """Listen on one connection until it is lost.

        Raises
        ------
        MqttError
        """
        async with AcknowledgingClient(self._address, self._identifier) as client:
            topics = [("owntracks/+/+/#", 1), *((f"fleet/v1/{self._tenant}/+/{kind}", 1) for kind in KINDS)]
            granted = await client.subscribe(topics)
            if any((code if isinstance(code, int) else code.value) >= _REFUSED for code in granted):
                raise MqttError("the broker's access list does not let the service subscribe")
            self._turn(BrokerState(False, self._reception.clock.now()))
            async for message in client.messages:
                await self._take(client, [message, *client.waiting(MOST_AT_ONCE - 1)])

    def _turn(self, state: BrokerState) -> None:
        self.state = state
        logger.info("broker %s %s%s", self._address, "lost: " if state.degraded else "connected", state.cause)

    async def _take(self, client: AcknowledgingClient, messages: Sequence[Message]) -> None:
        deliveries = [delivery for message in messages if (delivery := self._read(message)) is not None]
        await self._keep(deliveries)
        for message in messages:
            client.acknowledge(message)
        if client.dropped:
            self._reception.count(DOOR, "dropped_qos_0", client.dropped)
            client.dropped = 0

    async def _keep(self, deliveries: Sequence[Delivery]) -> None:
        """Return when all is on disk; a delivery that meets a bug is counted and given up, the others are kept."""
        pause_s = FIRST_PAUSE_S
        while deliveries:
            try:
                await self._reception.take(*deliveries)
                return
            except (Refusal, Fault) as later:
                self._reception.count(DOOR, later.code)
                await asyncio.sleep(pause_s)
                if later.code == IN_DOUBT:
                    deliveries = [self._reception.received_anew(delivery) for delivery in deliveries]
                pause_s = min(2.0 * pause_s, LONGEST_PAUSE_S)
            except Exception:
                if len(deliveries) == 1:
                    self._reception.count(DOOR, "bug")
                    logger.exception("A message could not be taken in")
                    return
                for delivery in deliveries:
                    await self._keep([delivery])
                return

    def _read(self, message: Message) -> Delivery | None:
        """Return what a message delivers; what nobody asks for and what cannot be read is counted."""
        payload = message.payload if isinstance(message.payload, bytes) else b""
        try:
            return self.route(str(message.topic), payload)
        except Refusal as refusal:
            self._reception.turn_away(DOOR, refusal.code)
        except Exception:  # one message's bug costs the others nothing
            self._reception.turn_away(DOOR, "bug")
            logger.exception("A message on %s could not be read", message.topic)
        return None

    def route(self, topic: str, payload: bytes) -> Delivery | None:
        """Return what a message delivers by its topic; ``None`` for what nobody asks for, which is counted.

        Raises
        ------
        Refusal
            ``telemetry.malformed``.
        """
        match topic.split("/"):
            case ["owntracks", user, name]:
                return self._owntracks(user, name, payload)
            case ["fleet", "v1", self._tenant, vehicle, kind]:
                return self._own(vehicle, kind, payload)
        self._reception.count(DOOR, "ignored.topic")
        return None

    def _owntracks(self, user: str, name: str, payload: bytes) -> Delivery | None:
        devices = self._fleet().devices
        device = devices.get(DeviceId(f"{user}.{name}")) or devices.get(DeviceId(user))
        if device is None or device.retired_at is not None:
            reason = Reason.UNKNOWN_DEVICE if device is None else Reason.RETIRED_DEVICE
            self._reception.turn_away(DOOR, reason.value, reason)
            return None
        told = decode_owntracks(payload)
        self._reception.count(DOOR, f"owntracks.{told.kind}" if told.is_asked_for else f"ignored.{told.kind}")
        return self._reception.delivery_of(device, told) if told.is_asked_for else None

    def _own(self, vehicle: str, kind: str, payload: bytes) -> Delivery | None:
        fleet, vehicle_id = self._fleet(), VehicleId(vehicle)
        if vehicle_id not in fleet.vehicles:
            self._reception.turn_away(DOOR, Reason.UNKNOWN_DEVICE.value, Reason.UNKNOWN_DEVICE)
            return None
        publisher = Publisher(vehicle_id, self._speaker(vehicle_id), Senders(fleet.devices, fleet.vehicles))
        told = decode_own(kind, payload, publisher, self._reception.clock.now(), self._reception.wall.now())
        self._count_rejected(kind, told)
        self._reception.count(DOOR, f"own.{kind}" if told.is_asked_for else f"ignored.{kind}")
        return told.delivery if told.is_asked_for else None

    def _count_rejected(self, kind: str, told: Published) -> None:
        if kind != "state":
            self._reception.intake.count_rejected(dict(told.rejected))
        elif self._reception.readings is not None:
            self._reception.readings.count_rejected(told.rejected)

    def _speaker(self, vehicle_id: VehicleId) -> DeviceId | None:
        """Return the device that speaks where none is named: the primary."""
        if self._reception.devices is not None:
            return self._reception.devices.primary_of(vehicle_id)
        return primaries(self._fleet().devices.values()).get(vehicle_id)
