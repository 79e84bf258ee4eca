"""A file of Li & Lim's format is read as it stands, and outcomes are ranked by vehicles before distance."""

from __future__ import annotations

import argparse
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from backend_service.benchmarks import pdptw
from backend_service.benchmarks.pdptw_instances import Instance, length_of, read_instances
from backend_service.benchmarks.pdptw_peers import PEERS
from core.dispatch.improvement.problem import Plan
from core.dispatch.improvement.warming import warm_up
from core.dispatch.plan_check import broken_limits

# A depot at 0,0, an order from 3,4 to 6,8 and one from 0,10 to 0,20; three vehicles for 50 units. Picked up by 6 and
# by 12, they need two vehicles: from 3,4, left at 10, it is 6.7 to 0,10. So 5 + 5 + 10 and 10 + 10 + 20.
FILE = """3 50 1
0 0 0 0 0 1000 0 0 0
1 3 4 10 0 6 5 0 2
2 6 8 -10 20 200 5 1 0
3 0 10 20 0 12 5 0 4
4 0 20 -20 0 400 5 3 0
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "lr1.txt").write_text(FILE)
    (tmp_path / "best_known.csv").write_text(
        "instance,tasks_class,best_known_vehicles,best_known_distance\nlr1,100,2,60.0\n"
    )
    return tmp_path


@pytest.fixture
def instance(folder: Path) -> Instance:
    return read_instances(folder)[0]


def test_columns_are_read_by_pickup_and_delivery(instance: Instance) -> None:
    work = instance.problem.work
    assert (instance.known_vehicles, instance.known_distance) == (2, 60.0)
    assert np.array_equal(work.pickup_place, [1, 3])
    assert np.array_equal(work.delivery_place, [2, 4])
    assert np.array_equal(work.load, [[10.0], [20.0]])
    assert np.array_equal(work.deliver_from_at, [20.0, 0.0])
    assert instance.problem.distances_m[0, 2] == 10.0
    assert instance.problem.fleet.count == 3


def test_all_are_those_in_the_folder_though_more_results_are_known(folder: Path) -> None:
    with (folder / "best_known.csv").open("a") as known:
        known.write("elsewhere,1000,90,40000\n")
    assert [instance.name for instance in read_instances(folder)] == [path.stem for path in folder.glob("*.txt")]
    with pytest.raises(OSError, match="elsewhere"):
        read_instances(folder, ("elsewhere",))


def test_the_length_counts_the_way_from_and_to_the_depot(instance: Instance) -> None:
    assert length_of(instance.problem, Plan(((0, 1), (2, 3), ()))) == (2, 60.0)
    assert length_of(instance.problem, Plan(((0, 1), (), ()), unserved=(1,))) == (1, 20.0)


def test_our_plan_serves_all_with_the_fewest_vehicles(instance: Instance) -> None:
    warm_up()
    plan = pdptw.tower(instance.problem, 0.2, 1)
    assert plan.unserved == ()
    assert length_of(instance.problem, plan) == (2, 60.0)


@pytest.mark.parametrize("name", sorted(PEERS))
def test_a_peer_gives_a_whole_plan_that_keeps_the_limits(instance: Instance, name: str) -> None:
    plan = PEERS[name](instance.problem, 0.3, 1)
    assert plan.unserved == ()
    assert broken_limits(instance.problem, plan) == ()
    assert length_of(instance.problem, plan) == (2, 60.0)


def test_fewer_orders_left_out_rank_before_fewer_vehicles_before_distance(instance: Instance) -> None:
    def outcome(left_out: int, vehicles: int, distance: float) -> pdptw.Outcome:
        return pdptw.Outcome("Tower", instance, 3.0, left_out, vehicles, distance)

    ranked = [outcome(0, 2, 90.0), outcome(0, 2, 90.1), outcome(0, 3, 50.0), outcome(1, 1, 10.0)]
    assert all(first.rank < second.rank for first, second in pairwise(ranked))
    assert outcome(0, 2, 90.001).rank == outcome(0, 2, 90.004).rank


def test_a_report_says_how_often_we_are_no_worse(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "lilim").mkdir()
    for name in ("lr1.txt", "best_known.csv"):
        (folder / name).rename(folder / "lilim" / name)
    monkeypatch.setenv("TOWER_DATA", str(folder))
    options = argparse.Namespace(instances=["lr1"], all=False, seconds=[0.1], without_peers=True, seed=1)
    report = pdptw.run(options)
    assert report.rows[0].case == "all 1 instances, 0.1 s"
    assert report.rows[0].figures[0].name == "Tower: vehicles over best known"
    assert report.rows[0].figures[0].median == 0.0
    assert report.rows[1].case == "lr1, 0.1 s, best known 2/60.0"


def test_without_the_folder_the_bench_says_what_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TOWER_DATA", raising=False)
    with pytest.raises(SystemExit, match="TOWER_DATA"):
        pdptw.run(argparse.Namespace())
