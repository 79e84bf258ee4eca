"""The bench of fences: that it measures what it says, on a handful of fences."""

from __future__ import annotations

import argparse

import numpy as np
import pytest

from backend_service.benchmarks import geofence
from backend_service.benchmarks.geofence_town import BATCH, VEHICLES, fences_of, rings_by_lot, traffic
from backend_service.benchmarks.report import Report
from core.geofencing.fence_check import check_fence


def measured(*arguments: str) -> Report:
    parser = argparse.ArgumentParser()
    geofence.declare(parser)
    return geofence.run(parser.parse_args(arguments))


def test_each_case_stands_beside_both_plain_ways() -> None:
    shape = (
        "--fences",
        "40,60",
        "--vertices",
        "8",
        "--rounds",
        "2",
        "--runs",
        "2",
        "--edge",
        "40",
        "--edge-seconds",
        "60",
        "--trial-fixes",
        "70000",
    )
    report = measured(*shape)
    cases = ["40 fences ", "60 fences ", "40 vehicle", "40 vehicle", "trial of a", "trial of a"]
    assert [row.case[:10] for row in report.rows] == cases
    assert {figure.name: figure.median for figure in report.rows[-1].figures}["entries found"] > 0.0
    names = [figure.name for figure in report.rows[0].figures]
    assert names[:3] == ["judged", "(b) bare R-tree query", "(a) loop over prepared polygons"]
    assert all(len(figure.runs) == 2 for figure in report.rows[0].figures[:6])
    figures = {figure.name: figure.median for figure in report.rows[2].figures}
    assert (figures["vehicles with more"], figures["most events of one vehicle"]) == (0.0, 1.0)


@pytest.mark.parametrize("vertices", [20, 100])
def test_its_fences_can_be_drawn(vertices: int) -> None:
    fences = list(fences_of(rings_by_lot(5, vertices, np.random.default_rng(1))))
    assert [len(fence.ring) for fence in fences] == [vertices + 1] * 5
    for fence in fences:
        check_fence(fence)


def test_its_vehicles_move_a_fix_every_five_seconds() -> None:
    batches = traffic(2, np.random.default_rng(1))
    assert [len(batch) for batch in batches] == [BATCH] * (2 * VEHICLES // BATCH)
    first, later = batches[0], batches[VEHICLES // BATCH]
    assert (first.vehicle == later.vehicle).all()
    assert (later.fix_at - first.fix_at == 5.0).all()
    assert (first.lat != later.lat).all()
