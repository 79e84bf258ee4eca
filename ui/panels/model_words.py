"""What the audit list says when arrivals are forecast by another model."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from core.events.forecast_events import ArrivalModelChanged
from widgets.formatting import number


def _tr(text: str) -> str:
    return QCoreApplication.translate("audit", text)


def model_change(event: ArrivalModelChanged) -> tuple[str, str, str]:
    """Return what happened, to which model, and by what figures."""
    what = {
        "trained": _tr("Arrivals forecast by a newly trained model"),
        "chosen": _tr("Arrivals forecast by a model that {person} chose").format(person=event.chosen_by),
    }.get(event.cause, _tr("Arrivals forecast by the model that was found"))
    if event.mean_error_s is None or event.within is None:
        return what, event.version, ""
    why = _tr("off by {seconds} s, {percent} % within").format(
        seconds=number(event.mean_error_s, 1), percent=number(100.0 * event.within, 1)
    )
    if event.previous_mean_error_s is not None:
        before = _tr("before {seconds} s").format(seconds=number(event.previous_mean_error_s, 1))
        why = f"{why}; {before}"
    return what, event.version, why
