"""Why not a certain driver, answered on street times: also for one who stands too far away to be listed."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from backend_service.workers.why_not_answers import WhyNotAnswers
from core.dispatch.lifting import lifting
from core.dispatch.rationale import say
from core.dispatch.why_not import WhyNot
from core.orders.order import OrderState
from core.refusals import Refusal
from core.vocabulary import DriverId, Load, OrderId


def _ask(town: Any, order: str, driver: str) -> WhyNot:
    answers = WhyNotAnswers(town.bus, town.planner)
    return asyncio.run(answers.why_not(OrderId(order), DriverId(driver), town.now))


def test_a_driver_beyond_the_shortlist_is_answered_for_as_well(town: Any) -> None:
    listed = town.planner.policy.candidates
    for number in range(listed):
        town.driver(f"D-{number}", 500.0 + number)
    town.driver("D-far", 9000)
    town.order("O-1", 1000, 3000)

    answer = _ask(town, "O-1", "D-far")

    assert answer.is_possible
    assert answer.best_driver_id != "D-far"
    assert any("later" in say(statement) for statement in answer.why)


def test_the_limit_that_keeps_a_driver_from_it_comes_first(town: Any) -> None:
    town.driver("D-1", 500)
    town.driver("D-2", 600)
    town.order("O-1", 1000, 3000, load=Load(volume_l=10_000.0))

    answer = _ask(town, "O-1", "D-2")

    assert not answer.is_possible
    assert "free, the order needs 10000 l" in say(answer.why[0])


def test_what_would_help_is_looked_for_on_the_way_of_who_is_out(town: Any) -> None:
    # 250 s after the break the goods are at the door; the shift ends after 100 s.
    town.driver("D-1", 500)
    town.driver("D-2", 600, is_paused=True, shift_ends_at=town.now + 100.0)
    order = town.order("O-1", 1000, 3000)

    answer = _ask(town, "O-1", "D-2")
    world, pricing = asyncio.run(town.planner.priced(town.planner.world(town.now), order))

    said = [say(statement) for statement in (answer.change, *answer.also) if statement is not None]
    assert said[0] == "D-2 could take it after the break"
    assert [line.rsplit(" ", 3)[0] for line in said[1:]] == ["and also with a shift"]
    assert lifting(world, pricing, world.drivers[DriverId("D-2")]) == (answer.change, *answer.also)


def test_who_is_off_shift_is_said_to_be(town: Any) -> None:
    town.driver("D-1", 500)
    town.driver("D-2", None, is_on_shift=False, vehicle_id=None)
    town.order("O-1", 1000, 3000)

    assert [say(statement) for statement in _ask(town, "O-1", "D-2").why][:1] == ["Not on shift"]


@pytest.mark.parametrize(
    ("order", "driver", "code"),
    [("O-9", "D-1", "order.not_found"), ("O-1", "D-9", "driver.not_found"), ("O-2", "D-1", "why_not.decided")],
)
def test_what_cannot_be_asked_is_refused(town: Any, order: str, driver: str, code: str) -> None:
    town.driver("D-1", 500)
    town.order("O-1", 1000, 3000)
    town.order("O-2", 1000, 3000, state=OrderState.DELIVERED)

    with pytest.raises(Refusal) as refused:
        _ask(town, order, driver)

    assert refused.value.code == code
