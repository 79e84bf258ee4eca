"""Waves on the map: depots are marked, routes of plans drawn, the chosen driver's doors numbered."""

from collections.abc import Sequence

from core.dispatch.waves.rhythm import RhythmId
from core.dispatch.waves.wave import Wave, WaveId, WavePlan, WaveRoute, WaveState, WaveStop, WaveStopKind
from core.fleet.depot import Depot, DepotId
from core.projections.operation import Operation
from core.vocabulary import DriverId, OrderId, Position
from ui.wave_shapes import depot_marks, is_depot_mark, wave_routes


def _straight(places: Sequence[Position]) -> list[tuple[float, float]]:
    return [(place.lat, place.lon) for place in places]


DEPOT = Depot(depot_id=DepotId("DP-1"), name="North", position=Position(1.0, 1.0))
LOAD, DOOR, BREAK = WaveStopKind.LOAD, WaveStopKind.DELIVERY, WaveStopKind.BREAK


def _stop(kind: WaveStopKind, order: str | None = None, at: Position | None = None) -> WaveStop:
    order_id = None if order is None else OrderId(order)
    return WaveStop(kind=kind, order_id=order_id, position=at, arrives_at=0.0, starts_at=0.0, departs_at=0.0)


def _route(driver: str, *stops: WaveStop) -> WaveRoute:
    return WaveRoute(
        driver_id=DriverId(driver),
        vehicle_id=None,
        depot_id=DEPOT.depot_id,
        stops=stops,
        leaves_at=0.0,
        returns_at=1.0,
        distance_m=0.0,
        driving_s=0.0,
        trips=1,
    )


def _operation(state: WaveState = WaveState.PROPOSED) -> Operation:
    """Return an operation with one wave of two routes."""
    operation = Operation()
    here = DEPOT.position
    first = _route(
        "D-1",
        _stop(LOAD, "O-1", here),
        _stop(LOAD, "O-2", here),
        _stop(DOOR, "O-2", Position(1.0, 2.0)),
        _stop(BREAK),
        _stop(DOOR, "O-1", Position(2.0, 2.0)),
    )
    second = _route("D-2", _stop(LOAD, "O-3", here), _stop(DOOR, "O-3", Position(0.0, 0.0)))
    wave = Wave(
        wave_id=WaveId("W-1"),
        rhythm_id=RhythmId("WR-1"),
        name="Noon",
        depot_ids=(DEPOT.depot_id,),
        closed_at=0.0,
        starts_at=0.0,
        state=state,
        order_ids=(),
        proposal=WavePlan(number=1, made_at=0.0, routes=(first, second)),
    )
    operation.waves.depots[DEPOT.depot_id] = DEPOT
    operation.waves.waves[wave.wave_id] = wave
    return operation


def test_a_route_leads_from_its_depot_by_every_door_and_back() -> None:
    lines, marks = wave_routes(_operation(), None, _straight)

    assert [line.kind for line in lines] == ["as_is", "as_is"]
    assert list(lines[0].coordinates) == [(1.0, 1.0), (1.0, 2.0), (2.0, 2.0), (1.0, 1.0)]
    assert marks == []


def test_the_chosen_drivers_route_stands_out_with_its_doors_in_order() -> None:
    lines, marks = wave_routes(_operation(), DriverId("D-1"), _straight)

    assert [line.kind for line in lines] == ["to_come", "as_is"]
    assert [(mark.id, mark.number) for mark in marks] == [("O-2:delivery", 1), ("O-1:delivery", 2)]


def test_a_wave_that_ended_is_not_drawn() -> None:
    assert wave_routes(_operation(WaveState.ENDED), DriverId("D-1"), _straight) == ([], [])


def test_each_depot_has_a_mark_that_is_no_orders() -> None:
    (mark,) = depot_marks(_operation())

    assert (mark.kind, mark.lat, mark.lon) == ("depot", 1.0, 1.0)
    assert is_depot_mark(mark.id)
    assert not is_depot_mark("O-1:delivery")
