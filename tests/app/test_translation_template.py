"""The template for translators: it has every text of the desk, in the context that the desk asks in."""

from pathlib import Path

import pytest

from app.house_checks import TREE
from app.translation_template import find_texts, main, own_context
from core.dispatch.rationale import PHRASES


def test_the_template_is_as_the_code_has_it() -> None:
    assert main(["--check"]) == 0


def test_texts_behind_a_modules_own_function_have_its_context(tmp_path: Path) -> None:
    (tmp_path / "ui").mkdir()
    own = 'def _tr(text):\n    return QCoreApplication.translate("deeds", text)\n'
    (tmp_path / "ui" / "words.py").write_text(f'{own}\n\nHELD = _tr("held for {{minutes}} min")\n')

    assert find_texts(tmp_path)["deeds"] == ["held for {minutes} min"]


def test_the_statements_of_decisions_are_in_it() -> None:
    assert set(PHRASES.values()) <= set(find_texts(TREE)["phrasebook"])


@pytest.mark.parametrize("source", ["", "def tr(text):\n    return text\n"])
def test_a_module_without_the_function_has_no_context(source: str) -> None:
    assert own_context(source) is None
