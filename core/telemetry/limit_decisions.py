"""Decides which limits channels have, and notes when one is crossed or restored."""

from __future__ import annotations

from math import isfinite

from msgspec.structs import replace

from core.commands import RecordLimitTurn, SetChannelLimit, WithdrawChannelLimit
from core.deciding import Context, Decision
from core.events import device_events as happened
from core.refusals import NotFound, Refusal, StateChanged
from core.streams import of_limit, of_vehicle
from core.telemetry.channel_limits import ChannelLimit
from core.telemetry.channels import CATALOGUE, Channel, ChannelKind, channel_named

LONGEST_DWELL_S = 86_400.0


def set_channel_limit(context: Context, command: SetChannelLimit) -> Decision:
    """Make or change a limit that makes sense; `based_on` refuses what somebody else changed meanwhile."""
    limit = command.limit
    _check(limit, _channel(limit))
    for vehicle_id in limit.vehicles:
        if vehicle_id not in context.operation.fleet.vehicles:
            raise NotFound("vehicle", vehicle_id)
    known = context.operation.channels.limits.get(limit.limit_id)
    version = known.version if known else 0
    if command.based_on is not None and command.based_on != version:
        raise StateChanged(f"The limit {limit.limit_id} was changed meanwhile.", version=version)
    # A limit that was withdrawn and is made again goes on counting: its versions stay unique in the audit trail.
    stream = of_limit(limit.limit_id)
    kept = replace(limit, version=context.operation.version_of(stream) + 1)
    return Decision([(stream, happened.ChannelLimitSet(limit=kept))], created=limit.limit_id)


def withdraw_channel_limit(context: Context, command: WithdrawChannelLimit) -> Decision:
    """Stop a limit from counting."""
    if command.limit_id not in context.operation.channels.limits:
        raise NotFound("channel_limit", command.limit_id)
    event = happened.ChannelLimitWithdrawn(limit_id=command.limit_id)
    return Decision([(of_limit(command.limit_id), event)])


def record_limit_turn(context: Context, command: RecordLimitTurn) -> Decision:
    """Note a crossing or a restoration; what is known already, or is of a limit that is gone, changes nothing."""
    board = context.operation.channels
    limit = board.limits.get(command.limit_id)
    known = board.crossing_of(command.vehicle_id, command.channel)
    if command.is_crossed:
        if limit is None or limit.version != command.limit_version or known is not None:
            return Decision()
        crossed = happened.ChannelLimitCrossed(
            vehicle_id=command.vehicle_id,
            channel=command.channel,
            limit_id=limit.limit_id,
            limit_version=limit.version,
            beyond_since_at=command.since_at,
            value=command.value,
            bound=_bound(limit, command.value),
            state=command.state,
        )
        return Decision([(of_vehicle(command.vehicle_id), crossed)])
    if known is None:
        return Decision()
    restored = happened.ChannelLimitRestored(
        vehicle_id=command.vehicle_id,
        channel=command.channel,
        limit_id=known.limit_id,
        crossed_s=max(0.0, command.since_at - known.beyond_since_at),
        value=command.value,
        state=command.state,
    )
    return Decision([(of_vehicle(command.vehicle_id), restored)])


def _bound(limit: ChannelLimit, value: float | None) -> float | None:
    if value is None:
        return None
    return limit.most if limit.is_above(value) else limit.least


def _channel(limit: ChannelLimit) -> Channel:
    channel = CATALOGUE.get(limit.channel) or channel_named(limit.channel)
    if channel is None:
        raise Refusal("channel_limit.unknown_channel", f"There is no channel {limit.channel}.")
    return channel


def _check(limit: ChannelLimit, channel: Channel) -> None:
    if not 0.0 <= limit.for_s <= LONGEST_DWELL_S:
        raise Refusal("channel_limit.dwell_out_of_range", "A limit waits between 0 s and 24 h.")
    if channel.kind is ChannelKind.STATE:
        _check_states(limit, channel)
    else:
        _check_numbers(limit, channel)


def _check_states(limit: ChannelLimit, channel: Channel) -> None:
    if limit.least is not None or limit.most is not None or not limit.forbidden:
        raise Refusal("channel_limit.states_needed", f"Name the states of {channel.name} that are forbidden.")
    strange = sorted(set(limit.forbidden) - set(channel.states))
    if strange:
        words = ", ".join(channel.states)
        raise Refusal("channel_limit.unknown_state", f"{channel.name} is one of {words}, never {strange[0]}.")


def _check_numbers(limit: ChannelLimit, channel: Channel) -> None:
    bounds = [bound for bound in (limit.least, limit.most) if bound is not None]
    if limit.forbidden or not bounds:
        raise Refusal("channel_limit.bound_needed", f"Give {channel.name} a lower bound, an upper bound, or both.")
    if not all(channel.least <= bound <= channel.most for bound in bounds):
        span = f"{channel.least:g} to {channel.most:g} {channel.unit}"
        raise Refusal("channel_limit.bound_out_of_range", f"A bound of {channel.name} lies within {span}.")
    if not (isfinite(limit.hysteresis) and limit.hysteresis >= 0.0):
        raise Refusal("channel_limit.hysteresis_out_of_range", "The hysteresis is a number from 0 on.")
    if limit.least is not None and limit.most is not None and limit.most - limit.least <= 2.0 * limit.hysteresis:
        raise Refusal(
            "channel_limit.no_room", "Between the bounds, less the hysteresis on both sides, nothing is left."
        )
