"""The gallery paints all parts in both themes, in token colours."""

import pytest

from widgets.gallery import screenshot
from widgets.theme.tokens import Theme, tokens_of


@pytest.mark.parametrize("theme", [Theme.LIGHT, Theme.DARK])
def test_gallery_is_painted_in_its_theme(theme, qapp):
    image, tokens = screenshot(theme, qapp).toImage(), tokens_of(theme)
    seen = {
        image.pixelColor(x, y).name().upper() for x in range(0, image.width(), 7) for y in range(0, image.height(), 7)
    }
    for token in (tokens.bg0, tokens.bg1, tokens.bg2, tokens.acc, tokens.accbg, tokens.priority(1).bg):
        assert token in seen
