"""Core records as rows of the read model's tables; personal data sealed on the way."""

from __future__ import annotations

import math
from typing import Any

import msgspec

from backend_service.event_log.subject_keys import SubjectKeys
from core.fleet.fleet import Driver, DriverPerson, DriverStatus, Vehicle
from core.fleet.route import PlannedStop, Route, StopKind
from core.fleet.zone import Zone
from core.geofencing.fence import Fence
from core.orders.order import Customer, Order
from core.telemetry.fix_batch import Column, FixBatch
from core.vocabulary import Position

type Row = dict[str, Any]


def vehicle_row(vehicle: Vehicle) -> Row:
    """Return the row of `vehicles`."""
    return {
        "vehicle_id": vehicle.vehicle_id,
        "plate": vehicle.plate,
        "make": vehicle.make,
        "model": vehicle.model,
        "capacity_volume_l": vehicle.capacity.volume_l,
        "capacity_weight_kg": vehicle.capacity.weight_kg,
        "driver_id": vehicle.driver_id,
        "signal": str(vehicle.signal),
        "last_heard_at": vehicle.last_heard_at,
        "groups": list(vehicle.groups),
    }


def driver_row(driver: Driver, status: DriverStatus, keys: SubjectKeys) -> Row:
    """Return the row of `drivers`."""
    return {
        "driver_id": driver.driver_id,
        "person_sealed": _sealed(driver.person, f"driver:{driver.driver_id}", f"drivers {driver.driver_id}", keys),
        "skills": list(driver.skills),
        "status": str(status),
        "vehicle_id": driver.vehicle_id,
        "shift_started_at": driver.shift_started_at,
        "shift_ends_at": driver.shift_ends_at,
        "version": driver.version,
    }


def order_row(order: Order, keys: SubjectKeys) -> Row:
    """Return the row of `orders`."""
    return {
        "order_id": order.order_id,
        "customer_id": order.customer_id,
        "customer_sealed": _sealed(order.customer, f"order:{order.customer_id}", f"orders {order.order_id}", keys),
        "pickup_name": order.pickup.name,
        "pickup_address": order.pickup.address,
        "pickup_lat": order.pickup.position.lat,
        "pickup_lon": order.pickup.position.lon,
        "delivery_lat": order.delivery.lat,
        "delivery_lon": order.delivery.lon,
        "promise_kind": str(order.promise.kind),
        "promise_from_at": order.promise.from_at,
        "promise_by_at": order.promise.by_at,
        "placed_at": order.placed_at,
        "ready_at": order.ready_at,
        "is_ready": order.is_ready,
        "load_volume_l": order.load.volume_l,
        "load_weight_kg": order.load.weight_kg,
        "skills": list(order.skills),
        "value": order.value,
        "service_s": order.service_s,
        "zone_id": order.zone_id,
        "state": str(order.state),
        "driver_id": order.driver_id,
        "assigned_at": order.assigned_at,
        "arrived_at_pickup_at": order.arrived_at_pickup_at,
        "picked_up_at": order.picked_up_at,
        "arrived_at_delivery_at": order.arrived_at_delivery_at,
        "ended_at": order.ended_at,
        "told_arrival_at": None if order.told_arrival is None else order.told_arrival.p50_at,
        "failure_reason": order.failure_reason,
        "version": order.version,
    }


def done_stops(order: Order) -> dict[StopKind, tuple[float | None, float]]:
    """Return the stops that were carried out, with their actual (arrival, departure).

    The arrival may be unknown; until the departure is seen, the end of the work there stands for it.
    """
    done: dict[StopKind, tuple[float | None, float]] = {}
    if order.picked_up_at is not None:
        done[StopKind.PICKUP] = (order.arrived_at_pickup_at, order.left_pickup_at or order.picked_up_at)
    if order.ended_at is not None and order.picked_up_at is not None:
        done[StopKind.DELIVERY] = (order.arrived_at_delivery_at, order.left_delivery_at or order.ended_at)
    return done


