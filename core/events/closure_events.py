"""What people closed for a while, and opened again."""

from __future__ import annotations

from core.events.envelope import Event
from core.fleet.closure import Closure, ClosureId


class PlaceClosed(Event, frozen=True, kw_only=True):
    """A person closed a street or a zone."""

    is_audited = True

    closure: Closure


class PlaceReopened(Event, frozen=True, kw_only=True):
    """A person opened it before its time; `closure` is what was closed."""

    is_audited = True

    closure_id: ClosureId
    closure: Closure | None = None
