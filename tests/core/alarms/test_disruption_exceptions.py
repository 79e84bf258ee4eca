"""Which disruptions get a row, how pressing it is, and which rows lead to options."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from core.alarms.exceptions import current_exceptions
from core.dispatch.decision import Statement
from core.disruption.disruption import (
    Disruption,
    DisruptionKind,
    Recovery,
    RecoveryAction,
    RecoveryOption,
    SubjectKind,
)
from core.fleet.fleet import Driver, SignalState, Vehicle
from core.orders.order import ArrivalBand, Order, OrderState, Promise
from core.projections.operation import Operation
from core.vocabulary import Place, Position

NOW = 1_795_190_400.0
HERE = Position(lat=-29.9, lon=-71.25)


@pytest.fixture
def operation() -> Operation:
    made = Operation()
    made.orders.orders["O-1"] = Order(
        order_id="O-1",
        customer_id="C-1",
        customer=None,
        pickup=Place(name="Kitchen", position=HERE),
        delivery=HERE,
        promise=Promise(by_at=NOW + 1800.0),
        placed_at=NOW - 100.0,
        ready_at=NOW,
        is_ready=True,
        state=OrderState.ON_THE_WAY,
        driver_id="D-1",
    )
    made.orders.open_ids.add("O-1")
    made.fleet.drivers["D-1"] = Driver(driver_id="D-1", person=None, is_on_shift=True, vehicle_id="V-1")
    made.fleet.vehicles["V-1"] = Vehicle(
        vehicle_id="V-1", plate="", driver_id="D-1", signal=SignalState.LIVE, last_heard_at=NOW
    )
    return made


def wrong(operation: Operation, kind: DisruptionKind, **fields: Any) -> Disruption:
    settings: dict[str, Any] = {
        "subject_kind": SubjectKind.DRIVER,
        "subject_id": "D-1",
        "priority": 3,
        "driver_id": "D-1",
        "order_id": "O-1",
        "order_ids": ("O-1",),
    }
    made = Disruption(
        disruption_id=f"{kind}.1",
        kind=kind,
        began_at=NOW - 300.0,
        detected_at=NOW - 10.0,
        level=1.0,
        unit="s",
        finding=Statement(code="finding.stopped", arguments={"minutes": 5.0}),
        cause=Statement(code="cause.order_on_board"),
        **{**settings, **fields},
    )
    operation.disruptions.standing[made.disruption_id] = made
    return made


def rows(operation: Operation, late: float = 0.0, now: float = NOW, p50_s: float = 600.0) -> list[Any]:
    band = ArrivalBand(p10_at=NOW, p50_at=NOW + p50_s, p90_at=NOW + p50_s + 300.0, as_of=NOW)
    return current_exceptions(operation, now, {"O-1": (band, late)})


def recover(operation: Operation, disruption: Disruption, **fields: Any) -> Recovery:
    settings: dict[str, Any] = {"is_automatic": False, "chosen_by": "marta", "until_at": NOW + 300.0} | fields
    text = Statement(code="recover.wait", arguments={"minutes": 5.0})
    option = RecoveryOption(
        option_id="wait", action=RecoveryAction.WAIT, what=text, why=text, until_at=settings.pop("until_at")
    )
    made = Recovery(
        recovery_id="X-1",
        disruption_id=disruption.disruption_id,
        kind=disruption.kind,
        subject_kind=disruption.subject_kind,
        subject_id=disruption.subject_id,
        option=option,
        recommended="wait",
        chosen_at=NOW,
        **settings,
    )
    operation.disruptions.recoveries[made.recovery_id] = made
    return made


@pytest.mark.parametrize(
    ("kind", "late", "priority"),
    [
        (DisruptionKind.STOPPED, 0.0, 3),
        (DisruptionKind.STOPPED, 0.3, 2),
        (DisruptionKind.NOBODY_HOME, 0.0, 3),
        (DisruptionKind.OFF_ROUTE, 0.3, 2),
        (DisruptionKind.SLOW_TRAFFIC, 0.3, 2),
    ],
)
def test_row_of_a_disruption(operation: Operation, kind: DisruptionKind, late: float, priority: int) -> None:
    wrong(operation, kind)
    (item,) = rows(operation, late)
    assert (item.key, item.priority, item.subject_id) == (f"disruption:{kind}.1", priority, "D-1")
    assert item.disruption_id == f"{kind}.1"


@pytest.mark.parametrize("kind", [DisruptionKind.OFF_ROUTE, DisruptionKind.SLOW_TRAFFIC, DisruptionKind.CANCELLED])
def test_nobody_needs_to_look_while_every_promise_holds(operation: Operation, kind: DisruptionKind) -> None:
    wrong(operation, kind)
    assert rows(operation, 0.29) == []


def test_row_of_another_rule_leads_to_the_options_of_its_subject(operation: Operation) -> None:
    operation.fleet.vehicles["V-1"] = replace(
        operation.fleet.vehicles["V-1"], signal=SignalState.SILENT, last_heard_at=NOW - 400.0
    )
    wrong(operation, DisruptionKind.SILENT)
    (item,) = rows(operation)
    assert (item.key, item.disruption_id) == ("silent:D-1", "silent.1")


def test_late_order_leads_to_the_options_of_what_holds_it_up(operation: Operation) -> None:
    operation.orders.orders["O-1"] = replace(operation.orders.orders["O-1"], state=OrderState.ASSIGNED)
    wrong(operation, DisruptionKind.NOT_READY, subject_kind=SubjectKind.ORDER, subject_id="O-1")
    (item,) = rows(operation, 0.9, p50_s=2000.0)
    assert (item.key, item.disruption_id) == ("late:O-1", "not_ready.1")


def test_what_somebody_dealt_with_is_gone_until_its_time_is_over(operation: Operation) -> None:
    recover(operation, wrong(operation, DisruptionKind.STOPPED))
    assert rows(operation, now=NOW + 299.0) == []
    assert len(rows(operation, now=NOW + 300.0)) == 1


def test_row_of_another_rule_stays_and_counts_as_seen(operation: Operation) -> None:
    operation.fleet.vehicles["V-1"] = replace(
        operation.fleet.vehicles["V-1"], signal=SignalState.SILENT, last_heard_at=NOW - 400.0
    )
    recover(operation, wrong(operation, DisruptionKind.SILENT))
    (item,) = rows(operation)
    assert item.is_acknowledged


def test_what_the_platform_did_is_shown_for_a_while_and_not_once_taken_back(operation: Operation) -> None:
    made = recover(operation, wrong(operation, DisruptionKind.STOPPED), is_automatic=True, until_at=None)
    (item,) = rows(operation)
    assert (item.key, item.priority, item.recovery_id) == ("recovered:X-1", 4, "X-1")
    assert rows(operation, now=NOW + 300.0) == []
    operation.disruptions.recoveries["X-1"] = replace(made, undone_at=NOW)
    assert [one.key for one in rows(operation)] == ["disruption:stopped.1"]
