"""The bench of the map, on a small map: frames are counted with vehicles and without."""

import argparse

from backend_service.benchmarks import map as map_bench
from resources.opener import open_path


def test_frames_are_counted_with_vehicles_and_without() -> None:
    parser = argparse.ArgumentParser()
    map_bench.declare(parser)

    words = ["--vehicles", "50", "--seconds", "1", "--runs", "1", "--city", str(open_path("city/la_serena.osm.pbf"))]
    report = map_bench.run(parser.parse_args(words))

    seen = {row.case: {figure.name: figure.median for figure in row.figures} for row in report.rows}
    assert set(seen) == {"one vehicle (baseline)", "50 moving vehicles"}
    for told in seen.values():
        assert told["frames a second, median"] >= told["frames a second, worst second"] >= 0.0  # none, if all is busy
        assert told["desk"] > 0.0
