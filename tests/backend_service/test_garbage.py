"""What a full round of collection walks, and what it frees, once survivors are set aside."""

import gc
import weakref

import pytest

from backend_service.garbage import SetAside


class Knot:
    """Refers to itself, so that only a round of collection frees it."""

    def __init__(self):
        self.self = self


@pytest.fixture
def set_aside(request):
    made = SetAside(long_round_s=0.0, whole_round_each_s=getattr(request, "param", 3_600.0))
    yield made
    made.close()


def test_what_outlived_a_long_round_is_not_walked_again(set_aside):
    stays = [[] for _ in range(1_000)]
    before = gc.get_freeze_count()
    gc.collect()
    assert gc.get_freeze_count() >= before + len(stays)
    assert len(gc.get_objects(generation=2)) < len(stays)


def test_a_cycle_that_came_since_is_freed(set_aside):
    gone = weakref.ref(Knot())
    gc.collect()
    assert gone() is None


def test_a_cycle_that_broke_after_it_was_set_aside_waits_for_the_whole_round(set_aside):
    knot = Knot()
    gc.collect()
    gone = weakref.ref(knot)
    del knot
    gc.collect()
    assert gone() is not None


@pytest.mark.parametrize("set_aside", [0.0], indirect=True)
def test_a_whole_round_finds_a_cycle_that_broke_after_it_was_set_aside(set_aside):
    knot = Knot()
    gc.collect()
    gone = weakref.ref(knot)
    del knot
    gc.collect()
    assert gone() is None


def test_a_round_that_was_short_sets_nothing_aside():
    set_aside = SetAside(long_round_s=60.0)
    try:
        before = gc.get_freeze_count()
        stays = [[] for _ in range(1_000)]
        gc.collect()
        assert gc.get_freeze_count() == before
        assert len(gc.get_objects(generation=2)) >= len(stays)
    finally:
        set_aside.close()


def test_closed_it_gives_collection_back_to_python():
    before = gc.get_threshold(), len(gc.callbacks)
    set_aside = SetAside()
    assert (gc.get_threshold(), len(gc.callbacks)) != before
    set_aside.close()
    assert (gc.get_threshold(), len(gc.callbacks)) == before
    assert gc.get_freeze_count() == 0
