"""A recommendation in words: headline, way, confidence, and its alternatives as rows. No widgets here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from core.dispatch.decision import Alternative, Recommendation, RecommendedAction, Statement, TermShare
from core.dispatch.rationale import PHRASES
from core.dispatch.scoring import difference
from core.orders.order import ArrivalBand
from core.vocabulary import DriverId, Instant
from ui.desk_context import DeskContext
from ui.names import driver_label, driver_name
from ui.phrasebook import promise_kept, term_name
from widgets.formatting import arrival as written_arrival
from widgets.formatting import clock_time, distance, is_wide_band, money, number, signed_minutes
from widgets.marks.arrival_bands import ArrivalForecast
from widgets.marks.term_bars import Term
from widgets.tables.columns import Cell, Record

WAIT_KEY = "wait"
_LATE_CRITICAL_MIN = 10


def _tr(text: str) -> str:
    return QCoreApplication.translate("recommendation", text)


def headline(context: DeskContext, proposal: Recommendation) -> str:
    """Return what is proposed, starting with the verb."""
    name = driver_name(context.store.operation, proposal.driver_id)
    return {
        RecommendedAction.ASSIGN: _tr("Assign to {driver}"),
        RecommendedAction.REASSIGN: _tr("Reassign to {driver}"),
        RecommendedAction.WAIT: _tr("Wait for a driver"),
    }[proposal.action].format(driver=name)


def sub_line(context: DeskContext, proposal: Recommendation) -> str:
    """Return who, how far away, when at the pickup, and from whom."""
    operation, chosen = context.store.operation, chosen_alternative(proposal)
    words: list[str] = []
    if proposal.driver_id is not None:
        words.append(proposal.driver_id)
    if chosen is not None and chosen.distance_to_pickup_m is not None:
        words.append(_tr("{distance} away").format(distance=distance(chosen.distance_to_pickup_m)))
    if chosen is not None and chosen.pickup_at is not None:
        words.append(_tr("at pickup {time}").format(time=clock_time(chosen.pickup_at, context.zone)))
    if proposal.current_driver_id is not None:
        words.append(_tr("from {driver}").format(driver=driver_label(operation, proposal.current_driver_id)))
    if proposal.is_degraded:
        words.append(_tr("straight-line times"))
    return " · ".join(words)


def meta(context: DeskContext, proposal: Recommendation) -> str:
    """Return for what and when it was made."""
    made = clock_time(proposal.made_at, context.zone, seconds=True)
    words = [_tr("for {order}").format(order=proposal.order_id), _tr("made {time}").format(time=made)]
    if proposal.candidates:
        words.append(_tr("{count} candidates").format(count=number(proposal.candidates)))
    if proposal.took_ms > 0:
        words.append(_tr("{seconds} s").format(seconds=number(proposal.took_ms / 1000, 2)))
    return " · ".join(words)


def chosen_alternative(proposal: Recommendation) -> Alternative | None:
    """Return the alternative that is recommended, ``None`` for waiting."""
    if proposal.driver_id is None:
        return None
    return next((other for other in proposal.alternatives if other.driver_id == proposal.driver_id), None)


def alternative_of(proposal: Recommendation, key: str | None) -> Alternative | None:
    """Return the alternative of a row's key."""
    return next((other for other in proposal.alternatives if row_key(other) == key), None)


def place_of(proposal: Recommendation, alternative: Alternative) -> int | None:
    """Return the number of an alternative in the order they are listed, from 1; ``None`` where nothing is chosen by it.

    The recommended one is first. Its `rank` need not be: where drivers are shared out among several orders, the
    cheapest for this order alone may be wanted more elsewhere.
    """
    choices = [one for one in proposal.alternatives if one.is_possible and not one.is_current]
    return next((place for place, one in enumerate(choices, 1) if one is alternative), None)


def row_key(alternative: Alternative) -> str:
    """Return the key of an alternative's row."""
    return alternative.driver_id or WAIT_KEY


