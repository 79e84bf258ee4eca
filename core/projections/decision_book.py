"""Recommendations that stand, overrides that were made, and what can be undone."""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from core.dispatch.changes import CloseStreet
from core.dispatch.decision import Override, Recommendation
from core.dispatch.rulings import Ruling, RulingKind, ruling_of
from core.events import dispatch_events as happened
from core.events import order_events
from core.events.envelope import Envelope, Event
from core.projections.answer_record import AnswerRecord
from core.projections.prepared_fallbacks import PreparedFallbacks
from core.projections.promise_record import PromiseRecord
from core.vocabulary import DriverId, Instant, OrderId, OverrideId, RecommendationId, Role, Value

KEPT_UNDOABLE = 50

_TAKEN_BACK_AS_ONE = (
    happened.AssignmentOverridden | happened.OverrideUndone | happened.AssignmentUndone | happened.RulingUndone
)


class Undoable(Value, frozen=True, kw_only=True):
    """The latest decisions that a person may take back, newest last; exactly one of the last three is set.

    `order_id` is empty for a ruling about a driver or a place.
    """

    order_id: OrderId
    decided_at: Instant
    decided_by: str
    override_id: OverrideId | None = None
    recommendation_id: RecommendationId | None = None
    ruling: Ruling | None = None


class DecisionCounts(msgspec.Struct):
    """How often each kind of decision was made since the log began."""

    recommended: int = 0
    auto_assigned: int = 0
    escalated: int = 0
    accepted: int = 0
    dismissed: int = 0
    overridden: int = 0
    undone: int = 0
    improved: int = 0


