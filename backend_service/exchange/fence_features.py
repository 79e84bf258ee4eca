"""A fence as a feature of a geographic file: a geometry, and named values beside it, each in one line of a table.

A polygon is a polygon; a circle is a point with `radius_m`, a corridor a line with `width_m`. What a file does not say
is as for a fence that is drawn without it. Files of other programs are read as well; what they say besides is passed
over.
"""

from __future__ import annotations

import math
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from typing import Any

import msgspec

from backend_service.exchange import cells
from backend_service.exchange.cells import BadCell, Cell
from core.geofencing.active_hours import DAY_MIN, ActiveHours, Weekday
from core.geofencing.fence import Fence, FencePurpose, FenceTrigger
from core.geofencing.fence_check import check_fence
from core.refusals import Refusal
from core.vocabulary import FenceId, Position, Role

MOST_FEATURES = 10_000
MOST_POSITIONS = 1_000_000

_ID_SPACE = uuid.UUID("0b0a4b1e-3b0e-4c0c-9b6b-8a6c0d3f5a11")

type Line = tuple[Position, ...]


class Geometry(StrEnum):
    """What a fence can be read from."""

    POLYGON = "polygon"
    LINE = "line"
    POINT = "point"


@dataclass(slots=True)
class Feature:
    """A feature as it stands in a file, from 1; `lines` are a polygon's rings, or the one line or point."""

    number: int
    name: str = ""
    fence_id: str = ""
    geometry: Geometry | None = None
    lines: tuple[Line, ...] = ()
    values: dict[str, Any] = field(default_factory=dict)


