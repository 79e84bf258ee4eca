"""The words for every command, for key hints and the list of keys."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from app.command_catalogue import CommandId


def command_word(command_id: CommandId) -> str:
    """Return what a command does, in one or two words."""
    return {
        CommandId.ACCEPT: _tr("accept"),
        CommandId.OVERRIDE: _tr("override"),
        CommandId.HOLD: _tr("hold 2 min"),
        CommandId.NOT_NOW: _tr("not now"),
        CommandId.ACKNOWLEDGE: _tr("acknowledge"),
        CommandId.UNDO: _tr("undo"),
        CommandId.COMMAND_LINE: _tr("command line"),
        CommandId.FIND: _tr("find"),
        CommandId.SHOW_ON_MAP: _tr("show on map"),
        CommandId.PRESSURE: _tr("zone pressure"),
        CommandId.BOARD: _tr("order board"),
        CommandId.AUDIT: _tr("log of decisions"),
        CommandId.NEXT_PANEL: _tr("next panel"),
        CommandId.PREVIOUS_PANEL: _tr("previous panel"),
        CommandId.CONNECT: _tr("change transport"),
        CommandId.KEYS: _tr("keys"),
    }[command_id]


def _tr(text: str) -> str:
    return QCoreApplication.translate("commands", text)
