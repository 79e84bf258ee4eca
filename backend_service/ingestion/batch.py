"""Batches of fixes for gateways, JSON or MessagePack, decoded into columns; each row is identified by itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

import msgspec
import numpy as np

from backend_service.ingestion.device_times import read_instant
from backend_service.ingestion.row_codec import Encoding, RowCodec
from backend_service.ingestion.single_fix import known
from core.fleet.fleet import Device
from core.telemetry.fix_batch import FixBatch
from core.telemetry.plausibility import Reason
from core.vocabulary import DeviceId, Instant, VehicleId

LARGEST_BATCH = 5_000


class FixRow(msgspec.Struct, kw_only=True):
    """One fix on the wire; `fix_at` is epoch seconds (or milliseconds) or RFC 3339; the rest may be left out."""

    fix_at: float | str
    lat: float
    lon: float
    device: str | None = None
    vehicle: str | None = None
    speed_mps: float | None = None
    heading_deg: float | None = None
    accuracy_m: float | None = None
    is_valid: bool = True


CODEC = RowCodec("fixes", FixRow, most_rows=LARGEST_BATCH)


@dataclass(frozen=True, slots=True)
class Decoded:
    """The rows that name a known vehicle, as columns, and how many were rejected for which reason."""

    batch: FixBatch
    rejected: Counter[Reason]


@dataclass(frozen=True, slots=True)
class Senders:
    """For whom a sender may speak.

    Parameters
    ----------
    devices : known devices by id
    vehicles : ids of known vehicles
    own : the one device it is, or ``None`` for a gateway, which speaks for all
    """

    devices: Mapping[DeviceId, Device]
    vehicles: Mapping[VehicleId, object]
    own: Device | None = None


class NamesSender(Protocol):
    """A row that may name its device, its vehicle, or both."""

    device: str | None
    vehicle: str | None


def decode_batch(
    body: bytes,
    senders: Senders,
    received_at: Instant,
    arrived_wall_at: Instant,
    encoding: Encoding = Encoding.JSON,
) -> Decoded:
    """Return the fixes of a body ``{"fixes": [...]}`` as columns.

    Raises
    ------
    Refusal
        ``telemetry.malformed`` if the body is no such object, ``telemetry.too_many`` above `LARGEST_BATCH` rows.
    """
    rows, unreadable = CODEC.decode(body, encoding)
    decoded = fixes_of_rows(rows, senders, received_at, arrived_wall_at)
    if unreadable:
        decoded.rejected[Reason.MALFORMED] += unreadable
    return decoded


def fixes_of_rows(rows: list[FixRow], senders: Senders, received_at: Instant, arrived_wall_at: Instant) -> Decoded:
    """Return rows that could be read as columns, without those of strangers and those without a time."""
    rejected: Counter[Reason] = Counter()
    rows = identified(rows, senders, rejected)
    fix_at = _instants(rows, rejected)
    kept = [row for row, instant in zip(rows, fix_at, strict=True) if instant is not None]
    instants = [instant for instant in fix_at if instant is not None]
    return Decoded(_columns(kept, instants, received_at, arrived_wall_at), rejected)


def identified[Row: NamesSender](rows: Iterable[Row], senders: Senders, rejected: Counter[Reason]) -> list[Row]:
    """Return the rows with device and vehicle filled in, without those that name a stranger."""
    kept = []
    for row in rows:
        reason = _identify(row, senders)
        if reason is None:
            kept.append(row)
        else:
            rejected[reason] += 1
    return kept


def _identify(row: NamesSender, senders: Senders) -> Reason | None:
    own = senders.own
    if own is not None:
        if row.device not in (None, own.device_id) or row.vehicle not in (None, own.vehicle_id):
            return Reason.FOREIGN_VEHICLE
        row.device, row.vehicle = own.device_id, own.vehicle_id
    elif row.device is not None:
        device = senders.devices.get(DeviceId(row.device))
        if device is None:
            return Reason.UNKNOWN_DEVICE
        if device.retired_at is not None:
            return Reason.RETIRED_DEVICE
        if row.vehicle not in (None, device.vehicle_id):
            return Reason.FOREIGN_VEHICLE
        row.vehicle = device.vehicle_id
    elif row.vehicle not in senders.vehicles:
        return Reason.UNKNOWN_DEVICE
    return None


def _instants(rows: list[FixRow], rejected: Counter[Reason]) -> list[float | None]:
    instants: list[float | None] = []
    for row in rows:
        try:
            instants.append(read_instant(row.fix_at))
        except ValueError:
            rejected[Reason.MALFORMED] += 1
            instants.append(None)
    return instants


def _columns(rows: list[FixRow], instants: list[float], received_at: Instant, arrived_wall_at: Instant) -> FixBatch:
    count = len(rows)

    def told(values: Iterable[float | None]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        return np.fromiter(map(known, values), np.float64, count)

    return FixBatch(
        device=np.array([row.device or "" for row in rows], dtype=object),
        vehicle=np.array([row.vehicle for row in rows], dtype=object),
        fix_at=np.array(instants, dtype=np.float64),
        received_at=np.full(count, received_at),
        arrived_wall_at=np.full(count, arrived_wall_at),
        lat=np.fromiter((row.lat for row in rows), np.float64, count),
        lon=np.fromiter((row.lon for row in rows), np.float64, count),
        speed_mps=told(row.speed_mps for row in rows),
        heading_deg=told(row.heading_deg for row in rows) % 360.0,
        accuracy_m=told(row.accuracy_m for row in rows),
        is_valid=np.fromiter((row.is_valid for row in rows), np.bool_, count),
    )
