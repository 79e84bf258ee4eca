"""A city's zones: read from a GeoJSON file and checked, or proposed as a grid of equal amounts of street.

A zone is one ring without holes, so a polygon with holes is cut through them and each part of a multipolygon becomes
a zone of its own. Where zones overlap, the first in the file has the place.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import msgspec
import numpy as np
import shapely
from shapely.geometry import box, mapping, shape
from shapely.geometry.base import BaseGeometry
from shapely.geometry.polygon import Polygon, orient

from backend_service.streets.extract import Extract
from core.refusals import Refusal

LARGEST_ZONES_BYTES = 20_000_000
MOST_ZONES = 500
_NAME_KEYS = ("name", "Name", "NAME", "title")
_KILOMETRES_PER_ZONE = 150.0
_MOST_ROWS = 4
_MARGIN_DEG = 0.002
"""About 200 m around the outermost street, so that a stop beside it is still inside."""

type Bbox = tuple[float, float, float, float]
"""West, south, east, north, degrees."""


def checked_zones(geojson: bytes, bbox: Bbox) -> bytes:
    """Return the zones of a GeoJSON file as a city keeps them: one hole-free polygon each, with an id and a name.

    Parameters
    ----------
    geojson : bytes
        A FeatureCollection of named polygons and multipolygons, WGS 84.
    bbox : tuple of float
        The city's streets; a zone must touch it.

    Raises
    ------
    Refusal
        ``zones.unreadable``, ``zones.none``, ``zones.too_many``; ``zones.invalid`` names every bad feature in
        `details["errors"]`.
    """
    features = _features(geojson)
    zones: list[tuple[str, Polygon]] = []
    errors: list[str] = []
    names: set[str] = set()
    for number, feature in enumerate(features, start=1):
        try:
            name, parts = _zone(feature, bbox)
            if name in names:
                raise ValueError(f"there is another zone named {name}")
        except ValueError as error:
            errors.append(f"Feature {number}: {error}.")
        else:
            names.add(name)
            zones += [(name if part == 1 else f"{name} {part}", ring) for part, ring in enumerate(parts, start=1)]
    if errors:
        raise Refusal("zones.invalid", "The zones cannot be used: " + " ".join(errors), errors=errors)
    if len(zones) > MOST_ZONES:
        raise Refusal("zones.too_many", f"The file has {len(zones)} zones, and {MOST_ZONES} are the most.")
    return _collection(zones)


def proposed_zones(extract: Extract) -> bytes:
    """Return a grid of zones with about equal lengths of street in each, as GeoJSON.

    Each is named for the quarter most often told inside it, or by its column and row from the north-west: A1, A2,
    B1. The grid holds all streets, with a margin, and its zones touch without overlap.
    """
    west, south, east, north = extract.bbox
    kilometres = float(extract.lengths_m.sum()) / 1000.0
    rows = int(np.clip(round((kilometres / _KILOMETRES_PER_ZONE) ** 0.5), 1, _MOST_ROWS))
    lat, lon = extract.middles[:, 0], extract.middles[:, 1]
    zones: list[tuple[str, Polygon]] = []
    taken: set[str] = set()
    columns = _equal_parts(lon, extract.lengths_m, rows, west - _MARGIN_DEG, east + _MARGIN_DEG)
    for letter, (left, right) in enumerate(columns):
        inside = (lon >= left) & (lon < right)
        bands = _equal_parts(lat[inside], extract.lengths_m[inside], rows, south - _MARGIN_DEG, north + _MARGIN_DEG)
        for number, (bottom, top) in enumerate(reversed(bands), start=1):
            quarter = _usual_quarter(extract, (left, bottom, right, top), taken)
            name = quarter or f"{chr(ord('A') + letter)}{number}"
            taken.add(name)
            zones.append((name, box(left, bottom, right, top)))
    return _collection(zones)


def _features(geojson: bytes) -> list[Any]:
    try:
        told = msgspec.json.decode(geojson)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Refusal("zones.unreadable", f"The zones are no GeoJSON: {error}.") from error
    features = told.get("features") if isinstance(told, dict) else None
    if not isinstance(features, list):
        raise Refusal("zones.unreadable", "The zones are no GeoJSON FeatureCollection.")
    if not features:
        raise Refusal("zones.none", "The file holds no zones; leave --zones out to have a grid proposed.")
    return features


def _zone(feature: Any, bbox: Bbox) -> tuple[str, list[Polygon]]:
    """Return a feature's name and hole-free polygons; raises `ValueError` with what is wrong."""
    told: dict[str, Any] = feature if isinstance(feature, dict) else {}
    properties: dict[str, Any] = told.get("properties") or {}
    geometry: dict[str, Any] = told.get("geometry") or {}
    name = next((str(properties[key]).strip() for key in _NAME_KEYS if properties.get(key)), "")
    if not name:
        raise ValueError("it has no name (a property called name)")
    kind = geometry.get("type")
    if kind not in ("Polygon", "MultiPolygon"):
        raise ValueError(f"{name} is no polygon but {kind or 'nothing'}")
    try:
        whole = shape(geometry)
    except (ValueError, TypeError, IndexError, AttributeError, KeyError, shapely.errors.ShapelyError) as error:
        raise ValueError(f"the corners of {name} cannot be read") from error
    _check_shape(name, whole, bbox)
    return name, [orient(part) for polygon in getattr(whole, "geoms", [whole]) for part in _without_holes(polygon)]


