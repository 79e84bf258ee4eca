"""The page of what is in force without a proposal: headline, who decided it, and facts."""

from __future__ import annotations

from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from ui.panels.decision_in_force import InForce
from widgets.parts.fact_grid import FactGrid
from widgets.parts.panel import CARD_INSET
from widgets.parts.text_label import ElidedLabel
from widgets.theme.fonts import SEMIBOLD


class InForcePage(QScrollArea):
    """Headline, who decided, and facts."""

    def __init__(self) -> None:
        super().__init__()
        self.headline = ElidedLabel(px=20, weight=SEMIBOLD)
        self.sub_line = ElidedLabel(px=12, ink="ink2")
        self.facts = FactGrid()
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 8, 0, 0)
        head = QVBoxLayout()
        head.setContentsMargins(CARD_INSET, 0, CARD_INSET, 0)
        head.setSpacing(2)
        head.addWidget(self.headline)
        head.addWidget(self.sub_line)
        column.addLayout(head)
        column.addWidget(self.facts)
        column.addStretch(1)
        self.setWidget(page)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)

    def show_in_force(self, in_force: InForce) -> None:
        """Show what holds."""
        self.headline.setText(in_force.headline)
        self.sub_line.setText(in_force.sub_line)
        self.facts.show_facts(in_force.facts)
