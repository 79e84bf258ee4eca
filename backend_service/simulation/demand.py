"""What customers will want today: every order of the day thrown beforehand, whatever becomes of the others.

Orders come by zone and minute (a Poisson process with the day's peaks); each order's own dice say who wants it,
what the kitchen tells and what it really takes, and whether somebody will be at home.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from backend_service.simulation.dice import dice
from backend_service.simulation.names import person_name, phone_number
from backend_service.simulation.town import Home, Kitchen, Town
from core.vocabulary import Instant, Load, ZoneId

HOURLY_SHARE = (
    0.15, 0.08, 0.04, 0.02, 0.02, 0.03, 0.06, 0.12, 0.20, 0.22, 0.30, 0.55,
    1.00, 1.00, 0.90, 0.50, 0.35, 0.35, 0.50, 0.75, 1.00, 1.00, 0.70, 0.35,
)  # fmt: skip
"""Demand by the site's hour, as a share of that at the peaks: lunch and dinner."""

OPENING_ORDERS = 32
"""The day starts mid-shift: so many orders are already due within its first minute."""

_OPENING_SPREAD_S = 50.0
_CANCELLED, _NOT_HOME, _CHILLED = 0.04, 0.04, 0.08

type Shares = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Wish:
    """One order as it will be: what is told of it, and what only fate knows.

    Parameters
    ----------
    name : str
        Names the wish among all of the day; the same for the same seed.
    at : float
        Instant it is placed.
    told_ready_at, ready_at : float
        Instants: what the kitchen tells when the order comes, and when the goods really wait.
    called_at : float or None
        Instant the kitchen says that it will be late.
    cancelled_at : float or None
        Instant the customer thinks better of it, if the goods have not been picked up by then.
    door_s : float
        Seconds that handing over takes.
    """

    name: str
    at: Instant
    kitchen: Kitchen
    home: Home
    customer_name: str
    phone: str
    promise_s: float
    told_ready_at: Instant
    ready_at: Instant
    called_at: Instant | None
    cancelled_at: Instant | None
    is_home: bool
    door_s: float
    load: Load
    skills: tuple[str, ...]
    value: int


@dataclass(frozen=True, slots=True)
class Demand:
    """What the day's demand is made from.

    Parameters
    ----------
    town : Town
    zone : ZoneInfo
        The site's time zone.
    seed : int
    orders_per_hour : float
        At the peaks, over all zones.
    """

    town: Town
    zone: ZoneInfo
    seed: int
    orders_per_hour: float

    def opening(self, start_at: Instant) -> list[Wish]:
        """Return the orders under way when the day is entered: their kitchens are about done, their ways short."""
        wishes = []
        for number in range(OPENING_ORDERS):
            throw = dice(self.seed, "opening", number)
            kitchen = int(throw.choice(len(self.town.kitchens), p=self._fame(range(len(self.town.kitchens)))))
            at = start_at + 1.0 + float(throw.random()) * _OPENING_SPREAD_S
            nearness = self.town.attraction[kitchen] ** 2
            usual_s = float(throw.uniform(0, 120))
            name = f"opening-{number}"
            wishes.append(self._wish(name, at, kitchen, throw, nearness, usual_s=usual_s, longest_delay_s=60.0))
        return sorted(wishes, key=lambda wish: wish.at)

    def of_minute(self, minute: int) -> list[Wish]:
        """Return the orders of one minute, counted from 1970-01-01 UTC, in the order they come."""
        hour = datetime.fromtimestamp(minute * 60, self.zone).hour
        wishes: list[Wish] = []
        for zone_id in self.town.zone_ids:
            wishes += self._of_zone(zone_id, minute, self.orders_per_hour / 60 * HOURLY_SHARE[hour])
        return sorted(wishes, key=lambda wish: wish.at)

    def _of_zone(self, zone_id: ZoneId, minute: int, rate: float) -> list[Wish]:
        kitchens = self.town.kitchens_of(zone_id)
        share = sum(self.town.kitchens[number].fame for number in kitchens)
        share /= sum(kitchen.fame for kitchen in self.town.kitchens)
        count = int(dice(self.seed, "demand", zone_id, minute).poisson(rate * share))
        wishes = []
        for number in range(count):
            throw = dice(self.seed, "order", zone_id, minute, number)
            kitchen = kitchens[int(throw.choice(len(kitchens), p=self._fame(kitchens)))]
            at = 60.0 * (minute + float(throw.random()))
            usual_s = self.town.kitchens[kitchen].usual_s * float(throw.uniform(0.7, 1.3))
            nearness = self.town.attraction[kitchen]
            name = f"{zone_id}-{minute}-{number}"
            wishes.append(self._wish(name, at, kitchen, throw, nearness, usual_s=usual_s))
        return wishes

    def _fame(self, kitchens: range | list[int]) -> Shares:
        fame = np.array([self.town.kitchens[number].fame for number in kitchens])
        shares: Shares = fame / fame.sum()
        return shares

    def _wish(
        self,
        name: str,
        at: Instant,
        kitchen: int,
        throw: np.random.Generator,
        nearness: Shares,
        *,
        usual_s: float,
        longest_delay_s: float = np.inf,
    ) -> Wish:
        town, cook = self.town, self.town.kitchens[kitchen]
        told_ready_at = at + usual_s
        delay_s = float(throw.exponential(min(cook.delay_s, longest_delay_s)))
        is_called = cook.calls and delay_s > 150.0
        cancels = throw.random() < _CANCELLED
        return Wish(
            name=name,
            at=at,
            kitchen=cook,
            home=town.homes[int(throw.choice(len(town.homes), p=nearness / nearness.sum()))],
            customer_name=person_name(throw),
            phone=phone_number(throw),
            promise_s=usual_s + float(throw.uniform(26, 36)) * 60,
            told_ready_at=told_ready_at,
            ready_at=told_ready_at + delay_s,
            called_at=at + 0.7 * usual_s if is_called else None,
            cancelled_at=at + float(throw.uniform(60, 420)) if cancels else None,
            is_home=bool(throw.random() >= _NOT_HOME),
            door_s=float(throw.uniform(50, 150)),
            load=Load(
                volume_l=round(float(np.clip(throw.lognormal(1.6, 0.5), 2, 25)), 1),
                weight_kg=round(float(np.clip(throw.lognormal(0.6, 0.5), 0.5, 10)), 1),
            ),
            skills=("chilled",) if throw.random() < _CHILLED else (),
            value=int(throw.integers(60, 400)) * 100,
        )
