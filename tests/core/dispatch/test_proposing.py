"""Proposals drawn up from overrides: enough cases, surely better, exact re-scoring, and nothing proposed twice."""

from __future__ import annotations

from typing import Any

import pytest

from core.dispatch.decision import (
    Alternative,
    Confidence,
    ConfidenceStage,
    Fallback,
    Override,
    OverrideMode,
    ReasonCode,
    Recommendation,
    RecommendedAction,
    RiskStage,
    ScoreTerm,
    Statement,
    TermShare,
)
from core.dispatch.proposals.proposal import PolicyProposal, ProposalId, ProposalRecord, ProposalRule, ProposalState
from core.dispatch.proposals.proposing import Lessons, ProposingPolicy, proposals_from
from core.dispatch.proposals.recorded_cases import OverriddenCase, PolicyHistory, RecordedCase, case_of
from core.dispatch.regret import Interval, PlayedOutcome, RegretEstimate, interval_of_mean
from core.fleet.route import PlannedStop, StopKind
from core.projections.policy_book import PolicyBook
from core.vocabulary import DriverId, OrderId, OverrideId, Position, RecommendationId, ZoneId

ZONE = ZoneId("Z-01")
NOW = 1_800_000_000.0
NOTHING = PlayedOutcome(late_minutes=0.0, waited_minutes=0.0, broken=0.0, distance_m=0.0, driving_s=0.0, cost=0.0)


def _alternative(driver: str, rank: int, shares: dict[ScoreTerm, tuple[float, int]], orders: int = 0) -> Alternative:
    terms = tuple(TermShare(term=term, minutes=minutes, money=money) for term, (minutes, money) in shares.items())
    plan = tuple(
        PlannedStop(
            order_id=OrderId(f"O-{number}"),
            kind=StopKind.DELIVERY,
            position=Position(0.0, 0.0),
            arrives_at=NOW,
            starts_at=NOW,
            departs_at=NOW,
        )
        for number in range(orders)
    )
    return Alternative(
        driver_id=DriverId(driver),
        rank=rank,
        terms=terms,
        total_minutes=sum(share.minutes for share in terms),
        total_money=sum(share.money for share in terms),
        plan=plan,
    )


def _case(*alternatives: Alternative, zone: ZoneId | None = ZONE) -> RecordedCase:
    made = Recommendation(
        recommendation_id=RecommendationId("R-1"),
        order_id=OrderId("O-1"),
        made_at=NOW,
        action=RecommendedAction.ASSIGN,
        driver_id=alternatives[0].driver_id,
        promised_by_at=NOW,
        risk=RiskStage.ON_TRACK,
        confidence=Confidence(probability=0.9, stage=ConfidenceStage.GOOD),
        alternatives=alternatives,
        fallback=Fallback(driver_id=None, after_s=60.0, statement=Statement(code="fallback.pool")),
    )
    found = case_of(made, zone)
    assert found is not None
    return found


def _busy_or_free(zone: ZoneId | None = ZONE, gap: int = 40) -> RecordedCase:
    """The busy driver costs 110 of load and 500 of way, the free one `gap` more way in all: twice the load turns it."""
    busy = _alternative("D-1", 1, {ScoreTerm.LOAD_BALANCE: (1.0, 110), ScoreTerm.DETOUR: (5.0, 500)}, orders=3)
    free = _alternative("D-2", 2, {ScoreTerm.LOAD_BALANCE: (0.0, 0), ScoreTerm.DETOUR: (6.5, 610 + gap)})
    return _case(busy, free, zone=zone)


def _overridden(number: int, money: float = -400.0, case: RecordedCase | None = None, **fields: Any) -> OverriddenCase:
    settings: dict[str, Any] = {"reason": ReasonCode.LOCAL_KNOWLEDGE, "decided_at": NOW + number}
    override = Override(
        override_id=OverrideId(f"V-{number}"),
        order_id=OrderId("O-1"),
        driver_id=DriverId("D-2"),
        recommended_driver_id=DriverId("D-1"),
        mode=OverrideMode.AS_IS,
        decided_by="rojas",
        **{**settings, **fields},
    )
    interval = Interval(mean=money, sd=50.0, low=money - 82.0, high=money + 82.0)
    estimate = RegretEstimate(
        override_id=override.override_id,
        position=1,
        forked_at=NOW,
        until_at=NOW,
        policy_number=0,
        seed=1,
        draws=8,
        drivers=2,
        orders=1,
        chosen=NOTHING,
        recommended=NOTHING,
        late=interval,
        waited=interval,
        money=interval,
        overriding=0.0,
        following=400.0,
        better_share=1.0,
    )
    return OverriddenCase(override, estimate, case or _busy_or_free())


