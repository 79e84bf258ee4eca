"""The time line of what is selected: everything that happened to an order, or a driver's shift and stops to come."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QStackedWidget, QWidget

from app.pending_operation import PendingOperation
from core.events.envelope import Envelope
from core.projections.operation import Part
from core.vocabulary import DriverId, OrderId, VehicleId
from core.wire import Problem
from ui.desk_context import DeskContext
from ui.names import driver_name
from ui.panels.timeline_words import entry_of, shift_entries
from ui.selection import Kind
from widgets.calm_refresh import CalmRefresh
from widgets.formatting import number
from widgets.parts.empty_state import EmptyState
from widgets.parts.loading_blocks import LoadingBlocks
from widgets.parts.panel import Panel
from widgets.parts.timeline_view import TimelineView
from widgets.theme.icons import IconName

_ASK_AGAIN_MS = 1000
_OF_ORDER = frozenset({Part.ORDER, Part.RECOMMENDATION, Part.OVERRIDE})
_OF_DRIVER = frozenset({Part.DRIVER, Part.ROUTE})


class TimelinePanel(Panel):
    """Asks for the events of the selected order, and again when one more has touched it."""

    def __init__(self, context: DeskContext, *, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Time line"), parent=parent)
        self._context = context
        self._asking: PendingOperation | None = None
        self._is_touched = False
        self._shown: str | None = None
        self.view = TimelineView()
        self.view.setAccessibleName(self.tr("Time line"))
        self.empty = EmptyState(IconName.HISTORY, "", "")
        self._loading = LoadingBlocks([0.2, 0.6], row_height=40)
        self._pages = QStackedWidget()
        for page in (self.view, self.empty, self._loading):
            self._pages.addWidget(page)
        self.set_body(self._pages)
        self.setFocusProxy(self.view)
        self._calm = CalmRefresh(parent=self)
        self._calm.due.connect(self._show_driver)
        self._again = QTimer(self, interval=_ASK_AGAIN_MS, singleShot=True)
        self._again.timeout.connect(self._ask)
        context.selection.changed.connect(self._follow_selection)
        context.store.replaced.connect(self._follow_selection)
        context.store.changed.connect(self._follow_changes)
        self._follow_selection()

    # --- what is asked -----------------------------------------------------------------------------------------------

    def _follow_selection(self) -> None:
        self._asking, self._is_touched = None, False
        self._again.stop()
        if self._context.selection.order_id is not None:
            self.set_title(self._context.selection.order_id)
            self._ask()
        elif self._driver_id() is not None:
            self._show_driver()
        else:
            self._say(self.tr("Nothing selected"), self.tr("Select an order to see what happened to it."))
            self.set_title(self.tr("Time line"))
            self.set_meta("")

    def _follow_changes(self, changes: frozenset[tuple[Part, str]]) -> None:
        order_id, driver_id = self._context.selection.order_id, self._driver_id()
        if order_id is not None and any(part in _OF_ORDER and name == order_id for part, name in changes):
            self._is_touched = True
            if self._asking is None and not self._again.isActive():
                self._again.start()
        elif driver_id is not None and any(part in _OF_DRIVER and name == driver_id for part, name in changes):
            self._calm.ask()

    def _ask(self) -> None:
        order_id = self._context.selection.order_id
        if order_id is None:
            return
        if order_id != self._shown:
            self.set_meta(self.tr("order time line"))
            self._pages.setCurrentWidget(self._loading)
        self._is_touched = False
        pending = self._context.operations.timeline(OrderId(order_id))
        self._asking = pending
        pending.finished.connect(lambda result: self._answered(pending, cast(tuple[Envelope, ...], result)))
        pending.refused.connect(lambda problem: self._not_answered(pending, cast(Problem, problem)))

    def _answered(self, pending: PendingOperation, envelopes: tuple[Envelope, ...]) -> None:
        if pending is not self._asking:
            return
        self._asking = None
        self._shown = self._context.selection.order_id
        entries = [entry for envelope in reversed(envelopes) if (entry := entry_of(self._context, envelope))]
        self.view.show_entries(entries)
        self._pages.setCurrentWidget(self.view)
        one, several = self.tr("order time line · 1 entry"), self.tr("order time line · {count} entries")
        self.set_meta(one if len(entries) == 1 else several.format(count=number(len(entries))))
        if self._is_touched:
            self._again.start()

    def _not_answered(self, pending: PendingOperation, problem: Problem) -> None:
        if pending is self._asking:
            self._asking, self._shown = None, None
            self._say(self.tr("Not loaded"), problem.detail or problem.code)

    # --- what is shown -----------------------------------------------------------------------------------------------

    def _driver_id(self) -> DriverId | None:
        selection, fleet = self._context.selection, self._context.store.operation.fleet
        driver_id = selection.id_of(Kind.DRIVER)
        if vehicle_id := selection.id_of(Kind.VEHICLE):
            vehicle = fleet.vehicles.get(VehicleId(vehicle_id))
            driver_id = vehicle.driver_id if vehicle is not None else None
        return DriverId(driver_id) if driver_id in fleet.drivers else None

    def _show_driver(self) -> None:
        driver_id = self._driver_id()
        if driver_id is None:
            return
        self._shown = driver_id
        self.set_title(driver_id)
        name = driver_name(self._context.store.operation, driver_id)
        self.set_meta(self.tr("{name} · shift and route").format(name=name))
        self.view.show_entries(shift_entries(self._context, driver_id))
        self._pages.setCurrentWidget(self.view)

    def _say(self, headline: str, detail: str) -> None:
        self.empty.show_state(IconName.HISTORY, headline, detail)
        self._pages.setCurrentWidget(self.empty)