def forecast(band: ArrivalBand | None) -> ArrivalForecast | None:
    """Return a band as it is drawn."""
    return None if band is None else ArrivalForecast(band.p10_at, band.p50_at, band.p90_at, band.undegraded)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the bands and the bars show: the proposal beside something else."""

    bands: list[tuple[str, ArrivalForecast | None]]
    terms: list[Term]
    total: Term


def comparison(context: DeskContext, proposal: Recommendation, against: Alternative | None) -> Comparison:
    """Return the proposal beside an alternative; ``None`` compares with things as they are."""
    chosen = chosen_alternative(proposal)
    if against is None or chosen is None or against is chosen or not against.terms:
        return _beside_present(context, proposal)
    shares = difference(chosen.terms, against.terms)
    name = _short(context, against.driver_id)
    total = Term(
        _tr("Total against {driver}").format(driver=name),
        chosen.total_minutes - against.total_minutes,
        chosen.total_money - against.total_money,
    )
    place = place_of(proposal, against)
    name_of_it = _tr("No. {rank}").format(rank=place) if place is not None else name[:1].upper() + name[1:]
    bands = [(name_of_it, forecast(against.arrival)), _after(proposal)]
    return Comparison(bands, _bars(shares), total)


def _beside_present(context: DeskContext, proposal: Recommendation) -> Comparison:
    current = proposal.current_driver_id
    name = _tr("Total") if current is None else _tr("Total against keeping {driver}").format(driver=current)
    bands = [(_tr("Now"), forecast(proposal.before))]
    if proposal.driver_id is not None:
        bands.append(_after(proposal))
    return Comparison(bands, _bars(proposal.terms), Term(name, proposal.total_minutes, proposal.total_money))


def _after(proposal: Recommendation) -> tuple[str, ArrivalForecast | None]:
    return _tr("After"), forecast(proposal.after)


def _bars(shares: Iterable[TermShare]) -> list[Term]:
    return [Term(term_name(one.term, one.minutes), one.minutes, one.money) for one in shares]


def _short(context: DeskContext, driver_id: DriverId | None) -> str:
    return _tr("waiting") if driver_id is None else driver_name(context.store.operation, driver_id)


def confidence_rate(proposal: Recommendation) -> str:
    """Return the observed rate where enough like cases ended, else the estimate in words."""
    confidence = proposal.confidence
    if confidence.is_measured:
        rate = number(confidence.rate * 100)
        return _tr("{rate} of 100 alike kept the promise").format(rate=rate)
    return promise_kept(confidence.probability)


def confidence_basis(context: DeskContext, proposal: Recommendation) -> str:
    """Return the lead over the runner-up and the weakest input."""
    confidence, words = proposal.confidence, []
    if 0.0 < confidence.lead_minutes < 60.0:
        words.append(_tr("Leads by {minutes} min.").format(minutes=number(confidence.lead_minutes, 1)))
    if confidence.weakest_input is not None:
        words.append(_tr("Weakest input: {input}.").format(input=_inside(context, confidence.weakest_input)))
    return " ".join(words)


def asks(context: DeskContext, proposal: Recommendation) -> str:
    """Return why a person is asked, empty if nobody needs to be."""
    if not proposal.ask_reasons:
        return ""
    return _tr("You decide: {reasons}.").format(reasons=said(context, proposal.ask_reasons))


def would_change(context: DeskContext, proposal: Recommendation) -> str:
    """Return what would have to change for another choice to be right, empty if nothing is known."""
    if not proposal.would_change:
        return ""
    return _tr("What would have to change: {changes}.").format(changes=said(context, proposal.would_change))


def fallback(context: DeskContext, proposal: Recommendation) -> tuple[str, str]:
    """Return the condition and what happens then."""
    condition = _tr("If not accepted in {seconds} s:").format(seconds=number(proposal.fallback.after_s))
    return condition, context.say(proposal.fallback.statement)


def prepared(context: DeskContext, proposal: Recommendation) -> str:
    """Return what happens if the chosen driver says no or is late, empty where nobody is chosen."""
    held = proposal.prepared
    if held is None:
        return ""
    operation, zone = context.store.operation, context.zone
    late = _tr("not at the pickup by {time}, it is looked at again").format(time=clock_time(held.late_from_at, zone))
    if held.driver_id is None:
        return _tr("If {driver} says no, whoever is best then is asked; {late}.").format(
            driver=driver_name(operation, held.for_driver_id), late=late
        )
    return _tr("If {driver} says no, {next} is asked at once, at the door about {time}; {late}.").format(
        driver=driver_name(operation, held.for_driver_id),
        next=driver_name(operation, held.driver_id),
        time=clock_time(held.arrival.p50_at if held.arrival is not None else None, zone),
        late=late,
    )


def said(context: DeskContext, statements: Iterable[Statement]) -> str:
    """Return statements as one sentence."""
    given = list(statements)
    rest = (_inside(context, statement) for statement in given[1:])
    return ", ".join([*(context.say(statement) for statement in given[:1]), *rest])


def _inside(context: DeskContext, statement: Statement) -> str:
    """Return a statement as it reads inside a sentence; names keep their capitals."""
    words = context.say(statement)
    starts_with_name = PHRASES.get(statement.code, "{").startswith("{")
    return words if starts_with_name else words[:1].lower() + words[1:]


def alternative_row(context: DeskContext, proposal: Recommendation, alternative: Alternative) -> Record:
    """Return rank, name, arrival, minutes against the promise, cost, and why (not)."""
    is_chosen = alternative is chosen_alternative(proposal)
    arrival = alternative.arrival
    blank = Cell(None, " ")
    is_wait = alternative.driver_id is None
    return Record(
        row_key(alternative),
        (
            Cell(place_of(proposal, alternative), bold=is_chosen),
            Cell(_name(context, alternative), bold=is_chosen, aside=_number_beside(context, alternative)),
            _arrives(context, arrival) if arrival is not None else blank,
            blank if arrival is None else _versus_promise(arrival, proposal.promised_by_at),
            money(alternative.total_money, context.city.currency_decimals)
            if alternative.is_possible and not (is_wait and not alternative.terms)
            else blank,
            _why(context, proposal, alternative, is_chosen=is_chosen),
        ),
    )


def whole_why(context: DeskContext, proposal: Recommendation, key: str | None) -> str:
    """Return what the narrow last column cuts off, for the alternative of a row's key."""
    alternative = alternative_of(proposal, key)
    if alternative is None:
        return ""
    is_chosen = alternative is chosen_alternative(proposal)
    why = _why(context, proposal, alternative, is_chosen=is_chosen)
    name = _name(context, alternative)
    if alternative.driver_id is not None and not alternative.is_current:
        name = driver_label(context.store.operation, alternative.driver_id)
    return f"{name}: {why}." if why else ""