def _proposed(
    cases: list[OverriddenCase], accepted: Any = (), records: Any = None, **fields: Any
) -> list[PolicyProposal]:
    lessons = Lessons(cases, list(accepted), PolicyHistory(), PolicyBook(), records or {})
    return proposals_from(lessons, ProposingPolicy(**fields), NOW)


@pytest.fixture
def five() -> list[OverriddenCase]:
    return [_overridden(number) for number in range(1, 6)]


def test_overrides_for_free_drivers_that_did_better_speak_for_a_dearer_load(five: list[OverriddenCase]) -> None:
    """110 of load times 1.5 gives 665 against 650: the first step is enough."""
    (made,) = _proposed(five)

    assert (made.rule, made.field, made.zone_id) == (ProposalRule.FEWER_IN_HAND, "balance_minutes_per_order", ZONE)
    assert (made.from_value, made.to_value) == (0.5, 0.75)
    assert (made.evidence.agrees, made.evidence.better, len(made.evidence.overrides)) == (5, 5, 5)
    assert made.evidence.money.mean == pytest.approx(-400.0)
    assert made.evidence.money.high < 0.0


def test_evidence_is_counted_again_from_the_overrides_it_names() -> None:
    """Of the five, one did worse; another, for a driver's sake, is named nowhere."""
    cases = [_overridden(number, money=money) for number, money in enumerate((-900.0, -500.0, -700.0, -600.0, 50.0))]
    others = [_overridden(9, money=-5000.0, reason=ReasonCode.DRIVER_ASKED)]

    (made,) = _proposed([*cases, *others])

    named = {one.override.override_id: one for one in cases}
    again = [named[override_id] for override_id in made.evidence.overrides]
    choices = [{choice.driver_id: choice for choice in one.case.choices} for one in again]
    scale = made.to_value / made.from_value - 1.0
    best = [
        min(of.values(), key=lambda one: one.money + scale * one.shares.get(ScoreTerm.LOAD_BALANCE, 0)).driver_id
        for of in choices
    ]
    assert made.evidence.money == interval_of_mean([one.estimate.money for one in again])
    assert made.evidence.waited == interval_of_mean([one.estimate.waited for one in again])
    assert made.evidence.better == sum(one.estimate.money.mean < 0.0 for one in again) == 4
    chosen = [one.override.driver_id for one in again]
    assert made.evidence.agrees == sum(one == other for one, other in zip(best, chosen, strict=True)) == 5


def test_a_larger_step_is_taken_where_it_takes_one(five: list[OverriddenCase]) -> None:
    """With a gap of 200 the load must weigh more than 2.8 times as much: three times does."""
    cases = [_overridden(number, case=_busy_or_free(gap=200)) for number in range(5)]

    assert [made.to_value for made in _proposed(cases)] == [1.5]


def test_too_few_or_unsure_overrides_speak_for_nothing(five: list[OverriddenCase]) -> None:
    mixed = [_overridden(number, money=400.0 if number % 2 else -450.0) for number in range(6)]

    assert _proposed(five[:4]) == []
    assert _proposed(mixed) == []
    assert _proposed([_overridden(number, money=300.0) for number in range(5)]) == []


def test_what_a_driver_asked_for_says_nothing_of_the_policy() -> None:
    assert _proposed([_overridden(number, reason=ReasonCode.DRIVER_ASKED) for number in range(5)]) == []


def test_a_change_that_would_turn_many_accepted_ones_is_not_proposed(five: list[OverriddenCase]) -> None:
    accepted = [_busy_or_free() for _ in range(5)]
    sure = _busy_or_free(gap=5_000)

    assert _proposed(five, accepted) == []
    (made,) = _proposed(five, [*accepted[:1], *[sure] * 19])
    assert (made.evidence.accepted, made.evidence.disagrees) == (20, 1)


