"""Drivers, vehicles, devices, routes and zones, folded from fleet and order events."""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from core.events import device_events as devices
from core.events import fleet_events as fleet
from core.events import order_events as orders
from core.events import tracker_events as trackers
from core.events.envelope import Envelope, Event
from core.fleet.fleet import Device, Driver, DriverStatus, SignalState, Vehicle
from core.fleet.route import Route, StopKind
from core.fleet.zone import Zone
from core.vocabulary import DeviceId, DriverId, OrderId, VehicleId, ZoneId

type _Change = tuple[str, str]


class FleetPicture(msgspec.Struct):
    """The fleet by id. A route loses its stops as they are done, cancelled or given away."""

    drivers: dict[DriverId, Driver] = {}
    vehicles: dict[VehicleId, Vehicle] = {}
    devices: dict[DeviceId, Device] = {}
    routes: dict[DriverId, Route] = {}
    zones: dict[ZoneId, Zone] = {}

    def route_of(self, driver_id: DriverId) -> Route:
        """Return the driver's route; an empty one, plan number 0, if nothing was ever planned."""
        return self.routes.get(driver_id) or Route(driver_id=driver_id)

    def status_of(self, driver_id: DriverId) -> DriverStatus:
        """Return what the driver can be counted on for."""
        driver = self.drivers[driver_id]
        if not driver.is_on_shift:
            return DriverStatus.OFF
        if driver.is_paused:
            return DriverStatus.PAUSED
        return DriverStatus.BUSY if self.route_of(driver_id).stops else DriverStatus.FREE

    def apply(self, envelope: Envelope, event: Event) -> set[_Change]:
        """Fold one event; return (part, id) of what it changed."""
        match event:
            case fleet.DriverRegistered():
                known = self.drivers.get(event.driver_id) or Driver(driver_id=event.driver_id, person=None)
                driver = replace(known, person=event.person, skills=event.skills)
                return self._driver(driver, envelope)
            case fleet.VehicleRegistered():
                return self._register_vehicle(event)
            case fleet.DeviceRegistered():
                return self._register_device(event, envelope)
            case devices.DeviceRetired():
                device = self.devices[event.device_id]
                self.devices[event.device_id] = replace(device, key_digest="", retired_at=envelope.occurred_at)
                return {("vehicle", event.vehicle_id)}
            case fleet.ShiftStarted() | fleet.ShiftEnded() | fleet.DriverPaused() | fleet.DriverResumed():
                return self._shift(event, envelope)
            case fleet.BreakTurnGiven():
                return self._driver(replace(self.drivers[event.driver_id], break_turn_s=event.turn_s), envelope)
            case fleet.BreaksPlanned():
                return self._driver(replace(self.drivers[event.driver_id], breaks=event.breaks), envelope)
            case fleet.DriverTakenOut():
                driver = replace(self.drivers[event.driver_id], is_taken_out=True, out_until_at=event.until_at)
                return self._driver(driver, envelope)
            case fleet.DriverReturned():
                driver = replace(self.drivers[event.driver_id], is_taken_out=False, out_until_at=None)
                return self._driver(driver, envelope)
            case fleet.VehicleWentSilent() | fleet.VehicleReported() | trackers.VehicleSwitchedOff():
                return self._signal(event, envelope)
            case fleet.RoutePlanned():
                return self._plan(event, envelope)
            case fleet.ZonesDrawn():
                self.zones = {zone.zone_id: zone for zone in event.zones}
                return {("zones", "")}
            case orders.OrderPickedUp():
                return self._drop_stops(event.driver_id, event.order_id, StopKind.PICKUP)
            case orders.OrderDelivered() | orders.DeliveryFailed() | orders.AssignmentRefused():
                return self._drop_stops(event.driver_id, event.order_id)
            case orders.OrderUnassigned():
                return self._drop_stops(event.driver_id, event.order_id)
            case orders.OrderCancelled() if event.driver_id is not None:
                return self._drop_stops(event.driver_id, event.order_id)
            case _:
                return set()

    def _driver(self, driver: Driver, envelope: Envelope) -> set[_Change]:
        self.drivers[driver.driver_id] = replace(driver, version=envelope.version)
        return {("driver", driver.driver_id)}

    def _register_vehicle(self, event: fleet.VehicleRegistered) -> set[_Change]:
        known = self.vehicles.get(event.vehicle_id) or Vehicle(vehicle_id=event.vehicle_id, plate=event.plate)
        self.vehicles[event.vehicle_id] = replace(
            known,
            plate=event.plate,
            make=event.make,
            model=event.model,
            capacity=event.capacity,
            groups=event.groups,
        )
        return {("vehicle", event.vehicle_id)}

    def _register_device(self, event: fleet.DeviceRegistered, envelope: Envelope) -> set[_Change]:
        """Bind a device; a new primary takes the place of the one before."""
        if event.is_primary:
            for device in self.devices.values():
                if device.vehicle_id == event.vehicle_id and device.is_primary:
                    self.devices[device.device_id] = replace(device, is_primary=False)
        known = self.devices.get(event.device_id)
        self.devices[event.device_id] = Device(
            device_id=event.device_id,
            vehicle_id=event.vehicle_id,
            key_digest=event.key_digest,
            is_primary=event.is_primary,
            registered_at=envelope.occurred_at,
        )
        moved = {("vehicle", known.vehicle_id)} if known is not None else set()
        return {("vehicle", event.vehicle_id), *moved}

    def _shift(
        self,
        event: fleet.ShiftStarted | fleet.ShiftEnded | fleet.DriverPaused | fleet.DriverResumed,
        envelope: Envelope,
    ) -> set[_Change]:
        driver = self.drivers[event.driver_id]
        match event:
            case fleet.ShiftStarted():
                self._seat(event.vehicle_id, event.driver_id)
                driver = replace(
                    driver,
                    is_on_shift=True,
                    is_paused=False,
                    is_taken_out=False,
                    out_until_at=None,
                    vehicle_id=event.vehicle_id,
                    shift_started_at=envelope.occurred_at,
                    shift_ends_at=event.ends_at,
                    breaks=event.breaks,
                    break_turn_s=None,
                    pauses=(),
                    is_paused_by_plan=False,
                )
                return self._driver(driver, envelope) | {("vehicle", event.vehicle_id)}
            case fleet.ShiftEnded():
                vehicle_id = driver.vehicle_id
                self._seat(vehicle_id, None)
                changes = self._driver(replace(driver, is_on_shift=False, is_paused=False, vehicle_id=None), envelope)
                return changes | ({("vehicle", vehicle_id)} if vehicle_id else set())
            case fleet.DriverPaused():
                pauses = (*driver.pauses, envelope.occurred_at)
                driver = replace(driver, is_paused=True, pauses=pauses, is_paused_by_plan=event.is_planned)
                return self._driver(driver, envelope)
            case fleet.DriverResumed():
                return self._driver(replace(driver, is_paused=False, is_paused_by_plan=False), envelope)

    def _seat(self, vehicle_id: VehicleId | None, driver_id: DriverId | None) -> None:
        if vehicle_id is not None and vehicle_id in self.vehicles:
            self.vehicles[vehicle_id] = replace(self.vehicles[vehicle_id], driver_id=driver_id)

    def _signal(
        self, event: fleet.VehicleWentSilent | fleet.VehicleReported | trackers.VehicleSwitchedOff, envelope: Envelope
    ) -> set[_Change]:
        vehicle = self.vehicles[event.vehicle_id]
        if isinstance(event, fleet.VehicleWentSilent):
            vehicle = replace(vehicle, signal=SignalState.SILENT, last_heard_at=event.last_heard_at)
        elif isinstance(event, trackers.VehicleSwitchedOff):
            vehicle = replace(vehicle, signal=SignalState.OFF, last_heard_at=event.last_heard_at)
        else:
            vehicle = replace(vehicle, signal=SignalState.LIVE, last_heard_at=envelope.occurred_at)
        self.vehicles[event.vehicle_id] = vehicle
        return {("vehicle", event.vehicle_id)}

    def _plan(self, event: fleet.RoutePlanned, envelope: Envelope) -> set[_Change]:
        self.routes[event.driver_id] = Route(
            driver_id=event.driver_id,
            plan_number=event.plan_number,
            stops=event.stops,
            planned_at=envelope.occurred_at,
            distance_m=event.distance_m,
            geometry=event.geometry,
            is_degraded=event.is_degraded,
        )
        return {("route", event.driver_id), ("driver", event.driver_id)}

    def _drop_stops(self, driver_id: DriverId, order_id: OrderId, kind: StopKind | None = None) -> set[_Change]:
        route = self.routes.get(driver_id)
        if route is None:
            return set()
        self.routes[driver_id] = route.without(order_id, kind)
        return {("route", driver_id), ("driver", driver_id)}
