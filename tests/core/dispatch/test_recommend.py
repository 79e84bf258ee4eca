"""A recommendation names the choice, says why, ranks the others and knows when to ask."""

from __future__ import annotations

import string
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace as changed

from core.dispatch.asking import Asked
from core.dispatch.candidates import Pricing, price, shortlist
from core.dispatch.decision import (
    ConfidenceStage,
    Recommendation,
    RecommendedAction,
    RiskStage,
    ScoreTerm,
    Statement,
)
from core.dispatch.left_waiting import left_waiting
from core.dispatch.rationale import PHRASES, TERM_NAMES, say
from core.dispatch.recommend import recommend
from core.dispatch.world import NO_TRAVEL
from core.orders.order import OrderState
from core.travel import TravelMatrix, TravelTable
from core.vocabulary import DriverId, Load, OrderId, RecommendationId


def priced(world: Any, order: Any) -> Pricing:
    return price(world, order, shortlist(world, order))


def recommended(world: Any, order: Any, **settings: Any) -> Recommendation:
    pricing = priced(world, order)
    first = pricing.possible[0].driver_id if pricing.possible else None
    return recommend(world, Asked(pricing, settings.pop("chosen", first), settings.pop("taken", {}), **settings), "R-1")


def codes(statements: Any) -> list[str]:
    return [statement.code for statement in statements]


def spoken(found: Recommendation) -> list[str]:
    statements: list[Statement] = [*found.why, *found.ask_reasons, found.fallback.statement]
    if found.confidence.weakest_input is not None:
        statements.append(found.confidence.weakest_input)
    for alternative in found.alternatives:
        statements += [*alternative.against, *(breach.statement for breach in alternative.breaches)]
    return [say(statement) for statement in statements]


def test_clear_case_is_assigned_by_itself(street: Any) -> None:
    order = street.order("O-1", 1000, 3000)
    world = street.world([street.driver("D-1", 500), street.driver("D-2", 9000)], [order])

    found = recommended(world, order)

    assert found.action is RecommendedAction.ASSIGN
    assert found.driver_id == "D-1"
    assert found.is_automatic and found.ask_reasons == ()
    assert found.risk is RiskStage.ON_TRACK
    assert found.confidence.stage is ConfidenceStage.HIGH and not found.confidence.is_measured
    assert found.based_on == {"D-1": 1}
    assert [stop.order_id for stop in found.alternatives[0].plan] == ["O-1", "O-1"]
    assert found.fallback.driver_id == "D-2"


def test_terms_add_up(street: Any) -> None:
    order = street.order("O-1", 1000, 3000, due_s=400.0)
    world = street.world([street.driver("D-1", 500), street.driver("D-2", 2000)], [order])

    found = recommended(world, order)

    assert found.total_money == sum(share.money for share in found.terms)
    for alternative in found.alternatives:
        if alternative.is_possible:
            assert alternative.total_money == sum(share.money for share in alternative.terms)
            assert alternative.total_minutes == pytest.approx(sum(share.minutes for share in alternative.terms))


def test_impossible_drivers_come_last_with_their_rule(street: Any) -> None:
    order = street.order("O-1", 1000, 3000)
    drivers = [
        street.driver("D-1", 5000),
        street.driver("D-2", 1000, capacity=Load(volume_l=5.0, weight_kg=20.0)),
        street.driver("D-3", 900, is_paused=True),
    ]

    found = recommended(street.world(drivers, [order]), order)

    assert [a.driver_id for a in found.alternatives] == ["D-1", None, "D-2", "D-3"]
    assert [a.is_possible for a in found.alternatives] == [True, True, False, False]
    assert say(found.alternatives[2].breaches[0].statement) == "5 l free, the order needs 10 l"
    assert codes(found.alternatives[2].against)[0] == "against.nearest"


def test_nearest_driver_is_shown_with_what_speaks_against(street: Any, on_the_way: Any) -> None:
    carried = street.order("O-7", 0, 1200, state=on_the_way, due_s=20.0)
    order = street.order("O-1", 1000, 3000)
    drivers = [street.driver("D-1", 1000, [carried]), *(street.driver(f"D-{i}", 1500 + 10 * i) for i in range(2, 12))]

    found = recommended(street.world(drivers, [order, carried]), order)
    nearest = next(a for a in found.alternatives if a.driver_id == "D-1")

    assert found.driver_id == "D-2"
    assert codes(nearest.against)[0] == "against.nearest"
    assert len(found.alternatives) <= street.policy.alternatives_shown


