"""What the judged forecasts of a day come to: errors, coverage, width, in all and per slice, and what was told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

import numpy as np
from numpy.typing import NDArray

from backend_service.benchmarks.eta_world import Day, Judged
from backend_service.benchmarks.report import Figure, Row
from backend_service.forecasting.forecaster import ZoneNames
from core.eta.calibration import horizon_of
from core.eta.coverage import HORIZON_NAMES
from core.eta.recent_flow import Column
from core.eta.telling import Teller, TellingPolicy
from core.orders.order import ArrivalBand
from core.vocabulary import OrderId

LONG_HALT_S = 600.0
LEAST_IN_SLICE = 500
LEAST_IN_QUARTER = 100
QUARTER_S = 900.0

type Rows = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Outcomes:
    """Judged forecasts of a day, all (n,): what was forecast by whom, and the seconds that came true."""

    came_s: Column
    made_at: Column
    halt_s: Column
    zone: NDArray[np.object_]
    p10_s: Column
    p50_s: Column
    p90_s: Column
    blended_s: Column
    streets_s: Column
    by_hour_s: Column
    beside_s: Column | None = None

    def __len__(self) -> int:
        return len(self.came_s)


def outcomes_of(day: Day, judged: Judged, zone_name: ZoneNames) -> Outcomes:
    """Return what became of the judged forecasts."""
    drives = [day.drives[number] for numbers in judged.drive for number in numbers.tolist()]
    made_at = np.repeat(judged.at, [len(picked) for picked in judged.picked])
    pairs = list(zip(judged.forecasts, judged.picked, strict=True))

    def taken(column: str) -> Column:
        return np.concatenate([getattr(one, column)[rows] for one, rows in pairs])

    def end(column: str) -> Column:
        return np.concatenate([getattr(one.seconds, column)[rows] for one, rows in pairs])

    return Outcomes(
        came_s=np.array([drive.arrived_at for drive in drives]) - made_at,
        made_at=made_at,
        halt_s=np.array([drive.longest_halt_s for drive in drives]),
        zone=np.array([zone_name(*drive.destination) for drive in drives], dtype=object),
        p10_s=end("p10"),
        p50_s=end("p50"),
        p90_s=end("p90"),
        blended_s=taken("blended_s"),
        streets_s=taken("streets_s"),
        by_hour_s=taken("by_hour_s"),
        beside_s=np.concatenate(judged.beside_s) if judged.beside_s else None,
    )


def rows_of(found: Outcomes, site: tzinfo, told_per_trip: float, prefix: str) -> Iterator[Row]:
    """Return the table of a day: everything, without long halts, the baselines, and each slice."""
    everything = np.ones(len(found), dtype=np.bool_)
    moving = found.halt_s < LONG_HALT_S
    of_blended = _error(found.blended_s, found.came_s, everything)
    told = Figure.of("revisions told per trip", "", [told_per_trip])
    yield Row(
        case=f"{prefix}: tower",
        figures=(
            *_errors(found.p50_s, found, everything),
            Figure.of("MAE / baseline (1)", "", [_error(found.p50_s, found.came_s, everything) / of_blended]),
            *_interval(found, everything),
            told,
        ),
    )
    yield Row(
        case=f"{prefix}: tower, without halts of 10 min and more",
        figures=(*_errors(found.p50_s, found, moving), *_interval(found, moving)),
    )
    for name, seconds in _baselines(found):
        yield Row(case=f"{prefix}: {name}", figures=_errors(seconds, found, everything))
        case = f"{prefix}: {name}, without halts of 10 min and more"
        yield Row(case=case, figures=_errors(seconds, found, moving))
    if found.beside_s is not None:
        known = np.isfinite(found.beside_s)
        for name, seconds in (("with", found.beside_s), ("without", found.streets_s)):
            yield Row(case=f"{prefix}: street engine {name} live speeds", figures=_errors(seconds, found, known))
            yield Row(
                case=f"{prefix}: street engine {name} live speeds, without halts of 10 min and more",
                figures=_errors(seconds, found, known & moving),
            )
    for name, rows in slices_of(found, site):
        yield _row_of_slice(f"{prefix}: {name}", found, rows)
    yield Row(case=f"{prefix}: within 80 % interval, by quarters of an hour since the start", figures=_quarters(found))
    second = _hours_since_start(found) == 1
    for name, rows in (("all", everything), *slices_of(found, site, among=second)):
        if (rows & second).sum() >= LEAST_IN_SLICE:
            yield _row_of_slice(f"{prefix}: in its second hour, {name}", found, rows & second)


def slices_of(found: Outcomes, site: tzinfo, among: Rows | None = None) -> Iterator[tuple[str, Rows]]:
    """Return the slices of at least 500 forecasts: site hour, destination zone, horizon by the forecast's middle.

    With `among` (n,), the forecasts of a slice are counted among those only.
    """
    counted = np.ones(len(found), dtype=np.bool_) if among is None else among
    hours = np.array([datetime.fromtimestamp(at, site).hour for at in found.made_at.tolist()])
    horizons = horizon_of(found.p50_s)
    slices = [(f"hour {hour:02d}", hours == hour) for hour in np.unique(hours).tolist()]
    slices += [(f"horizon {name}", horizons == number) for number, name in enumerate(HORIZON_NAMES)]
    slices += [(f"zone {name}", found.zone == name) for name in sorted(set(found.zone.tolist()))]
    yield from ((name, rows) for name, rows in slices if (rows & counted).sum() >= LEAST_IN_SLICE)


def told_per_trip(told: Sequence[tuple[int, float, float]], policy: TellingPolicy) -> float:
    """Return how many revisions a customer would hear of, per trip, the first forecast not counted.

    Parameters
    ----------
    told : sequence of (trip, made_at, p50_at)
        Every forecast of the day in order of time.
    policy : TellingPolicy
    """
    standing: dict[int, ArrivalBand] = {}
    teller = Teller()
    revisions = 0
    for trip, made_at, p50_at in told:
        band = ArrivalBand(p10_at=p50_at, p50_at=p50_at, p90_at=p50_at, as_of=made_at)
        before = standing.get(trip)
        if teller.is_worth_telling(OrderId(str(trip)), before, band, policy):
            revisions += before is not None
            standing[trip] = band
    return revisions / max(len(standing), 1)


def coverage_of(found: Outcomes, rows: Rows) -> float:
    """Return the share, in per cent, of arrivals within the 80 % interval."""
    within = (found.came_s >= found.p10_s) & (found.came_s <= found.p90_s)
    return 100.0 * float(within[rows].mean())


def interval_score_s(found: Outcomes, rows: Rows) -> float:
    """Return the mean score of 80 % intervals, seconds: the width, and ten times how far outside arrivals lay.

    Less is better, and wider is not free (T. Gneiting and A. Raftery, "Strictly Proper Scoring Rules", 2007).
    """
    outside = np.maximum(found.p10_s - found.came_s, 0.0) + np.maximum(found.came_s - found.p90_s, 0.0)
    scores = (found.p90_s - found.p10_s) + 2.0 / 0.2 * outside
    return float(scores[rows].mean())


def _hours_since_start(found: Outcomes) -> NDArray[np.int64]:
    return ((found.made_at - found.made_at.min()) // 3600.0).astype(np.int64)


def _quarters(found: Outcomes) -> tuple[Figure, ...]:
    """Return the coverage of forecasts by when they were made, where there are a hundred."""
    quarter = ((found.made_at - found.made_at.min()) // QUARTER_S).astype(np.int64)
    return tuple(
        Figure.of(quarter_name(number), "%", [coverage_of(found, quarter == number)])
        for number in np.unique(quarter).tolist()
        if (quarter == number).sum() >= LEAST_IN_QUARTER
    )


def quarter_name(number: int) -> str:
    """Return the name of a quarter of an hour since the start, from 0: when it begins and ends."""
    begins, ends = (f"{minutes // 60}:{minutes % 60:02d}" for minutes in (15 * number, 15 * number + 15))
    return f"{begins}-{ends}"


def _row_of_slice(case: str, found: Outcomes, rows: Rows) -> Row:
    return Row(
        case=case, figures=(*_interval(found, rows), Figure.of("MAE", "s", [_error(found.p50_s, found.came_s, rows)]))
    )


def _baselines(found: Outcomes) -> tuple[tuple[str, Column], ...]:
    return (
        ("(1) 0.6 now + 0.4 usual speed", found.blended_s),
        ("(2) street engine", found.streets_s),
        ("(3) usual speed of the hour", found.by_hour_s),
    )


def _errors(seconds: Column, found: Outcomes, rows: Rows) -> tuple[Figure, ...]:
    errors = (seconds - found.came_s)[rows]
    return (
        Figure.of("forecasts", "", [float(rows.sum())]),
        Figure.of("MAE", "s", [float(np.abs(errors).mean())]),
        Figure.of("median error", "s", [float(np.median(np.abs(errors)))]),
        Figure.of("bias", "s", [float(errors.mean())]),
    )


def _interval(found: Outcomes, rows: Rows) -> tuple[Figure, ...]:
    return (
        Figure.of("within 80 % interval", "%", [coverage_of(found, rows)]),
        Figure.of("n", "", [float(rows.sum())]),
        Figure.of("median interval", "s", [float(np.median((found.p90_s - found.p10_s)[rows]))]),
        Figure.of("mean interval", "s", [float((found.p90_s - found.p10_s)[rows].mean())]),
        Figure.of("interval score", "s", [interval_score_s(found, rows)]),
    )


def _error(seconds: Column, came_s: Column, rows: Rows) -> float:
    return float(np.abs(seconds - came_s)[rows].mean())
