"""Writes a played day in the official solution format, and reads it back for the check."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from backend_service.benchmarks.mdrplib_days.instance import MINUTE, Day
from backend_service.benchmarks.mdrplib_days.trips import Trip


def write_solution(folder: Path, day: Day, trips: list[Trip]) -> None:
    """Write the three files of a day into `folder`, which is made; times in minutes."""
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "solution_info_assignments.txt", "assignment_time pickup_time courier orders", _assignments(trips))
    header = "order placement_time restaurant latitude longitude ready_time pickup_time dropoff_time courier"
    _write(folder / "solution_info_orders.txt", header, _orders(day, trips))
    _write(folder / "solution_info_couriers.txt", "courier departure_time origin destination", _legs(day, trips))


@dataclass(frozen=True, slots=True)
class WrittenTrip:
    """A line of assignments as it stands in the file, minutes."""

    assigned: float
    pickup: float
    courier: str
    orders: tuple[str, ...]


def read_trips(folder: Path) -> list[WrittenTrip]:
    """Return the assignments of a solution."""
    return [
        WrittenTrip(float(row[0]), float(row[1]), row[2], tuple(row[3:]))
        for row in _lines(folder / "solution_info_assignments.txt")
    ]


def read_drop_offs(folder: Path) -> dict[str, tuple[float, float, str]]:
    """Return pickup and drop-off, minutes, and courier of each order; ``nan`` where it was not delivered."""
    return {row[0]: (float(row[6]), float(row[7]), row[8]) for row in _lines(folder / "solution_info_orders.txt")}


def read_legs(folder: Path) -> dict[str, list[tuple[float, str, str]]]:
    """Return (departure in minutes, origin, destination) of each courier's legs, in the file's order."""
    legs: dict[str, list[tuple[float, str, str]]] = {}
    for courier, departure, origin, destination in _lines(folder / "solution_info_couriers.txt"):
        legs.setdefault(courier, []).append((float(departure), origin, destination))
    return legs


def _lines(path: Path) -> list[list[str]]:
    return [line.split() for line in path.read_text().splitlines()[1:]]


def _write(path: Path, header: str, lines: list[str]) -> None:
    path.write_text("\n".join([header, *lines]) + "\n")


def _minutes(seconds: float) -> str:
    # Rounding of one second, told to a hundred thousandth of a minute: a millisecond at most is lost.
    return f"{seconds / MINUTE:.5f}".rstrip("0").rstrip(".")


def _assignments(trips: list[Trip]) -> list[str]:
    return [
        f"{_minutes(trip.assigned_at)} {_minutes(trip.pickup_at)} {trip.courier} {' '.join(trip.orders)}"
        for trip in sorted(trips, key=lambda trip: (trip.assigned_at, trip.courier))
    ]


def _orders(day: Day, trips: list[Trip]) -> list[str]:
    done = {
        name: (_minutes(trip.pickup_at), _minutes(at), trip.courier)
        for trip in trips
        for name, at in zip(trip.orders, trip.drop_offs_at, strict=True)
    }
    lines = []
    for order in day.orders.values():
        _, x, y = day.places[order.door]
        pickup, drop_off, courier = done.get(order.name, ("nan", "nan", "nan"))
        placed, ready = _minutes(order.placed_at), _minutes(order.ready_at)
        lines.append(f"{order.name} {placed} {order.restaurant} {y:g} {x:g} {ready} {pickup} {drop_off} {courier}")
    return lines


def _legs(day: Day, trips: list[Trip]) -> list[str]:
    lines = []
    for courier in day.couriers.values():
        mine = sorted((trip for trip in trips if trip.courier == courier.name), key=lambda trip: trip.pickup_at)
        for trip in mine:
            for at, origin, destination in trip.legs:
                start = "0" if origin == courier.place else day.places[origin][0]
                lines.append(f"{courier.name} {_minutes(at)} {start} {day.places[destination][0]}")
    return lines
