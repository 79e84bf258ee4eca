"""Every kind of exception is found, said, ranked and timed; what is on track is not listed."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from core.alarms.exceptions import ExceptionItem, concerns, current_exceptions
from core.dispatch.decision import (
    Confidence,
    ConfidenceStage,
    Fallback,
    Recommendation,
    RecommendedAction,
    RiskStage,
    Statement,
)
from core.dispatch.rationale import say
from core.fleet.fleet import Driver, SignalState, Vehicle
from core.fleet.zone import Zone
from core.orders.order import ArrivalBand, Order, OrderState, Promise
from core.projections.operation import Operation
from core.projections.source_board import SourceState
from core.vocabulary import Place, Position

NOW = 1_795_190_400.0
HERE = Position(lat=-29.9, lon=-71.25)


@pytest.fixture
def operation() -> Operation:
    return Operation()


def order(operation: Operation, name: str, due_s: float = 1800.0, **fields: Any) -> Order:
    settings: dict[str, Any] = {
        "customer_id": "C-1",
        "customer": None,
        "pickup": Place(name="Kitchen", position=HERE),
        "delivery": HERE,
        "promise": Promise(by_at=NOW + due_s),
        "placed_at": NOW - 100.0,
        "ready_at": NOW,
        "is_ready": True,
        "is_accepted": True,
    }
    made = Order(order_id=name, **{**settings, **fields})
    operation.orders.orders[made.order_id] = made
    if made.state.is_open:
        operation.orders.open_ids.add(made.order_id)
    return made


def driver(operation: Operation, name: str, **vehicle: Any) -> None:
    operation.fleet.drivers[name] = Driver(driver_id=name, person=None, is_on_shift=True, vehicle_id=f"V-{name}")
    operation.fleet.vehicles[f"V-{name}"] = Vehicle(
        vehicle_id=f"V-{name}", plate="", driver_id=name, **{"signal": SignalState.LIVE, **vehicle}
    )


def proposal(order_id: str, **fields: Any) -> Recommendation:
    settings: dict[str, Any] = {
        "recommendation_id": "R-1",
        "made_at": NOW - 20.0,
        "action": RecommendedAction.ASSIGN,
        "driver_id": "D-7",
        "promised_by_at": NOW,
        "risk": RiskStage.WATCH,
        "confidence": Confidence(probability=0.7, stage=ConfidenceStage.FAIR),
        "ask_reasons": (Statement(code="ask.low_confidence", arguments={"percent": 70.0}),),
        "fallback": Fallback(driver_id=None, after_s=60.0, statement=Statement(code="fallback.pool")),
    }
    return Recommendation(order_id=order_id, **{**settings, **fields})


def forecast(p50_s: float, late: float) -> tuple[ArrivalBand, float]:
    return ArrivalBand(p10_at=NOW, p50_at=NOW + p50_s, p90_at=NOW + p50_s + 300, as_of=NOW), late


def only(operation: Operation, forecasts: Any = None, **settings: Any) -> ExceptionItem:
    (item,) = current_exceptions(operation, NOW, forecasts or {}, **settings)
    return item


def words(item: ExceptionItem) -> tuple[str, str, str | None]:
    return say(item.finding), say(item.cause), say(item.proposal) if item.proposal else None


def test_order_on_track_is_not_listed(operation: Operation) -> None:
    order(operation, "O-1", state=OrderState.ON_THE_WAY, driver_id="D-1")

    assert current_exceptions(operation, NOW, {"O-1": forecast(600, 0.1)}) == []


@pytest.mark.parametrize(("late_s", "priority"), [(599.0, 2), (600.0, 1)])
def test_late_order(operation: Operation, late_s: float, priority: int) -> None:
    driver(operation, "D-1")
    order(operation, "O-1", state=OrderState.ASSIGNED, driver_id="D-1")

    item = only(operation, {"O-1": forecast(1800 + late_s, 0.95)})

    assert (item.key, item.priority, item.subject_kind, item.subject_id) == ("late:O-1", priority, "order", "O-1")
    assert words(item) == ("late by 10 min", "D-1 under way", "Call the driver")
    # Promised in 30 min, the quickest way takes 10.
    assert item.act_within_s == pytest.approx(1200.0)


def test_order_that_may_be_late_needs_nobody_yet(operation: Operation) -> None:
    driver(operation, "D-1")
    order(operation, "O-1", state=OrderState.ASSIGNED, driver_id="D-1")

    assert current_exceptions(operation, NOW, {"O-1": forecast(1700, 0.42)}) == []


@pytest.mark.parametrize(("late_s", "listed"), [(500.0, 0), (600.0, 1)])
def test_goods_under_way_are_shown_only_when_somebody_should_call(
    operation: Operation, late_s: float, listed: int
) -> None:
    driver(operation, "D-1")
    order(operation, "O-1", state=OrderState.ON_THE_WAY, driver_id="D-1")

    items = current_exceptions(operation, NOW, {"O-1": forecast(1800 + late_s, 0.95)})

    assert len(items) == listed
    assert all((item.priority, words(item)[2]) == (3, "Tell the customer") for item in items)


def test_order_that_no_plan_saves_is_not_critical(operation: Operation) -> None:
    # Promised in 500 s, the quickest way takes 600: nothing a person does keeps the promise.
    driver(operation, "D-1")
    order(operation, "O-1", due_s=500.0, state=OrderState.ASSIGNED, driver_id="D-1")

    assert only(operation, {"O-1": forecast(1200, 1.0)}).priority == 3
    assert current_exceptions(operation, NOW, {"O-1": forecast(900, 0.99)}) == []


def test_order_a_few_seconds_behind_is_at_risk_and_not_late_by_0_min(operation: Operation) -> None:
    driver(operation, "D-1")
    order(operation, "O-1", state=OrderState.ASSIGNED, driver_id="D-1")

    item = only(operation, {"O-1": forecast(1830, 0.72)})

    assert (item.key, item.priority, say(item.finding)) == ("late:O-1", 3, "at risk, 72 % late")


@pytest.mark.parametrize(("was_shown", "late", "listed"), [(False, 0.6, 0), (True, 0.6, 1), (True, 0.44, 0)])
def test_row_goes_at_a_lower_limit_than_it_comes(
    operation: Operation, was_shown: bool, late: float, listed: int
) -> None:
    driver(operation, "D-1")
    order(operation, "O-1", state=OrderState.ASSIGNED, driver_id="D-1")
    before = current_exceptions(operation, NOW, {"O-1": forecast(2000, 0.8)}) if was_shown else []

    items = current_exceptions(operation, NOW, {"O-1": forecast(1900, late)}, shown=before)

    assert [item.key for item in items] == ["late:O-1"] * listed


def test_order_past_its_promise_is_late_without_any_forecast(operation: Operation) -> None:
    order(operation, "O-1", due_s=-120.0, placed_at=NOW - 10.0)

    assert words(only(operation)) == ("late by 2 min", "No driver yet", "Choose a driver")


@pytest.mark.parametrize(
    ("vehicle", "fields", "cause"),
    [
        ({"signal": SignalState.SILENT, "last_heard_at": NOW - 90.0}, {}, "D-1 not heard"),
        ({}, {"is_ready": False, "ready_at": NOW - 60.0}, "Pickup not ready"),
        ({}, {"is_ready": False, "ready_at": NOW + 1350.0}, "Pickup not ready"),
        ({}, {"is_ready": False, "ready_at": NOW + 1100.0}, "D-1 under way"),
    ],
)
def test_cause_of_lateness_is_what_stands_in_the_way(
    operation: Operation, vehicle: Any, fields: Any, cause: str
) -> None:
    driver(operation, "D-1", **vehicle)
    order(operation, "O-1", state=OrderState.ASSIGNED, driver_id="D-1", due_s=1900.0, **fields)

    items = current_exceptions(operation, NOW, {"O-1": forecast(2100, 0.9)})

    assert [say(item.cause) for item in items if item.subject_id == "O-1"] == [cause]


@pytest.mark.parametrize(
    ("silent_s", "late", "priority"),
    [(119.0, 0.9, None), (120.0, 0.9, 2), (600.0, 0.9, 1), (299.0, 0.1, None), (300.0, 0.1, 3), (800.0, 0.1, 3)],
)
def test_silent_driver_with_goods(operation: Operation, silent_s: float, late: float, priority: int | None) -> None:
    driver(operation, "D-1", signal=SignalState.SILENT, last_heard_at=NOW - silent_s)
    order(operation, "O-1", state=OrderState.ON_THE_WAY, driver_id="D-1")

    items = current_exceptions(operation, NOW, {"O-1": forecast(1850, late)})

    assert [item.priority for item in items] == ([] if priority is None else [priority])
    for item in items:
        assert item.key == "silent:D-1"
        assert words(item)[1:] == ("1 order on board", "Call the driver")
        assert item.act_within_s == pytest.approx(900.0 - silent_s)


def test_orders_of_a_silent_driver_are_one_row_with_it(operation: Operation) -> None:
    driver(operation, "D-1", signal=SignalState.SILENT, last_heard_at=NOW - 200.0)
    for name in ("O-1", "O-2"):
        order(operation, name, state=OrderState.ASSIGNED, driver_id="D-1")

    item = only(operation, {"O-1": forecast(2200, 0.9), "O-2": forecast(2300, 0.9)})

    assert (item.key, item.priority) == ("silent:D-1", 2)
    assert set(item.order_ids) == {"O-1", "O-2"}


def test_silence_that_was_acknowledged_is_news_when_it_begins_again(operation: Operation) -> None:
    driver(operation, "D-1", signal=SignalState.SILENT, last_heard_at=NOW - 400.0)
    order(operation, "O-1", state=OrderState.ON_THE_WAY, driver_id="D-1")

    operation.decisions.acknowledged["silent:D-1"] = NOW - 500.0
    earlier = only(operation).is_acknowledged
    operation.decisions.acknowledged["silent:D-1"] = NOW - 300.0

    assert (earlier, only(operation).is_acknowledged) == (False, True)


def test_silent_driver_without_work_is_nobody_s_problem(operation: Operation) -> None:
    driver(operation, "D-1", signal=SignalState.SILENT, last_heard_at=NOW - 900.0)

    assert current_exceptions(operation, NOW, {}) == []


@pytest.mark.parametrize(
    ("overdue_s", "late", "priority"),
    [(420.0, 0.2, None), (240.0, 0.8, 2), (179.0, 0.8, None), (900.0, 0.2, 3)],
)
def test_pickup_that_is_not_ready_needs_a_person_when_it_costs_a_promise(
    operation: Operation, overdue_s: float, late: float, priority: int | None
) -> None:
    order(operation, "O-1", state=OrderState.AT_PICKUP, driver_id="D-1", is_ready=False, ready_at=NOW - overdue_s)

    found = current_exceptions(operation, NOW, {"O-1": forecast(1700, late)})
    items = [item for item in found if item.finding.code == "finding.not_ready"]

    assert [item.priority for item in items] == ([] if priority is None else [priority])
    assert all(words(item)[1:] == ("With D-1", "Call the pickup") for item in items)


def test_late_kitchen_with_three_orders_is_one_row(operation: Operation) -> None:
    for number in (1, 2, 3):
        driver(operation, f"D-{number}")
        order(
            operation,
            f"O-{number}",
            state=OrderState.AT_PICKUP if number < 3 else OrderState.ASSIGNED,
            driver_id=f"D-{number}",
            is_ready=False,
            ready_at=NOW - 300.0 - number,
        )
    forecasts = {f"O-{number}": forecast(1800.0 + 200 * number, 0.9) for number in (1, 2, 3)}

    item = only(operation, forecasts)

    assert item.key == "kitchen:Kitchen"
    assert say(item.cause) == "3 orders wait for Kitchen"
    assert (set(item.order_ids), item.since_at) == ({"O-1", "O-2", "O-3"}, NOW - 303.0)
    assert concerns(item, "O-2")


def test_order_that_waits_too_long(operation: Operation) -> None:
    order(operation, "O-1", placed_at=NOW - 900.0, ready_at=NOW - 420.0)

    item = only(operation)

    assert (item.key, say(item.finding)) == ("waiting:O-1", "waiting 7 min for a driver")


def test_order_that_need_not_be_given_yet_does_not_wait(operation: Operation) -> None:
    order(operation, "O-1", placed_at=NOW - 420.0, ready_at=NOW + 1200.0, is_ready=False)

    assert current_exceptions(operation, NOW, {}) == []


def test_driver_who_does_not_answer(operation: Operation) -> None:
    order(operation, "O-1", state=OrderState.ASSIGNED, driver_id="D-1", is_accepted=False, assigned_at=NOW - 240.0)

    assert words(only(operation)) == ("driver has not answered for 4 min", "With D-1", "Call the driver")


def test_decision_that_waits_for_a_person(operation: Operation) -> None:
    order(operation, "O-1")
    operation.decisions.standing["O-1"] = proposal("O-1")

    item = only(operation)

    assert (item.key, item.priority, item.act_within_s) == ("decide:O-1", 2, 40.0)
    assert words(item) == (
        "decision needed",
        "The promise holds with only 70 % probability",
        "Assign to D-7",
    )


def test_zone_that_is_short(operation: Operation) -> None:
    ring = (HERE, HERE, HERE, HERE)
    operation.fleet.zones = {name: Zone(zone_id=name, name=name.title(), ring=ring) for name in ("centro", "puerto")}

    item = only(operation, drivers_short={"centro": 5.0, "puerto": -2.0})

    assert (item.key, item.priority) == ("short:centro", 3)
    assert words(item) == ("5 drivers short", "Nobody waits yet", "Move 2 from Puerto")


def test_short_zone_says_who_waits_and_since_when(operation: Operation) -> None:
    for number, placed_s in enumerate((240.0, 60.0)):
        order(operation, f"O-{number}", 7200.0, zone_id="centro", placed_at=NOW - placed_s, is_accepted=False)

    found = current_exceptions(operation, NOW, {}, drivers_short={"centro": 5.0})

    assert [words(item)[1] for item in found if item.key == "short:centro"] == ["2 waiting, oldest 4 min"]


def test_what_waits_for_a_wave_does_not_wait_in_a_short_zone(operation: Operation) -> None:
    order(operation, "O-1", 7200.0, zone_id="centro", depot_id="DP-1", is_accepted=False)

    found = current_exceptions(operation, NOW, {}, drivers_short={"centro": 5.0})

    assert [words(item)[1] for item in found if item.key == "short:centro"] == ["Nobody waits yet"]


@pytest.mark.parametrize(("was_shown", "short", "listed"), [(False, 3.0, 0), (True, 3.0, 1), (True, 1.9, 0)])
def test_short_zone_is_let_go_later_than_it_is_raised(
    operation: Operation, was_shown: bool, short: float, listed: int
) -> None:
    before = current_exceptions(operation, NOW, {}, drivers_short={"centro": 5.0}) if was_shown else []

    assert len(current_exceptions(operation, NOW, {}, drivers_short={"centro": short}, shown=before)) == listed


def test_degraded_source(operation: Operation) -> None:
    operation.sources.sources["streets"] = SourceState(
        source="streets", is_degraded=True, since_at=NOW - 60.0, effect="Times are estimated"
    )

    assert words(only(operation)) == ("degraded", "Times are estimated", None)


@pytest.mark.parametrize(("ago_s", "listed"), [(800.0, 1), (1000.0, 0)])
def test_failed_delivery_is_shown_for_a_while(operation: Operation, ago_s: float, listed: int) -> None:
    order(operation, "O-1", state=OrderState.FAILED, ended_at=NOW - ago_s, failure_reason="nobody home")

    items = current_exceptions(operation, NOW, {})

    assert len(items) == listed
    assert all(words(item) == ("not delivered", "nobody home", "Tell the customer") for item in items)


def test_order_that_several_refused(operation: Operation) -> None:
    order(operation, "O-1", refused_by=("D-1", "D-2"))

    assert only(operation).key == "refused:O-1"


def test_acknowledged_ones_stay_and_say_so(operation: Operation) -> None:
    order(operation, "O-1", refused_by=("D-1", "D-2"))
    operation.decisions.acknowledged["refused:O-1"] = NOW - 5.0

    assert only(operation).is_acknowledged


def test_most_pressing_first(operation: Operation) -> None:
    late = order(operation, "O-1", state=OrderState.ASSIGNED, driver_id="D-1")
    later = order(operation, "O-2", due_s=1200.0, state=OrderState.ASSIGNED, driver_id="D-1")
    order(operation, "O-3", state=OrderState.ASSIGNED, driver_id="D-1")
    order(operation, "O-4", state=OrderState.ON_THE_WAY, driver_id="D-1")
    forecasts = {
        late.order_id: forecast(2000, 0.8),
        later.order_id: forecast(1400, 0.8),
        "O-3": forecast(2700, 1.0),
        "O-4": forecast(2700, 1.0),
    }

    items = current_exceptions(operation, NOW, forecasts)

    assert [(item.priority, item.subject_id) for item in items] == [(1, "O-3"), (2, "O-2"), (2, "O-1"), (3, "O-4")]


def test_subject_is_listed_once_with_its_most_pressing_finding(operation: Operation) -> None:
    order(operation, "O-1", placed_at=NOW - 900.0, refused_by=("D-1", "D-2"))
    operation.decisions.standing["O-1"] = proposal("O-1")

    item = only(operation, {"O-1": forecast(1700, 0.4)})

    assert (item.key, item.priority) == ("decide:O-1", 2)


def test_same_state_gives_the_same_list(operation: Operation) -> None:
    for i in range(20):
        made = order(operation, f"O-{i}", due_s=-60.0 * i)
        operation.orders.orders[made.order_id] = replace(made, refused_by=("D-1", "D-2"))

    first = current_exceptions(operation, NOW, {})

    assert current_exceptions(operation, NOW, {}) == first
    assert len({item.key for item in first}) == len(first)
