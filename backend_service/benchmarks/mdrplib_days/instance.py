"""A day of the Meal Delivery Routing Problem as its files tell it; times in seconds from midnight.

Source: D. Reyes, A. Erera, M. Savelsbergh, S. Sahasrabudhe, R. O'Neil, *The Meal Delivery Routing Problem*, 2018.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.dispatch.matching.work import Seconds

MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class DayOrder:
    """An order; `kitchen` and `door` are places."""

    name: str
    placed_at: float
    ready_at: float
    restaurant: str
    kitchen: int
    door: int


@dataclass(frozen=True, slots=True)
class DayCourier:
    """A courier, who starts at `place`."""

    name: str
    place: int
    on_at: float
    off_at: float


@dataclass(frozen=True, slots=True)
class Day:
    """One instance. `places` has the name and position in metres of each place; `travel` the legs between them."""

    name: str
    orders: dict[str, DayOrder]
    couriers: dict[str, DayCourier]
    places: tuple[tuple[str, float, float], ...]
    travel: Seconds
    metres_per_minute: float
    half_pickup_s: float
    half_drop_off_s: float
    target_s: float
    longest_s: float
    pay_per_order: float
    pay_per_hour: float


def read_day(folder: Path, rounding_s: float) -> Day:
    """Return the day in `folder`, each leg rounded up to a multiple of `rounding_s` seconds."""
    rules = _rows(folder / "instance_parameters.txt")[0]
    couriers, restaurants, orders = (_rows(folder / f"{kind}.txt") for kind in ("couriers", "restaurants", "orders"))
    places = tuple(
        (row[kind], float(row["x"]), float(row["y"]))
        for kind, rows in (("courier", couriers), ("restaurant", restaurants), ("order", orders))
        for row in rows
    )
    number = {name: i for i, (name, _, _) in enumerate(places)}
    return Day(
        name=folder.name,
        orders={row["order"]: _order(row, number) for row in orders},
        couriers={
            row["courier"]: DayCourier(
                row["courier"],
                number[row["courier"]],
                MINUTE * float(row["on_time"]),
                MINUTE * float(row["off_time"]),
            )
            for row in couriers
        },
        places=places,
        travel=_legs(places, float(rules["meters_per_minute"]), rounding_s),
        metres_per_minute=float(rules["meters_per_minute"]),
        half_pickup_s=MINUTE * float(rules["pickup service minutes"]) / 2.0,
        half_drop_off_s=MINUTE * float(rules["dropoff service minutes"]) / 2.0,
        target_s=MINUTE * float(rules["target click-to-door"]),
        longest_s=MINUTE * float(rules["maximum click-to-door"]),
        pay_per_order=float(rules["pay per order"]),
        pay_per_hour=float(rules["guaranteed pay per hour"]),
    )


def _order(row: dict[str, str], number: dict[str, int]) -> DayOrder:
    return DayOrder(
        name=row["order"],
        placed_at=MINUTE * float(row["placement_time"]),
        ready_at=MINUTE * float(row["ready_time"]),
        restaurant=row["restaurant"],
        kitchen=number[row["restaurant"]],
        door=number[row["order"]],
    )


def _legs(places: tuple[tuple[str, float, float], ...], metres_per_minute: float, rounding_s: float) -> Seconds:
    at = np.array([(x, y) for _, x, y in places])
    metres = np.hypot(at[:, None, 0] - at[None, :, 0], at[:, None, 1] - at[None, :, 1])
    # A hair less, so that a leg of a whole number of minutes is not rounded up to the next by the last bit.
    return np.asarray(np.ceil(metres / metres_per_minute * MINUTE / rounding_s - 1e-9) * rounding_s)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open() as lines:
        return list(csv.DictReader(lines, delimiter="\t"))
