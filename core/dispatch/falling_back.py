"""What is said of what comes next, should the driver decline or nobody decide: who is asked, and by whom."""

from __future__ import annotations

from dataclasses import replace

from msgspec.structs import replace as changed

from core.dispatch.asking import Asked, ask_reasons, is_soft
from core.dispatch.candidates import Candidate
from core.dispatch.confidence import confidence_in, lead_minutes
from core.dispatch.decision import Fallback, Statement
from core.dispatch.policy import DispatchPolicy


def runner_up_of(asked: Asked, best: Candidate) -> Candidate | None:
    """Return the cheapest of the others whom no other order of the round has got."""
    others = (c for c in asked.pricing.possible if c.driver_id != best.driver_id and c.driver_id not in asked.taken)
    return next(others, None)


def fallback_of(
    asked: Asked, best: Candidate, asks: tuple[Statement, ...], runner_up: Candidate | None, policy: DispatchPolicy
) -> Fallback:
    """Return what happens if the driver declines or nobody decides; `asks` says why a person is asked now, if so."""
    order, after_s = asked.pricing.order, policy.decide_within_s if asks else policy.accept_within_s
    if order.driver_id is not None:
        statement = Statement(code="fallback.keeps", arguments={"driver_id": order.driver_id})
        return Fallback(driver_id=order.driver_id, after_s=after_s, statement=statement)
    if asks and is_soft(asks):
        left_s = policy.decide_within_s - asked.asked_for_s
        return Fallback(driver_id=None, after_s=left_s, statement=Statement(code="fallback.assigns_itself"))
    if asks:
        return Fallback(driver_id=None, after_s=after_s, statement=Statement(code="fallback.stays"))
    if runner_up is None:
        return Fallback(driver_id=None, after_s=after_s, statement=Statement(code="fallback.pool"))
    code = "fallback.proposed" if _is_asked_after_no(asked, best, runner_up, policy) else "fallback.runner_up"
    statement = Statement(code=code, arguments={"driver_id": runner_up.driver_id})
    return Fallback(driver_id=runner_up.driver_id, after_s=after_s, statement=statement)


def _is_asked_after_no(asked: Asked, best: Candidate, runner_up: Candidate, policy: DispatchPolicy) -> bool:
    """Say whether a person would be asked about the runner-up once `best` has declined, as far as is known now."""
    assert runner_up.option is not None
    order, possible = asked.pricing.order, asked.pricing.possible
    declined = changed(order, refused_by=(*order.refused_by, best.driver_id))
    left = tuple(candidate for candidate in possible if candidate is not best)
    then = replace(asked, pricing=replace(asked.pricing, order=declined, possible=left), asked_for_s=0.0)
    third = runner_up_of(then, runner_up)
    confidence = confidence_in(runner_up.option, lead_minutes(runner_up, third, policy), asked.record)
    return bool(ask_reasons(then, runner_up, third, confidence, policy))
