"""Which values of the dispatch policy a person may set, with unit and range, and the policy that results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from msgspec.structs import replace

from core.dispatch.policy import DispatchPolicy
from core.projections.policy_book import PolicyBook
from core.vocabulary import ZoneId


@dataclass(frozen=True, slots=True)
class PolicyField:
    """One value of the policy.

    Parameters
    ----------
    name : its name, in `DispatchPolicy` or as people know it
    unit : ``money`` in minor units of the city's currency, ``min``, ``s``, ``share`` from 0 to 1, ``orders``, ...
    least, most : the range that makes sense, both included
    of_zone : whether a zone may have its own; what concerns a driver or the whole round may not
    part, attribute : where it lies in a part of the policy that has a shape of its own, which part and as what there
    """

    name: str
    unit: str
    least: float
    most: float
    of_zone: bool = True
    part: str = ""
    attribute: str = ""

    @property
    def is_whole(self) -> bool:
        """Say whether it is a whole number."""
        return isinstance(self.value_in(DispatchPolicy()), int)

    def value_in(self, policy: DispatchPolicy) -> float | int:
        """Return the value that a policy has."""
        held = getattr(policy, self.part) if self.part else policy
        value: float | int = getattr(held, self.attribute or self.name)
        return value


def _of(part: str, name: str, unit: str, least: float, most: float, attribute: str) -> PolicyField:
    """Return a value of a part, which holds for the whole round and the whole city."""
    return PolicyField(name, unit, least, most, of_zone=False, part=part, attribute=attribute)


_OF_PARTS = (
    _of("matching", "match_delay_growth", "min/min", 0, 100, "delay_growth_per_minute"),
    _of("matching", "match_driving_share", "min/min", 0, 100, "driving_share"),
    _of("matching", "match_paid_order", "min", 0, 1_000, "paid_order"),
    _of("matching", "match_unserved", "min", 1, 1_000_000, "unserved"),
    _of("matching", "match_late_share", "min/min", 0, 100, "late_share"),
    _of("matching", "match_bundle_spread_s", "s", 0, 7_200, "bundle_spread_s"),
    _of("matching", "match_bundle_margin", "min", 0, 1_000, "bundle_margin"),
    _of("matching", "match_effort", "rounds", 1, 100_000, "node_limit"),
    _of("spread", "spread_of_ways", "share", 0, 1, "travel_share"),
    _of("spread", "spread_of_stops", "share", 0, 1, "service_share"),
    _of("spread", "spread_of_kitchens_s", "s", 0, 3_600, "kitchen_sd_s"),
    _of("spread", "spread_of_positions", "share", 0, 1, "position_share"),
    _of("spread", "spread_without_streets", "times", 1, 10, "degraded_factor"),
)

_FIELDS = (
    PolicyField("cost_per_km", "money/km", 0, 100_000),
    PolicyField("cost_per_driver_hour", "money/h", 0, 10_000_000),
    PolicyField("lateness_per_minute", "money/min", 0, 1_000_000),
    PolicyField("lateness_doubles_s", "s", 0, 86_400),
    PolicyField("pickup_delay_per_minute", "money/min", 0, 1_000_000),
    PolicyField("freshness_per_minute", "money/min", 0, 1_000_000),
    PolicyField("hand_over_minutes", "min", 0, 60),
    PolicyField("balance_minutes_per_order", "min", 0, 60),
    PolicyField("fresh_position_s", "s", 0, 3_600),
    PolicyField("stale_position_share", "min/min", 0, 10),
    PolicyField("accept_probability", "share", 0, 1, of_zone=False),
    PolicyField("accept_prior_offers", "offers", 0, 1_000, of_zone=False),
    PolicyField("accept_hour_offers", "offers", 0, 1_000, of_zone=False),
    PolicyField("refusal_share", "share", 0, 1),
    PolicyField("pressure_minutes", "min", 0, 60, of_zone=False),
    PolicyField("reposition_short", "drivers", 0, 10, of_zone=False),
    PolicyField("reposition_gain_minutes", "min", 0, 60, of_zone=False),
    PolicyField("reposition_within_s", "s", 30, 3_600, of_zone=False),
    PolicyField("reposition_by_itself", "0 or 1", 0, 1, of_zone=False),
    PolicyField("shared_trip_minutes", "min", 0, 60),
    PolicyField("max_bundle", "orders", 1, 10),
    PolicyField("at_risk", "share", 0, 1),
    PolicyField("match_horizon_s", "s", 0, 7_200, of_zone=False),
    PolicyField("join_gain_minutes", "min", 0, 240),
    PolicyField("pay_per_order", "money", 0, 1_000_000, of_zone=False),
    PolicyField("guaranteed_per_hour", "money/h", 0, 10_000_000, of_zone=False),
    PolicyField("improve_every_s", "s", 0, 3_600, of_zone=False),
    PolicyField("improve_s", "s", 0, 3, of_zone=False),
    PolicyField("improve_iterations", "rounds", 0, 1_000_000, of_zone=False),
    PolicyField("improve_gain_minutes", "min", 0, 240, of_zone=False),
    PolicyField("improve_may_move", "0 or 1", 0, 1, of_zone=False),
    PolicyField("improve_move_minutes", "min", 0, 240),
    PolicyField("max_orders", "orders", 1, 50),
    PolicyField("overtime_s", "s", 0, 14_400, of_zone=False),
    PolicyField("max_position_age_s", "s", 30, 3_600),
    PolicyField("break_s", "s", 0, 14_400, of_zone=False),
    PolicyField("break_by_s", "s", 1_800, 57_600, of_zone=False),
    PolicyField("break_window_s", "s", 0, 57_600, of_zone=False),
    PolicyField("pickup_service_s", "s", 0, 3_600, of_zone=False),
    PolicyField("unready_margin_s", "s", 0, 3_600, of_zone=False),
    PolicyField("freeze_s", "s", 0, 1_800, of_zone=False),
    PolicyField("commit_lead_s", "s", 0, 7_200),
    PolicyField("early_s", "s", 0, 3_600),
    PolicyField("approach_s", "s", 0, 7_200, of_zone=False),
    PolicyField("approach_sd_s", "s", 0, 3_600, of_zone=False),
    PolicyField("auto_probability", "share", 0, 1),
    PolicyField("sure_probability", "share", 0, 1),
    PolicyField("close_lead_minutes", "min", 0, 60),
    PolicyField("high_value", "money", 0, 1_000_000_000),
    PolicyField("late_anyway", "share", 0, 1),
    PolicyField("other_promise_minutes", "min", 0, 120),
    PolicyField("many_refusals", "refusals", 1, 100),
    PolicyField("ask_from_orders", "orders", 1, 50),
    PolicyField("tell_after_s", "s", 0, 60),
    PolicyField("recheck_promises", "orders", 0, 100),
    PolicyField("recheck_minutes", "min", 0, 60),
    PolicyField("recheck_money", "money", 0, 1_000_000),
    PolicyField("told_move_s", "s", 30, 3_600),
    PolicyField("told_move_soon_s", "s", 30, 3_600),
    PolicyField("told_soon_s", "s", 0, 7_200),
    PolicyField("told_settled_s", "s", 0, 600),
    PolicyField("told_at_once", "times", 1, 10),
    PolicyField("recover_reroute", "0 or 1", 0, 1),
    PolicyField("recover_reassign", "0 or 1", 0, 1),
    PolicyField("recover_unbundle", "0 or 1", 0, 1),
    PolicyField("recover_rebalance", "0 or 1", 0, 1),
    PolicyField("recover_wait", "0 or 1", 0, 1),
    PolicyField("recover_tell", "0 or 1", 0, 1),
    PolicyField("recover_most_minutes", "min", 0, 60),
    PolicyField("recover_most_customers", "customers", 0, 100),
    PolicyField("decide_within_s", "s", 10, 3_600),
    PolicyField("ask_after_waiting_s", "s", 0, 3_600),
    PolicyField("accept_within_s", "s", 10, 3_600),
    PolicyField("reassign_gain_minutes", "min", 0, 120),
    PolicyField("wait_money", "money", 0, 1_000_000, of_zone=False),
    PolicyField("cycle_s", "s", 1, 5, of_zone=False),
    PolicyField("candidates", "drivers", 1, 100),
    PolicyField("orders_per_cycle", "orders", 1, 200, of_zone=False),
    PolicyField("alternatives_shown", "drivers", 1, 20, of_zone=False),
    PolicyField("neighbours", "drivers", 0, 20, of_zone=False),
    PolicyField("propose_from_cases", "overrides", 2, 1_000, of_zone=False),
    PolicyField("propose_agreeing", "share", 0, 1, of_zone=False),
    PolicyField("propose_disagreeing", "share", 0, 1, of_zone=False),
    PolicyField("propose_again_factor", "times", 1, 100, of_zone=False),
    PolicyField("wave_plan_s", "s", 1, 120, of_zone=False),
    PolicyField("wave_iterations", "rounds", 0, 1_000_000, of_zone=False),
    PolicyField("wave_auto_release", "0 or 1", 0, 1, of_zone=False),
    PolicyField("silent_s", "s", 60, 3_600),
    PolicyField("stopped_s", "s", 30, 3_600),
    PolicyField("stand_radius_m", "m", 10, 500, of_zone=False),
    PolicyField("moved_m", "m", 20, 1_000, of_zone=False),
    PolicyField("stop_radius_m", "m", 20, 1_000, of_zone=False),
    PolicyField("off_route_m", "m", 30, 5_000),
    PolicyField("on_route_m", "m", 10, 5_000),
    PolicyField("off_route_fixes", "fixes", 1, 50, of_zone=False),
    PolicyField("usable_accuracy_m", "m", 5, 1_000, of_zone=False),
    PolicyField("slow_s", "s", 30, 3_600),
    PolicyField("slow_until_s", "s", 0, 3_600),
    PolicyField("unready_s", "s", 30, 7_200),
    PolicyField("door_s", "s", 30, 3_600),
    PolicyField("ended_shown_s", "s", 60, 7_200, of_zone=False),
    PolicyField("short_drivers", "drivers", 0.5, 100),
    PolicyField("short_until", "drivers", 0, 100),
    PolicyField("short_calm_s", "s", 0, 1_800),
    PolicyField("calm_s", "s", 0, 600, of_zone=False),
    PolicyField("rest_s", "s", 0, 3_600, of_zone=False),
)

FIELDS: Mapping[str, PolicyField] = {field.name: field for field in (*_FIELDS, *_OF_PARTS)}
"""Every value that can be set, by name, in the order in which they are shown."""

OF_CITY_IN_PLANS = frozenset(
    {
        *("cost_per_km", "cost_per_driver_hour", "lateness_per_minute", "lateness_doubles_s"),
        *("pickup_delay_per_minute", "freshness_per_minute"),
    }
)
"""What improving plans weighs for the whole city, whatever a zone has: a route leads through several."""

OF_CITY_IN_ROUNDS = frozenset(
    {
        *("cost_per_driver_hour", "lateness_per_minute", "freshness_per_minute"),
        *("refusal_share", "fresh_position_s", "stale_position_share"),
    }
)
"""What a round's match weighs for the whole city: it compares drivers across zones and bundles orders of several.

Between the drivers of one order, in its score, its zone's own counts.
"""


def policy_in_force(base: DispatchPolicy, book: PolicyBook, zone_id: ZoneId | None = None) -> DispatchPolicy:
    """Return the policy for a zone, or for the whole city: `base` with what people have set.

    Raises
    ------
    ValueError
        If the values contradict each other.
    """
    values = book.city if zone_id is None else book.city | book.zones.get(zone_id, {})
    told = {FIELDS[name]: typed(name, value) for name, value in values.items() if name in FIELDS}
    parts = {
        part: replace(getattr(base, part), **{of.attribute: value for of, value in told.items() if of.part == part})
        for part in {field.part for field in told} - {""}
    }
    return replace(base, **{of.name: value for of, value in told.items() if not of.part}, **parts)


def typed(name: str, value: float) -> float | int:
    """Return a value as its field has it: whole numbers whole."""
    return round(value) if FIELDS[name].is_whole else float(value)
