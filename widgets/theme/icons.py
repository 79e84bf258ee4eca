"""Phosphor icons by name, coloured by the theme and kept: only names listed here are used.

Alarm shapes, vehicles and risk bars are marks of our own, not icons.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cache

import qtawesome
from PySide6.QtCore import QSize
from PySide6.QtGui import QIcon, QPixmap

ROW_PX = 16
BAR_PX = 18
EMPTY_STATE_PX = 28


class IconName(StrEnum):
    """Names of Phosphor 1 as qtawesome knows them."""

    ACCEPTED = "ph.check-circle"
    ARRIVED = "ph.map-pin"
    AUTOMATIC = "ph.cpu"
    CALL = "ph.phone"
    CALL_MISSED = "ph.phone-x"
    CHECK = "ph.check"
    CLOCK = "ph.clock"
    CLOSE = "ph.x"
    COLUMNS = "ph.columns"
    CONFIRMED = "ph.article"
    CUSTOMER = "ph.user"
    EXPAND = "ph.arrows-out-simple"
    EXPORT = "ph.export"
    FENCE = "ph.bounding-box"
    FILTER = "ph.funnel"
    FORECAST = "ph.chart-line-up"
    HAND = "ph.hand"
    IMPORT = "ph.download-simple"
    HIDDEN = "ph.eye-slash"
    HISTORY = "ph.clock-counter-clockwise"
    MESSAGE = "ph.chat-circle"
    MESSAGE_SENT = "ph.chat-circle-dots"
    MORE = "ph.dots-three"
    OFFLINE = "ph.wifi-slash"
    ONLINE = "ph.wifi-high"
    ORDER = "ph.package"
    PAUSE = "ph.pause"
    PICK_ONE = "ph.cursor"
    PIN = "ph.push-pin"
    PLAY = "ph.play"
    POLYGON = "ph.polygon"
    PROPOSAL = "ph.lightbulb"
    ROBOT = "ph.robot"
    ROUTE = "ph.path"
    SEARCH = "ph.magnifying-glass"
    SETTINGS = "ph.gear-six"
    SHELVED = "ph.bell-slash"
    STEP_OPEN = "ph.circle"
    STEP_RUNNING = "ph.circle-dashed"
    THEME_DARK = "ph.moon"
    THEME_LIGHT = "ph.sun"
    TOWER = "ph.broadcast"
    TRAFFIC = "ph.car"
    UNDO = "ph.arrow-counter-clockwise"
    VAN = "ph.truck"
    VERIFIED = "ph.shield-check"
    WARNING = "ph.warning"


@cache
def icon(name: IconName, ink: str) -> QIcon:
    """Return an icon in the colour of a token value; another ink is another icon."""
    made: QIcon = qtawesome.icon(str(name), color=ink, color_disabled=ink)
    return made


def icon_pixmap(name: IconName, ink: str, px: int = ROW_PX, ratio: float = 1.0) -> QPixmap:
    """Return the pixmap of an icon.

    Parameters
    ----------
    px : int
        Edge in pixels at 100 % scale.
    ratio : float
        Device pixels a pixel, of the surface it is painted on.
    """
    return icon(name, ink).pixmap(QSize(px, px), ratio)