def _name(context: DeskContext, alternative: Alternative) -> str:
    if alternative.driver_id is None:
        return _tr("Wait")
    if alternative.is_current:
        return _tr("Keep {driver}").format(driver=alternative.driver_id)
    return driver_name(context.store.operation, alternative.driver_id)


def _number_beside(context: DeskContext, alternative: Alternative) -> str:
    """Return the driver's number where the name does not say it already."""
    driver_id = alternative.driver_id
    if driver_id is None or alternative.is_current or _name(context, alternative) == driver_id:
        return ""
    return driver_id


def _arrives(context: DeskContext, band: ArrivalBand) -> str:
    return written_arrival(band.p10_at, band.p50_at, band.p90_at, context.zone)


def _versus_promise(band: ArrivalBand, promised_by_at: Instant) -> Cell:
    """Return minutes against the promise; none of a wide band, for they would be more than is known."""
    return Cell(None, " ") if is_wide_band(band.p10_at, band.p90_at) else _versus(band.p50_at - promised_by_at)


def _versus(late_s: float) -> Cell:
    minutes = round(late_s / 60)
    ink = "" if minutes <= 0 else "p1" if minutes >= _LATE_CRITICAL_MIN else "p2"
    return Cell(signed_minutes(late_s), ink=ink)


def _why(context: DeskContext, proposal: Recommendation, alternative: Alternative, *, is_chosen: bool) -> str:
    if is_chosen:
        return said(context, proposal.why)
    if alternative.breaches:
        return said(context, (breach.statement for breach in alternative.breaches))
    return said(context, alternative.against)
