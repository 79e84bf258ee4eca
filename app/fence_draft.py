"""One state of a fence in hand, its handles, and the small geometry of both; `app.fence_drawing` changes it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import cos, hypot, radians

from core.geodesy import METRES_PER_DEGREE
from core.geofencing.fence import Fence, FenceKind
from core.vocabulary import Position

type Path = tuple[Position, ...]

FIRST_RADIUS_M, FIRST_WIDTH_M = 150.0, 40.0


class HandleKind(StrEnum):
    """What can be taken hold of."""

    CORNER = "corner"
    MIDDLE = "middle"
    CENTRE = "centre"
    RADIUS = "radius"


@dataclass(frozen=True, slots=True)
class Handle:
    """A place to take hold of: corner `index` of path `path`, the middle of the edge after it, or the circle's two."""

    kind: HandleKind
    position: Position
    path: int = 0
    index: int = 0

    @property
    def id(self) -> str:
        """Its name while the drawing is as it is."""
        return f"{self.kind}:{self.path}:{self.index}"


@dataclass(frozen=True, slots=True)
class Draft:
    """One state of the drawing; `fence` holds the figures, its own shape is not looked at.

    `way` is the path along streets through the corners of a corridor, while they are those it was asked for.
    """

    fence: Fence
    kind: FenceKind
    paths: tuple[Path, ...] = ()
    centre: Position | None = None
    radius_m: float = FIRST_RADIUS_M
    width_m: float = FIRST_WIDTH_M
    is_drawing: bool = False
    follows_streets: bool = False
    way: Path = ()


def opened(fence: Fence) -> Draft:
    """Return a saved fence as it is drawn."""
    paths: tuple[Path, ...] = tuple(ring[:-1] for ring in (fence.ring, *fence.holes) if ring)
    if fence.kind is FenceKind.CORRIDOR:
        paths = (fence.line,)
    return Draft(
        fence,
        fence.kind,
        paths,
        fence.centre,
        fence.radius_m or FIRST_RADIUS_M,
        fence.width_m or FIRST_WIDTH_M,
    )


def closed(path: Path) -> Path:
    return (*path, path[0]) if path else ()


def between(one: Position, other: Position) -> Position:
    return Position((one.lat + other.lat) / 2, (one.lon + other.lon) / 2)


def apart_m(one: Position, other: Position) -> float:
    """Return the metres between two near places, as on a plane."""
    east = (other.lon - one.lon) * cos(radians(one.lat))
    return METRES_PER_DEGREE * hypot(other.lat - one.lat, east)


def east_of(centre: Position, metres: float) -> Position:
    """Return the place so many metres east of another."""
    return Position(centre.lat, centre.lon + metres / (METRES_PER_DEGREE * cos(radians(centre.lat))))
