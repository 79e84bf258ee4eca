"""Large tables of a real, small town: the same times as from its streets in cells, and a sketch in traffic."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import numpy as np
import osmium
import pytest

from backend_service.streets.city import City
from backend_service.streets.contracted_streets import ContractedStreets
from backend_service.streets.running_streets import running_streets
from backend_service.streets.segment_speeds import SegmentSpeed
from backend_service.streets.street_engine import StreetsDown
from backend_service.streets.street_import import build_street_files, contract_streets, contracted_file
from core.refusals import Fault
from core.timekeeping import SteppedClock

SOUTH, NORTH, WEST, EAST = -29.912, -29.900, -71.256, -71.242
PLACES = np.array([(lat, lon) for lat in np.linspace(-29.909, -29.902, 5) for lon in np.linspace(-71.253, -71.245, 5)])


@pytest.fixture(scope="module")
def quarter(city: City, tmp_path_factory: pytest.TempPathFactory) -> City:
    """A few blocks of the demo city, prepared with the file for large tables."""
    folder = tmp_path_factory.mktemp("quarter")
    file = folder / "streets.osm.pbf"
    kept: set[int] = set()
    with osmium.SimpleWriter(str(file)) as writer:
        for node in osmium.FileProcessor(str(city.osm_file), osmium.osm.NODE):
            if SOUTH <= node.lat <= NORTH and WEST <= node.lon <= EAST:
                kept.add(node.id)
                writer.add(node)
        for way in osmium.FileProcessor(str(city.osm_file), osmium.osm.WAY):
            if all(node.ref in kept for node in way.nodes):
                writer.add(way)
    said: list[str] = []
    streets = build_street_files(file, folder / "preparation.log", said.append)
    contract_streets(streets, folder / "preparation.log", said.append)
    contract_streets(streets, folder / "preparation.log", said.append)
    assert said[-1] == "shortening ways for large tables of driving times"
    assert len(said) == 4
    return replace(city, osm_file=file, streets=streets)


def test_nothing_but_the_one_file_is_left_behind(quarter: City) -> None:
    assert contracted_file(quarter.streets).is_file()
    assert not list(quarter.streets.parent.glob(".contracting-*"))


def test_large_table_agrees_with_the_streets_behind_and_follows_traffic(quarter: City, tmp_path: Path) -> None:
    async def play() -> None:
        clock = SteppedClock(0.0)
        async with running_streets(quarter, clock, tmp_path / "osrm.log", on_state_change=lambda _: None) as streets:
            await streets.until_live()
            assert streets.live is not None
            plain = await streets.live.matrix(PLACES, PLACES)
            table = await streets.matrix(PLACES, PLACES)
            assert not table.is_sketch
            np.testing.assert_allclose(table.durations_s, plain.durations_s, atol=0.11)
            np.testing.assert_allclose(table.distances_m, plain.distances_m, atol=40.0)

            ways = [(await streets.route(PLACES[[0, k]], annotate=True)).segments for k in range(5, 25)]
            pairs = {p for way in ways if way for p in zip(way.from_nodes.tolist(), way.to_nodes.tolist(), strict=True)}
            await streets.drive_at([SegmentSpeed(a, b, 4.0) for a, b in pairs])
            slow = await streets.matrix(PLACES, PLACES)
            now = await streets.live.matrix(PLACES, PLACES)
            assert slow.is_sketch
            assert slow.durations_s.mean() == pytest.approx(now.durations_s.mean(), rel=0.25)
            assert slow.durations_s.mean() > 1.2 * plain.durations_s.mean()

    asyncio.run(play())


def test_town_without_the_file_gives_no_table(tmp_path: Path) -> None:
    async def play() -> None:
        nowhere = tmp_path / "nowhere.osrm"
        async with ContractedStreets(nowhere, SteppedClock(0.0), tmp_path / "log", ready_s=0.3) as contracted:
            assert not contracted.is_prepared
            for _ in range(2):
                with pytest.raises(StreetsDown):
                    await contracted.matrix(PLACES[:2], PLACES[:2])

    asyncio.run(play())


def test_contracting_that_fails_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "streets.osrm.ebg").write_bytes(b"no streets")
    with pytest.raises(Fault, match="osrm-contract failed"):
        contract_streets(tmp_path / "streets.osrm", tmp_path / "log", lambda _: None)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["log", "streets.osrm.ebg"]
    assert not contracted_file(tmp_path / "streets.osrm").exists()
