"""How overrides turned out and what the other choice would have come to, over REST: one by one, and together."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from litestar import get
from litestar.params import QueryParameter

from backend_service.api.collaborators import ApiCollaborators, Tower
from backend_service.api.identification import DESK, SUPERVISION, allowed
from backend_service.api.paging import Cursor, Limit, next_link, read_cursor, write_cursor
from backend_service.api.places_and_times import Moment, moment, moment_or_none
from backend_service.api.problems import problems
from core.dispatch.changes import ChangeKind, closes_for_s, kind_of
from core.dispatch.decision import Override, OverrideMode, ReasonCode
from core.dispatch.override_ledger import LedgerEntry, LedgerSummary, ledger, summarised
from core.dispatch.regret import Interval, MoneyParts, PlayedOutcome, RegretEstimate
from core.vocabulary import OverrideId

By = Annotated[
    Literal["reason", "person", "zone"], QueryParameter(required=False, description="What is counted together.")
]


class IntervalView(msgspec.Struct, kw_only=True):
    """A mean with its standard deviation, and the bounds between which nine of ten lie."""

    mean: float
    sd: float
    low: float
    high: float

    @classmethod
    def of(cls, interval: Interval) -> IntervalView:
        """Return an interval as the API writes it."""
        rounded = (round(value, 2) for value in (interval.mean, interval.sd, interval.low, interval.high))
        mean, sd, low, high = rounded
        return cls(mean=mean, sd=sd, low=low, high=high)


class MoneyPartsView(msgspec.Struct, kw_only=True):
    """What a cost consists of, minor units: driving, minutes after promises, customers' waiting."""

    driving: float
    lateness: float
    waiting: float

    @classmethod
    def of(cls, parts: MoneyParts) -> MoneyPartsView:
        """Return the parts as the API writes them."""
        return cls(driving=round(parts.driving, 1), lateness=round(parts.lateness, 1), waiting=round(parts.waiting, 1))


class PlayedView(msgspec.Struct, kw_only=True):
    """What one choice led to when the recorded state was played on with it, over all orders and drivers near it.

    `parts` is what `cost` consists of; `null` in estimates of earlier days.
    """

    late_minutes: float
    waited_minutes: float
    promises_broken: float
    distance_m: float
    driving_s: float
    cost: float
    parts: MoneyPartsView | None

    @classmethod
    def of(cls, played: PlayedOutcome) -> PlayedView:
        """Return an outcome as the API writes it."""
        return cls(
            late_minutes=round(played.late_minutes, 2),
            waited_minutes=round(played.waited_minutes, 2),
            promises_broken=round(played.broken, 2),
            distance_m=round(played.distance_m, 1),
            driving_s=round(played.driving_s, 1),
            cost=round(played.cost, 1),
            parts=None if played.parts is None else MoneyPartsView.of(played.parts),
        )


class RegretView(msgspec.Struct, kw_only=True):
    """An estimate by a model of what the override cost (plus) or gained (minus) against what was recommended.

    Both choices were played on from the recorded state with the demand that really came, `draws` times each with the
    same dice. `late`, `waited` (minutes, over all orders) and `money` (minor units) are override less recommendation.
    `overriding` and `following` are the regrets of the two sides in money: what each lost where the other did better.
    Where a place was closed, the other choice is to leave it open: `supposes` then says that the estimate takes the
    place to have been `passable`. What it was closed for, such as a flood, is not in the model.
    """

    is_estimate: Literal[True] = True
    supposes: Literal["passable"] | None
    chosen: PlayedView
    recommended: PlayedView
    late: IntervalView
    waited: IntervalView
    money: IntervalView
    overriding: float
    following: float
    better_share: float
    draws: int
    seed: int
    position: int
    policy_number: int
    drivers: int
    orders: int
    until_at: Moment
    is_degraded: bool

    @classmethod
    def of(cls, estimate: RegretEstimate, override: Override) -> RegretView:
        """Return an estimate as the API writes it."""
        return cls(
            supposes=None if closes_for_s(override.change) is None else "passable",
            chosen=PlayedView.of(estimate.chosen),
            recommended=PlayedView.of(estimate.recommended),
            late=IntervalView.of(estimate.late),
            waited=IntervalView.of(estimate.waited),
            money=IntervalView.of(estimate.money),
            overriding=round(estimate.overriding, 1),
            following=round(estimate.following, 1),
            better_share=estimate.better_share,
            draws=estimate.draws,
            seed=estimate.seed,
            position=estimate.position,
            policy_number=estimate.policy_number,
            drivers=estimate.drivers,
            orders=estimate.orders,
            until_at=moment(estimate.until_at),
            is_degraded=estimate.is_degraded,
        )


class OverrideView(msgspec.Struct, kw_only=True):
    """An override, what was expected, and what came of it. Lateness in minutes, over all orders it touched.

    `change` is its kind: another driver, the stops in another order, the order out of a shared trip, a driver kept from
    it or taken out, or a zone or street closed; `driver_id` is whom it is about, empty for a place. `order_ids` are all
    that it is about. What the platform did by itself `is_automatic`, and counts in no summary.

    `surprise` is how much later it came than expected: `null` while orders are open, and if it was undone. `regret` is
    an estimate made after the orders have ended; `regret_open` says why there is none and will be none. Of the
    customers to whom times were foretold `customers_reached` have been reached, `customers_within` in the times shown.
    """

    override_id: str
    order_id: str
    order_ids: list[str]
    is_automatic: bool
    change: ChangeKind
    zone_id: str | None
    driver_id: str
    previous_driver_id: str | None
    recommended_driver_id: str | None
    mode: OverrideMode
    reason: ReasonCode
    note: str
    decided_at: Moment
    decided_by: str
    undone_at: Moment | None
    undone_by: str | None
    orders_touched: int
    orders_ended: int
    expected_late: float | None
    recommended_late: float | None
    realised_late: float
    promises_broken: int
    customers_reached: int
    customers_within: int
    surprise: float | None
    regret: RegretView | None
    regret_open: str | None


