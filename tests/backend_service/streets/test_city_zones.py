"""Zones of one's own: what serves is kept, what does not is named, and without a file a grid is proposed."""

import json
from typing import Any

import numpy as np
import pytest
from shapely.geometry import Polygon, box, mapping, shape

from backend_service.streets.city_zones import MOST_ZONES, checked_zones, proposed_zones
from backend_service.streets.extract import Extract
from core.refusals import Refusal

BBOX = (0.0, 0.0, 1.0, 1.0)
WEST, EAST = box(0, 0, 0.5, 1), box(0.5, 0, 1, 1)


def feature(name: str | None, area: Any, **more: Any) -> dict[str, Any]:
    properties = {} if name is None else {"name": name}
    return {"type": "Feature", "properties": properties, "geometry": json.loads(json.dumps(mapping(area))), **more}


def collection(*features: Any) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def read(geojson: bytes) -> dict[str, Polygon]:
    return {told["properties"]["name"]: shape(told["geometry"]) for told in json.loads(geojson)["features"]}


def test_named_polygons_are_kept_in_their_order_with_ids_from_their_names() -> None:
    kept = json.loads(checked_zones(collection(feature("Süd & Ost", EAST), feature("Norte", WEST)), BBOX))
    assert [(told["id"], told["properties"]["name"]) for told in kept["features"]] == [
        ("sud-ost", "Süd & Ost"),
        ("norte", "Norte"),
    ]
    assert all(shape(told["geometry"]).exterior.is_ccw for told in kept["features"])


def test_overlapping_zones_are_tolerated_in_their_order() -> None:
    kept = read(checked_zones(collection(feature("Inner", box(0.4, 0.4, 0.6, 0.6)), feature("All", box(*BBOX))), BBOX))
    assert list(kept) == ["Inner", "All"] and kept["All"].area == pytest.approx(1.0)


def test_each_part_of_a_multipolygon_is_a_zone() -> None:
    parts = box(0, 0, 0.2, 0.2).union(box(0.8, 0.8, 1, 1))
    assert sorted(read(checked_zones(collection(feature("Ports", parts)), BBOX))) == ["Ports", "Ports 2"]


def test_hole_is_cut_out_and_not_filled() -> None:
    ring = box(0, 0, 1, 1).difference(box(0.4, 0.4, 0.6, 0.6)).difference(box(0.1, 0.1, 0.2, 0.2))
    kept = read(checked_zones(collection(feature("Ring", ring)), BBOX))
    assert not any(zone.interiors for zone in kept.values())
    assert sum(zone.area for zone in kept.values()) == pytest.approx(1.0 - 0.04 - 0.01)


def test_every_bad_feature_is_named_with_its_number() -> None:
    bow = Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    bad = collection(
        feature("Good", WEST),
        feature(None, EAST),
        feature("Good", EAST),
        feature("Bow", bow),
        feature("Far", box(5, 5, 6, 6)),
        feature("Metres", box(500_000, 4_000_000, 500_100, 4_000_100)),
        feature("Line", EAST.exterior),
        {"type": "Feature", "properties": {"name": "Torn"}, "geometry": {"type": "Polygon", "coordinates": [[1, 2]]}},
        "nonsense",
    )
    with pytest.raises(Refusal) as refused:
        checked_zones(bad, BBOX)
    assert refused.value.code == "zones.invalid"
    assert [error.split(":")[0] for error in refused.value.details["errors"]] == [f"Feature {n}" for n in range(2, 10)]
    for words in ("no name", "another zone named Good", "impossible outline", "Far lies outside", "EPSG:4326"):
        assert words in refused.value.sentence


@pytest.mark.parametrize(
    ("geojson", "code"),
    [
        (b"", "zones.unreadable"),
        (b"\xff\xfe", "zones.unreadable"),
        (b"[]", "zones.unreadable"),
        (b'{"type": "FeatureCollection", "features": 3}', "zones.unreadable"),
        (collection(), "zones.none"),
        (collection(*(feature(str(number), WEST) for number in range(MOST_ZONES + 1))), "zones.too_many"),
    ],
)
def test_file_that_holds_no_zones_is_refused(geojson: bytes, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        checked_zones(geojson, BBOX)
    assert refused.value.code == code


def test_proposed_grid_has_equal_lengths_of_street_and_the_names_of_quarters() -> None:
    # 600 km of streets make 2 x 2 zones. Four in five of them lie in the western tenth, evenly from south to north.
    dice = np.random.default_rng(1)
    lon = np.concatenate([dice.uniform(0, 0.1, 4800), dice.uniform(0.1, 1.0, 1200)])
    extract = Extract(
        bbox=BBOX,
        drivable=6000,
        middles=np.stack([dice.uniform(0, 1, 6000), lon], axis=1),
        lengths_m=np.full(6000, 100.0),
        quarters=(("Centro", 0.9, 0.01), ("Centro", 0.9, 0.02), ("Outlier", 0.8, 0.01)),
    )
    zones = read(proposed_zones(extract))
    assert list(zones) == ["Centro", "A2", "B1", "B2"]
    lat, lon = extract.middles[:, 0], extract.middles[:, 1]
    lengths = [
        int(np.count_nonzero((lon >= west) & (lon < east) & (lat >= south) & (lat < north)))
        for west, south, east, north in (zone.bounds for zone in zones.values())
    ]
    assert lengths == pytest.approx([1500] * 4, abs=5)
    assert box(*BBOX).within(zones["Centro"].union(zones["A2"]).union(zones["B1"]).union(zones["B2"]))


def test_small_town_is_one_zone() -> None:
    extract = Extract(BBOX, 1, np.array([[0.5, 0.5]]), np.array([900.0]), ())
    assert list(read(proposed_zones(extract))) == ["A1"]
