"""Heat scales meet their anchors, interpolate evenly in lightness, and numbers on them can be read."""

import numpy as np
import pytest

from widgets.charts.heat_scale import PRESSURE, QUEUE, cell_ink
from widgets.theme.contrast import contrast_ratio, hex_of, oklab
from widgets.theme.tokens import DARK, LIGHT

THEMES = pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=["dark", "light"])
SCALES = pytest.mark.parametrize("scale", [PRESSURE, QUEUE], ids=["pressure", "queue"])


def as_hex(pixel):
    return hex_of(pixel.astype(float) / 255)


@THEMES
@SCALES
def test_anchors_have_their_token(scale, tokens):
    pixels = scale.colors(np.array([scale.anchors]), tokens)
    assert tuple(as_hex(pixel) for pixel in pixels[0]) == getattr(tokens, scale.name)


@THEMES
def test_between_anchors_lightness_lies_halfway(tokens):
    ends = [float(oklab(token)[0]) for token in tokens.pressure[4:6]]
    middle = as_hex(PRESSURE.colors(np.array([[3.0]]), tokens)[0, 0])
    assert float(oklab(middle)[0]) == pytest.approx(sum(ends) / 2, abs=0.005)


@THEMES
@SCALES
def test_numbers_can_be_read_on_every_cell(scale, tokens):
    values = np.arange(scale.anchors[0], scale.anchors[-1] + 1)[None, :]
    for pixel in scale.colors(values, tokens)[0]:
        assert contrast_ratio(cell_ink(pixel), as_hex(pixel)) >= 4.5


@THEMES
def test_values_beyond_the_ends_take_the_end_and_unknown_is_ground(tokens):
    pixels = PRESSURE.colors(np.array([[40.0, np.nan]]), tokens)[0]
    assert [as_hex(pixel) for pixel in pixels] == [tokens.pressure[-1], tokens.bg1]


def test_pressure_is_signed_queue_is_not_and_unknown_is_a_dash():
    assert [PRESSURE.number_of(value) for value in (6.0, -6.0, np.nan)] == ["+6", "−6", "–"]
    assert QUEUE.number_of(9.0) == "9"