class OverridePage(msgspec.Struct, kw_only=True):
    """A page of overrides, the newest first."""

    items: list[OverrideView]
    next: str | None = None


class OverrideSummaryView(msgspec.Struct, kw_only=True):
    """Overrides of one reason, person or zone; means over those whose orders have all ended.

    `estimated` of them have an estimate of regret: its means with how sure they are, minus where overriding did
    better; by its estimate it did better in `better` of them.
    """

    name: str
    overrides: int
    undone: int
    final: int
    expected_late: float | None
    recommended_late: float | None
    realised_late: float | None
    promises_broken: int
    customers_reached: int
    customers_within: int
    estimated: int
    better: int
    regret_late: IntervalView | None
    regret_waited: IntervalView | None
    regret_money: IntervalView | None


@get("/overrides", guards=[allowed(DESK)], responses=problems(422), summary="List overrides and how they turned out")
async def list_overrides(tower: Tower, limit: Limit = 100, cursor: Cursor = None) -> OverridePage:
    """Return what people decided otherwise, what was expected of it, and what came of it."""
    entries = _entries(tower)
    if cursor is not None:
        last = OverrideId(read_cursor(cursor))
        names = [entry.override.override_id for entry in entries]
        entries = entries[names.index(last) + 1 :] if last in names else []
    shown = entries[:limit]
    after = write_cursor(shown[-1].override.override_id) if len(entries) > limit else None
    items = [_view(tower, entry) for entry in shown]
    return OverridePage(items=items, next=next_link("/api/v1/overrides", after, limit=limit))


@get(
    "/overrides/summary",
    guards=[allowed(SUPERVISION)],
    responses=problems(),
    summary="Count overrides and how they turned out",
)
async def summarise_overrides(tower: Tower, by: By = "reason") -> list[OverrideSummaryView]:
    """Return overrides together by reason, person or zone, the most frequent first."""
    name_of = {
        "reason": lambda entry: entry.override.reason.value,
        "person": lambda entry: entry.override.decided_by,
        "zone": lambda entry: _zone_of(tower, entry) or "",
    }[by]
    return [_summary_view(summary) for summary in summarised(_entries(tower), name_of)]


def _entries(tower: ApiCollaborators) -> list[LedgerEntry]:
    operation = tower.bus.operation
    return ledger(operation.decisions.overrides.values(), operation.orders.orders, operation.regrets)


def _zone_of(tower: ApiCollaborators, entry: LedgerEntry) -> str | None:
    order = tower.bus.operation.orders.orders.get(entry.override.order_id)
    return None if order is None else order.zone_id


def _view(tower: ApiCollaborators, entry: LedgerEntry) -> OverrideView:
    override, realised = entry.override, entry.realised
    return OverrideView(
        override_id=override.override_id,
        order_id=override.order_id,
        order_ids=list(override.order_ids or (override.order_id,)),
        is_automatic=override.is_automatic,
        change=kind_of(override.change),
        zone_id=_zone_of(tower, entry),
        driver_id=override.driver_id,
        previous_driver_id=override.previous_driver_id,
        recommended_driver_id=override.recommended_driver_id,
        mode=override.mode,
        reason=override.reason,
        note=override.note,
        decided_at=moment(override.decided_at),
        decided_by=override.decided_by,
        undone_at=moment_or_none(override.undone_at),
        undone_by=override.undone_by,
        orders_touched=realised.touched,
        orders_ended=realised.ended,
        expected_late=_minutes(entry.expected_late),
        recommended_late=_minutes(entry.recommended_late),
        realised_late=round(realised.late_minutes, 2),
        promises_broken=realised.broken,
        customers_reached=realised.reached,
        customers_within=realised.within,
        surprise=_minutes(entry.surprise),
        regret=None if entry.regret is None else RegretView.of(entry.regret, override),
        regret_open=entry.regret_open,
    )


def _summary_view(summary: LedgerSummary) -> OverrideSummaryView:
    return OverrideSummaryView(
        name=summary.name,
        overrides=summary.overrides,
        undone=summary.undone,
        final=summary.final,
        expected_late=_minutes(summary.expected_late),
        recommended_late=_minutes(summary.recommended_late),
        realised_late=_minutes(summary.realised_late),
        promises_broken=summary.broken,
        customers_reached=summary.reached,
        customers_within=summary.within,
        estimated=summary.estimated,
        better=summary.better,
        regret_late=_interval(summary.regret_late),
        regret_waited=_interval(summary.regret_waited),
        regret_money=_interval(summary.regret_money),
    )


def _minutes(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def _interval(interval: Interval | None) -> IntervalView | None:
    return None if interval is None else IntervalView.of(interval)


OVERRIDE_HANDLERS = (list_overrides, summarise_overrides)
