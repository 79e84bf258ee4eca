"""How the coverage of forecasts is judged and said: goals, slices, and what their figures mean. No widgets here."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from core.eta.coverage import CoverageReport, CoverageSlice
from core.projections.operation import Operation
from core.vocabulary import ZoneId
from ui.names import zone_name
from widgets.formatting import number, share

DIMENSIONS = ("all", "horizon", "hour", "zone", "cold start")
"""In the order in which they are shown."""
GOAL, SLICE_GOAL = (0.78, 0.82), (0.75, 0.85)
"""Between which shares the 80 % interval holds: over all, and in each slice."""
LEAST_JUDGED = 500
"""A slice of fewer forecasts is not judged."""
OUTSIDE = "outside"
ARRIVAL_MODEL = "arrival model"
"""The source's name on the board of sources."""


def _tr(text: str) -> str:
    return QCoreApplication.translate("coverage", text)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a slice's figure means: words, and whether the goal is missed."""

    words: str
    is_missed: bool = False


def goal_of(dimension: str) -> tuple[float, float]:
    """Return the shares between which a slice of this dimension is as it should be."""
    return GOAL if dimension == "all" else SLICE_GOAL


def is_judged(slice_: CoverageSlice) -> bool:
    """Say whether enough came out, of calibrated forecasts, to hold a slice to its goal."""
    return slice_.dimension != "cold start" and slice_.realised >= LEAST_JUDGED


def verdict(slice_: CoverageSlice) -> Verdict:
    """Return in words whether a slice meets its goal, and if not, how it misses."""
    low, high = goal_of(slice_.dimension)
    if slice_.dimension == "cold start":
        return Verdict(_tr("wide on purpose"))
    if not is_judged(slice_):
        return Verdict(_tr("too few to judge"))
    if slice_.within < low:
        return Verdict(_tr("not met, too narrow"), is_missed=True)
    if slice_.within > high:
        return Verdict(_tr("not met, too wide"), is_missed=True)
    return Verdict(_tr("met"))


def goal_words(dimension: str) -> str:
    """Return the goal as `78–82 %`."""
    low, high = goal_of(dimension)
    return f"{number(low * 100)}–{number(high * 100)}\u00a0%"


def dimension_word(dimension: str) -> str:
    """Return what forecasts are cut by."""
    return {
        "all": _tr("All"),
        "horizon": _tr("Horizon"),
        "hour": _tr("Hour"),
        "zone": _tr("Zone"),
        "cold start": _tr("Cold start"),
    }.get(dimension, dimension)


def slice_word(operation: Operation, slice_: CoverageSlice) -> str:
    """Return what a slice is called."""
    match slice_.dimension:
        case "all":
            return _tr("all calibrated forecasts")
        case "cold start":
            return _tr("before calibration")
        case "zone" if slice_.name == OUTSIDE:
            return _tr("outside the zones")
        case "zone":
            return zone_name(operation, ZoneId(slice_.name))
        case _:
            return slice_.name


def ordered(report: CoverageReport) -> list[CoverageSlice]:
    """Return the slices as they are shown: all first, then by horizon, hour and zone, the cold start last."""
    return sorted(report.slices, key=lambda one: (DIMENSIONS.index(one.dimension), _rank(one)))


def _rank(slice_: CoverageSlice) -> tuple[float, str]:
    start = slice_.name.partition("-")[0].partition("+")[0].partition(":")[0]
    return (float(start) if start.isdigit() else 0.0), slice_.name


def slice_of(report: CoverageReport, dimension: str) -> CoverageSlice | None:
    """Return the one slice of a dimension that has one, such as `all`; None while nothing came out of it."""
    return next((one for one in report.slices if one.dimension == dimension), None)


def state_word(report: CoverageReport) -> str:
    """Return whether forecasts are calibrated."""
    return _tr("Calibrated") if report.is_calibrated else _tr("Not yet calibrated")


def against_plain(slice_: CoverageSlice) -> str:
    """Return how much better or worse the forecasts are than the best of the plain ones: `38 % less`."""
    plainly = slice_.plainly
    if plainly is None or slice_.mean_error_s is None:
        return ""
    best = min(plainly.blended_s, plainly.streets_s, plainly.by_hour_s)
    if best <= 0.0:
        return ""
    change = slice_.mean_error_s / best - 1.0
    words = _tr("{share} less than the best plain one") if change <= 0 else _tr("{share} more than the best plain one")
    return words.format(share=share(abs(change), 0))
