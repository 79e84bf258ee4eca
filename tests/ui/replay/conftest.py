"""A desk in a replay, and a service that tells the past by hand."""

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from core import operations as asked
from core import wire
from core.events import fleet_events, order_events
from core.events.envelope import Envelope, Event
from core.orders.order import Promise
from core.projections.operation import Operation, encode_operation
from core.telemetry.fix_batch import FixBatch
from core.telemetry.live_rows import wire_columns
from core.vocabulary import DriverId, OrderId, Place, Position, VehicleId
from tests.envelopes import envelope_of
from ui.main_window import MainWindow
from ui.replay.replay_view import ReplayView

PATIENCE_MS = 10_000
HERE = Position(-29.90, -71.25)


@dataclass
class Past:
    """What the service will tell of the past: events that were recorded at instants."""

    scene: Any
    qtbot: QtBot
    window: MainWindow
    recorded: list[Envelope]

    def record(self, at: float, event: Event) -> None:
        """Have something recorded at an instant."""
        self.recorded.append(envelope_of(event, at, len(self.recorded) + 1))

    def order(self, at: float, number: int) -> None:
        """Have an order placed."""
        event = order_events.OrderPlaced(
            order_id=OrderId(f"O-{number}"),
            customer_id=f"C-{number}",
            customer=None,
            pickup=Place(name="Pollo Dorado", position=HERE),
            delivery=HERE,
            promise=Promise(by_at=at + 2400.0),
            ready_at=at + 600.0,
        )
        self.record(at, event)

    def answer(self) -> asked.OperationAt:
        """Answer the question that is open; return it."""
        question, future = self.open_question()
        known = [envelope for envelope in self.recorded if envelope.recorded_at <= question.at]
        then = asked.OperationThen(
            at=question.at,
            position=len(known),
            begins_at=self.recorded[0].recorded_at,
            positions=_positions(question.at),
            state=_state(known) if question.after is None else None,
            events=() if question.after is None else tuple(known[question.after :]),
        )
        view = self.view
        with self.qtbot.waitSignal(view.past.shown, timeout=PATIENCE_MS):
            future.set_result(msgspec.msgpack.encode(then))
        return question

    def open_question(self) -> tuple[asked.OperationAt, Any]:
        """Return the newest question about the past, and the future of its answer."""
        found = [
            (argument, future) for name, argument, future in self.scene.service.asked if name == asked.OPERATION_AT
        ]
        return found[-1]

    @property
    def view(self) -> ReplayView:
        """The replay as it is open."""
        assert self.window.replay.view is not None
        return self.window.replay.view


@pytest.fixture
def past(desk_window: MainWindow, desk_scene: Any, qtbot: QtBot) -> Iterator[Past]:
    """A day on which D-042 came at 12:00, O-100 was placed at 12:30 and O-101 at 12:50; it is 13:00 now."""
    now = desk_scene.context.now()
    made = Past(desk_scene, qtbot, desk_window, [])
    driver_id, vehicle_id = DriverId("D-042"), VehicleId("V-042")
    for event in (
        fleet_events.DriverRegistered(driver_id=driver_id, person=None),
        fleet_events.VehicleRegistered(vehicle_id=vehicle_id, plate="KX-042"),
        fleet_events.ShiftStarted(driver_id=driver_id, vehicle_id=vehicle_id, ends_at=now + 3600.0),
    ):
        made.record(now - 3600.0, event)
    made.order(now - 1800.0, 100)
    made.order(now - 600.0, 101)
    yield made
    desk_window.replay.close()


@pytest.fixture
def replay_at(past: Past) -> Callable[[float], ReplayView]:
    """Return a function that opens the replay so many seconds ago and has it answered."""

    def open_at(ago_s: float) -> ReplayView:
        past.window.replay.open()
        past.answer()
        past.view.past.seek(past.scene.context.now() - ago_s)
        past.answer()
        return past.view

    return open_at


def _state(known: list[Envelope]) -> bytes:
    operation = Operation()
    for envelope in known:
        operation.apply(envelope)
    return zlib.compress(encode_operation(operation))


def _positions(at: float) -> bytes:
    one, name = np.ones(1), np.array(["V-042"], dtype=object)
    batch = FixBatch(name, name, one * at, one * at, one * at, one * -29.9, one * -71.25, one, one, one, one > 0)
    columns = {column: values.tobytes() for column, values in wire_columns(batch).items()}
    return wire.encode(wire.Positions(vehicles=("V-042",), **columns))
