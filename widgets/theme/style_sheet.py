"""The style sheet of what Qt paints for us: fields, scroll bars, menus, tool tips, heads, docks.

It sets colours, edges and spaces only. Fonts are set on widgets: a font in a style sheet loses the
variable weight axis.
"""

from __future__ import annotations

from string import Template

from widgets.theme.tokens import Tokens

_USED = (
    *("bg0", "bg1", "bg2", "bg3", "field", "line", "line2"),
    *("ink1", "ink2", "ink3", "inkoff", "acc", "accon", "accbg", "rep"),
)

_SHEET = Template("""
QLabel { background: transparent; color: $ink1; }
QLabel[ink="ink2"] { color: $ink2; }
QLabel[ink="ink3"] { color: $ink3; }
QLabel[ink="inkoff"] { color: $inkoff; }
QLabel[ink="acc"] { color: $acc; }
QLabel[ink="rep"] { color: $rep; }
QLabel[ink="p1"] { color: $p1; }
QLabel[ink="p2"] { color: $p2; }
QLabel[ink="p3"] { color: $p3; }
QLabel[ink="p4"] { color: $p4; }
QMainWindow, #gutter { background: $bg0; }
QToolTip { background: $bg2; color: $ink1; border: 1px solid $line2; padding: 4px 6px; }
QLineEdit, QPlainTextEdit, QSpinBox {
    background: $field; color: $ink1; border: 1px solid $line2; border-radius: 3px; padding: 4px 8px;
    selection-background-color: $acc; selection-color: $accon;
}
QLineEdit[readOnly="true"], QPlainTextEdit[readOnly="true"] {
    background: $bg1; border-color: $line; placeholder-text-color: $ink2;
}
QLineEdit:focus, QPlainTextEdit:focus, QSpinBox:focus { border: 2px solid $acc; padding: 3px 7px; }
QLineEdit:disabled, QPlainTextEdit:disabled { color: $inkoff; border-color: $line; }
QComboBox {
    background: $bg3; color: $ink1; border: 1px solid $line2; border-radius: 3px; padding: 4px 8px;
}
QComboBox:focus { border: 2px solid $acc; padding: 3px 7px; }
QComboBox QAbstractItemView { background: $bg2; color: $ink1; border: 1px solid $line2; }
QAbstractItemView { background: $bg1; color: $ink1; border: none; outline: none; }
QAbstractItemView::item:selected { background: $accbg; color: $ink1; }
QHeaderView { background: $bg1; border: none; }
QTableCornerButton::section { background: $bg1; border: none; }
QScrollArea, QScrollArea > QWidget > QWidget { border: none; background: $bg1; }
QScrollBar:vertical { background: $bg1; width: 10px; margin: 0; }
QScrollBar:horizontal { background: $bg1; height: 10px; margin: 0; }
QScrollBar::handle { background: $bg3; border-radius: 3px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 28px; }
QScrollBar::handle:horizontal { min-width: 28px; }
QScrollBar::handle:hover { background: $line2; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: none; }
QMenu { background: $bg2; color: $ink1; border: 1px solid $line2; padding: 4px; }
QMenu::item { padding: 5px 20px 5px 12px; border-radius: 3px; }
QMenu::item:selected { background: $accbg; color: $ink1; }
QMenu::item:disabled { color: $ink3; }
QMenu::separator { height: 1px; background: $line; margin: 4px 8px; }
QToolButton { background: transparent; border: 2px solid transparent; border-radius: 4px; padding: 2px; }
QToolButton:hover { background: $bg3; }
QToolButton:focus { border-color: $acc; }
QSplitter::handle { background: $bg0; }
QSplitter::handle:horizontal { width: 8px; }
QSplitter::handle:vertical { height: 8px; }
QProgressBar { background: $bg3; border: none; border-radius: 2px; max-height: 4px; }
QProgressBar::chunk { background: $ink2; border-radius: 2px; }
ads--CDockContainerWidget, ads--CDockSplitter, ads--CFloatingDockContainer { background: $bg0; }
ads--CDockContainerWidget > QSplitter { padding: 0; }
ads--CDockSplitter::handle { background: $bg0; }
ads--CDockAreaWidget { background: $bg1; border: none; }
ads--CDockAreaTitleBar { background: $bg2; border: none; padding: 0; }
ads--CDockWidget { background: $bg1; border: none; }
ads--CDockWidgetTab { background: $bg2; border: none; padding: 0 8px; min-height: 26px; }
ads--CDockWidgetTab[activeTab="true"] { background: $bg1; }
ads--CDockWidgetTab QLabel { color: $ink3; }
ads--CDockWidgetTab[activeTab="true"] QLabel { color: $ink1; }
""")


def style_sheet(tokens: Tokens) -> str:
    """Return the application's style sheet in the colours of a theme."""
    inks = {f"p{number}": tokens.priority(number).ink for number in (1, 2, 3, 4)}
    return _SHEET.substitute({name: getattr(tokens, name) for name in _USED}, **inks)
