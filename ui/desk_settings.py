"""The choices a person made for this desk, kept in one small file; each is described as data.

A file that cannot be read is put aside and told, never guessed at: the desk then starts with the defaults. What only
some versions know is left out of a reading, so that an older desk can open the file of a newer one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import msgspec
from PySide6.QtCore import QCoreApplication, QObject, Signal

from ui.private_file import write_private
from widgets.theme.tokens import Theme

_MOST_BYTES = 65_536


class PreferredTransport(StrEnum):
    """Over what a desk connects first."""

    AS_INVITED = "as_invited"
    ZEROMQ = "zeromq"
    WEBSOCKET = "websocket"


class DeskSettings(msgspec.Struct, frozen=True, kw_only=True):
    """All choices, with their defaults; `service` and `user` are what was signed in with by password last."""

    theme: Theme = Theme.DARK
    transport: PreferredTransport = PreferredTransport.AS_INVITED
    reduce_motion: bool = False
    service: str = ""
    user: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    """How one choice is offered: its field, its name, its values in words, and what it does."""

    field: str
    name: str
    choices: tuple[tuple[object, str], ...]
    help: str


def options() -> tuple[Option, ...]:
    """Return every choice in the reader's language, in the order of the settings page."""
    off_on = ((False, _tr("Off")), (True, _tr("On")))
    return (
        Option(
            "theme",
            _tr("Theme"),
            ((Theme.DARK, _tr("Dark")), (Theme.LIGHT, _tr("Light"))),
            _tr("Dark for rooms with little light, light for bright ones. Takes effect at once, also on the map."),
        ),
        Option(
            "transport",
            _tr("Connect over"),
            (
                (PreferredTransport.AS_INVITED, _tr("As invited")),
                (PreferredTransport.ZEROMQ, _tr("ZeroMQ")),
                (PreferredTransport.WEBSOCKET, _tr("WebSocket")),
            ),
            _tr("ZeroMQ inside the control room, WebSocket through proxies. Used at the next sign-in."),
        ),
        Option(
            "reduce_motion",
            _tr("Reduce motion"),
            off_on,
            _tr("Vehicles jump from fix to fix, and new alarms do not pulse."),
        ),
    )


class SettingsFile(QObject):
    """Reads the settings once and writes each change at once.

    Attributes
    ----------
    current : DeskSettings
    problem : why the file could not be read, empty if it could

    Parameters
    ----------
    path : where they are kept; need not exist
    """

    changed = Signal()
    failed = Signal(str)
    """A change could not be written; it holds until the desk ends."""

    def __init__(self, path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._path = path
        self.current, self.problem = _read(path)

    def change(self, **choices: object) -> None:
        """Choose anew, by field; unchanged choices tell nobody."""
        chosen = msgspec.structs.replace(self.current, **choices)
        if chosen == self.current:
            return
        self.current = chosen
        self.changed.emit()
        try:
            write_private(self._path, msgspec.json.format(msgspec.json.encode(chosen), indent=2))
        except OSError as error:
            self.failed.emit(_tr("Settings not kept: {why}").format(why=error.strerror or error))


def _read(path: Path) -> tuple[DeskSettings, str]:
    try:
        if not path.exists():
            return DeskSettings(), ""
        with path.open("rb") as file:
            return msgspec.json.decode(file.read(_MOST_BYTES), type=DeskSettings), ""
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        aside = _put_aside(path)
        return DeskSettings(), _tr("The settings could not be read ({why}); the defaults are used. {aside}").format(
            why=error, aside=aside
        )


def _put_aside(path: Path) -> str:
    aside = path.with_suffix(".unread")
    try:
        path.replace(aside)
    except OSError:
        return ""
    return _tr("The file is now {name}.").format(name=aside.name)


def listen_for(settings: SettingsFile, field: str, tell: Callable[[object], None]) -> None:
    """Tell one choice now and after each change of it."""
    told: list[object] = []

    def look() -> None:
        value = getattr(settings.current, field)
        if told != [value]:
            told[:] = [value]
            tell(value)

    settings.changed.connect(look)
    look()


def _tr(text: str) -> str:
    return QCoreApplication.translate("desk_settings", text)
