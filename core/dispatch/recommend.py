"""The whole recommendation for one order: the choice, why, how sure, the alternatives, and whether a person decides."""

from __future__ import annotations

from core.dispatch.alternatives import alternatives_of, waiting_of
from core.dispatch.asking import Asked, ask_reasons, disputes
from core.dispatch.bundle_worth import bundle_worth
from core.dispatch.candidates import Candidate
from core.dispatch.confidence import confidence_in, lead_minutes, risk_stage
from core.dispatch.decision import (
    Confidence,
    ConfidenceStage,
    Fallback,
    Recommendation,
    RecommendedAction,
    RiskStage,
    ScoreTerm,
    Statement,
)
from core.dispatch.falling_back import fallback_of, runner_up_of
from core.dispatch.policy import DispatchPolicy
from core.dispatch.preparing import prepared
from core.dispatch.schedule import forecast, schedule
from core.dispatch.scoring import Option, difference, total
from core.dispatch.turning_points import turning_points
from core.dispatch.world import PlanningWorld
from core.fleet.route import StopKind
from core.orders.order import ArrivalBand, Order
from core.vocabulary import DriverId, RecommendationId


def recommend(world: PlanningWorld, asked: Asked, recommendation_id: RecommendationId) -> Recommendation:
    """Return the recommendation for an order; the same world and question give the same answer.

    With nobody to choose, waiting is recommended, and a person is asked.
    """
    best = asked.pricing.of(asked.chosen) if asked.chosen is not None else None
    if best is None or best.option is None:
        return _nobody(world, asked, recommendation_id)
    return _somebody(world, asked, best, recommendation_id)


def _somebody(
    world: PlanningWorld, asked: Asked, best: Candidate, recommendation_id: RecommendationId
) -> Recommendation:
    assert best.option is not None
    pricing, order, policy = asked.pricing, asked.pricing.order, world.policy
    keep = pricing.keep
    terms = best.terms if keep is None else difference(best.terms, keep.terms)
    minutes, money = total(terms)
    runner_up = runner_up_of(asked, best)
    confidence = confidence_in(best.option, lead_minutes(best, runner_up, policy), asked.record)
    late = best.option.delivery.late_probability(order.promise.by_at)
    asks = ask_reasons(asked, best, runner_up, confidence, policy)
    touched = [best.driver, *([keep.driver] if keep is not None else [])]
    return Recommendation(
        recommendation_id=recommendation_id,
        order_id=order.order_id,
        made_at=world.now,
        action=RecommendedAction.ASSIGN if order.driver_id is None else RecommendedAction.REASSIGN,
        driver_id=best.driver_id,
        current_driver_id=order.driver_id,
        before=present_arrival(world, order),
        after=best.option.delivery.band(world.now, is_degraded=best.option.insertion.after.is_degraded),
        promised_by_at=order.promise.by_at,
        risk=risk_stage(late),
        terms=terms,
        total_minutes=minutes,
        total_money=money,
        confidence=confidence,
        alternatives=alternatives_of(world, pricing, best, asked.taken),
        why=_why(asked, best, runner_up, world),
        is_automatic=not asks,
        ask_reasons=asks,
        fallback=fallback_of(asked, best, asks, runner_up, policy),
        based_on={driver.driver_id: driver.plan_number for driver in touched},
        order_version=order.version,
        candidates=pricing.considered,
        is_degraded=best.option.insertion.after.is_degraded,
        would_change=turning_points(world, pricing, best, runner_up),
        prepared=prepared(world, best, runner_up),
    )


def _nobody(world: PlanningWorld, asked: Asked, recommendation_id: RecommendationId) -> Recommendation:
    order = asked.pricing.order
    return Recommendation(
        recommendation_id=recommendation_id,
        order_id=order.order_id,
        made_at=world.now,
        action=RecommendedAction.WAIT,
        driver_id=None,
        current_driver_id=order.driver_id,
        before=present_arrival(world, order),
        promised_by_at=order.promise.by_at,
        risk=RiskStage.AT_RISK if world.now < order.promise.by_at else RiskStage.LATE,
        confidence=Confidence(probability=0.0, stage=ConfidenceStage.LOW, weakest_input=Statement(code="why.nobody")),
        alternatives=alternatives_of(world, asked.pricing, None, asked.taken) or (waiting_of(world, None, 1),),
        why=(_why_nobody(asked),),
        ask_reasons=(*disputes(asked.pricing), Statement(code="ask.no_driver")),
        fallback=Fallback(
            driver_id=None, after_s=world.policy.decide_within_s, statement=Statement(code="fallback.pool")
        ),
        order_version=order.version,
        candidates=asked.pricing.considered,
        is_degraded=world.travel.degraded,
        would_change=turning_points(world, asked.pricing, None, None),
    )


def _why_nobody(asked: Asked) -> Statement:
    if asked.ahead is None:
        return Statement(code="why.nobody")
    return Statement(code="why.no_room", arguments={"orders": asked.ahead})


