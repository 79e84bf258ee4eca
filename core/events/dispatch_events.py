"""What was recommended, and what people made of it."""

from __future__ import annotations

from core.dispatch.decision import Override, PlanImprovement, Recommendation, Stays
from core.events.envelope import Event
from core.vocabulary import DriverId, Instant, OrderId, OverrideId, RecommendationId


class AssignmentRecommended(Event, frozen=True, kw_only=True):
    """The platform proposed a driver, with its reasons."""

    is_audited = True

    recommendation: Recommendation


class RecommendationWithdrawn(Event, frozen=True, kw_only=True):
    """A proposal no longer fits: superseded, expired, or the order ended."""

    recommendation_id: RecommendationId
    order_id: OrderId
    reason: str


class RecommendationAccepted(Event, frozen=True, kw_only=True):
    """A person said yes."""

    is_audited = True

    recommendation_id: RecommendationId
    order_id: OrderId


class RecommendationDismissed(Event, frozen=True, kw_only=True):
    """A person said not now."""

    is_audited = True

    recommendation_id: RecommendationId
    order_id: OrderId
    reason: str
    until_at: Instant


class PlanImproved(Event, frozen=True, kw_only=True):
    """The platform put a better plan for what is in hand in force."""

    is_audited = True

    improvement: PlanImprovement


class AssignmentOverridden(Event, frozen=True, kw_only=True):
    """A person decided otherwise, with a reason, having seen the impact."""

    is_audited = True

    override: Override


class OverrideUndone(Event, frozen=True, kw_only=True):
    """An override was taken back by a compensating command; `stays` are the orders that it does not give back."""

    is_audited = True

    override_id: OverrideId
    order_id: OrderId
    stays: tuple[Stays, ...] = ()


class AssignmentUndone(Event, frozen=True, kw_only=True):
    """An accepted recommendation was taken back by a compensating command."""

    is_audited = True

    recommendation_id: RecommendationId
    order_id: OrderId


class RulingUndone(Event, frozen=True, kw_only=True):
    """A ruling was taken back by a compensating one; `ruling` is the log position of the first, `kind` what it was."""

    is_audited = True

    ruling: int
    kind: str
    order_id: OrderId = OrderId("")
    driver_id: DriverId = DriverId("")


class ExceptionAcknowledged(Event, frozen=True, kw_only=True):
    """A person has seen an exception; `key` names it, such as ``late:O-48213``."""

    is_audited = True

    key: str
