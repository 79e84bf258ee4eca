"""Who takes a matched order in the end: the driver of the match, or one under way who takes it along at less."""

from __future__ import annotations

from collections.abc import Collection

from core.dispatch.candidates import Candidate, Pricing
from core.dispatch.matching.work import Commitment
from core.dispatch.policy import DispatchPolicy
from core.vocabulary import DriverId

NO_JOINS_MINUTES = 240.0
"""A policy that asks a join to save four hours of a driver wants none."""


def joined(
    pricing: Pricing, given: Commitment, others: Collection[DriverId], policy: DispatchPolicy
) -> Candidate | None:
    """Return who takes the order; nobody if the trip of the match cannot be.

    Parameters
    ----------
    pricing : Pricing
        With the match's driver on the trip of the match.
    given : Commitment
    others : collection of DriverId
        Those whom the match needs elsewhere.
    policy : DispatchPolicy
        Of the order. A lone order joins a driver under way where that saves `join_gain_minutes`.
    """
    trip = pricing.of(given.driver_id)
    if trip is None or len(given.meals) > 1:
        return trip
    least = trip.total_money - policy.join_gain_minutes * policy.driver_minute
    joins = (c for c in pricing.possible if c.driver.stops and c.driver_id not in others and c.total_money < least)
    return next(joins, trip)


def instead(pricing: Pricing, others: Collection[DriverId], policy: DispatchPolicy) -> Candidate | None:
    """Return who takes an order when the trip of the match cannot be: the cheapest whom it does not need elsewhere.

    A driver under way takes it along only where orders may join at all. Parameters are those of `joined`.
    """
    may_join = lets_join(policy)
    free = (c for c in pricing.possible if c.driver_id not in others and (may_join or not c.driver.stops))
    return next(free, None)


def lets_join(policy: DispatchPolicy) -> bool:
    """Say whether drivers under way may take orders along at all."""
    return policy.join_gain_minutes < NO_JOINS_MINUTES