class FeatureProblem(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with a feature, by its number from 1 and its name, and where, if a place is to blame."""

    feature: int
    name: str
    code: str
    why: str
    lat: float | None = None
    lon: float | None = None


@dataclass(frozen=True, slots=True)
class ReadFences:
    """The good fences of a file, the features that they came from, and what is wrong with the others."""

    fences: list[Fence]
    numbers: list[int]
    problems: list[FeatureProblem]

    @property
    def features(self) -> int:
        """How many features the file has."""
        return len(self.fences) + len(self.problems)


class BadFeature(Exception):
    """A feature is no fence."""

    def __init__(self, code: str, why: str) -> None:
        super().__init__(why)
        self.code = code


class BadFile(Refusal):
    """A file cannot be read at all."""

    def __init__(self, why: str) -> None:
        super().__init__("import.unreadable", why)


@dataclass(frozen=True, slots=True)
class _Value:
    """A value beside the geometry: how it is read from a cell, and what it is in a fence of ours."""

    name: str
    read: Callable[[Cell], Any]
    write: Callable[[Fence], Any]


def _name(cell: Cell) -> str:
    return str(cells.text(cells.LONGEST_NAME)(Cell(cell.value, is_text=False)))


def _one_of[Word: StrEnum](words: type[Word]) -> Callable[[Cell], Word]:
    def read(cell: Cell) -> Word:
        try:
            return words(cell.value)
        except ValueError:
            raise BadCell(f"none of {', '.join(words)}") from None

    return read


def _listed(cell: Cell) -> tuple[str, ...]:
    return cells.words(Cell(cell.value, is_text=False)) if cell.value else ()


def _roles(cell: Cell) -> tuple[Role, ...]:
    return tuple(_one_of(Role)(Cell(word)) for word in _listed(cell))


def _hours(cell: Cell) -> tuple[ActiveHours, ...]:
    return tuple(read_hours(text) for text in _listed(cell))


def read_hours(text: str) -> ActiveHours:
    """Return hours written like ``friday,saturday 22:00-06:00``.

    Raises
    ------
    BadCell
        If they are not.
    """
    days, _, times = text.partition(" ")
    begin, _, end = times.partition("-")
    try:
        weekdays = tuple(Weekday(day) for day in days.split(","))
        return ActiveHours(weekdays=weekdays, from_min=_minutes(begin) % DAY_MIN, until_min=_minutes(end))
    except ValueError:
        raise BadCell("hours are written like friday,saturday 22:00-06:00") from None


def _minutes(text: str) -> int:
    hours, _, minutes = text.partition(":")
    if not (hours.isdigit() and minutes.isdigit() and len(minutes) == 2):
        raise ValueError(text)
    found = int(hours) * 60 + int(minutes)
    if int(minutes) > 59 or found > DAY_MIN:
        raise ValueError(text)
    return found


def write_hours(hours: ActiveHours) -> str:
    """Return hours as `read_hours` reads them."""
    begin, end = (f"{minutes // 60:02d}:{minutes % 60:02d}" for minutes in (hours.from_min, hours.until_min))
    return f"{','.join(hours.weekdays)} {begin}-{end}"


_METRES = cells.number(0.0, 1e6)
VALUES = (
    _Value("purpose", _one_of(FencePurpose), lambda fence: str(fence.purpose)),
    _Value("trigger", _one_of(FenceTrigger), lambda fence: str(fence.trigger)),
    _Value("associated_with", _name, lambda fence: fence.associated_with),
    _Value("radius_m", _METRES, lambda fence: fence.radius_m if fence.centre else None),
    _Value("width_m", _METRES, lambda fence: fence.width_m if fence.line else None),
    _Value("leave_margin_m", _METRES, lambda fence: fence.leave_margin_m),
    _Value("confirm_fixes", cells.integer, lambda fence: fence.confirm_fixes),
    _Value("accuracy_limit_m", _METRES, lambda fence: fence.accuracy_limit_m),
    _Value("dwell_s", _METRES, lambda fence: fence.dwell_s),
    _Value("speed_limit_mps", _METRES, lambda fence: fence.speed_limit_mps),
    _Value("hours", _hours, lambda fence: [write_hours(hours) for hours in fence.hours]),
    _Value("groups", _listed, lambda fence: list(fence.groups)),
    _Value("tells", _roles, lambda fence: [str(role) for role in fence.tells]),
)


def values_of(fence: Fence) -> dict[str, Any]:
    """Return what stands beside a fence's geometry."""
    written = ((value.name, value.write(fence)) for value in VALUES)
    return {name: value for name, value in written if value is not None}


def read_features(features: Iterable[Feature | FeatureProblem]) -> ReadFences:
    """Return the fences of features, each checked as if it were drawn."""
    read, seen = ReadFences([], [], []), set[str]()
    for feature in features:
        if isinstance(feature, FeatureProblem):
            read.problems.append(feature)
            continue
        try:
            fence = _fence(feature)
            check_fence(fence)
            if fence.fence_id in seen:
                raise BadFeature("import.doubled", f"{fence.fence_id} stands in the file twice.")
        except BadFeature as error:
            read.problems.append(problem(feature, error.code, str(error)))
        except Refusal as refusal:
            lat, lon = refusal.details.get("lat"), refusal.details.get("lon")
            read.problems.append(problem(feature, refusal.code, refusal.sentence, lat=lat, lon=lon))
        else:
            seen.add(fence.fence_id)
            read.fences.append(fence)
            read.numbers.append(feature.number)
    return read


def problem(
    feature: Feature, code: str, why: str, *, lat: float | None = None, lon: float | None = None
) -> FeatureProblem:
    """Return what is wrong with a feature."""
    return FeatureProblem(feature=feature.number, name=feature.name, code=code, why=why, lat=lat, lon=lon)


def _fence(feature: Feature) -> Fence:
    if feature.geometry is None:
        raise BadFeature("import.no_geometry", "A fence is one polygon, one line or one point.")
    given = dict(_read_values(feature))
    rings = [anticlockwise(ring) for ring in feature.lines]
    shapes: dict[Geometry, dict[str, Any]] = {
        Geometry.POLYGON: {"ring": rings[0] if rings else (), "holes": tuple(rings[1:])},
        Geometry.LINE: {"line": feature.lines[0] if feature.lines else ()},
        Geometry.POINT: {"centre": feature.lines[0][0] if feature.lines and feature.lines[0] else None},
    }
    wanted = {Geometry.LINE: "width_m", Geometry.POINT: "radius_m"}.get(feature.geometry)
    for size in {"width_m", "radius_m"} - {wanted}:
        given.pop(size, None)
    if wanted is not None and wanted not in given:
        raise BadFeature("import.size_missing", f"A {feature.geometry} needs {wanted} beside it to be a fence.")
    name = feature.name or feature.fence_id or f"Fence {feature.number}"
    return Fence(fence_id=_id(feature), name=name, **given, **shapes[feature.geometry])


def _id(feature: Feature) -> FenceId:
    """Return the id given, or one made of what is drawn: the same file read twice draws nothing twice."""
    if feature.fence_id:
        try:
            return FenceId(str(cells.identifier(Cell(feature.fence_id))))
        except BadCell as error:
            raise BadFeature("import.id_malformed", f"id: {error}.") from None
    drawn = msgspec.json.encode((feature.name, feature.geometry, feature.lines))
    return FenceId(f"F-{uuid.uuid5(_ID_SPACE, drawn.decode()).hex[:12]}")


def _read_values(feature: Feature) -> Iterator[tuple[str, Any]]:
    for value in VALUES:
        written = feature.values.get(value.name)
        if written is None:
            continue
        try:
            yield value.name, value.read(Cell(written, is_text=isinstance(written, str)))
        except BadCell as error:
            raise BadFeature("import.value_malformed", f"{value.name}: {error}.") from None


def anticlockwise(ring: Line) -> Line:
    """Return a closed ring in the order in which its inside lies to the left."""
    doubled = sum(a.lon * b.lat - b.lon * a.lat for a, b in pairwise(ring))
    return ring if doubled >= 0.0 else ring[::-1]


def position(lon: object, lat: object) -> Position:
    """Return a position of two numbers of degrees.

    Raises
    ------
    BadFeature
        ``import.position_malformed``
    """
    east, north = _finite(lon), _finite(lat)
    if east is not None and north is not None:
        try:
            return Position(lat=north, lon=east)
        except ValueError as error:
            raise BadFeature("import.position_malformed", f"A position is {error}.") from None
    raise BadFeature("import.position_malformed", "A position is two numbers.")


def _finite(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        figure = float(value)
    except OverflowError:  # a whole number of more than 308 digits
        return None
    return figure if math.isfinite(figure) else None
