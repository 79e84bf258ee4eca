"""When a panel fails: which one it was, and what stands in its place until a person starts it again.

One failed panel never takes the desk with it. Whatever a panel was asked to do (refresh, paint, answer a signal), its
frames in the traceback name it.
"""

from __future__ import annotations

from types import TracebackType

import shiboken6
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from widgets.parts.empty_state import EmptyState
from widgets.parts.key_button import KeyButton
from widgets.parts.panel import INSET, Panel
from widgets.theme.icons import IconName


def panel_in(trace: TracebackType | None) -> Panel | None:
    """Return the panel in whose code, or in whose parts, a failure arose; ``None`` if it was in none."""
    owners: list[object] = []
    while trace is not None:
        owners.append(trace.tb_frame.f_locals.get("self"))
        trace = trace.tb_next
    for owner in reversed(owners):
        panel = _panel_around(owner)
        if panel is not None:
            return panel
    return None


def _panel_around(owner: object) -> Panel | None:
    part = owner if isinstance(owner, QObject) and shiboken6.isValid(owner) else None
    while part is not None and not isinstance(part, Panel):
        part = part.parent()
    return part


class StoppedPanel(Panel):
    """Stands where a panel stopped: says why, starts it again, shows the report."""

    restart_asked = Signal()
    report_asked = Signal(str)

    def __init__(self, title: str, details: str, *, parent: QWidget | None = None) -> None:
        super().__init__(title, parent=parent)
        self.details = details
        self.set_meta(self.tr("stopped"))
        self.notice = EmptyState(
            IconName.WARNING,
            self.tr("This panel stopped"),
            self.tr("{why}. Everything else goes on.").format(why=_last_line(details)),
            command=self.tr("Restart panel"),
        )
        self.report = KeyButton(self.tr("Show the report"))
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(INSET, 0, INSET, INSET)
        column.addWidget(self.notice, 1)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.report)
        row.addStretch(1)
        column.addLayout(row)
        self.set_body(body)
        self.notice.pressed.connect(self.restart_asked)
        self.report.clicked.connect(lambda: self.report_asked.emit(self.details))
        self.setFocusProxy(self.report)


def _last_line(details: str) -> str:
    lines = [line.strip() for line in details.splitlines() if line.strip()]
    return lines[-1].rstrip(".") if lines else ""
