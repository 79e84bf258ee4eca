"""How sure a choice is: the probability that the promise holds, the lead over the runner-up, the weakest input."""

from __future__ import annotations

from core.dispatch.candidates import Candidate
from core.dispatch.decision import Confidence, ConfidenceStage, RiskStage, Statement
from core.dispatch.policy import DispatchPolicy
from core.dispatch.scoring import Option
from core.fleet.route import StopKind
from core.projections.promise_record import LikeCases, PromiseRecord

CASES_NEEDED = 200
"""Like cases that must have ended before a rate is called measured."""


def risk_stage(late_probability: float) -> RiskStage:
    """Return the stage of a probability of being late: below 10 %, below 30 %, below 70 %, above."""
    if late_probability < 0.10:
        return RiskStage.ON_TRACK
    if late_probability < 0.30:
        return RiskStage.WATCH
    return RiskStage.AT_RISK if late_probability < 0.70 else RiskStage.LATE


def confidence_stage(probability: float) -> ConfidenceStage:
    """Return the stage of a probability that the promise holds: below 60 %, below 80 %, below 92 %, above."""
    if probability < 0.60:
        return ConfidenceStage.LOW
    if probability < 0.80:
        return ConfidenceStage.FAIR
    return ConfidenceStage.GOOD if probability < 0.92 else ConfidenceStage.HIGH


def confidence_in(option: Option, lead_minutes: float, record: PromiseRecord | None = None) -> Confidence:
    """Return the confidence in an option.

    Parameters
    ----------
    option : Option
    lead_minutes : float
        How much better than the runner-up, as driver minutes.
    record : PromiseRecord, optional
        What became of earlier orders: it corrects the forecast's probability, and from `CASES_NEEDED` that were
        given about the same on, the stage follows their rate.
    """
    forecast = option.kept_probability
    probability = forecast if record is None else record.corrected(forecast)
    alike = record.alike(probability) if record is not None else LikeCases()
    is_measured = alike.ended >= CASES_NEEDED
    return Confidence(
        probability=probability,
        stage=confidence_stage(alike.rate if is_measured else probability),
        is_measured=is_measured,
        like_cases=alike.ended,
        observed_rate=alike.rate if alike.ended else None,
        lead_minutes=lead_minutes,
        weakest_input=weakest_input(option),
        forecast_probability=forecast,
    )


def lead_minutes(best: Candidate, runner_up: Candidate | None, policy: DispatchPolicy) -> float:
    """Return how much dearer the runner-up is, in driver minutes; infinite is said as an hour."""
    if runner_up is None:
        return 60.0
    return min(60.0, (runner_up.total_money - best.total_money) / policy.driver_minute)


def weakest_input(option: Option) -> Statement:
    """Return which input widens the forecast most: streets, the position, the kitchen, or the way itself."""
    driver, plan, spread = option.insertion.driver, option.insertion.after, option.policy.spread
    if plan.is_degraded:
        return Statement(code="weakest.streets")
    pickup = plan.stops[option.index_of(StopKind.PICKUP)]
    shares = {
        "weakest.position": spread.position_share * driver.position_age_s,
        "weakest.kitchen": pickup.earliest_sd_s,
        "weakest.way": spread.travel_share * sum(plan.drives_s[: option.index_of(StopKind.DELIVERY) + 1]),
    }
    code = max(shares, key=lambda name: (shares[name], name))
    arguments: dict[str, str | float | int] = {"spread_min": shares[code] / 60.0}
    if code == "weakest.position":
        arguments["age_s"] = driver.position_age_s
    if code == "weakest.kitchen" and pickup.cases:
        arguments |= {"late_min": pickup.usually_late_s / 60.0, "orders": pickup.cases}
        code = "weakest.kitchen_learned"
    return Statement(code=code, arguments=arguments)
