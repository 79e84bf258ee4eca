"""How a desk was left: its window, and for each workspace where panels and columns stood."""

from __future__ import annotations

from pathlib import Path

import msgspec

from ui.private_file import write_private

_MOST_BYTES = 4_000_000


class WindowPlace(msgspec.Struct, frozen=True, kw_only=True):
    """Where the window stood, in pixels of the whole desktop."""

    left: int
    top: int
    width: int
    height: int
    is_maximized: bool = False


class PanelPlaces(msgspec.Struct, frozen=True, kw_only=True):
    """How one workspace was left: its panels by name, the docks' own state, and the columns of tables by panel."""

    panels: tuple[str, ...]
    docks: bytes
    columns: dict[str, bytes] = {}


class DeskLayout(msgspec.Struct, frozen=True, kw_only=True):
    """All that is kept; workspaces are keyed by name and room, such as ``dispatcher/roomy``."""

    window: WindowPlace | None = None
    workspace: str = ""
    places: dict[str, PanelPlaces] = {}


def read_layout(path: Path) -> tuple[DeskLayout, bool]:
    """Return the layout that was kept, and whether it could be read; the default where it could not or is not there."""
    try:
        with path.open("rb") as file:
            return msgspec.json.decode(file.read(_MOST_BYTES), type=DeskLayout), True
    except FileNotFoundError:
        return DeskLayout(), True
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return DeskLayout(), False


def write_layout(path: Path, layout: DeskLayout) -> None:
    """Keep a layout.

    Raises
    ------
    OSError
        If it cannot be written; the one before stays.
    """
    write_private(path, msgspec.json.encode(layout))
