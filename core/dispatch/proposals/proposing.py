"""Draws up proposals from overrides whose regret is known: few, named, each with its evidence, none twice.

A proposal needs several overrides that did better than the recommendation, surely enough that chance does not explain
it, and a value under which the recommendation would have agreed with most of them while it leaves nearly all accepted
recommendations as they were.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from core.dispatch.policy import DispatchPolicy
from core.dispatch.policy_fields import FIELDS, policy_in_force, typed
from core.dispatch.proposals import rules
from core.dispatch.proposals.proposal import (
    Evidence,
    PolicyProposal,
    ProposalId,
    ProposalRecord,
    ProposalRule,
    ProposalState,
)
from core.dispatch.proposals.recorded_cases import OverriddenCase, PolicyHistory, RecordedCase
from core.dispatch.regret import interval_of_mean
from core.projections.policy_book import PolicyBook
from core.vocabulary import Instant, OverrideId, Value, ZoneId


class ProposingPolicy(Value, frozen=True, kw_only=True):
    """When overrides are enough for a proposal.

    At least `least_cases` overrides whose mean regret in money lies below 0 with its whole interval; the new value
    agrees with at least `least_agreeing` of them and changes at most `most_disagreeing` of the accepted ones. What
    was rejected is proposed again on `again_factor` times the cases.

    Raises
    ------
    ValueError
        If a number makes no sense.
    """

    least_cases: int = 5
    least_agreeing: float = 0.5
    most_disagreeing: float = 0.1
    again_factor: float = 2.0

    def __post_init__(self) -> None:
        shares = (self.least_agreeing, self.most_disagreeing)
        if self.least_cases < 2 or not all(0.0 <= share <= 1.0 for share in shares) or self.again_factor < 1.0:
            raise ValueError("a proposal needs at least two cases and shares from 0 to 1")


def proposing_of(policy: DispatchPolicy) -> ProposingPolicy:
    """Return when overrides are enough, as the dispatch policy has it."""
    return ProposingPolicy(
        least_cases=policy.propose_from_cases,
        least_agreeing=policy.propose_agreeing,
        most_disagreeing=policy.propose_disagreeing,
        again_factor=policy.propose_again_factor,
    )


@dataclass(frozen=True, slots=True)
class Lessons:
    """What proposals are drawn up from.

    `overridden` and `accepted` are cases of late, `history` the policy as it was, `book` as it is, and `records` what
    was proposed before.
    """

    overridden: Sequence[OverriddenCase]
    accepted: Sequence[RecordedCase]
    history: PolicyHistory
    book: PolicyBook
    records: Mapping[ProposalId, ProposalRecord]


@dataclass(frozen=True, slots=True)
class _Trial:
    """One value tried for one rule: how many overrides it agrees with, and how many accepted ones it changes."""

    to_value: float
    agrees: int
    disagrees: int


def proposals_from(lessons: Lessons, policy: ProposingPolicy, now: Instant) -> list[PolicyProposal]:
    """Return what is to be proposed now: at most one for each value of a zone; zones first, then the whole city."""
    zones = sorted({one.case.zone_id for one in lessons.overridden if one.case.zone_id is not None})
    found: list[PolicyProposal] = []
    for zone_id in (*zones, None):
        for rule, field in (*((w.rule, w.field) for w in rules.WEIGHTS), _SMALLER_LOAD):
            if zone_id is None and any(made.field == field for made in found):
                continue
            if _is_open(lessons, field, zone_id):
                continue
            made = _proposal(lessons, policy, rule, field, zone_id, now, len(lessons.records) + len(found) + 1)
            found += [made] if made is not None else []
    return found


_SMALLER_LOAD = (ProposalRule.SMALLER_LOAD, rules.SMALLER_LOAD_FIELD)


def _proposal(
    lessons: Lessons,
    policy: ProposingPolicy,
    rule: ProposalRule,
    field: str,
    zone_id: ZoneId | None,
    now: Instant,
    number: int,
) -> PolicyProposal | None:
    cases = _fresh(lessons, _speaking(lessons, rule, zone_id), field, zone_id)
    if len(cases) < _least(lessons, policy, field, zone_id):
        return None
    money = interval_of_mean([one.estimate.money for one in cases])
    if money.high >= 0.0:
        return None
    accepted = [case for case in lessons.accepted if zone_id in (None, case.zone_id) and rules.is_by_score(case)]
    from_value = float(getattr(policy_in_force(DispatchPolicy(), lessons.book, zone_id), field))
    trial = _best_trial(policy, _trials(lessons, rule, zone_id, cases, accepted, from_value), len(cases), len(accepted))
    if trial is None:
        return None
    return PolicyProposal(
        proposal_id=ProposalId(f"PP-{number}"),
        rule=rule,
        field=field,
        zone_id=zone_id,
        from_value=from_value,
        to_value=trial.to_value,
        evidence=Evidence(
            overrides=tuple(one.override.override_id for one in cases),
            money=money,
            waited=interval_of_mean([one.estimate.waited for one in cases]),
            better=sum(one.estimate.money.mean < 0.0 for one in cases),
            agrees=trial.agrees,
            accepted=len(accepted),
            disagrees=trial.disagrees,
        ),
        made_at=now,
        policy_number=lessons.book.number,
    )


def _speaking(lessons: Lessons, rule: ProposalRule, zone_id: ZoneId | None) -> list[OverriddenCase]:
    weight = next((weight for weight in rules.WEIGHTS if weight.rule is rule), None)
    inside = (one for one in lessons.overridden if zone_id is None or one.case.zone_id == zone_id)
    if weight is None:
        return [one for one in inside if rules.speaks_for_less(one)]
    return [one for one in inside if rules.speaks_for(weight, one)]


def _trials(
    lessons: Lessons,
    rule: ProposalRule,
    zone_id: ZoneId | None,
    cases: Sequence[OverriddenCase],
    accepted: Sequence[RecordedCase],
    from_value: float,
) -> list[_Trial]:
    weight = next((weight for weight in rules.WEIGHTS if weight.rule is rule), None)
    if weight is None:
        limits = range(int(from_value) - 1, _largest_bundle(lessons.book, zone_id) - 1, -1)
        return _limit_trials(cases, accepted, limits)
    steps = (_allowed(weight.field, from_value * factor) for factor in rules.STEPS)
    return [
        _Trial(
            to_value,
            rules.agreeing(weight, cases, to_value, lessons.history),
            rules.disagreeing(weight, accepted, to_value, lessons.history),
        )
        for to_value in dict.fromkeys(steps)
        if to_value > from_value
    ]


def _largest_bundle(book: PolicyBook, zone_id: ZoneId | None) -> int:
    """Return what a limit of orders in hand may not go below: the largest bundle wherever it would hold."""
    of_city = (zone for zone, values in book.zones.items() if rules.SMALLER_LOAD_FIELD not in values)
    touched = (None, *of_city) if zone_id is None else (zone_id,)
    return max(policy_in_force(DispatchPolicy(), book, zone).max_bundle for zone in touched)


def _limit_trials(
    cases: Sequence[OverriddenCase], accepted: Sequence[RecordedCase], limits: Iterable[int]
) -> list[_Trial]:
    return [
        _Trial(
            float(limit),
            sum(rules.best_with_limit(one.case, limit) == one.override.driver_id for one in cases),
            sum(rules.best_with_limit(case, limit) != case.recommended for case in accepted),
        )
        for limit in limits
    ]


def _best_trial(policy: ProposingPolicy, trials: Iterable[_Trial], cases: int, accepted: int) -> _Trial | None:
    """Return the value that agrees most for what it changes, the first of equals; ``None`` if none is enough."""
    enough = [
        trial
        for trial in trials
        if trial.agrees >= policy.least_agreeing * cases and trial.disagrees <= policy.most_disagreeing * accepted
    ]
    return max(enough, key=lambda trial: trial.agrees / cases - trial.disagrees / max(1, accepted), default=None)


def _is_open(lessons: Lessons, field: str, zone_id: ZoneId | None) -> bool:
    """Say whether the value has an open proposal, for the zone itself or for the whole city."""
    return any(
        record.state is ProposalState.OPEN
        and record.proposal.field == field
        and record.proposal.zone_id in (None, zone_id)
        for record in lessons.records.values()
    )


def _fresh(
    lessons: Lessons, cases: Sequence[OverriddenCase], field: str, zone_id: ZoneId | None
) -> list[OverriddenCase]:
    """Return the cases that no proposal for the value rests on, and since the last one that was accepted.

    What was rejected may be proposed again for the same zone, on more cases. The whole city needs several zones.
    """
    used: set[OverrideId] = set()
    since_at = 0.0
    for record in lessons.records.values():
        made, is_here = record.proposal, record.proposal.zone_id == zone_id
        if made.field != field or record.state is ProposalState.WITHDRAWN:
            continue
        if not (is_here and record.state is ProposalState.REJECTED):
            used.update(made.evidence.overrides)
        if is_here and record.state in (ProposalState.ACCEPTED, ProposalState.UNDONE):
            since_at = max(since_at, record.decided_at or 0.0)
    fresh = [one for one in cases if one.override.override_id not in used and one.override.decided_at > since_at]
    return fresh if zone_id is not None or len({one.case.zone_id for one in fresh}) > 1 else []


def _least(lessons: Lessons, policy: ProposingPolicy, field: str, zone_id: ZoneId | None) -> float:
    """Return how many cases are needed: more where the same was rejected."""
    rejected = [
        len(record.proposal.evidence.overrides)
        for record in lessons.records.values()
        if record.state is ProposalState.REJECTED
        and (record.proposal.field, record.proposal.zone_id) == (field, zone_id)
    ]
    return max(policy.least_cases, policy.again_factor * max(rejected, default=0))


def _allowed(field: str, value: float) -> float:
    return float(typed(field, min(FIELDS[field].most, max(FIELDS[field].least, value))))
