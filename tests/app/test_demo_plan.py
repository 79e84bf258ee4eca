"""A demo's plan: which processes run, where their files lie, when the day begins."""

import argparse
from pathlib import Path

import pytest

from app.demo_plan import DemoPlan, DemoRefused

NIGHT_AT = 1_795_221_000.0
"""21 November 2026, 00:30 UTC: still the 20th in Chile."""


def planned(tmp_path: Path, *, headless: bool = False, city: str | None = None, **environment: str) -> DemoPlan:
    options = argparse.Namespace(
        minutes=12.0,
        speed=10.0,
        seed=4,
        drivers=32,
        orders_per_hour=110.0,
        data_dir=tmp_path / "kept",
        out=tmp_path / "out",
        headless=headless,
        city=city,
    )
    return DemoPlan.of(options, {"TOWER_HOME": str(tmp_path / "home"), **environment}, NIGHT_AT)


@pytest.fixture
def porto(tmp_path: Path) -> None:
    """A city as the service prepares it, as far as a demo looks at it."""
    folder = tmp_path / "home" / "cities" / "porto" / "made"
    folder.mkdir(parents=True)
    (folder / "city.json").write_text('{"time_zone": "Europe/Lisbon"}')
    folder.with_name("current").write_text("made\n")


def test_the_day_begins_in_the_middle_of_lunch_where_the_city_is(tmp_path: Path) -> None:
    assert planned(tmp_path).starts_at.isoformat() == "2026-11-20T12:40:00-03:00"


@pytest.mark.usefixtures("porto")
def test_the_city_in_use_is_the_demo_s_unless_another_is_named(tmp_path: Path) -> None:
    (tmp_path / "home" / "settings.json").write_text('{"city": "porto"}')
    built_in = planned(tmp_path, city="la-serena")
    for plan, city, zone in ((planned(tmp_path), "porto", "+00:00"), (built_in, "la-serena", "-03:00")):
        assert plan.starts_at.isoformat().endswith(zone)
        for command in (plan.service(), plan.simulation("http://127.0.0.1:1", None)):
            assert command[command.index("--city") + 1] == city


def test_a_city_that_is_not_prepared_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DemoRefused, match="tower city list"):
        planned(tmp_path, city="nowhere")


def test_without_a_screen_the_desk_works_by_itself(tmp_path: Path) -> None:
    assert planned(tmp_path).is_headless
    assert planned(tmp_path, DISPLAY=":0", headless=True).is_headless
    seen = planned(tmp_path, DISPLAY=":0")
    assert not seen.is_headless
    assert seen.desk()[2:4] == ["-m", "app"]
    assert "QT_QPA_PLATFORM" not in seen.desk_environment()
    assert planned(tmp_path).desk_environment()["QT_QPA_PLATFORM"] == "offscreen"


def test_a_folder_that_holds_an_operation_is_refused(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "tower.sqlite").touch()
    with pytest.raises(DemoRefused, match="--data-dir"):
        planned(tmp_path)


def test_each_demo_has_a_folder_of_its_own_by_default(tmp_path: Path) -> None:
    options = argparse.Namespace(
        minutes=1.0,
        speed=1.0,
        seed=1,
        drivers=1,
        orders_per_hour=1.0,
        data_dir=None,
        out=None,
        headless=True,
        city=None,
    )
    plan = DemoPlan.of(options, {"TOWER_HOME": str(tmp_path)}, NIGHT_AT)
    assert plan.data_dir == tmp_path / "demo" / "20261121-003000"


def test_the_same_seed_and_start_reach_the_simulated_day(tmp_path: Path) -> None:
    command = planned(tmp_path).simulation("http://127.0.0.1:1", None)
    options = dict(zip(command[4::2], command[5::2], strict=True))
    assert options["--seed"] == "4"
    assert options["--starts-at"] == "2026-11-20T12:40:00-03:00"
    assert "--tracker" not in options
    assert int(options["--parcels"]) > 0
