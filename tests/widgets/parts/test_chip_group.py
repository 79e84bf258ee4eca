"""Chips: one choice or several, at most seven, walked by arrows."""

import pytest
from PySide6.QtCore import Qt

from widgets.parts.chip_group import ChipGroup

REASONS = [("local", "Local knowledge"), ("driver", "Driver asked"), ("safety", "Safety")]


@pytest.fixture
def reasons(qtbot):
    group = ChipGroup()
    qtbot.addWidget(group)
    group.set_chips(REASONS)
    group.show()
    return group


def test_one_choice_releases_the_other(reasons, qtbot):
    qtbot.mouseClick(reasons.chip("local"), Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(reasons.changed) as changed:
        qtbot.mouseClick(reasons.chip("safety"), Qt.MouseButton.LeftButton)
    assert changed.args == [["safety"]]
    assert reasons.chosen() == ["safety"]


def test_several_may_be_on_in_a_group_of_filters(qtbot):
    group = ChipGroup(exclusive=False)
    qtbot.addWidget(group)
    group.set_chips(REASONS)
    for key in ("safety", "local"):
        qtbot.mouseClick(group.chip(key), Qt.MouseButton.LeftButton)
    assert group.chosen() == ["local", "safety"]


def test_space_chooses_and_arrows_walk(reasons, qtbot):
    reasons.chip("local").setFocus()
    qtbot.keyClick(reasons.chip("local"), Qt.Key.Key_Right)
    assert reasons.chip("driver").hasFocus()
    qtbot.keyClick(reasons.chip("driver"), Qt.Key.Key_Space)
    assert reasons.chosen() == ["driver"]


def test_choice_survives_new_counts(reasons):
    reasons.choose(["driver"])
    reasons.set_chips([("driver", "Driver asked 2"), ("other", "Other")])
    assert reasons.chosen() == ["driver"]


def test_more_than_seven_chips_are_refused(reasons):
    with pytest.raises(ValueError, match="more than 7"):
        reasons.set_chips([(str(number), str(number)) for number in range(8)])
