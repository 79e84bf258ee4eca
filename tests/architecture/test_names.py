"""Files are named for the thing in them, and say in their first line what that is; events are past facts."""

import ast
import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import core.events
from core.events.envelope import Event

TREE = Path(__file__).parents[2]
ROOMS = ["app", "ui", "widgets", "core", "backend_service", "resources"]
MODULES = sorted(path.relative_to(TREE) for room in ROOMS for path in (TREE / room).rglob("*.py"))
TEST_FILES = sorted(path.relative_to(TREE) for path in (TREE / "tests").rglob("*.py"))

# Refused as any word of a name.
DRAWERS = {"util", "utils", "helper", "helpers", "common", "misc", "manager", "managers", "data", "info", "stuff"}
DRAWERS |= {"new", "old"}
# Refused alone: a base map and an engine's process are things of the trade, `base` and `process` are not.
BARE_DRAWERS = {"base", "process"}

IRREGULAR_PAST = {"Went", "Became", "Left", "Held", "Drawn", "Sent", "Made", "Lost", "Found", "Begun", "Undone"}
IRREGULAR_PAST |= {"Dwelt", "Taken", "Given", "Set", "Met", "Kept", "Broken", "Shown", "Withdrawn", "Overridden"}
IRREGULAR_PAST |= {"Chosen"}
NOT_PAST = {"Need", "Speed", "Feed", "Seed", "Shed"}


def drawer_in(name: str) -> str | None:
    """Return the word that makes a file's or folder's name a drawer, if there is one."""
    words = name.split("_")
    if name in BARE_DRAWERS:
        return name
    if words[-1] == "2" or re.fullmatch(r".*[a-z]2", words[-1]):
        return "2"
    return next((word for word in words if word in DRAWERS), None)


def words_of(name: str) -> list[str]:
    return re.findall(r"[A-Z][a-z0-9]*", name)


def is_past(word: str) -> bool:
    return word in IRREGULAR_PAST or (word.endswith("ed") and word not in NOT_PAST)


def states_a_past_fact(name: str) -> bool:
    """Tell whether an event's name starts with its subject and then says what became of it."""
    subject, *rest = words_of(name)
    return not is_past(subject) and any(map(is_past, rest))


def event_classes() -> list[type[Event]]:
    for module in pkgutil.walk_packages(core.events.__path__, "core.events."):
        importlib.import_module(module.name)
    found: list[type[Event]] = []
    waiting = [Event]
    while waiting:
        children = waiting.pop().__subclasses__()
        waiting += children
        found += [child for child in children if child.__module__.startswith("core.")]
    return sorted(found, key=lambda event: event.__name__)


def test_no_file_is_a_drawer():
    drawers = {
        str(path): word
        for path in [*MODULES, *TEST_FILES]
        for part in path.with_suffix("").parts
        if (word := drawer_in(part.removeprefix("test_")))
    }
    assert drawers == {}


@pytest.mark.parametrize(
    "name",
    ["utils", "map_helpers", "common", "driver_manager", "order_data", "new_feed", "feed_old", "feed_2", "feed2"],
)
def test_drawer_is_recognised(name):
    assert drawer_in(name) is not None


@pytest.mark.parametrize("name", ["base_map", "database", "renewal", "threshold", "child_process"])
def test_thing_is_no_drawer(name):
    assert drawer_in(name) is None


def first_line(path: Path) -> str:
    text = ast.get_docstring(ast.parse((TREE / path).read_text(encoding="utf-8")))
    return text.splitlines()[0] if text else ""


def test_every_module_says_in_its_first_line_what_is_in_it():
    assert [str(path) for path in MODULES if len(first_line(path)) < 15] == []


def test_events_are_past_facts_about_a_subject():
    events = event_classes()
    assert len(events) > 20
    assert [event.__name__ for event in events if not states_a_past_fact(event.__name__)] == []


@pytest.mark.parametrize("name", ["OverrideAssignment", "AssignOrder", "OrderAssigns", "AssignedOrder", "OrderFeed"])
def test_what_is_no_past_fact_is_refused(name):
    assert not states_a_past_fact(name)
