"""A state played on with either choice: exact where nothing is uncertain, the same dice for both where it is."""

from __future__ import annotations

from dataclasses import replace as replaced
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from core.dispatch.acceptance import Acceptance
from core.dispatch.changes import CloseStreet, Hold, Split
from core.dispatch.decision import Override, OverrideMode, PlanChange, ReasonCode
from core.dispatch.playing_on.both_sides import chosen_side, played_on, recommended_side, regret_of
from core.dispatch.playing_on.demand import Demand, Happening
from core.dispatch.playing_on.fork import Detour, PlayingPolicy, in_play, neighbours
from core.dispatch.playing_on.played_side import PlayedSide, _less
from core.dispatch.playing_on.shared_dice import CommonDice
from core.dispatch.policy import DispatchPolicy
from core.fleet.closure import Closure, ClosureId
from core.fleet.fleet import Driver
from core.fleet.route import PlannedStop, StopKind
from core.travel import TravelMatrix
from core.vocabulary import DriverId, Load, OrderId, OverrideId, ZoneId
from tests.core.dispatch.playing_on.forks import SURE, fork_of


def _override(order: Any, driver: str, recommended: str | None, **fields: Any) -> Override:
    stops = tuple(
        PlannedStop(order_id=order.order_id, kind=kind, position=at, arrives_at=0.0, starts_at=0.0, departs_at=0.0)
        for kind, at in ((StopKind.PICKUP, order.pickup.position), (StopKind.DELIVERY, order.delivery))
    )
    settings: dict[str, Any] = {
        "override_id": OverrideId("V-1"),
        "order_id": order.order_id,
        "driver_id": DriverId(driver),
        "recommended_driver_id": None if recommended is None else DriverId(recommended),
        "plans": (PlanChange(driver_id=DriverId(driver), plan_number=1, stops=stops),),
        "mode": OverrideMode.AS_IS,
        "reason": ReasonCode.LOCAL_KNOWLEDGE,
        "decided_at": 0.0,
        "decided_by": "rojas",
    }
    return Override(**{**settings, **fields})


def test_a_driver_drives_waits_for_the_kitchen_and_delivers(certain: Any) -> None:
    """100 s to the kitchen, ready after 300 s, 60 s at the counter, 200 s to the door: there after 560 s."""
    order = certain.order("O-1", 1000.0, 3000.0, ready_s=300.0, is_ready=False, due_s=500.0)
    world = certain.world([certain.driver("D-1", 0.0, [order])], [order])

    outcome = PlayedSide(fork_of(certain, world), world, CommonDice(1, 0)).played()

    assert outcome.waited_minutes == pytest.approx(560.0 / 60.0)
    assert (outcome.late_minutes, outcome.broken) == (pytest.approx(1.0), 1.0)
    assert (outcome.distance_m, outcome.driving_s) == (pytest.approx(3000.0, abs=1.0), pytest.approx(300.0, abs=0.1))
    # 300 s and 3 km of driving: 550 + 330; one minute late: 300; 560 s of waiting at 60 a minute: 560.
    assert outcome.cost == pytest.approx(1740.0, abs=2.0)


def test_a_held_order_waits_for_the_end_of_the_hold_and_the_recommended_driver_does_not(certain: Any) -> None:
    """Held for 600 s, then 100 s to the kitchen, 60 s there and 200 s to the door; the other way 600 s sooner."""
    order = certain.order("O-1", 1000.0, 3000.0)
    world = certain.world([certain.driver("D-1", 0.0)], [order])
    hold = Hold(order_id=order.order_id, for_s=600.0)
    override = _override(order, "", "D-1", change=hold, plans=(), decided_at=certain.now)

    [(chosen, recommended), *_] = played_on(fork_of(certain, world), override, seed=1)

    assert recommended.waited_minutes == pytest.approx(360.0 / 60.0)
    assert chosen.waited_minutes == pytest.approx(960.0 / 60.0)


