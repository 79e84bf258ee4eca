"""An impact preview in words: three plans side by side, and every customer whose time moves. No widgets here."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QCoreApplication

from core.dispatch.changes import Change, CloseStreet, CloseZone, Hold, Reassign, Split, TakeOut
from core.dispatch.commit_check import moved_since, shown_of
from core.dispatch.decision import AffectedOrder, ImpactPreview, Outcome, OverrideMode, RiskStage
from core.dispatch.policy import DispatchPolicy
from core.dispatch.policy_fields import policy_in_force
from core.eta.telling import TellingPolicy, is_worth_telling
from core.orders.order import ArrivalBand
from core.vocabulary import DriverId, OrderId
from core.wire import Problem
from ui.desk_context import DeskContext
from ui.names import driver_label, place_closed_by
from widgets.formatting import arrival, clock_time, is_wide_band, money, number, signed, signed_minutes, time_of_days
from widgets.marks import stages
from widgets.parts.comparison_table import ComparedCell, ComparedColumn, ComparedRow
from widgets.tables.columns import Cell, Record

RECOMMENDATION, SHOWN = "recommendation", "shown"
WORSE_BY = 3.0
"""From here on a difference in the first three rows is called worse."""
_RISKS = {stage.name.lower(): stage for stage in stages.RiskStage}
_LATE_CRITICAL_MIN = 10
SAYS_WHAT_TO_DO = "streets.no_copy"
_OF_ENVIRONMENT = 500
"""Problems from here on are no refusals."""


def _tr(text: str) -> str:
    return QCoreApplication.translate("override", text)


class Verb(StrEnum):
    """What an override does, before it is said to whom."""

    REASSIGN = "reassign"
    RESEQUENCE = "resequence"
    SPLIT = "split"
    RULE = "rule"
    """Something is ruled that moves orders."""


def title(
    context: DeskContext, verb: Verb, order_id: OrderId, driver_id: DriverId | None, change: Change | None
) -> str:
    """Return what the sheet is about."""
    name = "…" if driver_id is None else driver_label(context.store.operation, driver_id)
    match verb:
        case Verb.REASSIGN:
            return _tr("Override: give {order} to {driver}").format(order=order_id, driver=name)
        case Verb.RESEQUENCE:
            return _tr("Override: the stops of {driver} in another order").format(driver=name)
        case Verb.SPLIT if isinstance(change, Split) and change.driver_id is None:
            return _tr("Override: take {order} out of its shared trip, to wait").format(order=order_id)
        case Verb.SPLIT:
            return _tr("Override: take {order} out of its shared trip, for {driver}").format(
                order=order_id, driver=name
            )
        case Verb.RULE:
            return _ruled(context, order_id, name, change)


def _ruled(context: DeskContext, order_id: OrderId, driver: str, change: Change | None) -> str:
    match change:
        case TakeOut(for_s=None):
            return _tr("Take {driver} out of planning until brought back").format(driver=driver)
        case TakeOut():
            words = _tr("Take {driver} out of planning for {minutes} min")
            return words.format(driver=driver, minutes=number((change.for_s or 0.0) / 60.0))
        case CloseZone() | CloseStreet():
            place = place_closed_by(context.store.operation, change)
            return _tr("Close {place} for {minutes} min").format(place=place, minutes=number(change.for_s / 60.0))
        case Hold():
            words = _tr("Hold {order} for {minutes} min")
            return words.format(order=order_id, minutes=number(change.for_s / 60.0))
        case _:
            return _tr("Keep {driver} from {order}").format(driver=driver, order=order_id)


def subtitle(context: DeskContext, preview: ImpactPreview | None) -> str:
    """Return instead of what, and that nothing has changed yet."""
    operation = context.store.operation
    if preview is None:
        return _tr("Nothing changes before you commit.")
    if isinstance(preview.change, CloseStreet):
        now = preview.computed_at
        until = time_of_days(now + preview.change.for_s, now, context.zone)
        words = _tr("Until {time}, compared with the present plan. Nothing changes before you commit.")
        return words.format(time=until)
    if preview.recommended_driver_id is None:
        return _tr(
            "Nothing is recommended, the comparison is with the present plan. Nothing changes before you commit."
        )
    if isinstance(preview.change, Split):
        words = _tr("The best other driver is {driver}. Nothing changes before you commit.")
        return words.format(driver=driver_label(operation, preview.recommended_driver_id))
    words = _tr("Instead of the recommendation, {driver}. Nothing changes before you commit.")
    return words.format(driver=driver_label(operation, preview.recommended_driver_id))


def columns(preview: ImpactPreview, shown: Outcome | None = None) -> list[ComparedColumn]:
    """Return the plans that are compared; the re-planned one only where it was counted, last what was `shown`."""
    if preview.recommended_driver_id is None:
        first = ComparedColumn(RECOMMENDATION, _tr("Present plan"), _tr("nothing moves"))
    else:
        is_split = isinstance(preview.change, Split)
        subtitle = _tr("the best other driver") if is_split else _tr("the platform’s plan")
        first = ComparedColumn(RECOMMENDATION, _tr("Recommendation"), subtitle)
    is_street = isinstance(preview.change, CloseStreet)
    left = _tr("the same stops, driven round it") if is_street else _tr("your change, nothing else moves")
    as_is = ComparedColumn(OverrideMode.AS_IS, _tr("As is"), left, shortcut="1")
    replanned = ComparedColumn(
        OverrideMode.REPLANNED, _tr("Re-planned around it"), _tr("your change, the rest re-optimised"), shortcut="2"
    )
    then = ComparedColumn(SHOWN, _tr("As shown"), _tr("what you committed on"))
    return [
        first,
        as_is,
        *([replanned] if preview.replanned is not None else []),
        *([then] if shown is not None else []),
    ]


def rows(
    context: DeskContext, preview: ImpactPreview, before: ImpactPreview | None, shown: Outcome | None = None
) -> list[ComparedRow]:
    """Return the rows; what differs from the preview `before` is marked as changed, and what was `shown` is last."""
    now = _rows(context, preview, shown)
    if before is None:
        return now
    then = {row.name: row for row in _rows(context, before, shown)}
    return [_marked(row, then.get(row.name)) for row in now]


def _marked(row: ComparedRow, before: ComparedRow | None) -> ComparedRow:
    if before is None or len(before.cells) != len(row.cells):
        return row
    cells = zip(row.cells, before.cells, strict=True)
    return ComparedRow(
        row.name, tuple(ComparedCell(c.value, c.difference, c.worse, c.value != b.value) for c, b in cells)
    )


def _rows(context: DeskContext, preview: ImpactPreview, shown: Outcome | None) -> list[ComparedRow]:
    outcomes = [one for one in (preview.recommendation, preview.as_is, preview.replanned, shown) if one is not None]
    touched = max(outcome.promises_touched for outcome in outcomes)
    broken = _tr("Promises broken, of {count} touched").format(count=number(touched))
    currency, digits = context.city.currency, context.city.currency_decimals
    return [
        _row(broken, [o.promises_broken for o in outcomes], judged=True),
        _row(_tr("Late minutes, all customers"), [o.late_minutes for o in outcomes], judged=True),
        _row(_tr("Longest delay, one customer, min"), [o.longest_delay_minutes for o in outcomes], judged=True),
        _row(_tr("Driving, km"), [o.distance_m / 1000 for o in outcomes], decimals=1),
        _row(_tr("Driver time, h"), [o.driving_s / 3600 for o in outcomes], decimals=1),
        _money_row(_tr("Cost, {currency}").format(currency=currency), outcomes, digits),
        _row(_tr("Drivers with a changed plan"), [o.drivers_changed for o in outcomes]),
        _row(_tr("Customers to be told"), [o.customers_to_tell for o in outcomes]),
    ]


def _row(name: str, values: list[float] | list[int], *, judged: bool = False, decimals: int = 0) -> ComparedRow:
    first = round(values[0], decimals)
    cells = [ComparedCell(number(values[0], decimals))]
    for value in values[1:]:
        difference = round(value, decimals) - first
        is_worse = judged and value - values[0] >= WORSE_BY
        cells.append(ComparedCell(number(value, decimals), signed(difference, decimals), worse=is_worse))
    return ComparedRow(name, tuple(cells))


def _money_row(name: str, outcomes: list[Outcome], digits: int) -> ComparedRow:
    first = outcomes[0].cost
    rest = [ComparedCell(money(o.cost, digits), money(o.cost - first, digits, with_sign=True)) for o in outcomes[1:]]
    return ComparedRow(name, (ComparedCell(money(first, digits)), *rest))


def counting_words(change: Change | None) -> str:
    """Return what takes its time while a change is counted first; empty where that is a moment."""
    if not isinstance(change, CloseStreet):
        return ""
    return _tr("Trying the streets without it: a second or two, longer in a large city. Esc leaves it.")


def uncounted_words(change: Change | None, problem: Problem) -> str:
    """Return why a change could not be counted, and what can be done about it."""
    words = _tr("Not counted: {sentence}").format(sentence=problem.detail or problem.code)
    if not can_close_unseen(change, problem) or problem.code == SAYS_WHAT_TO_DO:
        return words
    return _tr("{words} It can be closed without a preview, or try again.").format(words=words)


def can_close_unseen(change: Change | None, problem: Problem) -> bool:
    """Say whether a street is to be closed and only its preview failed."""
    return isinstance(change, CloseStreet) and problem.status >= _OF_ENVIRONMENT


def breach_words(context: DeskContext, preview: ImpactPreview) -> str:
    """Return why the change cannot be committed, empty if it can."""
    if not preview.breaches:
        return ""
    reasons = ", ".join(context.say(breach.statement) for breach in preview.breaches)
    if isinstance(preview.change, Reassign):
        return _tr("Not possible: {reasons}. Choose another driver.").format(reasons=reasons)
    return _tr("Not possible: {reasons}.").format(reasons=reasons)


def affected_record(context: DeskContext, affected: AffectedOrder, *, with_replanned: bool) -> Record:
    """Return one customer's row: promise, now, both outcomes with their risk, and whether a message goes out."""
    order = context.store.operation.orders.orders.get(affected.order_id)
    customer = order.customer.name if order is not None and order.customer is not None else ""
    replanned = affected.replanned if with_replanned else None
    return Record(
        affected.order_id,
        (
            affected.order_id,
            customer,
            clock_time(affected.promised_by_at, context.zone),
            _time(context, affected.now),
            *_future(context, affected, affected.as_is, affected.risk_as_is),
            *_future(context, affected, replanned, affected.risk_replanned if with_replanned else None),
            message_words(context, affected, with_replanned=with_replanned),
        ),
    )


