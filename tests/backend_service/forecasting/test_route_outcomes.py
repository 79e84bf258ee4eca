"""Forecasts are held until their order arrives, teach what plans come to, and survive a restart."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import pytest

from backend_service.forecasting.route_outcomes import APART_S, MOST_CASES, RouteOutcomes
from backend_service.workers.keeping_learned_files import KeepingLearnedFiles
from core.dispatch.forecasting import Foreseen
from core.eta.arrival import Arrival
from core.eta.route_errors import Situation
from core.events import order_events as happened
from core.events.envelope import Envelope
from core.refusals import Fault
from core.vocabulary import DriverId, OrderId
from tests.envelopes import envelope_of

T = 1_795_176_000.0
FILE = "route_errors.json"


def reached(name: str, at: float) -> Envelope:
    event = happened.DeliveryReached(order_id=OrderId(name), driver_id=DriverId("D-1"))
    return envelope_of(event, at)


def foreseen(name: str, in_s: float, at: float = T, situation: Situation | None = Situation.ONE_STOP) -> Foreseen:
    return Foreseen(OrderId(name), situation, Arrival(at + in_s, 100.0))


def teach(outcomes: RouteOutcomes, orders: int, late_s: float) -> None:
    """Each order is foreseen in 600 s give or take 100, and comes so much later."""
    for number in range(orders):
        name = f"O-{number}"
        outcomes.note([foreseen(name, 600.0)], {OrderId(name)}, T)
        outcomes.follow([reached(name, T + 600.0 + late_s)], frozenset())


def test_orders_that_come_late_move_what_is_told(tmp_path: Path) -> None:
    outcomes = RouteOutcomes(tmp_path / FILE)

    teach(outcomes, 200, 300.0)

    told = outcomes.known(T).told(Situation.ONE_STOP, Arrival(T, 100.0), T)
    assert told.mean_at - T == pytest.approx(300.0, abs=30.0)
    cold = RouteOutcomes(tmp_path / "other.json").known(T)
    assert outcomes.known(T).told(Situation.NOBODY, Arrival(T, 100.0), T) == cold.told(
        Situation.NOBODY, Arrival(T, 100.0), T
    )


def test_one_forecast_counts_every_few_minutes_and_in_each_situation(tmp_path: Path) -> None:
    outcomes = RouteOutcomes(tmp_path / FILE)
    name = {OrderId("O-1")}
    for at in (T, T + 10.0, T + APART_S):
        outcomes.note([foreseen("O-1", 600.0, at)], name, at)
    outcomes.note([foreseen("O-1", 300.0, T + 190.0, Situation.NEXT)], name, T + 190.0)
    outcomes.note([foreseen("O-1", 0.0, T + 400.0, None)], name, T + 400.0)

    outcomes.follow([reached("O-1", T + 500.0)], frozenset())

    kept = msgspec.json.decode(outcomes.kept.unkept() or b"")
    assert {situation: len(errors) for situation, errors in kept["errors"].items()} == {"one stop": 2, "next": 1}


def test_order_that_ended_otherwise_teaches_nothing(tmp_path: Path) -> None:
    outcomes = RouteOutcomes(tmp_path / FILE)
    outcomes.note([foreseen("O-1", 600.0)], {OrderId("O-1")}, T)
    outcomes.note([], set(), T + 60.0)

    outcomes.follow([reached("O-1", T + 500.0)], frozenset())

    assert outcomes.kept.unkept() is None


def test_what_was_learned_is_there_after_a_restart(tmp_path: Path) -> None:
    outcomes = RouteOutcomes(tmp_path / FILE)
    teach(outcomes, MOST_CASES + 50, 200.0)

    asyncio.run(KeepingLearnedFiles(outcomes.kept).run_once(T))

    again = RouteOutcomes(tmp_path / FILE)
    assert outcomes.kept.unkept() is None and again.kept.unkept() is None
    assert again.known(T).sides == outcomes.known(T).sides


@pytest.mark.parametrize("body", [b"{", b'{"format": "another", "errors": {}}'])
def test_file_of_no_use_is_left_aside(tmp_path: Path, body: bytes) -> None:
    (tmp_path / FILE).write_bytes(body)

    assert RouteOutcomes(tmp_path / FILE).known(T).sides == {}


def test_what_cannot_be_kept_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    outcomes = RouteOutcomes(tmp_path / FILE)
    teach(outcomes, 1, 0.0)

    with pytest.raises(Fault, match="could not be kept"):
        asyncio.run(KeepingLearnedFiles(outcomes.kept).run_once(T))

    assert outcomes.kept.unkept() is not None