def test_an_order_that_came_later_is_given_away_by_the_products_own_decider(certain: Any) -> None:
    order = certain.order("O-1", 1000.0, 3000.0, placed_at=certain.now + 60.0)
    world = certain.world([certain.driver("D-1", 0.0)], [])
    demand = Demand([Happening(certain.now + 60.0, placed=order)])

    fork = fork_of(certain, world, demand=demand)
    outcome = PlayedSide(fork, fork.world, CommonDice(1, 0)).played()

    assert outcome.broken == 0.0
    assert outcome.distance_m == pytest.approx(3000.0, abs=1.0)


def test_goods_wait_for_as_long_as_was_recorded_and_a_cancelled_order_counts_nowhere(certain: Any) -> None:
    ready, gone = certain.order("O-1", 1000.0, 3000.0, is_ready=False), certain.order("O-2", 1000.0, 3000.0)
    world = certain.world([certain.driver("D-1", 0.0, [ready]), certain.driver("D-2", 0.0, [gone])], [ready, gone])
    demand = Demand(
        [Happening(certain.now + 50.0, cancelled=OrderId("O-2"))], ready_at={OrderId("O-1"): certain.now + 900.0}
    )

    fork = fork_of(certain, world, demand=demand)
    outcome = PlayedSide(fork, fork.world, CommonDice(1, 0)).played()

    assert outcome.waited_minutes == pytest.approx((900.0 + 60.0 + 200.0) / 60.0)


def test_goods_seen_missing_at_the_fork_are_not_ready_before_it(street: Any) -> None:
    """Announced 600 s before; the driver stands at the counter. Of 200 draws the mean is the kitchen's deviation."""
    unsure = type(street)(DispatchPolicy(spread=replace(SURE, kitchen_sd_s=150.0)))
    order = unsure.order("O-1", 0.0, 0.0, ready_s=-600.0, is_ready=False)
    world = unsure.world([unsure.driver("D-1", 0.0, [order])], [order])
    fork = fork_of(unsure, world)

    waited_s = [60.0 * PlayedSide(fork, world, CommonDice(1, draw)).played().waited_minutes for draw in range(200)]

    # A minute at the counter comes after it.
    assert min(waited_s) >= 60.0
    assert np.mean(waited_s) - 60.0 == pytest.approx(150.0, rel=0.2)


def test_nobody_who_went_home_gets_an_order_and_what_stays_behind_counts_to_the_end(certain: Any) -> None:
    order = certain.order("O-1", 1000.0, 3000.0, placed_at=certain.now + 60.0)
    world = certain.world([certain.driver("D-1", 0.0)], [])
    home = Driver(driver_id=DriverId("D-1"), person=None, is_on_shift=False)
    demand = Demand([Happening(certain.now + 30.0, driver=home), Happening(certain.now + 60.0, placed=order)])

    fork = fork_of(certain, world, demand=demand, playing=PlayingPolicy(grace_s=600.0))
    outcome = PlayedSide(fork, fork.world, CommonDice(1, 0)).played()

    assert (outcome.distance_m, outcome.broken) == (0.0, 1.0)
    assert outcome.waited_minutes == pytest.approx((3600.0 + 600.0 - 60.0) / 60.0)


def _closure(street: Any, number: int, from_s: float, until_s: float) -> Closure:
    return Closure(
        closure_id=ClosureId(f"X-{number}"),
        zone_id=ZoneId("Z-1"),
        note="Flood",
        closed_by="rojas",
        closed_at=street.now + from_s,
        until_at=street.now + until_s,
    )


@pytest.mark.parametrize(("until_s", "reopened_s"), [(3000.0, 900.0), (900.0, 3000.0)])
def test_a_closed_zone_gets_nobody_until_it_is_open_again(certain: Any, until_s: float, reopened_s: float) -> None:
    """Opened by hand or because its time is over: 900 s later; then 360 s of ways and the counter."""
    order = certain.order("O-1", 1000.0, 3000.0, zone_id="Z-1")
    world = certain.world([certain.driver("D-1", 0.0)], [order])
    demand = Demand([Happening(certain.now + reopened_s, closed=())])

    fork = fork_of(certain, world, demand=demand, closed=(_closure(certain, 1, -60.0, until_s),))
    outcome = PlayedSide(fork, fork.world, CommonDice(1, 0)).played()

    assert outcome.waited_minutes == pytest.approx((900.0 + 360.0) / 60.0, abs=1.0)


