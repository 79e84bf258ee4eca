"""The options of a recovery: figures are written in the ink that they were given, priorities' among them."""

import pytest
from PySide6.QtGui import QColor

from widgets.parts.option_list import OptionLine, OptionList
from widgets.theme.tokens import DARK


def pixels_like(widget, colour):
    """Return how many pixels are of a colour, but for smoothing."""
    image, wanted = widget.viewport().grab().toImage(), QColor(colour)
    found = 0
    for y in range(image.height()):
        for x in range(image.width()):
            seen = image.pixelColor(x, y)
            apart = abs(seen.red() - wanted.red()) + abs(seen.green() - wanted.green())
            found += apart + abs(seen.blue() - wanted.blue()) < 24
    return found


@pytest.mark.parametrize("ink", ["p1", "p2"])
def test_a_figure_is_written_in_the_ink_of_a_priority(qtbot, ink):
    options = OptionList()
    qtbot.addWidget(options)
    options.resize(420, 60)
    options.show_lines([OptionLine("1", "Wait", figures=("+12 min", "0.0 km"), inks=("", ""))])
    assert pixels_like(options, DARK.ink(ink)) == 0
    options.show_lines([OptionLine("1", "Wait", figures=("+12 min", "0.0 km"), inks=(ink, ""))])
    assert pixels_like(options, DARK.ink(ink)) > 5
