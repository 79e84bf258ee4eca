"""Fences out to GeoJSON and KML and in again, and files that no fence can be read from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from backend_service.exchange.fence_features import BadFile, ReadFences, anticlockwise
from backend_service.exchange.fence_geojson import read_geojson, write_geojson
from backend_service.exchange.fence_kml import read_kml, write_kml
from core.geofencing.active_hours import ActiveHours, Weekday
from core.geofencing.fence import Fence, FencePurpose, FenceTrigger
from core.vocabulary import FenceId, Position, Role

O = Position(-29.9, -71.25)


def ring(*corners: tuple[float, float]) -> tuple[Position, ...]:
    placed = [Position(O.lat + north / 1000.0, O.lon + east / 1000.0) for north, east in corners]
    return (*placed, placed[0])


YARD = ring((0, 0), (0, 10), (10, 10), (10, 0))
NIGHT = ActiveHours(weekdays=(Weekday.FRIDAY, Weekday.SATURDAY), from_min=22 * 60, until_min=6 * 60)
FENCES = (
    Fence(fence_id=FenceId("F-1"), name="Yard & <Co>", ring=YARD, holes=(ring((2, 2), (4, 2), (4, 4), (2, 4)),)),
    Fence(
        fence_id=FenceId("F-2"),
        name="Depósito",
        purpose=FencePurpose.DEPOT,
        trigger=FenceTrigger.ENTER,
        associated_with="Kitchen | 7",
        centre=O,
        radius_m=123.4,
        leave_margin_m=0.0,
        confirm_fixes=4,
        accuracy_limit_m=0.0,
        dwell_s=600.5,
        speed_limit_mps=8.25,
        tells=(),
    ),
    Fence(
        fence_id=FenceId("F-3"),
        name="Avenida",
        line=YARD[:3],
        width_m=40.0,
        hours=(NIGHT, ActiveHours()),
        groups=("vans", "a|b"),
        tells=(Role.SUPERVISOR,),
    ),
)

type Formats = tuple[Callable[..., bytes], Callable[[bytes], ReadFences]]
FORMATS: list[Formats] = [(write_geojson, read_geojson), (write_kml, read_kml)]


@pytest.mark.parametrize(("write", "read"), FORMATS)
def test_all_that_a_fence_is_comes_back(write: Any, read: Any) -> None:
    again = read(write(FENCES))
    assert again.problems == []
    assert tuple(again.fences) == tuple(normal(fence) for fence in FENCES)


def normal(fence: Fence) -> Fence:
    """Return a fence with its rings in the order in which files hold them."""
    holes = tuple(anticlockwise(hole) for hole in fence.holes)
    return replace(fence, ring=anticlockwise(fence.ring), holes=holes)


@pytest.mark.parametrize(("write", "read"), FORMATS)
@given(data=st.data())
def test_any_figures_come_back(write: Any, read: Any, data: st.DataObject) -> None:
    degrees = st.floats(-2.0, 2.0, allow_subnormal=False)
    fence = Fence(
        fence_id=FenceId("F-1"),
        name=data.draw(st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=20)),
        centre=Position(data.draw(degrees), data.draw(degrees)),
        radius_m=data.draw(st.floats(0.1, 100_000.0)),
        leave_margin_m=data.draw(st.floats(0.0, 5_000.0)),
        dwell_s=data.draw(st.floats(0.0, 600_000.0)),
        hours=tuple(
            ActiveHours(weekdays=tuple(days), from_min=begins, until_min=ends)
            for days, begins, ends in data.draw(
                st.lists(
                    st.tuples(
                        st.lists(st.sampled_from(Weekday), min_size=1, unique=True),
                        st.integers(0, 1439),
                        st.integers(0, 1440),
                    ),
                    max_size=3,
                )
            )
        ),
    )
    again = read(write([fence]))
    assert (again.fences, again.problems) == ([fence], [])


def collection(*features: Any) -> bytes:
    return msgspec.json.encode({"type": "FeatureCollection", "features": features})


def feature(geometry: Any, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


POINT = {"type": "Point", "coordinates": [-71.25, -29.9, 12.0]}
BOW_TIE = {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        ("no feature", "import.no_feature"),
        (feature(None), "import.no_geometry"),
        (feature({"type": "MultiPolygon", "coordinates": []}), "import.no_geometry"),
        (feature({"type": "Polygon", "coordinates": 7}), "import.position_malformed"),
        (feature({"type": "Point", "coordinates": [True, 1]}, radius_m=5), "import.position_malformed"),
        (feature({"type": "Point", "coordinates": [1, 95]}, radius_m=5), "import.position_malformed"),
        (feature({"type": "Polygon", "coordinates": []}), "geofence.one_shape"),
        (feature(BOW_TIE), "geofence.crosses_itself"),
        (feature(POINT), "import.size_missing"),
        (feature(POINT, radius_m="wide"), "import.value_malformed"),
        (feature(POINT, radius_m=50, purpose="fun"), "import.value_malformed"),
        (feature(POINT, radius_m=50, hours=["friday 25:00-26:00"]), "import.value_malformed"),
        (feature(POINT, radius_m=50, tells=["driver"]), "geofence.tells_nobody"),
        (feature(POINT, radius_m=50) | {"id": "no id!"}, "import.id_malformed"),
    ],
)
def test_each_bad_feature_is_named_and_the_good_ones_are_read(bad: Any, code: str) -> None:
    read = read_geojson(collection(feature(POINT, radius_m=50, name="Good"), bad))
    assert [fence.name for fence in read.fences] == ["Good"]
    assert [(one.feature, one.code) for one in read.problems] == [(2, code)]


def test_whole_numbers_beyond_all_reason_are_problems_of_their_features() -> None:
    beyond = b"9" * 400
    place = b'{"type": "Point", "coordinates": [%s, 1]}'
    wide = b'{"type": "Feature", "properties": {"radius_m": %s}, "geometry": ' + place % b"1" + b"}"
    for content in (place % beyond, wide % beyond):
        (problem,) = read_geojson(content).problems
        assert problem.code in ("import.position_malformed", "import.value_malformed")


def test_where_a_fence_crosses_itself_is_told() -> None:
    [problem] = read_geojson(collection(feature(BOW_TIE))).problems
    assert (problem.lat, problem.lon) == (pytest.approx(0.5), pytest.approx(0.5))


def test_one_id_twice_is_a_problem_of_the_second() -> None:
    one = feature(POINT, radius_m=50) | {"id": "F-1"}
    read = read_geojson(collection(one, one))
    assert [(problem.feature, problem.code) for problem in read.problems] == [(2, "import.doubled")]


def test_a_file_without_ids_read_twice_draws_the_same_fences() -> None:
    file = collection(feature(POINT, radius_m=50, name="A"), feature(POINT, radius_m=50, name="B"))
    ids = [[fence.fence_id for fence in read_geojson(file).fences] for _ in range(2)]
    assert ids[0] == ids[1]
    assert len(set(ids[0])) == 2


KML = '<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{}</Document></kml>'
LAUGHS = (
    '<!DOCTYPE kml [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    "<kml><Placemark><name>&b;</name></Placemark></kml>"
)


@pytest.mark.parametrize(
    ("read", "content"),
    [
        (read_geojson, b"{"),
        (read_geojson, b"[" * 100_000),
        (read_geojson, b'{"type": "Topology"}'),
        (read_geojson, b'{"type": "FeatureCollection", "features": {}}'),
        (read_geojson, collection(*[{}] * 10_001)),
        (read_geojson, b'{"type": "\xff"}'),
        (read_kml, b"no xml"),
        (read_kml, b"<gpx/>"),
        (read_kml, LAUGHS.encode()),
        (read_kml, b'<!DOCTYPE kml SYSTEM "file:///etc/passwd"><kml/>'),
        (read_kml, b"<a>" * 10_000),
        (read_kml, b'<?xml version="1.0" encoding="no-such"?><kml/>'),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(read: Callable[[bytes], ReadFences], content: bytes) -> None:
    with pytest.raises(BadFile) as caught:
        read(content)
    assert caught.value.code == "import.unreadable"


def test_kml_of_another_program_is_read() -> None:
    placemark = """<Folder><Placemark><name>Obras</name><Style/><Polygon>
      <extrude>1</extrude><outerBoundaryIs><LinearRing>
      <coordinates> -71.25,-29.9,0 -71.24,-29.9,0
        -71.24,-29.89,0 -71.25,-29.9,0 </coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark></Folder>"""
    [fence] = read_kml(KML.format(placemark).encode()).fences
    assert (fence.name, len(fence.ring), fence.ring[1]) == ("Obras", 4, Position(-29.9, -71.24))