class DecisionBook(msgspec.Struct):
    """`standing` holds the one proposal in force per order; `accepted` those carried out on orders still open.

    `taken_back` are the open orders on which a person undid a decision; `promises` says how often they were kept,
    `answers` how drivers answered offers, and `fallbacks` what was prepared for a no. `latest` tells the latest
    override or undo by its instant and command: rulings that came with it are taken back with it. `in_force` holds the
    latest ruling by which a driver is out, or kept from an order, by order and driver.
    """

    standing: dict[OrderId, Recommendation] = {}
    accepted: dict[RecommendationId, Recommendation] = {}
    dismissed_until: dict[OrderId, Instant] = {}
    overrides: dict[OverrideId, Override] = {}
    undoable: list[Undoable] = []
    acknowledged: dict[str, Instant] = {}
    taken_back: set[OrderId] = set()
    promises: PromiseRecord = msgspec.field(default_factory=PromiseRecord)
    counts: DecisionCounts = msgspec.field(default_factory=DecisionCounts)
    answers: AnswerRecord = msgspec.field(default_factory=AnswerRecord)
    fallbacks: PreparedFallbacks = msgspec.field(default_factory=PreparedFallbacks)
    latest: tuple[Instant, str] = (0.0, "")
    in_force: dict[str, Ruling] = {}

    def ruled(self, driver_id: DriverId, order_id: OrderId | None = None) -> Ruling | None:
        """Return the latest ruling by which a driver is out, or kept from an order; ``None`` where none is known.

        Without a driver it is the one by which the order is held.
        """
        return self.in_force.get(_in_force_name(order_id, driver_id))

    def by_id(self, recommendation_id: RecommendationId) -> Recommendation | None:
        """Return the standing proposal of that id."""
        return next((r for r in self.standing.values() if r.recommendation_id == recommendation_id), None)

    def apply(self, envelope: Envelope, event: Event, told_at: Instant | None = None) -> set[tuple[str, str]]:
        """Fold one event; return (part, id) of what it changed.

        `told_at` is when the driver hears of an order that it gives away, where that is later.
        """
        self.promises.apply(envelope, event)
        self.answers.apply(envelope, event, told_at)
        self.fallbacks.apply(event)
        if isinstance(event, _TAKEN_BACK_AS_ONE):
            self.latest = _instant_and_command(envelope)
        elif (ruling := ruling_of(envelope, event)) is not None:
            self._ruled(ruling, envelope)
        match event:
            case happened.AssignmentRecommended():
                return self._recommended(event.recommendation)
            case happened.RecommendationWithdrawn():
                self.standing.pop(event.order_id, None)
            case happened.RecommendationAccepted():
                self._accepted(event, envelope)
            case happened.RecommendationDismissed():
                self.counts.dismissed += 1
                self.standing.pop(event.order_id, None)
                self.dismissed_until[event.order_id] = event.until_at
            case happened.AssignmentOverridden():
                return self._overridden(event.override, envelope)
            case happened.OverrideUndone():
                return self._override_undone(event, envelope)
            case happened.AssignmentUndone():
                self.counts.undone += 1
                self.taken_back.add(event.order_id)
                self.accepted.pop(event.recommendation_id, None)
                self.undoable = [u for u in self.undoable if u.recommendation_id != event.recommendation_id]
            case happened.RulingUndone():
                self.undoable = [u for u in self.undoable if u.ruling is None or u.ruling.position != event.ruling]
                return set()
            case happened.PlanImproved():
                self.counts.improved += 1
                return set()
            case happened.ExceptionAcknowledged():
                self.acknowledged[event.key] = envelope.occurred_at
                return {("acknowledgement", event.key)}
            case order_events.OrderReleased() if not event.is_hold_alone:
                self.dismissed_until.pop(event.order_id, None)
            case order_events.OrderDelivered() | order_events.DeliveryFailed() | order_events.OrderCancelled():
                return self._order_ended(event.order_id)
            case _:
                return set()
        return {("recommendation", event.order_id)}

    def _recommended(self, recommendation: Recommendation) -> set[tuple[str, str]]:
        self.counts.recommended += 1
        if recommendation.is_automatic:
            self.counts.auto_assigned += 1
        else:
            self.counts.escalated += 1
            self.standing[recommendation.order_id] = recommendation
        return {("recommendation", recommendation.order_id)}

    def _accepted(self, event: happened.RecommendationAccepted, envelope: Envelope) -> None:
        self.counts.accepted += 1
        recommendation = self.standing.pop(event.order_id, None)
        if recommendation is not None:
            self.accepted[recommendation.recommendation_id] = recommendation
        self._undoable(
            Undoable(
                order_id=event.order_id,
                decided_at=envelope.occurred_at,
                decided_by=envelope.actor.subject,
                recommendation_id=event.recommendation_id,
            )
        )

    def _overridden(self, override: Override, envelope: Envelope) -> set[tuple[str, str]]:
        self.counts.overridden += 1
        if not isinstance(override.change, CloseStreet):  # which says nothing of who should bring the order
            self.standing.pop(override.order_id, None)
        self.overrides[override.override_id] = override
        self._undoable(
            Undoable(
                order_id=override.order_id,
                decided_at=envelope.occurred_at,
                decided_by=envelope.actor.subject,
                override_id=override.override_id,
            )
        )
        return {("override", override.override_id), ("recommendation", override.order_id)}

    def _override_undone(self, event: happened.OverrideUndone, envelope: Envelope) -> set[tuple[str, str]]:
        self.counts.undone += 1
        self.taken_back.add(event.order_id)
        override = self.overrides[event.override_id]
        self.overrides[event.override_id] = replace(
            override, undone_at=envelope.occurred_at, undone_by=envelope.actor.subject
        )
        self.undoable = [u for u in self.undoable if u.override_id != event.override_id]
        return {("override", event.override_id)}

    def _ruled(self, ruling: Ruling, envelope: Envelope) -> None:
        """Remember what is in force, and what a person ruled by itself, to be taken back."""
        name = _in_force_name(ruling.order_id, ruling.driver_id)
        if ruling.kind in (RulingKind.TAKEN_OUT, RulingKind.KEPT_FROM, RulingKind.HELD):
            self.in_force[name] = ruling
        elif ruling.kind in (RulingKind.BROUGHT_BACK, RulingKind.ALLOWED, RulingKind.RELEASED):
            self.in_force.pop(name, None)
        if envelope.actor.role is Role.PLATFORM or self.latest == _instant_and_command(envelope):
            return
        at, who = envelope.occurred_at, envelope.actor.subject
        self._undoable(Undoable(order_id=ruling.order_id, decided_at=at, decided_by=who, ruling=ruling))

    def _undoable(self, undoable: Undoable) -> None:
        self.undoable.append(undoable)
        del self.undoable[:-KEPT_UNDOABLE]

    def _order_ended(self, order_id: OrderId) -> set[tuple[str, str]]:
        self.undoable = [u for u in self.undoable if u.order_id != order_id]
        self.in_force = {name: ruling for name, ruling in self.in_force.items() if ruling.order_id != order_id}
        self.accepted = {k: r for k, r in self.accepted.items() if r.order_id != order_id}
        self.dismissed_until.pop(order_id, None)
        self.taken_back.discard(order_id)
        return {("recommendation", order_id)} if self.standing.pop(order_id, None) else set()


def _in_force_name(order_id: OrderId | None, driver_id: DriverId) -> str:
    return f"{order_id or ''}/{driver_id}"


def _instant_and_command(envelope: Envelope) -> tuple[Instant, str]:
    return envelope.occurred_at, envelope.command_id or ""