def test_unsure_promise_goes_to_a_person(street: Any) -> None:
    # About 300 s of driving and service against a promise of 330 s.
    order = street.order("O-1", 1000, 3000, due_s=330.0)

    found = recommended(street.world([street.driver("D-1", 500)], [order]), order)

    assert not found.is_automatic
    assert codes(found.ask_reasons) == ["ask.low_confidence"]
    assert found.confidence.stage is ConfidenceStage.FAIR


def test_order_that_is_late_anyway_goes_to_a_person(street: Any) -> None:
    order = street.order("O-1", 1000, 3000, due_s=60.0)

    found = recommended(street.world([street.driver("D-1", 500)], [order]), order)

    assert codes(found.ask_reasons) == ["ask.late_anyway"]
    assert found.risk is RiskStage.LATE


def test_high_value_and_refusals_go_to_a_person(street: Any) -> None:
    order = street.order("O-1", 1000, 3000, value=80_000, refused_by=("D-8", "D-9"))

    found = recommended(street.world([street.driver("D-1", 500)], [order]), order)

    assert codes(found.ask_reasons) == ["ask.high_value", "ask.refused_often"]


def test_broken_promise_of_another_customer_goes_to_a_person(street: Any, on_the_way: Any) -> None:
    carried = street.order("O-7", 0, 5000, state=on_the_way, due_s=520.0)
    order = street.order("O-1", -2500, 5000, due_s=900.0)

    found = recommended(street.world([street.driver("D-1", 0, [carried])], [order, carried]), order)

    assert "ask.breaks_promise" in codes(found.ask_reasons)


def test_close_call_is_asked_once_and_then_decided(street: Any) -> None:
    order = street.order("O-1", 1000, 3000, due_s=370.0)
    world = street.world([street.driver("D-1", 500), street.driver("D-2", 490)], [order])

    asked = recommended(world, order)
    overdue = recommended(world, order, asked_for_s=60.0)

    again = recommended(world, order, asked_for_s=45.0)

    assert codes(asked.ask_reasons) == ["ask.close_runner_up"]
    assert asked.fallback.statement.code == "fallback.assigns_itself"
    assert (asked.fallback.after_s, again.fallback.after_s) == (60.0, 15.0)
    assert overdue.is_automatic


def test_fourth_order_in_hand_is_asked_once_and_then_decided(street: Any, on_the_way: Any) -> None:
    carried = [street.order(f"O-{i}", 0, 1000.0 + i, state=on_the_way, load=Load()) for i in range(3)]
    order = street.order("O-9", 500, 1500)
    world = street.world([street.driver("D-1", 400, carried)], [*carried, order])

    assert codes(recommended(world, order).ask_reasons) == ["ask.full_driver"]
    assert recommended(world, order, asked_for_s=60.0).is_automatic


def test_decision_taken_back_is_not_repeated_by_itself(street: Any) -> None:
    order = street.order("O-1", 1000, 3000)
    world = street.world([street.driver("D-1", 500)], [order])

    found = recommended(world, order, was_undone=True)

    assert codes(found.ask_reasons) == ["ask.undone"]


def test_nobody_can_take_it_so_waiting_is_recommended(street: Any) -> None:
    order = street.order("O-1", 1000, 3000)
    world = street.world([street.driver("D-1", 500, is_paused=True)], [order])

    found = recommended(world, order)

    assert found.action is RecommendedAction.WAIT
    assert found.driver_id is None and not found.is_automatic
    assert codes(found.ask_reasons) == ["ask.no_driver"]
    assert found.alternatives[0].driver_id is None
    assert found.alternatives[1].breaches[0].constraint == "not_paused"


def test_reassignment_is_weighed_against_keeping(street: Any) -> None:
    order = street.order("O-1", 1000, 3000, due_s=600.0, driver_id="D-9", state=OrderState.ASSIGNED)
    keeper = street.driver("D-9", 9000, [order])
    world = street.world([keeper, street.driver("D-1", 1000)], [order])

    found = recommended(world, order)

    assert found.action is RecommendedAction.REASSIGN
    assert found.current_driver_id == "D-9" and found.before is not None and found.after is not None
    assert found.total_money == sum(share.money for share in found.terms) < 0
    assert found.based_on == {"D-1": 1, "D-9": 1}
    assert "ask.moves_order" in codes(found.ask_reasons)
    assert [a.driver_id for a in found.alternatives if a.is_current] == ["D-9"]


