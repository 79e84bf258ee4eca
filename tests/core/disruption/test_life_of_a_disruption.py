"""Each kind begins once in its situation, ends with hysteresis and can begin again, also with a state read anew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from core.disruption.disruption import DisruptionKind as Kind
from core.disruption.recovery_commands import RecordDisruption, RecordDisruptionEnd
from core.disruption.signs import Leg, Watched
from core.disruption.tracks import PlannedWay, SeenFix, Track
from core.disruption.watching import Watching, signs_of
from core.fleet.fleet import SignalState
from core.fleet.route import StopKind
from core.geodesy import METRES_PER_DEGREE, as_points
from core.orders.order import ArrivalBand, OrderState
from core.projections.operation import decode_operation, encode_operation
from core.vocabulary import DriverId, OrderId, Position, VehicleId, ZoneId

EVERY_S = 5.0
DRIVER, VEHICLE, ORDER, ZONE = DriverId("D-1"), VehicleId("V-D-1"), OrderId("O-1"), ZoneId("centro")
ON_BOARD: dict[str, Any] = {"state": OrderState.ON_THE_WAY, "driver_id": "D-1"}
GIVEN: dict[str, Any] = {"state": OrderState.ASSIGNED, "driver_id": "D-1"}


@dataclass
class Life:
    """D-1 on the way to a door 90 km east at 8 m/s, with a fix each 15 s; each trouble is switched on and off."""

    street: Any
    watching: Watching = field(default_factory=Watching)
    track: Track = field(init=False)
    x_m: float = 500.0
    north_m: float = 0.0
    speed_mps: float = 8.0
    behind_s: float = 0.0
    short: float = 0.0
    is_heard: bool = True
    began: int = 0

    def __post_init__(self) -> None:
        self.track = Track(self.watching.policy)

    @property
    def standing(self) -> list[Kind]:
        return [one.kind for one in self.street.operation.disruptions.standing.values()]

    def change(self, **fields: Any) -> None:
        """Give O-1 other fields, as events would."""
        board = self.street.operation.orders
        board.orders.pop(ORDER, None), board.open_ids.discard(ORDER), board.broken_off.pop(ORDER, None)
        self.street.order(ORDER, 0.0, 90_000.0, assigned_at=self.street.now, picked_up_at=self.street.now, **fields)

    def pass_s(self, seconds: float) -> None:
        """Look every 5 s for so long; the state is written down and read again after each look."""
        for _ in range(round(seconds / EVERY_S)):
            self.street.now += EVERY_S
            self.x_m += self.speed_mps * EVERY_S
            if self.is_heard and self.street.now % 15.0 < EVERY_S:
                self._hear()
            self._look()
            self.street.operation = decode_operation(encode_operation(self.street.operation))

    def _hear(self) -> None:
        route = self.street.operation.fleet.routes[DRIVER]
        line = as_points([(place.lat, place.lon) for place in route.geometry])
        stops = as_points([(stop.position.lat, stop.position.lon) for stop in route.stops])
        here = Position(self.north_m / METRES_PER_DEGREE, self.x_m / METRES_PER_DEGREE)
        self.track.take(SeenFix(self.street.now, here), PlannedWay(route.plan_number, line, stops))

    def _look(self) -> None:
        operation, now = self.street.operation, self.street.now
        vehicle = operation.fleet.vehicles[VEHICLE]
        signal = SignalState.LIVE if self.is_heard else SignalState.SILENT
        heard_at = now if self.is_heard else vehicle.last_heard_at
        operation.fleet.vehicles[VEHICLE] = type(vehicle)(
            vehicle_id=VEHICLE, plate="", driver_id=DRIVER, signal=signal, last_heard_at=heard_at
        )
        scene = Watched(
            operation,
            now,
            self.watching.policy,
            tracks={VEHICLE: self.track},
            forecasts={ORDER: (_band(3_000.0 + self.behind_s), 0.2)},
            bands={DRIVER: (Leg(ORDER, StopKind.DELIVERY), _band(3_000.0))},
            short={ZONE: self.short},
        )
        turns = self.watching.look(signs_of(scene), list(operation.disruptions.standing.values()), now)
        for name in turns.ended:
            self.street.do(RecordDisruptionEnd(disruption_id=name))
        for one in turns.began:
            self.street.do(RecordDisruption(disruption=one))
        self.began += len(turns.began)


def _band(p50_s: float) -> ArrivalBand:
    return ArrivalBand(p10_at=p50_s - 60.0, p50_at=p50_s, p90_at=p50_s + 60.0, as_of=0.0)


def _ended(state: OrderState, reason: str | None = None) -> Callable[[Life], None]:
    def end(life: Life) -> None:
        life.change(**{**ON_BOARD, "state": state, "ended_at": life.street.now, "failure_reason": reason})

    return end


def _at_the_door(life: Life) -> None:
    life.change(**{**ON_BOARD, "state": OrderState.AT_DELIVERY, "arrived_at_delivery_at": life.street.now})


def _given(life: Life) -> None:
    life.change(**GIVEN, is_ready=False, ready_at=life.street.now)


def _declined(life: Life) -> None:
    life.change(refused_by=("D-2",))


def _set(**fields: Any) -> Callable[[Life], None]:
    def change(life: Life) -> None:
        for name, value in fields.items():
            setattr(life, name, value)

    return change


def _going_on(life: Life) -> None:
    life.change(**ON_BOARD)


def _nothing(_: Life) -> None:
    """What passes by itself."""


SITUATIONS = {
    Kind.SILENT: (_set(is_heard=False), 180.0, _set(is_heard=True), 60.0),
    Kind.STOPPED: (_set(speed_mps=0.0), 260.0, _set(speed_mps=8.0), 90.0),
    Kind.OFF_ROUTE: (_set(north_m=300.0), 75.0, _set(north_m=0.0), 90.0),
    Kind.SLOW_TRAFFIC: (_set(behind_s=241.0), 70.0, _set(behind_s=0.0), 40.0),
    Kind.NOT_READY: (_given, 185.0, _going_on, 40.0),
    Kind.CANCELLED: (_ended(OrderState.CANCELLED), 5.0, _nothing, 640.0),
    Kind.DECLINED: (_declined, 5.0, _going_on, 40.0),
    Kind.REFUSED_AT_DOOR: (_ended(OrderState.FAILED, "customer_refused"), 5.0, _nothing, 640.0),
    Kind.ADDRESS: (_ended(OrderState.FAILED, "address_unreachable"), 5.0, _nothing, 640.0),
    Kind.NOBODY_HOME: (_at_the_door, 275.0, _going_on, 40.0),
    Kind.OVERLOAD: (_set(short=4.0), 35.0, _set(short=1.9), 130.0),
}
"""What begins the trouble, within how many seconds it is noticed, what ends it, and within how many it is over."""


@pytest.fixture
def life(street: Any) -> Life:
    order = street.order("O-1", 0.0, 90_000.0, **ON_BOARD, picked_up_at=street.now)
    street.driver("D-1", 500.0, [order])
    return Life(street)


def test_every_kind_has_a_situation() -> None:
    assert set(SITUATIONS) == set(Kind)


@pytest.mark.parametrize("kind", Kind)
def test_a_disruption_begins_once_ends_and_begins_again(life: Life, kind: Kind) -> None:
    begin, noticed_s, end, over_s = SITUATIONS[kind]
    life.pass_s(60.0)
    for times in (1, 2):
        begin(life)
        life.pass_s(noticed_s)
        assert (life.standing, life.began) == ([kind], times)
        life.pass_s(120.0)
        assert (life.standing, life.began) == ([kind], times), "it goes on, and is noticed once"
        end(life)
        life.pass_s(5.0)
        assert life.standing == [kind], "it ends with hysteresis"
        life.pass_s(over_s)
        assert life.standing == []
        life.change(**ON_BOARD)
        life.pass_s(120.0)
        assert (life.standing, life.began) == ([], times)


def test_nothing_is_wrong_in_an_hour_in_which_nothing_goes_wrong(life: Life) -> None:
    # Two laps of half an hour: to the counter, four minutes early there, a way of 20 minutes, two minutes at the door.
    # The second order is promised for long before it can come: late is not disrupted.
    for due_s in (3_600.0, -600.0):
        fields = {"promise": type(life.street.operation.orders.orders[ORDER].promise)(by_at=life.street.now + due_s)}
        life.speed_mps = 8.0
        life.change(**GIVEN, **fields, is_ready=False, ready_at=life.street.now + 480.0)
        life.pass_s(240.0)
        arrived = {"state": OrderState.AT_PICKUP, "arrived_at_pickup_at": life.street.now}
        life.speed_mps = 0.0
        life.change(**{**GIVEN, **arrived}, **fields, is_ready=False, ready_at=life.street.now + 240.0)
        life.pass_s(240.0)
        life.speed_mps = 8.0
        life.change(**ON_BOARD, **fields)
        life.pass_s(1_200.0)
        life.speed_mps = 0.0
        reached = {"state": OrderState.AT_DELIVERY, "arrived_at_delivery_at": life.street.now}
        life.change(**{**ON_BOARD, **reached}, **fields)
        life.pass_s(120.0)
    assert life.began == 0
