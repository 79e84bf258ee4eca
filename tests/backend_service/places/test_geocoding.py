"""Addresses on the ground: a house, a street, or candidates; and never surer than the extract allows."""

import asyncio

import pytest

from backend_service.places.geocoding import LONGEST_ADDRESS, StreetGeocoder
from backend_service.places.place_search import PlaceSearch
from core.places import LocatedAddress, Precision
from core.refusals import Refusal


def locate(town: PlaceSearch, address: str) -> LocatedAddress:
    return asyncio.run(StreetGeocoder(town).locate(address))


@pytest.mark.parametrize(
    "address",
    [
        "Pasaje Ñandú 10",
        "Pje. Nandu 10",
        "ñandú #10",
        "10 Pasaje Ñandú",
        "Pasaje Ñandú, 10, 2º B",
        "Pasaje Ñandú N° 10",
    ],
)
def test_known_house_number_is_a_house(little_town: PlaceSearch, address: str) -> None:
    located = locate(little_town, address)
    assert (located.precision, located.matched) == (Precision.HOUSE, "Pasaje Ñandú 10")
    assert located.position is not None
    assert (located.position.lat, located.position.lon) == pytest.approx((-29.9, -71.2401))
    assert located.uncertainty_m == 25.0


def test_house_between_two_known_ones_of_its_side_is_interpolated(little_town: PlaceSearch) -> None:
    # 25 is odd and has one neighbour, 31. 15 neither. 20 lies half way from 10 to 30, which are 111 m apart.
    located = locate(little_town, "Pasaje Ñandú 20")
    assert located.precision is Precision.HOUSE and located.position is not None
    assert located.position.lat == pytest.approx(-29.8995)
    assert located.uncertainty_m == pytest.approx(111.2 / 2, rel=0.01)


@pytest.mark.parametrize("number", [25, 33, 40, 4])
def test_house_beyond_the_known_ones_is_only_a_street(little_town: PlaceSearch, number: int) -> None:
    located = locate(little_town, f"Pasaje Ñandú {number}")
    assert (located.precision, located.matched) == (Precision.STREET, "Pasaje Ñandú")
    assert located.uncertainty_m == pytest.approx(111.2 / 2, rel=0.01)


def test_street_without_numbers_says_how_far_off_its_middle_may_be(little_town: PlaceSearch) -> None:
    located = locate(little_town, "Balmaceda 1120")
    assert (located.precision, located.matched) == (Precision.STREET, "Avenida Balmaceda")
    assert located.uncertainty_m == pytest.approx(2224, rel=0.01)


def test_number_in_a_name_is_no_house(little_town: PlaceSearch) -> None:
    for address in ("Calle 5 de Abril", "Calle 5 de Abril 44"):
        assert locate(little_town, address).matched == "Calle 5 de Abril"


def test_street_in_two_zones_is_no_guess_unless_the_zone_is_said(little_town: PlaceSearch) -> None:
    located = locate(little_town, "Prat 44")
    assert (located.precision, located.position) == (Precision.NONE, None)
    assert sorted(place.detail for place in located.candidates) == ["Norte", "Sur"]
    southern = locate(little_town, "Prat 44, Sur").position
    assert southern is not None and southern.lat == pytest.approx(-29.9395)


def test_misspelt_street_is_not_taken_for_another_but_offered(little_town: PlaceSearch) -> None:
    located = locate(little_town, "Balmazeda 44")
    assert located.precision is Precision.NONE
    assert [place.name for place in located.candidates] == ["Avenida Balmaceda"]


@pytest.mark.parametrize("address", ["Unter den Linden 1", "12345", "", " , ,", "???"])
def test_address_elsewhere_has_no_candidates(little_town: PlaceSearch, address: str) -> None:
    located = locate(little_town, address)
    assert (located.precision, located.candidates) == (Precision.NONE, ())


def test_endless_address_is_refused(little_town: PlaceSearch) -> None:
    with pytest.raises(Refusal, match="letters are the most"):
        locate(little_town, "x" * (LONGEST_ADDRESS + 1))
