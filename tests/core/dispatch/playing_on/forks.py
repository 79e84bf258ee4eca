"""Forks of small worlds on a straight street, with the driving times between all places in play."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.dispatch.playing_on.demand import Demand
from core.dispatch.playing_on.fork import Fork, PlayingPolicy, door_zones, points_in_play
from core.dispatch.world import PlanningWorld
from core.eta.arrival import SpreadPolicy
from core.geodesy import METRES_PER_DEGREE
from core.travel import TravelMatrix, TravelTable

SURE = SpreadPolicy(travel_share=0.0, service_share=0.0, kitchen_sd_s=0.0, position_share=0.0)
THREE_DRAWS = PlayingPolicy(draws=3)


def fork_of(street: Any, world: PlanningWorld, playing: PlayingPolicy = THREE_DRAWS, **fields: Any) -> Fork:
    """Return the fork of a world on the straight street; `fields` are its others."""
    demand = fields.pop("demand", Demand())
    points = points_in_play(world, demand)
    x = [
        np.array([place.lon * METRES_PER_DEGREE for place in places])
        for places in (points.sources, points.destinations)
    ]
    metres = np.abs(x[0][:, None] - x[1][None, :])
    table = TravelTable(
        TravelMatrix(metres / 10.0, metres.copy(), degraded=False, as_of=street.now),
        points.sources,
        points.destinations,
    )
    settings: dict[str, Any] = {
        "demand": demand,
        "policies": {None: street.policy},
        "closed": (),
        "door_zones": door_zones(world, demand, ()),
        "until_at": street.now + 3600.0,
        "playing": playing,
    }
    return Fork(world=world.with_travel(table), **{**settings, **fields})
