"""`bench eta` on a made world in the demo city: 44 vans drive straight lines for half an hour, at 8 m/s."""

from __future__ import annotations

import argparse
import asyncio
import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow
import pyarrow.parquet
import pytest

from backend_service.benchmarks import eta
from backend_service.benchmarks.eta_figures import (
    Outcomes,
    coverage_of,
    interval_score_s,
    outcomes_of,
    rows_of,
    slices_of,
    told_per_trip,
)
from backend_service.benchmarks.eta_world import Day, Replay, read_day, slowed
from backend_service.forecasting.forecaster import Forecaster
from backend_service.streets.straight_line import StraightLineStreets
from backend_service.streets.street_engine import StreetRoute
from core.eta.ground import Ground
from core.eta.telling import TellingPolicy
from core.geodesy import METRES_PER_DEGREE, as_points
from core.timekeeping import SteppedClock
from resources.opener import open_path

LAT, LON = -29.95, -71.27
STARTS_MS = 1_781_537_400_000
LISBON = ZoneInfo("Europe/Lisbon")
VANS, TRIPS, TRIP_S, DWELL_S = 44, 4, 400, 60


def made_day(folder: Path, number: int) -> None:
    """Write a day: each van drives 400 s east or west, waits a minute, and drives on; van 0 stands for 600 s."""
    dice = np.random.default_rng(number)
    fixes: dict[str, list[Any]] = {
        name: [] for name in ("time_ms", "vehicle_id", "trip_id", "lat", "lon", "speed_mps", "heading_deg")
    }
    trips = []
    for van in range(VANS):
        at, lat, lon = 0.0, LAT + 0.001 * van, LON + float(dice.uniform(-0.02, 0.02))
        for turn in range(TRIPS):
            way = 1 if (turn + van) % 2 else -1
            mps = float(dice.uniform(6.0, 10.0))
            goal = lon + way * mps * TRIP_S / METRES_PER_DEGREE
            for step in range(0, TRIP_S + DWELL_S, 10):
                share = min(1.0, step / TRIP_S)
                drives = step < TRIP_S
                row = {
                    "time_ms": STARTS_MS + int(1000 * (at + step)),
                    "vehicle_id": f"V{van}",
                    "trip_id": f"T{van}-{turn}" if drives else None,
                    "lat": lat,
                    "lon": lon + share * (goal - lon),
                    "speed_mps": mps if drives else 0.0,
                    "heading_deg": 90.0 if way > 0 else 270.0,
                }
                for name, value in row.items():
                    fixes[name].append(value)
            trips.append(
                {
                    "trip_id": f"T{van}-{turn}",
                    "vehicle_id": f"V{van}",
                    "dest_lat": lat,
                    "dest_lon": goal,
                    "depart_ms": STARTS_MS + int(1000 * at),
                    "arrive_ms": STARTS_MS + int(1000 * (at + TRIP_S)),
                    "longest_halt_s": 600 if van == 0 else 0,
                }
            )
            at, lon = at + TRIP_S + DWELL_S, goal
    pyarrow.parquet.write_table(pyarrow.table(fixes), folder / f"day{number}_fixes.parquet")
    with (folder / f"day{number}_trips.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(trips[0]))
        writer.writeheader()
        writer.writerows(trips)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("world")
    for number in (1, 2):
        made_day(folder, number)
    return folder


@pytest.fixture(scope="module")
def day(world: Path) -> Day:
    return read_day(world, "1")


async def straight(places: list[tuple[float, float, float, float]]) -> list[StreetRoute | None]:
    streets = StraightLineStreets(SteppedClock(0.0), LISBON)
    return [await streets.route(as_points([place[:2], place[2:]])) for place in places]


def test_each_trip_is_judged_at_its_first_fix_after_each_quarter(day: Day) -> None:
    assert day.is_judged.sum() == VANS * TRIPS * 3
    trip = day.drive == 0
    assert (day.at[day.is_judged & trip] - day.at[trip][0]).tolist() == [100.0, 200.0, 300.0]


def test_a_slower_day_is_the_same_day_drawn_out(day: Day) -> None:
    slower = slowed(day, 1.5)
    trip = slower.drive == 0
    assert (slower.at[slower.is_judged & trip] - slower.at[trip][0]).tolist() == [150.0, 300.0, 450.0]
    assert slower.drives[0].arrived_at - slower.drives[0].departed_at == 1.5 * TRIP_S
    assert np.allclose(slower.speed_mps * 1.5, day.speed_mps)


def test_fixes_are_replayed_in_order_of_time(day: Day) -> None:
    assert (np.diff(day.at) >= 0).all()


def test_the_replay_judges_every_marked_fix_and_tells_arrivals(day: Day) -> None:
    forecaster = Forecaster(Ground(LAT, LON), LISBON, lambda lat, lon: "Z")
    judged = asyncio.run(Replay(straight).play(day, forecaster))
    found = outcomes_of(day, judged, lambda lat, lon: "Z")
    assert len(found) == VANS * TRIPS * 3
    assert set(np.round(found.came_s, -2).tolist()) == {100.0, 200.0, 300.0}
    assert forecaster.coverage.slices["cold start", "not yet calibrated"].realised >= 200
    assert forecaster.calibration.is_calibrated
    cases = [row.case for row in rows_of(found, LISBON, told_per_trip(judged.told, TellingPolicy()), "day")]
    assert cases[:3] == [
        "day: tower",
        "day: tower, without halts of 10 min and more",
        "day: (1) 0.6 now + 0.4 usual speed",
    ]


def test_slices_are_told_from_500_forecasts_up(day: Day) -> None:
    forecaster = Forecaster(Ground(LAT, LON), LISBON, lambda lat, lon: "Z")
    judged = asyncio.run(Replay(straight).play(day, forecaster))
    found = outcomes_of(day, judged, lambda lat, lon: "Z" if lat > LAT + 0.0005 else "few")
    names = [name for name, _ in slices_of(found, LISBON)]
    assert names == ["hour 16", "zone Z"]
    assert 0.0 <= coverage_of(found, np.ones(len(found), dtype=np.bool_)) <= 100.0


def outcomes(made_at: Sequence[float], came_s: Sequence[float]) -> Outcomes:
    """Forecasts of 100 s, from 90 to 130."""
    count = len(made_at)
    hundred, nothing = np.full(count, 100.0), np.zeros(count)
    zone = np.array(["Z"] * count, dtype=object)
    ends = (np.full(count, 90.0), hundred, np.full(count, 130.0))
    return Outcomes(np.array(came_s), np.array(made_at), nothing, zone, *ends, hundred, hundred, hundred)


def test_an_interval_that_was_missed_costs_ten_times_what_it_was_missed_by() -> None:
    """40 s wide; 30 s too early and 20 s too late."""
    found = outcomes([0.0, 0.0, 0.0], [100.0, 60.0, 150.0])
    assert interval_score_s(found, np.array([True, False, False])) == pytest.approx(40.0)
    assert interval_score_s(found, np.ones(3, dtype=np.bool_)) == pytest.approx(40.0 + 500.0 / 3.0)


def test_coverage_is_told_by_quarters_of_an_hour_and_for_the_second_hour() -> None:
    began_at = STARTS_MS / 1000.0
    made_at = began_at + np.repeat([0.0, 1000.0, 4000.0], [200, 50, 600])
    came_s = np.repeat([100.0, 100.0, 200.0, 100.0], [200, 50, 60, 540])
    rows = rows_of(outcomes(made_at.tolist(), came_s.tolist()), LISBON, 0.0, "day")
    told = {row.case: {figure.name: figure.median for figure in row.figures} for row in rows}
    quarters = told["day: within 80 % interval, by quarters of an hour since the start"]
    assert quarters == {"0:00-0:15": 100.0, "1:00-1:15": 90.0}
    assert told["day: in its second hour, all"]["within 80 % interval"] == 90.0
    assert told["day: in its second hour, zone Z"]["n"] == 600.0


def test_revisions_are_counted_when_they_are_worth_telling() -> None:
    """First forecast, a move of 100 s that is told to nobody, and one of 300 s that stays; the other never moves."""
    told = [(1, 0.0, 2000.0), (2, 0.0, 2000.0), (1, 30.0, 2100.0), (1, 60.0, 2300.0), (2, 60.0, 2000.0)]
    told.append((1, 90.0, 2300.0))
    assert told_per_trip(told, TellingPolicy()) == 0.5


def test_the_bench_trains_on_days_and_forecasts_another(world: Path) -> None:
    parser = argparse.ArgumentParser()
    eta.declare(parser)
    streets = open_path("city/la_serena.osm.pbf")
    days = ["--train", "1", "--test", "2", "--trees", "40"]
    report = eta.run(parser.parse_args(["--world", str(world), "--streets", str(streets), *days]))
    cases = {row.case: {figure.name: figure.median for figure in row.figures} for row in report.rows}
    ours, street = cases["day 2: tower"], cases["day 2: (2) street engine"]
    assert ours["forecasts"] > 300
    assert ours["MAE"] < street["MAE"]
    assert "(1)" in report.baseline


@pytest.mark.parametrize("options", [["--world", "/nowhere"], ["--streets", "/nowhere"]])
def test_it_says_what_is_missing(options: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOWER_DATA", "/nowhere-else")
    parser = argparse.ArgumentParser()
    eta.declare(parser)
    with pytest.raises(SystemExit, match=r"bench eta needs .*TOWER_DATA"):
        eta.run(parser.parse_args(options))
