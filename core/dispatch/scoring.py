"""The terms of a score, one named function each: what speaks for or against giving an order to a driver.

Each returns its share in minutes and in money (minor units); plus is worse. A score is the sum of its terms, so that
what is shown always adds up to what was decided on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from core.dispatch.acceptance import CERTAIN, Acceptance
from core.dispatch.bundling import companions
from core.dispatch.decision import ScoreTerm, TermShare
from core.dispatch.policy import DispatchPolicy
from core.dispatch.route_insertion import Insertion
from core.dispatch.schedule import Schedule
from core.dispatch.world import Stop
from core.eta.arrival import Arrival
from core.fleet.route import StopKind
from core.orders.order import Order
from core.vocabulary import Instant, OrderId


@dataclass(frozen=True, slots=True)
class Option:
    """An insertion with what the terms look at.

    `before` and `after` are the arrival distributions of the driver's stops without and with the order; `mean_orders`
    is the number of orders in hand per driver on shift, `direct_s` what driving from the pickup straight to the
    customer takes, seconds. `leaves_short` and `ends_short` are what share of a driver will be missing, from 0 to 1,
    where the driver would be free without the order, and with it.
    """

    order: Order
    insertion: Insertion
    before: tuple[Arrival, ...]
    after: tuple[Arrival, ...]
    mean_orders: float
    direct_s: float
    now: Instant
    policy: DispatchPolicy
    leaves_short: float = 0.0
    ends_short: float = 0.0

    def index_of(self, kind: StopKind) -> int:
        """Return where the order's pickup or delivery stands in the new route."""
        stops = self.insertion.after.stops
        return next(i for i, s in enumerate(stops) if s.order_id == self.order.order_id and s.kind is kind)

    @property
    def delivery(self) -> Arrival:
        """Return when the customer is reached."""
        return self.after[self.index_of(StopKind.DELIVERY)]

    @property
    def late_probability(self) -> float:
        """Return the probability that the customer is reached after the promise."""
        return self.delivery.late_probability(self.order.promise.by_at)

    @property
    def acceptance(self) -> Acceptance:
        """Return how likely the driver says yes; certain of one who has."""
        driver = self.insertion.driver
        has_said_yes = self.order.driver_id == driver.driver_id and self.order.is_accepted
        return CERTAIN if has_said_yes else driver.acceptance

    @property
    def kept_probability(self) -> float:
        """Return the probability that the promise holds, with the offer declined or not.

        After a no somebody else is taken to reach the customer later by what it lost.
        """
        asked, by_at = self.acceptance, self.order.promise.by_at
        after_no = 1.0 - self.delivery.late_probability(by_at - self.lost_s)
        return asked.probability * (1.0 - self.late_probability) + (1.0 - asked.probability) * after_no

    @property
    def stands_s(self) -> float:
        """Return the seconds that the driver stands at the counter until the goods are ready."""
        i, plan = self.index_of(StopKind.PICKUP), self.insertion.after
        return max(0.0, plan.starts[i] - max(plan.arrives[i], self.now))

    @property
    def lost_s(self) -> float:
        """Return the seconds that a no would lose: until it is known, less those that the driver would only stand."""
        return max(0.0, self.acceptance.lost_s - self.stands_s)


type Term = Callable[[Option], TermShare]


def pickup_eta(option: Option) -> TermShare:
    """Minutes that the goods wait for the driver, after they are ready."""
    i = option.index_of(StopKind.PICKUP)
    waits_from = max(option.now, option.insertion.after.stops[i].earliest_at)
    minutes = max(0.0, option.insertion.after.arrives[i] - waits_from) / 60.0
    return _share(ScoreTerm.PICKUP_ETA, minutes, minutes * option.policy.pickup_delay_per_minute)


