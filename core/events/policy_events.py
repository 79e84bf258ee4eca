"""What happened to the dispatch policy."""

from __future__ import annotations

from core.events.envelope import Event
from core.vocabulary import ZoneId


class PolicyChanged(Event, frozen=True, kw_only=True):
    """A person changed what decisions weigh, everywhere or in one zone.

    `number` counts the changes. `values` are those in force from now on and `before` what they were, by the name of
    the field; a field in `before` alone goes by what is above it again: the whole city's value, or Tower's own.
    """

    is_audited = True

    number: int
    zone_id: ZoneId | None = None
    values: dict[str, float] = {}
    before: dict[str, float] = {}
    note: str
