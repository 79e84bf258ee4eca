"""Why positions were turned away, in words: each reason with what it means for the map and what to do about it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from core.telemetry.plausibility import Reason


def _tr(text: str) -> str:
    return QCoreApplication.translate("sources", text)


ASKS_FOR_SOMEBODY = frozenset(
    {Reason.MALFORMED, Reason.UNKNOWN_DEVICE, Reason.FOREIGN_VEHICLE, Reason.RETIRED_DEVICE, Reason.FUTURE}
)
"""What does not pass by itself: a device that is set up wrongly. The rest is how receivers are between high houses."""


def rejection_name(reason: str) -> str:
    """Return what people call positions that were turned away for a reason."""
    words: dict[str, str] = {
        Reason.MALFORMED: _tr("Turned away: unreadable"),
        Reason.UNKNOWN_DEVICE: _tr("Turned away: device not known"),
        Reason.FOREIGN_VEHICLE: _tr("Turned away: another one's vehicle"),
        Reason.RETIRED_DEVICE: _tr("Turned away: device out of service"),
        Reason.NO_POSITION: _tr("Turned away: receiver without position"),
        Reason.FEW_SATELLITES: _tr("Turned away: too few satellites"),
        Reason.OUT_OF_RANGE: _tr("Turned away: no place on earth"),
        Reason.NULL_ISLAND: _tr("Turned away: place 0, 0"),
        Reason.TOO_OLD: _tr("Turned away: too old"),
        Reason.FUTURE: _tr("Turned away: from the future"),
        Reason.INACCURATE: _tr("Turned away: too inaccurate"),
        Reason.DUPLICATE: _tr("Turned away: sent before"),
        Reason.IMPOSSIBLE_JUMP: _tr("Turned away: impossible jump"),
    }
    return words.get(reason) or _tr("Turned away: {reason}").format(reason=reason.replace("_", " "))


def rejection_effect(reason: str) -> str:
    """Return what such positions mean, and what to do about them; empty for a reason that this desk does not know."""
    words: dict[str, str] = {
        Reason.MALFORMED: _tr("Nothing of them is used. Look at the sender's format."),
        Reason.UNKNOWN_DEVICE: _tr("Register the device, or stop who sends."),
        Reason.FOREIGN_VEHICLE: _tr("The device is on another vehicle. Correct its registration or the sender."),
        Reason.RETIRED_DEVICE: _tr("It was taken out of service and still sends. Register it anew if it should."),
        Reason.NO_POSITION: _tr("Nothing to do under a roof; look at the antenna if it lasts."),
        Reason.FEW_SATELLITES: _tr("Nothing to do under a roof; look at the antenna if it lasts."),
        Reason.OUT_OF_RANGE: _tr("Look at the device if it lasts."),
        Reason.NULL_ISLAND: _tr("The receiver knew nothing. Look at the device if it lasts."),
        Reason.TOO_OLD: _tr("More than a day old: not on the map, not in the track."),
        Reason.FUTURE: _tr("The device's clock is ahead, or the service's behind. Set it."),
        Reason.INACCURATE: _tr("They do not say on which street. Nothing to do."),
        Reason.DUPLICATE: _tr("Devices send again what was not acknowledged. Nothing is missing."),
        Reason.IMPOSSIBLE_JUMP: _tr("No vehicle gets there in time. The vehicle is shown where believed."),
    }
    return words.get(reason, "")
