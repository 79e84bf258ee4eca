"""The dark theme, applied once for all tests here."""

import pytest

from widgets.theme.appearance import apply_theme
from widgets.theme.tokens import Theme


@pytest.fixture(scope="session", autouse=True)
def _dark_theme(qapp):
    apply_theme(qapp, Theme.DARK)
