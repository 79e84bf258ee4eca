"""Every icon the desk uses exists in the icon font, and another ink is another icon."""

import pytest
from PySide6.QtGui import QColor

from widgets.theme.icons import IconName, icon, icon_pixmap
from widgets.theme.tokens import DARK, LIGHT


@pytest.mark.parametrize("name", list(IconName))
def test_every_icon_name_resolves_to_ink_on_the_pixmap(qapp, name):
    image = icon_pixmap(name, DARK.ink2).toImage()
    assert any(image.pixelColor(x, y).alpha() > 0 for x in range(image.width()) for y in range(image.height()))


def test_icons_follow_the_theme(qapp):
    assert icon(IconName.FILTER, DARK.ink2) is icon(IconName.FILTER, DARK.ink2)
    assert icon(IconName.FILTER, DARK.ink2) is not icon(IconName.FILTER, LIGHT.ink2)


def test_icon_takes_the_ink_it_was_asked_for(qapp):
    image = icon_pixmap(IconName.PAUSE, DARK.acc, 32).toImage()
    inked = [image.pixelColor(x, y) for x in range(32) for y in range(32)]
    strongest = max(inked, key=lambda pixel: pixel.alpha())
    assert QColor(strongest.rgb()) == QColor(DARK.acc)
