"""What trackers raise by themselves: which alarms there are, in whose words they come, and which of them do not wait.

Doors pass on the words of Traccar's vocabulary (``alarm=sos,powerCut``); other protocols are put into these words at
their door. A word that is not here means nothing to anybody at a desk and is left aside.
"""

from __future__ import annotations

from enum import StrEnum

from core.vocabulary import DeviceId, Instant, Position, Value, VehicleId


class AlarmKind(StrEnum):
    """What a tracker raises; the most pressing first."""

    SOS = "sos"
    ACCIDENT = "accident"
    ENGINE_FAULT = "engine_fault"
    TOW = "tow"
    TAMPERING = "tampering"
    JAMMING = "jamming"
    POWER_CUT = "power_cut"
    FUEL_LEAK = "fuel_leak"
    FATIGUE = "fatigue"


_WORDS: dict[str, AlarmKind] = {
    "sos": AlarmKind.SOS,
    "panic": AlarmKind.SOS,
    "accident": AlarmKind.ACCIDENT,
    "fault": AlarmKind.ENGINE_FAULT,
    "engineFault": AlarmKind.ENGINE_FAULT,
    "tow": AlarmKind.TOW,
    "tampering": AlarmKind.TAMPERING,
    "removing": AlarmKind.TAMPERING,
    "gpsAntennaCut": AlarmKind.TAMPERING,
    "jamming": AlarmKind.JAMMING,
    "powerCut": AlarmKind.POWER_CUT,
    "fuelLeak": AlarmKind.FUEL_LEAK,
    "fatigueDriving": AlarmKind.FATIGUE,
} | {kind.value: kind for kind in AlarmKind}

PERSON_IN_DANGER = frozenset({AlarmKind.SOS, AlarmKind.ACCIDENT})
"""They stay on the desk until somebody has seen them, however old they are."""

REPEATED_WITHIN_S = 60.0
"""A tracker repeats an alarm as long as its cause lasts: without a gap longer than this it is one alarm."""

LATE_S = 60.0
"""What arrives this long after it was raised tells of the past."""


class TrackerAlarm(Value, frozen=True, kw_only=True):
    """One alarm as a device told it, at its own time `raised_at`; `position` is ``None`` where it told none."""

    kind: AlarmKind
    vehicle_id: VehicleId
    device_id: DeviceId | None
    raised_at: Instant
    position: Position | None = None


def kinds_of(words: object) -> tuple[AlarmKind, ...]:
    """Return the alarms that a device's words name, the most pressing first; anything else names none.

    Parameters
    ----------
    words : what came under ``alarm``: words separated by commas, or whatever a device may have sent instead
    """
    if not isinstance(words, str):
        return ()
    named = {_WORDS[word] for part in words.split(",") if (word := part.strip()) in _WORDS}
    return tuple(kind for kind in AlarmKind if kind in named)
