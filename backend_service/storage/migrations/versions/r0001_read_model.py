"""The read model's first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make every table."""
    op.create_table(
        "drivers",
        sa.Column("driver_id", sa.String(), nullable=False),
        sa.Column("person_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("skills", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("vehicle_id", sa.String(), nullable=True),
        sa.Column("shift_started_at", sa.Float(), nullable=True),
        sa.Column("shift_ends_at", sa.Float(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("driver_id", name=op.f("pk_drivers")),
    )
    op.create_table(
        "geofences",
        sa.Column("fence_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("trigger", sa.String(), nullable=False),
        sa.Column("associated_with", sa.String(), nullable=True),
        sa.Column("ring", sa.JSON(), nullable=False, comment="[[lat, lon], ...] in degrees"),
        sa.Column("centre_lat", sa.Float(), nullable=True),
        sa.Column("centre_lon", sa.Float(), nullable=True),
        sa.Column("radius_m", sa.Float(), nullable=False),
        sa.Column("leave_margin_m", sa.Float(), nullable=False),
        sa.Column("confirm_fixes", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("fence_id", name=op.f("pk_geofences")),
    )
    op.create_table(
        "orders",
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("customer_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("pickup_name", sa.String(), nullable=False),
        sa.Column("pickup_address", sa.String(), nullable=False),
        sa.Column("pickup_lat", sa.Float(), nullable=False),
        sa.Column("pickup_lon", sa.Float(), nullable=False),
        sa.Column("delivery_lat", sa.Float(), nullable=False),
        sa.Column("delivery_lon", sa.Float(), nullable=False),
        sa.Column("promise_kind", sa.String(), nullable=False),
        sa.Column("promise_from_at", sa.Float(), nullable=True),
        sa.Column("promise_by_at", sa.Float(), nullable=False),
        sa.Column("placed_at", sa.Float(), nullable=False),
        sa.Column("ready_at", sa.Float(), nullable=False),
        sa.Column("is_ready", sa.Boolean(), nullable=False),
        sa.Column("load_volume_l", sa.Float(), nullable=False),
        sa.Column("load_weight_kg", sa.Float(), nullable=False),
        sa.Column("skills", sa.JSON(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("service_s", sa.Float(), nullable=False),
        sa.Column("zone_id", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("driver_id", sa.String(), nullable=True),
        sa.Column("assigned_at", sa.Float(), nullable=True),
        sa.Column("arrived_at_pickup_at", sa.Float(), nullable=True),
        sa.Column("picked_up_at", sa.Float(), nullable=True),
        sa.Column("arrived_at_delivery_at", sa.Float(), nullable=True),
        sa.Column("ended_at", sa.Float(), nullable=True),
        sa.Column("told_arrival_at", sa.Float(), nullable=True),
        sa.Column("failure_reason", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_orders")),
    )
    op.create_index(op.f("ix_orders_driver_id"), "orders", ["driver_id"], unique=False)
    op.create_index("ix_orders_placed_at", "orders", ["placed_at"], unique=False)
    op.create_index("ix_orders_state", "orders", ["state", "order_id"], unique=False)
    op.create_index(op.f("ix_orders_zone_id"), "orders", ["zone_id"], unique=False)
    op.create_table(
        "read_position",
        sa.Column("log_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("log_id", name=op.f("pk_read_position")),
    )
    op.create_table(
        "route_stops",
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("driver_id", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=True, comment="place in the route from 0; null once it was done"),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.Column("arrives_at", sa.Float(), nullable=False),
        sa.Column("starts_at", sa.Float(), nullable=False),
        sa.Column("departs_at", sa.Float(), nullable=False),
        sa.Column("arrived_at", sa.Float(), nullable=True),
        sa.Column("departed_at", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("order_id", "kind", name=op.f("pk_route_stops")),
    )
    op.create_index(op.f("ix_route_stops_driver_id"), "route_stops", ["driver_id"], unique=False)
    op.create_table(
        "routes",
        sa.Column("driver_id", sa.String(), nullable=False),
        sa.Column("plan_number", sa.Integer(), nullable=False),
        sa.Column("planned_at", sa.Float(), nullable=False),
        sa.Column("distance_m", sa.Float(), nullable=False),
        sa.Column("geometry", sa.JSON(), nullable=False, comment="[[lat, lon], ...] in degrees"),
        sa.Column("is_degraded", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("driver_id", name=op.f("pk_routes")),
    )
    op.create_table(
        "telemetry",
        sa.Column("vehicle_id", sa.String(), nullable=False),
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("fix_at", sa.Float(), nullable=False),
        sa.Column("received_at", sa.Float(), nullable=False),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.Column("speed_mps", sa.Float(), nullable=True),
        sa.Column("heading_deg", sa.Float(), nullable=True),
        sa.Column("accuracy_m", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("vehicle_id", name=op.f("pk_telemetry")),
    )
    op.create_table(
        "vehicles",
        sa.Column("vehicle_id", sa.String(), nullable=False),
        sa.Column("plate", sa.String(), nullable=False),
        sa.Column("make", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("capacity_volume_l", sa.Float(), nullable=False),
        sa.Column("capacity_weight_kg", sa.Float(), nullable=False),
        sa.Column("driver_id", sa.String(), nullable=True),
        sa.Column("signal", sa.String(), nullable=False),
        sa.Column("last_heard_at", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("vehicle_id", name=op.f("pk_vehicles")),
    )
    op.create_table(
        "zones",
        sa.Column("zone_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("ring", sa.JSON(), nullable=False, comment="[[lat, lon], ...] in degrees"),
        sa.PrimaryKeyConstraint("zone_id", name=op.f("pk_zones")),
    )


def downgrade() -> None:
    """Drop every table; the log rebuilds them."""
    op.drop_table("zones")
    op.drop_table("vehicles")
    op.drop_table("telemetry")
    op.drop_table("routes")
    op.drop_index(op.f("ix_route_stops_driver_id"), table_name="route_stops")
    op.drop_table("route_stops")
    op.drop_table("read_position")
    op.drop_index(op.f("ix_orders_zone_id"), table_name="orders")
    op.drop_index("ix_orders_state", table_name="orders")
    op.drop_index("ix_orders_placed_at", table_name="orders")
    op.drop_index(op.f("ix_orders_driver_id"), table_name="orders")
    op.drop_table("orders")
    op.drop_table("geofences")
    op.drop_table("drivers")
