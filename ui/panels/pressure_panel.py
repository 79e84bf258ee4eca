"""Zone pressure and queue per zone and quarter of an hour, and the idle drivers who would be of more use elsewhere."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from core.projections.operation import Part
from core.vocabulary import ZoneId
from core.wire import Pressure, PressureCell
from ui.desk_context import DeskContext
from ui.names import zone_name
from ui.panels.move_cues import MoveCues
from ui.selection import Kind
from widgets.calm_refresh import CalmRefresh
from widgets.charts.heat_grid import HeatCells
from widgets.charts.heat_map import HeatMap
from widgets.charts.heat_scale import PRESSURE, QUEUE
from widgets.formatting import clock_time, duration, number, signed
from widgets.parts.chip_group import ChipGroup
from widgets.parts.edge_line import EdgeLine
from widgets.parts.empty_state import EmptyState
from widgets.parts.loading_blocks import LoadingBlocks
from widgets.parts.panel import Panel
from widgets.theme.icons import IconName

SHORT = "short"
WAITING = "waiting"
MOVES = "moves"


class PressurePanel(Panel):
    """Two heat maps over the same zones and hours, and the moves they speak for; a chip turns from one to the other."""

    def __init__(self, context: DeskContext, *, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Zone pressure"), parent=parent)
        self._context = context
        self.chips = ChipGroup()
        self.chips.set_chips([(SHORT, self.tr("Drivers")), (WAITING, self.tr("Queue")), (MOVES, self.tr("Moves"))])
        self.chips.choose([SHORT])
        self.maps = {SHORT: HeatMap(PRESSURE), WAITING: HeatMap(QUEUE)}
        self.cues = MoveCues(context)
        self.foot = EdgeLine(is_foot=True)
        self.empty = EmptyState(IconName.POLYGON, "", "")
        self._loading = LoadingBlocks([0.25, 0.25, 0.25, 0.25])
        self._pages = QStackedWidget()
        self._set_up_body()
        self._calm = CalmRefresh(parent=self)
        self._calm.due.connect(self._show_pressure)
        self._listen()
        self._show_kind()
        self._show_pressure()

    def _set_up_body(self) -> None:
        self.title_bar.add_action(self.chips)
        for heat in self.maps.values():
            heat.setAccessibleName(self.tr("Zones and quarters of an hour"))
            self._pages.addWidget(heat)
        self._pages.addWidget(self.cues)
        self._pages.addWidget(self.empty)
        self._pages.addWidget(self._loading)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._pages, 1)
        column.addWidget(self.foot)
        self.set_body(body)

    def _listen(self) -> None:
        store, selection = self._context.store, self._context.selection
        store.pressure_changed.connect(self._calm.ask)
        store.replaced.connect(self._calm.ask)
        store.changed.connect(self._ask_if_drawn)
        selection.changed.connect(self._follow_selection)
        self.chips.changed.connect(lambda _: self._show_kind())
        self.cues.counted.connect(self._count_moves)
        for heat in self.maps.values():
            heat.cell_chosen.connect(self._choose)

    @property
    def heat(self) -> HeatMap:
        """Return the map that is turned up; that of drivers while moves are shown."""
        return self.maps.get(self.kind, self.maps[SHORT])

    @property
    def kind(self) -> str:
        """Return what is shown: "short", "waiting" or "moves"."""
        return self.chips.chosen()[0]

    def show_kind(self, kind: str) -> None:
        """Turn to drivers short ("short"), orders waiting ("waiting") or moves of idle drivers ("moves")."""
        self.chips.choose([kind])
        self._show_kind()

    def _count_moves(self, count: int) -> None:
        words = self.tr("Moves {count}").format(count=number(count)) if count else self.tr("Moves")
        self.chips.chip(MOVES).setText(words)

    def _show_kind(self) -> None:
        if self.kind == MOVES:
            self.set_title(self.tr("Moves"))
            self.set_meta(self.tr("idle drivers"))
            self.foot.hide()
            self.setFocusProxy(self.cues)
            self._pages.setCurrentWidget(self.cues)
            return
        is_short = self.kind == SHORT
        limit = PRESSURE.limit if is_short else QUEUE.limit
        act = self.tr("act at {limit}").format(limit=signed(limit) if is_short else number(limit))
        self.foot.show_words(self.tr("1 cell = 15 min · right of now: forecast"), act)
        self.set_title(self.tr("Zone pressure") if is_short else self.tr("Queue"))
        self.setFocusProxy(self.heat)
        self._show_pressure()

    def _ask_if_drawn(self, changes: frozenset[tuple[Part, str]]) -> None:
        if any(part is Part.ZONES for part, _ in changes):
            self._calm.ask()
        if any(part is Part.MOVE for part, _ in changes):
            self.cues.show_moves()

    def _show_pressure(self) -> None:
        if self.kind == MOVES:
            return
        pressure = self._context.store.pressure
        self.foot.setVisible(pressure is not None and bool(pressure.zones))
        if pressure is None:
            self.set_meta(self.tr("not counted yet"))
            self._pages.setCurrentWidget(self._loading)
        elif not pressure.zones:
            self.set_meta("")
            detail = self.tr("Zones are drawn by an administrator.")
            self.empty.show_state(IconName.POLYGON, self.tr("No zones"), detail)
            self._pages.setCurrentWidget(self.empty)
        else:
            self._show_cells(pressure)

    def _show_cells(self, pressure: Pressure) -> None:
        for kind, heat in self.maps.items():
            heat.show_cells(self._cells(pressure, kind))
        self._pages.setCurrentWidget(self.heat)
        words = self.tr("short (+) or spare (−)") if self.kind == SHORT else self.tr("orders waiting")
        time = clock_time(pressure.as_of, self._context.zone, seconds=True)
        self.set_meta(self.tr("as of {time} · {words}").format(words=words, time=time))
        self._follow_selection()

    def _cells(self, pressure: Pressure, kind: str) -> HeatCells:
        operation, zone = self._context.store.operation, self._context.zone
        count = max((len(row) for row in pressure.cells), default=0)
        values = np.full((len(pressure.zones), count), np.nan)
        notes = {}
        for at, row in enumerate(pressure.cells):
            for place, cell in enumerate(row):
                values[at, place] = cell.drivers_short if kind == SHORT else cell.orders_waiting
                notes[(at, place)] = self._note(cell)
        return HeatCells(
            rows=[(zone_id, zone_name(operation, zone_id)) for zone_id in pressure.zones],
            times=[clock_time(pressure.first_bin_at + place * pressure.bin_s, zone) for place in range(count)],
            values=values,
            now=pressure.now_bin,
            notes=notes,
        )

    def _note(self, cell: PressureCell) -> str:
        drivers = self.tr("Drivers short: {short}").format(short=signed(cell.drivers_short, 1))
        waiting = self.tr("{count} waiting").format(count=number(cell.orders_waiting))
        if cell.oldest_wait_s > 0:
            waiting += self.tr(", oldest {duration}").format(duration=duration(cell.oldest_wait_s))
        return f"{drivers}\n{waiting}"

    def _choose(self, zone_id: str, column: int) -> None:
        for heat in self.maps.values():
            heat.choose(zone_id, column)
        self._context.selection.select(Kind.ZONE, zone_id)

    def _follow_selection(self) -> None:
        zone_id, pressure = self._context.selection.id_of(Kind.ZONE), self._context.store.pressure
        if zone_id is None or pressure is None or ZoneId(zone_id) not in pressure.zones:
            return
        for heat in self.maps.values():
            chosen = heat.chosen_cell()
            if chosen is None or chosen[0] != zone_id:
                heat.choose(zone_id, pressure.now_bin)
