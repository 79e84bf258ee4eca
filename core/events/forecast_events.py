"""What happened to the model that arrivals are forecast by."""

from __future__ import annotations

from core.events.envelope import Event


class ArrivalModelChanged(Event, frozen=True, kw_only=True):
    """Arrivals are forecast by another model from now on.

    `cause` is ``trained``, ``chosen`` by a person (`chosen_by`), or ``found`` in the data directory. `trained_on` names
    its days; `held_out` the newest one, which both models were judged by and this one did not learn from: mean absolute
    errors in seconds, and shares of arrivals within the announced 80 %. They are ``None`` where nothing was compared.
    """

    is_audited = True

    version: str
    previous: str | None = None
    cause: str = "trained"
    chosen_by: str = ""
    trained_on: tuple[str, ...] = ()
    lessons: int = 0
    held_out: str = ""
    mean_error_s: float | None = None
    within: float | None = None
    previous_mean_error_s: float | None = None
    previous_within: float | None = None
