"""The top bar: place, what is wrong, five figures with their goals, how old the data is, time and operator."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from app.connection import Phase
from core.projections.operation import Part
from ui.day_figures import ALARM_GOAL, ALARM_WINDOW_S, ON_TIME_GOAL, DayFigures
from ui.desk_context import DeskContext
from ui.exception_watch import ExceptionWatch
from ui.names import role_word, short_name
from widgets.formatting import UNKNOWN, clock_time, day, duration, number, share, zone_abbreviation
from widgets.marks.alarm_shape import PRIORITIES
from widgets.parts.panel import IconButton
from widgets.parts.text_label import TextLabel
from widgets.parts.top_bar import AlarmCounter, ConnectionMark, DeskClock, Divider, KeyFigure, TopBar
from widgets.theme.appearance import current_tokens
from widgets.theme.fonts import SEMIBOLD
from widgets.theme.icons import BAR_PX, IconName, icon_pixmap
from widgets.theme.tokens import Theme

_TICK_MS = 500


class DeskBar(TopBar):
    """Figures follow the operation twice a second; the clock is operation time in the zone of the site.

    Where there is no room for all of it, goals, date and role give way to the figures.
    """

    counter_asked = Signal(int)
    """A person wants to see the exceptions of this priority."""
    theme_asked = Signal()
    settings_asked = Signal()
    palette_asked = Signal()
    _is_made = False
    _is_roomy = True

    def __init__(self, context: DeskContext, watch: ExceptionWatch, *, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._context, self._watch = context, watch
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._figures = DayFigures()
        self._add_place()
        self._counters = {priority: AlarmCounter(priority) for priority in PRIORITIES}
        for counter in self._counters.values():
            counter.asked.connect(self.counter_asked)
            self.row.addWidget(counter)
        self.row.addWidget(Divider())
        self._add_figures()
        self.row.addStretch(1)
        self._connection, self._clock = ConnectionMark(), DeskClock()
        self.row.addWidget(self._connection)
        self.row.addWidget(self._clock)
        self._operator = TextLabel(px=12)
        self.row.addWidget(self._operator)
        self._add_actions()
        self._listen()

    def _add_place(self) -> None:
        self._sign = QLabel()
        self.row.setSpacing(8)
        self.row.addWidget(self._sign)
        self.row.addWidget(TextLabel(self.tr("Tower"), px=15, weight=SEMIBOLD))
        self.row.addSpacing(4)
        self.row.addWidget(TextLabel(self._context.city.name, ink="ink2"))
        self.row.addSpacing(8)
        self.row.addWidget(Divider())

    def _add_actions(self) -> None:
        self._theme = IconButton(IconName.THEME_LIGHT, "", px=BAR_PX)
        self._settings = IconButton(IconName.SETTINGS, self.tr("Settings, Ctrl+,"), px=BAR_PX)
        self._theme.clicked.connect(self.theme_asked)
        self._settings.clicked.connect(self.settings_asked)
        self.finder = IconButton(IconName.SEARCH, self.tr("Find and do, Ctrl+K"), px=BAR_PX)
        self.finder.clicked.connect(self.palette_asked)
        self.row.addSpacing(4)
        self.row.addWidget(self.finder)
        self.row.addWidget(self._theme)
        self.row.addWidget(self._settings)
        self._is_made = True
        self._ink_signs()

    def _ink_signs(self) -> None:
        tokens = current_tokens()
        self._sign.setPixmap(icon_pixmap(IconName.TOWER, tokens.ink1, BAR_PX, self.devicePixelRatioF()))
        if tokens.theme is Theme.DARK:
            self._theme.set_sign(IconName.THEME_LIGHT, self.tr("Light theme, Ctrl+T"))
        else:
            self._theme.set_sign(IconName.THEME_DARK, self.tr("Dark theme, Ctrl+T"))

    def changeEvent(self, event: QEvent) -> None:
        """Ink the signs anew when the theme changes."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and self._is_made:
            self._ink_signs()

    def _add_figures(self) -> None:
        self._active = KeyFigure(self.tr("Active"))
        self._waiting = KeyFigure(self.tr("Waiting"))
        self._on_time = KeyFigure(self.tr("On time 60 min"))
        self._free = KeyFigure(self.tr("Free drivers"))
        self._alarms = KeyFigure(self.tr("Alarms / 10 min"))
        for figure in (self._active, self._waiting, self._on_time, self._free, self._alarms):
            self.row.addSpacing(10)
            self.row.addWidget(figure)

    def _listen(self) -> None:
        store = self._context.store
        store.replaced.connect(lambda: self._figures.restart(store.operation))
        store.changed.connect(self._note)
        store.connection_changed.connect(self._show_connection)
        self._watch.changed.connect(self._show_counters)
        self._figures.restart(store.operation)
        tick = QTimer(self, interval=_TICK_MS)
        tick.timeout.connect(self.refresh)
        tick.start()
        self.refresh()

    def _note(self, changes: frozenset[tuple[Part, str]]) -> None:
        orders = [name for part, name in changes if part is Part.ORDER]
        self._figures.note_changed(self._context.store.operation, orders)

    def refresh(self) -> None:
        """Show figures, connection and time as of now, as far as there is room for them."""
        self._show_texts()
        if self._is_roomy and self.row.sizeHint().width() > self.width():
            self._is_roomy = False
            self._show_texts()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show what there is room for."""
        super().resizeEvent(event)
        if event.oldSize().width() != self.width() and self._is_made:
            self._is_roomy = True
            self.refresh()

    def _show_texts(self) -> None:
        self._show_figures()
        self._show_connection()
        self._show_clock_and_person()

    def _show_clock_and_person(self) -> None:
        now, zone, person = self._context.now(), self._context.zone, self._context.person
        date = day(now, zone) if self._is_roomy else ""
        self._clock.show_time(date, clock_time(now, zone, seconds=True), zone_abbreviation(now, zone))
        words = self.tr("{name} · {role}") if self._is_roomy else "{name}"
        self._operator.setText(words.format(name=short_name(person.name), role=role_word(person.role)))

    def _show_figures(self) -> None:
        now = self._context.now()
        figures = self._figures.at(self._context.store.operation, now)
        is_roomy = self._is_roomy
        self._active.show_figure(number(figures.active))
        oldest = self.tr("oldest {age}").format(age=duration(figures.oldest_wait_s)) if figures.waiting else ""
        self._waiting.show_figure(number(figures.waiting), oldest)
        goal = self.tr("goal {percent}").format(percent=number(ON_TIME_GOAL * 100)) if is_roomy else ""
        self._on_time.show_figure(share(figures.on_time_share), goal)
        of_all = self.tr("of {count}").format(count=number(figures.drivers_on_shift))
        self._free.show_figure(number(figures.free_drivers), of_all)
        self._alarms.setVisible(is_roomy)
        alarms = self._watch.raised_within(ALARM_WINDOW_S)
        self._alarms.show_figure(number(alarms), self.tr("goal ≤ {count}").format(count=number(ALARM_GOAL)))

    def _show_counters(self) -> None:
        for priority, counter in self._counters.items():
            counter.set_count(sum(item.priority == priority for item in self._watch.items))

    def _show_connection(self) -> None:
        store = self._context.store
        age_s = store.clock.age_s
        age = self.tr("data {age} s old").format(age=UNKNOWN if age_s is None else number(age_s, 1))
        transport = {"zeromq": "ZeroMQ", "websocket": "WebSocket"}.get(store.connection.kind, store.connection.kind)
        is_live = store.connection.phase is Phase.LIVE
        self._connection.show_connection(self.tr("Live") if is_live else self.tr("Not live"), age, live=is_live)
        self._connection.setToolTip(
            self.tr("over {transport}, {address}").format(transport=transport, address=store.connection.address)
        )
