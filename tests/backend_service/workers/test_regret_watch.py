"""Regret estimated after the fact: the state rebuilt from the log, both choices played on, once for each override."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from dataclasses import replace as exchanged
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from msgspec.structs import replace

from backend_service.event_log.volatile import VolatileEventLog
from backend_service.handlers.command_bus import CommandBus
from backend_service.handlers.past_operation import PastOperation
from backend_service.streets.straight_line import StraightLineStreets
from backend_service.streets.street_engine import SnappedPoints, StreetRoute, StreetSegments
from backend_service.workers.override_forks import OverrideForks
from backend_service.workers.planning import Planner
from backend_service.workers.proposal_watch import ProposalWatch
from backend_service.workers.recorded_decisions import RecordedDecisions
from backend_service.workers.regret_watch import RegretWatch
from backend_service.workers.street_closing import BothStreets
from core import commands
from core.dispatch.asking import Asked
from core.dispatch.changes import CloseStreet, CloseZone, Reassign, Resequence, StopName, TakeOut
from core.dispatch.decision import Override, OverrideMode, ReasonCode
from core.dispatch.playing_on.both_sides import played_on, recommended_side, regret_of
from core.dispatch.playing_on.fork import PlayingPolicy
from core.dispatch.playing_on.without_ruling import without_ruling
from core.dispatch.policy import DispatchPolicy
from core.dispatch.proposals.commands import ProposePolicyChange
from core.dispatch.proposals.proposal import Evidence, PolicyProposal, ProposalId, ProposalRule, ProposalState
from core.dispatch.recommend import recommend
from core.dispatch.regret import Interval, RegretEstimate
from core.dispatch.world import KnownPosition
from core.fleet.closure import Segment
from core.fleet.fleet import DriverPerson
from core.fleet.route import StopKind
from core.fleet.zone import Zone
from core.geodesy import METRES_PER_DEGREE, Points
from core.orders.order import Order, Promise
from core.projections.operation import Operation
from core.telemetry.fix_batch import FixBatch
from core.timekeeping import SteppedClock
from core.travel import TravelMatrix
from core.vocabulary import (
    PLATFORM,
    Actor,
    DriverId,
    OrderId,
    OverrideId,
    Place,
    Position,
    RecommendationId,
    Role,
    VehicleId,
    ZoneId,
)

NOW = 1_795_190_400.0
ADMIN = Actor(subject="admin", role=Role.ADMINISTRATOR)
ORDER = OrderId("O-1")
SURE = Interval(mean=-1.0, sd=0.0, low=-1.0, high=-1.0)
PLACES = {"D-1": 500.0, "D-2": 4000.0}


def _at(x_m: float) -> Position:
    return Position(lat=0.0, lon=x_m / METRES_PER_DEGREE)


STREET: Segment = (1, 2)
ROUND_IT_S = 240.0


class _OneStreet(StraightLineStreets):
    """A street 1.5 km from the origin that all ways past it lead over; round it takes four minutes more."""

    def __init__(self, clock: SteppedClock, closed: Collection[Segment] = ()) -> None:
        super().__init__(clock, ZoneInfo("UTC"))
        self._closed = closed

    async def matrix(self, sources: Points, destinations: Points) -> TravelMatrix:
        told = await super().matrix(sources, destinations)
        over_m = _at(1500.0).lon
        is_past = (sources[:, 1, None] < over_m) != (destinations[None, :, 1] < over_m)
        longer = np.where(is_past & (STREET in self._closed), ROUND_IT_S, 0.0)
        return TravelMatrix(told.durations_s + longer, told.distances_m, degraded=False, as_of=told.as_of)

    async def route(self, points: Points, *, annotate: bool = False) -> StreetRoute:
        way, one = await super().route(points), np.ones(1)
        nodes = [np.array([node], dtype=np.int64) for node in STREET]
        return exchanged(way, segments=StreetSegments(*nodes, one, one), degraded=False)

    async def nearest(self, points: Points) -> SnappedPoints:
        return exchanged(await super().nearest(points), degraded=False)


@dataclass
class Town:
    """One street, two drivers who stand still, and a log in memory; it is archive and live view in one."""

    clock: SteppedClock = field(default_factory=lambda: SteppedClock(NOW))
    unseen: set[str] = field(default_factory=set)
    is_archive_broken: bool = False
    log: VolatileEventLog = field(init=False)
    bus: CommandBus = field(init=False)

    def __post_init__(self) -> None:
        self.log = VolatileEventLog(self.clock)
        self.bus = CommandBus(self.log, Operation(), self.clock)
        self.planner = Planner(self.bus, _OneStreet(self.clock), self, DispatchPolicy(), self.clock)
        self.bus.plans = self.planner
        past = PastOperation(self.log, self, self)
        self.forks = OverrideForks(self.bus, self.log, past, self, self.planner, PlayingPolicy(draws=2))
        self.watch = RegretWatch(self.bus, self.forks)

    def latest(self, vehicle_id: VehicleId) -> KnownPosition | None:
        return KnownPosition(_at(PLACES[vehicle_id]), self.clock.now())

    async def before(self, position: int) -> Operation | None:
        return None

    async def read(self, vehicle_id: VehicleId, since_at: float, until_at: float) -> FixBatch:
        if self.is_archive_broken:
            raise OSError("the archive is broken")
        if vehicle_id in self.unseen:
            return FixBatch.empty()
        names, at = np.array([vehicle_id], dtype=object), np.array([until_at - 5.0])
        place, zero = _at(PLACES[vehicle_id]), np.zeros(1)
        lat, lon = np.array([place.lat]), np.array([place.lon])
        return FixBatch(names, names, at, at, at, lat, lon, zero, zero, zero, np.array([True]))

    async def ask(self, command: Any, actor: Actor = ADMIN) -> Any:
        return await self.bus.execute(command, actor)

    async def overridden(self) -> None:
        """Two drivers on shift; the order goes to the far one by hand and is delivered after twenty minutes."""
        for name in PLACES:
            driver, vehicle = DriverId(name), VehicleId(name)
            await self.ask(commands.RegisterDriver(driver_id=driver, person=DriverPerson()))
            await self.ask(commands.RegisterVehicle(vehicle_id=vehicle, plate=name))
            await self.ask(commands.StartShift(driver_id=driver, vehicle_id=vehicle, ends_at=NOW + 14_400.0))
        await self.place(ORDER)
        await self.ask(_override("D-2"))

    async def place(self, name: str) -> Order:
        await self.ask(
            commands.PlaceOrder(
                order_id=OrderId(name),
                pickup=Place(name="Kitchen", position=_at(1000.0)),
                delivery=_at(2000.0),
                promise=Promise(by_at=NOW + 1800.0),
                ready_at=NOW,
            )
        )
        return self.bus.operation.orders.orders[OrderId(name)]

    async def delivered(self, order_id: OrderId = ORDER, by: str = "D-2") -> None:
        driver = Actor(subject=by, role=Role.DRIVER)
        for command in (commands.ReportPickup, commands.ReportDelivery):
            self.clock.step_to(self.clock.now() + 600.0)
            await self.ask(command(order_id=order_id, driver_id=DriverId(by)), driver)

    def estimate(self) -> RegretEstimate | None:
        return self.bus.operation.regrets.estimates.get(OverrideId("V-1"))


def _override(driver: str) -> commands.OverrideAssignment:
    change = Reassign(order_id=ORDER, driver_id=DriverId(driver))
    return commands.OverrideAssignment(change=change, reason=ReasonCode.LOCAL_KNOWLEDGE)


@asynccontextmanager
async def _town() -> AsyncIterator[Town]:
    town = Town()
    town.bus.start()
    try:
        await town.overridden()
        yield town
    finally:
        await town.bus.stop()


@pytest.fixture
def in_town() -> Callable[[Callable[[Town], Any]], None]:
    """Run a story in a town in which an order was overridden."""

    def run(story: Callable[[Town], Any]) -> None:
        async def told() -> None:
            async with _town() as town:
                await story(town)

        asyncio.run(told())

    return run


def test_nothing_is_estimated_while_an_order_is_under_way(in_town: Any) -> None:
    async def story(town: Town) -> None:
        await town.watch.run_once(NOW + 60.0)
        assert town.estimate() is None

    in_town(story)


def test_both_choices_are_played_on_from_the_recorded_state(in_town: Any) -> None:
    async def story(town: Town) -> None:
        await town.delivered()
        await town.watch.run_once(town.clock.now())

        estimate = town.estimate()
        assert estimate is not None
        # The platform would have sent D-1, 500 m from the kitchen; D-2 came from 3 km.
        assert estimate.waited.mean > 1.0
        assert estimate.overriding > 0.0
        assert estimate.following == 0.0
        assert (estimate.draws, estimate.drivers, estimate.orders, estimate.forked_at) == (2, 2, 1, NOW)
        assert estimate.until_at == NOW + 1200.0

    in_town(story)


def test_it_is_recorded_once_and_found_again_by_the_fold(in_town: Any) -> None:
    async def story(town: Town) -> None:
        await town.delivered()
        await town.watch.run_once(town.clock.now())
        head = await town.log.head()
        await town.watch.run_once(town.clock.now())
        assert await town.log.head() == head

        again = Operation()
        async for envelope in town.log.read_all():
            again.apply(envelope)
        assert again.regrets.estimates == town.bus.operation.regrets.estimates

    in_town(story)


def test_an_estimate_can_be_made_again_from_the_log_and_its_seed(in_town: Any) -> None:
    async def story(town: Town) -> None:
        await town.delivered()
        await town.watch.run_once(town.clock.now())
        recorded, override = town.estimate(), town.bus.operation.decisions.overrides[OverrideId("V-1")]
        assert recorded is not None

        fork = await town.forks.fork(override)
        again = regret_of(fork, override, list(played_on(fork, override, recorded.seed)), seed=recorded.seed)

        assert again == recorded

    in_town(story)


def test_an_estimate_is_the_same_whatever_came_after_its_demand(in_town: Any) -> None:
    """O-2 came while O-1 was under way, and nobody had it when O-1 ended: no later giving of it plays a part."""

    async def story(town: Town) -> None:
        await town.place("O-2")
        await town.delivered()
        await town.watch.run_once(town.clock.now())
        recorded, override = town.estimate(), town.bus.operation.decisions.overrides[OverrideId("V-1")]
        assert recorded is not None
        await _given_and_delivered(town, "O-2")

        fork = await town.forks.fork(override)
        assert regret_of(fork, override, list(played_on(fork, override, recorded.seed)), seed=recorded.seed) == recorded

    in_town(story)


def test_an_order_that_never_ends_is_estimated_after_the_longest_time(in_town: Any) -> None:
    async def story(town: Town) -> None:
        town.clock.step_to(NOW + 5_400.0)
        await town.watch.run_once(town.clock.now())
        assert town.estimate() is not None

    in_town(story)


def test_what_was_taken_back_is_not_estimated(in_town: Any) -> None:
    async def story(town: Town) -> None:
        await town.ask(commands.UndoDecision(override_id=OverrideId("V-1")))
        town.clock.step_to(NOW + 5_400.0)
        await town.watch.run_once(town.clock.now())
        assert not town.bus.operation.regrets.has(OverrideId("V-1"))

    in_town(story)


def test_it_says_why_there_is_no_estimate(in_town: Any) -> None:
    async def story(town: Town) -> None:
        town.unseen.add("D-2")
        await town.delivered()
        await town.watch.run_once(town.clock.now())
        assert town.bus.operation.regrets.left_open == {"V-1": "position_unknown"}

    in_town(story)


def test_one_that_fails_is_not_tried_again_and_keeps_nobody_waiting(in_town: Any) -> None:
    async def story(town: Town) -> None:
        town.is_archive_broken = True
        await town.delivered()
        with pytest.raises(OSError, match="broken"):
            await town.watch.run_once(town.clock.now())
        await town.watch.run_once(town.clock.now())
        assert not town.bus.operation.regrets.has(OverrideId("V-1"))

    in_town(story)


async def _recommended(town: Town) -> None:
    """Let the platform recommend D-1 before the person decides for D-2."""
    order = town.bus.operation.orders.orders[ORDER]
    world, pricing = await town.planner.priced(town.planner.world(town.clock.now()), order)
    made = recommend(world, Asked(pricing=pricing, chosen=DriverId("D-1"), taken={}), RecommendationId("R-1"))
    made = replace(made, is_automatic=False, policy_number=town.bus.operation.policy.number)
    await town.ask(commands.RecommendAssignment(recommendation=made), PLATFORM)


def test_an_overridden_recommendation_is_read_back_as_a_case(in_town: Any) -> None:
    async def story(town: Town) -> None:
        await town.ask(commands.UndoDecision(override_id=OverrideId("V-1")))
        await _recommended(town)
        await town.ask(_override("D-2"))
        await town.delivered()
        await town.watch.run_once(town.clock.now())

        lessons = await RecordedDecisions(town.bus, town.log).lessons()

        (one,) = lessons.overridden
        assert (one.override.override_id, one.case.recommended, one.case.orders_in_hand) == ("V-2", "D-1", 1)
        assert {choice.driver_id for choice in one.case.choices} == {"D-1", "D-2"}
        assert one.case.choices[0].money == sum(one.case.choices[0].shares.values())
        assert lessons.accepted == []

    in_town(story)


def test_who_goes_on_with_his_stops_in_another_order_was_chosen_for_nothing(in_town: Any) -> None:
    """D-2 has O-1, and D-1 is recommended for it. That D-2 drives to its door first does not say: D-2, not D-1."""

    async def story(town: Town) -> None:
        await town.place("O-2")
        second = Reassign(order_id=OrderId("O-2"), driver_id=DriverId("D-2"))
        await town.ask(commands.OverrideAssignment(change=second, reason=ReasonCode.LOCAL_KNOWLEDGE))
        await _recommended(town)
        stops = town.bus.operation.fleet.route_of(DriverId("D-2")).stops
        named = [StopName(order_id=stop.order_id, kind=stop.kind) for stop in stops]
        moved = tuple(sorted(named, key=lambda name: (name.order_id == ORDER, name.kind is StopKind.DELIVERY)))
        change = Resequence(order_id=ORDER, driver_id=DriverId("D-2"), stops=moved)
        await town.ask(commands.OverrideAssignment(change=change, reason=ReasonCode.LOCAL_KNOWLEDGE))
        for name in (ORDER, OrderId("O-2")):
            await town.delivered(name)
        for _ in range(3):
            await town.watch.run_once(town.clock.now())

        override = town.bus.operation.decisions.overrides[OverrideId("V-3")]
        fork = await town.forks.fork(override)
        assert override.recommended_driver_id == "D-1"
        assert recommended_side(fork.world, override) is fork.world, "the stops as they were"
        lessons = await RecordedDecisions(town.bus, town.log).lessons()
        assert OverrideId("V-3") in town.bus.operation.regrets.estimates
        assert "V-3" not in {one.override.override_id for one in lessons.overridden}

    in_town(story)


def test_a_recommendation_that_was_accepted_and_stood_is_a_case_against_changes(in_town: Any) -> None:
    async def story(town: Town) -> None:
        second = await town.place("O-2")
        world, pricing = await town.planner.priced(town.planner.world(NOW), second)
        made = recommend(world, Asked(pricing=pricing, chosen=DriverId("D-1"), taken={}), RecommendationId("R-2"))
        await town.ask(commands.RecommendAssignment(recommendation=replace(made, is_automatic=True)), PLATFORM)
        await town.delivered(OrderId("O-2"), "D-1")

        lessons = await RecordedDecisions(town.bus, town.log).lessons()

        assert [(case.order_id, case.recommended) for case in lessons.accepted] == [("O-2", "D-1")]

    in_town(story)


def test_what_the_estimates_speak_for_is_proposed_once_and_withdrawn_when_overtaken(in_town: Any) -> None:
    async def story(town: Town) -> None:
        made = PolicyProposal(
            proposal_id=ProposalId("PP-1"),
            rule=ProposalRule.FEWER_IN_HAND,
            field="balance_minutes_per_order",
            zone_id=None,
            from_value=0.5,
            to_value=1.0,
            evidence=Evidence(overrides=(), money=SURE, waited=SURE, better=0, agrees=0, accepted=0, disagrees=0),
            made_at=NOW,
            policy_number=0,
        )
        await town.ask(ProposePolicyChange(proposal=made), PLATFORM)
        watch = ProposalWatch(town.bus, RecordedDecisions(town.bus, town.log))

        await watch.run_once(NOW)
        assert [record.state for record in town.bus.operation.proposals.records.values()] == [ProposalState.OPEN]
        await town.ask(commands.ChangePolicy(values={"balance_minutes_per_order": 0.75}, note="By hand"))
        await watch.run_once(NOW + 300.0)
        assert [record.state for record in town.bus.operation.proposals.records.values()] == [ProposalState.WITHDRAWN]

    in_town(story)


def test_taking_a_driver_out_is_played_on_against_leaving_him_in(in_town: Any) -> None:
    async def story(town: Town) -> None:
        town.clock.step_to(NOW + 30.0)
        change = TakeOut(order_id=ORDER, driver_id=DriverId("D-2"))
        reason, mode = ReasonCode.SAFETY, OverrideMode.REPLANNED
        await town.ask(commands.OverrideAssignment(change=change, reason=reason, mode=mode))
        assert town.bus.operation.orders.orders[ORDER].driver_id == "D-1"
        await town.delivered(by="D-1")
        for _ in range(2):
            await town.watch.run_once(town.clock.now())
        estimate = town.bus.operation.regrets.estimates[OverrideId("V-2")]
        # D-1 stands 500 m from the kitchen; D-2 would have come from 3 km.
        assert estimate.waited.mean < -1.0

    in_town(story)


def test_who_was_taken_out_goes_on_getting_orders_where_nobody_took_him_out(in_town: Any) -> None:
    """D-2 brings O-1. D-1, the near one, is taken out with O-2; O-3 comes next, and D-2 alone is left for it."""

    async def story(town: Town) -> None:
        await town.place("O-2")
        second = Reassign(order_id=OrderId("O-2"), driver_id=DriverId("D-1"))
        await town.ask(commands.OverrideAssignment(change=second, reason=ReasonCode.LOCAL_KNOWLEDGE))
        change = TakeOut(order_id=OrderId("O-2"), driver_id=DriverId("D-1"))
        reason, mode = ReasonCode.SAFETY, OverrideMode.REPLANNED
        await town.ask(commands.OverrideAssignment(change=change, reason=reason, mode=mode))
        town.clock.step_to(NOW + 60.0)
        await town.place("O-3")
        third = Reassign(order_id=OrderId("O-3"), driver_id=DriverId("D-2"))
        await town.ask(commands.OverrideAssignment(change=third, reason=ReasonCode.LOCAL_KNOWLEDGE))
        for name in ("O-1", "O-2", "O-3"):
            await town.delivered(OrderId(name))
        override = town.bus.operation.decisions.overrides[OverrideId("V-3")]
        fork = await town.forks.fork(override)

        out, left_in = (
            next(h.driver for h in demand.happenings if h.driver is not None)
            for demand in (fork.demand, without_ruling(fork.demand, override, fork.staff))
        )
        assert (out.is_out(NOW + 60.0), left_in.is_out(NOW + 60.0)) == (True, False)
        estimate = regret_of(fork, override, list(played_on(fork, override, 1)), seed=1)
        # Left in, D-1 brings O-2 and O-3 from 500 m away, while D-2 drives 3 km for O-1.
        assert estimate.waited.low > 5.0

    in_town(story)


ZONE = Zone(
    zone_id=ZoneId("Z-1"),
    name="South",
    ring=tuple(
        Position(lat=lat, lon=x_m / METRES_PER_DEGREE)
        for lat, x_m in ((-0.01, 900.0), (-0.01, 1100.0), (0.01, 1100.0), (0.01, 900.0), (-0.01, 900.0))
    ),
)


async def _closed(town: Town, for_s: float, *later: str) -> Override:
    """Close the zone of the kitchen while O-2 waits there; others come a minute later. The goods of all are ready."""
    await town.ask(commands.DrawZones(zones=(ZONE,)))
    await town.place("O-2")
    await town.ask(commands.ReportReady(order_id=OrderId("O-2")))
    change = CloseZone(order_id=OrderId("O-2"), zone_id=ZONE.zone_id, for_s=for_s)
    await town.ask(commands.OverrideAssignment(change=change, reason=ReasonCode.SAFETY))
    town.clock.step_to(NOW + 60.0)
    for name in later:
        await town.place(name)
        await town.ask(commands.ReportReady(order_id=OrderId(name)))
    return town.bus.operation.decisions.overrides[OverrideId("V-2")]


async def _given_and_delivered(town: Town, *names: str) -> None:
    for name in names:
        given = Reassign(order_id=OrderId(name), driver_id=DriverId("D-1"))
        await town.ask(commands.OverrideAssignment(change=given, reason=ReasonCode.LOCAL_KNOWLEDGE))
        await town.delivered(OrderId(name), "D-1")


def test_closing_a_zone_is_played_on_against_leaving_it_open(in_town: Any) -> None:
    """Closed for 15 minutes: what waited, and what came meanwhile, could have been brought at once by D-1."""

    async def story(town: Town) -> None:
        override = await _closed(town, 900.0, "O-3")
        town.clock.step_to(NOW + 900.0)
        await _given_and_delivered(town, "O-2", "O-3")
        await town.delivered()
        for _ in range(2):
            await town.watch.run_once(town.clock.now())

        estimate = town.bus.operation.regrets.estimates[override.override_id]
        assert estimate.orders == 3
        assert estimate.until_at >= NOW + 900.0
        # Both orders wait 14 to 15 minutes longer; D-1 brings them one after the other on either side.
        assert 20.0 < estimate.waited.mean < 32.0
        assert estimate.overriding > estimate.following == 0.0

    in_town(story)


def test_zone_opened_before_its_time_was_closed_until_then(in_town: Any) -> None:
    async def story(town: Town) -> None:
        override = await _closed(town, 3_600.0)
        town.clock.step_to(NOW + 300.0)
        (closure,) = town.bus.operation.closures.in_force(town.clock.now())
        await town.ask(commands.ReopenPlace(closure_id=closure.closure_id))
        await _given_and_delivered(town, "O-2")
        await town.watch.run_once(town.clock.now())
        assert not town.bus.operation.regrets.has(override.override_id), "it might be closed still"
        town.clock.step_to(NOW + 3_600.0)
        await town.delivered()
        for _ in range(2):
            await town.watch.run_once(town.clock.now())

        # Five minutes, of the hour that was meant.
        assert town.bus.operation.regrets.estimates[override.override_id].waited.mean == pytest.approx(5.0, abs=0.5)

    in_town(story)


def test_zone_that_was_closed_by_somebody_else_as_well_stays_so_on_both_sides(in_town: Any) -> None:
    """Opened after a minute, and closed anew at once by another person until long after: only the minute counts."""

    async def story(town: Town) -> None:
        override = await _closed(town, 900.0)
        (closure,) = town.bus.operation.closures.in_force(town.clock.now())
        await town.ask(commands.ReopenPlace(closure_id=closure.closure_id))
        await town.ask(commands.ClosePlace(zone_id=ZONE.zone_id, for_s=600.0, note="Flood again"))
        town.clock.step_to(NOW + 900.0)
        await _given_and_delivered(town, "O-2")
        await town.delivered()
        fork = await town.forks.fork(override)

        own, other = fork.demand, without_ruling(fork.demand, override, fork.staff)
        at = [next(h for h in demand.happenings if h.closed is not None) for demand in (own, other)]
        assert [bool(happening.closed) for happening in at] == [True, False]
        assert [len(h.closed or ()) for h in other.happenings if h.closed is not None] == [0, 0, 1]

    in_town(story)


def test_closing_a_street_is_played_on_against_leaving_it_open(in_town: Any) -> None:
    """The customer lives behind it: D-2 comes from there and has to go back, in the twenty minutes it is closed."""

    async def story(town: Town) -> None:
        asked: list[frozenset[Segment]] = []

        @asynccontextmanager
        async def both(closed: Collection[Segment], *, is_behind: bool = False) -> AsyncIterator[BothStreets]:
            asked.append(frozenset(closed))
            yield BothStreets(now=_OneStreet(town.clock), without=_OneStreet(town.clock, closed))

        town.planner.both_streets = both
        change = CloseStreet(order_id=ORDER, position=_at(1500.0), for_s=1200.0)
        await town.ask(commands.ReportReady(order_id=ORDER))
        await town.ask(commands.OverrideAssignment(change=change, reason=ReasonCode.SAFETY))
        await town.delivered()
        asked.clear()
        for _ in range(2):
            await town.watch.run_once(town.clock.now())

        assert asked == [frozenset(), frozenset({STREET})]
        estimate = town.bus.operation.regrets.estimates[OverrideId("V-2")]
        # To the kitchen on this side of it, and back to the door: four minutes each, less or more by the dice.
        assert 5.0 < estimate.waited.mean < 11.0
        assert not estimate.is_degraded

    in_town(story)
