"""Preparing a city: once, whole or not at all, and with a clear word when it cannot be done."""

import os
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import msgspec
import osmium
import pytest
from shapely import Polygon, union_all

from backend_service.streets.city import City, CitySource, main, prepare_city, tower_home
from backend_service.streets.extract import StreetsUnreadable
from core.fleet.zone import zone_at
from core.refusals import Fault, Refusal
from core.vocabulary import Position
from resources.opener import open_path

NAMES = "Centro, Tierras Blancas, Las Compañías, La Pampa, Avenida del Mar, Puerto, La Florida, Peñuelas, Sindempart"


def test_demo_city_knows_its_zone_of_time_currency_and_nine_zones(city: City) -> None:
    assert city.facts.name == "La Serena–Coquimbo"
    assert (city.time_zone.key, city.facts.currency) == ("America/Santiago", "CLP")
    assert ", ".join(zone.name for zone in city.zones) == NAMES
    assert city.osm_file.is_file()


def test_zones_touch_without_overlap_and_hold_the_whole_city(city: City) -> None:
    zones = [Polygon([(corner.lon, corner.lat) for corner in zone.ring]) for zone in city.zones]
    whole = union_all(zones)
    assert whole.geom_type == "Polygon" and not whole.interiors
    assert sum(zone.area for zone in zones) == pytest.approx(whole.area, rel=1e-9)
    west, south, east, north = city.facts.bbox
    assert whole.bounds[0] < west and whole.bounds[1] < south
    assert whole.bounds[2] > east and whole.bounds[3] > north


def test_zones_lie_at_their_real_places(city: City) -> None:
    rings = {zone.name: zone.ring for zone in city.zones}
    lat = {name: sum(corner.lat for corner in ring) / len(ring) for name, ring in rings.items()}
    lon = {name: sum(corner.lon for corner in ring) / len(ring) for name, ring in rings.items()}
    from_the_north = ["Las Compañías", "Centro", "La Pampa", "Peñuelas", "Sindempart"]
    from_the_west = ["Puerto", "Peñuelas", "Avenida del Mar", "La Pampa", "La Florida"]
    assert all(lat[a] > lat[b] for a, b in pairwise(from_the_north))
    assert all(lon[a] < lon[b] for a, b in pairwise(from_the_west))


@pytest.mark.parametrize(
    ("place", "zone"),
    [
        ((-29.9027, -71.2520), "Centro"),
        ((-29.9640, -71.2540), "Tierras Blancas"),
        ((-29.8760, -71.2380), "Las Compañías"),
        ((-29.9300, -71.2560), "La Pampa"),
        ((-29.9220, -71.2740), "Avenida del Mar"),
        ((-29.9533, -71.3390), "Puerto"),
        ((-29.9150, -71.2200), "La Florida"),
        ((-29.9620, -71.3000), "Peñuelas"),
        ((-29.9750, -71.3350), "Sindempart"),
    ],
)
def test_place_lies_in_its_zone(city: City, place: tuple[float, float], zone: str) -> None:
    name = {known.zone_id: known.name for known in city.zones}
    found = zone_at(city.zones, Position(*place))
    assert found is not None and name[found] == zone


def test_preparing_again_does_nothing(tmp_path: Path) -> None:
    said: list[str] = []
    first = prepare_city(tmp_path, "coast", CitySource.demo(), said.append)
    stamp = first.streets.with_suffix(".osrm.mldgr").stat().st_mtime_ns
    again = prepare_city(tmp_path, "coast", CitySource.demo(), said.append)
    assert said[-1] == "coast is prepared already"
    assert again == first == City.load(tmp_path, "coast")
    assert again.streets.with_suffix(".osrm.mldgr").stat().st_mtime_ns == stamp
    assert sorted(path.name for path in first.streets.parent.parent.iterdir()) == sorted(
        [first.streets.parent.name, "current"]
    )


def test_other_city_is_imported_with_zones_proposed_for_its_streets(tmp_path: Path) -> None:
    source = CitySource.of_file(
        open_path("city/la_serena.osm.pbf"), "Bay", time_zone="America/Santiago", currency="CLP"
    )
    bay = msgspec.json.decode(source.facts)
    assert bay["bbox"] == pytest.approx([-71.357, -30.079, -71.164, -29.830], abs=0.001)
    city = prepare_city(tmp_path, "bay", source, print)
    assert [zone.name for zone in city.zones] == ["A1", "A2", "A3", "B1", "B2", "B3", "C1", "C2", "C3"]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b"these are no streets", "no OpenStreetMap file"),
        (open_path("city/la_serena.osm.pbf").read_bytes()[:100_000], "damaged"),
    ],
)
def test_broken_file_is_refused_and_leaves_nothing_behind(tmp_path: Path, content: bytes, why: str) -> None:
    broken = tmp_path / "broken.osm.pbf"
    broken.write_bytes(content)
    with pytest.raises(StreetsUnreadable, match=why):
        CitySource.of_file(broken, "Broken")
    demo = CitySource.demo()
    with pytest.raises(StreetsUnreadable, match=why):
        prepare_city(tmp_path / "home", "broken", CitySource(demo.facts, demo.zones, broken), print)
    assert not list(tmp_path.glob("home/cities/broken/*"))


