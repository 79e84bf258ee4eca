"""Holds what previews foretold of the customers of each override until they are reached, and keeps how that came out.

What was foretold is on record with the override, so that a restart loses no customer who still waits. An override that
was taken back teaches nothing, and neither does what the platform changed by itself. The file holds numbers by kind of
change: no person, no order, no place.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Container, Sequence
from itertools import chain
from pathlib import Path

from backend_service.forecasting.learned_file import Contents, LearnedFile
from backend_service.workers.collaborators import Bus
from core.dispatch.changes import kind_of
from core.dispatch.decision import Override
from core.eta.change_errors import Case, ChangeErrors, Waiting, learned_from
from core.events.dispatch_events import AssignmentOverridden, OverrideUndone
from core.events.envelope import Envelope
from core.events.order_events import DeliveryFailed, DeliveryReached, OrderCancelled, OrderDelivered
from core.projections.operation import Change
from core.vocabulary import Instant, OrderId, OverrideId

FORMAT = "tower change errors 1"
MOST_CASES = 600
"""Of each kind of change, the newest so many customers count."""

_ANEW_S = 30.0
_HEARD = frozenset(
    event.event_type()
    for event in (
        AssignmentOverridden,
        OverrideUndone,
        DeliveryReached,
        OrderDelivered,
        DeliveryFailed,
        OrderCancelled,
    )
)


class _Contents(Contents, kw_only=True):
    cases: dict[str, list[Case]]


class ChangeOutcomes:
    """Have the bus tell `follow`; `known` is what previews read.

    Parameters
    ----------
    bus : Bus
        Its overrides and open orders are known from the start.
    path : Path
        Where it is kept.

    Attributes
    ----------
    kept : LearnedFile
    """

    def __init__(self, bus: Bus, path: Path) -> None:
        self.kept = LearnedFile(path, _Contents(format=FORMAT, cases={}), self._contents)
        self._cases = {group: deque(cases, MOST_CASES) for group, cases in self.kept.read().cases.items()}
        self._waiting: dict[OrderId, dict[OverrideId, Waiting]] = {}
        for override in bus.operation.decisions.overrides.values():
            self._hold(override, bus.operation.orders.open_ids)
        self._known = learned_from(self._cases)
        self._known_at = -float("inf")

    def follow(self, envelopes: Sequence[Envelope], _: frozenset[Change]) -> None:
        """Hear of overrides, of those taken back, and of customers reached."""
        for envelope in envelopes:
            if envelope.type in _HEARD:
                self._hear(envelope)

    def known(self, now: Instant) -> ChangeErrors:
        """Return what was learned up to now; anew after half a minute."""
        if not 0.0 <= now - self._known_at < _ANEW_S:
            waiting = chain.from_iterable(held.values() for held in self._waiting.values())
            self._known, self._known_at = learned_from(self._cases, waiting, now), now
        return self._known

    def _contents(self) -> _Contents:
        return _Contents(format=FORMAT, cases={group: list(cases) for group, cases in self._cases.items()})

    def _hear(self, envelope: Envelope) -> None:
        match envelope.event():
            case AssignmentOverridden(override=override):
                self._hold(override, override.foretold)
            case OverrideUndone(override_id=override_id):
                for held in self._waiting.values():
                    held.pop(override_id, None)
            case DeliveryReached(order_id=order_id) | OrderDelivered(order_id=order_id):
                for waiting in self._waiting.pop(order_id, {}).values():
                    cases = self._cases.setdefault(waiting.group, deque(maxlen=MOST_CASES))
                    cases.append(waiting.came(envelope.occurred_at))
            case DeliveryFailed(order_id=order_id) | OrderCancelled(order_id=order_id):
                self._waiting.pop(order_id, None)

    def _hold(self, override: Override, open_orders: Container[OrderId]) -> None:
        if override.is_automatic or override.undone_at is not None:
            return
        kind = kind_of(override.change).value
        for order_id, foretold in override.foretold.items():
            if order_id in open_orders:
                held = self._waiting.setdefault(order_id, {})
                held[override.override_id] = Waiting(kind, override.decided_at, foretold)
