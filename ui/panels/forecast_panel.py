"""The predicted arrival of the selected order: how the forecast moved, what the customer was told, and the futures."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QStackedWidget, QWidget

from app.pending_operation import PendingOperation
from core.eta.forecast_history import ForecastHistory, PastForecast
from core.events.envelope import Envelope
from core.projections.operation import Part
from core.vocabulary import OrderId
from core.wire import Problem
from ui.desk_context import DeskContext
from ui.panels.forecast_course import course_of, told_times
from widgets.charts.forecast_chart import ForecastChart
from widgets.formatting import number
from widgets.parts.empty_state import EmptyState
from widgets.parts.loading_blocks import LoadingBlocks
from widgets.parts.panel import Panel
from widgets.theme.icons import IconName

_ASK_AGAIN_MS = 1000
_TICK_MS = 10_000
_TOUCHING = frozenset({Part.ORDER, Part.RECOMMENDATION})


class ForecastPanel(Panel):
    """Asks for the forecasts and events of the selected order; the newest forecast and the futures bring the feed.

    Attributes
    ----------
    chart : the history, once there is one
    """

    def __init__(self, context: DeskContext, *, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Predicted arrival"), parent=parent)
        self._context = context
        self._asking: PendingOperation | None = None
        self._is_touched = False
        self._forecasts: tuple[PastForecast, ...] = ()
        self._events: tuple[Envelope, ...] = ()
        self._shown: str | None = None
        self.chart = ForecastChart(context.zone)
        self.empty = EmptyState(IconName.FORECAST, "", "")
        self._loading = LoadingBlocks([0.6, 0.2], row_height=40)
        self._pages = QStackedWidget()
        for page in (self.chart, self.empty, self._loading):
            self._pages.addWidget(page)
        self.set_body(self._pages)
        self.setFocusProxy(self.chart)
        self._again = QTimer(self, interval=_ASK_AGAIN_MS, singleShot=True)
        self._again.timeout.connect(self._ask)
        self._tick = QTimer(self, interval=_TICK_MS)
        self._tick.timeout.connect(self._draw)
        self._tick.start()
        self._listen()
        self._follow_selection()

    def _listen(self) -> None:
        store = self._context.store
        self._context.selection.changed.connect(self._follow_selection)
        store.replaced.connect(self._follow_selection)
        store.changed.connect(self._follow_changes)
        store.forecasts_changed.connect(self._follow_forecasts)

    # --- what is asked -----------------------------------------------------------------------------------------------

    def _follow_selection(self) -> None:
        self._asking, self._is_touched = None, False
        self._again.stop()
        if self._context.selection.order_id is not None:
            self._ask()
        else:
            self._shown = None
            self.set_title(self.tr("Predicted arrival"))
            self.set_meta("")
            self._say(self.tr("No order selected"), self.tr("Select an order to see how its forecast moved."))

    def _follow_changes(self, changes: frozenset[tuple[Part, str]]) -> None:
        order_id = self._context.selection.order_id
        if order_id is not None and any(part in _TOUCHING and name == order_id for part, name in changes):
            self._is_touched = True
            if self._asking is None and not self._again.isActive():
                self._again.start()

    def _follow_forecasts(self, order_ids: frozenset[OrderId]) -> None:
        if self._context.selection.order_id in order_ids:
            self._draw()

    def _ask(self) -> None:
        order_id = self._context.selection.order_id
        if order_id is None:
            return
        if order_id != self._shown:
            self.set_meta(order_id)
            self._pages.setCurrentWidget(self._loading)
        self._is_touched = False
        self._follow(self._context.operations.order_forecasts(OrderId(order_id)), self._take_forecasts)

    def _follow(self, pending: PendingOperation, take: Callable[[object], None]) -> None:
        self._asking = pending
        pending.finished.connect(lambda result: take(result) if pending is self._asking else None)
        pending.refused.connect(lambda problem: self._not_answered(pending, cast(Problem, problem)))

    def _take_forecasts(self, result: object) -> None:
        """Ask for what happened meanwhile, to be named at the curve."""
        self._forecasts = cast(ForecastHistory, result).forecasts
        order_id = OrderId(self._context.selection.order_id or "")
        self._follow(self._context.operations.timeline(order_id), self._take_events)

    def _take_events(self, result: object) -> None:
        self._asking = None
        self._shown, self._events = self._context.selection.order_id, cast(tuple[Envelope, ...], result)
        self._draw()
        if self._is_touched:
            self._again.start()

    def _not_answered(self, pending: PendingOperation, problem: Problem) -> None:
        if pending is self._asking:
            self._asking, self._shown = None, None
            self._say(self.tr("Not loaded"), problem.detail or problem.code)

    # --- what is shown -----------------------------------------------------------------------------------------------

    def _draw(self) -> None:
        order_id = self._context.selection.order_id
        if order_id is None or order_id != self._shown:
            return
        course = course_of(self._context, OrderId(order_id), self._forecasts, self._events)
        if course is None:
            self.set_meta(order_id)
            self._say(self.tr("No forecast yet"), self.tr("It is forecast as soon as streets know a way to the door."))
            return
        told = told_times(course)
        one, several = self.tr("{order} · customer told once"), self.tr("{order} · customer told {count} times")
        self.set_meta((one if told == 1 else several).format(order=order_id, count=number(told)))
        self.chart.show_history(course)
        self._pages.setCurrentWidget(self.chart)

    def _say(self, headline: str, detail: str) -> None:
        self.empty.show_state(IconName.FORECAST, headline, detail)
        self._pages.setCurrentWidget(self.empty)
