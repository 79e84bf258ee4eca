"""A small day of the Meal Delivery Routing Problem is played by the rules, and each planted breach is caught."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from backend_service.benchmarks.mdrplib_days.instance import Day, read_day
from backend_service.benchmarks.mdrplib_days.measures import measures_of
from backend_service.benchmarks.mdrplib_days.played_day import PlayedDay, play, policy_of
from backend_service.benchmarks.mdrplib_days.solution_check import breaches_of
from backend_service.benchmarks.mdrplib_days.solution_files import write_solution


@pytest.fixture
def day(tmp_path: Path) -> Day:
    # 100 m a minute: the courier is 3 minutes from the restaurant, the doors 5 and 6 minutes beyond it.
    folder = tmp_path / "0small"
    folder.mkdir()
    (folder / "instance_parameters.txt").write_text(
        "meters_per_minute\tpickup service minutes\tdropoff service minutes\ttarget click-to-door\t"
        "maximum click-to-door\tpay per order\tguaranteed pay per hour\n100\t4\t4\t40\t90\t10\t15\n"
    )
    (folder / "restaurants.txt").write_text("restaurant\tx\ty\nr1\t300\t0\nr2\t0\t900\n")
    (folder / "couriers.txt").write_text("courier\tx\ty\ton_time\toff_time\nc1\t0\t0\t0\t120\n")
    (folder / "orders.txt").write_text(
        "order\tx\ty\tplacement_time\trestaurant\tready_time\n"
        "o1\t800\t0\t10\tr1\t30\no2\t900\t0\t50\tr1\t70\no3\t0\t1000\t110\tr2\t119\n"
    )
    return read_day(folder, 60.0)


def played(day: Day, grace_s: float = 0.0) -> PlayedDay:
    policy = policy_of(day, cadence_s=None)
    return asyncio.run(play(day, policy, cadence_s=None, rounding_s=60.0, grace_s=grace_s))


def breaches(day: Day, folder: Path) -> list[str]:
    return breaches_of(folder, day, metres_per_minute=100.0, rounding_s=60.0, grace_s=0.0)


@pytest.fixture
def solved(day: Day, tmp_path: Path) -> Path:
    folder = tmp_path / "solution"
    write_solution(folder, day, played(day).trips)
    return folder


def test_solution_of_a_small_day_keeps_the_rules_and_leaves_just_in_time(day: Day, solved: Path) -> None:
    assert breaches(day, solved) == []
    lines = (solved / "solution_info_assignments.txt").read_text().splitlines()
    # Ready at 30, 3 minutes to drive and 2 to come in: told at 25.
    assert lines[1] == "25 30 c1 o1"


def test_measures_are_those_of_the_arithmetic(day: Day) -> None:
    trips = played(day).trips
    measures = measures_of(day, trips)
    # o1: 30 + 2 + 5 + 2 - 10 = 29; o2: 70 + 2 + 6 + 2 - 50 = 30; o3 is 13 minutes away and ready at 119.
    assert [trip.orders for trip in trips[:2]] == [("o1",), ("o2",)]
    assert [trip.drop_offs_at[0] / 60.0 for trip in trips[:2]] == [39.0, 80.0]
    assert measures["undelivered_pct"] == pytest.approx(100.0 * (1.0 - len(trips) / 3.0))
    assert measures["cost_per_order"] == pytest.approx(max(30.0, 10.0 * len(trips)) / len(trips))


@pytest.mark.parametrize(
    ("file", "right", "wrong", "told"),
    [
        ("assignments", "25 30 c1 o1", "25 29 c1 o1", "pickup of o1"),
        ("assignments", "25 30 c1 o1", "9 30 c1 o1", "before it was placed"),
        ("assignments", "25 30 c1 o1", "25 30 c1 o1 o3", "several restaurants"),
        ("assignments", "25 30 c1 o1", "25 30 c9 o1", "nobody knows"),
        ("assignments", "25 30 c1 o1\n", "", "not assigned"),
        ("orders", "30 30 39 c1", "30 30 38 c1", "drop-off of o1"),
        ("couriers", "c1 25 0 r1", "c1 25 0 r2", "drives 0 to r2"),
        ("couriers", "c1 25 0 r1\n", "", "legs"),
    ],
)
def test_planted_breach_is_caught(day: Day, solved: Path, file: str, right: str, wrong: str, told: str) -> None:
    path = solved / f"solution_info_{file}.txt"
    text = path.read_text()
    assert right in text
    path.write_text(text.replace(right, wrong))
    assert any(told in sentence for sentence in breaches(day, solved))


def test_pickup_after_the_shift_is_caught(day: Day, tmp_path: Path) -> None:
    folder = tmp_path / "late"
    write_solution(folder, day, played(day, 3_600.0).trips)
    assert any("after the shift" in sentence for sentence in breaches(day, folder))
