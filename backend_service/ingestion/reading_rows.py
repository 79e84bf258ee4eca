"""Batches of readings, JSON or MessagePack, decoded into columns; each row is identified and judged by itself."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import msgspec

from backend_service.ingestion.batch import Senders, identified
from backend_service.ingestion.device_times import read_instant
from backend_service.ingestion.row_codec import Encoding, RowCodec
from core.telemetry.channels import ChannelKind, channel_named
from core.telemetry.plausibility import Reason
from core.telemetry.reading_batch import ReadingBatch
from core.telemetry.reading_plausibility import ReadingReason
from core.vocabulary import Instant

MOST_READINGS = 5_000
NAN = float("nan")


class ReadingRow(msgspec.Struct, kw_only=True):
    """One reading on the wire; a state is a word, or true and false where that is clear."""

    read_at: float | str
    channel: str
    value: float | bool | str
    device: str | None = None
    vehicle: str | None = None


CODEC = RowCodec("readings", ReadingRow, most_rows=MOST_READINGS)


@dataclass(frozen=True, slots=True)
class DecodedReadings:
    """The rows that name a known vehicle and a time, as columns, and how many were rejected for which reason."""

    batch: ReadingBatch
    rejected: Counter[ReadingReason]


def decode_readings(body: bytes, encoding: Encoding, senders: Senders, received_at: Instant) -> DecodedReadings:
    """Return the readings of a body ``{"readings": [...]}``; refusals as in `RowCodec.decode`."""
    rows, unreadable = CODEC.decode(body, encoding)
    decoded = readings_of_rows(rows, senders, received_at)
    if unreadable:
        decoded.rejected[ReadingReason.MALFORMED] += unreadable
    return decoded


def readings_of_rows(rows: list[ReadingRow], senders: Senders, received_at: Instant) -> DecodedReadings:
    """Return rows that could be read as columns, without those of strangers and those without a time."""
    strangers: Counter[Reason] = Counter()
    rows = identified(rows, senders, strangers)
    rejected = Counter({ReadingReason(reason): count for reason, count in strangers.items()})
    kept = []
    for row in rows:
        try:
            read_at = read_instant(row.read_at)
        except ValueError:
            rejected[ReadingReason.MALFORMED] += 1
            continue
        value, state = told(row.channel, row.value)
        kept.append((row.device or "", row.vehicle or "", row.channel, read_at, received_at, value, state))
    return DecodedReadings(ReadingBatch.of(kept), rejected)


def told(channel_name: str, raw: float | bool | str) -> tuple[float, str]:
    """Return what a device told as (value, state): nan for a state, ``""`` for a number."""
    if isinstance(raw, str):
        return NAN, raw.strip().lower()
    channel = channel_named(channel_name)
    if isinstance(raw, bool):
        is_state = channel is not None and channel.kind is ChannelKind.STATE
        return NAN, channel.states[raw] if channel is not None and is_state else str(raw).lower()
    try:
        return float(raw), ""
    except OverflowError:  # a whole number of more than 308 digits
        return NAN, ""
