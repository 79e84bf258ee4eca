"""How the forecast of the selected order moved: told and silent, what happened meanwhile, and the futures."""

from typing import Any

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from core import operations as asked
from core.eta.forecast_history import ForecastHistory, PastForecast
from core.events.order_events import OrderDelivered, PickupReached
from core.orders.order import ArrivalBand
from core.refusals import Fault
from core.vocabulary import DriverId, OrderId
from ui.main_window import MainWindow
from ui.panels.forecast_course import course_of
from ui.panels.forecast_panel import ForecastPanel
from ui.selection import Kind
from widgets.parts.text_label import TextLabel

D117 = DriverId("D-117")


def _forecast(made_at: float, arrives_at: float, *, is_told: bool = False) -> PastForecast:
    band = ArrivalBand(p10_at=arrives_at - 240, p50_at=arrives_at, p90_at=arrives_at + 300, as_of=made_at)
    return PastForecast(arrival=band, is_told=is_told)


@pytest.fixture
def order_id(desk_scene: Any) -> OrderId:
    desk_scene.driver("117", name="Raúl Fuentes")
    return desk_scene.order(48213, driver="D-117")


@pytest.fixture
def panel(qtbot: QtBot, desk_scene: Any) -> ForecastPanel:
    made = ForecastPanel(desk_scene.context)
    qtbot.addWidget(made)
    made.resize(468, 300)
    made.show()
    return made


def _history(desk_scene: Any, order_id: OrderId, *forecasts: PastForecast) -> ForecastHistory:
    promise = desk_scene.store.operation.orders.orders[order_id].promise
    return ForecastHistory(order_id=order_id, promise=promise, forecasts=forecasts)


def _answer(qtbot: QtBot, desk_scene: Any, operation: str, result: object) -> None:
    name, _, answer = next(one for one in desk_scene.service.asked if one[0] == operation and not one[2].done())
    assert name == operation
    count = len(desk_scene.service.asked)
    answer.set_result(msgspec.msgpack.encode(result))
    qtbot.waitUntil(lambda: desk_scene.context.operations.pending == 0 or len(desk_scene.service.asked) > count)


def test_selecting_an_order_shows_what_was_told_and_what_was_not(
    panel: ForecastPanel, desk_scene: Any, order_id: OrderId, qtbot: QtBot
) -> None:
    desk_scene.context.selection.select(Kind.ORDER, order_id)
    now = desk_scene.context.now()
    told = _forecast(now - 900, now + 1200, is_told=True)
    history = _history(desk_scene, order_id, told, _forecast(now - 300, now + 1500))
    _answer(qtbot, desk_scene, asked.ORDER_FORECASTS, history)
    _answer(qtbot, desk_scene, asked.ORDER_TIMELINE, ())

    assert panel.chart.isVisible()
    assert panel.title_bar.meta.text() == f"{order_id} · customer told once"
    assert "13:25, 13:21–13:30, −15 min" in panel.chart.read_out()


def test_arrow_keys_read_each_forecast_out(
    panel: ForecastPanel, desk_scene: Any, order_id: OrderId, qtbot: QtBot
) -> None:
    desk_scene.context.selection.select(Kind.ORDER, order_id)
    now = desk_scene.context.now()
    told = _forecast(now - 900, now + 1200, is_told=True)
    _answer(
        qtbot,
        desk_scene,
        asked.ORDER_FORECASTS,
        _history(desk_scene, order_id, told, _forecast(now - 300, now + 1500)),
    )
    _answer(qtbot, desk_scene, asked.ORDER_TIMELINE, ())

    QTest.keyClick(panel.chart, Qt.Key.Key_Home)
    assert panel.chart.accessibleName() == "forecast at 12:45: 13:20, 13:16–13:25, −20 min, customer told"
    QTest.keyClick(panel.chart, Qt.Key.Key_Right)
    assert panel.chart.accessibleName().startswith("forecast at 12:55: 13:25")


def test_a_forecast_of_the_feed_is_the_newest_point(
    panel: ForecastPanel, desk_scene: Any, order_id: OrderId, qtbot: QtBot
) -> None:
    desk_scene.context.selection.select(Kind.ORDER, order_id)
    now = desk_scene.context.now()
    _answer(qtbot, desk_scene, asked.ORDER_FORECASTS, _history(desk_scene, order_id, _forecast(now - 300, now + 1200)))
    _answer(qtbot, desk_scene, asked.ORDER_TIMELINE, ())
    desk_scene.forecast(order_id, arrives_in_s=3000.0, late_probability=0.9)

    assert panel.chart.read_out().startswith("forecast at 13:00: 13:50")
    assert "+10 min" in panel.chart.read_out()


def test_without_a_forecast_it_says_so(panel: ForecastPanel, desk_scene: Any, order_id: OrderId, qtbot: QtBot) -> None:
    desk_scene.context.selection.select(Kind.ORDER, order_id)
    _answer(qtbot, desk_scene, asked.ORDER_FORECASTS, _history(desk_scene, order_id))
    _answer(qtbot, desk_scene, asked.ORDER_TIMELINE, ())

    assert "No forecast yet" in [label.text() for label in panel.empty.findChildren(TextLabel)]


def test_without_an_order_it_asks_for_one(panel: ForecastPanel) -> None:
    assert "No order selected" in [label.text() for label in panel.empty.findChildren(TextLabel)]


def test_a_service_that_does_not_answer_is_said(
    panel: ForecastPanel, desk_scene: Any, order_id: OrderId, qtbot: QtBot
) -> None:
    desk_scene.context.selection.select(Kind.ORDER, order_id)
    desk_scene.service.asked[-1][2].set_exception(Fault("feed.no_answer", "The service did not answer."))

    qtbot.waitUntil(panel.empty.isVisible)
    assert "The service did not answer." in [label.text() for label in panel.empty.findChildren(TextLabel)]


def test_what_happened_is_named_and_a_delivered_order_is_over(desk_scene: Any, order_id: OrderId) -> None:
    now = desk_scene.context.now()
    log = [
        (PickupReached(order_id=order_id, driver_id=D117), now - 600),
        (OrderDelivered(order_id=order_id, driver_id=D117), now),
    ]
    envelopes = [desk_scene.envelope(event, at) for event, at in log]
    course = course_of(desk_scene.context, order_id, [_forecast(now - 900, now)], envelopes)

    assert course is not None
    assert [mark.words for mark in course.marks] == ["at pickup 12:50", "delivered 13:00"]
    assert (course.is_over, course.until_at, course.futures) == (True, now, ())


def test_the_futures_are_what_is_and_what_is_proposed(desk_scene: Any, order_id: OrderId) -> None:
    now = desk_scene.context.now()
    desk_scene.driver("042")
    late = _forecast(now, now + 3000).arrival
    soon = _forecast(now, now + 1800).arrival
    desk_scene.propose(order_id, "D-042", before=late, after=soon)
    course = course_of(desk_scene.context, order_id, [PastForecast(arrival=late)], ())

    assert course is not None
    assert [(one.name, one.p50_at, one.is_proposed) for one in course.futures] == [
        ("If nothing changes", late.p50_at, False),
        ("M. Castillo takes it", soon.p50_at, True),
    ]


def test_a_key_leads_there(desk_window: MainWindow, desk_scene: Any) -> None:
    desk_window.selection.select(Kind.ORDER, "O-48181")
    QTest.keyClick(desk_window.exceptions.rows, Qt.Key.Key_E)

    assert desk_window.panels.by_name["forecast"].isVisible()
    assert desk_window.panels.by_name["forecast"].is_focused
