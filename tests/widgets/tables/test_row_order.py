"""Rows sort stably with unknown ones last, and a held order says what it would change."""

from hypothesis import given
from hypothesis import strategies as st

from widgets.tables.row_order import PendingChanges, SortRanks, pending_changes, pending_words


def order(values, *, descending=False):
    """Places of the values in their order."""
    ranks = SortRanks([str(at) for at in range(len(values))], values)
    return [int(key) for key in ranks.ordered_keys(descending=descending)]


def test_unknown_values_are_last_in_both_directions():
    assert order([3.0, None, 1.0, 2.0]) == [2, 3, 0, 1]
    assert order([3.0, None, 1.0, 2.0], descending=True) == [0, 3, 2, 1]
    assert order(["b", None, "a"], descending=True) == [0, 2, 1]


def test_equal_values_keep_their_order():
    assert order([1.0, 0.0, 1.0, 0.0], descending=True) == [0, 2, 1, 3]


def test_texts_sort_as_texts():
    assert order(["centro", "a", "puerto"]) == [1, 0, 2]


def test_changed_and_added_rows_find_their_place():
    ranks = SortRanks(["a", "b"], [1.0, 2.0])
    ranks.put("a", 3.0)
    ranks.put("c", 2.5)
    ranks.put("d", None)
    assert ranks.ordered_keys(descending=False) == ["b", "c", "a", "d"]
    ranks.put("d", "text")
    assert ranks.ordered_keys(descending=True)[0] == "d"


def test_one_row_jumping_to_the_top_counts_as_one_moved():
    assert pending_changes(list("abcdef"), list("fabcde")) == PendingChanges(moved=1)


def test_long_lists_count_breaks_in_the_order():
    keys = [str(number) for number in range(6000)]
    assert pending_changes(keys, [keys[-1], *keys[:-1]]).moved == 1


def test_new_and_gone_rows_are_counted():
    assert pending_changes(list("abc"), list("xacy")) == PendingChanges(new=2, moved=0, gone=1)


def test_pending_changes_are_said_in_words():
    assert pending_words(PendingChanges(new=3, moved=2)) == "3 new, 2 moved"
    assert pending_words(PendingChanges()) == ""


@given(st.lists(st.one_of(st.none(), st.floats(allow_nan=False, allow_infinity=False))))
def test_sorting_is_a_permutation(values):
    assert sorted(order(values, descending=True)) == list(range(len(values)))


@given(st.permutations(list("abcdefgh")))
def test_nothing_moved_means_the_same_order(wanted):
    shown = list("abcdefgh")
    assert (pending_changes(shown, wanted).moved == 0) == (wanted == shown)