def route_row(route: Route) -> Row:
    """Return the row of `routes`."""
    return {
        "driver_id": route.driver_id,
        "plan_number": route.plan_number,
        "planned_at": route.planned_at,
        "distance_m": route.distance_m,
        "geometry": _line(route.geometry),
        "is_degraded": route.is_degraded,
    }


def stop_row(route: Route, sequence: int, stop: PlannedStop) -> Row:
    """Return the row of `route_stops` of a stop that is still to be made."""
    return {
        "order_id": stop.order_id,
        "kind": str(stop.kind),
        "driver_id": route.driver_id,
        "sequence": sequence,
        "lat": stop.position.lat,
        "lon": stop.position.lon,
        "arrives_at": stop.arrives_at,
        "starts_at": stop.starts_at,
        "departs_at": stop.departs_at,
    }


def fence_row(fence: Fence) -> Row:
    """Return the row of `geofences`."""
    return {
        "fence_id": fence.fence_id,
        "name": fence.name,
        "purpose": str(fence.purpose),
        "trigger": str(fence.trigger),
        "associated_with": fence.associated_with,
        "ring": _line(fence.ring),
        "centre_lat": None if fence.centre is None else fence.centre.lat,
        "centre_lon": None if fence.centre is None else fence.centre.lon,
        "radius_m": fence.radius_m,
        "leave_margin_m": fence.leave_margin_m,
        "confirm_fixes": fence.confirm_fixes,
        "holes": [_line(hole) for hole in fence.holes],
        "line": _line(fence.line),
        "hours": msgspec.to_builtins(fence.hours),
        "groups": list(fence.groups),
        "tells": [str(role) for role in fence.tells],
        "width_m": fence.width_m,
        "accuracy_limit_m": fence.accuracy_limit_m,
        "dwell_s": fence.dwell_s,
        "speed_limit_mps": fence.speed_limit_mps,
    }


def zone_row(zone: Zone) -> Row:
    """Return the row of `zones`."""
    return {"zone_id": zone.zone_id, "name": zone.name, "ring": _line(zone.ring)}


def telemetry_rows(batch: FixBatch) -> list[Row]:
    """Return the rows of `telemetry`, one per fix; no two of a batch may be of one vehicle."""
    columns: dict[str, list[Any]] = {
        "vehicle_id": batch.vehicle.tolist(),
        "device_id": batch.device.tolist(),
        "fix_at": batch.fix_at.tolist(),
        "received_at": batch.received_at.tolist(),
        "lat": batch.lat.tolist(),
        "lon": batch.lon.tolist(),
        **{name: _known(getattr(batch, name)) for name in ("speed_mps", "heading_deg", "accuracy_m")},
    }
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def person_of(row: Row, keys: SubjectKeys) -> DriverPerson | None:
    """Return who the driver of a row of `drivers` is; ``None`` after erasure."""
    plain = _unsealed(row["person_sealed"], f"drivers {row['driver_id']}", keys)
    return None if plain is None else msgspec.msgpack.decode(plain, type=DriverPerson)


def customer_of(row: Row, keys: SubjectKeys) -> Customer | None:
    """Return who receives the order of a row of `orders`; ``None`` after erasure."""
    plain = _unsealed(row["customer_sealed"], f"orders {row['order_id']}", keys)
    return None if plain is None else msgspec.msgpack.decode(plain, type=Customer)


def _sealed(personal: Customer | DriverPerson | None, subject: str, context: str, keys: SubjectKeys) -> bytes | None:
    if personal is None:
        return None
    return keys.seal_if_kept(subject, msgspec.msgpack.encode(personal), context.encode())


def _unsealed(sealed: bytes | None, context: str, keys: SubjectKeys) -> bytes | None:
    return None if sealed is None else keys.unseal(sealed, context.encode())


def _line(positions: tuple[Position, ...]) -> list[list[float]]:
    return [[position.lat, position.lon] for position in positions]


def _known(figures: Column) -> list[float | None]:
    return [None if math.isnan(figure) else figure for figure in figures.tolist()]
