"""Whether what a person was shown still holds at the commit, and if not, what moved in a way that matters.

The state moves all the time: drivers drive on, plans are refined. A commit is refused only where the outcome itself
moved beyond the policy's limits; then the person sees what holds now and is asked again.

Time alone moves nothing that matters: an order that waits for the commit is later by every minute that it waits, and
who looks at a preview for two minutes knows that. What the clock did to such orders does not count against the limits,
until a promise breaks by it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from core.dispatch.decision import ImpactPreview, Outcome, OverrideMode, PlanChange, Statement
from core.dispatch.shown import ByTheClock, Shown
from core.eta.change_errors import Foretold
from core.vocabulary import DriverId, Instant, OrderId

_KEPT = DriverId("")
"""Stands for whoever has an order that does not change hands: one that goes to nobody does."""


def shown_of(preview: ImpactPreview, mode: OverrideMode) -> Shown:
    """Return what a person who saw `preview` was shown of one of its two outcomes."""
    chosen = outcome_of(preview, mode)
    return Shown(
        position=preview.position,
        promises=chosen.promises_broken - preview.present.promises_broken,
        late_minutes=chosen.late_minutes - preview.present.late_minutes,
        money=chosen.cost - preview.present.cost,
        arrivals=_arrivals(preview, mode),
        hands=preview.replanned_hands if _is_replanned(preview, mode) else preview.as_is_hands,
        shown_at=preview.computed_at,
    )


def moved_since(shown: Shown, preview: ImpactPreview, mode: OverrideMode) -> tuple[Statement, ...]:
    """Return what moved beyond the limits of `preview`, the one of now; empty if nothing that matters did.

    What turned out better than shown is no reason to ask again, except that a customer's time or an order's driver
    is another one.
    """
    now, limits = shown_of(preview, mode), preview.limits
    waited = _waited_minutes(shown, now, preview, mode)
    clock = _clock(preview, mode)
    late_minutes = now.late_minutes - sum(clock[name].late_minutes * minutes for name, minutes in waited.items())
    money = now.money - sum(clock[name].money * minutes for name, minutes in waited.items())
    found: list[Statement] = []
    if now.promises - shown.promises > limits.promises:
        found.append(_said("promises", promises=now.promises - shown.promises))
    if late_minutes - shown.late_minutes > limits.minutes:
        found.append(_said("late_minutes", minutes=now.late_minutes - shown.late_minutes))
    if money - shown.money > limits.money:
        found.append(_said("money", value=now.money - shown.money))
    found.extend(_customers(shown, now, preview, waited))
    found.extend(
        _said("hands", order_id=order_id)
        for order_id in sorted(shown.hands.keys() | now.hands.keys())
        if shown.hands.get(order_id, _KEPT) != now.hands.get(order_id, _KEPT)
    )
    return tuple(found)


def outcome_of(preview: ImpactPreview, mode: OverrideMode) -> Outcome:
    """Return the outcome that is committed under `mode`."""
    return preview.replanned if mode is OverrideMode.REPLANNED and preview.replanned is not None else preview.as_is


def plans_of(preview: ImpactPreview, mode: OverrideMode) -> tuple[PlanChange, ...]:
    """Return the plans that are put in force under `mode`."""
    return preview.replanned_plans if _is_replanned(preview, mode) else preview.as_is_plans


def foretold_of(preview: ImpactPreview, mode: OverrideMode) -> dict[OrderId, Foretold]:
    """Return what the outcome that is committed under `mode` says of every customer that it counts."""
    return preview.replanned_foretold if _is_replanned(preview, mode) else preview.as_is_foretold


def _waited_minutes(shown: Shown, now: Shown, preview: ImpactPreview, mode: OverrideMode) -> dict[OrderId, float]:
    """Return by how much the clock alone made each order later that waits for the commit: what passed, at most."""
    if shown.shown_at <= 0.0:
        return {}
    passed_s = max(0.0, now.shown_at - shown.shown_at)
    clock = _clock(preview, mode)
    later_s = {
        name: now.arrivals[name] - shown.arrivals[name]
        for name in clock
        if name in shown.arrivals and name in now.arrivals
    }
    return {name: min(seconds, passed_s) / 60.0 for name, seconds in later_s.items() if seconds > 0.0}


def _customers(
    shown: Shown, now: Shown, preview: ImpactPreview, waited: Mapping[OrderId, float]
) -> Iterator[Statement]:
    """Say whose time is another than shown; whoever was not listed then was to keep the present time."""
    present = {one.order_id: one.now.p50_at for one in preview.affected if one.now is not None}
    for order_id, arrival in sorted(now.arrivals.items()):
        told = shown.arrivals.get(order_id, present.get(order_id))
        if told is not None and abs(arrival - told) > 60.0 * (preview.limits.minutes + waited.get(order_id, 0.0)):
            way = "later" if arrival > told else "earlier"
            yield _said(f"customer_{way}", order_id=order_id, minutes=abs(arrival - told) / 60.0)


def _arrivals(preview: ImpactPreview, mode: OverrideMode) -> dict[OrderId, Instant]:
    is_replanned = _is_replanned(preview, mode)
    bands = ((one.order_id, one.replanned if is_replanned else one.as_is) for one in preview.affected)
    return {order_id: band.p50_at for order_id, band in bands if band is not None}


def _clock(preview: ImpactPreview, mode: OverrideMode) -> dict[OrderId, ByTheClock]:
    return preview.replanned_clock if _is_replanned(preview, mode) else preview.as_is_clock


def _is_replanned(preview: ImpactPreview, mode: OverrideMode) -> bool:
    return mode is OverrideMode.REPLANNED and preview.replanned is not None


def _said(code: str, **arguments: str | float | int) -> Statement:
    return Statement(code=f"moved.{code}", arguments=arguments)
