"""Every word of the desk can be said in another language: in one that puts each text in brackets, none stands bare."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from PySide6.QtCore import QCoreApplication, QTranslator
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from app.house_checks import TREE
from app.translation_template import find_texts
from ui.main_window import MainWindow
from ui.selection import Kind

_NAMES = {"La Serena–Coquimbo", "Fri 20 Nov", "O-48213", "D-042", "fallback.wait"}
"""The same in every language, said by the machine's own locale, or a statement that this desk does not know yet."""


class _Bracketing(QTranslator):
    """Puts what a translator was given to translate in brackets, and nothing else."""

    def __init__(self) -> None:
        super().__init__()
        self._known = {(context, text) for context, texts in find_texts(TREE).items() for text in texts}

    def isEmpty(self) -> bool:
        return False

    def translate(  # None is Qt's null string, for which the stubs have no word
        self, context: str, source_text: str, disambiguation: str | None = None, n: int = -1
    ) -> str:
        return f"⟦{source_text}⟧" if (context, source_text) in self._known else cast("str", None)


@pytest.fixture
def window(qtbot: QtBot, desk_scene: Any, tmp_path: Path) -> Iterator[MainWindow]:
    """A desk at work in the bracketing language, with a proposal on its card."""
    translator = _Bracketing()
    QCoreApplication.installTranslator(translator)
    desk_scene.driver("042")
    desk_scene.driver("117", name="Raúl Fuentes")
    desk_scene.order(48181, driver="D-117")
    desk_scene.propose(desk_scene.order(48213), "D-042")
    made = MainWindow(desk_scene.context, tmp_path, lambda _transport: None)
    qtbot.addWidget(made)
    made.resize(1920, 1080)
    made.arrange(1920)
    made.show()
    made.selection.select(Kind.ORDER, "O-48213")
    qtbot.waitUntil(lambda: made.recommendation.proposal is not None)
    yield made
    made.map.close_map()
    QCoreApplication.removeTranslator(translator)


def test_no_visible_text_stands_bare(window: MainWindow) -> None:
    bare = {
        (type(part).__name__, text)
        for part in window.findChildren(QWidget)
        if part.isVisible()
        for text in _texts_of(part)
        if any(map(str.isalpha, text)) and "⟦" not in text
    }

    assert {text for _, text in bare} <= _NAMES, bare


def _texts_of(part: QWidget) -> list[str]:
    texts = [part.toolTip(), part.accessibleName()]
    if isinstance(part, QLabel | QAbstractButton):
        texts.append(part.text())
    if isinstance(part, QLineEdit):
        texts.append(part.placeholderText())
    return texts
