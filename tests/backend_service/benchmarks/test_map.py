"""The bench of the map, on a small map: frames are counted with vehicles and without."""

import argparse

from backend_service.benchmarks import map as map_bench


def test_frames_are_counted_with_vehicles_and_without() -> None:
    parser = argparse.ArgumentParser()
    map_bench.declare(parser)

    report = map_bench.run(parser.parse_args(["--vehicles", "50", "--seconds", "2", "--runs", "1"]))

    frames = {row.case: row.figures[0].median for row in report.rows}
    assert set(frames) == {"one vehicle (baseline)", "50 moving vehicles"}
    assert all(rate > 0.0 for rate in frames.values())
