"""Fences as GeoJSON (RFC 7946): features with longitude before latitude, outer rings anticlockwise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from backend_service.exchange.fence_features import (
    MOST_FEATURES,
    MOST_POSITIONS,
    BadFeature,
    BadFile,
    Feature,
    FeatureProblem,
    Geometry,
    Line,
    ReadFences,
    anticlockwise,
    position,
    problem,
    read_features,
    values_of,
)
from core.geofencing.fence import Fence, FenceKind

_GEOMETRIES = {"Polygon": Geometry.POLYGON, "LineString": Geometry.LINE, "Point": Geometry.POINT}


def read_geojson(content: bytes) -> ReadFences:
    """Return the fences of a feature collection, a feature or a geometry.

    Raises
    ------
    BadFile
        If it is no GeoJSON, or too large.
    """
    try:
        document = msgspec.json.decode(content)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise BadFile(f"That is no JSON: {error}.") from error
    return read_features(_features(document))


def _features(document: Any) -> Iterator[Feature | FeatureProblem]:
    kind = document.get("type") if isinstance(document, dict) else None
    if kind == "FeatureCollection":
        listed = document.get("features")
        if not isinstance(listed, list):
            raise BadFile("A feature collection has a list of features.")
    elif kind == "Feature":
        listed = [document]
    elif kind in _GEOMETRIES:
        listed = [{"type": "Feature", "geometry": document}]
    else:
        raise BadFile("A file of fences is a GeoJSON FeatureCollection.")
    if len(listed) > MOST_FEATURES:
        raise BadFile(f"A file holds at most {MOST_FEATURES:,} fences.")
    left = MOST_POSITIONS
    for number, written in enumerate(listed, start=1):
        feature = Feature(number)
        try:
            _read(feature, written)
        except BadFeature as error:
            yield problem(feature, error.code, str(error))
            continue
        left -= sum(map(len, feature.lines))
        if left < 0:
            raise BadFile(f"A file holds at most {MOST_POSITIONS:,} positions.")
        yield feature


def _read(feature: Feature, written: Any) -> None:
    if not isinstance(written, dict) or written.get("type") != "Feature":
        raise BadFeature("import.no_feature", "That is no feature.")
    values = written.get("properties") or {}
    if not isinstance(values, dict):
        raise BadFeature("import.value_malformed", "properties: no object.")
    name, fence_id = values.get("name"), written.get("id")
    feature.name = name[:200] if isinstance(name, str) else ""
    feature.fence_id = str(fence_id) if isinstance(fence_id, str | int) else ""
    feature.values = values
    geometry = written.get("geometry")
    if isinstance(geometry, dict) and isinstance(kind := geometry.get("type"), str) and kind in _GEOMETRIES:
        feature.geometry = _GEOMETRIES[kind]
        feature.lines = _lines(feature.geometry, geometry.get("coordinates"))


def _lines(geometry: Geometry, coordinates: Any) -> tuple[Line, ...]:
    if geometry is Geometry.POLYGON:
        return tuple(_line(ring) for ring in _list(coordinates))
    return (_line(coordinates if geometry is Geometry.LINE else [coordinates]),)


def _line(coordinates: Any) -> Line:
    places = [_list(place) for place in _list(coordinates)]
    if any(len(place) < 2 for place in places):
        raise BadFeature("import.position_malformed", "A position is two numbers.")
    return tuple(position(place[0], place[1]) for place in places)


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise BadFeature("import.position_malformed", "Coordinates are lists of lists of numbers.")
    return value


def write_geojson(fences: Iterable[Fence]) -> bytes:
    """Return a feature collection that `read_geojson` reads the same fences from."""
    features = [
        {
            "type": "Feature",
            "id": fence.fence_id,
            "properties": {"name": fence.name, "kind": str(fence.kind), **values_of(fence)},
            "geometry": _geometry(fence),
        }
        for fence in fences
    ]
    return msgspec.json.encode({"type": "FeatureCollection", "features": features})


def _geometry(fence: Fence) -> dict[str, Any]:
    if fence.centre is not None:
        return {"type": "Point", "coordinates": [fence.centre.lon, fence.centre.lat]}
    if fence.kind is FenceKind.CORRIDOR:
        return {"type": "LineString", "coordinates": _pairs(fence.line)}
    rings = [anticlockwise(fence.ring), *(anticlockwise(hole)[::-1] for hole in fence.holes)]
    return {"type": "Polygon", "coordinates": [_pairs(ring) for ring in rings]}


def _pairs(line: Line) -> list[list[float]]:
    return [[place.lon, place.lat] for place in line]