def _future(
    context: DeskContext, affected: AffectedOrder, band: ArrivalBand | None, risk: RiskStage | None
) -> tuple[object, object, object]:
    has_time = band is not None and not is_wide_band(band.p10_at, band.p90_at)
    versus = _versus(band.p50_at - affected.promised_by_at) if band is not None and has_time else None
    return _time(context, band), versus, _RISKS[risk.value] if risk is not None else None


def _time(context: DeskContext, band: ArrivalBand | None) -> str | None:
    return arrival(band.p10_at, band.p50_at, band.p90_at, context.zone) if band is not None else None


def _versus(late_s: float) -> Cell:
    minutes = round(late_s / 60)
    ink = "" if minutes <= 0 else "p1" if minutes >= _LATE_CRITICAL_MIN else "p2"
    return Cell(signed_minutes(late_s), ink=ink)


def message_words(context: DeskContext, affected: AffectedOrder, *, with_replanned: bool) -> str:
    """Return in which of the futures the customer gets a message."""
    order = context.store.operation.orders.orders.get(affected.order_id)
    told = order.told_arrival if order is not None and order.told_arrival is not None else affected.now
    zone_id = order.zone_id if order is not None else None
    telling = policy_in_force(DispatchPolicy(), context.store.operation.policy, zone_id).telling
    as_is = _is_told(told, affected.as_is, telling)
    replanned = with_replanned and _is_told(told, affected.replanned, telling)
    if as_is and (replanned or not with_replanned):
        return _tr("Will be told")
    if as_is:
        return _tr("Told only if as is")
    return _tr("Told only if re-planned") if replanned else _tr("Not needed")


