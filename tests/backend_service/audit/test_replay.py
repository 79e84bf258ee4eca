"""`audit replay` finds the plan at a position again from the log and the kept problem, and says what differs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from backend_service.audit import command
from backend_service.event_log.log import Append, NewEvent
from backend_service.storage.plan_problems import FOLDER, OF_WAVES, PlanProblems
from core.dispatch.decision import Outcome, PlanChange, PlanImprovement
from core.dispatch.improvement.improve import Effort, improve
from core.dispatch.improvement.kept_problem import KeptProblem, digest_of
from core.dispatch.improvement.problem import NOBODY, Fleet, Plan, Prices, Problem, Work
from core.dispatch.waves.wave import WaveId, WavePlan, WaveRoute, WaveStop, WaveStopKind
from core.events.dispatch_events import PlanImproved
from core.events.wave_events import WaveProposed, WaveReleased
from core.fleet.depot import DepotId
from core.fleet.route import PlannedStop, StopKind
from core.refusals import Fault, NotFound
from core.vocabulary import PLATFORM, DriverId, OrderId, Position


def crossed() -> KeptProblem:
    """Vehicle 0 at place 0 has the order at places 2 and 3, vehicle 1 at place 3 the one at places 1 and 0."""
    place = np.array([0.0, 100.0, 900.0, 1000.0])
    seconds = np.abs(place[:, None] - place[None, :])
    endless, zero = np.full(2, np.inf), np.zeros(2)
    work = Work(
        pickup_place=np.array([2, 1]),
        delivery_place=np.array([3, 0]),
        ready_at=zero,
        pickup_until_at=endless,
        deliver_from_at=zero,
        deliver_until_at=endless,
        due_at=endless,
        waits_from_at=zero,
        pickup_s=zero,
        delivery_s=zero,
        load=np.ones((2, 1)),
        skills=np.zeros((2, 0), bool),
        allowed=np.ones((2, 2), bool),
        carrier=np.full(2, NOBODY),
        bound_to=np.full(2, NOBODY),
        home=np.array([0, 1]),
        move_price=zero,
        unserved_price=np.full(2, 1e6),
    )
    fleet = Fleet(
        start_place=np.array([0, 3]),
        end_place=np.full(2, NOBODY),
        start_at=zero,
        shift_ends_at=endless,
        capacity=np.full((2, 1), 2.0),
        skills=np.zeros((2, 0), bool),
        max_orders=np.full(2, 4),
    )
    problem = Problem(seconds, seconds.copy(), fleet, work, Prices(per_metre=1.0), ((), ()))
    names = (DriverId("D-1"), DriverId("D-2")), (OrderId("O-1"), OrderId("O-2"))
    return KeptProblem(problem, Plan(((0, 1), (2, 3))), *names, iterations=200, least=0.0, most=40)


def improvement(kept: KeptProblem) -> PlanImprovement:
    found = improve(kept.problem, kept.plan, seed=3, effort=Effort(kept.iterations), clock=lambda: 0.0)
    return PlanImprovement(
        made_at=1.0,
        plans=tuple(
            PlanChange(driver_id=name, plan_number=1, stops=tuple(_stop(kept, stop) for stop in route))
            for name, route in zip(kept.drivers, found.plan.routes, strict=True)
        ),
        saves_money=1,
        before=Outcome(),
        after=Outcome(),
        position=0,
        seed=3,
        iterations=found.iterations,
        marks=found.marks,
        problem_digest=digest_of(kept),
    )


def _stop(kept: KeptProblem, stop: int) -> PlannedStop:
    kind = StopKind.DELIVERY if stop % 2 else StopKind.PICKUP
    times = {"arrives_at": 0.0, "starts_at": 0.0, "departs_at": 0.0}
    return PlannedStop(order_id=kept.orders[stop // 2], kind=kind, position=Position(0.0, 0.0), **times)


@pytest.fixture
def adopted(tmp_path: Path, run: Callable[..., Any], running: Callable[..., Any]) -> Callable[[Any], list[str]]:
    """Keep a plan in the log, with its problem beside it, and return the words that ask for it."""

    def keep(change: Callable[[PlanImprovement], PlanImprovement] = lambda made: made) -> list[str]:
        kept = crossed()
        made = change(improvement(kept))

        async def write() -> None:
            async with running(tmp_path / "data") as (log, _):
                event = NewEvent("operation", PlanImproved(improvement=made), 1.0)
                await log.append([Append((event,), PLATFORM, 1.0, {})])

        run(write())
        PlanProblems(tmp_path / "data").keep(kept)
        return ["replay", "1", "--data-dir", str(tmp_path / "data"), "--json"]

    return keep


def test_plan_is_found_again_exactly(adopted: Any, capsys: pytest.CaptureFixture[str]) -> None:
    words = adopted()

    assert command.run(words) == 0
    assert json.loads(capsys.readouterr().out)["equal"] is True
    assert command.run(words[:-1]) == 0
    assert "found again exactly" in capsys.readouterr().out


def test_record_of_another_plan_is_named_by_driver(adopted: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.run(adopted(lambda made: replace(made, plans=made.plans[:1]))) == 1
    report = json.loads(capsys.readouterr().out)

    assert report["equal"] is False
    assert report["differences"] == ["D-2: recorded nothing; found again O-1+ O-1-"]


@pytest.fixture
def wave(tmp_path: Path, run: Callable[..., Any], running: Callable[..., Any]) -> list[str]:
    """Keep a wave's plan, of two proposed and the second released, and return the words that ask for one of them."""
    kept = crossed()
    found = improve(kept.problem, kept.plan, seed=5, effort=Effort(kept.iterations), clock=lambda: 0.0)
    proposed = WavePlan(
        number=1,
        made_at=1.0,
        routes=tuple(
            _wave_route(name, tuple(_wave_stop(kept, stop) for stop in route))
            for name, route in zip(kept.drivers, found.plan.routes, strict=True)
        ),
        seed=5,
        iterations=found.iterations,
        marks=found.marks,
        problem_digest=digest_of(kept),
    )
    other = replace(proposed, number=2, routes=proposed.routes[:1])
    wave_id = WaveId("W-1")

    async def write() -> None:
        async with running(tmp_path / "data") as (log, _):
            events = (
                NewEvent("wave-W-1", WaveProposed(wave_id=wave_id, plan=proposed), 1.0),
                NewEvent("wave-W-1", WaveProposed(wave_id=wave_id, plan=other), 1.0),
                NewEvent("wave-W-1", WaveReleased(wave_id=wave_id, number=2), 1.0),
            )
            await log.append([Append(events, PLATFORM, 1.0, {})])

    run(write())
    PlanProblems(tmp_path / "data", OF_WAVES).keep(kept)
    return ["--data-dir", str(tmp_path / "data"), "--json"]


