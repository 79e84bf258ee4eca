"""Words of other languages are longer: parts ask for the room their words need."""

import pytest
from PySide6.QtGui import QFontMetricsF

from widgets.marks.stages import RiskMark, RiskStage
from widgets.parts.chip_group import Chip
from widgets.parts.key_button import KeyButton, KeyHint, key_cap_width
from widgets.parts.top_bar import AlarmCounter

WORDS = "Reassign to another driver"
LONGER = WORDS + " now, please"[: round(len(WORDS) * 0.4)]


@pytest.mark.parametrize("words", [WORDS, LONGER])
def test_button_has_room_for_word_and_key(words, qtbot):
    button = KeyButton(words, "Ctrl+Enter")
    qtbot.addWidget(button)
    needed = QFontMetricsF(button.font()).horizontalAdvance(words) + key_cap_width("Ctrl+Enter")
    assert button.minimumSizeHint().width() > needed


@pytest.mark.parametrize("words", [WORDS, LONGER])
def test_chip_and_hint_have_room_for_their_words(words, qtbot):
    chip, hint = Chip(words), KeyHint("F1", words)
    qtbot.addWidget(chip)
    qtbot.addWidget(hint)
    assert chip.sizeHint().width() > QFontMetricsF(chip.font()).horizontalAdvance(words)
    assert hint.sizeHint().width() > KeyHint("F1", "").sizeHint().width() + 100


def test_what_can_be_clicked_is_at_least_24_pixels(qtbot):
    for part in (Chip("On"), KeyButton("Go"), AlarmCounter(1)):
        qtbot.addWidget(part)
        assert min(part.sizeHint().width(), part.sizeHint().height()) >= 24


def test_risk_mark_has_room_for_its_word(qtbot):
    short, long = RiskMark(RiskStage.LATE), RiskMark(RiskStage.ON_TRACK)
    qtbot.addWidget(short)
    qtbot.addWidget(long)
    assert long.sizeHint().width() > short.sizeHint().width()
