"""How overrides turned out: what was expected of each, and what then came of the orders that it touched.

An outcome counts the orders whose arrival the preview foretold, so that both sides count the same; where that is not on
record, the orders of the plans that the override put in force. It says what happened, not whose doing it was: kitchens,
roads and later decisions have their share. Regret says what the other choice would have come to: it is
estimated by one model for both sides, and stands beside the outcome.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from core.dispatch.decision import Override
from core.dispatch.regret import Interval, RegretEstimate, interval_of_mean
from core.eta.change_errors import Foretold
from core.orders.order import Order, OrderState
from core.projections.regret_book import RegretBook
from core.vocabulary import Instant, OrderId


@dataclass(frozen=True, slots=True)
class Realised:
    """What came of the orders that an override touched.

    Parameters
    ----------
    touched, ended : how many there are, and how many of them have ended
    late_minutes : of those delivered, summed
    broken : promises not kept: delivered late, or not at all for another reason than the customer's
    reached : of the customers to whom times were foretold, how many have been reached
    within : how many of these between the 10th and the 90th percentile that were shown
    """

    touched: int
    ended: int
    late_minutes: float
    broken: int
    reached: int = 0
    within: int = 0

    @property
    def is_final(self) -> bool:
        """Say whether every order has ended."""
        return self.ended == self.touched


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One override beside its outcome; lateness in minutes over all touched orders.

    `expected_late` is of what was chosen, `recommended_late` of what had been recommended, both as previewed. `regret`
    is there once it was estimated; `regret_open` says why it never will be.
    """

    override: Override
    realised: Realised
    expected_late: float | None
    recommended_late: float | None
    regret: RegretEstimate | None = None
    regret_open: str | None = None

    @property
    def surprise(self) -> float | None:
        """Return by how many minutes it came later than expected; ``None`` while orders are open or it was undone."""
        if self.expected_late is None or not self.realised.is_final or self.override.undone_at is not None:
            return None
        return self.realised.late_minutes - self.expected_late


@dataclass(frozen=True, slots=True)
class LedgerSummary:
    """Overrides of one kind; means are over those that are final and were not undone, ``None`` if there is none.

    Of the customers to whom times were foretold `reached` have been reached, `within` of them in the times shown.
    `estimated` of the overrides have an estimate: `regret_late`, `regret_waited` (minutes) and `regret_money` are its
    means with how sure they are, minus where overriding did better; it did better in `better` of them.
    """

    name: str
    overrides: int
    undone: int
    final: int
    expected_late: float | None
    recommended_late: float | None
    realised_late: float | None
    broken: int
    reached: int = 0
    within: int = 0
    estimated: int = 0
    better: int = 0
    regret_late: Interval | None = None
    regret_waited: Interval | None = None
    regret_money: Interval | None = None


def ledger(
    overrides: Iterable[Override], orders: Mapping[OrderId, Order], regrets: RegretBook | None = None
) -> list[LedgerEntry]:
    """Return every override with its outcome so far and the estimate of its regret, the newest first."""
    entries = [_entry(override, orders, regrets or RegretBook()) for override in overrides]
    return sorted(entries, key=lambda entry: (entry.override.decided_at, entry.override.override_id), reverse=True)


def summarised(entries: Iterable[LedgerEntry], name_of: Callable[[LedgerEntry], str]) -> list[LedgerSummary]:
    """Return the entries by what `name_of` tells apart, such as reason, person or zone; the most frequent first.

    What the platform did by itself is in the list, and in no figure: it overrode nothing.
    """
    groups: dict[str, list[LedgerEntry]] = {}
    for entry in entries:
        if not entry.override.is_automatic:
            groups.setdefault(name_of(entry), []).append(entry)
    summaries = [_summary(name, group) for name, group in groups.items()]
    return sorted(summaries, key=lambda summary: (-summary.overrides, summary.name))


def _entry(override: Override, orders: Mapping[OrderId, Order], regrets: RegretBook) -> LedgerEntry:
    planned = {stop.order_id for plan in override.plans for stop in plan.stops}
    names = {*(override.foretold or planned), override.order_id, *override.order_ids}
    return LedgerEntry(
        override=override,
        realised=_realised([orders[name] for name in sorted(names) if name in orders], override.foretold),
        expected_late=None if override.expected is None else override.expected.late_minutes,
        recommended_late=None if override.expected_recommended is None else override.expected_recommended.late_minutes,
        regret=regrets.estimates.get(override.override_id) if override.undone_at is None else None,
        regret_open=regrets.left_open.get(override.override_id),
    )


def _realised(orders: Sequence[Order], foretold: Mapping[OrderId, Foretold]) -> Realised:
    late = [_late_minutes(order) for order in orders]
    reached = [
        (foretold[order.order_id], at)
        for order in orders
        if order.order_id in foretold and (at := _reached_at(order)) is not None
    ]
    return Realised(
        touched=len(orders),
        ended=sum(not order.state.is_open for order in orders),
        late_minutes=sum(late),
        broken=sum(
            minutes > 0.0 or order.state is OrderState.FAILED for minutes, order in zip(late, orders, strict=True)
        ),
        reached=len(reached),
        within=sum(told.p10_at <= at <= told.p90_at for told, at in reached),
    )


def _reached_at(order: Order) -> Instant | None:
    """Return when a customer was reached who got the goods."""
    if order.state is not OrderState.DELIVERED:
        return None
    return order.ended_at if order.arrived_at_delivery_at is None else order.arrived_at_delivery_at


def _late_minutes(order: Order) -> float:
    if order.state is not OrderState.DELIVERED or order.ended_at is None:
        return 0.0
    return max(0.0, order.ended_at - order.promise.by_at) / 60.0


def _summary(name: str, entries: Sequence[LedgerEntry]) -> LedgerSummary:
    final = [entry for entry in entries if entry.surprise is not None]
    estimates = [entry.regret for entry in entries if entry.regret is not None]
    return LedgerSummary(
        name=name,
        overrides=len(entries),
        undone=sum(entry.override.undone_at is not None for entry in entries),
        final=len(final),
        expected_late=_mean(entry.expected_late for entry in final),
        recommended_late=_mean(entry.recommended_late for entry in final),
        realised_late=_mean(entry.realised.late_minutes for entry in final),
        broken=sum(entry.realised.broken for entry in final),
        reached=sum(entry.realised.reached for entry in final),
        within=sum(entry.realised.within for entry in final),
        estimated=len(estimates),
        better=sum(estimate.money.mean < 0.0 for estimate in estimates),
        regret_late=interval_of_mean([estimate.late for estimate in estimates]) if estimates else None,
        regret_waited=interval_of_mean([estimate.waited for estimate in estimates]) if estimates else None,
        regret_money=interval_of_mean([estimate.money for estimate in estimates]) if estimates else None,
    )


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return fmean(known) if known else None
