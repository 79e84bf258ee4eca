"""Where every door hands over what a proven device told; here it is counted by door, and answered when it is on disk.

A door knows its wire, its protocol, and how a device proves itself there. What follows is the same for all: urgent
fixes before the others, fixes to their intake, what stands beside them to that of the readings, presence to the board.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import numpy as np

from backend_service.ingestion.alarm_bell import AlarmBell, Raised, raised_by
from backend_service.ingestion.attributes import readings_of
from backend_service.ingestion.clock_watch import IN_DOUBT, ClockWatch
from backend_service.ingestion.device_board import DeviceBoard
from backend_service.ingestion.device_clocks import DeviceClocks
from backend_service.ingestion.device_message import DeviceMessage
from backend_service.ingestion.intake import Intake
from backend_service.ingestion.reading_intake import ReadingIntake
from backend_service.ingestion.single_fix import SingleFix, batch_of
from core.fleet.devices import Presence
from core.fleet.fleet import Device
from core.operations import DoorHeard, DoorsHeard
from core.refusals import Fault, Refusal
from core.telemetry.fix_batch import FixBatch
from core.telemetry.plausibility import Reason
from core.telemetry.reading_batch import ReadingBatch
from core.timekeeping import Clock
from core.vocabulary import DeviceId, Instant

_NOTHING_HEARD = frozenset({"ended", "timed_out", "too_many_connections", "bug", "dropped_qos_0", "telemetry.busy"})
"""Outcomes that say nothing of a device: the door's own mishaps."""

_ASKED_AGAIN_S = 30
"""When to send again what is held back while the clock is in doubt."""

LIVE_S = 60.0
"""What was made so lately says that its device is there."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a door hands over in one go; `urgent` are fixes that do not wait behind others, `raised` is rung first."""

    fixes: FixBatch = field(default_factory=FixBatch.empty)
    urgent: FixBatch = field(default_factory=FixBatch.empty)
    readings: ReadingBatch = field(default_factory=lambda: ReadingBatch.of([]))
    presence: tuple[tuple[DeviceId, Presence], ...] = ()
    raised: tuple[Raised, ...] = ()


