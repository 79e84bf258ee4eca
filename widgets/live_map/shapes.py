"""What the live map can show, as plain values: vehicles in columns, everything else one value per object.

Positions are degrees, WGS 84, latitude first. The map knows no orders and no drivers: ids and words come from
outside and go back unchanged in its signals.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from widgets.marks.vehicle_kite import VehicleState

Position = tuple[float, float]
"""Latitude, longitude."""

RouteKind = Literal["to_come", "as_is", "driven", "other"]
StopKind = Literal["pickup", "drop", "depot"]
FenceState = Literal["open", "breached", "closed", "dormant", "edited"]
HandleKind = Literal["corner", "middle", "centre", "radius"]
ObjectKind = Literal["vehicle", "order", "stop", "zone", "fence", "closure"]

STATES = tuple(VehicleState)
NO_HEADING = -1.0
_METRES_PER_DEGREE = 111_320.0
_LEVEL_SHIFT, _SELECTED = 3, 64


def look_of(state: VehicleState, level: int = 0, selected: bool = False) -> int:
    """Return the look of a vehicle as the number its row carries.

    Parameters
    ----------
    state : VehicleState
    level : int, 0..4
        Alarm priority of an exception; 0 is none.
    selected : bool
    """
    if not 0 <= level <= 4:
        raise ValueError(f"level {level} is outside 0..4")
    return STATES.index(state) | level << _LEVEL_SHIFT | (_SELECTED if selected else 0)


def area_around(
    lat: NDArray[np.float64], lon: NDArray[np.float64], *, share: float = 0.92, margin_metres: float = 700.0
) -> tuple[float, float, float, float]:
    """Return the area most of some positions lie in: south, west, north, east in degrees.

    A city's whole extent is mostly roads that lead out of it; this is where the work is.

    Parameters
    ----------
    lat, lon : (n,) degrees, n > 0
    share : float
        How many of the positions must lie inside on each axis, 0..1.
    margin_metres : float
        Added on every side.

    Raises
    ------
    ValueError
        When there are no positions.
    """
    if not len(lat):
        raise ValueError("an area needs at least one position")
    cut = (1.0 - share) / 2.0
    south, north = np.quantile(lat, (cut, 1.0 - cut))
    west, east = np.quantile(lon, (cut, 1.0 - cut))
    tall = margin_metres / _METRES_PER_DEGREE
    wide = tall / float(np.cos(np.radians((south + north) / 2)))
    return float(south - tall), float(west - wide), float(north + tall), float(east + wide)


@dataclass(frozen=True, slots=True)
class VehicleRows:
    """All vehicles on the map, one row each.

    Attributes
    ----------
    ids : n distinct ids
    lat, lon : (n,) degrees, the last fix
    heading_deg : (n,) degrees clockwise from north; negative when unknown
    look : (n,) int, from `look_of`
    """

    ids: Sequence[str]
    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    heading_deg: NDArray[np.float64]
    look: NDArray[np.int8]

    def __post_init__(self) -> None:
        count = len(self.ids)
        if any(len(column) != count for column in (self.lat, self.lon, self.heading_deg, self.look)):
            raise ValueError("vehicle columns differ in length")


@dataclass(frozen=True, slots=True)
class OrderPoint:
    """A place an order waits at; `level` is its alarm priority, 0 for none."""

    id: str
    lat: float
    lon: float
    level: int = 0
    selected: bool = False


@dataclass(frozen=True, slots=True)
class StopMark:
    """A stop of the shown route; `number` is its place in the route, 0 where that is not said, as of a depot."""

    id: str
    kind: StopKind
    number: int
    lat: float
    lon: float
    done: bool = False


@dataclass(frozen=True, slots=True)
class RouteLine:
    """A line along streets; `coordinates` is a sequence of latitude, longitude."""

    kind: RouteKind
    coordinates: Sequence[Position]


@dataclass(frozen=True, slots=True)
class ZoneShape:
    """A zone with its name and a note such as "6 short"; emphasised when the note needs a person, hatched if closed."""

    id: str
    name: str
    note: str
    polygon: Sequence[Position]
    emphasised: bool = False
    closed: bool = False


@dataclass(frozen=True, slots=True)
class ClosureMark:
    """A street that is closed at a place: until when, and why."""

    id: str
    lat: float
    lon: float
    title: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Circle:
    """A circle on the ground."""

    lat: float
    lon: float
    radius_metres: float


@dataclass(frozen=True, slots=True)
class FenceShape:
    """A geofence: a polygon, with holes if it has any, or a circle; `note` is said of one that is dormant."""

    id: str
    name: str
    shape: Sequence[Position] | Circle
    state: FenceState = "open"
    holes: Sequence[Sequence[Position]] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class EditHandle:
    """A place of an edited shape that can be taken hold of; its id comes back when it is."""

    id: str
    kind: HandleKind
    lat: float
    lon: float
    selected: bool = False


@dataclass(frozen=True, slots=True)
class EditedShape:
    """What is drawn by hand: finished rings, the path in hand, a corridor, or a circle; and where it is wrong.

    Attributes
    ----------
    rings : closed by the page: the outline, then its holes
    open_path : the corners of the ring that is being drawn
    line, width_metres : a corridor's middle and its whole width on the ground
    fault : where the shape cannot be as it is
    adds_corners : whether a click adds a corner
    """

    rings: Sequence[Sequence[Position]] = ()
    open_path: Sequence[Position] = ()
    line: Sequence[Position] = ()
    width_metres: float = 0.0
    circle: Circle | None = None
    handles: Sequence[EditHandle] = ()
    fault: Position | None = None
    adds_corners: bool = False


@dataclass(frozen=True, slots=True)
class Callout:
    """What is wrong with one object, in two lines beside it.

    A callout whose subject is a vehicle on the map follows that vehicle; any other stays at its position.
    """

    subject_id: str
    lat: float
    lon: float
    level: int
    title: str
    detail: str
    selected: bool = False
    kind: ObjectKind = "order"
