"""The names of log streams: one per thing whose version a command may expect."""

from __future__ import annotations

from core.dispatch.waves.wave import WaveId
from core.telemetry.channel_limits import LimitId
from core.vocabulary import DriverId, FenceId, OrderId, VehicleId

OPERATION = "operation"
"""Zones, sources, sign-ins, access: what belongs to no single order, driver, vehicle or fence."""


POLICY = "policy"
"""What decisions weigh, and where they stop."""

WAVES = "waves"
"""Depots, the units loads are counted in, and when waves close."""

DRIVING = "driving"
"""From when on driving counts as harsh, too fast or idle."""


def of_order(order_id: OrderId) -> str:
    """Return the stream of an order's own events."""
    return f"order/{order_id}"


def of_forecast(order_id: OrderId) -> str:
    """Return the stream of an order's forecasts; apart, so that a forecast never makes a decision stale."""
    return f"forecast/{order_id}"


def of_decision(order_id: OrderId) -> str:
    """Return the stream of recommendations and overrides on an order."""
    return f"decision/{order_id}"


def of_driver(driver_id: DriverId) -> str:
    """Return the stream of a driver's shift and route."""
    return f"driver/{driver_id}"


def of_vehicle(vehicle_id: VehicleId) -> str:
    """Return the stream of a vehicle, its devices, its signal and its crossings."""
    return f"vehicle/{vehicle_id}"


def of_fence(fence_id: FenceId) -> str:
    """Return the stream of a fence."""
    return f"fence/{fence_id}"


def of_wave(wave_id: WaveId) -> str:
    """Return the stream of a wave."""
    return f"wave/{wave_id}"


def of_move(driver_id: DriverId) -> str:
    """Return the stream of the cues to a driver; apart, so that a cue never makes a plan stale."""
    return f"move/{driver_id}"


def of_limit(limit_id: LimitId) -> str:
    """Return the stream of a channel's limit."""
    return f"limit/{limit_id}"
