"""A few letters find a name: the beginning best, then words, then letters in order."""

from hypothesis import given
from hypothesis import strategies as st

from app.fuzzy_find import best, misfit


def order_of(typed: str, *names: str) -> list[str]:
    return best(typed, [(name, name) for name in names], 10)


def test_beginning_comes_before_a_later_word_before_the_inside() -> None:
    assert order_of("over", "handover", "take over", "override") == ["override", "take over", "handover"]


def test_first_letters_of_words_find() -> None:
    assert order_of("zp", "zone pressure", "order board") == ["zone pressure"]


def test_letters_out_of_order_find_nothing() -> None:
    assert misfit("pz", "zone pressure") is None


def test_words_may_be_typed_in_any_order() -> None:
    assert misfit("castillo d-042", "D-042 María Castillo") is not None


def test_nothing_typed_keeps_the_order_and_the_bound() -> None:
    assert best("", [(name, name) for name in "cab"], 2) == ["c", "a"]


@given(st.text(alphabet="abc -", min_size=1), st.text(alphabet="abc -", max_size=8))
def test_every_part_in_order_is_found(name: str, dropped: str) -> None:
    kept = "".join(letter for letter in name if letter not in dropped).replace(" ", "")
    assert misfit(kept, name) is not None
