"""How often arrivals fell within what was announced, per zone, hour and horizon; and how it was before calibration."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, tzinfo

import msgspec
from msgspec.structs import astuple

from core.eta.realised_forecasts import Outcome, Promised
from core.vocabulary import Instant

ANNOUNCED = 0.8
COUNTED_DAYS = 7
"""So many days of the site count, the newest in which anything came out."""

HORIZON_NAMES = ("0-5 min", "5-15 min", "15-30 min", "30+ min")
_COLD = "cold start", "not yet calibrated"


class Slice(msgspec.Struct):
    """Forecasts of one slice that have come out.

    `width_s` is the sum of their intervals' widths; `error_s` and `absolute_s` sums over the `arrived` ones;
    `blended_s`, `streets_s` and `by_hour_s` the absolute errors of the plain forecasts beside `plainly` of them.
    """

    realised: int = 0
    within: int = 0
    early: int = 0
    late: int = 0
    width_s: float = 0.0
    arrived: int = 0
    error_s: float = 0.0
    absolute_s: float = 0.0
    plainly: int = 0
    blended_s: float = 0.0
    streets_s: float = 0.0
    by_hour_s: float = 0.0

    @property
    def coverage(self) -> float:
        """The share that fell within the 80 % interval; 0 while nothing came out."""
        return self.within / self.realised if self.realised else 0.0


class PlainErrors(msgspec.Struct, frozen=True, kw_only=True):
    """Mean absolute errors, seconds, of the three plain forecasts made beside those of a slice."""

    blended_s: float
    streets_s: float
    by_hour_s: float


class CoverageSlice(msgspec.Struct, frozen=True, kw_only=True):
    """How forecasts of one slice came out.

    `dimension` is one of `all`, `horizon`, `zone`, `hour` and `cold start`; the last holds what was forecast before
    calibration, which counts in no other. `within` is the share of arrivals inside the 80 % interval; widths and
    errors are means, seconds, errors of those that have arrived; a positive bias is a forecast that was too late.
    """

    dimension: str
    name: str
    realised: int
    within: float
    early: float
    late: float
    width_s: float
    mean_error_s: float | None
    bias_s: float | None
    plainly: PlainErrors | None = None


class CoverageReport(msgspec.Struct, frozen=True, kw_only=True):
    """The coverage of the service's forecasts in the last seven days: what was `announced`, and each slice.

    `model` is the version of the model in force, None where the street engine stands in for one; `trained_on` names
    the days it was learned from.
    """

    announced: float = ANNOUNCED
    model: str | None = None
    trained_on: tuple[str, ...] = ()
    is_calibrated: bool = False
    slices: tuple[CoverageSlice, ...] = ()


type SliceName = tuple[str, str]
"""A dimension, one of `all`, `horizon`, `zone`, `hour`, `cold start`, and the slice's name in it."""


class Tally(msgspec.Struct):
    """Outcomes counted: of forecasts before calibration, ever, and of others by day, dimension and name."""

    cold: Slice = msgspec.field(default_factory=Slice)
    days: dict[str, dict[str, dict[str, Slice]]] = {}


class Coverage:
    """Counts outcomes by slice, those of the last days; what was forecast before calibration counts for ever.

    Parameters
    ----------
    zone : tzinfo
        The site's, for days and hours.

    Attributes
    ----------
    tally : Tally
        All that was counted: what is kept of it over a restart.
    """

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone
        self.tally = Tally()

    @property
    def slices(self) -> dict[SliceName, Slice]:
        """Return what was counted of each slice."""
        parts: dict[SliceName, list[Slice]] = {}
        for day in self.tally.days.values():
            for dimension, names in day.items():
                for name, found in names.items():
                    parts.setdefault((dimension, name), []).append(found)
        if self.tally.cold.realised:
            parts[_COLD] = [self.tally.cold]
        return {name: _together(found) for name, found in parts.items()}

    def count(self, outcome: Outcome) -> None:
        """Count how a forecast came out; once for each."""
        promised = outcome.promised
        for found in self._slices_of(outcome):
            found.realised += 1
            found.early += outcome.is_early
            found.late += outcome.is_late
            found.within += not (outcome.is_early or outcome.is_late)
            found.width_s += promised.p90_at - promised.p10_at

    def count_error(self, outcome: Outcome) -> None:
        """Count how far off the middle was, now that the vehicle is there."""
        if outcome.error_s is None:
            return
        for found in self._slices_of(outcome):
            found.arrived += 1
            found.error_s += outcome.error_s
            found.absolute_s += abs(outcome.error_s)
            _count_plainly(found, outcome.promised, outcome.promised.p50_at - outcome.error_s)

    def told(self) -> tuple[CoverageSlice, ...]:
        """Return every slice in which something came out, by dimension and name."""
        return tuple(_told(name, found) for name, found in sorted(self.slices.items()) if found.realised)

    def _slices_of(self, outcome: Outcome) -> Iterator[Slice]:
        promised = outcome.promised
        if not promised.is_calibrated:
            yield self.tally.cold
            return
        made_at = datetime.fromtimestamp(promised.made_at, self._zone)
        day = self._day(made_at.date().isoformat())
        yield _slice(day, "all", "all")
        yield _slice(day, "horizon", HORIZON_NAMES[promised.horizon])
        yield _slice(day, "zone", promised.zone)
        yield _slice(day, "hour", f"{made_at.hour:02d}:00")

    def _day(self, name: str) -> dict[str, dict[str, Slice]]:
        days = self.tally.days
        if name not in days:
            days[name] = {}
            for old in sorted(days)[:-COUNTED_DAYS]:
                del days[old]
        return days.get(name, {})


def _slice(day: dict[str, dict[str, Slice]], dimension: str, name: str) -> Slice:
    return day.setdefault(dimension, {}).setdefault(name, Slice())


def _together(parts: Sequence[Slice]) -> Slice:
    return Slice(*map(sum, zip(*map(astuple, parts), strict=True)))


def _count_plainly(found: Slice, promised: Promised, arrived_at: Instant) -> None:
    if promised.plainly_at is None:
        return
    blended_at, streets_at, by_hour_at = promised.plainly_at
    found.plainly += 1
    found.blended_s += abs(blended_at - arrived_at)
    found.streets_s += abs(streets_at - arrived_at)
    found.by_hour_s += abs(by_hour_at - arrived_at)


def _told(name: SliceName, found: Slice) -> CoverageSlice:
    return CoverageSlice(
        dimension=name[0],
        name=name[1],
        realised=found.realised,
        within=found.coverage,
        early=found.early / found.realised,
        late=found.late / found.realised,
        width_s=found.width_s / found.realised,
        mean_error_s=found.absolute_s / found.arrived if found.arrived else None,
        bias_s=found.error_s / found.arrived if found.arrived else None,
        plainly=_plainly_told(found) if found.plainly else None,
    )


def _plainly_told(found: Slice) -> PlainErrors:
    return PlainErrors(
        blended_s=found.blended_s / found.plainly,
        streets_s=found.streets_s / found.plainly,
        by_hour_s=found.by_hour_s / found.plainly,
    )
