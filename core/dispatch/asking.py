"""Whether a person is asked: the reasons for which the platform does not decide by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.dispatch.candidates import Candidate, Pricing
from core.dispatch.decision import Confidence, Statement
from core.dispatch.policy import DispatchPolicy
from core.dispatch.scoring import lateness_moved
from core.projections.promise_record import PromiseRecord
from core.vocabulary import DriverId, OrderId

_SOFT_REASONS = frozenset({"ask.close_runner_up", "ask.full_driver", "ask.high_value"})
"""Reasons for which nobody needs to be waited for once the time to decide has passed."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked: an order's pricing, and what the cycle knows around it.

    Parameters
    ----------
    pricing : Pricing
    chosen : DriverId or None
        The driver whom the matching gave; ``None`` for nobody.
    taken : mapping of DriverId to OrderId
        Drivers whom the same matching gave to other orders.
    asked_for_s : float
        How long a person has been asked about this order already, seconds.
    was_undone : bool
        Whether a person took a decision on this order back.
    record : PromiseRecord or None
        What became of like cases; ``None`` leaves the confidence an estimate.
    declined_by : DriverId or None
        Who said no, where `chosen` was prepared for that.
    in_round, on_trip : int
        How many orders the match that chose looked at, and how many it gave one trip; 0 where no match of trips chose.
    ahead : int or None
        How many orders are looked at first, where that is why nobody was chosen: nobody was routed.
    """

    pricing: Pricing
    chosen: DriverId | None
    taken: Mapping[DriverId, OrderId]
    asked_for_s: float = 0.0
    was_undone: bool = False
    record: PromiseRecord | None = None
    declined_by: DriverId | None = None
    in_round: int = 0
    on_trip: int = 0
    ahead: int | None = None


def ask_reasons(
    asked: Asked, best: Candidate, runner_up: Candidate | None, confidence: Confidence, policy: DispatchPolicy
) -> tuple[Statement, ...]:
    """Return why a person should decide; empty for a clear case."""
    assert best.option is not None
    order, reasons = asked.pricing.order, []
    late_s = best.option.delivery.mean_at - order.promise.by_at
    if 1.0 - confidence.rate > policy.late_anyway:
        reasons.append(Statement(code="ask.late_anyway", arguments={"minutes": max(0.0, late_s / 60.0)}))
    elif confidence.rate < policy.auto_probability:
        percent = 100.0 * confidence.rate
        reasons.append(Statement(code="ask.low_confidence", arguments={"percent": percent}))
    reasons += disputes(asked.pricing)
    reasons += _promises_lost(best, policy)
    if order.value >= policy.high_value:
        reasons.append(Statement(code="ask.high_value", arguments={"value": order.value}))
    if len(order.refused_by) >= policy.many_refusals:
        reasons.append(Statement(code="ask.refused_often", arguments={"times": len(order.refused_by)}))
    in_hand = len(best.driver.order_ids | {order.order_id})
    if in_hand >= policy.ask_from_orders:
        reasons.append(Statement(code="ask.full_driver", arguments={"driver_id": best.driver_id, "orders": in_hand}))
    if asked.was_undone:
        reasons.append(Statement(code="ask.undone"))
    if order.driver_id is not None:
        reasons.append(Statement(code="ask.moves_order", arguments={"driver_id": order.driver_id}))
    if _is_close_call(confidence, runner_up, policy):
        assert runner_up is not None
        lead = max(0.0, confidence.lead_minutes)
        reasons.append(
            Statement(code="ask.close_runner_up", arguments={"driver_id": runner_up.driver_id, "minutes": lead})
        )
    is_overdue = asked.asked_for_s >= policy.decide_within_s
    return () if is_overdue and is_soft(reasons) else tuple(reasons)


def disputes(pricing: Pricing) -> list[Statement]:
    """Return on whom the planner and its independent check disagree: then a person looks."""
    return [Statement(code="ask.checks_disagree", arguments={"driver_id": name}) for name in pricing.disputed]


def is_soft(reasons: Sequence[Statement]) -> bool:
    """Say whether these reasons, if any, no longer hold the decision back once the time to decide has passed."""
    return all(reason.code in _SOFT_REASONS for reason in reasons)


def _is_close_call(confidence: Confidence, runner_up: Candidate | None, policy: DispatchPolicy) -> bool:
    is_unsure = confidence.rate < policy.sure_probability
    return runner_up is not None and is_unsure and confidence.lead_minutes < policy.close_lead_minutes


def _promises_lost(best: Candidate, policy: DispatchPolicy) -> list[Statement]:
    assert best.option is not None
    return [
        Statement(code="ask.breaks_promise", arguments={"order_id": order_id, "minutes": minutes})
        for order_id, minutes in lateness_moved(best.option).items()
        if minutes > policy.other_promise_minutes
    ]
