"""The devices as the doors meet them: when each was heard, whether it is off, and whose fixes make the position."""

from __future__ import annotations

from collections.abc import Sequence

from core.events.device_events import DeviceRetired
from core.events.envelope import Envelope
from core.events.fleet_events import DeviceRegistered
from core.fleet.devices import DeviceHealth, Presence, health_of, primaries
from core.fleet.fleet import Device
from core.projections.operation import Change, Operation
from core.telemetry.channels import DEVICE_BATTERY
from core.telemetry.fix_batch import FixBatch, Mask
from core.telemetry.position_choice import choose
from core.telemetry.reading_batch import ReadingBatch
from core.vocabulary import DeviceId, Instant, VehicleId

_WHO_SPEAKS = frozenset({DeviceRegistered.event_type(), DeviceRetired.event_type()})


class DeviceBoard:
    """Knows the devices that were heard since the start, and what the archives last held of them.

    Parameters
    ----------
    operation : Operation
        The live state; have `follow` told of every commit.
    silent_after_s : float
        Seconds of operation time after which a device counts as silent.
    """

    def __init__(self, operation: Operation, *, silent_after_s: float) -> None:
        self._operation = operation
        self._silent_after_s = silent_after_s
        self._primaries = primaries(operation.fleet.devices.values())
        self._primary_at: dict[str, Instant] = {}
        self._heard_at: dict[str, Instant] = {}
        self._battery: dict[str, tuple[Instant, float]] = {}
        self._off_at: dict[str, Instant] = {}
        self._beside: dict[VehicleId, list[DeviceId]] = {}
        self._note_who_speaks()

    def follow(self, envelopes: Sequence[Envelope], changes: frozenset[Change]) -> None:
        """Take note of who speaks for which vehicle from now on."""
        if any(envelope.type in _WHO_SPEAKS for envelope in envelopes):
            self._note_who_speaks()

    def off_vehicles(self, now: Instant) -> dict[VehicleId, Instant]:
        """Return the vehicles none of whose devices is heard and one of which says that it is off, and since when."""
        off: dict[VehicleId, Instant] = {}
        for device_id, off_at in self._off_at.items():
            device = self._operation.fleet.devices.get(DeviceId(device_id))
            if device is not None and device.retired_at is None and self._is_unheard(device.vehicle_id, now):
                off[device.vehicle_id] = max(off_at, off.get(device.vehicle_id, off_at))
        return off

    def choose(self, batch: FixBatch) -> Mask:
        """Return the accepted fixes to take positions from: (n,); every one of them was heard."""
        self._hear(batch)
        return choose(batch, self._primaries, self._primary_at)

    def observe_readings(self, batch: ReadingBatch) -> None:
        """Take in accepted readings."""
        self._hear(batch)
        charged = batch.select(batch.channel == DEVICE_BATTERY)
        for device, read_at, percent in zip(
            charged.device.tolist(), charged.read_at.tolist(), charged.value.tolist(), strict=True
        ):
            if read_at >= self._battery.get(device, (read_at, 0.0))[0]:
                self._battery[device] = (read_at, percent)

    def note_presence(self, device_id: DeviceId, presence: Presence, at: Instant) -> None:
        """Take note that a device is off, until something made after is heard of it, or that it is there."""
        if presence is Presence.OFFLINE:
            self._off_at.setdefault(device_id, at)
        else:
            self._off_at.pop(device_id, None)

    def primary_of(self, vehicle_id: VehicleId) -> DeviceId | None:
        """Return the device that a vehicle's position is taken from; ``None`` for one without devices."""
        return self._primaries.get(vehicle_id)

    def health(self, device: Device, now: Instant) -> DeviceHealth:
        """Return how a device is doing at `now`."""
        battery = self._battery.get(device.device_id)
        heard_at = self._heard_at.get(device.device_id)
        percent = battery[1] if battery else None
        off_at = self._off_at.get(device.device_id)
        return health_of(device, heard_at, percent, now, self._silent_after_s, off_at=off_at)

    def is_primary(self, device: Device) -> bool:
        """Say whether the vehicle's position is taken from this device while it is heard."""
        return self._primaries.get(device.vehicle_id) == device.device_id

    def _note_who_speaks(self) -> None:
        self._primaries = primaries(self._operation.fleet.devices.values())
        self._beside.clear()
        for device in self._operation.fleet.devices.values():
            if device.retired_at is None:
                self._beside.setdefault(device.vehicle_id, []).append(device.device_id)

    def _is_unheard(self, vehicle_id: VehicleId, now: Instant) -> bool:
        heard_since = now - self._silent_after_s
        return not any(
            device not in self._off_at and self._heard_at.get(device, float("-inf")) > heard_since
            for device in self._beside.get(vehicle_id, ())
        )

    def _hear(self, batch: FixBatch | ReadingBatch) -> None:
        made_at = batch.fix_at if isinstance(batch, FixBatch) else batch.read_at
        for device, at in zip(batch.device.tolist(), made_at.tolist(), strict=True):
            if device and at > self._heard_at.get(device, float("-inf")):
                self._heard_at[device] = at
                if at > self._off_at.get(device, at):  # what was made before it went says nothing of after
                    del self._off_at[device]