def test_order_behind_a_closed_street_waits_instead_of_being_kept(street: Any) -> None:
    order = street.order("O-1", 1000, 3000, driver_id="D-9", state=OrderState.ASSIGNED)
    world = street.world([street.driver("D-9", 0, [order]), street.driver("D-1", 1000)], [order])
    seconds, metres = world.travel.matrix.durations_s.copy(), world.travel.matrix.distances_m.copy()
    for table in (seconds, metres):
        table[:, world.travel.column(order.delivery)] = np.inf
    points = [*dict.fromkeys([order.pickup.position, order.delivery, street.at(0), street.at(1000)])]
    cut = world.with_travel(
        TravelTable(TravelMatrix(seconds, metres, degraded=False, as_of=street.now), points, points)
    )

    found = recommended(cut, order)

    assert found.action is RecommendedAction.WAIT
    assert [a.driver_id for a in found.alternatives] == [None, "D-1"]
    assert found.alternatives[1].breaches[0].constraint == "reachable"


def test_driver_needed_elsewhere_is_said(street: Any) -> None:
    order = street.order("O-1", 1000, 3000)
    world = street.world([street.driver("D-1", 900), street.driver("D-2", 5000)], [order])

    found = recommended(world, order, chosen="D-2", taken={"D-1": "O-5"})

    assert found.alternatives[0].driver_id == "D-2"
    assert "why.matched" in codes(found.why)
    assert "against.needed_elsewhere" in codes(found.alternatives[1].against)


def test_every_statement_can_be_said(street: Any, on_the_way: Any) -> None:
    carried = street.order("O-7", 0, 5000, state=on_the_way, due_s=520.0)
    order = street.order("O-1", -2500, 5000, due_s=900.0, value=90_000)
    drivers = [
        street.driver("D-1", 0, [carried], position_age_s=200.0, is_silent=True),
        street.driver("D-2", -6000),
        street.driver("D-3", None),
        street.driver("D-4", 0, skills=frozenset({"cold"}), is_paused=True),
    ]

    sentences = spoken(recommended(street.world(drivers, [order, carried]), order))

    assert len(sentences) > 8
    assert all(sentence and "{" not in sentence for sentence in sentences)


def test_every_phrase_has_named_places_only() -> None:
    for phrase in PHRASES.values():
        assert all(name is None or name.isidentifier() for _, name, _, _ in string.Formatter().parse(phrase))


def test_every_term_has_a_name(street: Any) -> None:
    order = street.order("O-1", 0, 100)
    found = recommended(street.world([street.driver("D-1", 0)], [order]), order)

    assert {share.term for share in found.terms} == set(TERM_NAMES)


def test_choice_for_the_whole_round_does_not_call_itself_best(street: Any) -> None:
    # D-1 would be nearer, and nobody else needs it: the round as a whole came out better with D-2.
    order = street.order("O-1", 1000, 3000)
    world = street.world([street.driver("D-1", 900), street.driver("D-2", 2500)], [order])

    found = recommended(world, order, chosen="D-2")

    pricing = priced(world, order)
    better = (pricing.possible[1].total_money - pricing.possible[0].total_money) / world.policy.driver_minute
    assert better > 0.5
    assert [s.code for s in found.why if s.code.startswith("why.best")] == []
    said = next(statement for statement in found.why if statement.code == "why.with_others")
    assert say(said) == f"Chosen with the round's other orders: alone, D-1 would be {better:.1f} min better"


def test_order_that_waits_behind_others_says_how_many_and_who_may_not_have_it(street: Any) -> None:
    order = street.order("O-1", 1000, 3000)
    able, kept = street.driver("D-1", 900), street.driver("D-2", 900, is_paused=True)

    behind = left_waiting(street.world([able, kept], [order], travel=NO_TRAVEL), order, 7, RecommendationId("R-1"))
    nobody = left_waiting(street.world([kept], [order], travel=NO_TRAVEL), order, 7, RecommendationId("R-2"))

    assert (behind.action, [say(s) for s in behind.why]) == (
        RecommendedAction.WAIT,
        ["Behind 7 others: more is waiting than the drivers at work get to soon"],
    )
    assert codes(nobody.why) == ["why.nobody"]
    assert [say(b.statement) for a in nobody.alternatives for b in a.breaches] == ["On a break"]


def test_lone_order_says_why_it_joins_no_driver_under_way(street: Any, on_the_way: Any) -> None:
    # D-2 passes by and would be better by less than a join has to save; nobody else waits in the round.
    street = replace(street, policy=changed(street.policy, join_gain_minutes=30.0))
    carried = street.order("A", 0, 4000, state=on_the_way)
    order = street.order("O-1", 1000, 3000)
    drivers = [street.driver("D-1", 3000), street.driver("D-2", 500, [carried], frozen=0)]
    world = street.world(drivers, [order, carried])
    lead = priced(world, order).possible
    assert [one.driver_id for one in lead] == ["D-2", "D-1"]
    better = (lead[1].total_money - lead[0].total_money) / street.policy.driver_minute

    alone = recommended(world, order, chosen="D-1", in_round=1, on_trip=1)
    bundled = recommended(world, order, chosen="D-1", in_round=2, on_trip=2)

    assert spoken(alone)[0] == (
        f"On a trip of its own: D-2, who is under way, would be {better:.1f} min better, "
        "and an order joins a trip only for more than 30.0 min"
    )
    assert bundled.why[0].code == "why.with_others"