@pytest.mark.parametrize(("tags", "why"), [({"highway": "footway"}, "cars"), ({"building": "yes"}, "no streets")])
def test_extract_without_roads_is_refused_and_leaves_nothing_behind(
    tmp_path: Path, tags: dict[str, str], why: str
) -> None:
    roadless = tmp_path / "roadless.osm.pbf"
    with osmium.SimpleWriter(str(roadless)) as writer:
        writer.add_node(osmium.osm.mutable.Node(id=1, location=(-71.25, -29.90)))
        writer.add_node(osmium.osm.mutable.Node(id=2, location=(-71.26, -29.90)))
        writer.add_way(osmium.osm.mutable.Way(id=1, nodes=[1, 2], tags=tags))
    with pytest.raises(StreetsUnreadable, match=why):
        CitySource.of_file(roadless, "Walk")
    demo = CitySource.demo()
    with pytest.raises(StreetsUnreadable, match=why):
        prepare_city(tmp_path / "home", "walk", CitySource(demo.facts, demo.zones, roadless), print)
    assert not (tmp_path / "home" / "cities" / "walk").exists()


def test_streets_that_the_engine_cannot_digest_are_a_fault_and_leave_nothing_behind(tmp_path: Path) -> None:
    shut = tmp_path / "shut.osm.pbf"
    with osmium.SimpleWriter(str(shut)) as writer:
        writer.add_node(osmium.osm.mutable.Node(id=1, location=(-71.25, -29.90)))
        writer.add_node(osmium.osm.mutable.Node(id=2, location=(-71.26, -29.90)))
        tags = {"highway": "residential", "access": "no"}
        writer.add_way(osmium.osm.mutable.Way(id=1, nodes=[1, 2], tags=tags))
    with pytest.raises(Fault, match="osrm-extract failed"):
        prepare_city(tmp_path / "home", "shut", CitySource.of_file(shut, "Shut"), print)
    assert not (tmp_path / "home" / "cities" / "shut").exists()


def test_what_a_killed_preparation_left_is_cleared_away(tmp_path: Path) -> None:
    cities = tmp_path / "cities" / "coast"
    abandoned, at_work = cities / ".preparing-99999999-x", cities / f".preparing-{os.getpid()}-y"
    for folder in (abandoned, at_work):
        folder.mkdir(parents=True)
    prepare_city(tmp_path, "coast", CitySource.demo(), print)
    assert not abandoned.exists() and at_work.exists()


def test_two_may_prepare_the_same_city_at_once(tmp_path: Path) -> None:
    with ThreadPoolExecutor(2) as both:
        cities = list(both.map(lambda _: prepare_city(tmp_path, "coast", CitySource.demo(), print), range(2)))
    assert cities[0] == cities[1]
    assert len(list((tmp_path / "cities" / "coast").iterdir())) == 2  # the city and its pointer


def test_command_says_what_is_wrong_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = tmp_path / "empty.osm.pbf"
    broken.touch()
    assert main(["prepare", "--home", str(tmp_path), "--osm", str(broken), "--name", "empty"]) == 1
    assert capsys.readouterr().err == f"city: {broken} cannot be used: there is no such file, or it is empty.\n"


@pytest.mark.parametrize("name", ["", "../up", "La Serena", "-x"])
def test_name_that_would_not_be_a_folder_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(Refusal, match="no name for a city"):
        prepare_city(tmp_path, name, CitySource.demo(), print)


def test_city_that_is_not_prepared_says_how_to_prepare_it(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="city prepare"):
        City.load(tmp_path)
    with pytest.raises(Refusal, match=r"tower city import FILE\.osm\.pbf --name porto"):
        City.load(tmp_path, "porto")


def test_home_is_taken_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOWER_HOME", "/somewhere")
    assert tower_home() == Path("/somewhere")
    monkeypatch.delenv("TOWER_HOME")
    monkeypatch.setenv("XDG_DATA_HOME", "/data")
    assert tower_home() == Path("/data/tower")
