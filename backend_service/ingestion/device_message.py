"""What one message of a device tells: fixes, that it comes or goes, or something that nobody here asks for.

Every decoder of a device protocol returns this and raises a `Refusal` for what it cannot read; nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from backend_service.ingestion.single_fix import SingleFix
from core.fleet.devices import Presence
from core.telemetry.tracker_alarms import kinds_of


@dataclass(frozen=True, slots=True)
class DeviceMessage:
    """A message that could be read, in SI units.

    Parameters
    ----------
    kind : what it is called in its protocol, one of a fixed few; it is counted by this
    key : what the device names itself by, empty if the message does not say
    full_key : a longer name that counts instead where a device has it as its id
    fixes : in the order sent
    presence : that the device comes or goes, if it says so
    is_asked_for : whether anything here makes use of its kind
    """

    kind: str
    key: str = ""
    fixes: tuple[SingleFix, ...] = ()
    presence: Presence | None = None
    is_asked_for: bool = True
    full_key: str = ""


def is_urgent(attributes: Mapping[str, object]) -> bool:
    """Say whether the attributes of a message, in Traccar's words, tell an alarm that does not wait."""
    return bool(kinds_of(attributes.get("alarm")))
