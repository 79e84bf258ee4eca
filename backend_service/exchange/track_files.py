"""Tracks of vehicles as files: GPX 1.1, GeoJSON (RFC 7946) and CSV, written part by part, never whole in memory.

A track laid onto streets says of each point whether it lies there, and how sure that is.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from itertools import batched
from types import MappingProxyType
from xml.sax.saxutils import escape

import msgspec

from backend_service.streets.snapping import Snapped
from core.telemetry.density import DensityRow
from core.telemetry.fix_batch import FixBatch
from core.vocabulary import Instant

POINTS_AT_ONCE = 1_000
_COLUMNS = ("fix_at", "lat", "lon", "speed_mps", "heading_deg", "accuracy_m", "is_valid", "device")
_SNAPPED_COLUMNS = ("is_snapped", "confidence", "raw_lat", "raw_lon")
_DENSITY_COLUMNS = ("from_at", "lat", "lon", "fixes", "vehicles", "mean_speed_mps")


class TrackFormat(StrEnum):
    """How a track is written."""

    GEOJSON = "geojson"
    GPX = "gpx"
    CSV = "csv"


MEDIA_TYPES: Mapping[TrackFormat, str] = MappingProxyType(
    {
        TrackFormat.GEOJSON: "application/geo+json",
        TrackFormat.GPX: "application/gpx+xml",
        TrackFormat.CSV: "text/csv; charset=utf-8; header=present",
    }
)


def write_track(vehicle_id: str, track: FixBatch, snapped: Snapped | None, file_format: TrackFormat) -> Iterator[bytes]:
    """Yield a file of one vehicle's fixes, oldest first, in parts; `snapped` is the track on streets, if asked for."""
    writers: dict[TrackFormat, Callable[[str, FixBatch, Snapped | None], Iterator[str]]] = {
        TrackFormat.GEOJSON: _geojson,
        TrackFormat.GPX: _gpx,
        TrackFormat.CSV: _csv,
    }
    return (part.encode() for part in writers[file_format](vehicle_id, track, snapped))


def write_density(rows: Iterator[DensityRow]) -> Iterator[bytes]:
    """Yield a CSV file of squares, in parts."""
    yield _lines([_DENSITY_COLUMNS]).encode()
    for part in batched(rows, POINTS_AT_ONCE):
        yield _lines(
            [
                (_time(row.from_at), row.lat, row.lon, row.fixes, row.vehicles, _figure(row.mean_speed_mps, 2))
                for row in part
            ]
        ).encode()


def _points(track: FixBatch, snapped: Snapped | None) -> Iterator[dict[str, object]]:
    """Yield each fix with what is known of it; unknown is ``None``."""
    for row in range(len(track)):
        lat, lon = float(track.lat[row]), float(track.lon[row])
        point: dict[str, object] = {
            "fix_at": _time(float(track.fix_at[row])),
            "lat": round(lat, 7),
            "lon": round(lon, 7),
            "speed_mps": _figure(float(track.speed_mps[row]), 2),
            "heading_deg": _figure(float(track.heading_deg[row]), 1),
            "accuracy_m": _figure(float(track.accuracy_m[row]), 1),
            "is_valid": bool(track.is_valid[row]),
            "device": str(track.device[row]),
        }
        if snapped is not None:
            point |= {
                "lat": round(float(snapped.lat[row]), 7),
                "lon": round(float(snapped.lon[row]), 7),
                "is_snapped": bool(snapped.is_snapped[row]),
                "confidence": _figure(float(snapped.confidence[row]), 3),
                "raw_lat": round(lat, 7),
                "raw_lon": round(lon, 7),
            }
        yield point


def _csv(vehicle_id: str, track: FixBatch, snapped: Snapped | None) -> Iterator[str]:
    columns = _COLUMNS if snapped is None else (*_COLUMNS, *_SNAPPED_COLUMNS)
    yield _lines([columns])
    for part in batched(_points(track, snapped), POINTS_AT_ONCE):
        yield _lines([tuple(_cell(point[name]) for name in columns) for point in part])


def _geojson(vehicle_id: str, track: FixBatch, snapped: Snapped | None) -> Iterator[str]:
    yield '{"type":"FeatureCollection","features":['
    separator = ""
    for part in batched(_points(track, snapped), POINTS_AT_ONCE):
        yield separator + ",".join(_feature(vehicle_id, point) for point in part)
        separator = ","
    yield "]}"


def _feature(vehicle_id: str, point: dict[str, object]) -> str:
    told = {name: value for name, value in point.items() if name not in ("lat", "lon")}
    feature = {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [point["lon"], point["lat"]]},
        "properties": {"vehicle_id": vehicle_id, **told},
    }
    return msgspec.json.encode(feature).decode()


def _gpx(vehicle_id: str, track: FixBatch, snapped: Snapped | None) -> Iterator[str]:
    yield (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<gpx version="1.1" creator="Tower" xmlns="http://www.topografix.com/GPX/1/1">'
        f"<trk><name>{escape(vehicle_id)}</name><trkseg>\n"
    )
    for part in batched(_points(track, snapped), POINTS_AT_ONCE):
        yield "".join(map(_track_point, part))
    yield "</trkseg></trk></gpx>\n"


def _track_point(point: dict[str, object]) -> str:
    """Return a point; the elements stand in the order in which the schema wants them."""
    source = ""
    if point.get("is_snapped"):
        source = f"<src>street, confidence {point['confidence']}</src>"
    elif "is_snapped" in point:
        source = "<src>receiver</src>"
    fix = "" if point["is_valid"] else "<fix>none</fix>"
    return f'<trkpt lat="{point["lat"]}" lon="{point["lon"]}"><time>{point["fix_at"]}</time>{source}{fix}</trkpt>\n'


def _lines(rows: list[tuple[object, ...]]) -> str:
    lines = io.StringIO()
    csv.writer(lines).writerows(rows)
    return lines.getvalue()


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return str(value).lower()
    text = "" if value is None else value
    # A spreadsheet would take a device's name that begins so for a formula.
    return f"'{text}" if isinstance(text, str) and text[:1] in "=+-@\t\r" and text else text


def _figure(value: float, digits: int) -> float | None:
    return round(value, digits) if math.isfinite(value) else None


def _time(instant: Instant) -> str:
    return datetime.fromtimestamp(instant, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
