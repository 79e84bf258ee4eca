"""The panels of one desk by name: made, made again after one stopped, and listened to in one place."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from ui.desk_context import DeskContext
from ui.exception_watch import ExceptionWatch
from ui.panel_faults import StoppedPanel
from ui.panels.audit_panel import AuditPanel
from ui.panels.exceptions_panel import ExceptionsPanel
from ui.panels.forecast_panel import ForecastPanel
from ui.panels.live_map_panel import LiveMapPanel
from ui.panels.order_board import OrderBoardPanel
from ui.panels.pressure_panel import PressurePanel
from ui.panels.recommendation_panel import RecommendationPanel
from ui.panels.timeline_panel import TimelinePanel
from widgets.parts.panel import Panel
from widgets.tables.dense_table import DenseTable

_log = logging.getLogger(__name__)


class DeskPanels(QObject):
    """All panels, once `make` went through.

    The attributes name those that run; one that stopped is still named until it is made again.

    Parameters
    ----------
    context : DeskContext
    watch : ExceptionWatch
    cache_dir : where streets and painted tiles are kept
    """

    accept_asked = Signal()
    override_wanted = Signal(str, object)
    reassign_asked = Signal(str, str)
    """An order and the driver that it was dragged onto."""
    streets_failed = Signal(str)
    closure_chosen = Signal(object)
    """The mark of a closed street was clicked; ``None`` if it has just been opened."""
    report_asked = Signal(str)
    said = Signal(str, bool)
    """Words for the foot of the desk, and whether they are a refusal."""
    replaced = Signal(str, object)
    """Another panel takes the place of this name."""

    def __init__(self, context: DeskContext, watch: ExceptionWatch, cache_dir: Path, parent: QObject) -> None:
        super().__init__(parent)
        self._context, self._watch, self._cache_dir = context, watch, cache_dir
        self._makers: Mapping[str, Callable[[], Panel]] = {
            "exceptions": self._make_exceptions,
            "pressure": self._make_pressure,
            "map": self._make_map,
            "board": self._make_board,
            "recommendation": self._make_recommendation,
            "timeline": self._make_timeline,
            "forecast": self._make_forecast,
            "audit": self._make_audit,
        }
        self.by_name: dict[str, Panel] = {}

    def make(self) -> Iterator[None]:
        """Make the panels, one at each step."""
        for name, make in self._makers.items():
            self.by_name[name] = self._ready(make())
            yield

    def tables(self) -> dict[str, DenseTable]:
        """Return the tables whose columns a person may arrange, by panel."""
        tables = {"board": self.board.table, "audit": self.audit.table}
        return {name: table for name, table in tables.items() if not isinstance(self.by_name[name], StoppedPanel)}

    # --- faults ------------------------------------------------------------------------------------------------------

    def stop(self, panel: Panel, details: str) -> str:
        """Put a notice in place of a panel that failed, once; return its name, empty if it stands no longer."""
        name = next((name for name, one in self.by_name.items() if one is panel), "")
        if name:
            # Later: the failure may have come out of the middle of painting it.
            QTimer.singleShot(0, self, lambda: self._replace_by_notice(name, panel, details))
        return name

    def restart(self, name: str) -> None:
        """Make a panel anew; one that fails while it is made stays stopped."""
        title = self.by_name[name].title_bar.title.text()
        try:
            panel = self._makers[name]()
        except Exception:  # noqa: BLE001 - the outer wall of a panel: the desk lives on
            details = traceback.format_exc()
            _log.exception("the panel %s did not start", name)
            self._put(name, self._notice(name, title, details))
            return
        self._put(name, panel)
        if name == "map":
            self.map.fetch_streets()

    def _replace_by_notice(self, name: str, panel: Panel, details: str) -> None:
        if self.by_name[name] is not panel:
            return
        if panel is self.map:
            self.map.close_map()
        self._put(name, self._notice(name, panel.title_bar.title.text(), details))

    def _notice(self, name: str, title: str, details: str) -> StoppedPanel:
        notice = StoppedPanel(title, details)
        notice.restart_asked.connect(lambda: self.restart(name))
        notice.report_asked.connect(self.report_asked)
        return notice

    def _put(self, name: str, panel: Panel) -> None:
        self.by_name[name] = self._ready(panel)
        self.replaced.emit(name, panel)

    # --- making ------------------------------------------------------------------------------------------------------

    def _ready(self, panel: Panel) -> Panel:
        panel.title_bar.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        return panel

    def _make_exceptions(self) -> Panel:
        self.exceptions = ExceptionsPanel(self._context, self._watch)
        self.exceptions.opened.connect(self.accept_asked)
        self.exceptions.recovery.said.connect(self.said)
        return self.exceptions

    def _make_pressure(self) -> Panel:
        self.pressure = PressurePanel(self._context)
        return self.pressure

    def _make_map(self) -> Panel:
        self.map = LiveMapPanel(self._context, self._watch, self._cache_dir)
        self.map.streets_failed.connect(self.streets_failed)
        self.map.closure_chosen.connect(self.closure_chosen)
        return self.map

    def _make_board(self) -> Panel:
        self.board = OrderBoardPanel(self._context)
        self.board.reassign_asked.connect(self.reassign_asked)
        return self.board

    def _make_recommendation(self) -> Panel:
        self.recommendation = RecommendationPanel(self._context)
        self.recommendation.override_wanted.connect(self.override_wanted)
        return self.recommendation

    def _make_timeline(self) -> Panel:
        self.timeline = TimelinePanel(self._context)
        return self.timeline

    def _make_forecast(self) -> Panel:
        self.forecast = ForecastPanel(self._context)
        return self.forecast

    def _make_audit(self) -> Panel:
        self.audit = AuditPanel(self._context)
        return self.audit


class CardInPlace:
    """The recommendation panel that stands now, for whoever decides by it."""

    def __init__(self, panels: DeskPanels) -> None:
        self._panels = panels

    def accept(self) -> None:
        """Do what is proposed."""
        self._panels.recommendation.accept()

    def hold(self) -> None:
        """Let the platform decide nothing for a while."""
        self._panels.recommendation.hold()

    def not_now(self) -> None:
        """Ask for the reason and put the proposal off."""
        self._panels.recommendation.not_now()

    def override(self) -> None:
        """Ask for the override."""
        self._panels.recommendation.override()
