"""Decides who delivers what: prices the orders that need a driver, matches them, and publishes what it recommends.

Runs when something happened that matters to dispatch, and every few seconds anyway. Clear cases are carried out by
the handler at once; doubtful ones stand until a person decides, are looked at again when the state moves under them
or nobody answers, and are withdrawn when they have become pointless.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from backend_service.workers.collaborators import Bus
from backend_service.workers.matching import LONGEST_S, Matcher, Matching
from backend_service.workers.planning import Planner
from core.commands import RecommendAssignment, WithdrawRecommendation
from core.dispatch.asking import Asked
from core.dispatch.assignment import match
from core.dispatch.candidates import Pricing
from core.dispatch.decision import Recommendation
from core.dispatch.forecasting import Forecast
from core.dispatch.joining import joined
from core.dispatch.matching.work import Commitment
from core.dispatch.policy import DispatchPolicy
from core.dispatch.preparing import declined, is_late_at_pickup, next_driver
from core.dispatch.recommend import recommend
from core.dispatch.threats import (
    early_s,
    has_lapsed,
    is_left_alone,
    is_outdated,
    is_threatened,
    is_unreliable,
    needs_driver,
)
from core.dispatch.world import PlanningWorld
from core.events.envelope import Envelope
from core.events.fleet_events import DriverResumed, DriverReturned, ShiftStarted
from core.events.order_events import AssignmentRefused, OrderPlaced, OrderReleased, OrderUnassigned
from core.events.policy_events import PolicyChanged
from core.orders.order import Order, OrderState
from core.projections.operation import Change
from core.refusals import Refusal
from core.vocabulary import PLATFORM, DriverId, Instant, OrderId, RecommendationId

_URGENT = frozenset(
    event.event_type()
    for event in (
        *(OrderPlaced, OrderUnassigned, OrderReleased, AssignmentRefused),
        *(ShiftStarted, DriverResumed, DriverReturned, PolicyChanged),
    )
)

_LARGEST_MATCH, _MATCHED_PER_DRIVER = 300, 12
"""So many orders are matched in one round, those with the earliest promises: more than drivers can get to in the hour
that is looked ahead only keep the solver busy (half a minute for 300 orders and three drivers)."""

_LONGEST_UNRIPE_S = 60.0
"""After so long an order that was too early is priced anew: drivers and kitchens move."""


@dataclass(frozen=True, slots=True)
class _Case:
    """An order under decision, priced on a world with its driving times; `asked_before` is the standing proposal."""

    world: PlanningWorld
    pricing: Pricing
    asked_before: Recommendation | None
    took_ms: float


class DispatchCycle:
    """Implements `Worker`; subscribe `note` to the bus.

    Parameters
    ----------
    bus : Bus
    planner : Planner
    forecasts : callable
        Returns the latest forecasts by order, as `EtaCycle` keeps them.
    matcher : callable, optional
        Solves who gets which order.
    solver_s : float, optional
        Wall seconds after which a solver is left alone.
    """

    name = "dispatch"

    def __init__(
        self,
        bus: Bus,
        planner: Planner,
        forecasts: Callable[[], Mapping[OrderId, Forecast]],
        *,
        matcher: Matcher = match,
        solver_s: float = LONGEST_S,
    ) -> None:
        self.refused = 0
        self.matching = Matching(bus, matcher, lambda: planner.policy.wait_money, longest_s=solver_s)
        self._bus = bus
        self._planner = planner
        self._forecasts = forecasts
        self._is_wanted = False
        self._next_look_at: dict[OrderId, Instant] = {}
        self._ripe_at: dict[OrderId, Instant] = {}
        self._asked_since: dict[OrderId, Instant] = {}

    @property
    def every_s(self) -> float:
        """The longest time between two rounds, seconds: the policy's."""
        return self._planner.policy.cycle_s

    def note(self, envelopes: Sequence[Envelope], changes: frozenset[Change]) -> None:
        """Hear what happened: new work is decided at once."""
        self._is_wanted |= any(envelope.type in _URGENT for envelope in envelopes)

    def is_wanted(self, now: Instant) -> bool:
        """Say whether something happened since the last run that should not wait."""
        return self._is_wanted

    async def run_once(self, now: Instant) -> None:
        """Withdraw what lapsed, decide what waits, and look again at what is threatened."""
        self._is_wanted = False
        self._forget_ended()
        await self._withdraw_lapsed()
        world = self._planner.world(now)
        if await self._fall_back(world):
            world = self._planner.world(now)
        fresh = self._fresh(world) if world.policy.match_horizon_s > 0.0 else []
        is_matched = bool(fresh) and await self._match_bundles(world, fresh)
        due = [name for name in self._due(world) if not (is_matched and name in fresh)]
        await self._insert(world, due[: world.policy.orders_per_cycle])

    async def _fall_back(self, world: PlanningWorld) -> int:
        """Ask whom the choice was prepared with, where the driver has said no; return how many orders it was."""
        told = 0
        for order, held in list(declined(self._bus.operation.decisions.fallbacks, world)):
            if is_left_alone(self._bus.operation, order, world.now) or self._has_standing(order):
                continue
            case = await self._case(self._planner.world(world.now), order.order_id)
            driver_id = next_driver(case.pricing, held)
            if driver_id is not None:
                await self._decide(case, driver_id, {}, declined_by=held.for_driver_id)
                told += 1
        return told

    def _has_standing(self, order: Order) -> bool:
        return order.order_id in self._bus.operation.decisions.standing

    async def _insert(self, world: PlanningWorld, due: Sequence[OrderId]) -> None:
        """Decide order by order: each is priced on the routes as they stand, and a flow says who gets which."""
        cases = [case for order_id in due if self._is_ripe(case := await self._case(world, order_id))]
        chosen = await self.matching.match([case.pricing for case in cases], world.now)
        taken = {driver_id: order_id for order_id, driver_id in chosen.items() if driver_id is not None}
        for case in cases:
            await self._decide(case, chosen[case.pricing.order.order_id], taken)

    def _fresh(self, world: PlanningWorld) -> list[OrderId]:
        """Return the orders that have no driver, not even a proposed one, the earliest promise first."""
        proposed = {name for name, made in self._bus.operation.decisions.standing.items() if made.driver_id is not None}
        waiting = (order for order in world.orders.values() if order.state is OrderState.WAITING)
        at_work = sum(driver.is_on_shift and driver.start is not None for driver in world.drivers.values())
        return [
            order.order_id
            for order in sorted(waiting, key=lambda o: (o.promise.by_at, o.order_id))
            if order.order_id not in proposed and not is_left_alone(self._bus.operation, order, world.now)
        ][: min(_LARGEST_MATCH, _MATCHED_PER_DRIVER * max(1, at_work))]

    async def _match_bundles(self, world: PlanningWorld, fresh: Sequence[OrderId]) -> bool:
        """Match bundles and drivers and give away what must leave before the next round; say whether it worked."""
        made, travel = await self._planner.match_of(world, [world.orders[name] for name in fresh])
        next_at = world.now + max(self.every_s, world.policy.early_s)
        settled = await self.matching.bundles(made, travel, next_at)
        if settled is None:
            return False
        taken = {given.driver_id: given.meals[0].order_id for given in settled}
        for given in settled:
            await self._give(world, given, taken)
        given_away = {meal.order_id for given in settled for meal in given.meals}
        for order_id in fresh:
            if order_id not in given_away:
                self._ripe_at[order_id] = world.now  # up to now at least, deciding would have helped nobody
            if order_id not in given_away and self._has_waited_long(world, world.orders[order_id]):
                await self._decide(await self._case(world, order_id), None, taken)
        return True

    async def _give(self, world: PlanningWorld, given: Commitment, taken: Mapping[DriverId, OrderId]) -> None:
        """Decide on every order of a bundle, each on the plan that the one before it made."""
        bundle = [meal.order_id for meal in given.meals]
        for order_id in bundle:
            world = world if order_id == bundle[0] else self._planner.world(world.now)
            order = world.orders.get(order_id)
            if order is None or order.driver_id is not None:
                continue
            began_at = self._planner.wall.now()
            routed, pricing = await self._planner.priced_trip(world, order, given.driver_id, bundle)
            standing = self._bus.operation.decisions.standing.get(order_id)
            case = _Case(routed, pricing, standing, 1000.0 * (self._planner.wall.now() - began_at))
            others = {driver_id: name for driver_id, name in taken.items() if driver_id != given.driver_id}
            best = joined(pricing, given, others, self._planner.policy)
            await self._decide(case, None if best is None else best.driver_id, others)

    def _has_waited_long(self, world: PlanningWorld, order: Order) -> bool:
        waited_s = world.now - max(order.placed_at, order.ready_at - world.policy.commit_lead_s)
        is_to_be_asked = self._next_look_at.get(order.order_id, 0.0) <= world.now
        return is_to_be_asked and waited_s >= world.policy.ask_after_waiting_s

    def _forget_ended(self) -> None:
        open_ids, standing = self._bus.operation.orders.open_ids, self._bus.operation.decisions.standing
        # A proposal that is made anew on a moved state is still the same question to the same person.
        self._asked_since = {name: self._asked_since.get(name, made.made_at) for name, made in standing.items()}
        self._next_look_at = {name: at for name, at in self._next_look_at.items() if name in open_ids}
        self._ripe_at = {name: at for name, at in self._ripe_at.items() if name in open_ids}

    async def _withdraw_lapsed(self) -> None:
        operation = self._bus.operation
        for standing in list(operation.decisions.standing.values()):
            if has_lapsed(operation, standing):
                await self._withdraw(standing, "overtaken")

    async def _withdraw(self, standing: Recommendation, reason: str) -> None:
        await self._execute(WithdrawRecommendation(recommendation_id=standing.recommendation_id, reason=reason))

    def _due(self, world: PlanningWorld) -> Iterator[OrderId]:
        """Yield the orders to decide on now, the earliest promise first."""
        for order in sorted(world.orders.values(), key=lambda o: (o.promise.by_at, o.order_id)):
            if is_left_alone(self._bus.operation, order, world.now):
                continue
            standing = self._bus.operation.decisions.standing.get(order.order_id)
            if standing is not None:
                if self._is_due_again(standing, world.now):
                    yield order.order_id
            elif needs_driver(order, world.now, self._planner.policy_for(order)):
                if self._ripe_at.get(order.order_id, 0.0) <= world.now:
                    yield order.order_id
            elif self._next_look_at.get(order.order_id, 0.0) <= world.now:
                forecast = self._forecasts().get(order.order_id)
                held = self._bus.operation.decisions.fallbacks.held.get(order.order_id)
                late = forecast[1] if forecast else 0.0
                if is_threatened(world, order, late) or is_late_at_pickup(held, order, world.now):
                    yield order.order_id

    def _is_due_again(self, standing: Recommendation, now: Instant) -> bool:
        if is_outdated(self._bus.operation, standing) or standing.driver_id is None:
            return True
        is_overdue = now - standing.made_at >= standing.fallback.after_s
        return is_overdue and self._next_look_at.get(standing.order_id, 0.0) <= now

    async def _case(self, world: PlanningWorld, order_id: OrderId) -> _Case:
        began_at = self._planner.wall.now()
        routed, pricing = await self._planner.priced(world, world.orders[order_id])
        standing = self._bus.operation.decisions.standing.get(order_id)
        return _Case(routed, pricing, standing, 1000.0 * (self._planner.wall.now() - began_at))

    def _is_ripe(self, case: _Case) -> bool:
        """Say whether waiting no longer helps: the driver would not stand at the counter for long any more.

        An order that is not ripe is looked at again when it will be, as far as that is known now.
        """
        order = case.pricing.order
        if case.asked_before is not None or order.driver_id is not None:
            return True
        early = early_s(case.pricing, case.world.policy)
        if early > 0.0:
            self._ripe_at[order.order_id] = case.world.now + min(max(early, self.every_s), _LONGEST_UNRIPE_S)
        return early <= 0.0

    async def _decide(
        self,
        case: _Case,
        chosen: DriverId | None,
        taken: Mapping[DriverId, OrderId],
        *,
        declined_by: DriverId | None = None,
    ) -> None:
        order, now = case.pricing.order, case.world.now
        self._next_look_at[order.order_id] = now + case.world.policy.decide_within_s
        others = {driver_id: name for driver_id, name in taken.items() if name != order.order_id}
        standing = case.asked_before
        if not self._is_worth_saying(case, chosen):
            if standing is not None and is_outdated(self._bus.operation, standing):
                await self._withdraw(standing, "no_longer_better")
            return
        asked = Asked(
            pricing=case.pricing,
            chosen=chosen,
            taken=others,
            asked_for_s=now - self._asked_since.get(order.order_id, now),
            was_undone=order.order_id in self._bus.operation.decisions.taken_back,
            record=self._bus.operation.decisions.promises,
            declined_by=declined_by,
        )
        made = recommend(case.world, asked, self._new_id(order.order_id))
        if standing is None or is_outdated(self._bus.operation, standing) or _differs(made, standing):
            self._next_look_at[order.order_id] = now + made.fallback.after_s
            made = replace(
                made,
                took_ms=case.took_ms,
                put_off_until_at=self._put_off_until(order, case.world.policy),
                policy_number=self._bus.operation.policy.number,
            )
            await self._execute(RecommendAssignment(recommendation=made))

    def _put_off_until(self, order: Order, policy: DispatchPolicy) -> Instant | None:
        commit_at = order.ready_at - policy.commit_lead_s
        until_at = max(self._ripe_at.get(order.order_id, 0.0), commit_at)
        return until_at if until_at > order.placed_at else None

    def _is_worth_saying(self, case: _Case, chosen: DriverId | None) -> bool:
        """Say whether there is something to recommend: a driver, or that nobody can after waiting for long."""
        order, pricing, policy = case.pricing.order, case.pricing, case.world.policy
        best = pricing.of(chosen) if chosen is not None else None
        if best is None:
            waited_s = case.world.now - max(order.placed_at, order.ready_at - policy.commit_lead_s)
            is_hopeless = not pricing.possible and waited_s >= policy.ask_after_waiting_s
            return is_hopeless and order.driver_id is None
        if pricing.keep is None or is_unreliable(case.world, order):
            return True
        gain = (pricing.keep.total_money - best.total_money) / policy.driver_minute
        return gain >= policy.reassign_gain_minutes

    def _new_id(self, order_id: OrderId) -> RecommendationId:
        # The log position makes it unique and the same in a replay: each publication moves the position on.
        return RecommendationId(f"R-{self._bus.operation.position + 1}-{order_id.removeprefix('O-')}")

    async def _execute(self, command: RecommendAssignment | WithdrawRecommendation) -> None:
        try:
            await self._bus.execute(command, PLATFORM)
        except Refusal:
            # The state moved while it was being planned: the next beat decides on the new one.
            self.refused += 1


def _differs(made: Recommendation, standing: Recommendation) -> bool:
    """Say whether a person should see the new proposal instead of the standing one."""
    is_other = (made.driver_id, made.action, made.is_automatic) != (standing.driver_id, standing.action, False)
    return is_other or made.risk is not standing.risk
