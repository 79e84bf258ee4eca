"""Banner, empty state, loading blocks, buttons and the top bar's pieces answer and speak."""

import pytest
from PySide6.QtCore import Qt

from widgets.parts.banner import BANNER_HEIGHT, Banner
from widgets.parts.empty_state import EmptyState
from widgets.parts.fact_grid import Fact, FactGrid, FactStrip
from widgets.parts.key_button import KeyButton
from widgets.parts.loading_blocks import LoadingBlocks
from widgets.parts.text_label import ElidedLabel, TextLabel
from widgets.parts.top_bar import AlarmCounter, ConnectionMark, KeyFigure
from widgets.theme.icons import IconName
from widgets.theme.tokens import DARK


def test_banner_shows_its_edge_and_its_button(qtbot):
    banner = Banner()
    qtbot.addWidget(banner)
    banner.resize(900, BANNER_HEIGHT)
    banner.show_finding(1, "Disconnected for 0:47", "Shown: 14:31:21", command="Try now", key="F5")
    image = banner.grab().toImage()
    assert image.pixelColor(1, 20).name().upper() == DARK.priority(1).edge
    assert image.pixelColor(500, 3).name().upper() == DARK.priority(1).bg
    button = banner.findChild(KeyButton)
    with qtbot.waitSignal(banner.pressed):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_banner_without_command_has_no_button(qtbot):
    banner = Banner()
    qtbot.addWidget(banner)
    banner.show_finding(3, "Forecasts are wider", "traffic is old", sign=IconName.OFFLINE)
    assert not banner.findChild(KeyButton).isVisible()


def test_empty_state_offers_the_next_useful_key(qtbot):
    state = EmptyState(IconName.ACCEPTED, "Nothing needs you", "214 on track.", command="Pressure", key="Z")
    qtbot.addWidget(state)
    state.show()
    with qtbot.waitSignal(state.pressed):
        qtbot.mouseClick(state.findChild(KeyButton), Qt.MouseButton.LeftButton)
    state.show_state(IconName.FILTER, "No order is late", "The filter hides 214 orders.")
    assert not state.findChild(KeyButton).isVisible()


def test_loading_blocks_wait_before_they_show(qtbot):
    blocks = LoadingBlocks([0.5, 0.5])
    qtbot.addWidget(blocks)
    blocks.show()
    assert not blocks.is_painted
    qtbot.waitUntil(lambda: blocks.is_painted)
    blocks.hide()
    assert not blocks.is_painted


def test_button_takes_its_colour_and_says_its_key(qtbot):
    button = KeyButton("Accept", "Enter", filled=True)
    qtbot.addWidget(button)
    button.resize(160, 32)
    assert button.grab().toImage().pixelColor(8, 16).name().upper() == DARK.acc
    assert button.accessibleDescription() == "Enter"
    button.setEnabled(False)
    assert button.grab().toImage().pixelColor(8, 16).name().upper() == DARK.bg1


def test_counter_tells_its_priority(qtbot):
    counter = AlarmCounter(2)
    qtbot.addWidget(counter)
    counter.set_count(3)
    assert counter.accessibleName() == "Priority 2: 3"
    with qtbot.waitSignal(counter.asked) as asked:
        qtbot.mouseClick(counter, Qt.MouseButton.LeftButton)
    assert asked.args == [2]


def test_figure_and_connection_are_read_out(qtbot):
    figure, connection = KeyFigure("On time"), ConnectionMark()
    qtbot.addWidget(figure)
    qtbot.addWidget(connection)
    figure.show_figure("94.1 %", "goal 95")
    connection.show_connection("Disconnected", "data 47 s old", live=False)
    assert figure.accessibleName() == "On time 94.1 % goal 95"
    assert connection.accessibleName() == "Disconnected data 47 s old"


@pytest.mark.parametrize("holder", [FactStrip, FactGrid])
def test_facts_are_refilled_not_piled_up(holder, qtbot):
    facts = holder()
    qtbot.addWidget(facts)
    facts.show_facts([Fact("State", "At pickup"), Fact("Promise", "14:55")])
    facts.show_facts([Fact("State", "Delivered", ink="p1")])
    facts.show()
    shown = [label.text() for label in facts.findChildren(TextLabel) if label.isVisible() and label.text()]
    assert shown == ["State", "Delivered"]


def test_cut_words_are_whole_in_the_tool_tip(qtbot):
    label = ElidedLabel("Put after O-48181, then wait for the kitchen")
    qtbot.addWidget(label)
    label.show()
    label.resize(80, 20)
    assert label.toolTip() == label.text()
    label.resize(600, 20)
    assert label.toolTip() == ""
