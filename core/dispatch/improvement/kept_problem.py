"""The problem behind a plan as bytes, so that the plan can be found again: every number as it was searched.

Driving times between places and columns of numbers, the names of drivers and orders: no position and no person is in
it. Whole tenths, as streets give them, take four bytes. The same problem has one digest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import msgspec
import numpy as np

from core.dispatch.improvement.columns import Floats
from core.dispatch.improvement.problem import Fleet, Plan, Prices, Problem, Work
from core.vocabulary import DriverId, OrderId

_VERSION = 1
_TENTHS = "tenths"
_MOST_TENTHS = 2_000_000_000
_CAME_LATER = frozenset({"rests", "last_pickup_at"})


class NotAProblem(Exception):
    """The bytes are no problem that was kept."""


@dataclass(frozen=True, slots=True, eq=False)
class KeptProblem:
    """What a search was given beside its seed, and by what its plan was cut down to the parts worth it.

    Parameters
    ----------
    problem : Problem
    plan : Plan
        The one in force then.
    drivers, orders : tuple
        The names of its numbers.
    iterations : int
        The budget; the marks of the plan on record say how much of it was used up when.
    least : float
        Money that each part of the change had to save.
    most : int
        So many drivers were to get another plan at most.
    """

    problem: Problem
    plan: Plan
    drivers: tuple[DriverId, ...]
    orders: tuple[OrderId, ...]
    iterations: int
    least: float
    most: int


type Hold = Callable[[KeptProblem], str]
"""Takes the problem behind a plan, and returns what it is known by."""


def encoded(kept: KeptProblem) -> bytes:
    """Return the problem as bytes."""
    problem = kept.problem
    tables = {
        "durations_s": _told(problem.durations_s),
        "distances_m": _told(problem.distances_m),
        "fleet": {name: _told(table) for name, table in _columns(problem.fleet)},
        "work": {name: _told(table) for name, table in _columns(problem.work)},
    }
    return msgspec.msgpack.encode(_told_beside_tables(kept) | tables)


def decoded(raw: bytes) -> KeptProblem:
    """Return the problem of its bytes.

    Raises
    ------
    NotAProblem
        If they are none, or of another version.
    """
    try:
        told: dict[str, Any] = msgspec.msgpack.decode(raw)
        if told["version"] != _VERSION:
            raise NotAProblem(f"it was kept in form {told['version']}, and this is form {_VERSION}")
        problem = Problem(
            durations_s=_table(told["durations_s"]),
            distances_m=_table(told["distances_m"]),
            fleet=Fleet(**{name: _table(column) for name, column in told["fleet"].items()}),
            work=Work(**{name: _table(column) for name, column in told["work"].items()}),
            prices=Prices(**told["prices"]),
            frozen=tuple(tuple(route) for route in told["frozen"]),
        )
        return KeptProblem(
            problem=problem,
            plan=Plan(tuple(tuple(route) for route in told["routes"]), tuple(told["unserved"])),
            drivers=tuple(DriverId(name) for name in told["drivers"]),
            orders=tuple(OrderId(name) for name in told["orders"]),
            iterations=told["iterations"],
            least=told["least"],
            most=told["most"],
        )
    except (msgspec.DecodeError, KeyError, TypeError, ValueError) as error:
        raise NotAProblem(f"it cannot be read: {error}") from error


def digest_of(kept: KeptProblem) -> str:
    """Return what a problem is known by: the SHA-256 of its numbers as they are searched, hexadecimal.

    It is taken before a plan is put in force, and so without packing the tables, which takes ten times as long.
    """
    seen = sha256(msgspec.msgpack.encode(_told_beside_tables(kept)))
    for name, table in _tables(kept.problem):
        seen.update(f"{name} {table.dtype.str} {table.shape} ".encode())
        seen.update(np.ascontiguousarray(table).data)
    return seen.hexdigest()


def _told_beside_tables(kept: KeptProblem) -> dict[str, Any]:
    return {
        "version": _VERSION,
        "prices": {name: getattr(kept.problem.prices, name) for name in Prices.__dataclass_fields__},
        "frozen": kept.problem.frozen,
        "routes": kept.plan.routes,
        "unserved": kept.plan.unserved,
        "drivers": kept.drivers,
        "orders": kept.orders,
        "iterations": kept.iterations,
        "least": kept.least,
        "most": kept.most,
    }


def _tables(problem: Problem) -> Iterator[tuple[str, np.ndarray[Any, Any]]]:
    yield "durations_s", problem.durations_s
    yield "distances_m", problem.distances_m
    for part in (problem.fleet, problem.work):
        yield from _columns(part)


def _columns(part: Fleet | Work) -> Iterator[tuple[str, np.ndarray[Any, Any]]]:
    """Yield the columns of a part; what nobody has is left out where problems were kept before there was any."""
    for name in part.__dataclass_fields__:
        table = getattr(part, name)
        if name not in _CAME_LATER or len(table):
            yield name, table


def _told(table: np.ndarray[Any, Any]) -> list[Any]:
    """Return a table as its type, shape and bytes; driving times come in tenths, which are half as long."""
    if table.dtype == np.float64:
        tenths = np.where(np.isfinite(table), np.rint(10.0 * table), -1.0)
        is_small = table.size == 0 or np.abs(tenths).max() < _MOST_TENTHS
        if is_small and np.array_equal(_from_tenths(tenths), table):
            return [_TENTHS, list(table.shape), np.ascontiguousarray(tenths, np.int32).tobytes()]
    return [table.dtype.str, list(table.shape), np.ascontiguousarray(table).tobytes()]


def _table(told: list[Any]) -> np.ndarray[Any, Any]:
    kind, shape, raw = told
    if kind == _TENTHS:
        return _from_tenths(np.frombuffer(raw, np.int32).astype(np.float64)).reshape(shape)
    return np.frombuffer(raw, dtype=np.dtype(kind)).reshape(shape).copy()


def _from_tenths(tenths: Floats) -> Floats:
    """Return seconds or metres; what has no way is -1."""
    return np.where(tenths < 0.0, np.inf, tenths / 10.0)