def _wave_stop(kept: KeptProblem, stop: int) -> WaveStop:
    kind = WaveStopKind.DELIVERY if stop % 2 else WaveStopKind.LOAD
    return WaveStop(kind=kind, order_id=kept.orders[stop // 2], arrives_at=0.0, starts_at=0.0, departs_at=0.0)


def _wave_route(driver_id: DriverId, stops: tuple[WaveStop, ...]) -> WaveRoute:
    times = {"leaves_at": 0.0, "returns_at": 0.0, "distance_m": 0.0, "driving_s": 0.0}
    return WaveRoute(driver_id=driver_id, vehicle_id=None, depot_id=DepotId("DP-1"), stops=stops, trips=1, **times)


def test_waves_plan_is_found_again_where_it_was_proposed(wave: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.run(["replay", "1", *wave]) == 0
    assert json.loads(capsys.readouterr().out)["equal"] is True


@pytest.mark.parametrize("position", ["2", "3"])
def test_waves_release_leads_to_the_plan_that_it_names(
    wave: Any, capsys: pytest.CaptureFixture[str], position: str
) -> None:
    assert command.run(["replay", position, *wave]) == 1
    assert json.loads(capsys.readouterr().out)["differences"] == ["D-2: recorded nothing; found again O-1+ O-1-"]


def test_changed_or_missing_problem_and_a_position_without_a_plan_are_said(adopted: Any, tmp_path: Path) -> None:
    words = adopted()
    (file,) = (tmp_path / "data" / FOLDER).iterdir()
    file.write_bytes(b"forged")
    with pytest.raises(Fault) as forged:
        command.run(words)
    file.unlink()
    with pytest.raises(Fault) as gone:
        command.run(words)
    with pytest.raises(NotFound):
        command.run(["replay", "7", *words[2:]])

    assert (forged.value.code, gone.value.code) == ("plan_problem.changed", "plan_problem.not_kept")
