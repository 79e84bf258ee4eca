"""Nothing is proposed or previewed that the check rules out, and what is said of who is out is the check's."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace as changed

from core.dispatch.asking import Asked
from core.dispatch.candidates import Pricing, price, shortlist
from core.dispatch.changes import Reassign
from core.dispatch.checked_options import checked, checked_insertion, checked_preview
from core.dispatch.decision import Breach, RecommendedAction, Statement
from core.dispatch.impact_preview import Question, preview_override
from core.dispatch.rationale import say
from core.dispatch.recommend import recommend
from core.dispatch.route_insertion import insert_cheapest
from core.fleet.fleet import PlannedBreak
from core.orders.order import OrderState
from core.vocabulary import DriverId, Load, OrderId, RecommendationId

NEAR, FAR = DriverId("D-1"), DriverId("D-2")


@pytest.fixture
def scene(street: Any) -> Any:
    """D-1 stands at the kitchen and D-2 far from it; both may take O-1."""
    order = street.order("O-1", 0, 1000)
    return street.world([street.driver(NEAR, 0), street.driver(FAR, 4000)], [order]), order


def priced(world: Any, order: Any) -> Pricing:
    return price(world, order, shortlist(world, order))


def recommended(world: Any, pricing: Pricing, chosen: DriverId | None) -> Any:
    return recommend(world, Asked(pricing=pricing, chosen=chosen, taken={}), RecommendationId("R-1"))


def with_breach(world: Any, driver_id: DriverId, **fields: Any) -> Any:
    """The world in which a driver breaks a limit that the planner did not see when it priced."""
    return world.with_driver(replace(world.drivers[driver_id], **fields))


def planted(world: Any, order: Any, **fields: Any) -> Pricing:
    """A pricing that holds D-1 for possible, although a limit is broken."""
    pricing = priced(world, order)
    broken = with_breach(world, NEAR, **fields).drivers[NEAR]
    possible = tuple(replace(one, driver=broken) if one.driver_id == NEAR else one for one in pricing.possible)
    return replace(pricing, possible=possible)


def test_planner_and_check_agree_on_a_sound_pricing(scene: Any) -> None:
    world, order = scene
    pricing = priced(world, order)

    found = checked(world, pricing)

    assert found.disagreements == ()
    assert (found.pricing.possible, found.pricing.impossible, found.pricing.disputed) == (pricing.possible, (), ())


def test_driver_ruled_out_by_the_check_is_not_proposed_and_a_person_decides(scene: Any) -> None:
    world, order = scene

    found = checked(world, planted(world, order, is_paused=True))
    made = recommended(world, found.pricing, FAR)

    assert [(one.driver_id, one.planner, one.check) for one in found.disagreements] == [(NEAR, (), ("not_paused",))]
    assert (made.driver_id, made.is_automatic) == (FAR, False)
    assert [say(reason) for reason in made.ask_reasons] == ["The planner and its check disagree on D-1"]
    assert [b.constraint for a in made.alternatives if a.driver_id == NEAR for b in a.breaches] == ["not_paused"]


def test_with_nobody_else_the_order_waits_for_a_person(scene: Any) -> None:
    world, order = scene
    alone = replace(world, drivers={NEAR: world.drivers[NEAR]})

    made = recommended(alone, checked(alone, planted(alone, order, is_on_shift=False)).pricing, NEAR)

    assert (made.action, made.driver_id) == (RecommendedAction.WAIT, None)
    assert "ask.checks_disagree" in [reason.code for reason in made.ask_reasons]


def test_reasons_that_are_shown_are_those_of_the_check(scene: Any) -> None:
    world, order = scene
    world = with_breach(world, NEAR, is_on_shift=True, is_paused=True)
    pricing = priced(world, order)
    wrong = Breach(constraint="not_paused", statement=Statement(code="breach.with_goods", arguments={"driver_id": "X"}))
    told = replace(pricing, impossible=tuple(replace(one, breaches=(wrong,)) for one in pricing.impossible))

    found = checked(world, told)

    assert [say(breach.statement) for one in found.pricing.impossible for breach in one.breaches] == ["On a break"]
    assert found.disagreements == ()


def test_exclusion_that_the_check_cannot_find_is_said_and_counted(scene: Any) -> None:
    world, order = scene
    pricing = priced(world, order)
    wrong = Breach(constraint="shift_end", statement=Statement(code="breach.shift_end", arguments={"over_min": 3.0}))
    near, far = pricing.possible
    told = replace(pricing, possible=(far,), impossible=(replace(near, breaches=(wrong,)),))

    found = checked(world, told)

    assert [(one.driver_id, one.planner, one.check) for one in found.disagreements] == [(NEAR, ("shift_end",), ())]
    assert [b.constraint for one in found.pricing.impossible for b in one.breaches] == ["unexplained"]
    assert found.pricing.disputed == ()


def test_choice_of_the_platforms_own_is_no_disagreement(scene: Any) -> None:
    world, order = scene
    pricing = priced(world, order)
    arguments: dict[str, str | float | int] = {"orders": 4, "limit": 3}
    own = Breach(constraint="max_bundle", statement=Statement(code="breach.max_bundle", arguments=arguments))
    near, far = pricing.possible
    told = replace(pricing, possible=(far,), impossible=(replace(near, breaches=(own,)),))

    found = checked(world, told)

    assert found.disagreements == ()
    assert found.pricing.impossible[0].breaches == (own,)


def test_only_those_who_are_shown_are_looked_at(street: Any) -> None:
    few = replace(street, policy=changed(street.policy, alternatives_shown=2))
    order = few.order("O-1", 0, 1000)
    drivers = [few.driver(f"D-{i}", 100 * i, is_paused=True) for i in range(1, 6)]
    world = few.world(drivers, [order])
    pricing = priced(world, order)
    wrong = Breach(constraint="skills", statement=Statement(code="breach.skills", arguments={"missing": "none"}))
    told = replace(pricing, impossible=tuple(replace(one, breaches=(wrong,)) for one in pricing.impossible))

    def corrected(about: DriverId | None) -> list[DriverId]:
        found = checked(world, told, about).pricing.impossible
        return [one.driver_id for one in found if one.breaches != (wrong,)]

    assert corrected(None) == ["D-1", "D-2"]
    assert corrected(DriverId("D-5")) == ["D-1", "D-2", "D-5"]


def test_insertion_that_breaks_a_limit_does_not_hold(scene: Any) -> None:
    world, order = scene
    insertion = insert_cheapest(world, world.drivers[NEAR], order)
    short = replace(insertion, driver=replace(insertion.driver, shift_ends_at=world.now + 60.0))

    assert checked_insertion(world, order, insertion) == ()
    assert [one.check for one in checked_insertion(world, order, short)] == [("shift_end",)]


@pytest.fixture
def preview(street: Any) -> Any:
    """O-1 is with D-1 and would go to D-2, as somebody looks at it."""
    order = street.order("O-1", 0, 1000, state=OrderState.ASSIGNED, driver_id=NEAR)
    world = street.world([street.driver(NEAR, 0, [order]), street.driver(FAR, 4000)], [order])
    change = Reassign(order_id=OrderId("O-1"), driver_id=FAR)
    return world, preview_override(world, Question(change=change, neighbours=[NEAR, FAR]))


def test_sound_preview_stands(preview: Any) -> None:
    world, made = preview

    assert checked_preview(world, made) == (made, ())


def test_change_that_the_check_rules_out_cannot_be_committed(preview: Any) -> None:
    world, made = preview

    held, disagreements = checked_preview(with_breach(world, FAR, shift_ends_at=world.now + 60.0), made)

    assert [breach.constraint for breach in held.breaches] == ["shift_end"]
    assert (held.as_is_plans, held.replanned) == ((), None)
    assert [one.check for one in disagreements] == [("shift_end",)]


def test_reasons_of_an_impossible_change_are_those_of_the_check(preview: Any) -> None:
    world, _ = preview
    world = with_breach(world, FAR, is_paused=True)
    change = Reassign(order_id=OrderId("O-1"), driver_id=FAR)

    held, disagreements = checked_preview(world, preview_override(world, Question(change=change)))

    assert [breach.constraint for breach in held.breaches] == ["not_paused"]
    assert disagreements == ()


def test_re_planned_version_that_breaks_a_limit_is_left_out(preview: Any) -> None:
    world, made = preview
    doubled = tuple(changed(plan, stops=(*plan.stops, *plan.stops[-1:])) for plan in made.as_is_plans)
    hands = {OrderId("O-1"): FAR}
    told = changed(made, replanned=made.as_is, replanned_plans=doubled, replanned_hands=hands)

    held, disagreements = checked_preview(world, told)

    assert (held.breaches, held.replanned, held.replanned_plans) == ((), None, ())
    assert [one.check for one in disagreements] == [("other_stops",)]


PLACE = st.integers(-6000, 6000)
DRIVER = st.fixed_dictionaries(
    {
        "x_m": PLACE,
        "trips": st.lists(st.tuples(PLACE, PLACE, st.integers(0, 30), st.integers(0, 2), st.booleans()), max_size=4),
        "shift_s": st.integers(200, 6000),
        "crates": st.integers(0, 3),
        "age_s": st.sampled_from([0.0, 100.0, 400.0]),
        "is_paused": st.booleans(),
        "frozen": st.integers(0, 1),
        "break": st.none() | st.tuples(st.integers(-600, 3000), st.integers(0, 3000), st.integers(60, 2400)),
    }
)


def break_of(street: Any, from_s: float, width_s: float, length_s: float) -> PlannedBreak:
    from_at = street.now + from_s
    return PlannedBreak(earliest_at=from_at, latest_at=from_at + width_s, length_s=length_s)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    drawn=st.lists(DRIVER, min_size=1, max_size=4),
    new=st.tuples(PLACE, PLACE, st.integers(0, 45), st.integers(0, 3)),
)
def test_planner_and_check_agree_on_any_town(street: Any, on_the_way: Any, drawn: list[Any], new: Any) -> None:
    orders, drivers = [], []
    for number, one in enumerate(drawn):
        mine = [
            street.order(
                f"O-{number}-{i}",
                start_m,
                door_m,
                load=Load(volume_l=litres, amounts={"crates": float(crates)}),
                **({"state": on_the_way} if is_carried else {}),
            )
            for i, (start_m, door_m, litres, crates, is_carried) in enumerate(one["trips"])
        ]
        orders += mine
        drivers.append(
            street.driver(
                f"D-{number}",
                one["x_m"],
                mine,
                shift_ends_at=street.now + one["shift_s"],
                capacity=Load(volume_l=40.0, weight_kg=20.0, amounts={"crates": float(one["crates"])}),
                position_age_s=one["age_s"],
                is_paused=one["is_paused"],
                frozen=min(one["frozen"], len(mine)),
                due_break=None if one["break"] is None else break_of(street, *one["break"]),
            )
        )
    order = street.order("N", new[0], new[1], load=Load(volume_l=new[2], amounts={"crates": float(new[3])}))
    world = street.world(drivers, [*orders, order])
    pricing = priced(world, order)

    found = checked(world, pricing)

    assert found.disagreements == ()
    assert found.pricing.possible == pricing.possible
    told = {one.driver_id: {breach.constraint for breach in one.breaches} for one in pricing.impossible}
    said = {one.driver_id: {breach.constraint for breach in one.breaches} for one in found.pricing.impossible}
    assert all(said[name] & told[name] for name in told)
