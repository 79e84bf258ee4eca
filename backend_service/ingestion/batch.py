"""Batches of fixes as JSON, for gateways: decoded into columns, each row identified or rejected by itself.

Measured on this path: 50 rows decode in about 0.15 ms; a row that does not fit sends its batch down the slow path,
row by row, so that one bad row costs only itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import msgspec
import numpy as np

from backend_service.ingestion.device_times import read_instant
from backend_service.ingestion.single_fix import known, malformed
from core.fleet.fleet import Device
from core.refusals import Refusal
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


class _Rows(msgspec.Struct):
    fixes: list[FixRow]


class _RawRows(msgspec.Struct):
    fixes: list[msgspec.Raw]


_decoder = msgspec.json.Decoder(_Rows)
_raw_decoder = msgspec.json.Decoder(_RawRows)
_row_decoder = msgspec.json.Decoder(FixRow)


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


def decode_batch(body: bytes, senders: Senders, received_at: Instant, arrived_wall_at: Instant) -> Decoded:
    """Return the fixes of a JSON body ``{"fixes": [...]}`` as columns.

    Raises
    ------
    Refusal
        ``telemetry.malformed`` if the body is no such object, ``telemetry.too_many`` above `LARGEST_BATCH` rows.
    """
    rejected: Counter[Reason] = Counter()
    rows = _identified(_decode_rows(body, rejected), senders, rejected)
    fix_at = _instants(rows, rejected)
    kept = [row for row, instant in zip(rows, fix_at, strict=True) if instant is not None]
    instants = [instant for instant in fix_at if instant is not None]
    return Decoded(_columns(kept, instants, received_at, arrived_wall_at), rejected)


def _decode_rows(body: bytes, rejected: Counter[Reason]) -> list[FixRow]:
    try:
        rows = _decoder.decode(body).fixes
    except msgspec.DecodeError:
        rows = _decode_one_by_one(body, rejected)
    if len(rows) > LARGEST_BATCH:
        raise Refusal("telemetry.too_many", f"Send at most {LARGEST_BATCH} fixes at once.", status=413)
    return rows


def _decode_one_by_one(body: bytes, rejected: Counter[Reason]) -> list[FixRow]:
    try:
        raw_rows = _raw_decoder.decode(body).fixes
    except msgspec.DecodeError as error:
        raise malformed("body", str(error)) from None
    rows = []
    for raw in raw_rows:
        try:
            rows.append(_row_decoder.decode(raw))
        except msgspec.DecodeError:
            rejected[Reason.MALFORMED] += 1
    return rows


def _identified(rows: Iterable[FixRow], senders: Senders, rejected: Counter[Reason]) -> list[FixRow]:
    """Return the rows with device and vehicle filled in, without those that name a stranger."""
    kept = []
    for row in rows:
        reason = _identify(row, senders)
        if reason is None:
            kept.append(row)
        else:
            rejected[reason] += 1
    return kept


def _identify(row: FixRow, senders: Senders) -> Reason | None:
    own = senders.own
    if own is not None:
        if row.device not in (None, own.device_id) or row.vehicle not in (None, own.vehicle_id):
            return Reason.FOREIGN_VEHICLE
        row.device, row.vehicle = own.device_id, own.vehicle_id
    elif row.device is not None:
        device = senders.devices.get(DeviceId(row.device))
        if device is None:
            return Reason.UNKNOWN_DEVICE
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
