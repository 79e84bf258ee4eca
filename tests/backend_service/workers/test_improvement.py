"""The search for a better plan runs at the policy's beat, adopts what is worth it, and fails visibly and alone."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace as changed

from backend_service.storage.plan_problems import FOLDER, PlanProblems
from backend_service.workers.improvement import REST_S, Improvement, searched
from backend_service.workers.planning import Planner
from core.commands import AdoptPlan, RecordSource
from core.dispatch.changes import Resequence, StopName
from core.dispatch.decision import Override, OverrideMode, ReasonCode
from core.dispatch.improvement.replaying import replayed
from core.dispatch.plan_improvement import PlanRefused
from core.dispatch.policy import DispatchPolicy
from core.fleet.route import StopKind
from core.orders.order import OrderState
from core.vocabulary import DriverId, OrderId, OverrideId


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


@pytest.mark.parametrize("until_s", [-1.0, 600.0])
def test_held_order_stays_where_it_is_until_the_hold_is_over(crossed: Any, until_s: float) -> None:
    orders = crossed.bus.operation.orders.orders
    for name in ("O-1", "O-2"):
        orders[name] = changed(orders[name], held_until=crossed.now + until_s)
    asyncio.run(Improvement(crossed.bus, planner(crossed)).run_once(crossed.now))

    assert len(adopted(crossed)) == (1 if until_s < 0.0 else 0)


def put_in_order_by_a_person(town: Any, *names: str, **fields: Any) -> None:
    kinds = (StopKind.PICKUP, StopKind.DELIVERY)
    stops = tuple(StopName(order_id=OrderId(name), kind=kind) for name in names for kind in kinds)
    change = Resequence(order_id=OrderId(names[0]), driver_id=DriverId("D-1"), stops=stops)
    override = Override(
        override_id=OverrideId("V-1"),
        order_id=change.order_id,
        driver_id=change.driver_id,
        mode=OverrideMode.AS_IS,
        reason=ReasonCode.LOCAL_KNOWLEDGE,
        decided_at=town.now,
        decided_by="u-ana",
        change=change,
        **fields,
    )
    town.bus.operation.decisions.overrides[override.override_id] = override


@pytest.mark.parametrize(
    ("names", "undone_at", "is_kept"),
    [(("O-far", "O-near"), None, True), (("O-far", "O-near"), 1.0, False), (("O-near", "O-far"), None, False)],
)
def test_stops_stay_in_the_order_that_a_person_put_them_in(
    town: Any, names: tuple[str, ...], undone_at: float | None, is_kept: bool
) -> None:
    # Far first is some 16 km longer. It stays where a person wanted it, and neither where that was undone, nor where
    # what he wanted is no more.
    town.driver("D-1", 0)
    for name, pickup_m in (("O-far", 9_000), ("O-near", 1_000)):
        town.order(name, pickup_m, pickup_m + 100, driver_id="D-1", state=OrderState.ASSIGNED)
    put_in_order_by_a_person(town, *names, undone_at=undone_at)
    asyncio.run(Improvement(town.bus, planner(town)).run_once(town.now))

    assert len(adopted(town)) == (0 if is_kept else 1)


def adopted(town: Any) -> list[Any]:
    return [c.improvement for c in town.bus.commands if isinstance(c, AdoptPlan)]


def test_better_plan_is_put_in_force_with_what_it_takes_to_find_it_again(crossed: Any) -> None:
    worker = Improvement(crossed.bus, planner(crossed))
    asyncio.run(worker.run_once(crossed.now))

    [made] = adopted(crossed)
    assert {(m.order_id, m.to_driver) for m in made.moved} == {("O-1", "D-2"), ("O-2", "D-1")}
    assert made.iterations == 400
    assert worker.adopted == 1


def test_plan_names_the_policy_it_was_found_by_whatever_came_meanwhile(crossed: Any) -> None:
    policies = crossed.bus.operation.policy

    def search(world: Any, position: int) -> Any:
        policies.number += 1
        return searched(world, position, way=crossed.planner.giving_way)

    asyncio.run(Improvement(crossed.bus, planner(crossed), search=search).run_once(crossed.now))

    assert [(made.policy_number, policies.number) for made in adopted(crossed)] == [(0, 1)]


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