def test_lone_order_never_speaks_of_others_in_its_round(street: Any) -> None:
    order = street.order("O-1", 1000, 3000)
    world = street.world([street.driver("D-1", 900), street.driver("D-2", 2500)], [order])

    found = recommended(world, order, chosen="D-2", in_round=1, on_trip=1)

    assert found.why[0].code == "why.whole_trips"
    assert not any("others" in words or "other orders" in words for words in spoken(found))


def test_question_that_only_a_person_answers_promises_no_fallback(street: Any) -> None:
    # Late whoever drives: nothing happens by itself, although D-2 could take it.
    order = street.order("O-1", 1000, 9000, due_s=300.0)
    world = street.world([street.driver("D-1", 500), street.driver("D-2", 1500)], [order])

    found = recommended(world, order)

    assert "ask.late_anyway" in codes(found.ask_reasons)
    assert (found.fallback.driver_id, found.fallback.statement.code) == (None, "fallback.stays")


@pytest.mark.parametrize(("many_refusals", "code"), [(2, "fallback.runner_up"), (1, "fallback.proposed")])
def test_fallback_says_whether_the_next_one_is_asked_by_itself(street: Any, many_refusals: int, code: str) -> None:
    # After one no, a policy that looks at the first refusal asks a person.
    street = replace(street, policy=changed(street.policy, many_refusals=many_refusals))
    order = street.order("O-1", 1000, 3000)
    world = street.world([street.driver("D-1", 500), street.driver("D-2", 2500)], [order])

    found = recommended(world, order)
    declined = changed(order, refused_by=(found.driver_id,))
    after_no = recommended(replace(world, orders={order.order_id: declined}), declined, declined_by=found.driver_id)

    assert found.is_automatic
    assert (found.fallback.driver_id, found.fallback.statement.code) == ("D-2", code)
    assert (after_no.driver_id, after_no.is_automatic) == ("D-2", code == "fallback.runner_up")


def test_only_one_left_is_not_called_the_only_possible_one(street: Any) -> None:
    order = street.order("O-1", 1000, 3000)
    world = street.world([street.driver("D-1", 500), street.driver("D-2", 2500)], [order])

    found = recommended(world, order, taken={DriverId("D-2"): OrderId("O-2")})
    alone = recommended(street.world([street.driver("D-1", 500)], [order]), order)

    assert codes(found.why)[0] == "why.only_left"
    assert codes(alone.why)[0] == "why.only_possible"


def waiting_in(found: Recommendation) -> Any:
    return next(one for one in found.alternatives if one.driver_id is None)


def test_waiting_costs_nothing_while_the_driver_would_only_stand_at_the_counter(street: Any) -> None:
    # There after 100 s, ready after 400: a minute later he stands 240 s instead of 300, and nobody is served later.
    order = street.order("O-1", 1000, 3000, ready_s=400.0, due_s=700.0)
    waiting = waiting_in(recommended(street.world([street.driver("D-1", 0)], [order]), order))
    stands = next(share.minutes for share in waiting.terms if share.term is ScoreTerm.PICKUP_WAITING)

    assert stands == pytest.approx(4.0)
    assert codes(waiting.against) == ["against.waiting_free"]


def test_waiting_costs_nothing_while_the_driver_has_other_stops_to_make(street: Any, on_the_way: Any) -> None:
    carried = street.order("A", 3000, 3000, state=on_the_way)
    order = street.order("O-1", 3100, 5000, due_s=700.0)
    driver = street.driver("D-1", 0, [carried], frozen=1)
    found = recommended(street.world([driver], [carried, order]), order)

    assert waiting_in(found).total_money == found.total_money
    assert codes(waiting_in(found).against) == ["against.waiting_free"]


def test_waiting_makes_everything_later_that_the_driver_would_do_then(street: Any) -> None:
    # There after 100 s, promised 240 s after that and reached after 260: a minute more is a minute later.
    order = street.order("O-1", 1000, 3000, due_s=340.0)
    world = street.world([street.driver("D-1", 0)], [order])
    later = street.world([street.driver("D-1", 0, start_at=street.now + 60.0)], [order])
    waiting = waiting_in(recommended(world, order))

    assert waiting.terms == priced(later, order).possible[0].terms
    assert codes(waiting.against) == ["against.waiting"]
