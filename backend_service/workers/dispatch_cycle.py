"""Decides who delivers what: prices the orders that need a driver, matches them, and publishes what it recommends.

Runs when something happened that matters to dispatch, and every few seconds anyway. Clear cases are carried out by
the handler at once; doubtful ones stand until a person decides, are looked at again when the state moves under them
or nobody answers, and are withdrawn when they have become pointless. What is looked at in one round is bounded: where
thousands wait, those whose turn does not come soon are named with the reason, some hundreds a round.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from msgspec.structs import replace

from backend_service.workers.collaborators import Bus
from backend_service.workers.matching import LONGEST_S, Matcher, Matching
from backend_service.workers.planning import Planner
from backend_service.workers.waiting_line import WaitingLine, head_of, out_of_reach
from core.commands import RecommendAssignment, WithdrawRecommendation
from core.dispatch.asking import Asked
from core.dispatch.assignment import match
from core.dispatch.candidates import Pricing
from core.dispatch.decision import Recommendation
from core.dispatch.forecasting import Forecast
from core.dispatch.joining import instead, joined, lets_join
from core.dispatch.left_waiting import left_waiting
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
from core.events.fleet_events import BreaksPlanned, DriverResumed, DriverReturned, ShiftStarted
from core.events.order_events import AssignmentRefused, OrderPlaced, OrderReleased, OrderUnassigned
from core.events.policy_events import PolicyChanged
from core.orders.order import Order
from core.projections.operation import Change
from core.refusals import Refusal
from core.vocabulary import PLATFORM, DriverId, Instant, OrderId, RecommendationId

_URGENT = frozenset(
    event.event_type()
    for event in (
        *(OrderPlaced, OrderUnassigned, OrderReleased, AssignmentRefused),
        *(ShiftStarted, BreaksPlanned, DriverResumed, DriverReturned, PolicyChanged),
    )
)

_NAMED_A_ROUND = 500
"""So many orders are named in one round as waiting behind others, each once."""

_LONGEST_UNRIPE_S = 60.0
"""After so long an order that was too early is priced anew: drivers and kitchens move."""


@dataclass(frozen=True, slots=True)
class _Case:
    """An order under decision, priced on a world with its driving times; `asked_before` is the standing proposal.

    `policy_number` is that of the policy it was priced by: another may be in force once the driving times have come.
    """

    world: PlanningWorld
    pricing: Pricing
    asked_before: Recommendation | None
    took_ms: float
    policy_number: int


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
        self._line = WaitingLine()
        self._seen: tuple[int, PlanningWorld] | None = None
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
        self._is_wanted, self._seen = False, None
        self._forget_ended(now)
        await self._withdraw_lapsed()
        await self._fall_back(self._world(now))
        world = self._world(now)
        waiting = self._line.waiting(self._bus.operation, world)
        head = head_of(world, waiting) if world.policy.match_horizon_s > 0.0 else []
        left_out = await self._match_bundles(world, head) if head else None
        world = self._world(now)
        matched = set() if left_out is None else {order.order_id for order in waiting}.difference(left_out)
        due = self._due(world, matched)
        await self._insert(world, due[: world.policy.orders_per_cycle])
        near = {order.order_id for order in head} if left_out is not None else set(due[: self._soon])
        tail = [(ahead, order) for ahead, order in enumerate(waiting) if order.order_id not in near]
        await self._name(self._world(now), tail)

    @property
    def _soon(self) -> int:
        """How many orders are looked at one by one until the first of them is looked at again."""
        policy = self._planner.policy
        return policy.orders_per_cycle * max(1, int(policy.decide_within_s / self.every_s))

    def _world(self, now: Instant) -> PlanningWorld:
        """Return the world as it stands; the same one while nothing happened."""
        position = self._bus.operation.position
        if self._seen is None or self._seen[0] != position or self._seen[1].now != now:
            self._seen = position, self._planner.world(now)
        return self._seen[1]

    async def _fall_back(self, world: PlanningWorld) -> None:
        """Ask whom the choice was prepared with, where the driver has said no."""
        for order, held in list(declined(self._bus.operation.decisions.fallbacks, world)):
            if is_left_alone(self._bus.operation, order, world.now) or self._has_standing(order):
                continue
            case = await self._case(self._world(world.now), order.order_id)
            driver_id = next_driver(case.pricing, held)
            if driver_id is not None:
                await self._decide(case, driver_id, {}, declined_by=held.for_driver_id)

    def _has_standing(self, order: Order) -> bool:
        return order.order_id in self._bus.operation.decisions.standing

    async def _insert(self, world: PlanningWorld, due: Sequence[OrderId]) -> None:
        """Decide order by order: each is priced on the routes as they stand, and a flow says who gets which."""
        cases = [case for order_id in due if self._is_ripe(case := await self._case(world, order_id))]
        chosen = await self.matching.match([case.pricing for case in cases], world.now)
        taken = {driver_id: order_id for order_id, driver_id in chosen.items() if driver_id is not None}
        for case in cases:
            await self._decide(case, chosen[case.pricing.order.order_id], taken)

    async def _match_bundles(self, world: PlanningWorld, head: Sequence[Order]) -> list[OrderId] | None:
        """Match bundles and drivers, and give away what must leave before the next round.

        Return the orders that have no place in any driver's trips and may be taken along; ``None`` if it failed.
        """
        made, travel = await self._planner.match_of(world, head, self._line.apart)
        settled = await self.matching.bundles(made, travel, world.now + self.every_s)
        if settled is None:
            return None
        taken = {given.driver_id: given.meals[0].order_id for given in settled.commitments}
        given_away: set[OrderId] = set()
        for given in settled.commitments:
            given_away.update(await self._give(world.now, given, taken, len(head)))
        self._line.put_behind(out_of_reach(made, settled), world.now)
        may_join = (name for name in settled.left_out if lets_join(world.policy_for(world.orders[name])))
        left_out = [name for name in may_join if self._line.is_due(name, world.now)]
        kept = [order for order in head if order.order_id not in given_away and order.order_id not in left_out]
        for order in kept:
            self._ripe_at[order.order_id] = world.now  # up to now at least, deciding would have helped nobody
        long = [order for order in kept if self._has_waited_long(world, order)][: world.policy.orders_per_cycle]
        for order in long:
            await self._decide(await self._case(self._world(world.now), order.order_id), None, taken)
        return left_out

    async def _give(
        self, now: Instant, given: Commitment, taken: Mapping[DriverId, OrderId], in_round: int
    ) -> list[OrderId]:
        """Decide on the orders of a bundle, each on the plan that the one before it made; return those decided on.

        Where the trip of the match cannot be, it is not tried again for a while, and another driver takes the order.
        """
        bundle, decided = [meal.order_id for meal in given.meals], []
        others = {driver_id: name for driver_id, name in taken.items() if driver_id != given.driver_id}
        for order_id in bundle:
            world = self._world(now)
            order = world.orders.get(order_id)
            if order is None or order.driver_id is not None:
                continue
            began_at, number = self._planner.wall.now(), self._bus.operation.policy.number
            routed, pricing = await self._planner.priced_trip(world, order, given.driver_id, bundle)
            standing = self._bus.operation.decisions.standing.get(order_id)
            case = _Case(routed, pricing, standing, 1000.0 * (self._planner.wall.now() - began_at), number)
            best = joined(pricing, given, others, routed.policy)
            if best is None:
                self._line.keep_apart(given.driver_id, order_id, now)
                best = instead(pricing, others, routed.policy)
            if best is not None:
                await self._decide(case, best.driver_id, others, in_round=in_round, on_trip=len(bundle))
                decided.append(order_id)
        return decided

    async def _name(self, world: PlanningWorld, tail: Sequence[tuple[int, Order]]) -> None:
        """Tell a person which orders wait behind how many others, once each; nobody is routed for that."""
        unnamed = ((ahead, order) for ahead, order in tail if not self._has_standing(order))
        named = ((ahead, order) for ahead, order in unnamed if self._has_waited_long(world, order))
        for ahead, order in islice(named, _NAMED_A_ROUND):
            began_at = self._planner.wall.now()
            zoned = world.with_policy(self._planner.policy_for(order))
            made = left_waiting(zoned, order, ahead, self._new_id(order.order_id))
            self._line.look_again(order.order_id, world.now + made.fallback.after_s)
            took_ms = 1000.0 * (self._planner.wall.now() - began_at)
            number = self._bus.operation.policy.number
            await self._execute(
                RecommendAssignment(recommendation=replace(made, took_ms=took_ms, policy_number=number))
            )

    def _has_waited_long(self, world: PlanningWorld, order: Order) -> bool:
        policy = self._planner.policy_for(order)
        waited_s = world.now - max(order.placed_at, order.ready_at - policy.commit_lead_s)
        return waited_s >= policy.ask_after_waiting_s and self._line.is_due(order.order_id, world.now)

    def _forget_ended(self, now: Instant) -> None:
        open_ids, standing = self._bus.operation.orders.open_ids, self._bus.operation.decisions.standing
        # A proposal that is made anew on a moved state is still the same question to the same person.
        self._asked_since = {name: self._asked_since.get(name, made.made_at) for name, made in standing.items()}
        self._line.forget(open_ids, now)
        self._ripe_at = {name: at for name, at in self._ripe_at.items() if name in open_ids}

    async def _withdraw_lapsed(self) -> None:
        operation = self._bus.operation
        for standing in list(operation.decisions.standing.values()):
            if has_lapsed(operation, standing):
                await self._withdraw(standing, "overtaken")

    async def _withdraw(self, standing: Recommendation, reason: str) -> None:
        await self._execute(WithdrawRecommendation(recommendation_id=standing.recommendation_id, reason=reason))

    def _due(self, world: PlanningWorld, matched: Collection[OrderId]) -> list[OrderId]:
        """Return the orders to decide on one by one, the earliest promise first, last what was just tried in vain."""
        standing, now = self._bus.operation.decisions.standing, world.now
        found = (order for name, order in world.orders.items() if name not in matched and self._is_due(world, order))
        due = self._line.in_turn(found, now)
        in_vain = {
            name
            for order in due
            if (made := standing.get(name := order.order_id)) is not None
            if made.driver_id is None and not self._line.is_due(name, now)
        }
        return sorted((order.order_id for order in due), key=lambda name: name in in_vain)

    def _is_due(self, world: PlanningWorld, order: Order) -> bool:
        if is_left_alone(self._bus.operation, order, world.now):
            return False
        standing = self._bus.operation.decisions.standing.get(order.order_id)
        if standing is not None:
            return self._is_due_again(standing, world.now)
        if needs_driver(order, world.now, self._planner.policy_for(order)):
            return self._ripe_at.get(order.order_id, 0.0) <= world.now
        if not self._line.is_due(order.order_id, world.now):
            return False
        forecast = self._forecasts().get(order.order_id)
        held = self._bus.operation.decisions.fallbacks.held.get(order.order_id)
        late = forecast[1] if forecast else 0.0
        return is_threatened(world, order, late) or is_late_at_pickup(held, order, world.now)

    def _is_due_again(self, standing: Recommendation, now: Instant) -> bool:
        if is_outdated(self._bus.operation, standing) or standing.driver_id is None:
            return True
        is_overdue = now - standing.made_at >= standing.fallback.after_s
        return is_overdue and self._line.is_due(standing.order_id, now)

    async def _case(self, world: PlanningWorld, order_id: OrderId) -> _Case:
        began_at, number = self._planner.wall.now(), self._bus.operation.policy.number
        routed, pricing = await self._planner.priced(world, world.orders[order_id])
        standing = self._bus.operation.decisions.standing.get(order_id)
        return _Case(routed, pricing, standing, 1000.0 * (self._planner.wall.now() - began_at), number)

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
        in_round: int = 0,
        on_trip: int = 0,
    ) -> None:
        order, now = case.pricing.order, case.world.now
        self._line.look_again(order.order_id, now + case.world.policy.decide_within_s)
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
            in_round=in_round,
            on_trip=on_trip,
        )
        made = recommend(case.world, asked, self._new_id(order.order_id))
        if standing is None or is_outdated(self._bus.operation, standing) or _differs(made, standing):
            self._line.look_again(order.order_id, now + made.fallback.after_s)
            made = replace(
                made,
                took_ms=case.took_ms,
                put_off_until_at=self._put_off_until(order, case.world.policy),
                policy_number=case.policy_number,
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
