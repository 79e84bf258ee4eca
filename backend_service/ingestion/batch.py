"""Batches of fixes for gateways, JSON or MessagePack, decoded into columns; each row is identified by itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

import msgspec
import numpy as np
from msgspec.structs import astuple

from backend_service.ingestion.alarm_bell import Raised, place_at
from backend_service.ingestion.device_times import MILLISECONDS_FROM, read_instant
from backend_service.ingestion.osmand import METRES_PER_HDOP
from backend_service.ingestion.row_codec import Encoding, RowCodec
from core.fleet.fleet import Device
from core.telemetry.fix_batch import Column, FixBatch
from core.telemetry.plausibility import Reason
from core.vocabulary import DeviceId, Instant, VehicleId

LARGEST_BATCH = 5_000


class FixRow(msgspec.Struct, kw_only=True, gc=False):
    """One fix on the wire; `fix_at` is epoch seconds (or milliseconds) or RFC 3339; the rest may be left out.

    `hdop` stands in for `accuracy_m`; `satellites` are those seen; `sequence` is the device's own number of the fix.
    """

    fix_at: float | str
    lat: float
    lon: float
    device: str | None = None
    vehicle: str | None = None
    speed_mps: float | None = None
    heading_deg: float | None = None
    accuracy_m: float | None = None
    is_valid: bool = True
    alarm: str | None = None
    hdop: float | None = None
    satellites: float | None = None
    sequence: float | None = None


CODEC = RowCodec("fixes", FixRow, most_rows=LARGEST_BATCH)


@dataclass(frozen=True, slots=True)
class Decoded:
    """The rows that name a known vehicle, as columns, how many were rejected for which reason, and what they raise."""

    batch: FixBatch
    rejected: Counter[Reason]
    raised: tuple[Raised, ...] = ()


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
    if not _are_known_vehicles(rows, senders):
        rows = identified(rows, senders, rejected)
    rows, fix_at = _timed(rows, rejected)
    alarms = [number for number, row in enumerate(rows) if row.alarm]
    raised = tuple(_raised(rows[number], min(float(fix_at[number]), received_at)) for number in alarms)
    return Decoded(_columns(rows, fix_at, received_at, arrived_wall_at), rejected, raised)


def _raised(row: FixRow, at: Instant) -> Raised:
    return Raised(
        words=row.alarm or "",
        vehicle_id=VehicleId(row.vehicle or ""),
        device_id=None if row.device is None else DeviceId(row.device),
        at=at,
        position=place_at(row.lat, row.lon, is_valid=row.is_valid),
    )


def _are_known_vehicles(rows: list[FixRow], senders: Senders) -> bool:
    """Say whether a gateway named a known vehicle in every row and never a device: what most batches are."""
    vehicles = senders.vehicles
    return senders.own is None and all(row.device is None and row.vehicle in vehicles for row in rows)


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


def _timed(rows: list[FixRow], rejected: Counter[Reason]) -> tuple[list[FixRow], Column]:
    """Return the rows that tell a time, and it, epoch seconds (n,)."""
    try:
        told = np.fromiter((row.fix_at for row in rows), np.float64, len(rows))  # text that is a number is one here too
    except ValueError:
        told = np.array([_instant(row.fix_at) for row in rows], dtype=np.float64)
    is_time = np.isfinite(told)
    told = np.where(told >= MILLISECONDS_FROM, told / 1000.0, told)
    if is_time.all():
        return rows, told
    rejected[Reason.MALFORMED] += int(np.count_nonzero(~is_time))
    return [rows[row] for row in np.flatnonzero(is_time).tolist()], told[is_time]


def _instant(told: float | str) -> float:
    try:
        return read_instant(told)
    except ValueError:
        return float("nan")


def _columns(rows: list[FixRow], fix_at: Column, received_at: Instant, arrived_wall_at: Instant) -> FixBatch:
    count = len(rows)
    columns = list(zip(*map(astuple, rows), strict=True)) or [()] * len(FixRow.__struct_fields__)
    by_name = dict(zip(FixRow.__struct_fields__, columns, strict=True))
    return FixBatch(
        device=np.array([device or "" for device in by_name["device"]], dtype=object),
        vehicle=np.array(by_name["vehicle"], dtype=object),
        fix_at=fix_at,
        received_at=np.full(count, received_at),
        arrived_wall_at=np.full(count, arrived_wall_at),
        lat=np.array(by_name["lat"], dtype=np.float64),
        lon=np.array(by_name["lon"], dtype=np.float64),
        speed_mps=_told(by_name["speed_mps"]),
        heading_deg=_told(by_name["heading_deg"]) % 360.0,
        accuracy_m=_accuracy_m(by_name["accuracy_m"], by_name["hdop"]),
        is_valid=np.array(by_name["is_valid"], dtype=np.bool_),
        satellites=_if_told(by_name["satellites"]),
        sequence=_if_told(by_name["sequence"]),
    )


def _accuracy_m(told_m: tuple[float | None, ...], hdop: tuple[float | None, ...]) -> Column:
    """Return the accuracy, or what the dilution says of it where no accuracy is told."""
    accuracy_m = _told(told_m)
    dilution = _if_told(hdop)
    return accuracy_m if dilution is None else np.where(np.isnan(accuracy_m), dilution * METRES_PER_HDOP, accuracy_m)


def _if_told(values: tuple[float | None, ...]) -> Column | None:
    """Return quantities as `_told` does; ``None`` if no row tells any, which is found out at once."""
    return None if values.count(None) == len(values) else _told(values)


def _told(values: tuple[float | None, ...]) -> Column:
    """Return quantities, nan where a device did not tell one: none at all, a negative, or no finite number."""
    column = np.array(values, dtype=np.float64)  # None becomes nan
    return np.where((column >= 0.0) & (column < np.inf), column, np.nan)