def _check_shape(name: str, whole: BaseGeometry, bbox: Bbox) -> None:
    if whole.is_empty or not np.all(np.isfinite(whole.bounds)):
        raise ValueError(f"{name} is empty")
    if not np.all(np.abs(whole.bounds) <= (180.0, 90.0, 180.0, 90.0)):
        raise ValueError(f"{name} is not in degrees; save it as WGS 84 (EPSG:4326)")
    if not whole.is_valid:
        raise ValueError(f"{name} has an impossible outline ({shapely.is_valid_reason(whole)})")
    if not whole.intersects(box(*bbox)):
        raise ValueError(f"{name} lies outside the city")


def _without_holes(polygon: Polygon) -> Iterator[Polygon]:
    """Cut a polygon from north to south through its first hole, until none is left."""
    if not polygon.interiors:
        yield Polygon([corner[:2] for corner in polygon.exterior.coords])
        return
    cut = polygon.interiors[0].centroid.x
    west, south, east, north = polygon.bounds
    for half in (box(west, south, cut, north), box(cut, south, east, north)):
        piece = polygon.intersection(half)
        for part in getattr(piece, "geoms", [piece]):
            if isinstance(part, Polygon):
                yield from _without_holes(part)


def _equal_parts(
    values: np.ndarray[Any, np.dtype[np.float64]],
    weights: np.ndarray[Any, np.dtype[np.float64]],
    parts: int,
    first: float,
    last: float,
) -> list[tuple[float, float]]:
    """Return `parts` intervals from `first` to `last`, cut where the weights of the values are halved, thirded ..."""
    order = np.argsort(values)
    reached = np.cumsum(weights[order]) / max(float(weights.sum()), 1e-9)
    shares = np.arange(1, parts) / parts
    cuts = [float(values[order][min(int(np.searchsorted(reached, share)), len(values) - 1)]) for share in shares]
    edges = [first, *cuts, last] if len(values) else np.linspace(first, last, parts + 1).tolist()
    return [(low, high) for low, high in pairwise(edges) if high > low]


def _usual_quarter(extract: Extract, bbox: Bbox, taken: set[str]) -> str | None:
    west, south, east, north = bbox
    inside = Counter(
        name for name, lat, lon in extract.quarters if south <= lat < north and west <= lon < east and name not in taken
    )
    return inside.most_common(1)[0][0] if inside else None


def _collection(zones: list[tuple[str, Polygon]]) -> bytes:
    taken: set[str] = set()
    features = []
    for name, ring in zones:
        plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
        wanted = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60] or "zone"
        zone_id = next(
            said for n in range(len(zones) + 1) if (said := f"{wanted}-{n + 1}" if n else wanted) not in taken
        )
        taken.add(zone_id)
        outline = msgspec.json.decode(msgspec.json.encode(mapping(orient(ring))))
        features.append({"type": "Feature", "id": zone_id, "properties": {"name": name}, "geometry": outline})
    return msgspec.json.encode({"type": "FeatureCollection", "features": features})
