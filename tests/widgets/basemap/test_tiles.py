"""Painting tiles: something is on them, names meet across seams, the cache gives back what it got."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from resources.opener import open_path
from widgets.basemap.label_layout import LabelLayout
from widgets.basemap.mercator import pixels_per_unit, to_unit
from widgets.basemap.painter_paths import lines_path
from widgets.basemap.street_file import Streets, read_streets
from widgets.basemap.tile_painter import TilePainter, png_bytes
from widgets.basemap.tile_store import TileStore, store_path
from widgets.theme.tokens import DARK, LIGHT, Theme

DOWNTOWN = (-29.9045, -71.2490)


@pytest.fixture(scope="module")
def city() -> Streets:
    return read_streets(open_path("city/la_serena.osm.pbf"))


def tile_at(lat: float, lon: float, tile_zoom: int) -> tuple[int, int, int]:
    x, y = to_unit(np.array([lat]), np.array([lon]))[0] * 2**tile_zoom
    return tile_zoom, int(x), int(y)


def pixels(image: QImage) -> NDArray[np.uint8]:
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    block = np.frombuffer(image.constBits(), dtype=np.uint8)
    return block.reshape(image.height(), image.width(), 4)[:, :, :3]


def test_path_of_two_lines_keeps_its_points() -> None:
    path = lines_path(np.array([[0, 0], [4, 0], [1, 1], [1, 9.0]]), np.array([2, 2]))
    elements = [(path.elementAt(i).isMoveTo(), path.elementAt(i).x, path.elementAt(i).y) for i in range(4)]
    assert elements == [(True, 0, 0), (False, 4, 0), (True, 1, 1), (False, 1, 9)]


def test_downtown_tile_shows_land_and_streets_of_all_sizes(qapp: object, city: Streets) -> None:
    image = TilePainter(city, DARK).paint(*tile_at(*DOWNTOWN, 13))
    colours = {f"#{r:02X}{g:02X}{b:02X}" for b, g, r in np.unique(pixels(image).reshape(-1, 3), axis=0)}
    assert {DARK.map.land, DARK.map.street_small, DARK.map.street_middle, DARK.map.street_large} <= colours


def test_sea_side_is_water_colour_and_town_is_land(qapp: object, city: Streets) -> None:
    image = TilePainter(city, LIGHT).paint(*tile_at(-29.93, -71.33, 14))
    assert image.pixelColor(256, 256).name().upper() == LIGHT.map.water


def test_same_tile_is_painted_alike_by_two_painters(qapp: object, city: Streets) -> None:
    tile = tile_at(*DOWNTOWN, 15)
    first, second = (TilePainter(city, DARK).paint(*tile) for _ in range(2))
    assert png_bytes(first) == png_bytes(second)


def test_labels_run_over_the_seam_between_tiles(qapp: object, city: Streets) -> None:
    """A label on a seam is found from both tiles, so each paints its half."""
    layout = LabelLayout(city, 16)
    crossing = [label for label in layout.labels if int(label.places[0, 0] // 512) != int(label.places[-1, 0] // 512)]
    assert crossing
    for label in crossing:
        for x, y, _ in (label.places[0], label.places[-1]):
            west, north = x // 512 * 512, y // 512 * 512
            found = layout.within(west, north, west + 512, north + 512)
            assert any(other is label for other in found)


def test_same_name_is_not_repeated_side_by_side(qapp: object, city: Streets) -> None:
    by_text: dict[tuple[int, ...], list[NDArray[np.float64]]] = {}
    for label in LabelLayout(city, 15).labels:
        by_text.setdefault(label.glyphs, []).append(label.places[len(label.places) // 2, :2])
    for places in by_text.values():
        for i, first in enumerate(places):
            for second in places[i + 1 :]:
                assert np.hypot(*(first - second)) >= 320


def test_label_positions_are_pixels_of_the_city(qapp: object, city: Streets) -> None:
    west, north, east, south = (side * pixels_per_unit(14) for side in city.bounds)
    places = np.concatenate([label.places for label in LabelLayout(city, 15).labels])
    assert west - 50 < places[:, 0].min() and places[:, 0].max() < east + 50
    assert north - 50 < places[:, 1].min() and places[:, 1].max() < south + 50


def test_store_gives_back_the_tile_it_got(tmp_path: Path) -> None:
    store = TileStore(tmp_path / "deep" / "city.mbtiles")
    store.keep(12, 7, 9, b"png")
    assert store.find(12, 7, 9) == b"png"
    assert store.find(12, 9, 7) is None
    store.close()


def test_store_file_changes_with_city_content_and_theme(tmp_path: Path) -> None:
    city = tmp_path / "city.osm.pbf"
    city.write_bytes(b"one")
    before = {store_path(city, tmp_path, Theme.DARK), store_path(city, tmp_path, Theme.LIGHT)}
    city.write_bytes(b"two")
    assert len(before | {store_path(city, tmp_path, Theme.DARK)}) == 3
