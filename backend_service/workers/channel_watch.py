"""Notices that a vehicle's channel is beyond its limit for long enough, and that it is well inside again.

Readings are judged as they come; each beat the clock is asked too, for devices that tell only changes. What was crossed
before a restart is in the log; a dwell under way then begins anew with the newest readings.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import replace

from backend_service.handlers.command_bus import CommandBus
from backend_service.ingestion.latest_readings import LatestReadings
from core.commands import RecordLimitTurn
from core.events.device_events import ChannelLimitSet, ChannelLimitWithdrawn
from core.events.envelope import Envelope
from core.projections.operation import Change
from core.telemetry.channel_limits import ChannelLimit, Standing, Turn, elapse, judge, limit_for
from core.telemetry.reading_batch import ReadingBatch
from core.vocabulary import PLATFORM, CommandId, Instant, VehicleId

type _Key = tuple[str, str]
"""A vehicle and a channel."""

_LIMIT_EVENTS = frozenset({ChannelLimitSet.event_type(), ChannelLimitWithdrawn.event_type()})


class ChannelWatch:
    """A worker; have the reading intake tell `observe` of accepted readings, and the bus tell `follow` of commits.

    Parameters
    ----------
    bus : CommandBus
    latest : LatestReadings
        What was told before this worker began, and before a limit changed.
    """

    name = "channel watch"
    every_s = 1.0

    def __init__(self, bus: CommandBus, latest: LatestReadings) -> None:
        self._bus = bus
        self._latest = latest
        self._limits: dict[_Key, ChannelLimit | None] = {}
        self._standings: dict[_Key, Standing] = {}
        self._found: deque[tuple[RecordLimitTurn, Instant]] = deque()
        self._must_look_for_ends = False
        self._look_again()

    def follow(self, envelopes: Sequence[Envelope], changes: frozenset[Change]) -> None:
        """Judge anew by limits that changed."""
        if any(envelope.type in _LIMIT_EVENTS for envelope in envelopes):
            self._look_again()

    def observe(self, batch: ReadingBatch) -> None:
        """Take in accepted readings, ordered by vehicle, channel, then time."""
        for _, vehicle, channel, read_at, _, value, state in batch.rows():
            key = (vehicle, channel)
            limit = self._limit(key)
            if limit is not None:
                self._settle(key, limit, *judge(limit, self._standing(key), read_at, value, state))

    def is_wanted(self, now: Instant) -> bool:
        """Say whether turns wait to be recorded, or limits changed."""
        return bool(self._found) or self._must_look_for_ends

    async def run_once(self, now: Instant) -> None:
        """Let time pass, then record what turned; a fault leaves it waiting."""
        if self._must_look_for_ends:
            self._must_look_for_ends = False
            self._end_what_no_limit_covers(now)
        for key, standing in list(self._standings.items()):
            limit = self._limit(key)
            if limit is not None and standing.turning_since_at is not None:
                self._settle(key, limit, *elapse(limit, standing, now))
        while self._found:
            await self._record(*self._found[0])
            self._found.popleft()

    def _look_again(self) -> None:
        """Judge the newest readings anew wherever another limit counts now; a dwell under way elsewhere goes on."""
        before, self._limits = self._limits, {}
        self._must_look_for_ends = True
        for vehicle in self._bus.operation.fleet.vehicles:
            for channel, reading in self._latest.of_vehicle(vehicle).items():
                key = (vehicle, channel)
                limit = self._limit(key)
                if key in before and before[key] == limit:
                    continue
                self._standings.pop(key, None)
                if limit is not None:
                    value = float("nan") if reading.value is None else reading.value
                    self._settle(key, limit, *judge(limit, self._standing(key), reading.read_at, value, reading.state))

    def _end_what_no_limit_covers(self, now: Instant) -> None:
        """Restore what was crossed by a limit that was changed and no longer fits the vehicle."""
        for vehicle, crossings in self._bus.operation.channels.crossings.items():
            for channel, crossing in crossings.items():
                if self._limit((vehicle, channel)) is None:
                    ended = RecordLimitTurn(
                        vehicle_id=vehicle,
                        channel=channel,
                        limit_id=crossing.limit_id,
                        limit_version=0,
                        is_crossed=False,
                        since_at=now,
                    )
                    self._found.append((ended, now))

    def _limit(self, key: _Key) -> ChannelLimit | None:
        if key not in self._limits:
            self._limits[key] = limit_for(self._bus.operation.channels.limits.values(), *key)
        return self._limits[key]

    def _standing(self, key: _Key) -> Standing:
        known = self._standings.get(key)
        if known is None:
            crossing = self._bus.operation.channels.crossing_of(VehicleId(key[0]), key[1])
            known = replace(Standing(), is_crossed=crossing is not None)
        return known

    def _settle(self, key: _Key, limit: ChannelLimit, standing: Standing, turn: Turn | None) -> None:
        self._standings[key] = standing
        if turn is None:
            return
        command = RecordLimitTurn(
            vehicle_id=VehicleId(key[0]),
            channel=key[1],
            limit_id=limit.limit_id,
            limit_version=limit.version,
            is_crossed=turn.is_crossed,
            since_at=turn.since_at,
            value=None if turn.state else turn.value,
            state=turn.state,
        )
        self._found.append((command, turn.at))

    async def _record(self, command: RecordLimitTurn, at: Instant) -> None:
        turned = "crossed" if command.is_crossed else "restored"
        name = (
            f"limit:{command.limit_id}:{command.limit_version}:{command.vehicle_id}:{command.channel}:{turned}:{at:.3f}"
        )
        await self._bus.execute(command, PLATFORM, command_id=CommandId(name), occurred_at=at)
