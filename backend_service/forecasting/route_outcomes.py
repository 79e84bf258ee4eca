"""Holds what plans foretold of open orders until they arrive, and keeps on disk how that came out.

One forecast of an order is held every few minutes and whenever its situation is another. The file holds errors by
situation: no person, no order, no place.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from backend_service.forecasting.learned_file import Contents, LearnedFile
from core.dispatch.forecasting import Foreseen
from core.eta.arrival import Arrival
from core.eta.route_errors import CaseError, RouteErrors, Situation, error_of, sides_of
from core.events.envelope import Envelope
from core.events.order_events import DeliveryReached, OrderDelivered
from core.projections.operation import Change
from core.vocabulary import Instant, OrderId

FORMAT = "tower route errors 1"
APART_S = 180.0
"""So long after one forecast of an order the next one is held."""

MOST_CASES = 600
"""Of each situation, the newest so many count."""

_ANEW_S = 30.0
_SITUATIONS = frozenset(situation.value for situation in Situation)
_ARRIVED = frozenset({DeliveryReached.event_type(), OrderDelivered.event_type()})


class _Contents(Contents, kw_only=True):
    errors: dict[str, list[float]]


@dataclass(frozen=True, slots=True)
class _Held:
    """A forecast that waits for its order's arrival."""

    made_at: Instant
    situation: Situation
    planned: Arrival


class RouteOutcomes:
    """Have the bus tell `follow`, and the ETA cycle `note`; `known` is what forecasts and previews read.

    Parameters
    ----------
    path : Path
        Where it is kept.

    Attributes
    ----------
    kept : LearnedFile
    """

    def __init__(self, path: Path) -> None:
        self.kept = LearnedFile(path, _Contents(format=FORMAT, errors={}), self._contents)
        self._held: dict[OrderId, list[_Held]] = {}
        self._errors = {
            Situation(name): deque(amounts, MOST_CASES)
            for name, amounts in self.kept.read().errors.items()
            if name in _SITUATIONS
        }
        self._known = self._learned(None)
        self._known_at = -float("inf")

    def note(self, foreseen: Iterable[Foreseen], open_orders: Collection[OrderId], now: Instant) -> None:
        """Hold what plans say now where it is time to, and forget orders that ended without an arrival."""
        self._held = {name: held for name, held in self._held.items() if name in open_orders}
        for one in foreseen:
            if one.situation is not None:
                self._hold(one.order_id, _Held(now, one.situation, one.planned))

    def follow(self, envelopes: Sequence[Envelope], _: frozenset[Change]) -> None:
        """Hear of arrivals."""
        for envelope in envelopes:
            if envelope.type in _ARRIVED:
                event = envelope.event()
                assert isinstance(event, DeliveryReached | OrderDelivered)
                self._arrived(event.order_id, envelope.occurred_at)

    def known(self, now: Instant) -> RouteErrors:
        """Return what was learned up to now; anew after half a minute."""
        if not 0.0 <= now - self._known_at < _ANEW_S:
            self._known, self._known_at = self._learned(now), now
        return self._known

    def _contents(self) -> _Contents:
        errors = {name.value: [round(amount, 3) for amount in amounts] for name, amounts in self._errors.items()}
        return _Contents(format=FORMAT, errors=errors)

    def _hold(self, order_id: OrderId, one: _Held) -> None:
        held = self._held.setdefault(order_id, [])
        if not held or held[-1].situation is not one.situation or one.made_at - held[-1].made_at >= APART_S:
            held.append(one)

    def _arrived(self, order_id: OrderId, at: Instant) -> None:
        for held in self._held.pop(order_id, ()):
            errors = self._errors.setdefault(held.situation, deque(maxlen=MOST_CASES))
            errors.append(error_of(held.planned, at))

    def _learned(self, now: Instant | None) -> RouteErrors:
        cases = {name: [CaseError(amount) for amount in amounts] for name, amounts in self._errors.items()}
        if now is not None:
            for held in chain.from_iterable(self._held.values()):
                waits = CaseError(error_of(held.planned, now), is_known=False)
                cases.setdefault(held.situation, []).append(waits)
        return RouteErrors({name: sides_of(found) for name, found in cases.items()})
