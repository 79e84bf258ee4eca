"""What really came after an instant, read from the log: what is from outside, and nothing of the plans."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from core import commands
from core.dispatch.playing_on.demand import Demand
from core.events.envelope import Envelope
from core.events.order_events import OrderPlaced
from core.vocabulary import Actor, DriverId, OrderId, Role

ADMIN = Actor(subject="admin", role=Role.ADMINISTRATOR)
ONE, TWO = OrderId("O-1"), OrderId("O-2")


def _envelope(scene: Any, event: Any, actor: Actor = ADMIN) -> Envelope:
    return Envelope(
        position=1,
        stream="",
        version=1,
        type=event.event_type(),
        schema=1,
        occurred_at=scene.now,
        recorded_at=scene.now,
        stored_at=scene.now,
        actor=actor,
    )


@pytest.fixture
def told(scene: Any) -> tuple[Any, Demand]:
    """A scene whose every event the demand hears as it is folded."""
    demand = Demand()
    fold = scene.fold

    def heard(decision: Any, actor: Actor = ADMIN) -> None:
        before = len(scene.happened)
        fold(decision, actor)
        for event in scene.happened[before:]:
            demand.note(_envelope(scene, event, actor), event, scene.operation)

    scene.fold = heard
    return scene, demand


def test_orders_readiness_cancellations_and_shifts_come_from_outside(told: tuple[Any, Demand]) -> None:
    scene, demand = told
    scene.driver("1")
    scene.place("O-1")
    scene.now += 60.0
    scene.do(commands.ReviseReadiness(order_id=ONE, ready_at=scene.now + 300.0), ADMIN)
    scene.now += 60.0
    scene.do(commands.ReportReady(order_id=ONE), ADMIN)
    scene.do(commands.CancelOrder(order_id=ONE, reason="No"), ADMIN)

    kinds = [
        next(name for name in ("placed", "announced", "cancelled", "driver") if getattr(happening, name) is not None)
        for happening in demand.happenings
    ]
    assert kinds == ["driver", "placed", "announced", "cancelled"]
    assert demand.happenings[2].announced.ready_at == scene.now + 240.0  # type: ignore[union-attr]
    assert demand.ready_at == {ONE: scene.now}


def test_only_what_concerns_the_orders_and_drivers_in_play_is_kept(told: tuple[Any, Demand]) -> None:
    scene, demand = told
    scene.driver("1")
    scene.driver("2")
    scene.place("O-1")
    scene.place("O-2")
    scene.do(commands.CancelOrder(order_id=TWO, reason="No"), ADMIN)

    kept = demand.of({ONE}, {DriverId("D-2")})

    assert [happening.placed.order_id for happening in kept.happenings if happening.placed] == [ONE]
    assert [happening.driver.driver_id for happening in kept.happenings if happening.driver] == ["D-2"]
    assert not any(happening.cancelled for happening in kept.happenings)


def test_what_comes_by_a_wave_is_for_nobody_around(told: tuple[Any, Demand]) -> None:
    scene, demand = told
    scene.place("O-1")
    orders = scene.operation.orders.orders
    orders[ONE] = replace(orders[ONE], depot_id="DP-1")
    (placed,) = (event for event in scene.happened if isinstance(event, OrderPlaced))
    again = Demand()

    again.note(_envelope(scene, placed), placed, scene.operation)

    assert [h.placed.order_id for h in demand.happenings if h.placed] == [ONE]
    assert again.happenings == []
