"""The worker closes waves at their time, proposes or releases plans, and plans anew what moved under them."""

from __future__ import annotations

import asyncio
from typing import Any

from backend_service.workers.wave_planning import REST_S
from core.commands import EndShift, RecordSource, ReportDelivery, ReportPickup, TakeDriverOut
from core.dispatch.wave_commands import CloseWave, ProposeWave, ReleaseWave
from core.dispatch.waves.wave import WavePlan, WavePlanRefused, WaveState
from core.vocabulary import DriverId, OrderId

EIGHT_AT = 1_795_161_600.0


def run(yard: Any, worker: Any, after_s: float = 0.0) -> None:
    """Step the clock to so many seconds after eight and run the worker once."""
    yard.clock.step_to(max(yard.clock.now(), EIGHT_AT + after_s))
    asyncio.run(worker.run_once(yard.clock.now()))


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


def test_search_that_breaks_a_limit_is_said_rests_and_comes_back(yard: Any) -> None:
    tried = []

    def search(setting: Any, *_: Any) -> WavePlan:
        tried.append(1)
        if len(tried) == 1:
            raise WavePlanRefused("one limit broken")
        return WavePlan(number=1, made_at=setting.now, routes=())

    worker = yard.worker(search=search)
    yard.order("O-1", 1_000)
    for after_s in (0.0, 5.0, REST_S):
        run(yard, worker, after_s)
    assert (worker.failures, len(tried)) == (1, 2)
    assert [command.is_degraded for command in asked(yard, RecordSource)] == [True, False]


def test_driver_not_on_shift_yet_is_planned_by_the_crews_hours(yard: Any) -> None:
    yard.bus.do(EndShift(driver_id=DriverId("D-1")))
    yard.bus.do(TakeDriverOut(driver_id=DriverId("D-2"), note="Flat tyre"))
    yard.order("O-1", 1_000)
    run(yard, yard.worker())
    [route] = yard.wave().proposal.routes
    assert (route.driver_id, route.vehicle_id) == ("D-1", "V-1")
    yard.bus.do(ReleaseWave(wave_id=yard.wave().wave_id, number=1))
    assert asked(yard, ProposeWave)[0].plan.is_degraded
