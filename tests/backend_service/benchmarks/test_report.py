"""A bench tells medians with their spread, and on what machine."""

import msgspec
import pytest

from backend_service.benchmarks.registry import BENCHES, run
from backend_service.benchmarks.report import Figure, Machine, Report, Row


def report(*figures: Figure) -> Report:
    return Report(
        bench="feed",
        what="something",
        goal="soon",
        baseline="nothing",
        method="carefully",
        machine=Machine.here(),
        rows=(Row(case="500 fixes/s", figures=figures),),
    )


def test_a_figure_is_the_median_of_its_runs_with_the_extremes():
    figure = Figure.of("p99", "ms", [30.0, 10.0, 20.0])
    assert (figure.median, figure.lowest, figure.highest) == (20.0, 10.0, 30.0)


def test_the_table_shows_each_figure_and_the_machine():
    table = report(Figure.of("p99", "ms", [30.0, 10.0, 20.0]), Figure.of("gaps", "", [0.0])).as_table()
    assert "p99           20 ms  (10 to 30, 3 runs)" in table
    assert "goal: soon; baseline: nothing" in table
    assert "cores" in table


def test_the_json_holds_every_run():
    told = report(Figure.of("p99", "ms", [30.0, 10.0]))
    assert msgspec.json.decode(told.as_json(), type=Report) == told


def test_every_bench_can_be_asked_for_help(capsys):
    for name in BENCHES:
        with pytest.raises(SystemExit) as ended:
            run([name, "--help"])
        assert ended.value.code == 0
        assert "--json" in capsys.readouterr().out


def test_an_unknown_bench_is_refused(capsys):
    with pytest.raises(SystemExit) as ended:
        run(["nothing"])
    assert ended.value.code == 2
    assert "feed" in capsys.readouterr().err
