"""What can be seen of driving, in which unit, and by which words trackers call it themselves."""

from __future__ import annotations

from enum import StrEnum


class DrivingKind(StrEnum):
    """What was seen; its value is m/s² for the first three, m/s for speeding, s for idling."""

    HARSH_BRAKING = "harsh_braking"
    HARSH_ACCELERATION = "harsh_acceleration"
    HARSH_CORNERING = "harsh_cornering"
    SPEEDING = "speeding"
    IDLING = "idling"


MERGED_WITHIN_S = 10.0
"""What is seen twice within it is one manoeuvre."""

_WORDS = {
    "hardBraking": DrivingKind.HARSH_BRAKING,
    "hardAcceleration": DrivingKind.HARSH_ACCELERATION,
    "hardCornering": DrivingKind.HARSH_CORNERING,
    "overspeed": DrivingKind.SPEEDING,
    "idle": DrivingKind.IDLING,
}
"""Traccar's words for what a tracker found with its own accelerometer."""


def driving_kinds_of(words: object) -> tuple[DrivingKind, ...]:
    """Return what a device's words say of driving; anything else says nothing."""
    if not isinstance(words, str):
        return ()
    named = {_WORDS[word] for part in words.split(",") if (word := part.strip()) in _WORDS}
    return tuple(kind for kind in DrivingKind if kind in named)
