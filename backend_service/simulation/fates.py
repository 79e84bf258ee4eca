"""What only fate knows of each order: when its goods wait, who stands still on the way, whether somebody opens."""

from __future__ import annotations

from dataclasses import dataclass

from backend_service.simulation.demand import Wish
from backend_service.simulation.dice import dice
from core.vocabulary import Instant

_STRANGE_DOOR_S = 90.0


@dataclass(frozen=True, slots=True)
class Mishaps:
    """What goes wrong beside the usual, as probabilities: nothing by default.

    Parameters
    ----------
    stands_still, goes_dark : float
        That a vehicle stands still on its way to a stop, or its phone sends nothing, for some minutes.
    is_away : float
        That nobody opens a door at which somebody would have.
    """

    stands_still: float = 0.0
    goes_dark: float = 0.0
    is_away: float = 0.0


class Fates:
    """The fates of all orders that were placed; of an order that somebody else placed, nothing goes wrong.

    Parameters
    ----------
    seed : int
    """

    def __init__(self, seed: int) -> None:
        self.mishaps = Mishaps()
        self._seed = seed
        self._wishes: dict[str, Wish] = {}

    def learn(self, order_id: str, wish: Wish) -> None:
        """Note which wish an order comes from."""
        self._wishes[order_id] = wish

    def ready_at(self, order_id: str) -> Instant:
        """Return the instant from which the goods wait; long ago if nothing is known."""
        wish = self._wishes.get(order_id)
        return 0.0 if wish is None else wish.ready_at

    def door_s(self, order_id: str) -> float:
        """Return how long handing over at the customer's takes, seconds."""
        wish = self._wishes.get(order_id)
        return _STRANGE_DOOR_S if wish is None else wish.door_s

    def is_home(self, order_id: str) -> bool:
        """Say whether somebody opens."""
        wish = self._wishes.get(order_id)
        if wish is None or not wish.is_home:
            return wish is None
        return bool(dice(self._seed, "away", wish.name).random() >= self.mishaps.is_away)

    def counter_s(self, order_id: str) -> float:
        """Return how long taking over the goods at the counter takes, seconds."""
        return float(dice(self._seed, "counter", self._name(order_id)).uniform(25, 70))

    def would_refuse(self, driver_id: str, order_id: str, chance: float) -> bool:
        """Say whether this driver would say no to this order, whenever it is offered."""
        return bool(dice(self._seed, "refusal", driver_id, self._name(order_id)).random() < chance)

    def stands(self, driver_id: str, order_id: str, kind: str) -> tuple[float, float] | None:
        """Return after how many seconds of a drive the vehicle stands still, and for how long; ``None`` if never."""
        return self._while_driving("stands", self.mishaps.stands_still, driver_id, order_id, kind)

    def is_dark(self, driver_id: str, order_id: str, kind: str) -> tuple[float, float] | None:
        """Return after how many seconds of a drive the phone sends nothing, and for how long; ``None`` if never."""
        return self._while_driving("dark", self.mishaps.goes_dark, driver_id, order_id, kind)

    def _while_driving(
        self, what: str, chance: float, driver_id: str, order_id: str, kind: str
    ) -> tuple[float, float] | None:
        # Dice of their own: whether it happens changes nothing else of a day.
        throw = dice(self._seed, what, driver_id, self._name(order_id), kind)
        if throw.random() >= chance:
            return None
        return float(throw.uniform(20.0, 90.0)), float(throw.uniform(300.0, 900.0))

    def _name(self, order_id: str) -> str:
        """Return the wish's name: ids depend on the order of arrival, names do not."""
        wish = self._wishes.get(order_id)
        return order_id if wish is None else wish.name
