"""Notices that a vehicle on shift has fallen silent, or said that it is off, and that it is heard again.

Silent is not lost: the desk goes on showing where it was, and how old that is. Only operation time and the time of
the fixes count, so that a late delivery of old fixes does not make a vehicle live.

Silence counts while somebody listened. After a start, or when the service itself stood still, every vehicle is given
the whole time anew: its phone kept what it could not deliver, and a fleet that is all well must set off no alarm.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from itertools import batched

from backend_service.handlers.command_bus import CommandBus
from backend_service.ingestion.device_board import DeviceBoard
from backend_service.ingestion.live_positions import LivePositions
from core.commands import RecordSignal
from core.fleet.fleet import SignalState, Vehicle
from core.vocabulary import PLATFORM, Instant, VehicleId

SILENT_AFTER_S = 60.0
VEHICLES_AT_ONCE = 500
"""So many are looked at in half a millisecond; then the loop is for others."""

_DEAF_AFTER = 0.25
"""Share of the time for silence that may lie between two beats; more of it means that the service stood still."""


class SignalWatch:
    """A worker.

    Parameters
    ----------
    bus : CommandBus
    live : LivePositions
    devices : DeviceBoard, optional
        Knows which devices said that they are off: a vehicle that is off is not missed.
    silent_after_s : float
        Seconds of operation time without a fix, while on shift.
    """

    name = "signal watch"
    every_s = 1.0

    def __init__(
        self,
        bus: CommandBus,
        live: LivePositions,
        *,
        devices: DeviceBoard | None = None,
        silent_after_s: float = SILENT_AFTER_S,
    ) -> None:
        if silent_after_s <= 0.0:
            raise ValueError("a vehicle is silent after some time")
        self._bus = bus
        self._live = live
        self._devices = devices
        self._silent_after_s = silent_after_s
        self._looked_at: Instant | None = None
        self._listening_since_at = 0.0

    def is_wanted(self, now: Instant) -> bool:
        """Its beat is quick enough."""
        return False

    async def run_once(self, now: Instant) -> None:
        """Record every vehicle whose signal changed."""
        if self._looked_at is None or now - self._looked_at > self._silent_after_s * _DEAF_AFTER:
            self._listening_since_at = now
        self._looked_at = now
        off = {} if self._devices is None else self._devices.off_vehicles(now)
        vehicles = self._bus.operation.fleet.vehicles
        for some in batched(list(vehicles), VEHICLES_AT_ONCE):
            changes = list(self._changes([vehicles[name] for name in some if name in vehicles], off, now))
            await asyncio.gather(asyncio.sleep(0.0), *(self._bus.execute(change, PLATFORM) for change in changes))

    def _changes(
        self, vehicles: Iterable[Vehicle], off: Mapping[VehicleId, Instant], now: Instant
    ) -> Iterator[RecordSignal]:
        for vehicle in vehicles:
            heard_at = self._live.heard_at(vehicle.vehicle_id)
            if vehicle.vehicle_id in off:
                if vehicle.signal is not SignalState.OFF:
                    off_at = off[vehicle.vehicle_id] if heard_at is None else heard_at
                    yield RecordSignal(vehicle_id=vehicle.vehicle_id, is_heard=False, is_off=True, last_heard_at=off_at)
            elif heard_at is not None and heard_at > now - self._silent_after_s:
                if vehicle.signal is not SignalState.LIVE:
                    yield RecordSignal(vehicle_id=vehicle.vehicle_id, is_heard=True, last_heard_at=heard_at)
            elif vehicle.signal is SignalState.LIVE and self._is_missed(vehicle, now):
                last = vehicle.last_heard_at if heard_at is None else heard_at
                yield RecordSignal(vehicle_id=vehicle.vehicle_id, is_heard=False, last_heard_at=last or now)

    def _is_missed(self, vehicle: Vehicle, now: Instant) -> bool:
        """Say whether this vehicle was driven, and listened for, long enough to be heard."""
        driver = None if vehicle.driver_id is None else self._bus.operation.fleet.drivers.get(vehicle.driver_id)
        if driver is None or driver.shift_started_at is None:
            return False
        return now - max(driver.shift_started_at, self._listening_since_at) >= self._silent_after_s