@dataclass(frozen=True, slots=True)
class Reception:
    """Takes deliveries in.

    Parameters
    ----------
    readings, devices : ``None`` where a service keeps no readings and knows no devices
    clock, wall : operation time, and wall time for latency
    counts : what came through which door, by (door, outcome), since the start
    bell : rings what trackers raise; ``None`` where nobody listens
    heard_at : when something of a device last came through each door, operation time
    turned_away : how many messages each door turned away
    clock_watch : says whether the clock can be believed; ``None`` where nothing could set it
    device_clocks : told of the devices whose clocks are wrong
    """

    intake: Intake
    readings: ReadingIntake | None
    devices: DeviceBoard | None
    clock: Clock
    wall: Clock
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    bell: AlarmBell | None = None
    heard_at: dict[str, Instant] = field(default_factory=dict)
    turned_away: Counter[str] = field(default_factory=Counter)
    clock_watch: ClockWatch | None = None
    device_clocks: DeviceClocks | None = None

    def delivery_of(self, device: Device, message: DeviceMessage) -> Delivery:
        """Return what a device told as columns, received now."""
        now, wall_now = self.clock.now(), self.wall.now()
        ordinary = [fix for fix in message.fixes if not fix.is_urgent]
        urgent = [fix for fix in message.fixes if fix.is_urgent]
        return Delivery(
            fixes=batch_of(ordinary, device, now, wall_now),
            urgent=batch_of(urgent, device, now, wall_now),
            readings=_readings(message.fixes, device, now),
            presence=() if message.presence is None else ((device.device_id, message.presence),),
            raised=raised_by(message.fixes, device.device_id, device.vehicle_id, now),
        )

    async def take(self, *deliveries: Delivery) -> Counter[str]:
        """Return how many fixes were accepted and how many rejected for which reason, once the accepted are on disk.

        The count of the accepted is under ``accepted``. Taking the same again is safe.

        Raises
        ------
        Refusal
            ``telemetry.busy``, ``clock.in_doubt``, 503: send it again later.
        Fault
            If an archive could not write: send it again later.
        """
        if self.bell is not None:
            await self.bell.ring([one for delivery in deliveries for one in delivery.raised])
        urgent = FixBatch.concatenate([delivery.urgent for delivery in deliveries])
        ordinary = FixBatch.concatenate([delivery.fixes for delivery in deliveries])
        takes = [self.intake.take(urgent, is_urgent=True)] if len(urgent) else []
        reports = await asyncio.gather(*takes, self.intake.take(ordinary))
        readings = _joined([delivery.readings for delivery in deliveries])
        if self.readings is not None and len(readings):
            await self.readings.take(readings)
        self._note_presence(deliveries)
        self.compare_clocks(urgent, ordinary, readings)
        total: Counter[str] = Counter()
        for report in reports:
            total.update({"accepted": report.accepted, **report.rejected})
        return total

    async def take_through(self, door: str, *deliveries: Delivery) -> Counter[str]:
        """Return what `take` does; what it refuses for now is counted at the door."""
        with self.counting_put_off(door):
            return await self.take(*deliveries)

    @contextmanager
    def counting_put_off(self, door: str) -> Iterator[None]:
        """Count at a door what is refused for now."""
        try:
            yield
        except (Refusal, Fault) as later:
            self.count(door, later.code)
            raise

    def compare_clocks(self, *batches: FixBatch | ReadingBatch) -> None:
        """Hold the clocks of who sent against the service's own, once all that could be accepted is on disk.

        Raises
        ------
        Refusal
            ``clock.in_doubt``, 503: rows were refused only because the service's clock jumped. Send all again later.
        """
        watch, told = self.clock_watch, [batch for batch in batches if len(batch)]
        if watch is not None:
            watch.look()
        for batch in told:
            if watch is not None and watch.is_in_doubt:
                watch.hear(batch)
            elif self.device_clocks is not None:
                self.device_clocks.hear(batch)
        if watch is not None and any(watch.holds_back(batch) for batch in told):
            raise Refusal(
                IN_DOUBT,
                "The service's clock jumped and is in doubt. Keep these and send them again later.",
                status=503,
                retry_after_s=_ASKED_AGAIN_S,
            )

    def received_anew(self, delivery: Delivery) -> Delivery:
        """Return a delivery that was held back as if it came now: the clock may have been set meanwhile."""
        now = self.clock.now()
        return replace(
            delivery,
            fixes=_received(delivery.fixes, now),
            urgent=_received(delivery.urgent, now),
            readings=_received(delivery.readings, now),
        )

    def count(self, door: str, outcome: str, number: int = 1) -> None:
        """Count what came through a door; `outcome` is one of a fixed few words."""
        self.counts[door, outcome] += number
        if outcome not in _NOTHING_HEARD:
            self.heard_at[door] = self.clock.now()

    def turn_away(self, door: str, outcome: str, reason: Reason = Reason.MALFORMED) -> None:
        """Count a message of which no row could be taken, also among the rejected fixes, where people see it."""
        self.counts[door, outcome] += 1
        self.turned_away[door] += 1
        self.intake.count_rejected({reason: 1})

    def doors_heard(self) -> DoorsHeard:
        """Return the doors that something came to, by name; what was turned away is no sign of a device."""
        doors = sorted({*self.heard_at, *self.turned_away})
        return DoorsHeard(
            doors=tuple(
                DoorHeard(door=door, heard_at=self.heard_at.get(door), turned_away=self.turned_away[door])
                for door in doors
            )
        )

    def _note_presence(self, deliveries: Sequence[Delivery]) -> None:
        """Take note of who comes and goes, in the order told; who is heard live behind going is there again."""
        if self.devices is None or not any(delivery.presence for delivery in deliveries):
            return
        now, told = self.clock.now(), dict[DeviceId, Presence]()
        for delivery in deliveries:
            for fixes in (delivery.fixes, delivery.urgent):
                live = fixes.device[fixes.fix_at > now - LIVE_S].tolist()
                told.update((device, Presence.ONLINE) for device in live if device in told)
            told.update(delivery.presence)
        for device_id, presence in told.items():
            self.devices.note_presence(device_id, presence, now)


def _received[Batch: (FixBatch, ReadingBatch)](batch: Batch, at: Instant) -> Batch:
    return replace(batch, received_at=np.full(len(batch), at))


def _readings(fixes: Sequence[SingleFix], device: Device, now: Instant) -> ReadingBatch:
    """Return what stood beside the positions, as of when the message was made."""
    told = [
        readings_of(fix.attributes, device.device_id, device.vehicle_id, _read_at(fix, now), now)
        for fix in fixes
        if fix.attributes
    ]
    return _joined(told)


def _read_at(fix: SingleFix, now: Instant) -> Instant:
    made_at = fix.fix_at if fix.made_at is None else fix.made_at
    return now if made_at is None else made_at


def _joined(batches: Sequence[ReadingBatch]) -> ReadingBatch:
    return ReadingBatch.of([row for batch in batches if len(batch) for row in batch.rows()])
