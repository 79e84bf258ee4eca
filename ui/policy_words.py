"""The values of the dispatch policy in words: what each is called, in which unit it is written, and how it is read."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLocale

from core.dispatch.policy_fields import FIELDS
from core.places import folded
from core.wire import CityCard


def _tr(text: str) -> str:
    return QCoreApplication.translate("policy", text)


_ASKING = (
    *("auto_probability", "sure_probability", "close_lead_minutes", "high_value"),
    *("late_anyway", "other_promise_minutes", "many_refusals", "ask_from_orders"),
)

_MATCHING = (
    *("match_horizon_s", "join_gain_minutes", "pay_per_order", "guaranteed_per_hour"),
    *("match_delay_growth", "match_late_share", "match_driving_share", "match_paid_order", "match_unserved"),
    *("match_bundle_spread_s", "match_bundle_margin", "match_effort"),
)

_RECOVERING = (
    *("recover_reroute", "recover_reassign", "recover_unbundle", "recover_rebalance"),
    *("recover_wait", "recover_tell", "recover_most_minutes", "recover_most_customers"),
)


def groups() -> list[tuple[str, list[str]]]:
    """Return the headings, and the fields under each, in the order in which they are shown."""
    return [
        (
            _tr("Money"),
            [
                *("cost_per_km", "cost_per_driver_hour", "lateness_per_minute"),
                *("lateness_doubles_s", "pickup_delay_per_minute"),
            ],
        ),
        (_tr("Goods and drivers"), ["freshness_per_minute", "hand_over_minutes", "balance_minutes_per_order"]),
        (_tr("Positions"), ["fresh_position_s", "stale_position_share", "max_position_age_s"]),
        (_tr("Offers"), ["accept_probability", "accept_prior_offers", "accept_hour_offers", "refusal_share"]),
        (
            _tr("Short zones"),
            [
                *("pressure_minutes", "reposition_short", "reposition_gain_minutes"),
                *("reposition_within_s", "reposition_by_itself"),
            ],
        ),
        (_tr("Bundles"), ["max_bundle", "shared_trip_minutes", "at_risk", "max_orders"]),
        (_tr("Matching"), list(_MATCHING)),
        (
            _tr("Improving plans"),
            [
                "improve_every_s",
                "improve_s",
                "improve_iterations",
                "improve_gain_minutes",
                "improve_may_move",
                "improve_move_minutes",
            ],
        ),
        (_tr("Waves"), ["wave_plan_s", "wave_iterations", "wave_auto_release"]),
        (_tr("Times"), ["pickup_service_s", "unready_margin_s", "freeze_s", "commit_lead_s", "early_s", "overtime_s"]),
        (_tr("Breaks"), ["break_s", "break_by_s", "break_window_s"]),
        (_tr("Before there is a driver"), ["approach_s", "approach_sd_s"]),
        (
            _tr("Before it is learned, give or take"),
            [
                *("spread_of_ways", "spread_of_stops", "spread_of_kitchens_s"),
                *("spread_of_positions", "spread_without_streets"),
            ],
        ),
        (_tr("A person is asked"), list(_ASKING)),
        (_tr("The platform recovers by itself"), list(_RECOVERING)),
        *_noticing(),
        (_tr("Overrides"), ["tell_after_s", "recheck_promises", "recheck_minutes", "recheck_money"]),
        (
            _tr("Customers hear of another arrival"),
            ["told_move_s", "told_move_soon_s", "told_soon_s", "told_settled_s", "told_at_once"],
        ),
        (
            _tr("Proposing another policy"),
            ["propose_from_cases", "propose_agreeing", "propose_disagreeing", "propose_again_factor"],
        ),
        (_tr("Rhythm"), ["cycle_s", "decide_within_s", "ask_after_waiting_s", "accept_within_s"]),
        (_tr("Changes"), ["reassign_gain_minutes", "wait_money"]),
        (_tr("Sizes"), ["candidates", "orders_per_cycle", "alternatives_shown", "neighbours"]),
    ]


def _noticing() -> list[tuple[str, list[str]]]:
    return [
        (
            _tr("A driver is a problem"),
            [
                *("silent_s", "stopped_s", "stop_radius_m", "stand_radius_m", "moved_m"),
                *("off_route_m", "on_route_m", "off_route_fixes", "usable_accuracy_m", "slow_s", "slow_until_s"),
            ],
        ),
        (
            _tr("An order or a zone is a problem"),
            ["unready_s", "door_s", "short_drivers", "short_until", "short_calm_s", "ended_shown_s"],
        ),
        (_tr("A problem is over"), ["calm_s", "rest_s"]),
    ]


def field_word(name: str) -> str:
    """Return what a value is called; its own name if this desk has no word for it."""
    return {
        "cost_per_km": _tr("a kilometre costs"),
        "cost_per_driver_hour": _tr("a driver's hour costs"),
        "lateness_per_minute": _tr("a late minute is worth"),
        "lateness_doubles_s": _tr("costs twice that when late by"),
        "pickup_delay_per_minute": _tr("goods that wait for the driver"),
        "freshness_per_minute": _tr("goods that ride along"),
        "hand_over_minutes": _tr("telling two drivers takes"),
        "balance_minutes_per_order": _tr("an order above the mean counts"),
        "fresh_position_s": _tr("fresh up to"),
        "stale_position_share": _tr("each minute older counts"),
        "max_position_age_s": _tr("too old to plan on after"),
        "accept_probability": _tr("a driver never asked says yes"),
        "accept_prior_offers": _tr("that counts as"),
        "accept_hour_offers": _tr("what is known of a driver counts for the hour as"),
        "refusal_share": _tr("a likely no counts"),
        "pressure_minutes": _tr("leaving a zone that will lack a driver"),
        "reposition_short": _tr("a zone is short from"),
        "reposition_gain_minutes": _tr("moving covers more than it takes by"),
        "reposition_within_s": _tr("a person accepts a move within"),
        "reposition_by_itself": _tr("moves drivers by itself"),
        "max_bundle": _tr("orders on board at once"),
        "shared_trip_minutes": _tr("each companion must save"),
        "at_risk": _tr("a promise is at risk from"),
        "match_horizon_s": _tr("looks ahead; 0 inserts one by one"),
        "join_gain_minutes": _tr("joining a driver under way saves at least"),
        "pay_per_order": _tr("a driver earns for an order"),
        "guaranteed_per_hour": _tr("a driver earns in an hour at least"),
        "match_delay_growth": _tr("the square of a delay counts"),
        "match_late_share": _tr("a minute after the promise counts"),
        "match_driving_share": _tr("a minute to the kitchen counts"),
        "match_paid_order": _tr("an order paid beyond the guarantee counts"),
        "match_unserved": _tr("an order left for later counts"),
        "match_bundle_spread_s": _tr("ready apart in a bundle at most"),
        "match_bundle_margin": _tr("a bundle must save at least"),
        "match_effort": _tr("tries of the solver at most"),
        "improve_every_s": _tr("a better plan is looked for every"),
        "improve_s": _tr("searched for at most"),
        "improve_iterations": _tr("tries at most"),
        "improve_gain_minutes": _tr("saves at least"),
        "improve_may_move": _tr("may move orders between drivers"),
        "improve_move_minutes": _tr("moving an order saves at least"),
        "wave_plan_s": _tr("planned for at most"),
        "wave_iterations": _tr("tries of a wave at most"),
        "wave_auto_release": _tr("released without asking"),
        "max_orders": _tr("orders in hand at most"),
        "overtime_s": _tr("after a shift's end at most"),
        "break_s": _tr("a break for everybody; 0 for none"),
        "break_by_s": _tr("begins after the start of a shift at the latest"),
        "break_window_s": _tr("and at the earliest before that by"),
        "pickup_service_s": _tr("at the counter"),
        "unready_margin_s": _tr("overdue goods are expected in"),
        "freeze_s": _tr("no change before an arrival"),
        "commit_lead_s": _tr("given away before it is ready"),
        "early_s": _tr("wait at the counter at most"),
        "approach_s": _tr("a driver is expected after"),
        "approach_sd_s": _tr("give or take"),
        "spread_of_ways": _tr("a way, of its length"),
        "spread_of_stops": _tr("a stop, of its length"),
        "spread_of_kitchens_s": _tr("a kitchen"),
        "spread_of_positions": _tr("a position, of its age"),
        "spread_without_streets": _tr("ways without streets, wider by"),
        "recover_reroute": _tr("another way or sequence"),
        "recover_reassign": _tr("orders to other drivers"),
        "recover_unbundle": _tr("an order out of its trip"),
        "recover_rebalance": _tr("waiting orders to drivers around"),
        "recover_wait": _tr("waiting"),
        "recover_tell": _tr("telling customers"),
        "recover_most_minutes": _tr("nobody comes later by more than"),
        "recover_most_customers": _tr("customers told another time at most"),
        "auto_probability": _tr("chance of keeping the promise below"),
        "sure_probability": _tr("not sure below, and …"),
        "close_lead_minutes": _tr("… the next one within"),
        "high_value": _tr("order value from"),
        "late_anyway": _tr("risk of being late with anybody from"),
        "other_promise_minutes": _tr("another promise loses more than"),
        "many_refusals": _tr("refused"),
        "ask_from_orders": _tr("orders in hand from"),
        "cycle_s": _tr("a round at least every"),
        "tell_after_s": _tr("drivers and customers are told after"),
        "recheck_promises": _tr("shown again above promises broken"),
        "recheck_minutes": _tr("shown again when times moved by"),
        "recheck_money": _tr("shown again when dearer by"),
        "told_move_s": _tr("moved by"),
        "told_move_soon_s": _tr("moved by, if it is soon"),
        "told_soon_s": _tr("soon is within"),
        "told_settled_s": _tr("once that stood for"),
        "told_at_once": _tr("at once, if moved as much"),
        "propose_from_cases": _tr("from so many overrides"),
        "propose_agreeing": _tr("agrees with at least"),
        "propose_disagreeing": _tr("changes of what was accepted at most"),
        "propose_again_factor": _tr("again after a no, on more cases by"),
        "decide_within_s": _tr("a person decides within"),
        "ask_after_waiting_s": _tr("asked without any driver after"),
        "accept_within_s": _tr("a driver answers within"),
        "reassign_gain_minutes": _tr("a reassignment saves at least"),
        "wait_money": _tr("rather waits from"),
        "candidates": _tr("drivers priced for an order"),
        "orders_per_cycle": _tr("orders in a round"),
        "alternatives_shown": _tr("alternatives shown"),
        "neighbours": _tr("drivers re-planned around an override"),
        "silent_s": _tr("not heard for"),
        "stopped_s": _tr("stands for"),
        "stop_radius_m": _tr("no stop within"),
        "stand_radius_m": _tr("stands within"),
        "moved_m": _tr("has moved beyond"),
        "off_route_m": _tr("beside the planned way by"),
        "on_route_m": _tr("on it again within"),
        "off_route_fixes": _tr("… in a row"),
        "usable_accuracy_m": _tr("a position tells nothing from"),
        "slow_s": _tr("slower than foretold by"),
        "slow_until_s": _tr("no more from"),
        "unready_s": _tr("goods not ready after"),
        "door_s": _tr("longer at a door by"),
        "short_drivers": _tr("a zone lacks"),
        "short_until": _tr("no more below"),
        "short_calm_s": _tr("… for"),
        "ended_shown_s": _tr("a failed order is shown for"),
        "calm_s": _tr("calm for"),
        "rest_s": _tr("begins again after"),
    }.get(name, name)


def searchable(*words: str) -> str:
    """Return words as they are looked through: as written, and without accents and punctuation."""
    text = " ".join(words)
    return f"{text.casefold()} {folded(text)}"


def fits(wanted: str, words: str) -> bool:
    """Say whether each word of what is `wanted` stands in searchable `words`, with or without its accents."""
    return all(word in words or (folded(word) or word) in words for word in wanted.casefold().split())


def unit_word(name: str, city: CityCard) -> str:
    """Return the unit that a value is written in."""
    unit = FIELDS[name].unit
    return {
        "money": city.currency,
        "money/km": _tr("{currency} a km").format(currency=city.currency),
        "money/h": _tr("{currency} an hour").format(currency=city.currency),
        "money/min": _tr("{currency} a min").format(currency=city.currency),
        "min": _tr("min"),
        "min/min": _tr("min a min"),
        "s": _tr("s"),
        "share": "%",
        "orders": _tr("orders"),
        "rounds": _tr("rounds"),
        "customers": _tr("customers"),
        "0 or 1": _tr("0 or 1"),
        "refusals": _tr("times"),
        "times": _tr("times"),
        "offers": _tr("offers"),
        "drivers": _tr("drivers"),
        "m": _tr("m"),
        "fixes": _tr("positions"),
        "overrides": _tr("overrides"),
    }[unit]


def written(name: str, value: float, city: CityCard) -> str:
    """Return a value as it is written in its field, without its unit."""
    shown = value * _scale(name, city)
    return _locale().toString(round(shown)) if shown == round(shown) else f"{_locale().toString(shown, 'g', 6)}"


def read(name: str, text: str, city: CityCard) -> float | None:
    """Return the value that somebody wrote, ``None`` if it is no number."""
    plain = text.strip().rstrip("%").strip()
    value, is_number = _locale().toDouble(plain)
    if not is_number:
        value, is_number = QLocale.c().toDouble(plain)
    return round(value / _scale(name, city), 9) if is_number else None


def with_unit(name: str, value: float, city: CityCard) -> str:
    """Return a value with its unit, for a sentence."""
    return f"{written(name, value, city)} {unit_word(name, city)}"


def _scale(name: str, city: CityCard) -> float:
    """Return what a kept value is multiplied by to be shown: shares as percent, money in whole units."""
    unit = FIELDS[name].unit
    if unit == "share":
        return 100.0
    return 10.0**-city.currency_decimals if unit.startswith("money") else 1.0


def _locale() -> QLocale:
    locale = QLocale()
    locale.setNumberOptions(QLocale.NumberOption.OmitGroupSeparator)
    return locale
