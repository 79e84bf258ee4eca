"""The desk's side of the base map with its real render process."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from resources.opener import open_path
from widgets.basemap.base_map import BaseMap

DOWNTOWN_TILE = (12, 1237, 2405)


@pytest.fixture
def base_map(qtbot: QtBot, tmp_path: Path) -> object:
    opened = BaseMap.open(open_path("city/la_serena.osm.pbf"), tmp_path)
    yield opened
    opened.close()


def test_equal_requests_are_painted_once_and_answered_twice(base_map: BaseMap, qtbot: QtBot) -> None:
    answers: list[bytes | None] = []
    base_map.request(*DOWNTOWN_TILE, answers.append)
    base_map.request(*DOWNTOWN_TILE, answers.append)
    qtbot.waitUntil(lambda: len(answers) == 2, timeout=30_000)
    assert answers[0] is not None and answers[0].startswith(b"\x89PNG")
    assert answers[0] == answers[1]
    assert base_map.painted_requests == 1


def test_tile_outside_the_grid_is_answered_with_none(base_map: BaseMap) -> None:
    answers: list[bytes | None] = []
    base_map.request(3, 8, 0, answers.append)
    base_map.request(99, 0, 0, answers.append)
    assert answers == [None, None]


def test_missing_city_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no city file"):
        BaseMap.open(tmp_path / "none.osm.pbf", tmp_path)


def test_unreadable_city_says_so_and_lets_nobody_wait(qtbot: QtBot, tmp_path: Path) -> None:
    broken = tmp_path / "broken.osm.pbf"
    broken.write_bytes(b"this is no map")
    opened = BaseMap.open(broken, tmp_path)
    answers: list[bytes | None] = []
    with qtbot.waitSignal(opened.failed, timeout=30_000):
        opened.request(*DOWNTOWN_TILE, answers.append)
    assert answers == [None]


def test_painted_tile_is_kept_for_the_next_start(base_map: BaseMap, qtbot: QtBot, tmp_path: Path) -> None:
    answers: list[bytes | None] = []
    base_map.request(*DOWNTOWN_TILE, answers.append)
    qtbot.waitUntil(lambda: len(answers) == 1, timeout=30_000)
    base_map.close()
    again = BaseMap.open(open_path("city/la_serena.osm.pbf"), tmp_path)
    again.request(*DOWNTOWN_TILE, answers.append)
    qtbot.waitUntil(lambda: len(answers) == 2, timeout=30_000)
    again.close()
    assert answers[0] == answers[1]
    assert len(list(tmp_path.glob("la_serena-*-dark-*.mbtiles"))) == 1
