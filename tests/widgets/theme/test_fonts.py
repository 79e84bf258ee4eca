"""Inter comes from its wheel; weights are real, digits in columns are equally wide, nothing is tiny."""

import pytest
from PySide6.QtGui import QFontMetricsF

from widgets.theme.fonts import MEDIUM, REGULAR, SEMIBOLD, family, font


@pytest.fixture(autouse=True)
def _application(qapp):
    return qapp


def test_inter_is_loaded():
    assert family() == "Inter"


def test_weights_give_different_widths():
    widths = [QFontMetricsF(font(20, w)).horizontalAdvance("Reassign") for w in (REGULAR, MEDIUM, SEMIBOLD)]
    assert widths[0] < widths[1] < widths[2]


def test_tabular_digits_are_equally_wide():
    metrics = QFontMetricsF(font(12, tabular=True))
    assert metrics.horizontalAdvance("1111") == pytest.approx(metrics.horizontalAdvance("8888"))
    plain = QFontMetricsF(font(12))
    assert plain.horizontalAdvance("1111") < plain.horizontalAdvance("8888")


def test_text_under_eleven_pixels_is_refused():
    with pytest.raises(ValueError, match="smaller than 11"):
        font(10)
