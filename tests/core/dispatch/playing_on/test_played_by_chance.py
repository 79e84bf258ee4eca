"""Whatever comes, a played side loses and doubles no order, keeps hard limits, and is fair to both choices."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from math import inf
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace as changed

from core.dispatch.acceptance import Acceptance
from core.dispatch.counterfactual import given as with_order
from core.dispatch.decision import Override, OverrideMode, PlanChange, ReasonCode
from core.dispatch.playing_on.both_sides import played_on
from core.dispatch.playing_on.demand import Demand, Happening
from core.dispatch.playing_on.fork import Fork, PlayingPolicy
from core.dispatch.playing_on.played_courier import PlayedCourier
from core.dispatch.playing_on.played_side import PlayedSide
from core.dispatch.playing_on.shared_dice import CommonDice
from core.dispatch.schedule import schedule
from core.dispatch.world import PlanningWorld, Stop
from core.fleet.closure import Closure, ClosureId
from core.fleet.fleet import Driver, PlannedBreak
from core.fleet.route import StopKind
from core.orders.order import Order, OrderState
from core.vocabulary import DriverId, Load, OrderId, OverrideId, ZoneId
from tests.core.dispatch.playing_on.forks import fork_of

_PLAYING = PlayingPolicy(draws=2)


@dataclass(slots=True)
class _Watched(PlayedSide):
    """A side whose every visit, hand-over and given order is held against the rules as it happens."""

    visits: Counter[tuple[OrderId, StopKind]] = field(default_factory=Counter)

    def _leave(self, courier: PlayedCourier) -> None:
        stop = courier.state.stops[0]
        self.visits[stop.order_id, stop.kind] += 1
        if stop.kind is StopKind.DELIVERY:
            assert self._orders[stop.order_id].state is OrderState.ON_THE_WAY, "delivered what was not picked up"
        PlayedSide._leave(self, courier)
        held, most = sum((order.load for order in self._carried(courier)), Load()), courier.state.capacity
        assert held.volume_l <= most.volume_l + 1e-6 and held.weight_kg <= most.weight_kg + 1e-6
        assert courier.state.on_board.volume_l == pytest.approx(held.volume_l)

    def _drive(self, courier: PlayedCourier, stop: Stop) -> None:
        driver = self.fork.staff[courier.state.driver_id]
        is_due = bool(driver.breaks) and self.now >= driver.breaks[0].earliest_at and not self._carried(courier)
        assert not is_due or courier.back_at > -inf or courier.driver != driver
        assert self.now >= courier.back_at, "drives in his break"
        PlayedSide._drive(self, courier, stop)

    def _carried(self, courier: PlayedCourier) -> list[Order]:
        mine = [self._orders[name] for name in courier.state.order_ids]
        return [order for order in mine if order.state is OrderState.ON_THE_WAY]

    def _is_away(self, courier: PlayedCourier) -> bool:
        driver = courier.driver
        assert driver is not None
        return not driver.is_on_shift or driver.is_paused or driver.is_taken_out or self.now < courier.back_at

    def _decide(self) -> None:
        before = {name: order.driver_id for name, order in self._orders.items()}
        closed = {one.zone_id for one in self._closed if self.now < one.until_at}
        away = {name for name, courier in self._couriers.items() if self._is_away(courier)}
        PlayedSide._decide(self)
        for name, order in self._orders.items():
            if order.driver_id != before[name] and order.driver_id is not None:
                assert order.driver_id not in away
                assert order.driver_id not in (*order.forbidden, *order.refused_by)
                assert order.zone_id not in closed

    def check_end(self) -> None:
        in_hand = Counter(name for courier in self._couriers.values() for name in courier.state.order_ids)
        assert set(self.visits.values()) <= {1}, "somewhere twice"
        assert set(in_hand.values()) <= {1}, "with two drivers"
        for name, order in self._orders.items():
            is_in_hand = order.state in (OrderState.ASSIGNED, OrderState.AT_PICKUP, OrderState.ON_THE_WAY)
            assert (name in in_hand) == is_in_hand
            assert (name in self._doors) == (order.state is OrderState.DELIVERED)


def _town(street: Any, seed: int) -> Fork:
    """Return some drivers and orders on ten kilometres, with shifts, breaks, cancellations, closings and refusals."""
    dice, now = random.Random(seed), street.now

    def order(number: int, **fields: Any) -> Any:
        load = Load(volume_l=dice.uniform(1.0, 25.0), weight_kg=dice.uniform(1.0, 12.0))
        x = dice.uniform(0.0, 10_000.0), dice.uniform(0.0, 10_000.0)
        zone, ready_s = dice.choice((None, "Z-1")), dice.uniform(-300.0, 1200.0)
        return street.order(f"O-{number}", *x, load=load, zone_id=zone, ready_s=ready_s, is_ready=False, **fields)

    present = [order(number) for number in range(dice.randint(1, 5))]
    placed = [order(number, placed_at=now + dice.uniform(0.0, 3000.0)) for number in range(5, dice.randint(6, 12))]
    drivers, staff = [], {}
    for number in range(dice.randint(1, 4)):
        name = DriverId(f"D-{number}")
        begins_at = now + dice.uniform(0.0, 2000.0)
        due = PlannedBreak(earliest_at=begins_at, latest_at=begins_at + 900.0, length_s=dice.uniform(60.0, 900.0))
        staff[name] = Driver(
            driver_id=name,
            person=None,
            is_on_shift=True,
            shift_started_at=now - 60.0,
            shift_ends_at=now + dice.uniform(1800.0, 9000.0),
            breaks=(due,) if dice.random() < 0.6 else (),
        )
        hand = [changed(one, driver_id=name) for one in present if one.driver_id is None and dice.random() < 0.3][:1]
        present = [next((held for held in hand if held.order_id == one.order_id), one) for one in present]
        due_break = due if staff[name].breaks else None
        acceptance = Acceptance(probability=dice.choice((1.0, 0.7)))
        x_m = dice.uniform(0.0, 10_000.0)
        drivers.append(street.driver(name, x_m, hand, due_break=due_break, acceptance=acceptance))
    world = street.world(drivers, present)
    return fork_of(street, world, _PLAYING, demand=_what_came(dice, now, placed, present, staff), staff=staff)


def _what_came(dice: random.Random, now: float, placed: list[Any], present: list[Any], staff: Any) -> Demand:
    closure = Closure(
        closure_id=ClosureId("X-1"),
        zone_id=ZoneId("Z-1"),
        note="Flood",
        closed_by="rojas",
        closed_at=now + 300.0,
        until_at=now + 300.0 + dice.uniform(60.0, 2000.0),
    )
    came = [Happening(one.placed_at, placed=one) for one in placed]
    came += [
        Happening(max(now, one.placed_at) + dice.uniform(1.0, 2000.0), cancelled=one.order_id)
        for one in (*present, *placed)
        if dice.random() < 0.2
    ]
    came += [Happening(closure.closed_at, closed=(closure,))]
    for driver in staff.values():
        at = now + dice.uniform(0.0, 3000.0)
        pause = {"is_taken_out": True} if driver.breaks else {"is_paused": True, "pauses": (at,)}
        what = dice.choice(({"is_on_shift": False}, pause))
        came += [
            Happening(at, driver=changed(driver, **what)),
            Happening(at + dice.uniform(60.0, 900.0), driver=driver),
        ]
    refused = {(one.order_id, DriverId("D-0")) for one in placed if dice.random() < 0.2}
    return Demand(sorted(came, key=lambda happening: happening.at), refused=refused)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000), draw=st.integers(0, 3))
def test_no_order_is_lost_or_doubled_and_no_hard_limit_broken(street: Any, seed: int, draw: int) -> None:
    fork = _town(street, seed)
    side = _Watched(fork, fork.world, CommonDice(seed, draw))

    outcome = side.played()

    side.check_end()
    assert outcome.parts is not None
    assert outcome.cost == outcome.parts.total
    policy = street.policy
    assert outcome.parts.lateness == pytest.approx(policy.lateness_per_minute * outcome.late_minutes)
    assert outcome.parts.waiting == pytest.approx(policy.freshness_per_minute * outcome.waited_minutes)
    assert outcome.parts.driving == pytest.approx(policy.driving_money(outcome.driving_s, outcome.distance_m))


def _given_to(world: PlanningWorld, order: Any, driver_id: DriverId, other: DriverId) -> Override:
    """Return the override that gives an order to one driver where the other was recommended."""
    after = with_order(world, order, driver_id)[0].drivers[driver_id]
    plan = PlanChange(driver_id=driver_id, plan_number=1, stops=schedule(after, world.travel).recordable(0.0).planned())
    return Override(
        override_id=OverrideId("V-1"),
        order_id=order.order_id,
        driver_id=driver_id,
        recommended_driver_id=other,
        plans=(plan,),
        mode=OverrideMode.AS_IS,
        reason=ReasonCode.LOCAL_KNOWLEDGE,
        decided_at=world.now,
        decided_by="rojas",
    )


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000))
def test_choices_changed_round_change_sides_exactly(street: Any, seed: int) -> None:
    fork = _town(street, seed)
    free = [order for order in fork.world.orders.values() if order.driver_id is None]
    if len(fork.world.drivers) < 2 or not free:
        return
    one, other = sorted(fork.world.drivers)[:2]

    there = list(played_on(fork, _given_to(fork.world, free[0], one, other), seed))
    back = list(played_on(fork, _given_to(fork.world, free[0], other, one), seed))

    assert [(chosen, recommended) for recommended, chosen in back] == there


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000))
def test_choice_that_was_recommended_is_regretted_by_nothing_in_any_draw(street: Any, seed: int) -> None:
    fork = _town(street, seed)
    free = [order for order in fork.world.orders.values() if order.driver_id is None]
    if not free:
        return
    name = min(fork.world.drivers)

    outcomes = list(played_on(fork, _given_to(fork.world, free[0], name, name), seed))

    assert all(chosen == recommended for chosen, recommended in outcomes)
