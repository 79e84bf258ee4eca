"""Names an order whose turn does not come for long, without routing anybody: who may not have it, or what is ahead."""

from __future__ import annotations

from core.dispatch.asking import Asked
from core.dispatch.candidates import Pricing, shortlist
from core.dispatch.decision import Recommendation
from core.dispatch.recommend import recommend
from core.dispatch.world import PlanningWorld
from core.orders.order import Order
from core.vocabulary import RecommendationId


def left_waiting(world: PlanningWorld, order: Order, ahead: int, recommendation_id: RecommendationId) -> Recommendation:
    """Return that an order waits, with the reason; needs no driving times.

    Parameters
    ----------
    world : PlanningWorld
    order : Order
    ahead : int
        How many orders are looked at before it.
    recommendation_id : RecommendationId
    """
    listed = shortlist(world, order)
    pricing = Pricing(order=order, possible=(), impossible=listed.excluded, considered=listed.considered)
    asked = Asked(pricing=pricing, chosen=None, taken={}, ahead=ahead if listed.near else None)
    return recommend(world, asked, recommendation_id)
