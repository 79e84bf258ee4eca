"""The load of the ingestion bench is what it says, and one short run measures real processes; no figure is judged."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator

import numpy as np

from backend_service.benchmarks import ingest
from backend_service.benchmarks.ingest_fleet import (
    EAST,
    NO_FLAWS,
    NORTH,
    SOUTH,
    WEST,
    FlawedWay,
    Flaws,
    Fleet,
    WireFix,
    fence_drafts,
)

DUE_AT = 1_800_000_000.0


def test_a_batch_holds_what_a_gateways_vehicles_made_since_the_last_one() -> None:
    fixes = Fleet(40).batch(1, DUE_AT, every_s=5.0, rows=100)
    assert {fix.vehicle for fix in fixes} == {f"B-{number:05d}" for number in range(20, 40)}
    assert sorted({fix.fix_at - DUE_AT for fix in fixes}) == [-4.0, -3.0, -2.0, -1.0, 0.0]
    assert all(SOUTH - 0.01 < fix.lat < NORTH + 0.01 and WEST - 0.01 < fix.lon < EAST + 0.01 for fix in fixes)


def test_nobody_drives_faster_than_a_car() -> None:
    first, second = (Fleet(20).batch(0, DUE_AT + late, 1.0, 20) for late in (0.0, 1.0))
    metres = [111_195.0 * np.hypot(b.lat - a.lat, 0.75 * (b.lon - a.lon)) for a, b in zip(first, second, strict=True)]
    assert 4.0 < max(metres) < 16.0
    assert min(metres) == 0.0


def paired(fixes: list[WireFix]) -> Iterator[tuple[WireFix, str]]:
    """Yield each fix with the vehicle whose place it has in the batch."""
    return zip(fixes, sorted(fix.vehicle for fix in fixes), strict=True)


def test_the_way_is_as_flawed_as_it_says() -> None:
    fleet, way = Fleet(200), FlawedWay(Flaws())
    arrived: list[tuple[float, list[WireFix]]] = []
    for number in range(2_000):
        made = fleet.batch(number % 10, DUE_AT + number, 10.0, 20)
        arrived += [(DUE_AT + number, fixes) for fixes in way.deliver(number % 10, made)]
    rows = [fix for _, fixes in arrived for fix in fixes]
    late = sum(fixes[0].fix_at < now for now, fixes in arrived)
    assert 0.005 < way.lost / 2_000 < 0.015
    assert 0.03 < late / 2_000 < 0.07
    missing = Counter(name for fix in rows for name in ("speed_mps", "accuracy_m") if getattr(fix, name) is None)
    assert all(0.09 < count / len(rows) < 0.11 for count in missing.values())
    moved = sum(fix.vehicle != name for _, fixes in arrived for fix, name in paired(fixes))
    assert 0.2 < moved / len(rows) < 0.3  # of 30 % that are mixed up some stay where they were
    assert len({(fix.vehicle, fix.fix_at) for fix in rows}) == len(rows)


def test_a_flawless_way_changes_nothing() -> None:
    made = Fleet(20).batch(0, DUE_AT, 1.0, 20)
    assert list(FlawedWay(NO_FLAWS).deliver(0, list(made))) == [made]


def test_fences_are_circles_and_closed_polygons() -> None:
    circle, polygon = fence_drafts(2)
    assert 50.0 <= circle["radius_m"] <= 150.0  # type: ignore[operator]
    assert polygon["ring"][0] == polygon["ring"][-1]  # type: ignore[index]


def test_a_short_load_is_taken_in_whole() -> None:
    parser = argparse.ArgumentParser()
    ingest.declare(parser)
    words = "--rate 1000 --minutes 0.05 --vehicles 40 --fences 3 --desk off --baseline-seconds 0 --singles-seconds 0"
    report = ingest.run(parser.parse_args(words.split()))
    assert report.baseline and report.as_table()
    figures = {figure.name: figure.median for figure in report.rows[-1].figures}
    assert figures["backlog at the end"] == 0
    assert figures["answered 200"] > 0
    assert 0.0 < figures["due to acknowledged p50"] <= figures["due to acknowledged p99"]
