"""Writes what changed to the read model's tables, after commit, beside the operation.

The listener only notes *which* records changed; a worker's beat takes those records as they are then and writes them in
one transaction with the log position they stand for. A hundred changes of one order are one row; a slow disk delays the
tables and never a command. The database is a file of its own, so that its writes never wait for, or hold up, the log's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import Connection, Engine, Table, and_, bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from backend_service.event_log.log import EventLog
from backend_service.event_log.subject_keys import SubjectKeys
from backend_service.storage import rows as as_row
from backend_service.storage.read_model import unavailable
from backend_service.storage.rows import Row
from backend_service.storage.tables import (
    drivers,
    geofences,
    metadata,
    orders,
    read_position,
    route_stops,
    routes,
    telemetry,
    vehicles,
    zones,
)
from core.events.envelope import Envelope
from core.fleet.fleet import Driver, DriverStatus, Vehicle
from core.fleet.route import Route
from core.fleet.zone import Zone
from core.geofencing.fence import Fence
from core.orders.order import Order
from core.projections.operation import Change, Operation, Part
from core.telemetry.fix_batch import FixBatch
from core.vocabulary import DriverId, FenceId, Instant, OrderId, VehicleId

_MOST_BATCHES = 2_000
MANY_FIXES = 1_000
BEATS_OF_MANY = 5
"""When more fixes came in since the last time, positions go to the tables at each fifth beat only."""


@dataclass(frozen=True, slots=True)
class _Changed:
    """The records of one beat, as of `position`; `zones` only if they were redrawn."""

    position: int
    vehicles: list[Vehicle]
    drivers: list[tuple[Driver, DriverStatus]]
    orders: list[Order]
    routes: list[Route]
    fences: dict[str, Fence | None]
    zones: list[Zone] | None
    fixes: list[FixBatch]


class TableProjection:
    """Implements `Worker`. Subscribe `on_commit` to the command bus and `on_positions` to the live positions.

    Parameters
    ----------
    engine : the migrated database (`open_read_model`)
    operation : the live state; read on the loop only
    """

    name = "read_model"
    every_s = 1.0

    def __init__(self, engine: Engine, log_id: str, operation: Operation, keys: SubjectKeys) -> None:
        self._engine = engine
        self._log_id = log_id
        self._operation = operation
        self._keys = keys
        self._dirty: set[Change] = set()
        self._fixes: list[FixBatch] = []
        self._beats = 0

    def on_commit(self, _: Sequence[Envelope], changes: Iterable[Change]) -> None:
        """Note what changed; quick, on the loop."""
        self._dirty.update(changes)

    def on_positions(self, batch: FixBatch) -> None:
        """Note fixes that became the newest of their vehicle."""
        self._fixes.append(batch)
        if len(self._fixes) > _MOST_BATCHES:  # the tables lag: keep the newest fix per vehicle only
            self._fixes = [_newest(FixBatch.concatenate(self._fixes))]

    def is_wanted(self, now: Instant) -> bool:
        """Say no: lists may be a beat behind."""
        return False

    async def run_once(self, now: Instant) -> None:
        """Write what changed since the last beat.

        Raises
        ------
        Fault
            ``read_model.unavailable``; the changes are kept for the next beat.
        """
        dirty, self._dirty = self._dirty, set()
        fixes = self._positions_due()
        if not dirty and not fixes:
            return
        changed = self._take(dirty, fixes)
        try:
            await asyncio.to_thread(self._write, changed)
        except SQLAlchemyError as error:
            self._dirty |= dirty
            self._fixes = [*fixes, *self._fixes]
            raise unavailable(error) from error

    def _positions_due(self) -> list[FixBatch]:
        """Return what is to be written of positions now: of a large fleet every few beats only."""
        self._beats += 1
        if sum(map(len, self._fixes)) > MANY_FIXES and self._beats < BEATS_OF_MANY:
            return []
        fixes, self._fixes, self._beats = self._fixes, [], 0
        return fixes

    async def catch_up(self, log: EventLog) -> None:
        """Bring the tables to the operation's position at start: all of them, if they are of another log.

        Raises
        ------
        Fault
            ``read_model.unavailable``; faults of the log.
        """
        try:
            position = await asyncio.to_thread(self._stored_position)
        except SQLAlchemyError as error:
            raise unavailable(error) from error
        operation = self._operation
        touched: set[str] = set(operation.orders.orders)
        if position is not None:
            touched = set()
            async for envelope in log.read_all(after=position):
                touched.add(getattr(envelope.event(), "order_id", ""))
        self._dirty |= {(Part.ORDER, order_id) for order_id in touched}
        self._dirty |= {(Part.VEHICLE, vehicle_id) for vehicle_id in operation.fleet.vehicles}
        self._dirty |= {(Part.DRIVER, driver_id) for driver_id in operation.fleet.drivers}
        self._dirty |= {(Part.ROUTE, driver_id) for driver_id in operation.fleet.routes}
        self._dirty |= {(Part.FENCE, fence_id) for fence_id in operation.fences.fences}
        self._dirty.add((Part.ZONES, ""))
        await self.run_once(0.0)

    def _stored_position(self) -> int | None:
        """Return where the tables stand; ``None``, and empty tables, if they are of another log."""
        with self._engine.begin() as connection:
            position = connection.scalar(select(read_position.c.position).where(read_position.c.log_id == self._log_id))
            if position is None or position > self._operation.position:
                for table in metadata.sorted_tables:
                    connection.execute(delete(table))
                return None
            return int(position)

    def _take(self, dirty: set[Change], fixes: list[FixBatch]) -> _Changed:
        operation, fleet = self._operation, self._operation.fleet
        ids: dict[Part, set[str]] = {part: set() for part in Part}
        for part, name in dirty:
            ids[part].add(name)
        known_drivers = [fleet.drivers[DriverId(n)] for n in ids[Part.DRIVER] if n in fleet.drivers]
        return _Changed(
            position=operation.position,
            vehicles=[fleet.vehicles[VehicleId(n)] for n in ids[Part.VEHICLE] if n in fleet.vehicles],
            drivers=[(driver, fleet.status_of(driver.driver_id)) for driver in known_drivers],
            orders=[operation.orders.orders[OrderId(n)] for n in ids[Part.ORDER] if n in operation.orders.orders],
            routes=[fleet.routes[DriverId(n)] for n in ids[Part.ROUTE] if n in fleet.routes],
            fences={n: operation.fences.fences.get(FenceId(n)) for n in ids[Part.FENCE]},
            zones=list(fleet.zones.values()) if ids[Part.ZONES] else None,
            fixes=fixes,
        )

    def _write(self, changed: _Changed) -> None:
        with self._engine.begin() as connection:
            _upsert(connection, vehicles, [as_row.vehicle_row(vehicle) for vehicle in changed.vehicles])
            _upsert(connection, drivers, [as_row.driver_row(*driver, self._keys) for driver in changed.drivers])
            _upsert(connection, orders, [as_row.order_row(order, self._keys) for order in changed.orders])
            _upsert(connection, telemetry, as_row.telemetry_rows(_newest(FixBatch.concatenate(changed.fixes))))
            _write_routes(connection, changed.routes, changed.orders)
            _write_fences(connection, changed.fences)
            if changed.zones is not None:
                connection.execute(delete(zones))
                _upsert(connection, zones, [as_row.zone_row(zone) for zone in changed.zones])
            _upsert(connection, read_position, [{"log_id": self._log_id, "position": changed.position}])


def _write_routes(connection: Connection, planned: list[Route], touched: list[Order]) -> None:
    """Write routes and the stops to come; stops that were made keep their row, with the actual times."""
    _upsert(connection, routes, [as_row.route_row(route) for route in planned])
    taken_off = update(route_stops).where(route_stops.c.driver_id == bindparam("of_driver")).values(sequence=None)
    _many(connection, taken_off, [{"of_driver": route.driver_id} for route in planned])
    stops = [as_row.stop_row(route, n, stop) for route in planned for n, stop in enumerate(route.stops)]
    _upsert(connection, route_stops, stops)
    is_stop = and_(route_stops.c.order_id == bindparam("of_order"), route_stops.c.kind == bindparam("of_kind"))
    made = [
        {"of_order": order.order_id, "of_kind": str(kind), "arrived_at": arrived_at, "departed_at": departed_at}
        for order in touched
        for kind, (arrived_at, departed_at) in as_row.done_stops(order).items()
    ]
    actual: Row = {"arrived_at": bindparam("arrived_at"), "departed_at": bindparam("departed_at"), "sequence": None}
    _many(connection, update(route_stops).where(is_stop).values(actual), made)
    is_withdrawn = and_(
        route_stops.c.driver_id == bindparam("of_driver"),
        route_stops.c.sequence.is_(None),
        route_stops.c.departed_at.is_(None),
    )
    _many(connection, delete(route_stops).where(is_withdrawn), [{"of_driver": route.driver_id} for route in planned])


def _write_fences(connection: Connection, fences: dict[str, Fence | None]) -> None:
    retired = [name for name, fence in fences.items() if fence is None]
    connection.execute(delete(geofences).where(geofences.c.fence_id.in_(retired)))
    _upsert(connection, geofences, [as_row.fence_row(fence) for fence in fences.values() if fence is not None])


def _upsert(connection: Connection, table: Table, rows: list[Row]) -> None:
    if not rows:
        return
    dialect: Any = postgresql if connection.dialect.name == "postgresql" else sqlite
    insert = dialect.insert(table)
    keys = [column.name for column in table.primary_key]
    fresh = {name: insert.excluded[name] for name in rows[0] if name not in keys}
    connection.execute(insert.on_conflict_do_update(index_elements=keys, set_=fresh), rows)


def _many(connection: Connection, statement: Any, arguments: list[Row]) -> None:
    if arguments:
        connection.execute(statement, arguments)


def _newest(batch: FixBatch) -> FixBatch:
    last = {vehicle: n for n, vehicle in enumerate(batch.vehicle.tolist())}
    return batch.select(np.fromiter(last.values(), dtype=np.intp))
