"""The benches of start, position and decision measure real processes: short here, and no figure is judged."""

from __future__ import annotations

import argparse
from types import ModuleType

from backend_service.benchmarks import decide, position, start


def measured(bench: ModuleType, *words: str) -> list[dict[str, float]]:
    parser = argparse.ArgumentParser()
    bench.declare(parser)
    report = bench.run(parser.parse_args(list(words)))
    assert report.baseline and report.as_table()
    return [{figure.name: figure.median for figure in row.figures} for row in report.rows]


def test_a_desk_is_live_after_its_streets_and_its_first_fix() -> None:
    neither, alone, both = measured(start, "--runs", "1")
    assert neither["bare window (floor)"] > 0.0
    for desk in (alone, both):
        assert 0.0 < desk["Python and its packages"] < desk["signed in, first state here"] < desk["window open"]
        assert desk["first live frame"] >= max(desk["streets painted"], desk["first fix in the store"])
    assert both["signed in, first state here"] > both["service ready"] * 0.5


def test_positions_are_answered_while_fixes_arrive() -> None:
    words = ["--senders", "2", "--rate", "500", "--requests", "20", "--seconds", "1", "--runs", "1", "--warm-up", "0.5"]
    quiet, *busy = measured(position, *words)
    assert quiet["answered"] == 20
    assert [row["answered"] for row in busy] == [20, 20]
    assert all(row["fixes accepted"] > 0 and row["batches failed"] == 0 for row in busy)


def test_orders_are_decided_and_none_is_lost() -> None:
    words = ["--senders", "2", "--open", "6", "--rate", "4", "--seconds", "1", "--runs", "1", "--warm-up", "0.5"]
    few, many = measured(decide, *words)
    for row in (few, many):
        assert row["orders placed"] == 4
        assert row["requests failed"] == 0
        assert 0.0 < row["due to store p50"] <= row["longest"]
