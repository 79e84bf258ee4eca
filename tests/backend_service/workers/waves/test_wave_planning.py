"""The worker closes waves at their time, proposes or releases plans, and plans anew what moved under them."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from backend_service.storage.plan_problems import OF_WAVES, PlanProblems
from backend_service.workers.wave_planning import EFFECT, INSERTED_EFFECT, REST_S
from core.commands import (
    ClosePlace,
    DrawZones,
    EndShift,
    HoldOrder,
    RecordSource,
    ReportDelivery,
    ReportPickup,
    TakeDriverOut,
)
from core.dispatch.wave_commands import CloseWave, ProposeWave, ReleaseWave, SendWaveBack
from core.dispatch.waves.replaying import replayed_wave
from core.dispatch.waves.rhythm import RhythmId
from core.dispatch.waves.wave import WavePlan, WavePlanRefused, WaveState
from core.fleet.zone import Zone
from core.geodesy import METRES_PER_DEGREE
from core.refusals import Refusal
from core.vocabulary import DriverId, OrderId, Position, ZoneId

EIGHT_AT = 1_795_161_600.0


def run(yard: Any, worker: Any, after_s: float = 0.0) -> None:
    """Step the clock to so many seconds after eight and run the worker once."""
    yard.clock.step_to(max(yard.clock.now(), EIGHT_AT + after_s))
    asyncio.run(worker.run_once(yard.clock.now()))


def failing(*_: Any) -> WavePlan:
    raise RuntimeError("out of luck")


def asked(yard: Any, kind: type) -> list[Any]:
    return [command for command in yard.bus.asked if isinstance(command, kind)]


def test_wave_closes_at_its_time_and_its_plan_waits_for_a_person(yard: Any) -> None:
    worker = yard.worker()
    yard.order("O-1", 1_000)
    yard.order("O-2", -1_000)
    asyncio.run(worker.run_once(yard.clock.now()))
    assert asked(yard, CloseWave) == []

    run(yard, worker)

    wave = yard.wave()
    assert (wave.state, wave.closed_at, wave.starts_at) == (WaveState.PROPOSED, EIGHT_AT, EIGHT_AT + 600)
    assert (wave.proposal.served, wave.proposal.unserved, wave.proposal.iterations) == (2, (), 200)
    assert all(route.leaves_at >= EIGHT_AT + 600 for route in wave.proposal.routes)
    assert yard.bus.operation.orders.orders["O-1"].driver_id is None


@pytest.mark.parametrize("search", [None, failing])
def test_plan_is_found_again_from_the_problem_that_was_kept(yard: Any, tmp_path: Path, search: Any) -> None:
    problems = PlanProblems(tmp_path, OF_WAVES)
    for number in range(6):
        yard.order(f"O-{number}", 1_000.0 * (number - 2.5))
    run(yard, yard.worker(search=search, problems=problems))

    made = yard.wave().proposal
    kept = problems.read(made.problem_digest)
    assert made.served == 6
    assert replayed_wave(kept, made).is_equal
    [difference] = replayed_wave(kept, replace(made, routes=made.routes[1:])).differences
    assert (difference.driver_id, difference.recorded) == (made.routes[0].driver_id, None)


def test_problem_that_cannot_be_written_is_counted_and_the_proposal_stands(yard: Any, tmp_path: Path) -> None:
    (tmp_path / OF_WAVES).write_text("a file where the folder should be")
    worker = yard.worker(problems=PlanProblems(tmp_path, OF_WAVES))
    yard.order("O-1", 1_000)
    run(yard, worker)

    assert (worker.proposed, worker.problems.unkept, yard.wave().state) == (1, 1, WaveState.PROPOSED)


def test_plan_that_nothing_moved_under_is_not_made_again(yard: Any) -> None:
    worker = yard.worker()
    yard.order("O-1", 1_000)
    for after_s in (0.0, REST_S + 1, 2 * REST_S + 2):
        run(yard, worker, after_s)
    assert worker.proposed == 1


def test_policy_may_release_a_plan_in_which_everybody_has_a_place(yard: Any) -> None:
    worker = yard.worker(wave_auto_release=1)
    yard.order("O-1", 1_000)
    run(yard, worker)
    assert yard.wave().state is WaveState.RELEASED
    assert yard.bus.operation.orders.orders["O-1"].driver_id is not None


def test_policy_does_not_release_by_itself_what_leaves_somebody_out(yard: Any) -> None:
    worker = yard.worker(wave_auto_release=1)
    yard.order("O-1", 1_000)
    yard.order("O-2", 1_000, skills=("crane",))
    run(yard, worker)
    assert yard.wave().state is WaveState.PROPOSED
    assert [one.why for one in yard.wave().proposal.unserved] == ["skills"]


def test_closings_missed_while_nothing_ran_are_one_wave(yard: Any) -> None:
    yard.order("O-1", 1_000, in_s=7 * 3600.0)
    run(yard, yard.worker(), after_s=5 * 3600.0)
    assert [command.closes_at for command in asked(yard, CloseWave)] == [EIGHT_AT + 4 * 3600]


def test_same_day_order_is_planned_into_the_running_wave(yard: Any) -> None:
    worker = yard.worker(wave_auto_release=1)
    yard.order("O-1", 1_000)
    run(yard, worker)
    yard.order("O-2", 1_500, in_s=3_600.0)
    yard.order("O-3", 1_500, in_s=8 * 3600.0)
    run(yard, worker, REST_S + 1)
    assert yard.wave().order_ids == ("O-1", "O-2")
    assert yard.bus.operation.orders.orders["O-2"].driver_id is not None
    assert yard.bus.operation.orders.orders["O-3"].driver_id is None


def test_proposal_whose_driver_was_lost_is_planned_anew(yard: Any) -> None:
    worker = yard.worker()
    yard.order("O-1", 1_000)
    run(yard, worker)
    lost = yard.wave().proposal.routes[0].driver_id
    yard.bus.do(TakeDriverOut(driver_id=lost, note="Flat tyre"))
    run(yard, worker, REST_S + 1)
    [route] = yard.wave().proposal.routes
    assert route.driver_id != lost
    assert yard.wave().proposal.number == 2


def test_running_wave_gives_a_lost_drivers_orders_to_another(yard: Any) -> None:
    worker = yard.worker(wave_auto_release=1)
    yard.order("O-1", 1_000)
    run(yard, worker)
    lost = yard.bus.operation.orders.orders["O-1"].driver_id
    yard.bus.do(TakeDriverOut(driver_id=lost, note="Flat tyre"))
    run(yard, worker, REST_S + 1)
    assert yard.bus.operation.orders.orders["O-1"].driver_id not in (None, lost)


def test_proposal_nobody_answered_is_made_anew_once_its_departure_passed(yard: Any) -> None:
    worker = yard.worker()
    yard.order("O-1", 1_000, in_s=5_000.0)
    run(yard, worker)
    leaves_at = yard.wave().proposal.routes[0].leaves_at
    run(yard, worker, leaves_at - EIGHT_AT + 1)
    assert yard.wave().proposal.number == 2
    assert yard.wave().proposal.routes[0].leaves_at > yard.clock.now()


def test_wave_ends_when_its_orders_have(yard: Any) -> None:
    worker = yard.worker(wave_auto_release=1)
    yard.order("O-1", 1_000)
    run(yard, worker)
    driver_id = yard.bus.operation.orders.orders["O-1"].driver_id
    yard.bus.do(ReportPickup(order_id=OrderId("O-1"), driver_id=DriverId(driver_id)))
    yard.bus.do(ReportDelivery(order_id=OrderId("O-1"), driver_id=DriverId(driver_id)))
    run(yard, worker, 1_200.0)
    assert yard.wave().state is WaveState.ENDED


@pytest.mark.parametrize("failure", [WavePlanRefused("one limit broken"), RuntimeError("out of memory")])
def test_wave_whose_search_fails_is_planned_by_insertion_and_that_is_said(yard: Any, failure: Exception) -> None:
    def search(*_: Any) -> WavePlan:
        raise failure

    worker = yard.worker(search=search)
    yard.order("O-1", 1_000)
    yard.order("O-2", -1_000)
    run(yard, worker)
    plan = yard.wave().proposal
    assert (plan.served, plan.unserved, plan.iterations) == (2, (), 0)
    assert (worker.failures, worker.inserted) == (1, 1)
    assert [command.effect for command in asked(yard, RecordSource)] == [INSERTED_EFFECT]


def test_search_that_hangs_is_not_asked_again_and_leaves_no_thread_per_try(yard: Any) -> None:
    let_go, begun = threading.Event(), []

    def search(*_: Any) -> WavePlan:
        begun.append(1)
        let_go.wait()
        raise WavePlanRefused("too late")

    def insertion(setting: Any, *_: Any) -> WavePlan:
        return WavePlan(number=setting.wave.plans_made + 1, made_at=setting.now, routes=())

    worker = yard.worker(search=search, insertion=insertion, wave_plan_s=0.0, grace_s=0.1)
    yard.order("O-1", 1_000)
    try:
        run(yard, worker)
        yard.bus.do(SendWaveBack(wave_id=yard.wave().wave_id, number=1, note="Again"))
        run(yard, worker, 5.0)
    finally:
        let_go.set()
    assert (begun, worker.inserted, yard.wave().proposal.number) == ([1], 2, 2)


def test_wave_that_nothing_can_plan_rests_alone_and_comes_back(yard: Any) -> None:
    tried: list[str] = []

    def search(setting: Any, *_: Any) -> WavePlan:
        tried.append(setting.wave.wave_id)
        if len(tried) == 1:
            raise WavePlanRefused("one limit broken")
        return WavePlan(number=1, made_at=setting.now, routes=())

    def insertion(*_: Any) -> WavePlan:
        raise ValueError("no table")

    worker = yard.worker(search=search, insertion=insertion)
    yard.order("O-1", 1_000)
    run(yard, worker)
    assert [command.effect for command in asked(yard, RecordSource)] == [EFFECT]
    yard.order("O-2", 1_000)
    yard.bus.do(CloseWave(rhythm_id=RhythmId("R-1"), closes_at=yard.clock.now() + 1.0))
    run(yard, worker, 5.0)
    first, second = yard.bus.operation.waves.waves.values()
    assert (first.state, second.state) == (WaveState.CLOSED, WaveState.PROPOSED)
    run(yard, worker, REST_S)
    assert [wave.state for wave in yard.bus.operation.waves.waves.values()] == [WaveState.PROPOSED] * 2
    assert asked(yard, RecordSource)[-1].is_degraded is False


def test_held_order_and_closed_zone_stand_aside_and_come_back(yard: Any) -> None:
    worker = yard.worker()
    yard.bus.do(DrawZones(zones=(_zone("Z-1", 1_500.0, 2_500.0),)))
    for name, x_m in (("O-1", 1_000), ("O-2", 2_000), ("O-3", -1_000)):
        yard.order(name, x_m)
    yard.bus.do(HoldOrder(order_id=OrderId("O-1"), for_s=900.0))
    yard.bus.do(ClosePlace(zone_id=ZoneId("Z-1"), note="Flooded", for_s=900.0))

    run(yard, worker)
    plan = yard.wave().proposal
    assert [(one.order_id, one.why) for one in plan.unserved] == [("O-1", "held"), ("O-2", "closed_off")]
    assert plan.served == 1

    run(yard, worker, 301.0)
    assert yard.wave().proposal.served == 3


def test_wave_in_which_everything_is_held_waits_for_the_holds(yard: Any) -> None:
    worker = yard.worker(wave_auto_release=1)
    yard.order("O-1", 1_000)
    yard.bus.do(HoldOrder(order_id=OrderId("O-1"), for_s=900.0))
    run(yard, worker)
    assert (yard.wave().state, worker.failures) == (WaveState.PROPOSED, 0)
    run(yard, worker, 301.0)
    assert yard.bus.operation.orders.orders["O-1"].driver_id is not None


def test_proposal_with_an_order_that_was_held_since_is_not_released(yard: Any) -> None:
    worker = yard.worker()
    yard.order("O-1", 1_000)
    yard.order("O-2", 2_000)
    run(yard, worker)
    yard.bus.do(HoldOrder(order_id=OrderId("O-1"), for_s=900.0))
    with pytest.raises(Refusal) as refused:
        yard.bus.do(ReleaseWave(wave_id=yard.wave().wave_id, number=1))
    assert refused.value.code == "state.changed"
    run(yard, worker, REST_S + 1)
    wave = yard.wave()
    yard.bus.do(ReleaseWave(wave_id=wave.wave_id, number=2))
    assert yard.wave().order_ids == ("O-1", "O-2"), "what is held stays in its wave"
    run(yard, worker, 901.0)
    assert yard.wave().proposal.served == 2


def _zone(name: str, west_m: float, east_m: float) -> Zone:
    west, east = west_m / METRES_PER_DEGREE, east_m / METRES_PER_DEGREE
    corners = ((-0.1, west), (-0.1, east), (0.1, east), (0.1, west), (-0.1, west))
    return Zone(zone_id=ZoneId(name), name=name, ring=tuple(Position(*corner) for corner in corners))


def test_driver_not_on_shift_yet_is_planned_by_the_crews_hours(yard: Any) -> None:
    yard.bus.do(EndShift(driver_id=DriverId("D-1")))
    yard.bus.do(TakeDriverOut(driver_id=DriverId("D-2"), note="Flat tyre"))
    yard.order("O-1", 1_000)
    run(yard, yard.worker())
    [route] = yard.wave().proposal.routes
    assert (route.driver_id, route.vehicle_id) == ("D-1", "V-1")
    yard.bus.do(ReleaseWave(wave_id=yard.wave().wave_id, number=1))
    assert asked(yard, ProposeWave)[0].plan.is_degraded
