"""Reading addresses: street, number and rest, in the order in which they are worth trying."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as some

from core.addresses import bare_name, readings, spellings
from core.places import folded


def read(address: str) -> list[tuple[str, int | None, str]]:
    return [(words.street, words.number, words.rest) for words in readings(address)]


@pytest.mark.parametrize(
    "address",
    [
        "Avenida Balmaceda 1120",
        "avenida  BALMACEDA #1120",
        "Avenida Balmaceda N° 1120",
        "Avenida Balmaceda nº1120-B",
        "Avenida Balmaceda 1120/3",
        "1120 Avenida Balmaceda",
    ],
)
def test_number_before_or_behind_the_street_is_the_house(address: str) -> None:
    assert read(address)[-1] == ("avenida balmaceda", 1120, "")


def test_number_after_the_comma_comes_first_and_the_rest_is_kept() -> None:
    assert read("Rua de Santa Catarina, 112, 2.º Dto, Porto")[0] == (
        "rua de santa catarina",
        112,
        "112 2 o dto porto",
    )


def test_number_may_belong_to_the_name_of_the_street() -> None:
    assert read("Rua 5 de Outubro") == [("rua 5 de outubro", None, "")]
    assert read("Calle 5") == [("calle 5", None, ""), ("calle", 5, "")]
    assert ("calle 5", 120, "") in read("Calle 5 120")


@pytest.mark.parametrize("address", ["", " ", ",,", "1120", "#12", "4000-123, Porto"])
def test_address_without_a_street_has_no_reading(address: str) -> None:
    assert read(address) == []


def test_abbreviations_are_written_out_but_not_where_they_are_all_there_is() -> None:
    assert spellings("av balmaceda") == ["av balmaceda", "avenida balmaceda"]
    assert spellings("c") == ["c"]
    assert spellings("avenida balmaceda") == ["avenida balmaceda"]


def test_kind_of_way_is_no_part_of_the_bare_name_unless_it_is_all() -> None:
    assert bare_name("avenida jose manuel balmaceda") == "jose manuel balmaceda"
    assert bare_name("avda del mar") == "mar"
    assert bare_name("la avenida") == "la avenida"


@given(some.text(max_size=300))
@example("𝕊")
def test_any_text_is_read_without_failing_and_folded_once_for_all(text: str) -> None:
    assert folded(folded(text)) == folded(text)
    for street, number, rest in read(text):
        assert street == folded(street) and rest == folded(rest)
        assert number is None or 0 <= number < 1_000_000
