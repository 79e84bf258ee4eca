"""How long it takes to forecast many stops anew: what streets take for the ways, and what the forecast takes."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from itertools import batched, count

import numpy as np

from backend_service.benchmarks.report import Figure, Row
from backend_service.forecasting.forecaster import Forecaster
from backend_service.stepped_day import SteppedDay
from backend_service.streets.street_engine import NoWay, StreetEngine, StreetRoute
from core.eta.questions import Questions
from core.geodesy import as_points
from core.vocabulary import Instant

ROUNDS = 3
_AT_ONCE = 128
"""Ways asked for before the first of them is there, as in the service."""

_AHEAD_DEG = 1e-4
"""Vehicles have moved by some 10 m when they are asked about again; ways between the same places are remembered."""

type Pair = tuple[float, float, float, float]
"""Latitude and longitude, from and to."""

type Ask = Callable[[Sequence[Pair]], Awaitable[Sequence[StreetRoute | None]]]
"""Asks streets for ways."""


async def timed_stops(
    questions: Questions, now: Instant, ask: Ask, forecaster: Forecaster, *, rounds: int = ROUNDS
) -> Row:
    """Return the seconds that streets and the forecaster take for all of `questions`, asked so many times."""
    pairs = _pairs(questions)
    streets_s, forecast_s = [], []
    for _ in range(rounds):
        began_at = time.perf_counter()
        await ask(pairs)
        asked_at = time.perf_counter()
        forecaster.forecast(questions, now)
        streets_s.append(asked_at - began_at)
        forecast_s.append(time.perf_counter() - asked_at)
    both = [one + other for one, other in zip(streets_s, forecast_s, strict=True)]
    each_ms = 1000.0 * statistics.median(forecast_s) / max(len(questions), 1)
    return Row(
        case=f"{len(questions):,} stops forecast anew",
        figures=(
            Figure.of("forecast", "s", forecast_s),
            Figure.of("ways by the street engine", "s", streets_s),
            Figure.of("both", "s", both),
            Figure.of("per forecast", "ms", [each_ms]),
        ),
    )


async def timed_day(running: SteppedDay, forecaster: Forecaster, stops: int) -> Row:
    """Time forecasts of drives from the pickups to the doors of a simulated day's orders, drawn by lot."""
    streets = running.service.streets
    orders = list(running.service.bus.operation.orders.orders.values())
    dice = np.random.default_rng(1)
    pairs: list[Pair] = []
    for one, other in dice.integers(len(orders), size=(stops, 2)).tolist():
        here, there = orders[one].pickup.position, orders[other].delivery
        pairs.append((here.lat, here.lon, there.lat, there.lon))

    asked_before = count()

    async def ask(asked: Sequence[Pair]) -> list[StreetRoute | None]:
        ahead = _AHEAD_DEG * next(asked_before)
        asked = [(lat + ahead, lon, to_lat, to_lon) for lat, lon, to_lat, to_lon in asked]
        found: list[StreetRoute | None] = []
        for group in batched(asked, _AT_ONCE):
            found += await asyncio.gather(*(_way(streets, pair) for pair in group))
        return found

    ways = await ask(pairs)
    return await timed_stops(_questions(pairs, ways), running.clock.now(), ask, forecaster)


async def _way(streets: StreetEngine, pair: Pair) -> StreetRoute | None:
    try:
        return await streets.route(as_points([pair[:2], pair[2:]]))
    except NoWay:
        return None


def _questions(pairs: Sequence[Pair], ways: Sequence[StreetRoute | None]) -> Questions:
    """Return what is asked of the drives that there is a way for."""
    found = [(pair, way) for pair, way in zip(pairs, ways, strict=True) if way is not None]
    return Questions(
        vehicles=[f"stop {number}" for number in range(len(found))],
        positions=np.array([pair[:2] for pair, _ in found]),
        destinations=np.array([pair[2:] for pair, _ in found]),
        street_s=np.array([way.duration_s for _, way in found]),
        street_m=np.array([way.distance_m for _, way in found]),
        ways=[way.geometry for _, way in found],
    )


def _pairs(questions: Questions) -> list[Pair]:
    return [
        (lat, lon, to_lat, to_lon)
        for (lat, lon), (to_lat, to_lon) in zip(
            questions.positions.tolist(), questions.destinations.tolist(), strict=True
        )
    ]
