"""The tables to read from: vehicles, drivers, orders, routes, fences, zones and each vehicle's last position.

They are a view of the log, written after each commit by `TableProjection` and rebuilt at will; nothing is decided on
them. Names, telephone numbers, addresses and licences stand in them only sealed (`..._sealed`, under the subject's key
of the log), so erasing a subject reaches them without a write. Instants are seconds since 1970-01-01 UTC.
"""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Float, Index, Integer, LargeBinary, MetaData, String, Table

metadata = MetaData(
    naming_convention={"ix": "ix_%(table_name)s_%(column_0_name)s", "pk": "pk_%(table_name)s"},
)


def _key(name: str) -> Column[str]:
    return Column(name, String, primary_key=True)


def _text(name: str) -> Column[str]:
    return Column(name, String, nullable=False)


def _figure(name: str) -> Column[float]:
    return Column(name, Float, nullable=False)


def _at(name: str) -> Column[float]:
    return Column(name, Float)


def _list(name: str, comment: str | None = None) -> Column[list[object]]:
    return Column(name, JSON, nullable=False, server_default="[]", comment=comment)


read_position = Table(
    "read_position",
    metadata,
    _key("log_id"),
    Column("position", Integer, nullable=False),
)

vehicles = Table(
    "vehicles",
    metadata,
    _key("vehicle_id"),
    _text("plate"),
    _text("make"),
    _text("model"),
    _figure("capacity_volume_l"),
    _figure("capacity_weight_kg"),
    Column("driver_id", String),
    _text("signal"),
    _at("last_heard_at"),
    _list("groups"),
)

drivers = Table(
    "drivers",
    metadata,
    _key("driver_id"),
    Column("person_sealed", LargeBinary),
    Column("skills", JSON, nullable=False),
    _text("status"),
    Column("vehicle_id", String),
    _at("shift_started_at"),
    _at("shift_ends_at"),
    Column("version", Integer, nullable=False),
)

orders = Table(
    "orders",
    metadata,
    _key("order_id"),
    _text("customer_id"),
    Column("customer_sealed", LargeBinary),
    _text("pickup_name"),
    _text("pickup_address"),
    _figure("pickup_lat"),
    _figure("pickup_lon"),
    _figure("delivery_lat"),
    _figure("delivery_lon"),
    _text("promise_kind"),
    _at("promise_from_at"),
    _figure("promise_by_at"),
    _figure("placed_at"),
    _figure("ready_at"),
    Column("is_ready", Boolean, nullable=False),
    _figure("load_volume_l"),
    _figure("load_weight_kg"),
    Column("skills", JSON, nullable=False),
    Column("value", Integer, nullable=False),
    _figure("service_s"),
    Column("zone_id", String, index=True),
    _text("state"),
    Column("driver_id", String, index=True),
    _at("assigned_at"),
    _at("arrived_at_pickup_at"),
    _at("picked_up_at"),
    _at("arrived_at_delivery_at"),
    _at("ended_at"),
    _at("told_arrival_at"),
    Column("failure_reason", String),
    Column("version", Integer, nullable=False),
)
Index("ix_orders_state", orders.c.state, orders.c.order_id)
Index("ix_orders_placed_at", orders.c.placed_at)

routes = Table(
    "routes",
    metadata,
    _key("driver_id"),
    Column("plan_number", Integer, nullable=False),
    _figure("planned_at"),
    _figure("distance_m"),
    Column("geometry", JSON, nullable=False, comment="[[lat, lon], ...] in degrees"),
    Column("is_degraded", Boolean, nullable=False),
)

route_stops = Table(
    "route_stops",
    metadata,
    _key("order_id"),
    _key("kind"),
    Column("driver_id", String, nullable=False, index=True),
    Column("sequence", Integer, comment="place in the route from 0; null once it was done"),
    _figure("lat"),
    _figure("lon"),
    _figure("arrives_at"),
    _figure("starts_at"),
    _figure("departs_at"),
    _at("arrived_at"),
    _at("departed_at"),
)

geofences = Table(
    "geofences",
    metadata,
    _key("fence_id"),
    _text("name"),
    _text("purpose"),
    _text("trigger"),
    Column("associated_with", String),
    Column("ring", JSON, nullable=False, comment="[[lat, lon], ...] in degrees"),
    Column("centre_lat", Float),
    Column("centre_lon", Float),
    _figure("radius_m"),
    _figure("leave_margin_m"),
    Column("confirm_fixes", Integer, nullable=False),
    _list("holes", "[[[lat, lon], ...], ...] in degrees"),
    _list("line", "[[lat, lon], ...] in degrees, of a corridor"),
    _list("hours", "[{weekdays, from_min, until_min}, ...] in the site's time zone"),
    _list("groups"),
    _list("tells"),
    Column("width_m", Float, nullable=False, server_default="0"),
    Column("accuracy_limit_m", Float, nullable=False, server_default="0"),
    Column("dwell_s", Float, nullable=False, server_default="0"),
    Column("speed_limit_mps", Float, nullable=False, server_default="0"),
)

zones = Table(
    "zones",
    metadata,
    _key("zone_id"),
    _text("name"),
    Column("ring", JSON, nullable=False, comment="[[lat, lon], ...] in degrees"),
)

telemetry = Table(
    "telemetry",
    metadata,
    _key("vehicle_id"),
    _text("device_id"),
    _figure("fix_at"),
    _figure("received_at"),
    _figure("lat"),
    _figure("lon"),
    Column("speed_mps", Float),
    Column("heading_deg", Float),
    Column("accuracy_m", Float),
)
