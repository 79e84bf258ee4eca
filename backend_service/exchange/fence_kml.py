"""Fences as KML (OGC 12-007r2): placemarks with longitude before latitude, our values as extended data.

Read by the parser of the standard library; a document with a type definition is refused before anything in it is read:
without one there are no entities to expand and nothing to fetch.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator
from typing import Any

from backend_service.exchange import cells
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

_NAMESPACE = "http://www.opengis.net/kml/2.2"
_GEOMETRIES = {"Polygon": Geometry.POLYGON, "LineString": Geometry.LINE, "Point": Geometry.POINT}
_MOST_DEEP = 64


class _NoDefinitions(ET.TreeBuilder):
    """Builds a tree of bounded depth, and refuses a document that brings definitions along."""

    def __init__(self) -> None:
        super().__init__()
        self._deep = 0

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        raise BadFile("A KML file has no document type definition.")

    def start(self, tag: str, attrs: dict[str, str], /) -> ET.Element:
        self._deep += 1
        if self._deep > _MOST_DEEP:
            raise BadFile("A KML file is not nested that deeply.")
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> ET.Element:
        self._deep -= 1
        return super().end(tag)


def read_kml(content: bytes) -> ReadFences:
    """Return the fences of a document's placemarks.

    Raises
    ------
    BadFile
        If it is no KML, has a type definition, or is too large.
    """
    try:
        parser = ET.XMLParser(target=_NoDefinitions())  # noqa: S314 - see `_NoDefinitions`
        parser.feed(content)
        root = parser.close()
    except (ET.ParseError, ValueError, LookupError) as error:
        raise BadFile(f"That is no XML: {error}.") from error
    if _tag(root) != "kml":
        raise BadFile("A file of fences is a KML document.")
    return read_features(_features(root))


def _features(root: ET.Element) -> Iterator[Feature | FeatureProblem]:
    number, left = 0, MOST_POSITIONS
    for element in root.iter():
        if _tag(element) != "Placemark":
            continue
        number += 1
        if number > MOST_FEATURES:
            raise BadFile(f"A file holds at most {MOST_FEATURES:,} fences.")
        feature = Feature(number)
        try:
            _read(feature, element)
        except BadFeature as error:
            yield problem(feature, error.code, str(error))
            continue
        left -= sum(map(len, feature.lines))
        if left < 0:
            raise BadFile(f"A file holds at most {MOST_POSITIONS:,} positions.")
        yield feature


def _read(feature: Feature, placemark: ET.Element) -> None:
    feature.name = _text(_child(placemark, "name"))[:200]
    feature.fence_id = placemark.get("id", "")
    for element in placemark.iter():
        if _tag(element) == "Data" and (name := element.get("name")):
            feature.values[name] = _text(_child(element, "value"))
    shapes = [child for child in placemark if _tag(child) in _GEOMETRIES]
    if len(shapes) == 1:
        feature.geometry = _GEOMETRIES[_tag(shapes[0])]
        feature.lines = tuple(_lines(feature.geometry, shapes[0]))


def _lines(geometry: Geometry, shape: ET.Element) -> Iterator[Line]:
    if geometry is not Geometry.POLYGON:
        yield _line(shape)
        return
    for side in ("outerBoundaryIs", "innerBoundaryIs"):
        for boundary in (child for child in shape if _tag(child) == side):
            for ring in (child for child in boundary if _tag(child) == "LinearRing"):
                yield _line(ring)


def _line(element: ET.Element) -> Line:
    return tuple(_place(text) for text in _text(_child(element, "coordinates")).split())


def _place(text: str) -> Any:
    try:
        lon, lat, *_ = (float(figure) for figure in text.split(","))
    except ValueError:
        raise BadFeature("import.position_malformed", "A position is two numbers, longitude first.") from None
    return position(lon, lat)


def write_kml(fences: Iterable[Fence]) -> bytes:
    """Return a document that `read_kml` reads the same fences from."""
    ET.register_namespace("", _NAMESPACE)
    root = ET.Element(f"{{{_NAMESPACE}}}kml")
    document = _add(root, "Document")
    _add(document, "name", "Geofences")
    for fence in fences:
        placemark = _add(document, "Placemark")
        placemark.set("id", fence.fence_id)
        _add(placemark, "name", fence.name)
        extended = _add(placemark, "ExtendedData")
        for name, value in {"kind": str(fence.kind), **values_of(fence)}.items():
            data = _add(extended, "Data")
            data.set("name", name)
            _add(data, "value", cells.write_words(tuple(value)) if isinstance(value, list) else str(value))
        _write_shape(placemark, fence)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def _write_shape(placemark: ET.Element, fence: Fence) -> None:
    if fence.centre is not None:
        _add(_add(placemark, "Point"), "coordinates", _written((fence.centre,)))
    elif fence.kind is FenceKind.CORRIDOR:
        _add(_add(placemark, "LineString"), "coordinates", _written(fence.line))
    else:
        polygon = _add(placemark, "Polygon")
        for side, ring in (("outerBoundaryIs", fence.ring), *(("innerBoundaryIs", hole) for hole in fence.holes)):
            _add(_add(_add(polygon, side), "LinearRing"), "coordinates", _written(anticlockwise(ring)))


def _written(line: Line) -> str:
    return " ".join(f"{place.lon!r},{place.lat!r}" for place in line)


def _add(parent: ET.Element, tag: str, text: str = "") -> ET.Element:
    element = ET.SubElement(parent, f"{{{_NAMESPACE}}}{tag}")
    element.text = text or None
    return element


def _child(element: ET.Element, tag: str) -> ET.Element | None:
    return next((child for child in element if _tag(child) == tag), None)


def _text(element: ET.Element | None) -> str:
    return "" if element is None else (element.text or "").strip()


def _tag(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]
