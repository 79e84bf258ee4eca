"""What a person was shown when deciding, in the few figures that are held against what holds at the commit."""

from __future__ import annotations

from core.vocabulary import DriverId, Instant, OrderId, Value


class MoveLimits(Value, frozen=True, kw_only=True):
    """By how much an outcome may move between preview and commit without being shown again.

    More promises broken, minutes of lateness or of one customer's time, money in minor units; from the policy.
    """

    promises: int = 0
    minutes: float = 2.0
    money: int = 500


class ByTheClock(Value, frozen=True, kw_only=True):
    """What each minute that passes adds for an order that nobody drives yet: minutes of lateness, and money."""

    late_minutes: float
    money: float


class Shown(Value, frozen=True, kw_only=True):
    """The outcome of one change as it was shown, against the plan in force then.

    Parameters
    ----------
    position : the log position that it was computed on
    promises, late_minutes, money : what the change added; negative where it saved
    arrivals : the expected arrival of every order that the change moves
    hands : the orders that change hands, and who gets them, ``None`` for nobody
    shown_at : when it was computed; 0 where that is not said, and then no time has passed
    """

    position: int
    promises: int
    late_minutes: float
    money: int
    arrivals: dict[OrderId, Instant] = {}
    hands: dict[OrderId, DriverId | None] = {}
    shown_at: Instant = 0.0
