"""`tower check` runs everything, and says at the end what is to be mended."""

import sys

from app.house_checks import Check, all_checks, pytest_check, run_all, summary

PASSES = (sys.executable, "-c", "")
FAILS = (sys.executable, "-c", "raise SystemExit(3)")


def test_all_checks_run_even_after_a_failure(capfd):
    codes = run_all([Check("format", FAILS), Check("lint", PASSES), Check("types", FAILS)])
    assert codes == {"format": 3, "lint": 0, "types": 3}
    assert "== types" in capfd.readouterr().out


def test_summary_names_what_failed():
    assert summary({"format": 1, "lint": 0}).splitlines() == [
        "format  failed",
        "lint    passed",
        "to be mended: format",
    ]


def test_summary_says_when_all_passed():
    assert summary({"lint": 0}).splitlines()[-1] == "all checks passed"


def test_house_is_checked_from_format_to_tests():
    names = [check.name for check in all_checks()]

    assert names == ["format", "lint", "types", "import contracts", "translations", "tests"]


def test_tests_are_spread_over_two_workers_unless_told_otherwise():
    spread = ("-n", "2", "--dist", "loadfile", "--no-loadscope-reorder")
    assert pytest_check(["-x"]).command[-6:] == (*spread, "-x")
    assert "loadfile" not in pytest_check(["-n", "0"]).command
