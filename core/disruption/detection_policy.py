"""From when on something on the way is a disruption, and from when on it is one no more."""

from __future__ import annotations

from core.vocabulary import Value


class DetectionPolicy(Value, frozen=True, kw_only=True):
    """Limits: a disruption begins at the first of each pair and is over below the second, so that none flaps.

    Where only one is named, it is over below half of it. They are part of the dispatch policy: people change them
    there, for the city or a zone.

    Drivers
        `silent_s` not heard. `stopped_s` standing within `stand_radius_m` of one place where no stop is, at least
        `stop_radius_m` away from each; whoever is beyond `moved_m` of it has moved. `off_route_m` beside the planned
        way, over the accuracy of the fix and in `off_route_fixes` fixes in a row, until below `on_route_m`. A leg
        that takes `slow_s` more than the band of its forecast, until below `slow_until_s`. A fix less accurate than
        `usable_accuracy_m` says nothing.
    Orders
        `unready_s` after the goods were to wait, as announced or as learned of this kitchen, while a driver is given;
        `door_s` more at a door than handing over takes. What has ended is shown for `ended_shown_s`.
    Zones
        `short_drivers` until below `short_until` for `short_calm_s`: demand swings more slowly than drivers do.
    Calm
        What is over stays a disruption for `calm_s`, and does not begin again within `rest_s`.

    Raises
    ------
    ValueError
        If one would be over at or above the level at which it begins, or no fix were looked at.
    """

    silent_s: float = 180.0
    stopped_s: float = 240.0
    stand_radius_m: float = 60.0
    moved_m: float = 100.0
    stop_radius_m: float = 120.0
    off_route_m: float = 150.0
    on_route_m: float = 75.0
    off_route_fixes: int = 4
    usable_accuracy_m: float = 60.0
    slow_s: float = 180.0
    slow_until_s: float = 60.0
    unready_s: float = 180.0
    door_s: float = 150.0
    ended_shown_s: float = 600.0
    short_drivers: float = 4.0
    short_until: float = 2.0
    short_calm_s: float = 120.0
    calm_s: float = 30.0
    rest_s: float = 60.0

    def __post_init__(self) -> None:
        for begins, ends in _PAIRS:
            if getattr(self, ends) >= getattr(self, begins):
                raise ValueError(f"{ends} lies below {begins}, or what is over would begin again at once")
        if self.off_route_fixes < 1:
            raise ValueError("one fix at least is looked at")


_PAIRS = (
    ("off_route_m", "on_route_m"),
    ("slow_s", "slow_until_s"),
    ("short_drivers", "short_until"),
    ("moved_m", "stand_radius_m"),
)
"""The limits at which something begins, and below which it is over."""
