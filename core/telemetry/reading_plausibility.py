"""Which readings can be believed: one verdict per row, the first reason that speaks against it.

Ranges and states are the catalogue's; times are judged as those of fixes. What is left is ordered by vehicle, channel
and time, as the archive and the limits want it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from core.telemetry.channels import ChannelKind, channel_named
from core.telemetry.fix_batch import Mask
from core.telemetry.plausibility import PlausibilityLimits
from core.telemetry.reading_batch import ReadingBatch
from core.vocabulary import Instant


class ReadingReason(StrEnum):
    """Why a reading was not accepted; stable, counted and told to the sender."""

    MALFORMED = "malformed"
    UNKNOWN_DEVICE = "unknown_device"
    FOREIGN_VEHICLE = "foreign_vehicle"
    RETIRED_DEVICE = "retired_device"
    UNKNOWN_CHANNEL = "unknown_channel"
    WRONG_KIND = "wrong_kind"
    UNKNOWN_STATE = "unknown_state"
    OUT_OF_RANGE = "out_of_range"
    TOO_OLD = "too_old"
    FUTURE = "future"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True)
class SiftedReadings:
    """The readings to accept, ordered by vehicle, channel, then time; and how many were not, by reason."""

    accepted: ReadingBatch
    rejected: Counter[ReadingReason]


def sift_readings(batch: ReadingBatch, limits: PlausibilityLimits) -> SiftedReadings:
    """Return what of a batch can be believed; of the limits only the times count here.

    Repeats are not told apart here: whoever keeps readings ignores them and says how many there were.
    """
    rejected: Counter[ReadingReason] = Counter()
    keep = np.ones(len(batch), dtype=np.bool_)
    for row, (_, _, channel, read_at, received_at, value, state) in enumerate(batch.rows()):
        reason = unbelievable(channel, value, state) or _untimely(read_at, received_at, limits)
        if reason is not None:
            rejected[reason] += 1
            keep[row] = False
    return SiftedReadings(_in_order(batch.select(keep)), rejected)


def unbelievable(channel_name: str, value: float, state: str) -> ReadingReason | None:
    """Return what speaks against a reading by itself; ``None`` if nothing does."""
    channel = channel_named(channel_name)
    if channel is None:
        return ReadingReason.UNKNOWN_CHANNEL
    if channel.kind is ChannelKind.STATE:
        if not state:
            return ReadingReason.WRONG_KIND
        return None if state in channel.states else ReadingReason.UNKNOWN_STATE
    if state:
        return ReadingReason.WRONG_KIND
    return None if channel.least <= value <= channel.most else ReadingReason.OUT_OF_RANGE


def _untimely(read_at: Instant, received_at: Instant, limits: PlausibilityLimits) -> ReadingReason | None:
    if read_at < received_at - limits.oldest_s:
        return ReadingReason.TOO_OLD
    return ReadingReason.FUTURE if read_at > received_at + limits.future_s else None


def _in_order(batch: ReadingBatch) -> ReadingBatch:
    keys = list(zip(batch.vehicle.tolist(), batch.channel.tolist(), batch.read_at.tolist(), strict=True))
    order = np.array(sorted(range(len(keys)), key=keys.__getitem__), dtype=np.intp)
    return batch.select(order)


def newest_of_each(batch: ReadingBatch) -> Mask:
    """Return the last row of each vehicle's channel in an ordered batch: (n,)."""
    ends = np.ones(len(batch), dtype=np.bool_)
    ends[:-1] = (batch.vehicle[1:] != batch.vehicle[:-1]) | (batch.channel[1:] != batch.channel[:-1])
    return ends
