"""A live map without a base map, shown and painted once."""

import json
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from widgets.live_map.live_map import LiveMap
from widgets.theme.tokens import DARK

AREA = (-30.0, -71.32, -29.88, -71.18)
Pixels = NDArray[np.int64]


@pytest.fixture
def shown_map(qtbot: QtBot) -> Iterator[LiveMap]:
    """Yield a map of 600 by 400 pixels over a part of La Serena, with no streets under it."""
    live_map = LiveMap(tokens=DARK)
    qtbot.addWidget(live_map)
    live_map.resize(600, 400)
    live_map.set_area(*AREA)
    with qtbot.waitSignal(live_map.ready, timeout=60_000):
        live_map.show()
    yield live_map
    live_map.close_page()


@pytest.fixture
def grab(qtbot: QtBot) -> Callable[[LiveMap], Pixels]:
    """Return a function that gives the painted map as (height, width, 3) red, green, blue."""

    def grab_pixels(live_map: LiveMap) -> Pixels:
        images: list[QImage] = []
        live_map.grab_image(images.append)
        qtbot.waitUntil(lambda: len(images) == 1, timeout=30_000)
        image = images[0].convertToFormat(QImage.Format.Format_RGB32)
        block = np.frombuffer(image.constBits(), dtype=np.uint8).reshape(image.height(), image.width(), 4)
        return block[:, :, 2::-1].astype(np.int64)

    return grab_pixels


@pytest.fixture
def in_page(qtbot: QtBot) -> Callable[[LiveMap, str], object]:
    """Return a function that gives what a piece of JavaScript in the page evaluates to."""

    def evaluate(live_map: LiveMap, script: str) -> object:
        values: list[object] = []
        live_map.run_script(f"JSON.stringify({script})", values.append)
        qtbot.waitUntil(lambda: len(values) == 1, timeout=30_000)
        return json.loads(str(values[0]))  # PySide gives no lists, so the page gives text

    return evaluate
