"""``tower city``: a city of one's own from the extract to its use, and back."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from backend_service.__main__ import main
from backend_service.streets import extract
from backend_service.streets.chosen_city import choose_city, chosen_city
from backend_service.streets.city import DEMO_CITY, City
from backend_service.streets.city_shelf import remove_city, shelved_cities
from backend_service.streets.extract import StreetsUnreadable, check_size
from core.refusals import Fault, NotFound, Refusal
from resources.opener import open_path

LA_SERENA = open_path("city/la_serena.osm.pbf")


@pytest.fixture
def home(tmp_path: Path, city: City) -> Path:
    """A home with the demo city and a copy of it named bay."""
    for name in (DEMO_CITY, "bay"):
        shutil.copytree(city.streets.parent, tmp_path / "cities" / name / "made")
        (tmp_path / "cities" / name / "current").write_text("made\n")
    return tmp_path


@pytest.fixture
def tower(home: Path) -> Callable[..., int]:
    return lambda *words: main(["city", "--home", str(home), *words])


def test_import_tells_its_steps_and_makes_a_city_that_can_be_used(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    named = ("--name", "bahia", "--title", "Bahía", "--time-zone", "America/Santiago", "--currency", "CLP")
    zones = ("--zones", str(open_path("city/zones.geojson")))
    assert main(["city", "--home", str(tmp_path), "import", str(LA_SERENA), *named, *zones]) == 0
    said = capsys.readouterr().out
    assert [line.split()[0] for line in said.splitlines()[:6]] == ["1/6", "2/6", "3/6", "4/6", "5/6", "6/6"]
    assert "Bahía: " in said and "zones: Centro, Tierras Blancas" in said
    city = City.load(tmp_path, "bahia")
    assert (city.facts.name, city.facts.currency, len(city.zones)) == ("Bahía", "CLP", 9)
    assert city.places.is_file()


def test_list_marks_the_city_in_use(tower: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    assert tower("use", "bay") == 0
    capsys.readouterr()
    assert tower("list") == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in lines] == [["*", "bay"], ["la-serena", lines[1].split()[1]]]


def test_city_in_use_is_the_default_and_lasts(home: Path) -> None:
    assert chosen_city(home) == DEMO_CITY
    choose_city(home, "bay")
    assert chosen_city(home) == "bay"
    with pytest.raises(Refusal, match="not prepared"):
        choose_city(home, "nowhere")
    assert chosen_city(home) == "bay"


def test_damaged_settings_say_how_to_mend_them(home: Path) -> None:
    (home / "settings.json").write_text("{")
    with pytest.raises(Refusal, match="tower city use"):
        chosen_city(home)


def test_city_in_use_is_removed_by_force_only(home: Path) -> None:
    choose_city(home, "bay")
    with pytest.raises(Refusal, match="in use"):
        remove_city(home, "bay")
    remove_city(home, "bay", force=True)
    assert [shelved.name for shelved in shelved_cities(home)] == [DEMO_CITY]
    assert chosen_city(home) == DEMO_CITY
    with pytest.raises(NotFound):
        remove_city(home, "bay")


@pytest.mark.parametrize("name", ["..", "../..", ""])
def test_only_a_city_is_removed(home: Path, name: str) -> None:
    with pytest.raises(NotFound):
        remove_city(home, name, force=True)
    assert (home / "cities" / "bay").is_dir()


def test_removed_demo_city_is_prepared_again_when_needed(home: Path) -> None:
    stamp = home / "cities" / "prepared-123"
    stamp.touch()
    choose_city(home, "bay")
    remove_city(home, DEMO_CITY)
    assert not stamp.exists()


def test_country_is_refused_unless_allowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    country = tmp_path / "country.osm.pbf"
    with country.open("wb") as file:
        os.truncate(file.fileno(), extract.LARGEST_EXTRACT_BYTES + 1)
    with pytest.raises(Refusal, match="--allow-huge"):
        check_size(country, tmp_path)
    room = shutil.disk_usage(tmp_path)._replace(free=10**15)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: room)
    check_size(country, tmp_path, allow_huge=True)


def test_full_disk_is_told_before_anything_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    room = shutil.disk_usage(tmp_path)._replace(free=50_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: room)
    with pytest.raises(Fault, match="50 MB are free") as fault:
        check_size(LA_SERENA, tmp_path / "not" / "there")
    assert fault.value.code == "city.disk_full"
    with pytest.raises(StreetsUnreadable, match="no such file"):
        check_size(tmp_path / "nothing.osm.pbf", tmp_path)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--name", "La Bahía"], "no name for a city"),
        (["--name", "bay", "--time-zone", "Chile/Nowhere"], "no time zone"),
        (["--name", "bay", "--currency", "pesos"], "no currency code"),
        (["--name", "bay", "--zones", "/nowhere.geojson"], "cannot be read"),
    ],
)
def test_import_with_a_wrong_option_says_so_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], words: str
) -> None:
    assert main(["city", "--home", str(tmp_path), "import", str(LA_SERENA), *options]) == 1
    told = capsys.readouterr().err
    assert words in told and told.count("\n") == 1
    assert not (tmp_path / "cities").exists()


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_import_that_is_ended_leaves_nothing_behind(tmp_path: Path, ending: signal.Signals) -> None:
    words = ["-P", "-m", "backend_service", "city", "--home", str(tmp_path), "import", str(LA_SERENA), "--name", "bay"]
    with subprocess.Popen(
        [sys.executable, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as at_work:
        assert at_work.stdout is not None
        while "reading streets" not in at_work.stdout.readline():
            assert at_work.poll() is None
        at_work.send_signal(ending)
        _, told = at_work.communicate()
    assert (at_work.returncode, told) == (130, "tower: interrupted; what was begun is cleared away\n")
    assert not (tmp_path / "cities" / "bay").exists()


@pytest.mark.timeout(600)
@pytest.mark.skipif("TOWER_DATA" not in os.environ, reason="TOWER_DATA names no folder with larger cities")
def test_porto_is_imported_whole(tmp_path: Path) -> None:
    porto = Path(os.environ["TOWER_DATA"]) / "cities" / "porto.osm.pbf"
    words = ("import", str(porto), "--name", "porto", "--without-tables")
    assert main(["city", "--home", str(tmp_path), *words]) == 0
    assert len(City.load(tmp_path, "porto").zones) == 16
