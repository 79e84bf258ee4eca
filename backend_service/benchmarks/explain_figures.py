"""What a simulated week's previews foretold beside what came, as figures: bias, error, share in the band, ranks."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from backend_service.benchmarks.explain_forecasts import ShownForecast, forecast_rows
from backend_service.benchmarks.report import Figure, Row
from core.eta.arrival import Z90
from core.eta.change_errors import Case


@dataclass(frozen=True, slots=True)
class ShownArrival:
    """One customer of a changed plan: seconds from the override to the door, as shown (p50) and as it came.

    `is_moved` says that it is the order that changed hands, `is_kept` that the driver of the plan brought it. `plain`
    is what was foretold before what became of earlier changes was applied.
    """

    day: int
    override_id: str
    order_id: str
    is_moved: bool
    is_kept: bool
    shown_s: float
    came_s: float
    is_inside: bool
    plain: Case | None = None
    is_on_board: bool = False

    @property
    def is_inside_plain(self) -> bool:
        """Say whether it came within the band as it was before what became of earlier changes was applied."""
        if self.plain is None:
            return self.is_inside
        off_s = self.plain.came_s - self.plain.shown_s
        return -Z90 * self.plain.sooner_s <= off_s <= Z90 * self.plain.later_s


@dataclass(frozen=True, slots=True)
class ShownImpact:
    """One override against its recommendation, money: as previewed, and as estimated when played on."""

    day: int
    override_id: str
    shown: float
    estimated: float
    late_shown_min: float
    late_came_min: float


@dataclass(frozen=True, slots=True)
class SimulatedDay:
    """What a day's overrides came to; `refused` were not possible any more when they were committed."""

    arrivals: tuple[ShownArrival, ...]
    impacts: tuple[ShownImpact, ...]
    overrides: int
    refused: int
    forecasts: tuple[ShownForecast, ...] = ()


def figures_of(days: Sequence[SimulatedDay]) -> tuple[Row, ...]:
    """Return what was shown beside what came: customer by customer, and override by override."""
    every = [arrival for day in days for arrival in day.arrivals]
    impacts = [impact for day in days for impact in day.impacts]
    return (
        Row(case="arrival at the customers shown, each day", figures=_by_day(days)),
        Row(case="arrival at the customers shown, the week", figures=_of(every)),
        Row(case="arrival at the customers shown, second day and later", figures=_of([a for a in every if a.day > 0])),
        Row(case="of them, brought by the driver of the plan", figures=_of([a for a in every if a.is_kept])),
        Row(case="arrival at the order that was moved, the week", figures=_of([a for a in every if a.is_moved])),
        Row(case="arrival at the other customers shown, the week", figures=_of([a for a in every if not a.is_moved])),
        Row(case="late minutes over all touched orders, the week", figures=_late(impacts)),
        Row(case="impact against the recommendation, the week", figures=_against(impacts)),
        *forecast_rows([forecast for day in days for forecast in day.forecasts]),
    )


def _by_day(days: Sequence[SimulatedDay]) -> tuple[Figure, ...]:
    each = [_measured(day.arrivals) for day in days if day.arrivals]
    names = [(name, unit) for name, unit, _ in each[0]] if each else []
    return tuple(Figure.of(name, unit, [day[number][2] for day in each]) for number, (name, unit) in enumerate(names))


def _of(arrivals: Sequence[ShownArrival]) -> tuple[Figure, ...]:
    return tuple(Figure.of(name, unit, [value]) for name, unit, value in _measured(arrivals)) if arrivals else ()


def _measured(arrivals: Sequence[ShownArrival]) -> list[tuple[str, str, float]]:
    shown, came = np.array([a.shown_s for a in arrivals]), np.array([a.came_s for a in arrivals])
    errors = (came - shown) / 60.0
    return [
        ("customers", "", float(len(arrivals))),
        ("bias (plus: came later)", "min", float(errors.mean())),
        ("mean absolute error", "min", float(np.abs(errors).mean())),
        ("within the stated band", "%", 100.0 * float(np.mean([a.is_inside for a in arrivals]))),
        ("within that of the plan alone", "%", 100.0 * float(np.mean([a.is_inside_plain for a in arrivals]))),
        ("rank correlation", "", rank_correlation(shown, came)),
    ]


def _late(impacts: Sequence[ShownImpact]) -> tuple[Figure, ...]:
    if not impacts:
        return ()
    shown, came = np.array([i.late_shown_min for i in impacts]), np.array([i.late_came_min for i in impacts])
    return (
        Figure.of("overrides that ended", "", [float(len(impacts))]),
        Figure.of("shown, mean", "min", [float(shown.mean())]),
        Figure.of("came, mean", "min", [float(came.mean())]),
        Figure.of("mean absolute error", "min", [float(np.abs(came - shown).mean())]),
        Figure.of("rank correlation", "", [rank_correlation(shown, came)]),
    )


def _against(impacts: Sequence[ShownImpact]) -> tuple[Figure, ...]:
    played = [impact for impact in impacts if not np.isnan(impact.estimated)]
    if not played:
        return ()
    shown, estimated = np.array([i.shown for i in played]), np.array([i.estimated for i in played])
    return (
        Figure.of("overrides played on", "", [float(len(played))]),
        Figure.of("shown, mean", "minor units", [float(shown.mean())]),
        Figure.of("regret, mean of the estimates", "minor units", [float(estimated.mean())]),
        Figure.of("overriding did better", "%", [100.0 * float(np.mean(estimated < 0.0))]),
        Figure.of("the same sign", "%", [100.0 * float(np.mean(np.sign(shown) == np.sign(estimated)))]),
        Figure.of("rank correlation", "", [rank_correlation(shown, estimated)]),
    )


type _Numbers = np.ndarray[tuple[int], np.dtype[np.float64]]


def rank_correlation(one: _Numbers, other: _Numbers) -> float:
    """Return Spearman's rank correlation of two equally long rows, equal values sharing their ranks; 0 if undefined."""
    from scipy.stats import rankdata  # half a second, for this bench alone

    if len(one) < 2:
        return 0.0
    first, second = rankdata(one), rankdata(other)
    if first.std() == 0.0 or second.std() == 0.0:
        return 0.0
    return float(np.corrcoef(first, second)[0, 1])


def write_list(path: Path, days: Sequence[SimulatedDay]) -> None:
    """Write every customer and every override, a line each."""
    with path.open("w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file)
        lines.writerow(
            [
                *("day", "override", "order", "moved", "kept", "shown_s", "came_s", "inside_band"),
                *("plan_s", "plan_sooner_s", "plan_later_s", "promise_s", "plan_late_s", "on_board"),
            ]
        )
        for day in days:
            for a in day.arrivals:
                row = [
                    a.day,
                    a.override_id,
                    a.order_id,
                    int(a.is_moved),
                    int(a.is_kept),
                    round(a.shown_s),
                    round(a.came_s),
                ]
                plain = [] if a.plain is None else [*_plain(a.plain), int(a.is_on_board)]
                lines.writerow([*row, int(a.is_inside), *plain])
        lines.writerow([])
        lines.writerow(["day", "override", "impact_shown", "regret_estimated", "late_shown_min", "late_came_min"])
        for day in days:
            for i in day.impacts:
                late = [round(i.late_shown_min, 2), round(i.late_came_min, 2)]
                lines.writerow([i.day, i.override_id, round(i.shown), round(i.estimated, 1), *late])


def _plain(case: Case) -> list[float]:
    """Return what the plan alone said of a customer, seconds."""
    return [round(one, 1) for one in (case.shown_s, case.sooner_s, case.later_s, case.by_s, case.late_s)]
