"""The restart bench measures what it says, on a log that is short here."""

from __future__ import annotations

import argparse

from backend_service.benchmarks.restart import BEHIND, declare, run


def test_start_with_snapshots_folds_only_what_came_after(tmp_path):
    parser = argparse.ArgumentParser()
    declare(parser)
    options = parser.parse_args(["--events", str(BEHIND + 3_000), "--runs", "1", "--data-dir", str(tmp_path / "data")])
    report = run(options)
    with_snapshots, without = ({f.name: f.median for f in row.figures} for row in report.rows)
    assert with_snapshots["events"] == without["events"] == without["folded events"] >= BEHIND + 3_000
    assert with_snapshots["folded events"] <= BEHIND + 600
    assert "10 s" in report.as_table()