def lateness_risk(option: Option) -> TermShare:
    """Expected minutes after the promise, over the whole distribution of the arrival; each costs more than the last."""
    by_at = option.order.promise.by_at
    minutes = option.delivery.expected_lateness_s(by_at) / 60.0
    return _share(ScoreTerm.LATENESS_RISK, minutes, lateness_money(option.delivery, by_at, option.policy))


def detour(option: Option) -> TermShare:
    """Extra driving: the driver's minutes, and the way in money as well."""
    seconds, metres = option.insertion.extra_driving_s, option.insertion.extra_distance_m
    return _share(ScoreTerm.DETOUR, seconds / 60.0, option.policy.driving_money(seconds, metres))


def load_balance(option: Option) -> TermShare:
    """Minutes for each order that the driver has in hand above the fleet's mean."""
    above = max(0.0, len(option.insertion.driver.order_ids) - option.mean_orders)
    minutes = above * option.policy.balance_minutes_per_order
    return _share(ScoreTerm.LOAD_BALANCE, minutes, minutes * option.policy.driver_minute)


def position_freshness(option: Option) -> TermShare:
    """A share of the minutes by which the last position is older than a fresh one."""
    minutes = stale_minutes(option.insertion.driver.position_age_s, option.policy)
    return _share(ScoreTerm.POSITION_FRESHNESS, minutes, minutes * option.policy.driver_minute)


def pickup_waiting(option: Option) -> TermShare:
    """Minutes that the driver stands at the counter until the goods are ready."""
    minutes = option.stands_s / 60.0
    return _share(ScoreTerm.PICKUP_WAITING, minutes, minutes * option.policy.driver_minute)


def other_promises(option: Option) -> TermShare:
    """Expected minutes of lateness that the driver's other customers gain."""
    minutes = sum(lateness_moved(option).values())
    return _share(ScoreTerm.OTHER_PROMISES, minutes, _lateness_money_moved(option))


def hand_over(option: Option) -> TermShare:
    """The trouble of taking the order from the driver who has it."""
    current = option.order.driver_id
    moves = current is not None and current != option.insertion.driver.driver_id
    minutes = option.policy.hand_over_minutes if moves else 0.0
    return _share(ScoreTerm.HAND_OVER, minutes, minutes * option.policy.driver_minute)


def freshness(option: Option) -> TermShare:
    """Minutes that the goods ride along beyond the direct way, and that the driver's other customers wait longer."""
    plan = option.insertion.after
    aboard_s = plan.arrives[option.index_of(StopKind.DELIVERY)] - plan.departs[option.index_of(StopKind.PICKUP)]
    minutes = (max(0.0, aboard_s - option.direct_s) + _delays_s(option.insertion)) / 60.0
    return _share(ScoreTerm.FRESHNESS, minutes, minutes * option.policy.freshness_per_minute)


def shared_trip(option: Option) -> TermShare:
    """What sharing the vehicle has to save for each order whose goods are on board together with these."""
    shared = companions(option.insertion.after.stops, option.order.order_id)
    minutes = len(shared) * option.policy.shared_trip_minutes
    return _share(ScoreTerm.SHARED_TRIP, minutes, minutes * option.policy.driver_minute)


def refusal_risk(option: Option) -> TermShare:
    """Minutes that a no would cost, by its probability: goods wait until the next is asked, and the customer is late.

    A no that is known before the driver would have stopped standing at the counter costs nothing.
    """
    asked, by_at, policy = option.acceptance, option.order.promise.by_at, option.policy
    risk = policy.refusal_share * (1.0 - asked.probability)
    lost_s = option.lost_s
    waits = risk * lost_s / 60.0
    late_s = option.delivery.expected_lateness_s(by_at - lost_s) - option.delivery.expected_lateness_s(by_at)
    late = risk * late_s / 60.0
    dearer = lateness_money(option.delivery, by_at - lost_s, policy) - lateness_money(option.delivery, by_at, policy)
    money = waits * policy.pickup_delay_per_minute + risk * dearer
    return _share(ScoreTerm.REFUSAL_RISK, waits + late, money)


