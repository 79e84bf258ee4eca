"""Decides about the model that arrivals are forecast by."""

from __future__ import annotations

from core.commands import RecordArrivalModel
from core.deciding import Context, Decision
from core.events.forecast_events import ArrivalModelChanged
from core.streams import OPERATION


def record_arrival_model(context: Context, command: RecordArrivalModel) -> Decision:
    """Record that another model is in force, with what it was judged by."""
    del context
    event = ArrivalModelChanged(
        version=command.version,
        previous=command.previous,
        cause=command.cause,
        chosen_by=command.chosen_by,
        trained_on=command.trained_on,
        lessons=command.lessons,
        held_out=command.held_out,
        mean_error_s=command.mean_error_s,
        within=command.within,
        previous_mean_error_s=command.previous_mean_error_s,
        previous_within=command.previous_within,
    )
    return Decision([(OPERATION, event)])
