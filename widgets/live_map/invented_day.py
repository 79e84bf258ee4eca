"""Invented vehicles, zones and exceptions on a city's real streets, for the map's demonstration and its tests."""

from pathlib import Path

import numpy as np
import shapely

from widgets.basemap.built_land import built_land
from widgets.basemap.mercator import Floats, metres_to_unit
from widgets.basemap.street_file import Streets, read_streets
from widgets.live_map.shapes import (
    Callout,
    Circle,
    FenceShape,
    Position,
    RouteLine,
    StopMark,
    VehicleRows,
    ZoneShape,
    look_of,
)
from widgets.marks.vehicle_kite import VehicleState

_STATES = (VehicleState.CARRYING, VehicleState.TO_PICKUP, VehicleState.FREE, VehicleState.PAUSED)
_SHARES = (0.5, 0.2, 0.2, 0.1)
_SPEED_MPS = 9.0
_ZONE_NAMES = ("North", "Old Town", "Beach", "Market", "Harbour", "Mills", "Hill", "Station", "Gardens")
_NOTES = ("3 short", "1 spare", "balanced", "1 short", "2 spare", "balanced", "1 short", "1 spare", "balanced")
_EMPHASISED = 0


class InventedDay:
    """Vehicles that drive to and fro along long streets.

    Parameters
    ----------
    city : Path
        An OpenStreetMap file.
    vehicles : int
    seed : int
    """

    def __init__(self, city: Path, vehicles: int, seed: int = 7) -> None:
        streets = read_streets(city)
        self._dice = np.random.default_rng(seed)
        self._metre = metres_to_unit(1.0, (streets.bounds[1] + streets.bounds[3]) / 2)
        self._lines = _long_lines(streets)
        lengths = shapely.length(self._lines)
        weights = np.minimum(lengths, np.quantile(lengths, 0.9))
        self._line = self._dice.choice(len(self._lines), size=vehicles, p=weights / weights.sum())
        self._start = self._dice.random(vehicles)
        self._state = self._dice.choice(len(_STATES), size=vehicles, p=_SHARES)
        self._centre = np.median(shapely.get_coordinates(shapely.centroid(self._lines)), axis=0)
        self._land = built_land(streets)
        self._ids = [f"D-{number:03d}" for number in range(1, vehicles + 1)]
        middles = self._points(np.arange(vehicles), 0.0)
        nearest = np.argsort(np.hypot(*(middles - self._centre).T))
        self._chosen = int(nearest[min(5, vehicles - 1)])
        self._alarmed = [int(nearest[min(20, vehicles - 1)]), int(nearest[min(60, vehicles - 1)])]

    @property
    def selected_id(self) -> str:
        """The vehicle whose plan is shown."""
        return self._ids[self._chosen]

    @property
    def area(self) -> tuple[float, float, float, float]:
        """South, west, north, east of the inner city in degrees."""
        (south, west), (north, east) = (
            _degrees(self._centre + np.array(corner) * self._metre) for corner in ((-8500, 4600), (6500, -4600))
        )
        return south, west, north, east

    def vehicles_at(self, seconds: float) -> VehicleRows:
        """Return all vehicles as of some seconds after the start."""
        everyone = np.arange(len(self._ids))
        points = self._points(everyone, seconds)
        ahead = self._points(everyone, seconds + 1.0)
        turn = np.degrees(np.arctan2(ahead[:, 0] - points[:, 0], points[:, 1] - ahead[:, 1])) % 360
        degrees = np.array([_degrees(point) for point in points])
        look = np.array([look_of(_STATES[state]) for state in self._state], dtype=np.int8)
        look[::37] = look_of(VehicleState.STALE)
        look[self._alarmed[0]] = look_of(VehicleState.CARRYING, level=2)
        look[self._alarmed[1]] = look_of(VehicleState.STALE, level=1)
        look[self._chosen] = look_of(VehicleState.FREE)
        heading = np.where(self._state == _STATES.index(VehicleState.PAUSED), -1.0, turn)
        return VehicleRows(self._ids, degrees[:, 0], degrees[:, 1], heading, look)

    def zones(self) -> list[ZoneShape]:
        """Return nine zones that share the built-up land."""
        around = self._dice.random((len(_ZONE_NAMES), 2)) - 0.5
        sites = self._centre + around * np.array([9000, 13000]) * self._metre
        cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(sites), extend_to=self._land))
        zones = []
        for number, cell in enumerate(shapely.intersection(cells, self._land)):
            parts = shapely.get_parts(cell)
            largest = parts[int(np.argmax(shapely.area(parts)))]
            ring = [_degrees(point) for point in shapely.get_coordinates(largest.exterior)]
            name, note = _ZONE_NAMES[number], _NOTES[number]
            zones.append(ZoneShape(name, name, note, ring, emphasised=number == _EMPHASISED))
        return zones

    def fences(self) -> list[FenceShape]:
        """Return a breached fence and a closed one."""
        lat, lon = _degrees(self._centre + np.array([-1500, -2500]) * self._metre)
        corners = ((1500, 1500), (2300, 1700), (2200, 2500), (1400, 2300))
        ring = [_degrees(self._centre + np.array(corner) * self._metre) for corner in corners]
        return [
            FenceShape("F-1", "Depot", Circle(lat, lon, 420.0), "breached"),
            FenceShape("F-2", "Works", ring, "closed"),
        ]

    def routes(self) -> list[RouteLine]:
        """Return the selected vehicle's plan: what is to come and what it would be now."""
        return [RouteLine("to_come", self._ahead(1.0)), RouteLine("as_is", self._ahead(-1.0))]

    def stops(self) -> list[StopMark]:
        """Return the stops of that plan."""
        pickup, drop = self._ahead(1.0)[-1], self._ahead(-1.0)[-1]
        return [StopMark("S-1", "pickup", 1, *pickup), StopMark("S-2", "drop", 2, *drop)]

    def callouts(self) -> list[Callout]:
        """Return two vehicles in trouble and an order at the pickup."""
        rows = self.vehicles_at(0.0)
        late, silent = self._alarmed
        lat, lon = self.stops()[0].lat, self.stops()[0].lon
        return [
            Callout(
                rows.ids[silent],
                rows.lat[silent],
                rows.lon[silent],
                1,
                f"{rows.ids[silent]} no position",
                "last 14:25:28",
                kind="vehicle",
            ),
            Callout(
                rows.ids[late], rows.lat[late], rows.lon[late], 2, "B-3051 bundle", "breaks 1 promise", kind="vehicle"
            ),
            Callout("O-48213", lat, lon, 1, "O-48213 +11 min", "D-117 not moving 9 min", selected=True),
        ]

    def _points(self, vehicles: "np.ndarray[tuple[int], np.dtype[np.int64]]", seconds: float) -> Floats:
        lines = self._lines[self._line[vehicles]]
        moved = seconds * _SPEED_MPS * self._metre / shapely.length(lines)
        share = (self._start[vehicles] + np.where(self._is_parked(vehicles), 0.0, moved)) % 2.0
        folded = np.where(share > 1.0, 2.0 - share, share)
        places = shapely.line_interpolate_point(lines, folded, normalized=True)
        points: Floats = shapely.get_coordinates(places)
        return points

    def _is_parked(
        self, vehicles: "np.ndarray[tuple[int], np.dtype[np.int64]]"
    ) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
        paused = self._state[vehicles] == _STATES.index(VehicleState.PAUSED)
        parked: np.ndarray[tuple[int], np.dtype[np.bool_]] = np.logical_or(paused, vehicles % 37 == 0)
        return parked

    def _ahead(self, direction: float) -> list[Position]:
        line = self._lines[self._line[self._chosen]]
        start = self._start[self._chosen]
        end = float(np.clip(start + direction * 2200 * self._metre / line.length, 0.0, 1.0))
        shares = np.linspace(start, end, 60)
        places = shapely.line_interpolate_point(line, shares, normalized=True)
        return [_degrees(point) for point in shapely.get_coordinates(places)]


def _long_lines(streets: Streets) -> "np.ndarray[tuple[int], np.dtype[np.object_]]":
    merged = shapely.line_merge(shapely.multilinestrings(streets.lines[streets.ranks >= 3]))
    lines = shapely.get_parts(merged)
    lengths = shapely.length(lines)
    longest: np.ndarray[tuple[int], np.dtype[np.object_]] = lines[lengths > np.quantile(lengths, 0.8)]
    return longest


def _degrees(point: Floats) -> Position:
    lat = float(np.degrees(np.arctan(np.sinh(np.pi * (1.0 - 2.0 * point[1])))))
    return lat, float(point[0] * 360.0 - 180.0)
