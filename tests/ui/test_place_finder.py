"""Finding places while a person types: after a pause, and never an old answer to new letters."""

import msgspec
import pytest

from core import operations as asked
from core.places import FoundPlace, PlaceKind
from core.refusals import Fault
from core.vocabulary import Position
from ui.place_finder import PlaceFinder

PATIENCE_MS = 10_000
PRAT = FoundPlace(kind=PlaceKind.STREET, name="Prat", position=Position(-29.9, -71.25), bbox=(-71.3, -30, -71.2, -29))


@pytest.fixture
def finder(desk_scene):
    return PlaceFinder(desk_scene.context.operations)


def answer(desk_scene, *places, at=-1):
    desk_scene.service.asked[at][2].set_result(msgspec.msgpack.encode(asked.PlacesFound(places=places)))


def test_the_newest_letters_are_asked_for_once(finder, desk_scene, qtbot):
    before = len(desk_scene.service.asked)
    for typed in ("p", "pr", "pra", "prat"):
        finder.type_letters(typed)
    qtbot.waitUntil(lambda: len(desk_scene.service.asked) > before, timeout=PATIENCE_MS)
    [(operation, question, _)] = desk_scene.service.asked[before:]
    assert (operation, question.query) == (asked.PLACES_SEARCH, "prat")
    with qtbot.waitSignal(finder.found, timeout=PATIENCE_MS) as found:
        answer(desk_scene, PRAT)
    assert (found.args, finder.places) == (["prat"], (PRAT,))


def test_an_answer_to_older_letters_is_dropped(finder, desk_scene, qtbot):
    before = len(desk_scene.service.asked)
    finder.type_letters("prat")
    qtbot.waitUntil(lambda: len(desk_scene.service.asked) > before, timeout=PATIENCE_MS)
    finder.type_letters("balmaceda")
    qtbot.waitUntil(lambda: len(desk_scene.service.asked) > before + 1, timeout=PATIENCE_MS)
    answer(desk_scene, PRAT, at=-2)
    qtbot.waitUntil(lambda: desk_scene.context.operations.pending == 1, timeout=PATIENCE_MS)
    assert finder.places == ()


def test_few_letters_ask_nothing(finder, desk_scene, qtbot):
    before = len(desk_scene.service.asked)
    for typed in ("prat", "pr", "balmaceda"):
        finder.type_letters(typed)
    qtbot.waitUntil(lambda: len(desk_scene.service.asked) > before, timeout=PATIENCE_MS)
    answer(desk_scene, PRAT)
    qtbot.waitUntil(lambda: finder.places == (PRAT,), timeout=PATIENCE_MS)
    finder.type_letters("ba")
    assert finder.places == ()
    finder.type_letters("prat")
    qtbot.waitUntil(lambda: len(desk_scene.service.asked) > before + 1, timeout=PATIENCE_MS)
    assert [question.query for _, question, _ in desk_scene.service.asked[before:]] == ["balmaceda", "prat"]


def test_a_refusal_finds_nothing(finder, desk_scene, qtbot):
    before = len(desk_scene.service.asked)
    finder.type_letters("prat")
    qtbot.waitUntil(lambda: len(desk_scene.service.asked) > before, timeout=PATIENCE_MS)
    desk_scene.service.asked[-1][2].set_exception(Fault("places.unavailable", "No index."))
    qtbot.waitUntil(lambda: desk_scene.context.operations.pending == 0, timeout=PATIENCE_MS)
    assert finder.places == ()
