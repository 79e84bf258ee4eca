"""Reads decisions back from the log as cases: overrides with their estimates, and recommendations that stood."""

from __future__ import annotations

from collections.abc import Iterable
from heapq import nlargest

from backend_service.event_log.log import EventLog
from backend_service.workers.collaborators import Bus
from core.dispatch.decision import Override, Recommendation
from core.dispatch.proposals.proposing import Lessons
from core.dispatch.proposals.recorded_cases import OverriddenCase, PolicyHistory, RecordedCase, case_of
from core.events import dispatch_events as happened
from core.events.envelope import Envelope
from core.orders.order import Order
from core.streams import POLICY, of_decision
from core.vocabulary import OrderId, OverrideId, RecommendationId

LATEST_OVERRIDES = 500
LATEST_ORDERS = 300
"""So many of the orders that have ended say which recommendations stood."""


class RecordedDecisions:
    """Keeps what it has read: a decision that was made does not change.

    Parameters
    ----------
    bus : Bus
    log : EventLog
    """

    def __init__(self, bus: Bus, log: EventLog) -> None:
        self._bus, self._log = bus, log
        self._overridden: dict[OverrideId, RecordedCase | None] = {}
        self._stood: dict[OrderId, tuple[RecordedCase, ...]] = {}

    async def lessons(self) -> Lessons:
        """Return what proposals are drawn up from now."""
        operation, history = self._bus.operation, PolicyHistory()
        history.note(await self._log.read_stream(POLICY))
        return Lessons(
            overridden=await self._overridden_cases(),
            accepted=await self._stood_cases(),
            history=history,
            book=operation.policy,
            records=operation.proposals.records,
        )

    async def _overridden_cases(self) -> list[OverriddenCase]:
        operation = self._bus.operation
        # Who moves stops or rules says nothing of who should have the order; only a choice between drivers is a case.
        chosen = (made for made in operation.decisions.overrides.values() if made.gives_the_order)
        standing = [made for made in chosen if made.undone_at is None and not made.is_automatic]
        latest = nlargest(LATEST_OVERRIDES, standing, key=lambda made: (made.decided_at, made.override_id))
        found = []
        for override in latest:
            estimate = operation.regrets.estimates.get(override.override_id)
            case = None if estimate is None else await self._case_of(override)
            if estimate is not None and case is not None and case.recommended != override.driver_id:
                found.append(OverriddenCase(override, estimate, case))
        return found

    async def _case_of(self, override: Override) -> RecordedCase | None:
        if override.override_id not in self._overridden:
            envelopes = await self._log.read_stream(of_decision(override.order_id))
            made = _recommendations(envelopes).get(override.recommendation_id or RecommendationId(""))
            zone_id = self._bus.operation.orders.orders[override.order_id].zone_id
            self._overridden[override.override_id] = None if made is None else case_of(made, zone_id)
        return self._overridden[override.override_id]

    async def _stood_cases(self) -> list[RecordedCase]:
        ended = (order for order in self._bus.operation.orders.orders.values() if not order.state.is_open)
        latest = nlargest(LATEST_ORDERS, ended, key=lambda order: (order.ended_at or 0.0, order.order_id))
        self._stood = {order.order_id: await self._stood_of(order) for order in latest}
        return [case for cases in self._stood.values() for case in cases]

    async def _stood_of(self, order: Order) -> tuple[RecordedCase, ...]:
        known = self._stood.get(order.order_id)
        if known is not None:
            return known
        envelopes = await self._log.read_stream(of_decision(order.order_id))
        stood = _stood(envelopes)
        cases = (case_of(made, order.zone_id) for name, made in _recommendations(envelopes).items() if name in stood)
        return tuple(case for case in cases if case is not None)


def _recommendations(envelopes: Iterable[Envelope]) -> dict[RecommendationId, Recommendation]:
    events = (envelope.event() for envelope in envelopes)
    return {
        event.recommendation.recommendation_id: event.recommendation
        for event in events
        if isinstance(event, happened.AssignmentRecommended)
    }


def _stood(envelopes: Iterable[Envelope]) -> set[RecommendationId]:
    """Return the recommendations on an order that were carried out; none where a person decided otherwise."""
    stood: set[RecommendationId] = set()
    for envelope in envelopes:
        match envelope.event():
            case happened.AssignmentRecommended(recommendation=made) if made.is_automatic:
                stood.add(made.recommendation_id)
            case happened.RecommendationAccepted(recommendation_id=name):
                stood.add(name)
            case happened.AssignmentUndone(recommendation_id=name):
                stood.discard(name)
            case happened.AssignmentOverridden():
                return set()
    return stood
