"""The preview counts everyone whose time moves, in both counterfactuals, and changes nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace as changed

from core.dispatch.changes import Reassign
from core.dispatch.commit_check import moved_since, shown_of
from core.dispatch.decision import ImpactPreview, OverrideMode, RiskStage
from core.dispatch.impact_preview import Question, preview_override
from core.dispatch.rationale import say
from core.eta.arrival import Z90
from core.eta.change_errors import ChangeErrors, Learned
from core.eta.learned_times import LearnedTimes
from core.eta.route_errors import RouteErrors, Sides, Situation
from core.orders.order import OrderState

ASSIGNED = OrderState.ASSIGNED


def preview(world: Any, order_id: str, driver_id: str, **settings: Any) -> ImpactPreview:
    return preview_override(world, Question(Reassign(order_id=order_id, driver_id=driver_id), **settings))


def test_as_is_moves_only_the_customers_of_the_chosen_driver(street: Any, on_the_way: Any) -> None:
    # D-1 carries A to 5000 m: 500 s. With B on top (pickup at -1000 m first or after) A or B comes later.
    carried = street.order("A", 0, 5000, state=on_the_way, driver_id="D-1", due_s=560.0)
    order = street.order("B", -1000, 5000, due_s=900.0)
    world = street.world([street.driver("D-1", 0, [carried]), street.driver("D-2", -1500)], [carried, order])

    found = preview(world, "B", "D-1", recommended_driver_id="D-2")

    assert [affected.order_id for affected in found.affected] == ["B", "A"]
    assert found.affected[0].now is None and found.affected[0].recommended is not None
    assert found.affected[1].now is not None and found.affected[1].now.p50_at == pytest.approx(street.now + 500.0)
    # A goes last: 100 s, 60 s at the counter, 600 s, and it is served before or after B at the same door.
    assert found.affected[1].as_is is not None and found.affected[1].as_is.p50_at >= street.now + 760.0
    assert found.affected[1].risk_now is RiskStage.WATCH
    assert found.affected[1].risk_as_is is RiskStage.LATE
    assert found.recommendation.promises_broken == 0
    assert found.as_is.promises_broken == 1
    # Lateness is expected over the whole distribution: B, who is likely in time, adds a little.
    assert 0.0 < found.as_is.longest_delay_minutes < found.as_is.late_minutes
    assert found.as_is.drivers_changed == 1
    assert found.based_on == {"D-1": 1}
    assert [plan.driver_id for plan in found.as_is_plans] == ["D-1"]


def test_driver_who_loses_the_order_is_part_of_the_change(street: Any) -> None:
    order = street.order("B", 1000, 2000, state=ASSIGNED, driver_id="D-1", version=7)
    world = street.world([street.driver("D-1", 0, [order]), street.driver("D-2", 900)], [order])

    found = preview(world, "B", "D-2", position=42)

    assert {plan.driver_id: len(plan.stops) for plan in found.as_is_plans} == {"D-1": 0, "D-2": 2}
    assert found.based_on == {"D-1": 1, "D-2": 1}
    assert (found.order_version, found.position) == (7, 42)
    assert found.affected[0].now is not None and found.affected[0].as_is is not None
    # 200 s + 60 s against 10 s + 60 s + 100 s: 90 s earlier.
    assert found.affected[0].as_is.p50_at - found.affected[0].now.p50_at == pytest.approx(-90.0)


def test_cost_is_driving_lateness_and_waiting_of_whom_every_plan_brings(street: Any) -> None:
    order = street.order("B", 0, 1000, due_s=9000.0)
    world = street.world([street.driver("D-1", 0), street.driver("D-2", -2000)], [order])

    found = preview(world, "B", "D-2", recommended_driver_id="D-1", with_replanned=False)

    # D-1: 60 s at the counter and 100 s; D-2: 200 s more. Nobody is late.
    near, far = found.recommendation, found.as_is
    assert (near.waited_minutes, far.waited_minutes) == pytest.approx((160.0 / 60.0, 360.0 / 60.0))
    policy = world.policy
    driving = policy.driving_money(200.0, far.distance_m - near.distance_m)
    assert far.cost - near.cost == pytest.approx(driving + policy.freshness_per_minute * 200.0 / 60.0, abs=1.0)
    assert found.present.waited_minutes == 0.0


def test_preview_shows_what_such_plans_came_to(street: Any) -> None:
    order = street.order("B", 0, 1000)
    plain = street.world([street.driver("D-1", 0)], [order])
    errors = RouteErrors({Situation.OFFERED: Sides(middle=2.0, sooner=1.0, later=1.0)})

    found = preview(replace(plain, times=LearnedTimes(UTC, lambda _: "Z", arrivals=errors)), "B", "D-1").affected[0]

    before = preview(plain, "B", "D-1").affected[0]
    assert before.as_is is not None and found.as_is is not None
    sd = (before.as_is.p90_at - before.as_is.p50_at) / Z90
    assert found.as_is.p50_at - before.as_is.p50_at == pytest.approx(2.0 * sd)


AS_PLANNED = Sides(0.0, 1.0, 1.0)


def changes(share: float = 1.0, sides: Sides = AS_PLANNED, **fields: Any) -> LearnedTimes:
    learned = ChangeErrors(share=share, everybody=Learned(sides, **fields), on_board=Learned(AS_PLANNED))
    return LearnedTimes(UTC, lambda _: "Z", changes=learned)


def test_times_are_as_wide_as_earlier_changes_came_out_and_say_so(street: Any) -> None:
    order = street.order("B", 0, 1000)
    plain = street.world([street.driver("D-1", 0.0)], [order])
    wide = changes(sides=Sides(0.0, 1.5, 3.0), customers=120, inside=0.79)

    found = preview(replace(plain, times=wide), "B", "D-1")

    before = preview(replace(plain, times=changes()), "B", "D-1").affected[0].as_is
    after = found.affected[0].as_is
    assert before is not None and after is not None
    assert after.p50_at == before.p50_at
    assert after.p90_at - after.p50_at == pytest.approx(3.0 * (before.p90_at - before.p50_at))
    assert [say(statement) for statement in found.said] == [
        "Times are as wide as it takes for 8 of 10 customers after changes of any kind; of the last 120, 79 % came "
        "within what was shown"
    ]
    # What is kept for the ledger is what was foretold before that, beside what was shown.
    kept = found.as_is_foretold["B"]
    assert (kept.at, kept.p90_at) == (before.p50_at, after.p90_at)
    assert kept.later_s * Z90 == pytest.approx(before.p90_at - before.p50_at)


def test_few_customers_are_said_to_be_few(street: Any) -> None:
    order = street.order("B", 0, 1000)
    world = street.world([street.driver("D-1", 0.0)], [order], times=changes(customers=3))

    assert [say(statement) for statement in preview(world, "B", "D-1").said] == [
        "Times are wide by assumption: 3 customers have come after changes so far"
    ]


def test_of_lateness_that_can_be_helped_a_share_is_foretold_on_every_side(street: Any, on_the_way: Any) -> None:
    """Each order alone on its driver; the lateness of A, on board, is that of the road and stays as it is."""
    carried = street.order("A", 0, 5000, state=on_the_way, driver_id="D-2", due_s=-600.0)
    order = street.order("B", 0, 1000, due_s=-600.0)
    world = street.world([street.driver("D-1", 0.0), street.driver("D-2", 0.0, [carried])], [carried, order])

    whole = preview(replace(world, times=changes(1.0)), "B", "D-1", recommended_driver_id="D-2")
    half = preview(replace(world, times=changes(0.5)), "B", "D-1", recommended_driver_id="D-2")

    # B comes after 160 s, ten minutes after its promise already: 12.7 against 11.3 minutes. A: 18.3 minutes, in both.
    assert whole.as_is.late_minutes == pytest.approx((600 + 160 + 600 + 500) / 60.0, abs=0.3)
    assert whole.as_is.late_minutes - half.as_is.late_minutes == pytest.approx(80.0 / 60.0, abs=0.3)
    assert half.present.late_minutes == pytest.approx((600 + 500) / 60.0, abs=0.3)
    assert half.recommendation.late_minutes < whole.recommendation.late_minutes


def test_order_that_nobody_drives_before_the_commit_hangs_on_the_clock(street: Any) -> None:
    waits, has = street.order("B", 0, 1000), street.order("A", 0, 1000, state=ASSIGNED, driver_id="D-2")
    drivers = [street.driver("D-1", 0.0), street.driver("D-2", 0.0, [has])]
    world = street.world(drivers, [waits, has])

    idle, busy = (preview(world, "B", name, recommended_driver_id=name) for name in ("D-1", "D-2"))

    assert set(idle.as_is_clock) == {"B"} and busy.as_is_clock == {}
    # It will not be late; each minute costs what a minute of waiting costs.
    rate = idle.as_is_clock["B"]
    assert rate.late_minutes == pytest.approx(0.0, abs=1e-6)
    assert rate.money == pytest.approx(world.policy.freshness_per_minute, abs=0.1)


def test_orders_behind_overdue_goods_hang_on_the_clock(street: Any) -> None:
    late = street.order("A", 0, 1000, state=ASSIGNED, driver_id="D-2", is_ready=False, ready_s=-300.0)
    order = street.order("B", 0, 3000)
    world = street.world([street.driver("D-2", 0.0, [late])], [late, order])

    found = preview(world, "B", "D-2", recommended_driver_id="D-2")

    # A hangs in the plan in force as well, and what a minute adds there is taken off.
    assert found.as_is_clock["A"].money == pytest.approx(0.0, abs=0.1)
    assert found.as_is_clock["B"].money == pytest.approx(world.policy.freshness_per_minute, abs=0.1)


def test_previewing_later_alone_moves_nothing_that_matters(street: Any) -> None:
    """Three minutes later, nothing having happened, the driver would leave three minutes later."""
    order = street.order("B", 0, 1000)
    world = street.world([street.driver("D-1", 0.0)], [order])
    later = replace(world.drivers["D-1"], start_at=street.now + 180.0, as_of=street.now + 180.0)

    shown = shown_of(preview(world, "B", "D-1"), OverrideMode.AS_IS)
    now = preview(replace(world, now=street.now + 180.0).with_driver(later), "B", "D-1")

    as_is = now.affected[0].as_is
    assert as_is is not None and as_is.p50_at - shown.arrivals["B"] == pytest.approx(180.0, abs=0.01)
    assert moved_since(shown, now, OverrideMode.AS_IS) == ()
    assert moved_since(changed(shown, shown_at=0.0), now, OverrideMode.AS_IS) != ()


def test_replanning_gives_waiting_work_to_a_free_neighbour(street: Any, on_the_way: Any) -> None:
    planned = street.order("A", 200, -3000, state=ASSIGNED, driver_id="D-1", due_s=500.0)
    order = street.order("B", 100, 6000, due_s=800.0)
    drivers = [street.driver("D-1", 0, [planned]), street.driver("D-2", 300)]

    found = preview(street.world(drivers, [planned, order]), "B", "D-1", neighbours=["D-2"])

    assert found.replanned is not None
    assert found.replanned.late_minutes < found.as_is.late_minutes
    assert {plan.driver_id: {stop.order_id for stop in plan.stops} for plan in found.replanned_plans} == {
        "D-1": {"B"},
        "D-2": {"A"},
    }


def test_hard_limit_is_named_and_nothing_is_planned(street: Any) -> None:
    order = street.order("B", 1000, 2000, skills=("cold",))
    world = street.world([street.driver("D-1", 0)], [order])

    found = preview(world, "B", "D-1")

    assert [say(breach.statement) for breach in found.breaches] == ["Lacks: cold"]
    assert found.as_is_plans == () and found.replanned is None


def test_goods_on_board_cannot_change_hands(street: Any, on_the_way: Any) -> None:
    carried = street.order("A", 0, 5000, state=on_the_way, driver_id="D-1")
    world = street.world([street.driver("D-1", 0, [carried]), street.driver("D-2", 0)], [carried])

    found = preview(world, "A", "D-2")

    assert [say(breach.statement) for breach in found.breaches] == ["The goods are with D-1"]


def test_person_may_ask_a_driver_again_who_refused(street: Any) -> None:
    order = street.order("B", 1000, 2000, refused_by=("D-1",))

    found = preview(street.world([street.driver("D-1", 0)], [order]), "B", "D-1")

    assert found.breaches == () and len(found.as_is_plans) == 1


place = st.integers(-8000, 8000)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    trips=st.lists(st.tuples(place, place, st.integers(0, 2)), min_size=1, max_size=7),
    starts=st.tuples(place, place, place),
)
def test_no_counterfactual_loses_or_doubles_a_stop(street: Any, trips: Any, starts: Any) -> None:
    orders = [
        street.order(f"O-{i}", a, b, due_s=700.0, state=ASSIGNED, driver_id=f"D-{who}")
        for i, (a, b, who) in enumerate(trips)
    ]
    drivers = [
        street.driver(f"D-{who}", x, [order for order in orders if order.driver_id == f"D-{who}"])
        for who, x in enumerate(starts)
    ]
    world = street.world(drivers, orders)
    taker = "D-1" if orders[0].driver_id != "D-1" else "D-2"

    found = preview(world, "O-0", taker, neighbours=["D-0", "D-1", "D-2"])

    for plans in (found.as_is_plans, found.replanned_plans):
        after = {driver.driver_id: [(s.order_id, s.kind) for s in driver.stops] for driver in drivers}
        after |= {plan.driver_id: [(s.order_id, s.kind) for s in plan.stops] for plan in plans}
        counts = Counter(stop for stops in after.values() for stop in stops)
        if not found.breaches:
            assert set(counts.values()) == {1} and len(counts) == 2 * len(orders)
            for stops in after.values():
                seen = [name for name, _ in stops]
                assert all(seen.count(name) == 2 for name in seen)


def test_who_has_to_be_told_goes_by_the_policy_in_force(street: Any, on_the_way: Any) -> None:
    carried = street.order("A", 0, 5000, state=on_the_way, driver_id="D-1", due_s=560.0)
    order = street.order("B", -1000, 5000, due_s=900.0)
    world = street.world([street.driver("D-1", 0, [carried]), street.driver("D-2", -1500)], [carried, order])
    patient = world.with_policy(changed(street.policy, told_move_s=3600.0))

    # A comes 260 s later at least; B was told nothing yet and has no time now.
    assert preview(world, "B", "D-1").as_is.customers_to_tell == 2
    assert preview(patient, "B", "D-1").as_is.customers_to_tell == 1
