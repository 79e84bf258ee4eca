"""Tower's own MQTT topics: ``fleet/v1/<tenant>/<vehicle>/{position,state,event,ack,connection}``, payloads in JSON.

The vehicle stands in the topic, and the broker lets a device publish only under its own: what a row says beside must
fit. A position is one row of the batch door or a list of them, a state one reading or a list; an event is a name, and
a position if there is one, which does not wait behind others. `connection` is what the device retains, and leaves as
its last will: ``{"state": "online"}`` or ``{"state": "offline"}``.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import msgspec

from backend_service.ingestion.alarm_bell import Raised, place_at
from backend_service.ingestion.batch import LARGEST_BATCH, FixRow, Senders, fixes_of_rows
from backend_service.ingestion.device_times import read_instant
from backend_service.ingestion.reading_rows import ReadingRow, readings_of_rows
from backend_service.ingestion.reception import Delivery
from backend_service.ingestion.row_codec import read
from backend_service.ingestion.single_fix import malformed
from core.fleet.devices import Presence
from core.telemetry.plausibility import Reason
from core.telemetry.tracker_alarms import kinds_of
from core.vocabulary import DeviceId, Instant, VehicleId

KINDS = ("position", "state", "event", "ack", "connection")


class _Event(msgspec.Struct):
    event: str
    fix_at: float | str | None = None
    lat: float | None = None
    lon: float | None = None
    device: str | None = None


class _Connection(msgspec.Struct):
    state: Presence


_positions: msgspec.json.Decoder[FixRow | list[FixRow]] = msgspec.json.Decoder(FixRow | list[FixRow])
_states: msgspec.json.Decoder[ReadingRow | list[ReadingRow]] = msgspec.json.Decoder(ReadingRow | list[ReadingRow])
_event = msgspec.json.Decoder(_Event)
_connection = msgspec.json.Decoder(_Connection)


@dataclass(frozen=True, slots=True)
class Publisher:
    """Whose topic it is: the vehicle, the device that speaks where none is named, and for whom it may speak."""

    vehicle: VehicleId
    device: DeviceId | None
    senders: Senders


@dataclass(frozen=True, slots=True)
class Published:
    """A message that could be read: what it delivers, the rows rejected, and whether anybody asks for its kind."""

    delivery: Delivery = field(default_factory=Delivery)
    rejected: Counter[Any] = field(default_factory=Counter)
    is_asked_for: bool = True


def decode_own(kind: str, payload: bytes, publisher: Publisher, now: Instant, wall_now: Instant) -> Published:
    """Return what a message tells; `kind` is one of `KINDS`.

    Raises
    ------
    Refusal
        ``telemetry.malformed``.
    """
    if not payload or kind == "ack":  # a cleared topic, and answers to commands that nobody sends
        return Published(is_asked_for=False)
    match kind:
        case "position":
            return _located(_rows(read(_positions.decode, payload)), publisher, now, wall_now)
        case "state":
            return _told(_rows(read(_states.decode, payload)), publisher, now)
        case "event":
            return _happened(read(_event.decode, payload), publisher, now, wall_now)
        case "connection":
            return _present(read(_connection.decode, payload).state, publisher)
    raise malformed("topic", "there is no such topic")


def _rows[Row](told: Row | list[Row]) -> list[Row]:
    rows = told if isinstance(told, list) else [told]
    if len(rows) > LARGEST_BATCH:
        raise malformed("body", f"it has more than {LARGEST_BATCH} rows")
    return rows


def _located(rows: list[FixRow], publisher: Publisher, now: Instant, wall_now: Instant) -> Published:
    named, foreign = _named(rows, publisher)
    decoded = fixes_of_rows(named, publisher.senders, now, wall_now)
    return Published(Delivery(fixes=decoded.batch, raised=decoded.raised), decoded.rejected + foreign)


def _told(rows: list[ReadingRow], publisher: Publisher, now: Instant) -> Published:
    named, foreign = _named(rows, publisher)
    decoded = readings_of_rows(named, publisher.senders, now)
    return Published(Delivery(readings=decoded.batch), decoded.rejected + foreign)


def _happened(event: _Event, publisher: Publisher, now: Instant, wall_now: Instant) -> Published:
    if event.lat is None or event.lon is None:
        return _happened_somewhere(event, publisher, now)
    fix_at = now if event.fix_at is None else event.fix_at
    row = FixRow(fix_at=fix_at, lat=event.lat, lon=event.lon, device=event.device)
    located = _located([row], publisher, now, wall_now)
    fixes = located.delivery.fixes
    raised = () if not len(fixes) else (_raised(event, publisher, float(fixes.fix_at[0]), now),)
    return Published(Delivery(urgent=fixes, raised=raised), located.rejected)


def _happened_somewhere(event: _Event, publisher: Publisher, now: Instant) -> Published:
    """Return an alarm without a place; of other events without one nothing is made."""
    if not kinds_of(event.event) or event.device not in (None, publisher.device):
        return Published(is_asked_for=False)
    try:
        at = now if event.fix_at is None else read_instant(event.fix_at)
    except (ValueError, OverflowError):
        raise malformed("fix_at", "it is not a time") from None
    return Published(Delivery(raised=(_raised(event, publisher, at, now),)))


def _raised(event: _Event, publisher: Publisher, at: Instant, now: Instant) -> Raised:
    place = None if event.lat is None or event.lon is None else place_at(event.lat, event.lon)
    return Raised(
        words=event.event,
        vehicle_id=publisher.vehicle,
        device_id=DeviceId(event.device) if event.device else publisher.device,
        at=min(now, at),
        position=place,
    )


def _present(presence: Presence, publisher: Publisher) -> Published:
    told = () if publisher.device is None else ((publisher.device, presence),)
    return Published(Delivery(presence=told))


def _named[Row: (FixRow, ReadingRow)](rows: list[Row], publisher: Publisher) -> tuple[list[Row], Counter[Any]]:
    """Return the rows that speak for the topic's vehicle, with what they left out, and count the others."""
    own = [row for row in rows if row.vehicle in (None, publisher.vehicle)]
    for row in own:
        row.device = row.device or publisher.device
        row.vehicle = publisher.vehicle
    foreign = len(rows) - len(own)
    return own, Counter({Reason.FOREIGN_VEHICLE: foreign} if foreign else {})
