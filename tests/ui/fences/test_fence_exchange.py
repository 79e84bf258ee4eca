"""Fences in and out of files on the desk: looked at first, asked about, and written whole or not at all."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from core import operations as asked
from core.operations import BadFeature, FenceFileFormat, FencesBroughtIn
from core.refusals import Refusal
from ui.fences.fence_exchange import LARGEST_FILE, FenceExchange
from ui.fences.fence_panel import FencePanel


class Chosen:
    """A person who chooses one file."""

    def __init__(self) -> None:
        self.path = ""

    def __call__(self, _over: object) -> str:
        return self.path


@pytest.fixture
def chosen() -> Chosen:
    return Chosen()


@pytest.fixture
def panel(qtbot: QtBot, desk_scene: Any) -> FencePanel:
    made = FencePanel(desk_scene.context)
    qtbot.addWidget(made)
    made.show_drawing(None)
    made.show()
    return made


@pytest.fixture
def exchange(panel: FencePanel, desk_scene: Any, chosen: Chosen) -> FenceExchange:
    return FenceExchange(desk_scene.context, panel, QObject(panel), choose_to_open=chosen, choose_to_save=chosen)


def _answer(qtbot: QtBot, desk_scene: Any, result: object) -> None:
    desk_scene.service.asked[-1][2].set_result(msgspec.msgpack.encode(result))
    qtbot.waitUntil(lambda: desk_scene.context.operations.pending == 0)


def test_a_file_is_looked_at_then_asked_about_then_drawn(
    exchange: FenceExchange, panel: FencePanel, desk_scene: Any, chosen: Chosen, qtbot: QtBot, tmp_path: Path
) -> None:
    file = tmp_path / "yards.KML"
    file.write_bytes(b"<kml/>")
    chosen.path = str(file)
    exchange.bring_in()
    _, looked, _ = desk_scene.service.asked[-1]
    assert (looked.content, looked.file_format, looked.draws) == (b"<kml/>", FenceFileFormat.KML, False)

    _answer(qtbot, desk_scene, FencesBroughtIn(features=12, bad=0))
    assert panel.question.accessibleName().startswith("Draw 12 fences of yards.KML?")
    QTest.mouseClick(panel.question.buttons[0], Qt.MouseButton.LeftButton)
    assert desk_scene.service.asked[-1][1].draws
    _answer(qtbot, desk_scene, FencesBroughtIn(features=12, bad=0, drawn=12))

    assert panel.notice.text() == "Drawn: 12 fences"


def test_bad_features_are_named_and_nothing_is_asked(
    exchange: FenceExchange, panel: FencePanel, desk_scene: Any, chosen: Chosen, qtbot: QtBot, tmp_path: Path
) -> None:
    chosen.path = str(tmp_path / "yards.geojson")
    Path(chosen.path).write_bytes(b"{}")
    exchange.bring_in()
    bad = BadFeature(feature=3, name="Yard", why="The fence crosses itself.")
    _answer(qtbot, desk_scene, FencesBroughtIn(features=25, bad=1, problems=(bad,)))

    assert panel.notice.text() == "Nothing drawn: 1 of 25 features are bad.\n3. Yard: The fence crosses itself."
    assert not panel.question.isVisible()


def test_an_empty_file_is_said(
    exchange: FenceExchange, panel: FencePanel, desk_scene: Any, chosen: Chosen, qtbot: QtBot, tmp_path: Path
) -> None:
    chosen.path = str(tmp_path / "none.geojson")
    Path(chosen.path).write_bytes(b"{}")
    exchange.bring_in()
    _answer(qtbot, desk_scene, FencesBroughtIn(features=0, bad=0))
    assert panel.notice.text() == "Nothing drawn: there is no fence in the file."


def test_a_file_that_is_too_large_or_gone_is_not_sent(
    exchange: FenceExchange, panel: FencePanel, desk_scene: Any, chosen: Chosen, tmp_path: Path
) -> None:
    chosen.path = str(tmp_path / "large.kml")
    Path(chosen.path).write_bytes(b" " * (LARGEST_FILE + 1))
    exchange.bring_in()
    assert panel.notice.text() == "Not read: large.kml is larger than 1.5 MB."
    chosen.path = str(tmp_path / "gone.kml")
    exchange.bring_in()
    assert panel.notice.text().startswith("Not read: No such file")
    assert desk_scene.service.asked == []


def test_a_refusal_of_the_service_is_said(
    exchange: FenceExchange, panel: FencePanel, desk_scene: Any, chosen: Chosen, qtbot: QtBot, tmp_path: Path
) -> None:
    chosen.path = str(tmp_path / "odd.kml")
    Path(chosen.path).write_bytes(b"odd")
    exchange.bring_in()
    desk_scene.service.asked[-1][2].set_exception(Refusal("import.unreadable", "This is no KML."))
    qtbot.waitUntil(lambda: panel.notice.text() == "This is no KML.")


def test_nothing_happens_where_nothing_is_chosen(exchange: FenceExchange, desk_scene: Any) -> None:
    exchange.bring_in()
    exchange.take_out()
    assert desk_scene.service.asked == []


def test_fences_are_written_whole(
    exchange: FenceExchange, panel: FencePanel, desk_scene: Any, chosen: Chosen, qtbot: QtBot, tmp_path: Path
) -> None:
    file = tmp_path / "out.geojson"
    chosen.path = str(file)
    exchange.take_out()
    operation, argument, _ = desk_scene.service.asked[-1]
    assert (operation, argument.file_format) == (asked.FENCES_OUT, FenceFileFormat.GEOJSON)
    _answer(qtbot, desk_scene, b'{"type": "FeatureCollection"}')

    assert file.read_bytes() == b'{"type": "FeatureCollection"}'
    assert panel.notice.text() == "Written: out.geojson"
    assert [one.name for one in tmp_path.iterdir()] == ["out.geojson"]


def test_a_folder_that_takes_nothing_is_said(
    exchange: FenceExchange, panel: FencePanel, desk_scene: Any, chosen: Chosen, qtbot: QtBot, tmp_path: Path
) -> None:
    chosen.path = str(tmp_path / "missing" / "out.kml")
    exchange.take_out()
    _answer(qtbot, desk_scene, b"<kml/>")
    assert panel.notice.text().startswith("Not written: No such file")
