"""What the page may load: known files of known folders, and nothing else."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from widgets.basemap.base_map import BaseMap
from widgets.live_map.document import map_document
from widgets.live_map.live_map import LiveMap
from widgets.live_map.page_files import FolderSource, channel_script, package_source
from widgets.live_map.scheme import Content


def ask(source: Callable[..., None], rest: str) -> Content | None:
    answers: list[Content | None] = []
    source(rest, answers.append)
    (answer,) = answers
    return answer


def test_file_of_a_folder_is_served_with_its_kind(tmp_path: Path) -> None:
    (tmp_path / "page.js").write_text("1")
    answer = ask(FolderSource(tmp_path), "page.js")
    assert answer == Content("text/javascript; charset=utf-8", b"1")


@pytest.mark.parametrize("rest", ["../secret.js", "a/../../secret.js", "", "missing.js", "notes.txt", "/etc/passwd"])
def test_what_is_not_in_the_folder_is_not_found(tmp_path: Path, rest: str) -> None:
    folder = tmp_path / "page"
    folder.mkdir()
    (tmp_path / "secret.js").write_text("secret")
    (folder / "notes.txt").write_text("of no known kind")
    assert ask(FolderSource(folder), rest) is None


def test_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    folder = tmp_path / "page"
    folder.mkdir()
    (tmp_path / "secret.js").write_text("secret")
    (folder / "link.js").symlink_to(tmp_path / "secret.js")
    assert ask(FolderSource(folder), "link.js") is None


def test_missing_package_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="map asset leaflet is not installed"):
        package_source(tmp_path)


def test_channel_script_comes_from_qt(qapp: object) -> None:
    answer = ask(channel_script, "qwebchannel.js")
    assert answer is not None and b"QWebChannel" in answer.body
    assert ask(channel_script, "other.js") is None


def test_document_names_no_other_host() -> None:
    html = map_document()
    assert "https://" not in html and "http://" not in html
    assert html.count("app://tower/") >= 9


@pytest.mark.parametrize(
    "path",
    [
        "app://tower/unknown/thing",
        "app://tower/page/../../pyproject.toml",
        "app://tower/page/%2e%2e/%2e%2e/pyproject.toml",
        "app://tower/state/nothing",
        "app://tower/tiles/none/1/1/1",
        "app://tower/tiles/none/1/-1/x",
    ],
)
def test_unknown_paths_are_refused_to_the_page(
    shown_map: LiveMap, in_page: Callable[[LiveMap, str], object], qtbot: QtBot, path: str
) -> None:
    shown_map.run_script(f"window.outcome = ''; fetch('{path}').then(r => outcome = r.status, () => outcome = -1)")
    qtbot.waitUntil(lambda: in_page(shown_map, "window.outcome") != "", timeout=10_000)
    assert in_page(shown_map, "window.outcome") == 404


def test_tiles_of_the_base_map_reach_the_page(
    qtbot: QtBot, tmp_path: Path, grab: Callable[..., object], in_page: Callable[[LiveMap, str], object]
) -> None:
    from resources.opener import open_path
    from widgets.theme.tokens import DARK

    base_map = BaseMap.open(open_path("city/la_serena.osm.pbf"), tmp_path)
    live_map = LiveMap(base_map, tokens=DARK)
    qtbot.addWidget(live_map)
    live_map.resize(500, 400)
    live_map.set_area(-29.95, -71.28, -29.88, -71.2)
    with qtbot.waitSignal(live_map.ready, timeout=60_000):
        live_map.show()
    pixels = grab(live_map)
    colours = {tuple(int(part) for part in pixel) for pixel in pixels.reshape(-1, 3)[::7]}  # type: ignore[attr-defined]
    assert (0x20, 0x23, 0x26) in colours and (0x4A, 0x51, 0x58) in colours
    live_map.close_page()
    base_map.close()
