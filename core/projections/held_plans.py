"""What drivers still know while an override or a release is held back: their former plans, until its window ends.

Folded from the log alone, by the instants that its events carry, so that a window goes on after a restart. Planning
never reads this; only what is told to drivers and customers does (`core.dispatch.telling_drivers`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set

import msgspec
from msgspec.structs import replace

from core.dispatch.decision import Override
from core.dispatch.waves.wave import WaveId
from core.events import dispatch_events as decided
from core.events import fleet_events as fleet
from core.events import order_events as happened
from core.events import wave_events as waves
from core.events.envelope import Envelope, Event
from core.fleet.driver_move import DriverMove
from core.fleet.route import PlannedStop, Route, StopKind
from core.orders.order import OrderState
from core.projections.fleet_picture import FleetPicture
from core.projections.move_board import MoveBoard
from core.projections.order_board import OrderBoard
from core.vocabulary import DriverId, Instant, OrderId, OverrideId, Value


class HeldOrder(Value, frozen=True, kw_only=True):
    """An order as its former driver knows it."""

    is_accepted: bool
    state: OrderState
    assigned_at: Instant | None = None
    arrived_at_pickup_at: Instant | None = None


class HeldPlan(Value, frozen=True, kw_only=True):
    """What one driver still knows.

    Parameters
    ----------
    route, orders : the former ones, without what was done or cancelled since
    coming : the orders that the driver is to get
    move : where a driver without work was asked to wait
    overrides : those that the driver is not told yet, and until when; releases of waves by `wave:` and their number
    is_taken_back : they were all undone in time; the driver keeps the plan number known, while the stops are the same
    """

    route: Route
    orders: dict[OrderId, HeldOrder]
    overrides: dict[OverrideId, Instant]
    coming: frozenset[OrderId] = frozenset()
    move: DriverMove | None = None
    is_taken_back: bool = False

    @property
    def until_at(self) -> Instant:
        """Return when the driver is told."""
        return max(self.overrides.values(), default=0.0)

    def is_held(self, now: Instant) -> bool:
        """Say whether the driver still knows the former plan only."""
        return not self.is_taken_back and now < self.until_at

    def concerns(self, order_id: OrderId) -> bool:
        """Say whether the order is one that the driver knows, or is to get."""
        return order_id in self.orders or order_id in self.coming

    def without(self, order_id: OrderId, kind: StopKind | None = None) -> HeldPlan:
        """Return it without an order, or without one of its stops."""
        orders = self.orders if kind is not None else {k: o for k, o in self.orders.items() if k != order_id}
        return replace(self, route=self.route.without(order_id, kind), orders=orders)


class HeldPlans(msgspec.Struct):
    """By driver; one whose window is over is forgotten with the next change of any plan."""

    plans: dict[DriverId, HeldPlan] = {}

    def is_held(self, order_id: OrderId, now: Instant) -> bool:
        """Say whether some driver is not told yet what became of the order: then its customer is not either."""
        return any(plan.concerns(order_id) for plan in self.plans.values() if plan.is_held(now))

    def known(self, driver_id: DriverId, order_id: OrderId, now: Instant) -> HeldOrder | None:
        """Return an order as a driver still knows it from whom something is held back; ``None`` of any other."""
        plan = self.plans.get(driver_id)
        return plan.orders.get(order_id) if plan is not None and plan.is_held(now) else None

    def told_at(self, event: Event, at: Instant) -> Instant | None:
        """Return when the driver hears of an order that is given at `at`, ``None`` where that is at once."""
        plan = self.plans.get(event.driver_id) if isinstance(event, happened.OrderAssigned) else None
        return plan.until_at if plan is not None and plan.is_held(at) else None

    def apply(
        self, envelope: Envelope, event: Event, orders: OrderBoard, picture: FleetPicture, moves: MoveBoard
    ) -> tuple[DriverMove, ...]:
        """Fold one event; return the moves that go on, for what ended them was taken back in time.

        `orders`, `picture` and `moves` are as they were before it.
        """
        match event:
            case decided.AssignmentOverridden():
                self._forget_what_is_over(envelope.occurred_at)
                if (event.override.tell_at or 0.0) > envelope.occurred_at:
                    self._hold_override(event.override, orders, picture, moves)
            case decided.OverrideUndone():
                return self._take_back(event.override_id, envelope.occurred_at, orders)
            case waves.WaveReleased():
                self._forget_what_is_over(envelope.occurred_at)
                if (event.tell_at or 0.0) > envelope.occurred_at:
                    self._hold_release(event, orders, picture, moves)
            case waves.WaveRecalled():
                return self._take_back(_named(event.wave_id, event.number), envelope.occurred_at, orders)
            case _ if not self.plans:
                return ()
            case fleet.DriverTakenOut() | fleet.ShiftEnded():
                self._end_move(event.driver_id)
            case fleet.RoutePlanned():
                self._planned(event, envelope.occurred_at)
            case happened.AssignmentAccepted():
                self._note(event.driver_id, event.order_id, is_accepted=True)
            case happened.PickupReached():
                at_pickup = {"state": OrderState.AT_PICKUP, "arrived_at_pickup_at": envelope.occurred_at}
                self._note(event.driver_id, event.order_id, **at_pickup)
            case happened.OrderPickedUp():
                self._done(event.order_id, StopKind.PICKUP)
            case happened.OrderDelivered() | happened.DeliveryFailed() | happened.OrderCancelled():
                self._done(event.order_id)
            case happened.AssignmentRefused():
                self._done(event.order_id)
        return ()

    def _hold_override(self, override: Override, orders: OrderBoard, picture: FleetPicture, moves: MoveBoard) -> None:
        assert override.tell_at is not None
        gets = {change.driver_id: set[OrderId]() for change in override.replaced}
        gets |= {plan.driver_id: {stop.order_id for stop in plan.stops} for plan in override.plans}
        self._hold(override.override_id, override.tell_at, gets, orders, picture)
        self._hold_moves(gets, moves)

    def _hold_release(
        self, event: waves.WaveReleased, orders: OrderBoard, picture: FleetPicture, moves: MoveBoard
    ) -> None:
        assert event.tell_at is not None
        gets = {driver_id: set(names) for driver_id, names in event.gets.items()}
        self._hold(_named(event.wave_id, event.number), event.tell_at, gets, orders, picture)
        self._hold_moves(gets, moves)

    def _hold(
        self,
        name: OverrideId,
        tell_at: Instant,
        gets: Mapping[DriverId, Set[OrderId]],
        orders: OrderBoard,
        picture: FleetPicture,
    ) -> None:
        """Keep what each driver in `gets` knows; those are the orders that are to be his."""
        for driver_id in sorted(gets):
            known = self.plans.get(driver_id)
            if known is None or known.is_taken_back:
                route = picture.route_of(driver_id)
                known = HeldPlan(
                    route=route if known is None else replace(route, plan_number=known.route.plan_number),
                    orders={
                        order.order_id: HeldOrder(
                            is_accepted=order.is_accepted,
                            state=order.state,
                            assigned_at=order.assigned_at,
                            arrived_at_pickup_at=order.arrived_at_pickup_at,
                        )
                        for order in orders.of_driver(driver_id)
                    },
                    overrides={},
                )
            held = known.overrides | {name: tell_at}
            coming = known.coming | (gets[driver_id] - known.orders.keys())
            self.plans[driver_id] = replace(known, overrides=held, coming=coming)

    def _hold_moves(self, driver_ids: Iterable[DriverId], moves: MoveBoard) -> None:
        """Keep where drivers were asked to wait before they got work that they are not told of yet."""
        for driver_id in driver_ids:
            move = moves.under_way.get(driver_id)
            if move is not None:
                self.plans[driver_id] = replace(self.plans[driver_id], move=move)

    def _end_move(self, driver_id: DriverId) -> None:
        plan = self.plans.get(driver_id)
        if plan is not None:
            self.plans[driver_id] = replace(plan, move=None)

    def _take_back(self, override_id: OverrideId, at: Instant, orders: OrderBoard) -> tuple[DriverMove, ...]:
        going_on = []
        for driver_id, plan in list(self.plans.items()):
            if override_id not in plan.overrides:
                continue
            if not plan.is_held(at):
                del self.plans[driver_id]
                continue
            left = {name: until for name, until in plan.overrides.items() if name != override_id and until > at}
            is_idle = all(order.order_id in plan.coming for order in orders.of_driver(driver_id))
            if not left and plan.move is not None and is_idle:
                going_on.append(plan.move)
            move = plan.move if left else None
            self.plans[driver_id] = replace(plan, overrides=left, move=move, is_taken_back=not left)
        return tuple(going_on)

    def _planned(self, event: fleet.RoutePlanned, at: Instant) -> None:
        self._forget_what_is_over(at)
        plan = self.plans.get(event.driver_id)
        if plan is not None and plan.is_taken_back and _visits(event.stops) != _visits(plan.route.stops):
            del self.plans[event.driver_id]

    def _forget_what_is_over(self, at: Instant) -> None:
        self.plans = {k: plan for k, plan in self.plans.items() if plan.is_held(at) or plan.is_taken_back}

    def _note(self, driver_id: DriverId, order_id: OrderId, **fields: object) -> None:
        plan = self.plans.get(driver_id)
        if plan is not None and (known := plan.orders.get(order_id)) is not None:
            self.plans[driver_id] = replace(plan, orders=plan.orders | {order_id: replace(known, **fields)})

    def _done(self, order_id: OrderId, kind: StopKind | None = None) -> None:
        for driver_id, plan in self.plans.items():
            if order_id in plan.orders:
                self.plans[driver_id] = plan.without(order_id, kind)


def _visits(stops: tuple[PlannedStop, ...]) -> list[tuple[OrderId, StopKind]]:
    return [(stop.order_id, stop.kind) for stop in stops]


def _named(wave_id: WaveId, number: int) -> OverrideId:
    return OverrideId(f"wave:{wave_id}:{number}")
