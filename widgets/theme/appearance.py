"""Puts a theme on the application: palette, style sheet, base font; and tells widgets which one it is.

The theme is kept on the QApplication itself. A widget reads `current_tokens()` when it paints; Qt
repaints all widgets by itself when the palette changes.
"""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication

from widgets.theme.fonts import font
from widgets.theme.style_sheet import style_sheet
from widgets.theme.tokens import DARK, Theme, Tokens, qcolor, tokens_of

_PROPERTY = "desk_theme"
_STILL_PROPERTY = "desk_is_still"


def apply_theme(app: QApplication, theme: Theme) -> None:
    """Give the application the colours and type of a theme; may be called again at any time.

    The theme that is in force costs nothing: every widget there is would be styled anew.
    """
    if app.property(_PROPERTY) == theme.value:
        return
    tokens = tokens_of(theme)
    app.setProperty(_PROPERTY, theme.value)
    app.setStyle("Fusion")
    app.setFont(font(13))
    app.setPalette(palette(tokens))
    app.setStyleSheet(style_sheet(tokens))


def current_tokens() -> Tokens:
    """Return the tokens of the theme in use, dark before one was applied."""
    app = QCoreApplication.instance()
    name = app.property(_PROPERTY) if app is not None else None
    return tokens_of(Theme(name)) if name else DARK


def set_still(app: QApplication, still: bool) -> None:
    """Have nothing move that only pleases: no glides, no pulses."""
    app.setProperty(_STILL_PROPERTY, still)


def is_still() -> bool:
    """Return whether a person asked for less motion."""
    app = QCoreApplication.instance()
    return bool(app.property(_STILL_PROPERTY)) if app is not None else False


def palette(tokens: Tokens) -> QPalette:
    """Return the Qt palette of a theme, for what Qt itself paints."""
    made = QPalette()
    role = QPalette.ColorRole
    for target, token in (
        (role.Window, tokens.bg1),
        (role.WindowText, tokens.ink1),
        (role.Base, tokens.field),
        (role.AlternateBase, tokens.bg1),
        (role.Text, tokens.ink1),
        (role.PlaceholderText, tokens.ink3),
        (role.Button, tokens.bg3),
        (role.ButtonText, tokens.ink1),
        (role.BrightText, tokens.ink1),
        (role.Highlight, tokens.accbg),
        (role.HighlightedText, tokens.ink1),
        (role.Accent, tokens.acc),
        (role.Link, tokens.acc),
        (role.LinkVisited, tokens.acc),
        (role.ToolTipBase, tokens.bg2),
        (role.ToolTipText, tokens.ink1),
        (role.Light, tokens.line),
        (role.Midlight, tokens.line),
        (role.Mid, tokens.line),
        (role.Dark, tokens.line2),
        (role.Shadow, tokens.bg0),
    ):
        made.setColor(target, qcolor(token))
    for target in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, target, qcolor(tokens.inkoff))
    return made
