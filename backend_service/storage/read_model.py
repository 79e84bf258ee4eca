"""The read model's database and its questions: pages of orders, vehicles and drivers.

A page is cut by key, not by offset: it stays quick at any depth, and a row that is added meanwhile moves no other.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Column, ColumnElement, Engine, Select, create_engine, event, make_url, select
from sqlalchemy.exc import SQLAlchemyError

from backend_service.event_log.subject_keys import SubjectKeys
from backend_service.storage.migrations import migrate
from backend_service.storage.rows import Row, customer_of, person_of
from backend_service.storage.tables import drivers, orders, telemetry, vehicles
from core.fleet.fleet import DriverStatus
from core.orders.order import OrderState
from core.refusals import Fault
from core.vocabulary import DriverId, Instant, ZoneId

MOST_PER_PAGE = 1_000


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """Which orders are asked for; what is not given does not restrict. `placed_until_at` is exclusive."""

    states: tuple[OrderState, ...] = ()
    driver_id: DriverId | None = None
    zone_id: ZoneId | None = None
    placed_from_at: Instant | None = None
    placed_until_at: Instant | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Rows by column name, ordered by id, and the `after` that asks for the next ones, ``None`` at the end."""

    rows: tuple[Row, ...]
    next_after: str | None


def open_read_model(url: str) -> Engine:
    """Return the migrated database at `url`: ``sqlite:////var/lib/tower/read_model.sqlite``, ``postgresql://...``.

    On SQLite it commits with synchronous=NORMAL: what a power cut takes, `TableProjection.catch_up` writes again.

    Raises
    ------
    Fault
        ``read_model.unavailable`` if it cannot be opened or migrated.
    """
    address = make_url(url)
    if address.get_backend_name() == "postgresql":
        address = address.set(drivername="postgresql+psycopg")
    engine = create_engine(address)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        if engine.url.database:
            Path(engine.url.database).touch(mode=0o600)
    try:
        migrate(engine)
    except SQLAlchemyError as error:
        engine.dispose()
        raise unavailable(error) from error
    return engine


def unavailable(error: SQLAlchemyError) -> Fault:
    """Return the fault of a read model that cannot be used; the driver's words only, never the values bound."""
    cause = getattr(error, "orig", None) or type(error).__name__
    return Fault("read_model.unavailable", f"The read model cannot be used ({cause}). Lists may be out of date.")


class ReadModel:
    """Answers lists from the tables, on threads of their own, beside the writer."""

    def __init__(self, engine: Engine, keys: SubjectKeys) -> None:
        self._engine = engine
        self._keys = keys

    async def orders_page(
        self, wanted: OrderFilter, after: str | None, limit: int, *, with_personal: bool = False
    ) -> Page:
        """Return orders by id; with `customer` unsealed if `with_personal`.

        Raises
        ------
        Fault
            ``read_model.unavailable`` if the database cannot be read.
        """
        query = select(*_open_columns(orders.c, "customer_sealed", with_personal)).where(*_conditions(wanted))
        return await self._page(
            query, orders.c.order_id, after, limit, self._with_customer if with_personal else _as_is
        )

    async def vehicles_page(self, after: str | None, limit: int) -> Page:
        """Return vehicles with their latest position (``None`` before the first fix) by id; faults as above."""
        position = [column for column in telemetry.c if column.name != "vehicle_id"]
        query = select(*vehicles.c, *position).join_from(vehicles, telemetry, _same_vehicle(), isouter=True)
        return await self._page(query, vehicles.c.vehicle_id, after, limit, _as_is)

    async def drivers_page(
        self, after: str | None, limit: int, *, statuses: tuple[DriverStatus, ...] = (), with_personal: bool = False
    ) -> Page:
        """Return drivers by id; with `person` unsealed if `with_personal`; faults as above."""
        query = select(*_open_columns(drivers.c, "person_sealed", with_personal))
        if statuses:
            query = query.where(drivers.c.status.in_([str(status) for status in statuses]))
        return await self._page(
            query, drivers.c.driver_id, after, limit, self._with_person if with_personal else _as_is
        )

    async def _page(
        self, query: Select[Any], key: Column[str], after: str | None, limit: int, finish: Callable[[Row], Row]
    ) -> Page:
        size = max(1, min(limit, MOST_PER_PAGE))
        ordered = query.order_by(key).limit(size + 1)
        if after is not None:
            ordered = ordered.where(key > after)
        found = await asyncio.to_thread(self._rows, ordered)
        more = len(found) > size
        return Page(tuple(map(finish, found[:size])), found[size - 1][key.name] if more else None)

    def _rows(self, query: Select[Any]) -> list[Row]:
        try:
            with self._engine.connect() as connection:
                return [dict(row) for row in connection.execute(query).mappings()]
        except SQLAlchemyError as error:
            raise unavailable(error) from error

    def _with_customer(self, row: Row) -> Row:
        row["customer"] = customer_of(row, self._keys)
        del row["customer_sealed"]
        return row

    def _with_person(self, row: Row) -> Row:
        row["person"] = person_of(row, self._keys)
        del row["person_sealed"]
        return row


def _as_is(row: Row) -> Row:
    return row


def _open_columns(columns: Any, sealed: str, with_personal: bool) -> list[Column[Any]]:
    return [column for column in columns if with_personal or column.name != sealed]


def _same_vehicle() -> ColumnElement[bool]:
    return vehicles.c.vehicle_id == telemetry.c.vehicle_id


def _conditions(wanted: OrderFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.states:
        conditions.append(orders.c.state.in_([str(state) for state in wanted.states]))
    if wanted.driver_id is not None:
        conditions.append(orders.c.driver_id == wanted.driver_id)
    if wanted.zone_id is not None:
        conditions.append(orders.c.zone_id == wanted.zone_id)
    if wanted.placed_from_at is not None:
        conditions.append(orders.c.placed_at >= wanted.placed_from_at)
    if wanted.placed_until_at is not None:
        conditions.append(orders.c.placed_at < wanted.placed_until_at)
    return conditions


def _prepare_sqlite(connection: Any, _: Any) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=5000"):
        connection.execute(f"PRAGMA {pragma}").fetchall()