def present_arrival(world: PlanningWorld, order: Order) -> ArrivalBand | None:
    """Return the arrival with the present plan; ``None`` without a driver whose position is known."""
    driver = world.drivers.get(order.driver_id) if order.driver_id else None
    if driver is None or driver.start is None:
        return None
    plan = schedule(driver, world.travel)
    for stop, arrival in zip(plan.stops, forecast(driver, plan, world.policy), strict=True):
        if stop.order_id == order.order_id and stop.kind is StopKind.DELIVERY and plan.is_reachable:
            return arrival.band(world.now, is_degraded=plan.is_degraded)
    return None


def _why(asked: Asked, best: Candidate, runner_up: Candidate | None, world: PlanningWorld) -> tuple[Statement, ...]:
    assert best.option is not None
    order, reasons = asked.pricing.order, _why_moved(asked, best, world)
    if asked.declined_by is not None:
        reasons.append(Statement(code="why.prepared", arguments={"driver_id": asked.declined_by}))
    cheaper = asked.pricing.possible[0]
    if cheaper.driver_id != best.driver_id and cheaper.driver_id in asked.taken:
        other = asked.taken[cheaper.driver_id]
        reasons.append(Statement(code="why.matched", arguments={"driver_id": cheaper.driver_id, "order_id": other}))
    elif runner_up is None:
        code = "why.only_possible" if len(asked.pricing.possible) == 1 else "why.only_left"
        reasons.append(Statement(code=code))
    else:
        reasons += _why_ahead(asked, runner_up, lead_minutes(best, runner_up, world.policy), world.policy)
    slack_s = order.promise.by_at - best.option.delivery.mean_at
    if slack_s > 0.0:
        reasons.append(Statement(code="why.in_time", arguments={"slack_min": slack_s / 60.0}))
    if best is asked.pricing.nearest() and best.distance_to_pickup_m is not None:
        kilometres = best.distance_to_pickup_m / 1000.0
        reasons.append(Statement(code="why.nearest", arguments={"distance_km": kilometres}))
    extra_m = best.option.insertion.extra_distance_m
    reasons += bundle_worth(world, best)
    if best.option.insertion.driver.stops and extra_m < 1_500.0:
        reasons.append(Statement(code="why.little_detour", arguments={"extra_km": max(0.0, extra_m / 1000.0)}))
    return (*reasons, *_why_driver(best.option))


def _why_ahead(asked: Asked, runner_up: Candidate, lead_min: float, policy: DispatchPolicy) -> list[Statement]:
    """Return by how much the choice is the best; where it is not, why: the trip is one of its own, or the whole round.

    Who was prepared for a no is asked at once, and nothing more is claimed.
    """
    name = runner_up.driver_id
    if lead_min >= 0.0:
        return [Statement(code="why.best_total", arguments={"driver_id": name, "lead_min": lead_min})]
    if asked.declined_by is not None:
        return []
    numbers: dict[str, str | float | int] = {"driver_id": name, "minutes": -lead_min}
    limit = policy.join_gain_minutes
    if asked.on_trip == 1 and runner_up.driver.stops and -lead_min <= limit:
        return [Statement(code="why.not_joined", arguments={**numbers, "limit": limit})]
    return [Statement(code="why.whole_trips" if asked.in_round == 1 else "why.with_others", arguments=numbers)]


def _why_driver(option: Option) -> list[Statement]:
    """Return what is to be said of the driver's answers, and of the zones that are left and reached."""
    reasons, asked = [], option.acceptance
    if asked.offers:
        reasons.append(Statement(code="why.says_yes", arguments={"percent": 100.0 * asked.probability}))
    if option.policy.pressure_minutes and option.leaves_short != option.ends_short:
        code = "why.zone_left_short" if option.leaves_short > option.ends_short else "why.ends_where_short"
        reasons.append(Statement(code=code))
    return reasons


def _why_moved(asked: Asked, best: Candidate, world: PlanningWorld) -> list[Statement]:
    order, keep = asked.pricing.order, asked.pricing.keep
    driver = world.drivers.get(order.driver_id) if order.driver_id else None
    if driver is None:
        return []
    reasons = []
    if driver.is_silent:
        reasons.append(_silence(driver.driver_id, driver.position_age_s))
    elif not order.is_accepted and order.asked_at is not None:
        waited = (world.now - order.asked_at) / 60.0
        reasons.append(
            Statement(code="why.not_accepted", arguments={"driver_id": driver.driver_id, "waited_min": waited})
        )
    if keep is not None:
        saved = -next(s.minutes for s in difference(best.terms, keep.terms) if s.term is ScoreTerm.LATENESS_RISK)
        if saved >= 1.0:
            reasons.append(Statement(code="why.saves_lateness", arguments={"minutes": saved}))
    return reasons


def _silence(driver_id: DriverId, age_s: float) -> Statement:
    if age_s == float("inf"):
        return Statement(code="why.current_silence_unknown", arguments={"driver_id": driver_id})
    return Statement(code="why.current_silent", arguments={"driver_id": driver_id, "silent_min": age_s / 60.0})
