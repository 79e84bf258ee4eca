"""The words for every command, for key hints and the list of keys."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from app.command_catalogue import CommandId


def command_word(command_id: CommandId) -> str:
    """Return what a command does, in one or two words."""
    return {
        CommandId.ACCEPT: _tr("accept"),
        CommandId.OVERRIDE: _tr("override"),
        CommandId.SPLIT: _tr("take out of a shared trip"),
        CommandId.SEQUENCE: _tr("stops in another order"),
        CommandId.HOLD: _tr("hold 2 min"),
        CommandId.NOT_NOW: _tr("not now"),
        CommandId.RELEASE: _tr("end a hold"),
        CommandId.PIN: _tr("keep with its driver"),
        CommandId.UNPIN: _tr("let it change hands"),
        CommandId.FORBID: _tr("keep a driver from it"),
        CommandId.ALLOW: _tr("allow a driver again"),
        CommandId.TAKE_OUT: _tr("take a driver out"),
        CommandId.BRING_BACK: _tr("bring a driver back"),
        CommandId.BREAK: _tr("plan a break of a driver"),
        CommandId.CLOSE: _tr("close a zone or a street for a while"),
        CommandId.OPEN: _tr("open what was closed"),
        CommandId.RECOVER: _tr("do what can be done"),
        CommandId.TAKE_BACK: _tr("take a recovery back"),
        CommandId.ACKNOWLEDGE: _tr("acknowledge"),
        CommandId.UNDO: _tr("undo"),
        CommandId.COMMAND_LINE: _tr("command line"),
        CommandId.FIND: _tr("find"),
        CommandId.SHOW_ON_MAP: _tr("show on map"),
        CommandId.PRESSURE: _tr("zone pressure"),
        CommandId.MOVES: _tr("moves of idle drivers"),
        CommandId.BOARD: _tr("order board"),
        CommandId.AUDIT: _tr("log of decisions"),
        CommandId.NEXT_PANEL: _tr("next panel"),
        CommandId.PREVIOUS_PANEL: _tr("previous panel"),
        CommandId.CONNECT: _tr("change transport"),
        CommandId.KEYS: _tr("keys"),
        CommandId.PALETTE: _tr("find and do"),
        CommandId.WORK_AS_DISPATCHER: _tr("dispatcher's panels"),
        CommandId.WORK_AS_SUPERVISOR: _tr("supervisor's panels"),
        CommandId.WORK_AS_ADMINISTRATOR: _tr("administrator's panels"),
        CommandId.RESET_LAYOUT: _tr("reset the layout"),
        CommandId.THEME: _tr("light or dark"),
        CommandId.SETTINGS: _tr("settings"),
        CommandId.POLICY: _tr("dispatch policy"),
        CommandId.OVERRIDES: _tr("how overrides turned out"),
        CommandId.WAVES: _tr("waves of scheduled orders"),
        CommandId.DEPOTS: _tr("depots, closing times, units"),
        CommandId.COVERAGE: _tr("how forecasts came out"),
        CommandId.SOURCES: _tr("sources and their age"),
        CommandId.WHY_NOT: _tr("why not another driver"),
        CommandId.FORECAST_HISTORY: _tr("how a forecast moved"),
        CommandId.FENCES: _tr("draw geofences"),
        CommandId.REPLAY: _tr("replay a past moment"),
        CommandId.ABOUT: _tr("about, versions"),
    }[command_id]


def panel_keys(panel: str) -> list[tuple[str, str]]:
    """Return the keys that a panel takes itself, by the panel's name, and what they do; none for an unknown one."""
    menu = ("Menu", _tr("what can be done about it"))
    walk, page = ("J K", _tr("next, previous")), ("Home", _tr("newest first, take in what waits"))
    return {
        "exceptions": [
            walk,
            ("Enter", _tr("accept the proposal, else do the first that can be done")),
            ("1 – 9", _tr("do what stands at this number")),
            ("U", _tr("take back what the platform did")),
            page,
            ("Esc", _tr("take the filter away")),
            menu,
        ],
        "board": [walk, ("Enter", _tr("open")), page, menu],
        "map": [
            ("+ −", _tr("zoom")),
            ("0", _tr("whole area")),
            ("F", _tr("follow the vehicle")),
            ("← ↑ ↓ →", _tr("move the map")),
            menu,
        ],
        "pressure": [("← ↑ ↓ →", _tr("walk the cells")), ("Tab", _tr("drivers, queue or moves"))],
        "recommendation": [
            ("Enter", _tr("accept, or override with the one compared")),
            ("J K", _tr("compare alternatives")),
        ],
        "timeline": [("↑ ↓", _tr("scroll"))],
        "forecast": [("← →", _tr("walk the forecasts")), ("Home", _tr("the first one"))],
        "audit": [walk, ("End", _tr("older entries"))],
    }.get(panel, [])


def _tr(text: str) -> str:
    return QCoreApplication.translate("commands", text)