def zone_pressure(option: Option) -> TermShare:
    """Minutes for a driver whom a zone will lack in half an hour: plus for leaving it, minus for ending there."""
    minutes = option.policy.pressure_minutes * (option.leaves_short - option.ends_short)
    return _share(ScoreTerm.ZONE_PRESSURE, minutes, minutes * option.policy.driver_minute)


TERMS: tuple[Term, ...] = (
    lateness_risk,
    pickup_eta,
    pickup_waiting,
    detour,
    other_promises,
    load_balance,
    position_freshness,
    hand_over,
    freshness,
    shared_trip,
    refusal_risk,
    zone_pressure,
)


def score(option: Option) -> tuple[TermShare, ...]:
    """Return every term's share."""
    return tuple(term(option) for term in TERMS)


def total(terms: tuple[TermShare, ...]) -> tuple[float, int]:
    """Return the sum of the shares: minutes and money."""
    return sum(share.minutes for share in terms), sum(share.money for share in terms)


def difference(terms: tuple[TermShare, ...], against: tuple[TermShare, ...]) -> tuple[TermShare, ...]:
    """Return term by term what `terms` has more than `against`."""
    base = {share.term: share for share in against}
    return tuple(
        TermShare(
            term=share.term,
            minutes=share.minutes - base[share.term].minutes,
            money=share.money - base[share.term].money,
        )
        for share in terms
    )


def stale_minutes(age_s: float, policy: DispatchPolicy) -> float:
    """Return the minutes of a driver that a position of this age counts; nothing up to the age of a fresh one."""
    return policy.stale_position_share * max(0.0, age_s - policy.fresh_position_s) / 60.0


def lateness_money(arrival: Arrival, by_at: Instant, policy: DispatchPolicy) -> float:
    """Return what being late is expected to cost, over the whole distribution of an arrival, minor units."""
    late_s, late_s2 = arrival.expected_lateness_s(by_at), arrival.expected_squared_lateness_s2(by_at)
    return policy.lateness_money(late_s, late_s2)


def lateness_moved(option: Option) -> dict[OrderId, float]:
    """Return the expected minutes of lateness that each other customer of the driver gains."""
    earlier = _lateness(option.insertion.before.stops, option.before)
    later = _lateness(option.insertion.after.stops, option.after)
    return {order_id: later[order_id] - minutes for order_id, minutes in earlier.items()}


def _lateness_money_moved(option: Option) -> float:
    """Return by how much the lateness of the driver's other customers gets dearer, minor units."""
    plans = ((option.insertion.before, option.before, -1.0), (option.insertion.after, option.after, 1.0))
    return sum(
        sign * lateness_money(arrival, stop.due_at, option.policy)
        for plan, arrivals, sign in plans
        for stop, arrival in zip(plan.stops, arrivals, strict=True)
        if stop.kind is StopKind.DELIVERY and stop.order_id != option.order.order_id
    )


def _delays_s(insertion: Insertion) -> float:
    """Return the seconds by which the driver's other customers are reached later, added up."""
    before = _doors(insertion.before)
    return sum(max(0.0, at - before[name]) for name, at in _doors(insertion.after).items() if name in before)


def _doors(plan: Schedule) -> dict[OrderId, float]:
    return {
        stop.order_id: at for stop, at in zip(plan.stops, plan.arrives, strict=True) if stop.kind is StopKind.DELIVERY
    }


def _lateness(stops: tuple[Stop, ...], arrivals: tuple[Arrival, ...]) -> dict[OrderId, float]:
    return {
        stop.order_id: arrival.expected_lateness_s(stop.due_at) / 60.0
        for stop, arrival in zip(stops, arrivals, strict=True)
        if stop.kind is StopKind.DELIVERY
    }


def _share(term: ScoreTerm, minutes: float, money: float) -> TermShare:
    return TermShare(term=term, minutes=minutes, money=round(money))
