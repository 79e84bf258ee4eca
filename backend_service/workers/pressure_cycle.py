"""Counts the pressure of every zone, remembers the bins that have passed, and tells the feed."""

from __future__ import annotations

from collections.abc import Callable

from backend_service.workers.collaborators import Bus, SeenVehicles
from core.dispatch.break_turns import rule_in_force
from core.dispatch.zone_outlook import ZoneOutlook, short_ahead
from core.fleet.zone import zone_at
from core.projections.zone_pressure import Cells, PressurePolicy, bin_start, present_cells, zone_pressure
from core.vocabulary import Instant, Position, VehicleId, ZoneId
from core.wire import Pressure


class PressureCycle:
    """Implements `Worker`.

    Attributes
    ----------
    latest : Pressure or None
        The last count; ``None`` before the first and without zones.
    outlook : ZoneOutlook or None
        What it says of half an hour ahead.

    Parameters
    ----------
    bus : Bus
    positions : SeenVehicles
    publish : callable
        Told each count.
    policy : PressurePolicy, optional
    """

    name = "pressure"
    every_s = 15.0

    def __init__(
        self,
        bus: Bus,
        positions: SeenVehicles,
        publish: Callable[[Pressure], None],
        policy: PressurePolicy | None = None,
    ) -> None:
        self.latest: Pressure | None = None
        self.outlook: ZoneOutlook | None = None
        self._bus = bus
        self._positions = positions
        self._publish = publish
        self._policy = policy or PressurePolicy()
        self._past: dict[Instant, Cells] = {}

    def is_wanted(self, now: Instant) -> bool:
        """Pressure changes slowly: the beat is enough."""
        return False

    async def run_once(self, now: Instant) -> None:
        """Count, remember the present bin's latest cells, and publish."""
        operation = self._bus.operation
        if not operation.fleet.zones:
            return
        known, rule = self.known_positions(), rule_in_force(operation)
        pressure = zone_pressure(operation, now, known, self.zone_of, self._past, self._policy, rule)
        self._past[bin_start(now, self._policy)] = present_cells(pressure)
        self._past = {start: cells for start, cells in self._past.items() if start >= pressure.first_bin_at}
        self.latest = pressure
        self.outlook = ZoneOutlook(short_ahead(pressure), self.zone_of)
        self._publish(pressure)

    def zone_of(self, position: Position) -> ZoneId | None:
        """Return the zone that a position lies in, ``None`` if none does."""
        return zone_at(self._bus.operation.fleet.zones.values(), position)

    def known_positions(self) -> dict[VehicleId, Position]:
        """Return where the vehicles with a driver were last seen."""
        known = {}
        for vehicle in self._bus.operation.fleet.vehicles.values():
            seen = self._positions.latest(vehicle.vehicle_id) if vehicle.driver_id is not None else None
            if seen is not None:
                known[vehicle.vehicle_id] = seen.position
        return known