def _is_told(told: ArrivalBand | None, band: ArrivalBand | None, telling: TellingPolicy) -> bool:
    return band is not None and is_worth_telling(told, band, telling)


def moved_since_words(context: DeskContext, shown: ImpactPreview, now: ImpactPreview, mode: OverrideMode) -> str:
    """Return what a recount changed in a way that matters, empty if nothing."""
    moved = "; ".join(context.say(statement) for statement in moved_since(shown_of(shown, mode), now, mode))
    return _tr("It moved: {moved}.").format(moved=moved) if moved else ""


def moved_words(context: DeskContext, shown: ImpactPreview, now: ImpactPreview, mode: OverrideMode) -> str:
    """Return what moved between what was shown and what holds now, and that it is asked again."""
    moved = "; ".join(context.say(statement) for statement in moved_since(shown_of(shown, mode), now, mode))
    return _tr("Not done, it moved: {moved}. This is what holds now; Enter commits it.").format(
        moved=moved or _tr("the outcome is another one")
    )


def foot_words(context: DeskContext, preview: ImpactPreview) -> str:
    """Return when and on which plan it was counted, and how long ago that was still true."""
    counted = clock_time(preview.computed_at, context.zone, seconds=True)
    words = _tr("Calculated {time} on plan {plan}.").format(time=counted, plan=number(preview.position))
    age_s = context.store.clock.age_s
    if age_s is not None:
        words += " " + _tr("Still true {seconds} s ago.").format(seconds=number(age_s, 1))
    return words
