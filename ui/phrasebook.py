"""Says the statements of decisions in the reader's language, with numbers, names, money and times as the desk has them.

The English templates are those of `core.dispatch.rationale`; a translation replaces the template, the figures stay.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from zoneinfo import ZoneInfo

from PySide6.QtCore import QCoreApplication

from core.dispatch.changes import ChangeKind
from core.dispatch.decision import OverrideMode, ReasonCode, ScoreTerm, Statement
from core.dispatch.rationale import PHRASES, TERM_NAMES
from core.projections.operation import Operation
from core.vocabulary import DriverId, ZoneId
from ui.names import driver_name, zone_name
from widgets.formatting import UNKNOWN, clock_time, money_with_code, number, share

type Argument = str | float | int

_LEAST_SURE, _MOST_SURE = 0.01, 0.99
_DECIMALS = re.compile(r"\.(\d+)f")


def _tr(text: str) -> str:
    return QCoreApplication.translate("phrasebook", text)


class _Figure:
    """A number that a template's format writes as the desk does: `{minutes:.1f}` with true minus and groups."""

    def __init__(self, value: float) -> None:
        self._value = value

    def __format__(self, spec: str) -> str:
        found = _DECIMALS.fullmatch(spec)
        return number(self._value, int(found.group(1)) if found else 0)


class _Places(dict[str, object]):
    """The named places of a template; one that was not given is said to be unknown."""

    def __missing__(self, _name: str) -> object:
        return _Unknown()


class _Unknown:
    """What is not known, whatever the format."""

    def __format__(self, _spec: str) -> str:
        return UNKNOWN


class Phrasebook:
    """Says statements; call it with one.

    Parameters
    ----------
    operation : callable
        Returns the operation as it stands: names come from there.
    zone : ZoneInfo
        Zone of the site, for times.
    currency : str
        Code written before an amount.
    currency_decimals : int
        Minor digits of the currency.
    """

    def __init__(
        self, operation: Callable[[], Operation], zone: ZoneInfo, currency: str, currency_decimals: int = 0
    ) -> None:
        self._operation = operation
        self._zone = zone
        self._currency = currency
        self._currency_decimals = currency_decimals

    def __call__(self, statement: Statement) -> str:
        """Return the statement in the reader's language; a code that a newer service made up stands for itself."""
        template = PHRASES.get(statement.code)
        if template is None:
            return statement.code
        places = _Places({name: self._spoken(name, value) for name, value in statement.arguments.items()})
        return _tr(template).format_map(places)

    def _spoken(self, name: str, value: Argument) -> object:
        if name == "driver_id":
            return driver_name(self._operation(), DriverId(str(value)))
        if name == "zone":
            return zone_name(self._operation(), ZoneId(str(value)))
        if name == "reason":
            return spoken_reason(str(value))
        if isinstance(value, str):
            return value
        if name == "value":
            return money_with_code(round(value), self._currency, self._currency_decimals)
        if name.endswith("_at"):
            return clock_time(value, self._zone)
        return _Figure(value)


_LESS: dict[ScoreTerm, str] = {
    ScoreTerm.PICKUP_ETA: "Goods wait less",
    ScoreTerm.LATENESS_RISK: "Lateness avoided",
    ScoreTerm.DETOUR: "Less driving",
    ScoreTerm.LOAD_BALANCE: "Fewer orders in hand",
    ScoreTerm.POSITION_FRESHNESS: "Fresher position",
    ScoreTerm.PICKUP_WAITING: "Less waiting at pickup",
    ScoreTerm.OTHER_PROMISES: "Other promises kept",
    ScoreTerm.HAND_OVER: "No hand-over",
    ScoreTerm.FRESHNESS: "Goods ride less",
    ScoreTerm.SHARED_TRIP: "Less shared trip",
    ScoreTerm.REFUSAL_RISK: "Surer of a yes",
    ScoreTerm.ZONE_PRESSURE: "Helps a short zone",
}


def term_name(term: ScoreTerm, minutes: float) -> str:
    """Return what a term of a score is called: in other words where it saves than where it costs."""
    return _tr(_LESS[term] if minutes < 0 else TERM_NAMES[term])


def reason_word(reason: ReasonCode) -> str:
    """Return the words for why a person decided otherwise."""
    return {
        ReasonCode.LOCAL_KNOWLEDGE: _tr("Local knowledge"),
        ReasonCode.DRIVER_ASKED: _tr("Driver asked"),
        ReasonCode.CUSTOMER_ASKED: _tr("Customer asked"),
        ReasonCode.VEHICLE_OR_BAG: _tr("Vehicle or bag"),
        ReasonCode.SAFETY: _tr("Safety"),
        ReasonCode.OTHER: _tr("Other"),
    }[reason]


def change_word(kind: ChangeKind) -> str:
    """Return the words for what an override changed."""
    return {
        ChangeKind.REASSIGN: _tr("another driver"),
        ChangeKind.RESEQUENCE: _tr("order of stops"),
        ChangeKind.SPLIT: _tr("out of its trip"),
        ChangeKind.FORBID: _tr("driver kept from it"),
        ChangeKind.TAKE_OUT: _tr("driver taken out"),
        ChangeKind.CLOSE_ZONE: _tr("zone closed"),
        ChangeKind.CLOSE_STREET: _tr("street closed"),
        ChangeKind.HOLD: _tr("order held"),
    }[kind]


def spoken_reason(reason: str) -> str:
    """Return a reason that drivers' apps and kitchens gave, which may be a code such as ``customer_absent``."""
    words = reason.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def mode_word(mode: OverrideMode) -> str:
    """Return the words for how far an override reaches."""
    return {OverrideMode.AS_IS: _tr("as is"), OverrideMode.REPLANNED: _tr("re-planned around it")}[mode]


def likelihood_word(probability: float) -> str:
    """Return how likely something is, in words; `probability` is 0 to 1."""
    steps = ((0.92, _tr("very likely")), (0.80, _tr("likely")), (0.60, _tr("more likely than not")))
    word = next((word for limit, word in steps if probability >= limit), None)
    return word or (_tr("uncertain") if probability >= 0.40 else _tr("unlikely"))


def promise_kept(probability: float) -> str:
    """Return how likely the promise is kept, in words and as a share that never claims to be certain."""
    share_words = share(min(max(probability, _LEAST_SURE), _MOST_SURE), 0)
    return _tr("promise kept: {words}, about {share}").format(words=likelihood_word(probability), share=share_words)


NOT_NOW_REASONS = ("waiting_for_news", "calling_driver", "pickup_late", "customer_asked")
"""Why a proposal is put off; kept in the audit as codes."""


def not_now_word(reason: str) -> str:
    """Return the words for why a proposal was put off; other reasons are words already."""
    return {
        "waiting_for_news": _tr("Waiting for news"),
        "calling_driver": _tr("Calling the driver"),
        "pickup_late": _tr("Pickup is late"),
        "customer_asked": _tr("Customer asked"),
    }.get(reason, reason)
