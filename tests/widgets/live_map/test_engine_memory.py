"""The heap of the page is kept small by a flag beside those that are there."""

from widgets.live_map.engine_memory import keep_heap_small


def test_flag_is_added_once_to_those_that_are_there() -> None:
    environment = {"QTWEBENGINE_CHROMIUM_FLAGS": "--disable-gpu"}
    for _ in range(2):
        keep_heap_small(environment)
    assert environment["QTWEBENGINE_CHROMIUM_FLAGS"] == "--disable-gpu --js-flags=--initial-old-space-size=24"


def test_own_flags_for_the_script_engine_stay() -> None:
    environment = {"QTWEBENGINE_CHROMIUM_FLAGS": "--js-flags=--expose-gc"}
    keep_heap_small(environment)
    assert environment["QTWEBENGINE_CHROMIUM_FLAGS"] == "--js-flags=--expose-gc"


def test_flag_stands_alone_where_there_are_none() -> None:
    environment: dict[str, str] = {}
    keep_heap_small(environment)
    assert environment["QTWEBENGINE_CHROMIUM_FLAGS"] == "--js-flags=--initial-old-space-size=24"
