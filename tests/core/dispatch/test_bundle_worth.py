"""A bundle says what it saves, how sure the promise is with and without it, and who waits longer."""

from __future__ import annotations

from typing import Any

import pytest

from core.dispatch.bundle_worth import bundle_worth
from core.dispatch.candidates import Candidate, candidate_of
from core.dispatch.rationale import say
from core.orders.order import OrderState
from core.vocabulary import DriverId


def priced(street: Any, door_m: float) -> tuple[Any, Candidate]:
    """D-1 fetches O-1 at 1 km for 5 km; O-2 waits at the same kitchen."""
    first = street.order("O-1", 1_000, 5_000, state=OrderState.ASSIGNED, driver_id=DriverId("D-1"))
    second = street.order("O-2", 1_000, door_m)
    driver = street.driver("D-1", 0, [first])
    world = street.world([driver], [first, second])
    return world, candidate_of(world, driver, second, world.mean_orders())


def test_bundle_saves_the_way_back_and_delays_its_companion_by_the_stop(street: Any) -> None:
    world, candidate = priced(street, 3_000)
    said = {statement.code: statement.arguments for statement in bundle_worth(world, candidate)}

    # One after the other: from 5 km back to 1 km and on to 3 km, 600 s; together O-2 is passed on the way.
    assert said["why.bundled"] == {"orders": "O-1", "saved_min": pytest.approx(10.0)}
    # O-1 waits for the second pickup (60 s) and the stop at 3 km (120 s).
    assert said["why.bundle_waits"] == {"order_id": "O-1", "minutes": pytest.approx(3.0)}
    assert said["why.bundle_promise"]["percent"] >= said["why.bundle_promise"]["alone_percent"]


def test_single_trip_says_nothing_of_bundles(street: Any) -> None:
    order = street.order("O-1", 1_000, 2_000)
    driver = street.driver("D-1", 0)
    world = street.world([driver], [order])
    assert bundle_worth(world, candidate_of(world, driver, order, 0.0)) == []


def test_every_sentence_can_be_said(street: Any) -> None:
    world, candidate = priced(street, 3_000)
    sentences = [say(statement) for statement in bundle_worth(world, candidate)]
    assert sentences[0] == "Shares the trip with O-1, 10 min less driving than one after the other"
    assert sentences[2] == "O-1 arrives 3 min later for it"
