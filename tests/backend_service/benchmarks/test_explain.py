"""The bench of previews, on a small day: real previews of changes that can be asked for, in every case."""

import argparse

import pytest

from backend_service.benchmarks import explain
from core.refusals import Fault


def _options(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    explain.declare(parser)
    return parser.parse_args(["--drivers", "6", "--samples", "3", "--runs", "1", *arguments])


def test_every_case_is_measured_on_a_state_with_so_many_open_orders() -> None:
    report = explain.run(_options("--open", "4", "--orders-per-hour", "90"))

    assert int(report.method.split()[0]) >= 4
    assert [row.case for row in report.rows][1:] == ["preview, as is", "preview, as is and re-planned"]
    assert all(figure.median > 0.0 for row in report.rows for figure in row.figures)


def test_a_day_that_is_too_quiet_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explain, "_GIVEN_UP_AFTER_S", 60.0)

    with pytest.raises(Fault, match="Only"):
        explain.run(_options("--open", "400", "--orders-per-hour", "30"))
