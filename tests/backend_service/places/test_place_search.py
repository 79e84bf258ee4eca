"""Finding streets and places: by beginnings of words, without accents, the fitting, important and near ones first."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from backend_service.places.place_search import LONGEST_QUERY, PlaceSearch
from core.places import FoundPlace, PlaceKind
from core.refusals import Fault, Refusal
from core.vocabulary import Position

type Draw = Callable[..., None]


def find(town: PlaceSearch, query: str, near: Position | None = None, limit: int = 10) -> tuple[FoundPlace, ...]:
    return asyncio.run(town.search(query, near=near, limit=limit))


@pytest.mark.parametrize("query", ["nandu", "ÑANDÚ", "pas ña", "Ñandu pasaje"])
def test_words_are_found_by_their_beginnings_in_any_order_and_without_accents(
    little_town: PlaceSearch, query: str
) -> None:
    assert [(place.name, place.kind) for place in find(little_town, query)] == [("Pasaje Ñandú", PlaceKind.STREET)]


def test_street_cut_into_ways_is_found_once_with_all_of_it(little_town: PlaceSearch) -> None:
    (street,) = find(little_town, "balmaceda")
    assert street.bbox == pytest.approx((-71.25, -29.93, -71.25, -29.89), abs=0.0001)
    assert (street.position.lat, street.position.lon) == pytest.approx((-29.91, -71.25))
    assert street.reach_m == pytest.approx(0.02 * 111_195, rel=0.001)


def test_other_names_quarters_and_sites_are_found(little_town: PlaceSearch) -> None:
    assert find(little_town, "la avenida")[0].name == "Avenida Balmaceda"
    assert [(place.name, place.kind) for place in find(little_town, "companias")] == [
        ("Las Compañías", PlaceKind.QUARTER)
    ]
    assert [(place.name, place.kind) for place in find(little_town, "hosp")] == [("Hospital San Juan", PlaceKind.SITE)]


def test_streets_of_one_name_are_told_apart_by_zone_and_the_nearer_comes_first(little_town: PlaceSearch) -> None:
    assert [place.detail for place in find(little_town, "prat", near=Position(-29.88, -71.25))] == ["Norte", "Sur"]
    assert [place.detail for place in find(little_town, "prat", near=Position(-29.94, -71.25))] == ["Sur", "Norte"]
    assert [place.detail for place in find(little_town, "prat sur")] == ["Sur"]


def test_name_that_fits_whole_comes_before_a_longer_one(little_town: PlaceSearch) -> None:
    assert find(little_town, "calle")[0].name.startswith("Calle")
    assert find(little_town, "calle prat")[0].name == "Calle Prat"


@pytest.mark.parametrize("query", ["balmacda", "Balmazeda", "Av. Valmaceda"])
def test_misspelt_name_offers_the_likely_one(little_town: PlaceSearch, query: str) -> None:
    assert [place.name for place in find(little_town, query)] == ["Avenida Balmaceda"]


def test_nothing_is_found_for_what_is_not_there(little_town: PlaceSearch) -> None:
    assert find(little_town, "xylophon") == ()


@pytest.mark.parametrize("query", ['"', "* OR name:x", "NEAR(a b)", "a' ; DROP TABLE place", "%_", "-prat AND NOT"])
def test_operators_of_the_index_are_only_words(little_town: PlaceSearch, query: str) -> None:
    try:
        find(little_town, query)
    except Refusal as refusal:
        assert refusal.code == "places.query_empty"
    assert find(little_town, "balmaceda")


def test_empty_and_endless_queries_are_refused(little_town: PlaceSearch) -> None:
    for query, code in (("  ", "places.query_empty"), ("x" * (LONGEST_QUERY + 1), "places.query_too_long")):
        with pytest.raises(Refusal) as refused:
            find(little_town, query)
        assert refused.value.code == code


def test_letters_that_two_ways_of_folding_write_otherwise_are_found(tmp_path: Path, draw: Draw) -> None:
    draw("Große Straße", "Rúa Ægir", "Улица Мира", "Calle 5½")
    town = PlaceSearch(tmp_path / "drawn.osm.pbf", (), tmp_path / "drawn.sqlite")
    for query in ("grosse stras", "GROSSE", "ægir", "улица", "calle 5"):
        assert len(find(town, query)) == 1, query


def test_limit_is_kept(little_town: PlaceSearch) -> None:
    assert len(find(little_town, "calle", limit=1)) == 1


@pytest.mark.parametrize("state", ["missing", "older", "broken"])
def test_index_that_does_not_serve_is_built_at_the_first_question(
    little_town: PlaceSearch, tmp_path: Path, state: str
) -> None:
    index = tmp_path / "places.sqlite"
    if state == "older":
        with closing(sqlite3.connect(index)) as older:
            older.execute("PRAGMA user_version = 999")
    elif state == "broken":
        index.write_bytes(b"no database" * 1000)
    assert find(little_town, "balmaceda")
    stamp = index.stat().st_mtime_ns
    assert find(little_town, "prat") and index.stat().st_mtime_ns == stamp


def test_city_without_its_streets_is_a_fault(tmp_path: Path) -> None:
    gone = PlaceSearch(tmp_path / "gone.osm.pbf", (), tmp_path / "places.sqlite")
    with pytest.raises(Fault) as fault:
        find(gone, "balmaceda")
    assert fault.value.code == "places.unavailable"
    assert list(tmp_path.iterdir()) == []
