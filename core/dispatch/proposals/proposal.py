"""The values of a proposed policy change: which value, from what to what, and the evidence it rests on."""

from __future__ import annotations

from enum import StrEnum
from typing import NewType

from core.dispatch.regret import Interval
from core.vocabulary import Instant, OverrideId, Value, ZoneId

ProposalId = NewType("ProposalId", str)


class ProposalRule(StrEnum):
    """Why a change is proposed: what the overrides that did better had in common."""

    FEWER_IN_HAND = "fewer_in_hand"
    SOONER_AT_PICKUP = "sooner_at_pickup"
    FRESHER_GOODS = "fresher_goods"
    SURER_PROMISE = "surer_promise"
    LESS_SHARING = "less_sharing"
    FRESHER_POSITION = "fresher_position"
    SMALLER_LOAD = "smaller_load"


class ProposalState(StrEnum):
    """Where a proposal stands; `undone` was accepted and taken back, `withdrawn` was overtaken."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNDONE = "undone"
    WITHDRAWN = "withdrawn"


class Evidence(Value, frozen=True, kw_only=True):
    """What a proposal rests on.

    `overrides` are the cases, all with an estimate; `money` and `waited` (minutes) are their mean regret with how sure
    the mean is, minus where the override did better; `better` is how many did. Re-scored under the proposed value,
    the recommendation would have agreed with `agrees` of them, and decided otherwise than it did in `disagrees` of
    `accepted` recommendations that were carried out and that nobody took back.
    """

    overrides: tuple[OverrideId, ...]
    money: Interval
    waited: Interval
    better: int
    agrees: int
    accepted: int
    disagrees: int


class PolicyProposal(Value, frozen=True, kw_only=True):
    """A change of one value of the policy, for a zone or (``None``) the whole city.

    `policy_number` is the number of the last change when it was made.
    """

    proposal_id: ProposalId
    rule: ProposalRule
    field: str
    zone_id: ZoneId | None
    from_value: float
    to_value: float
    evidence: Evidence
    made_at: Instant
    policy_number: int


class ProposalRecord(Value, frozen=True, kw_only=True):
    """A proposal and what became of it.

    `before` is the zone's or city's own value before it was accepted, ``None`` if it had none of its own.
    """

    proposal: PolicyProposal
    state: ProposalState = ProposalState.OPEN
    decided_at: Instant | None = None
    decided_by: str = ""
    reason: str = ""
    before: float | None = None