def test_the_farther_driver_is_regretted_by_exactly_the_longer_way(certain: Any) -> None:
    """D-2 stands 2 km farther away: 200 s and 2 km more."""
    order = certain.order("O-1", 1000.0, 3000.0)
    world = certain.world([certain.driver("D-1", 0.0), certain.driver("D-2", -2000.0)], [order])
    override, fork = _override(order, "D-2", "D-1"), fork_of(certain, world)

    found = regret_of(fork, override, list(played_on(fork, override, 1)), seed=1)

    assert found.waited.mean == pytest.approx(200.0 / 60.0, abs=0.01)
    assert found.money.mean == pytest.approx(200.0 / 60.0 * 110.0 + 2 * 110.0 + 200.0, abs=2.0)
    assert (found.overriding, found.following) == (pytest.approx(found.money.mean), 0.0)
    assert (found.better_share, found.money.sd, found.draws) == (0.0, pytest.approx(0.0, abs=1e-6), 3)


def test_the_same_choice_on_both_sides_differs_in_nothing_however_uncertain(street: Any) -> None:
    order = street.order("O-1", 1000.0, 3000.0)
    world = street.world([street.driver("D-1", 0.0)], [order])
    override, fork = _override(order, "D-1", "D-1"), fork_of(street, world)

    outcomes = list(played_on(fork, override, 5))

    assert all(chosen == recommended for chosen, recommended in outcomes)
    assert len({chosen.cost for chosen, _ in outcomes}) == 3


def test_the_same_seed_gives_the_same_estimate_again(street: Any) -> None:
    orders = [street.order(f"O-{n}", 500.0 * n, 4000.0 - 300.0 * n, ready_s=60.0 * n, is_ready=False) for n in range(4)]
    world = street.world([street.driver("D-1", 0.0), street.driver("D-2", 2500.0)], orders)
    override = _override(orders[0], "D-2", "D-1")
    fork = fork_of(street, world)

    assert list(played_on(fork, override, 9)) == list(played_on(fork, override, 9))
    assert list(played_on(fork, override, 9)) != list(played_on(fork, override, 10))


def test_without_a_recommendation_the_other_side_is_the_state_as_it_stood(certain: Any) -> None:
    order = certain.order("O-1", 1000.0, 3000.0)
    world = fork_of(certain, certain.world([certain.driver("D-1", 0.0)], [order])).world

    assert recommended_side(world, _override(order, "D-1", None)) is world


def test_an_order_taken_from_a_driver_leaves_that_drivers_stops(certain: Any) -> None:
    order = certain.order("O-1", 1000.0, 3000.0)
    held = replace(order, driver_id=DriverId("D-1"))
    world = certain.world([certain.driver("D-1", 0.0, [held]), certain.driver("D-2", 10.0)], [held])

    side = chosen_side(world, _override(held, "D-2", "D-1"))

    assert side.drivers[DriverId("D-1")].stops == ()
    assert [stop.kind for stop in side.drivers[DriverId("D-2")].stops] == [StopKind.PICKUP, StopKind.DELIVERY]


def test_who_lost_an_order_by_a_split_does_not_get_it_again(certain: Any) -> None:
    order = certain.order("O-1", 1000.0, 3000.0)
    held = replace(order, driver_id=DriverId("D-1"))
    world = certain.world([certain.driver("D-1", 0.0, [held])], [held])
    empty = (PlanChange(driver_id=DriverId("D-1"), plan_number=1, stops=()),)
    split = Split(order_id=OrderId("O-1"))
    override = _override(held, "D-1", None, plans=empty, change=split, previous_driver_id=DriverId("D-1"))

    side = chosen_side(world, override)

    assert side.drivers[DriverId("D-1")].stops == ()
    assert side.orders[OrderId("O-1")].forbidden == ("D-1",)


