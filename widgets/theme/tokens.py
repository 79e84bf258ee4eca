"""The colour tokens of both themes, as frozen values: the only place where a colour is written down.

Numbers and names follow the desk's design page; contrasts are checked by tests, not by eye.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from PySide6.QtGui import QColor


class Theme(StrEnum):
    """The two looks of the desk."""

    DARK = "dark"
    LIGHT = "light"


@dataclass(frozen=True, slots=True)
class PriorityTokens:
    """Colours of one alarm priority.

    `fill` with `on` for the digit, `edge` round the shape, `ink` for words, `bg` for banners and rows;
    `frame` is the extra light frame of a filled shape, where the theme needs one.
    """

    fill: str
    on: str
    edge: str
    ink: str
    bg: str
    frame: str | None = None


@dataclass(frozen=True, slots=True)
class MapTokens:
    """Colours of the map's background and of what moves on it."""

    land: str
    water: str
    street_small: str
    street_middle: str
    street_large: str
    zone_line: str
    label: str
    halo: str
    vehicle: str
    carrying: str


@dataclass(frozen=True, slots=True)
class Tokens:
    """All colours of one theme, as `#RRGGBB`."""

    theme: Theme
    bg0: str
    bg1: str
    bg2: str
    bg3: str
    field: str
    line: str
    line2: str
    ink1: str
    ink2: str
    ink3: str
    inkoff: str
    acc: str
    accon: str
    accbg: str
    rep: str
    repbg: str
    scrim_percent: int
    priorities: tuple[PriorityTokens, PriorityTokens, PriorityTokens, PriorityTokens]
    map: MapTokens
    pressure: tuple[str, ...]
    """Anchors at −6, −4, −2, 0, +2, +4, +6 drivers short."""
    queue: tuple[str, ...]
    """Anchors at 0, 3, 6, 9, 12 orders waiting."""

    def priority(self, number: int) -> PriorityTokens:
        """Return the colours of priority 1 to 4."""
        return self.priorities[number - 1]

    def ink(self, name: str) -> str:
        """Return the colour of an ink by its name: "ink2", "acc", or "p1" to "p4" for a priority's words."""
        if name.startswith("p") and name[1:].isdigit():
            return self.priority(int(name[1:])).ink
        value: str = getattr(self, name)
        return value


CELL_INK_DARK = "#0B0D0E"
CELL_INK_LIGHT = "#FFFFFF"
SCRIM = "#000000"

DARK = Tokens(
    theme=Theme.DARK,
    bg0="#141618",
    bg1="#1E2124",
    bg2="#272B2F",
    bg3="#33383D",
    field="#17191B",
    line="#343A40",
    line2="#6E767E",
    ink1="#E8EAEC",
    ink2="#B4BABF",
    ink3="#929AA1",
    inkoff="#6B737A",
    acc="#7DB4EA",
    accon="#0C1B28",
    accbg="#22384C",
    rep="#B9A6E8",
    repbg="#2A2637",
    scrim_percent=50,
    priorities=(
        PriorityTokens("#EF4136", "#160100", "#EF4136", "#FF7168", "#3B2022", frame="#FFE3E0"),
        PriorityTokens("#F79A2B", "#241200", "#F79A2B", "#FFA947", "#372919"),
        PriorityTokens("#F5E07A", "#221D00", "#F5E07A", "#F1DC74", "#32301F"),
        PriorityTokens("#B98FEB", "#1A0B2E", "#B98FEB", "#C4A6EE", "#2B2636"),
    ),
    map=MapTokens(
        land="#202326",
        water="#181C20",
        street_small="#2C3135",
        street_middle="#3A4046",
        street_large="#4A5158",
        zone_line="#666E75",
        label="#969EA1",
        halo="#1A1C1F",
        vehicle="#B4BABF",
        carrying="#E8EAEC",
    ),
    pressure=("#9DB6CB", "#718AA1", "#465768", "#272B2F", "#3F3A33", "#946731", "#F79A2B"),
    queue=("#23272A", "#3E454B", "#666F77", "#98A1A8", "#D5DADE"),
)

LIGHT = Tokens(
    theme=Theme.LIGHT,
    bg0="#C3C7CA",
    bg1="#E6E8E9",
    bg2="#D7DADC",
    bg3="#C5CACD",
    field="#F4F5F5",
    line="#C6CBCE",
    line2="#767E85",
    ink1="#14181B",
    ink2="#3B4248",
    ink3="#51595F",
    inkoff="#7C8389",
    acc="#0A579F",
    accon="#FFFFFF",
    accbg="#C6DAEE",
    rep="#5B3FA0",
    repbg="#DCD5EC",
    scrim_percent=32,
    priorities=(
        PriorityTokens("#B8131F", "#FFFFFF", "#7A0811", "#A90F1B", "#F0D3D1"),
        PriorityTokens("#F0962A", "#1E0F00", "#8A3B00", "#8F3C00", "#F0DEC8"),
        PriorityTokens("#F7E46E", "#1E1900", "#655000", "#655000", "#EDE6C2"),
        PriorityTokens("#7C45B5", "#FFFFFF", "#5A2A8C", "#6C36A3", "#E2D9EE"),
    ),
    map=MapTokens(
        land="#DDE0E2",
        water="#C9D2D8",
        street_small="#EDEFF0",
        street_middle="#F7F8F8",
        street_large="#FFFFFF",
        zone_line="#767E85",
        label="#4E565C",
        halo="#F0F1F2",
        vehicle="#4A5258",
        carrying="#14181B",
    ),
    pressure=("#44627F", "#728DA6", "#AABBCB", "#DDE0E2", "#E1D7C9", "#D5A166", "#C06A00"),
    queue=("#E2E4E6", "#BFC5C9", "#939BA1", "#636B72", "#2F363B"),
)


def tokens_of(theme: Theme) -> Tokens:
    """Return the colours of a theme."""
    return DARK if theme is Theme.DARK else LIGHT


@cache
def qcolor(token: str) -> QColor:
    """Return the Qt colour of a token value.

    The object is shared: callers that change its alpha take a copy (`QColor(qcolor(...))`).
    """
    return QColor(token)


def faded(token: str, opacity: float) -> QColor:
    """Return a token's colour at `opacity` (0 to 1)."""
    color = QColor(token)
    color.setAlphaF(opacity)
    return color
