"""The rule about vehicles' channels: temperatures, doors, tyres and their limits."""

from __future__ import annotations

from collections.abc import Iterator

from core.alarms.exception_item import ExceptionItem, Scene
from core.alarms.wording import counted, say
from core.dispatch.decision import Statement
from core.projections.channel_board import ChannelCrossing
from core.telemetry.channels import channel_named, spoken_name
from core.vocabulary import DriverId, Instant


def channels_beyond_limits(scene: Scene) -> Iterator[ExceptionItem]:
    """Vehicles with a channel beyond its limit: what carries goods first."""
    fleet = scene.operation.fleet
    for vehicle_id, crossings in scene.operation.channels.crossings.items():
        vehicle = fleet.vehicles.get(vehicle_id)
        driver_id = vehicle.driver_id if vehicle else None
        in_hand = [order for order in scene.open_orders if driver_id is not None and order.driver_id == driver_id]
        on_board = [order for order in in_hand if order.state.is_on_board]
        for channel, crossing in crossings.items():
            yield ExceptionItem(
                # Seen is this crossing, not the next one of the same channel.
                key=f"limit:{vehicle_id}:{channel}:{crossing.beyond_since_at:.0f}",
                priority=2 if on_board else 3,
                subject_kind="vehicle",
                subject_id=vehicle_id,
                finding=_beyond(crossing, scene.now),
                cause=counted("board", len(on_board)) if on_board else _driven(driver_id),
                proposal=say("proposal.call_driver") if driver_id is not None else None,
                order_id=on_board[0].order_id if on_board else None,
            )


def _driven(driver_id: DriverId | None) -> Statement:
    return say("cause.nobody_drives") if driver_id is None else say("cause.with_driver", driver_id=driver_id)


def _beyond(crossing: ChannelCrossing, now: Instant) -> Statement:
    name, minutes = spoken_name(crossing.channel), (now - crossing.beyond_since_at) / 60.0
    channel = channel_named(crossing.channel)
    if crossing.value is None or crossing.bound is None or channel is None:
        return say("finding.channel_state", channel=name, state=crossing.state, minutes=minutes)
    return say(
        "finding.channel_beyond",
        channel=name,
        reading=crossing.value * channel.per_spoken_unit,
        bound=crossing.bound * channel.per_spoken_unit,
        unit=channel.spoken_unit or channel.unit,
        minutes=minutes,
    )
