"""Reading a city and choosing what each zoom draws."""

from pathlib import Path

import numpy as np
import pytest

from widgets.basemap.built_land import built_land
from widgets.basemap.mercator import metres_to_unit, to_unit
from widgets.basemap.street_file import read_streets
from widgets.basemap.street_style import class_rank, street_width
from widgets.basemap.zoom_level import ZoomLevel

WORLD = (0.0, 0.0, 1.0, 1.0)


def test_greenwich_on_the_equator_is_the_middle_of_the_unit_square() -> None:
    assert to_unit(np.array([0.0]), np.array([0.0])).tolist() == [[0.5, 0.5]]


def test_forty_thousand_kilometres_at_the_equator_are_one_unit() -> None:
    assert metres_to_unit(40_075_016.7, 0.5) == pytest.approx(1.0)


def test_streets_are_read_with_class_and_name(city_file: Path) -> None:
    streets = read_streets(city_file)
    assert streets.ranks.tolist() == [7, 2, 0]
    assert streets.names.tolist() == ["Long Ring", "Quiet Lane", ""]


def test_file_without_streets_is_refused(tmp_path: Path) -> None:
    empty = tmp_path / "empty.osm"
    empty.write_text('<osm version="0.6"></osm>')
    with pytest.raises(ValueError, match=r"no streets in empty\.osm"):
        read_streets(empty)


def test_link_road_ranks_below_its_road() -> None:
    assert (class_rank("motorway"), class_rank("motorway_link"), class_rank("bus_stop")) == (7, 6, None)


def test_small_streets_appear_only_when_near(city_file: Path) -> None:
    streets = read_streets(city_file)
    ranks = {zoom: sorted({bunch.rank for bunch in ZoomLevel(streets, zoom).bunches(*WORLD)}) for zoom in (9, 14, 17)}
    assert ranks == {9: [7], 14: [2, 7], 17: [0, 2, 7]}


def test_area_without_streets_yields_nothing(city_file: Path) -> None:
    level = ZoomLevel(read_streets(city_file), 14)
    assert list(level.bunches(0.1, 0.1, 0.2, 0.2)) == []


def test_width_grows_with_zoom_and_rank() -> None:
    widths = [street_width(2, zoom) for zoom in range(12, 20)]
    assert widths == sorted(widths)
    assert street_width(7, 14) > street_width(4, 14) > street_width(2, 14)


def test_built_land_holds_the_streets_and_not_the_far_side(city_file: Path) -> None:
    import shapely

    streets = read_streets(city_file)
    land = built_land(streets)
    far = shapely.Point(to_unit(np.array([0.5]), np.array([0.5]))[0])
    assert land.buffer(1e-9).contains(shapely.Point(shapely.get_coordinates(streets.lines[0])[0]))
    assert not land.contains(far)
