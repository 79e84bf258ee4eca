"""What only fate knows of each order: when its goods really wait, whether somebody will open, how long that takes."""

from __future__ import annotations

from backend_service.simulation.demand import Wish
from backend_service.simulation.dice import dice
from core.vocabulary import Instant

_STRANGE_DOOR_S = 90.0


class Fates:
    """The fates of all orders that were placed; of an order that somebody else placed, nothing goes wrong.

    Parameters
    ----------
    seed : int
    """

    def __init__(self, seed: int) -> None:
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
        return wish is None or wish.is_home

    def counter_s(self, order_id: str) -> float:
        """Return how long taking over the goods at the counter takes, seconds."""
        return float(dice(self._seed, "counter", self._name(order_id)).uniform(25, 70))

    def would_refuse(self, driver_id: str, order_id: str, chance: float) -> bool:
        """Say whether this driver would say no to this order, whenever it is offered."""
        return bool(dice(self._seed, "refusal", driver_id, self._name(order_id)).random() < chance)

    def _name(self, order_id: str) -> str:
        """Return the wish's name: ids depend on the order of arrival, names do not."""
        wish = self._wishes.get(order_id)
        return order_id if wish is None else wish.name
