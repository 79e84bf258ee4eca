"""Demand has its peaks, comes from kitchens in real places, and is the same for the same seed."""

import asyncio

from backend_service.simulation.demand import OPENING_ORDERS, Demand
from backend_service.simulation.town import Town, settle
from core.fleet.zone import zone_at


def town_of(streets, zones, seed: int = 2) -> Town:
    return asyncio.run(settle(streets, zones, seed, kitchens=24, homes=200))


def orders_in_hour(demand: Demand, at: float) -> int:
    return sum(len(demand.of_minute(int(at // 60) + minute)) for minute in range(60))


def test_lunch_is_busier_than_the_night(streets, zones, start_at, site) -> None:
    demand = Demand(town_of(streets, zones), site, 2, 240.0)
    lunch = orders_in_hour(demand, start_at)
    assert 190 < lunch < 290  # 240 an hour, give or take three standard deviations
    assert orders_in_hour(demand, start_at - 9 * 3600) < 0.1 * lunch


def test_a_minute_is_the_same_whichever_was_asked_before(streets, zones, start_at, site) -> None:
    demand = Demand(town_of(streets, zones), site, 2, 240.0)
    minute = int(start_at // 60)
    later = demand.of_minute(minute + 3)
    demand.of_minute(minute)
    assert demand.of_minute(minute + 3) == later
    assert Demand(demand.town, site, 3, 240.0).of_minute(minute + 3) != later


def test_the_opening_orders_come_at_once_and_in_time(streets, zones, start_at, site) -> None:
    wishes = Demand(town_of(streets, zones), site, 2, 60.0).opening(start_at)
    assert len(wishes) == OPENING_ORDERS
    assert all(start_at <= wish.at <= start_at + 60 for wish in wishes)
    assert all(wish.told_ready_at <= wish.ready_at for wish in wishes)
    assert all(26 * 60 <= wish.at + wish.promise_s - wish.told_ready_at <= 36 * 60 for wish in wishes)


def test_kitchens_have_names_of_their_own_and_lie_in_their_zones(streets, zones) -> None:
    town = town_of(streets, zones)
    assert len({kitchen.name for kitchen in town.kitchens}) == 24
    inside = [kitchen for kitchen in town.kitchens if zone_at(zones, kitchen.position) is not None]
    assert all(zone_at(zones, kitchen.position) == kitchen.zone_id for kitchen in inside)
    assert len(inside) > 12
    assert town_of(streets, zones) != town_of(streets, zones, seed=3)
