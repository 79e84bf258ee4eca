"""When orders may not travel together: too many at once, or a promise at risk that single trips keep.

Limits of the platform's own choices; a person who knows better may bundle otherwise.
"""

from __future__ import annotations

from core.dispatch.bundling import companions, most_on_board
from core.dispatch.decision import Breach, Statement
from core.dispatch.scoring import Option
from core.fleet.route import StopKind
from core.vocabulary import OrderId


def companions_of(option: Option) -> tuple[OrderId, ...]:
    """Return the orders that would share the vehicle with the option's own."""
    return companions(option.insertion.after.stops, option.order.order_id)


def bundle_breaches(option: Option, *, is_kept_alone: bool) -> tuple[Breach, ...]:
    """Return why the option's order must not travel with its companions; empty for a single trip.

    Parameters
    ----------
    option : Option
    is_kept_alone : bool
        Whether some driver would keep the order's own promise by a single trip.
    """
    shared = companions_of(option)
    if not shared:
        return ()
    return (*_too_many(option), *_own_promise(option, shared[0], is_kept_alone=is_kept_alone), *_others(option, shared))


def _too_many(option: Option) -> tuple[Breach, ...]:
    orders, limit = most_on_board(option.insertion.after.stops), option.policy.max_bundle
    if orders <= max(limit, most_on_board(option.insertion.before.stops)):
        return ()
    return (_breach("max_bundle", orders=orders, limit=limit),)


def _own_promise(option: Option, companion: OrderId, *, is_kept_alone: bool) -> tuple[Breach, ...]:
    if not (is_kept_alone and option.policy.is_at_risk(option.late_probability)):
        return ()
    return (_promise(companion, option.order.order_id, option.late_probability),)


def _others(option: Option, shared: tuple[OrderId, ...]) -> tuple[Breach, ...]:
    earlier, later = _late_probabilities(option, after=False), _late_probabilities(option, after=True)
    is_at_risk = option.policy.is_at_risk
    return tuple(
        _promise(option.order.order_id, name, later[name])
        for name in shared
        if is_at_risk(later[name]) and not is_at_risk(earlier.get(name, 1.0))
    )


def _late_probabilities(option: Option, *, after: bool) -> dict[OrderId, float]:
    plan = option.insertion.after if after else option.insertion.before
    arrivals = option.after if after else option.before
    return {
        stop.order_id: arrival.late_probability(stop.due_at)
        for stop, arrival in zip(plan.stops, arrivals, strict=True)
        if stop.kind is StopKind.DELIVERY
    }


def _promise(with_id: OrderId, order_id: OrderId, late_probability: float) -> Breach:
    return _breach("bundle_promise", with_id=with_id, order_id=order_id, percent=100.0 * late_probability)


def _breach(constraint: str, **arguments: str | float | int) -> Breach:
    return Breach(constraint=constraint, statement=Statement(code=f"breach.{constraint}", arguments=arguments))
