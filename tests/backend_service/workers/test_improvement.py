"""The search for a better plan runs at the policy's beat, adopts what is worth it, and fails visibly and alone."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace as changed

from backend_service.storage.plan_problems import FOLDER, PlanProblems
from backend_service.workers.improvement import REST_S, Improvement
from backend_service.workers.planning import Planner
from core.commands import AdoptPlan, RecordSource
from core.dispatch.improvement.replaying import replayed
from core.dispatch.plan_improvement import PlanRefused
from core.dispatch.policy import DispatchPolicy
from core.orders.order import OrderState


def planner(town: Any, **values: Any) -> Planner:
    policy = DispatchPolicy(**{"improve_may_move": 1, "improve_iterations": 400, **values})
    return Planner(town.bus, town.planner._streets, town.positions, policy, town.clock)


@pytest.fixture
def crossed(town: Any) -> Any:
    """Two drivers who each pass the other's kitchen."""
    town.driver("D-1", 0)
    town.driver("D-2", 10_000)
    for name, pickup_m, delivery_m, driver in (("O-1", 9_000, 9_500, "D-1"), ("O-2", 1_000, 500, "D-2")):
        town.order(name, pickup_m, delivery_m, driver_id=driver, state=OrderState.ASSIGNED)
    return town


def test_goods_on_board_stay_with_who_carries_them(crossed: Any) -> None:
    crossed.order("O-3", 3_000, 9_900, driver_id="D-1", state=OrderState.ON_THE_WAY, is_accepted=True)
    worker = Improvement(crossed.bus, planner(crossed))
    asyncio.run(worker.run_once(crossed.now))

    assert worker.failures == 0
    [made] = adopted(crossed)
    assert "O-3" not in {moved.order_id for moved in made.moved}


def adopted(town: Any) -> list[Any]:
    return [c.improvement for c in town.bus.commands if isinstance(c, AdoptPlan)]


def test_better_plan_is_put_in_force_with_what_it_takes_to_find_it_again(crossed: Any) -> None:
    worker = Improvement(crossed.bus, planner(crossed))
    asyncio.run(worker.run_once(crossed.now))

    [made] = adopted(crossed)
    assert {(m.order_id, m.to_driver) for m in made.moved} == {("O-1", "D-2"), ("O-2", "D-1")}
    assert made.iterations == 400
    assert worker.adopted == 1


@pytest.mark.parametrize("values", [{"improve_every_s": 0.0}, {"improve_may_move": 0}])
def test_policy_may_switch_it_off_or_keep_orders_with_their_drivers(crossed: Any, values: dict[str, Any]) -> None:
    asyncio.run(Improvement(crossed.bus, planner(crossed, **values)).run_once(crossed.now))
    assert adopted(crossed) == []


def test_plan_that_was_overtaken_is_dropped(crossed: Any) -> None:
    crossed.bus.refuses.add(AdoptPlan)
    worker = Improvement(crossed.bus, planner(crossed))
    asyncio.run(worker.run_once(crossed.now))
    assert (worker.adopted, worker.refused) == (0, 1)


@pytest.mark.parametrize("failure", [PlanRefused("one limit broken"), ZeroDivisionError("the search's own bug")])
def test_search_that_fails_is_said_rests_and_comes_back(crossed: Any, failure: Exception) -> None:
    asked = []

    def search(*_: Any) -> None:
        asked.append(1)
        if len(asked) == 1:
            raise failure

    worker = Improvement(crossed.bus, planner(crossed), search=search)
    for after_s in (0.0, 30.0, REST_S):
        asyncio.run(worker.run_once(crossed.now + after_s))

    assert len(asked) == 2
    assert [c.is_degraded for c in crossed.bus.commands if isinstance(c, RecordSource)] == [True, False]


def test_plan_in_force_is_found_again_from_the_problem_that_was_kept(crossed: Any, tmp_path: Path) -> None:
    problems = PlanProblems(tmp_path)
    worker = Improvement(crossed.bus, planner(crossed), problems=problems)
    asyncio.run(worker.run_once(crossed.now))

    [made] = adopted(crossed)
    kept = problems.read(made.problem_digest)
    assert replayed(kept, made).is_equal
    assert not replayed(kept, changed(made, plans=made.plans[:1])).is_equal


def test_problem_that_cannot_be_written_is_counted_and_the_plan_stands(crossed: Any, tmp_path: Path) -> None:
    (tmp_path / FOLDER).write_text("a file where the folder should be")
    worker = Improvement(crossed.bus, planner(crossed), problems=PlanProblems(tmp_path))
    asyncio.run(worker.run_once(crossed.now))

    assert (worker.adopted, worker.problems.unkept) == (1, 1)
