"""A depot in the simulated day: its parcels wait for a wave, its vans come once the wave is released."""

import asyncio

import httpx
import pytest

from backend_service.simulation.day import DayPlan, Keys, WorkingDay
from backend_service.simulation.depot_wave import RELEASED_BY_OFFICE_S, VANS
from backend_service.simulation.door import Door, connection
from backend_service.simulation.tally import Tally
from backend_service.streets.straight_line import StraightLineStreets
from core.timekeeping import SteppedClock

PARCELS = 6


@pytest.fixture
def depot_service(small_service):
    """The small service, with one wave that is as a test says."""

    class DepotService(small_service):
        waves: list[dict]
        parcels: list[dict]
        rhythms: list[dict]
        depots: list[dict]
        released: list[int]
        ready: list[str]

        def answer(self, words, body, token):
            match words:
                case ["depots", _]:
                    self.depots.append(body)
                case ["wave-rhythms", _]:
                    self.rhythms.append(body)
                case ["waves"]:
                    return httpx.Response(200, json={"items": self.waves})
                case ["waves", _, "release"]:
                    self.released.append(body["number"])
                case ["orders"] if "depot_id" in body:
                    self.parcels.append(body)
                    return httpx.Response(201, json={"id": f"parcel-{len(self.parcels)}", "position": 1})
                case ["orders", order_id, "ready"] if order_id.startswith("parcel"):
                    self.ready.append(order_id)
                case _:
                    return super().answer(words, body, token)
            return httpx.Response(201, json={"id": "made", "position": 1})

    made = DepotService()
    made.waves, made.parcels, made.ready, made.rhythms, made.depots, made.released = [], [], [], [], [], []
    return made


@pytest.fixture
def play_depot(zones, site, start_at):
    """Plays a day with a depot for so many seconds, and says after each step how the wave stands."""

    async def played(service, seconds, stands=lambda after_s: []):
        clock, tally = SteppedClock(start_at), Tally()
        streets = StraightLineStreets(clock, site)
        plan = DayPlan(5, start_at, 4, 30.0, site, parcels=PARCELS)
        async with connection("http://tower", service) as http:
            day = await WorkingDay.enter(plan, streets, zones, Door(http, tally), Keys("admin", "gateway"), tally)
            while clock.now() < start_at + seconds:
                clock.step_to(clock.now() + 5.0)
                service.waves = stands(clock.now() - start_at)
                await day.step(clock.now())
        return day

    return lambda *arguments: asyncio.run(played(*arguments))


def _wave(state, number=None):
    return {"wave_id": "W-1", "state": state, "proposed_number": number}


def test_parcels_wait_at_the_depot_before_its_wave_closes(depot_service, play_depot) -> None:
    day = play_depot(depot_service, 5.0)
    assert len(depot_service.parcels) == PARCELS
    assert {parcel["depot_id"] for parcel in depot_service.parcels} == {"DP-1"}
    assert len(depot_service.ready) == PARCELS
    # entered at 12:40:00; the closing is the minute that has begun 80 s later
    assert [rhythm["closes_min"] for rhythm in depot_service.rhythms] == [[12 * 60 + 41]]
    crew = [member["driver_id"] for member in depot_service.depots[0]["crew"]]
    assert crew == [driver.member.driver_id for driver in day.drivers[-VANS:]]


@pytest.mark.parametrize(("seconds", "are_on_shift"), [(40.0, False), (80.0, True)])
def test_vans_come_when_their_wave_is_released_and_not_before(
    depot_service, play_depot, seconds: float, are_on_shift: bool
) -> None:
    def stands(after_s):
        return [_wave("released")] if after_s >= 60.0 else [_wave("proposed", 1)]

    day = play_depot(depot_service, seconds, stands)
    assert [van.is_on_shift for van in day.drivers[-VANS:]] == [are_on_shift] * VANS
    assert depot_service.released == []


def test_a_plan_that_nobody_releases_is_released_by_the_depot(depot_service, play_depot) -> None:
    def stands(after_s):
        return [_wave("released")] if depot_service.released else [_wave("proposed", 3)]

    day = play_depot(depot_service, RELEASED_BY_OFFICE_S + 40.0, stands)
    assert depot_service.released == [3]
    assert all(van.is_on_shift for van in day.drivers[-VANS:])


def test_a_day_without_parcels_has_no_depot(small_service, play_day) -> None:
    day = asyncio.run(play_day(small_service(), minutes=1))
    assert len(day.drivers) == 20