def test_what_was_rejected_comes_again_only_on_twice_the_cases(five: list[OverriddenCase]) -> None:
    (made,) = _proposed(five)
    rejected = {made.proposal_id: ProposalRecord(proposal=made, state=ProposalState.REJECTED, decided_at=NOW)}

    assert _proposed([_overridden(number) for number in range(9)], records=rejected) == []
    (again,) = _proposed([_overridden(number) for number in range(10)], records=rejected)
    assert again.proposal_id == ProposalId("PP-2")


def test_nothing_is_learned_twice_from_the_same_overrides(five: list[OverriddenCase]) -> None:
    (made,) = _proposed(five)
    for state in (ProposalState.OPEN, ProposalState.ACCEPTED):
        known = {made.proposal_id: ProposalRecord(proposal=made, state=state, decided_at=NOW + 100.0)}
        assert _proposed(five, records=known) == []


def test_several_zones_together_speak_for_the_whole_city() -> None:
    zones = [ZoneId(f"Z-0{number}") for number in range(5)]
    cases = [_overridden(number, case=_busy_or_free(zone)) for number, zone in enumerate(zones)]

    (made,) = _proposed(cases)

    assert made.zone_id is None


def _for_the_bag(book: PolicyBook, *zones: ZoneId) -> Lessons:
    """Return five overrides of a driver who would have had three orders, in turn in each of the zones."""
    names = zones or (ZONE,)
    cases = [
        _overridden(n, case=_busy_or_free(names[n % len(names)], gap=9_000), reason=ReasonCode.VEHICLE_OR_BAG)
        for n in range(5)
    ]
    return Lessons(cases, [], PolicyHistory({0: PolicyBook()}), book, {})


def test_overrides_for_the_bag_speak_for_fewer_orders_in_hand() -> None:
    """The recommended driver would have had three: with at most two it is the free one."""
    (made,) = proposals_from(_for_the_bag(PolicyBook(city={"max_bundle": 2.0})), ProposingPolicy(), NOW)

    assert (made.rule, made.field, made.from_value, made.to_value) == (
        ProposalRule.SMALLER_LOAD,
        "max_orders",
        4.0,
        2.0,
    )
    assert made.evidence.agrees == 5


@pytest.mark.parametrize(
    ("city", "zone", "to_values"),
    [
        ({}, {}, []),
        ({}, {"max_bundle": 2.0}, [2.0]),
        ({"max_bundle": 2.0}, {"max_bundle": 3.0}, []),
        ({"max_bundle": 1.0}, {}, [2.0]),
    ],
)
def test_no_fewer_orders_in_hand_are_proposed_than_a_bundle_may_have(city: Any, zone: Any, to_values: Any) -> None:
    made = proposals_from(_for_the_bag(PolicyBook(city=city, zones={ZONE: zone})), ProposingPolicy(), NOW)

    assert [one.to_value for one in made] == to_values


def test_whole_citys_limit_holds_the_largest_bundle_of_every_zone_that_follows_it() -> None:
    """Both zones are too few on their own; the second's larger bundle counts unless it has a limit of its own."""
    zones: dict[ZoneId, dict[str, float]] = {ZoneId("Z-02"): {"max_bundle": 3.0}}
    book = PolicyBook(city={"max_bundle": 2.0}, zones=zones)
    lessons = _for_the_bag(book, ZONE, ZoneId("Z-03"))

    assert proposals_from(lessons, ProposingPolicy(), NOW) == []
    zones[ZoneId("Z-02")]["max_orders"] = 4.0
    assert [one.to_value for one in proposals_from(lessons, ProposingPolicy(), NOW)] == [2.0]


def test_a_weight_is_scaled_from_what_it_was_when_it_was_decided(five: list[OverriddenCase]) -> None:
    """Recorded under a load of 0.75; the value in force is 0.5 again: 0.75 changes nothing, 1.0 does."""
    history = PolicyHistory({0: PolicyBook(city={"balance_minutes_per_order": 0.75})})
    lessons = Lessons(five, [], history, PolicyBook(), {})

    (made,) = proposals_from(lessons, ProposingPolicy(), NOW)

    assert made.to_value == 1.5
