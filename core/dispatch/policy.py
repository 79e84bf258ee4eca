"""The dispatch policy: every weight, limit and threshold that a decision rests on, as one frozen value."""

from __future__ import annotations

from math import isfinite

from msgspec.structs import asdict

from core.dispatch.matching.work import MatchPolicy
from core.disruption.detection_policy import DetectionPolicy
from core.eta.arrival import SpreadPolicy
from core.eta.telling import TellingPolicy
from core.fleet.planned_break import BreakRule


class DispatchPolicy(DetectionPolicy, frozen=True, kw_only=True):
    """What decisions weigh and where they stop, and what counts as a disruption (`DetectionPolicy`).

    Money is in minor units of the city's currency.

    Prices
        `cost_per_km` and `cost_per_driver_hour` are paid; `lateness_per_minute` (an order `lateness_doubles_s` late
        costs twice that, so that no customer waits for all others; 0: each minute the same), `pickup_delay_per_minute`
        (goods waiting for the driver), `freshness_per_minute` (goods that ride along, customers who wait longer) and
        `hand_over_minutes` (telling two drivers) are what these are held to be worth.
    Terms
        `balance_minutes_per_order` per order above the fleet's mean; `fresh_position_s` is the age up to which a
        position costs nothing, each minute beyond it counts `stale_position_share` minutes. A driver who was never
        asked says yes with `accept_probability`, which counts as `accept_prior_offers` answered offers, and what is
        known of the driver as `accept_hour_offers` of the hour; a no counts `refusal_share` of what it costs (0: not).
        Leaving a zone that will lack a driver in half an hour counts `pressure_minutes`, ending a route there the
        opposite (0: not).
    Moving idle drivers
        One is proposed to go where `reposition_short` of a driver or more will be missing in half an hour, from where
        one is spare, if that covers `reposition_gain_minutes` more than the way takes; a person accepts within
        `reposition_within_s`, or nobody needs to with `reposition_by_itself` 1.
    Bundles
        `shared_trip_minutes` that sharing a vehicle must save per companion, at most `max_bundle` orders on board at
        once, and none that brings a promise to `at_risk` or above which single trips keep below it; with `at_risk` 1
        sharing may break any.
    Matching
        Within `match_horizon_s`, orders that are ready and drivers that become free are matched as whole bundles, each
        given away when its driver has to leave; 0 inserts order by order instead. `matching` weighs it; what it has
        in common with the rest (`max_bundle`, times at the stops) is taken from here. An order matched alone rather
        joins a driver under way where that saves `join_gain_minutes` of a driver; 240 lets none. A driver who has
        earned less than `guaranteed_per_hour` by `pay_per_order` costs nothing for a further order.
    Improving
        Every `improve_every_s`, 0 for never, a better plan for all that is in hand is looked for, with at most
        `improve_iterations` and `improve_s`; it is put in force when it saves `improve_gain_minutes` of a driver.
        An order changes hands in it where that saves `improve_move_minutes` beyond telling both; with
        `improve_may_move` 0 each driver keeps what he has.
    Hard limits
        `max_orders` in hand at once, `max_position_age_s`; nothing is picked up after the end of a shift, and the last
        stop is done within `overtime_s` of it.
    Breaks
        Who works for longer than `break_by_s`, and for whom nobody has planned anything else, takes a break of
        `break_s` (0: none), which begins at the latest then and at the earliest `break_window_s` before.
    Times
        `pickup_service_s` at the counter, `unready_margin_s` from now for goods that are overdue, `freeze_s` before
        a planned arrival not even a person changes the first stop, which the platform keeps once it is driven to;
        `commit_lead_s` before readiness an order is given away at the earliest, and not while the driver would stand
        at the counter for more than `early_s`. An order without a driver is expected to see one after `approach_s`,
        give or take `approach_sd_s`.
    Asking
        A person is asked below `auto_probability`, when the runner-up is within `close_lead_minutes` and the promise
        is not sure (`sure_probability`), from `high_value` up, above `late_anyway`, when another promise loses
        more than `other_promise_minutes`, after `many_refusals`, and for the `ask_from_orders`-th order in hand.
    Overriding
        Drivers and customers are told of an override `tell_after_s` after it was committed. A commit is shown again
        when its outcome has moved since by more than `recheck_promises` broken, `recheck_minutes` of lateness or of
        one customer's time, or `recheck_money`.
    Telling customers
        A customer hears of another arrival from `told_move_s` on, from `told_move_soon_s` where it is `told_soon_s`
        away or less, once that stood for `told_settled_s`; at once from `told_at_once` times as much.
    Recovering
        The platform carries out by itself what it recommends about a disruption where `recover_reroute`,
        `recover_reassign`, `recover_unbundle`, `recover_rebalance`, `recover_wait` or `recover_tell` is 1 and the
        impact is small: no promise more is broken, nobody comes more than `recover_most_minutes` later, and no more
        than `recover_most_customers` have to be told another time.
    Rhythm
        `decide_within_s` after which a proposal is made again, `ask_after_waiting_s` without any possible driver,
        `accept_within_s` for a driver to answer, `reassign_gain_minutes` that a reassignment must save at least,
        `wait_money` up to which an order's second choice may cost more before it rather waits for the next cycle.
        A round begins at least every `cycle_s`.
    Learning
        A policy change is proposed from `propose_from_cases` overrides up, where it agrees with `propose_agreeing` of
        them and disagrees with `propose_disagreeing` of what was accepted; what was rejected again on
        `propose_again_factor` times the cases.
    Spread
        `spread` is how uncertain a way, a kitchen and a stop are before anything was learned of them.
    Waves
        Planned with at most `wave_iterations` and `wave_plan_s`; with `wave_auto_release` 1 a plan in which every
        order has a place is put in force without asking.
    Sizes
        `candidates` priced for each order, `orders_per_cycle`, `alternatives_shown`, `neighbours` looked at when
        re-planning around an override.

    Raises
    ------
    ValueError
        If a number is negative or not finite, or a probability is above 1.
    """

    cost_per_km: int = 110
    cost_per_driver_hour: int = 6_600
    lateness_per_minute: int = 300
    lateness_doubles_s: float = 600.0
    pickup_delay_per_minute: int = 60
    freshness_per_minute: int = 60
    hand_over_minutes: float = 1.6
    balance_minutes_per_order: float = 0.5
    fresh_position_s: float = 45.0
    stale_position_share: float = 0.5
    accept_probability: float = 0.95
    accept_prior_offers: float = 20.0
    accept_hour_offers: float = 15.0
    refusal_share: float = 1.0
    pressure_minutes: float = 1.0

    reposition_short: float = 0.5
    reposition_gain_minutes: float = 4.0
    reposition_within_s: float = 300.0
    reposition_by_itself: int = 0

    shared_trip_minutes: float = 2.0
    max_bundle: int = 3
    at_risk: float = 0.30

    match_horizon_s: float = 3_600.0
    join_gain_minutes: float = 3.0
    pay_per_order: int = 0
    guaranteed_per_hour: int = 0
    matching: MatchPolicy = MatchPolicy()

    improve_every_s: float = 30.0
    improve_s: float = 1.0
    improve_iterations: int = 5_000
    improve_gain_minutes: float = 4.0
    improve_may_move: int = 0
    improve_move_minutes: float = 12.0

    max_orders: int = 4
    overtime_s: float = 0.0
    max_position_age_s: float = 300.0

    break_s: float = 0.0
    break_by_s: float = 21_600.0
    break_window_s: float = 7_200.0

    pickup_service_s: float = 60.0
    unready_margin_s: float = 60.0
    freeze_s: float = 60.0
    commit_lead_s: float = 900.0
    early_s: float = 150.0
    approach_s: float = 420.0
    approach_sd_s: float = 240.0

    auto_probability: float = 0.80
    sure_probability: float = 0.92
    close_lead_minutes: float = 0.5
    high_value: int = 39_000
    late_anyway: float = 0.5
    other_promise_minutes: float = 1.0
    many_refusals: int = 2
    ask_from_orders: int = 4

    tell_after_s: float = 30.0
    recheck_promises: int = 0
    recheck_minutes: float = 2.0
    recheck_money: int = 500

    told_move_s: float = 240.0
    told_move_soon_s: float = 120.0
    told_soon_s: float = 600.0
    told_settled_s: float = 30.0
    told_at_once: float = 2.0

    recover_reroute: int = 1
    recover_reassign: int = 0
    recover_unbundle: int = 0
    recover_rebalance: int = 0
    recover_wait: int = 0
    recover_tell: int = 0
    recover_most_minutes: float = 2.0
    recover_most_customers: int = 0

    decide_within_s: float = 60.0
    ask_after_waiting_s: float = 120.0
    accept_within_s: float = 120.0
    reassign_gain_minutes: float = 4.0
    wait_money: int = 400
    cycle_s: float = 5.0

    candidates: int = 12
    orders_per_cycle: int = 20
    alternatives_shown: int = 8
    neighbours: int = 6

    propose_from_cases: int = 5
    propose_agreeing: float = 0.5
    propose_disagreeing: float = 0.1
    propose_again_factor: float = 2.0

    wave_plan_s: float = 10.0
    wave_iterations: int = 20_000
    wave_auto_release: int = 0

    spread: SpreadPolicy = SpreadPolicy()

    def __post_init__(self) -> None:
        super().__post_init__()
        for name, value in asdict(self).items():
            if isinstance(value, int | float) and not (isfinite(value) and value >= 0):
                raise ValueError(f"{name} is a number from 0 up, not {value}")
        shares = (self.auto_probability, self.sure_probability, self.late_anyway, self.at_risk, self.accept_probability)
        if max(shares) > 1.0:
            raise ValueError("a probability is at most 1")
        if min(self.max_orders, self.max_bundle, self.candidates, self.orders_per_cycle, self.alternatives_shown) < 1:
            raise ValueError("at least one order, candidate and alternative is needed")

    @property
    def driver_minute(self) -> float:
        """Return what a minute of a driver costs."""
        return self.cost_per_driver_hour / 60.0

    def is_at_risk(self, late_probability: float) -> bool:
        """Say whether a promise that is late so probably is at risk; with `at_risk` 1 none is."""
        return self.at_risk <= late_probability and self.at_risk < 1.0

    def lateness_money(self, late_s: float, squared_s2: float) -> float:
        """Return what lateness costs: seconds after promises, added up, and their squares, as it grows.

        Parameters
        ----------
        late_s, squared_s2 : float
            Seconds, and seconds squared.
        """
        return self.lateness_per_minute * (late_s + self.lateness_growth_per_s * squared_s2) / 60.0

    @property
    def lateness_growth_per_s(self) -> float:
        """Return by what share each second of lateness makes the next one dearer; 0 where it does not grow."""
        return 1.0 / self.lateness_doubles_s if self.lateness_doubles_s > 0.0 else 0.0

    @property
    def break_rule(self) -> BreakRule | None:
        """Return the break that is due to everybody; ``None`` for none."""
        if self.break_s <= 0.0:
            return None
        return BreakRule(by_s=self.break_by_s, window_s=self.break_window_s, length_s=self.break_s)

    @property
    def telling(self) -> TellingPolicy:
        """Return from when on a customer hears of another arrival."""
        return TellingPolicy(
            least_move_s=self.told_move_s,
            least_move_soon_s=self.told_move_soon_s,
            soon_s=self.told_soon_s,
            settled_s=self.told_settled_s,
            at_once=self.told_at_once,
        )

    def driving_money(self, seconds: float, metres: float) -> float:
        """Return what driving costs: the driver's time and the way."""
        return self.cost_per_driver_hour * seconds / 3600.0 + self.cost_per_km * metres / 1000.0