def test_only_the_nearest_and_those_touched_take_part(certain: Any) -> None:
    drivers = [certain.driver(f"D-{n}", 1000.0 * n) for n in range(6)]
    order = certain.order("O-1", 0.0, 500.0)
    world = certain.world(drivers, [order])

    chosen = neighbours(world, [order.pickup.position], [DriverId("D-5")], 2)

    assert chosen == ("D-0", "D-1", "D-5")
    assert set(in_play(world, chosen, [order.order_id]).drivers) == {"D-0", "D-1", "D-5"}


def test_who_refused_in_truth_or_never_says_yes_is_asked_in_vain(certain: Any) -> None:
    order = certain.order("O-1", 1000.0, 3000.0, placed_at=certain.now + 60.0)
    never = certain.driver("D-2", 900.0, acceptance=Acceptance(probability=0.0))
    world = certain.world([certain.driver("D-1", 1000.0), never, certain.driver("D-3", -9000.0)], [])
    demand = Demand([Happening(certain.now + 60.0, placed=order)], refused={(OrderId("O-1"), DriverId("D-1"))})

    fork = fork_of(certain, world, demand=demand)
    outcome = PlayedSide(fork, fork.world, CommonDice(1, 0)).played()

    assert outcome.distance_m == pytest.approx(12_000.0, abs=5.0), "D-3 comes from ten kilometres away"


def test_street_is_driven_round_while_it_is_closed_and_on_the_side_that_closed_it(certain: Any) -> None:
    """200 s round it for five minutes: the way to the counter takes these, and that to the door is open again."""
    order = certain.order("A", 1000, 3000)
    world = certain.world([certain.driver("D-1", 0, [order])], [order])
    closure = Closure(
        closure_id=ClosureId("X-1"),
        position=order.delivery,
        segments=((1, 2),),
        note="Flood",
        closed_by="rojas",
        closed_at=certain.now,
        until_at=certain.now + 300.0,
    )
    change = CloseStreet(order_id=order.order_id, position=order.delivery, for_s=300.0)
    override = _override(order, "D-1", None, change=change, decided_at=certain.now, plans=())
    plain = fork_of(certain, world, demand=Demand([Happening(certain.now, closed=(closure,))]))
    told = plain.world.travel.matrix
    longer = TravelMatrix(told.durations_s + 200.0, told.distances_m + 2000.0, degraded=False, as_of=certain.now)
    fork = replaced(plain, detour=Detour(closure.closure_id, plain.world.travel.retold(longer)))

    ((chosen, recommended), *_) = played_on(fork, override, 1)

    assert (chosen.waited_minutes - recommended.waited_minutes) * 60.0 == pytest.approx(200.0)
    assert chosen.distance_m - recommended.distance_m == pytest.approx(2000.0)
    assert recommended == PlayedSide(plain, plain.world, CommonDice(1, 0)).played()


def test_dice_depend_on_what_they_are_about_alone() -> None:
    dice = CommonDice(3, 1)

    assert dice.normal("way", 1) == CommonDice(3, 1).normal("way", 1)
    assert dice.normal("way", 1) != CommonDice(3, 2).normal("way", 1)
    assert np.mean([CommonDice(3, draw).factor(0.3, "way") for draw in range(2000)]) == pytest.approx(1.0, abs=0.03)


def test_what_was_handed_over_leaves_room_in_every_unit() -> None:
    aboard = Load(volume_l=30.0, weight_kg=8.0, amounts={"crates": 5.0, "pallets": 1.0})
    left = _less(aboard, Load(volume_l=10.0, weight_kg=9.0, amounts={"crates": 2.0}))
    assert left == Load(volume_l=20.0, weight_kg=0.0, amounts={"crates": 3.0, "pallets": 1.0})
