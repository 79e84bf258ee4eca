"""How overrides turned out: what was expected of each, and what then came of the orders that it touched.

An outcome counts the orders of the plans that the override put in force. It says what happened, not whose doing it was:
kitchens, roads and later decisions have their share.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from core.dispatch.decision import Override
from core.orders.order import Order, OrderState
from core.vocabulary import OrderId


@dataclass(frozen=True, slots=True)
class Realised:
    """What came of the orders that an override touched.

    Parameters
    ----------
    touched, ended : how many there are, and how many of them have ended
    late_minutes : of those delivered, summed
    broken : promises not kept: delivered late, or not at all for another reason than the customer's
    """

    touched: int
    ended: int
    late_minutes: float
    broken: int

    @property
    def is_final(self) -> bool:
        """Say whether every order has ended."""
        return self.ended == self.touched


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One override beside its outcome; lateness in minutes over all touched orders.

    `expected_late` is of what was chosen, `recommended_late` of what had been recommended, both as previewed.
    """

    override: Override
    realised: Realised
    expected_late: float | None
    recommended_late: float | None

    @property
    def surprise(self) -> float | None:
        """Return by how many minutes it came later than expected; ``None`` while orders are open or it was undone."""
        if self.expected_late is None or not self.realised.is_final or self.override.undone_at is not None:
            return None
        return self.realised.late_minutes - self.expected_late


@dataclass(frozen=True, slots=True)
class LedgerSummary:
    """Overrides of one kind; means are over those that are final and were not undone, ``None`` if there is none."""

    name: str
    overrides: int
    undone: int
    final: int
    expected_late: float | None
    recommended_late: float | None
    realised_late: float | None
    broken: int


def ledger(overrides: Iterable[Override], orders: Mapping[OrderId, Order]) -> list[LedgerEntry]:
    """Return every override with its outcome so far, the newest first."""
    entries = [_entry(override, orders) for override in overrides]
    return sorted(entries, key=lambda entry: (entry.override.decided_at, entry.override.override_id), reverse=True)


def summarised(entries: Iterable[LedgerEntry], name_of: Callable[[LedgerEntry], str]) -> list[LedgerSummary]:
    """Return the entries by what `name_of` tells apart, such as reason, person or zone; the most frequent first."""
    groups: dict[str, list[LedgerEntry]] = {}
    for entry in entries:
        groups.setdefault(name_of(entry), []).append(entry)
    summaries = [_summary(name, group) for name, group in groups.items()]
    return sorted(summaries, key=lambda summary: (-summary.overrides, summary.name))


def _entry(override: Override, orders: Mapping[OrderId, Order]) -> LedgerEntry:
    names = {stop.order_id for plan in override.plans for stop in plan.stops} | {override.order_id}
    return LedgerEntry(
        override=override,
        realised=_realised([orders[name] for name in sorted(names) if name in orders]),
        expected_late=None if override.expected is None else override.expected.late_minutes,
        recommended_late=None if override.expected_recommended is None else override.expected_recommended.late_minutes,
    )


def _realised(orders: Sequence[Order]) -> Realised:
    late = [_late_minutes(order) for order in orders]
    return Realised(
        touched=len(orders),
        ended=sum(not order.state.is_open for order in orders),
        late_minutes=sum(late),
        broken=sum(
            minutes > 0.0 or order.state is OrderState.FAILED for minutes, order in zip(late, orders, strict=True)
        ),
    )


def _late_minutes(order: Order) -> float:
    if order.state is not OrderState.DELIVERED or order.ended_at is None:
        return 0.0
    return max(0.0, order.ended_at - order.promise.by_at) / 60.0


def _summary(name: str, entries: Sequence[LedgerEntry]) -> LedgerSummary:
    final = [entry for entry in entries if entry.surprise is not None]
    return LedgerSummary(
        name=name,
        overrides=len(entries),
        undone=sum(entry.override.undone_at is not None for entry in entries),
        final=len(final),
        expected_late=_mean(entry.expected_late for entry in final),
        recommended_late=_mean(entry.recommended_late for entry in final),
        realised_late=_mean(entry.realised.late_minutes for entry in final),
        broken=sum(entry.realised.broken for entry in final),
    )


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return fmean(known) if known else None
