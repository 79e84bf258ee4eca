"""Regret and proposed policy changes in words: intervals, causes, what a proposal rests on."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from core.dispatch.proposals.proposal import Evidence, ProposalRule, ProposalState
from core.dispatch.regret import Interval
from core.wire import CityCard
from widgets.formatting import money, number, signed


def _tr(text: str) -> str:
    return QCoreApplication.translate("regret", text)


def minutes_between(interval: Interval | None) -> str:
    """Return a mean of minutes with its bounds, such as `−3.1 (−5.0 to −1.2)`."""
    if interval is None:
        return ""
    low, high = signed(interval.low, 1), signed(interval.high, 1)
    return _tr("{mean} ({low} to {high})").format(mean=signed(interval.mean, 1), low=low, high=high)


def money_between(interval: Interval | None, city: CityCard) -> str:
    """Return a mean amount with its bounds, without the currency's code."""
    if interval is None:
        return ""
    mean, low, high = (
        money(round(value), city.currency_decimals, with_sign=True)
        for value in (interval.mean, interval.low, interval.high)
    )
    return _tr("{mean} ({low} to {high})").format(mean=mean, low=low, high=high)


def cause_word(cause: str) -> str:
    """Return why there is no estimate."""
    return {
        "position_unknown": _tr("position not known"),
        "too_far_back": _tr("too far back"),
        "too_many_orders": _tr("too many orders"),
        "too_many_events": _tr("too much happened"),
        "zone_closed": _tr("a closed zone was not played on"),
        "street_closed": _tr("a closed street was not played on"),
        "not_in_log": _tr("not in the log"),
    }.get(cause, cause)


def rule_word(rule: ProposalRule) -> str:
    """Return what the overrides had in common."""
    return {
        ProposalRule.FEWER_IN_HAND: _tr("people chose drivers with fewer orders in hand"),
        ProposalRule.SOONER_AT_PICKUP: _tr("people chose drivers who are at the pickup sooner"),
        ProposalRule.FRESHER_GOODS: _tr("people chose drivers with whom goods ride along for less long"),
        ProposalRule.SURER_PROMISE: _tr("people chose drivers with whom promises are surer"),
        ProposalRule.LESS_SHARING: _tr("people chose drivers who share the trip with fewer orders"),
        ProposalRule.FRESHER_POSITION: _tr("people chose drivers whose position is fresher"),
        ProposalRule.SMALLER_LOAD: _tr("people chose drivers with fewer orders because of vehicle or bag"),
    }[rule]


def state_word(state: ProposalState) -> str:
    """Return where a proposal stands."""
    return {
        ProposalState.OPEN: _tr("open"),
        ProposalState.ACCEPTED: _tr("accepted"),
        ProposalState.REJECTED: _tr("rejected"),
        ProposalState.UNDONE: _tr("taken back"),
        ProposalState.WITHDRAWN: _tr("overtaken"),
    }[state]


def evidence_words(evidence: Evidence, city: CityCard) -> str:
    """Return what a proposal rests on, in sentences."""
    cases = len(evidence.overrides)
    better = _tr("By the estimates {better} of these {cases} overrides did better, by {money} {currency} on average.")
    agrees = _tr("With the proposed value the recommendation would have agreed with {agrees} of them.")
    disagrees = _tr("Of {accepted} recommendations that stood it would have decided {disagrees} otherwise.")
    gained = Interval(mean=-evidence.money.mean, sd=0.0, low=-evidence.money.high, high=-evidence.money.low)
    return " ".join(
        (
            better.format(
                better=evidence.better, cases=cases, money=money_between(gained, city), currency=city.currency
            ),
            agrees.format(agrees=evidence.agrees),
            disagrees.format(accepted=number(evidence.accepted), disagrees=evidence.disagrees),
        )
    )
