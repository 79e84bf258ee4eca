"""Every command of the desk, once: its id, its verb on the command line, its keys, who may, and where it acts.

Keys, command line, buttons and key hints all read this list; none of them holds a second one. Words for people are
the screens' (`ui.command_words`), because they are translated.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from core import commands
from core.command_rights import PERMITTED
from core.commands import CommandBase
from core.disruption.recovery_commands import ChooseRecovery, UndoRecovery
from core.vocabulary import Role


class CommandId(StrEnum):
    """The commands that have behaviour."""

    ACCEPT = "accept"
    OVERRIDE = "override"
    SPLIT = "split"
    SEQUENCE = "sequence"
    HOLD = "hold"
    NOT_NOW = "not_now"
    RELEASE = "release"
    PIN = "pin"
    UNPIN = "unpin"
    FORBID = "forbid"
    ALLOW = "allow"
    TAKE_OUT = "take_out"
    BRING_BACK = "bring_back"
    BREAK = "break"
    CLOSE = "close"
    OPEN = "open"
    RECOVER = "recover"
    TAKE_BACK = "take_back"
    ACKNOWLEDGE = "acknowledge"
    UNDO = "undo"
    COMMAND_LINE = "command_line"
    FIND = "find"
    SHOW_ON_MAP = "show_on_map"
    PRESSURE = "pressure"
    MOVES = "moves"
    BOARD = "board"
    AUDIT = "audit"
    NEXT_PANEL = "next_panel"
    PREVIOUS_PANEL = "previous_panel"
    CONNECT = "connect"
    KEYS = "keys"
    PALETTE = "palette"
    WORK_AS_DISPATCHER = "work_as_dispatcher"
    WORK_AS_SUPERVISOR = "work_as_supervisor"
    WORK_AS_ADMINISTRATOR = "work_as_administrator"
    RESET_LAYOUT = "reset_layout"
    THEME = "theme"
    SETTINGS = "settings"
    POLICY = "policy"
    OVERRIDES = "overrides"
    WAVES = "waves"
    DEPOTS = "depots"
    COVERAGE = "coverage"
    SOURCES = "sources"
    WHY_NOT = "why_not"
    FORECAST_HISTORY = "forecast_history"
    FENCES = "fences"
    ABOUT = "about"
    REPLAY = "replay"


class Where(StrEnum):
    """Where a command's keys act. A dialog over the desk takes all of them."""

    DESK = "desk"
    """Anywhere on the desk, also in the command line."""
    BROWSING = "browsing"
    """While a list, a card or the map has the focus, never in a field."""
    OWN = "own"
    """The widget that has the focus handles the key itself."""


class Needs(StrEnum):
    """What the command line needs after the verb."""

    NOTHING = "nothing"
    ORDER = "order"
    ORDER_AND_DRIVER = "order_and_driver"
    ORDER_AND_MINUTES = "order_and_minutes"
    DRIVER = "driver"
    DRIVER_AND_BREAKS = "driver_and_breaks"
    """A driver, then for each break a window and minutes, such as `12:30-14:00 30`; or `none`."""
    ZONE_OR_HERE = "zone_or_here"
    ANYTHING = "anything"
    TRANSPORT = "transport"
    TIME = "time"
    OPTION = "option"
    """The number of what can be done about the selected exception; the first where none is given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandSpec:
    """One command.

    Attributes
    ----------
    verb : what starts its line, empty where it has none
    keys : as Qt writes portable key sequences; the first one is shown
    asks : the service command behind it, ``None`` where it only moves this desk
    """

    id: CommandId
    verb: str = ""
    keys: tuple[str, ...] = ()
    where: Where = Where.BROWSING
    needs: Needs = Needs.NOTHING
    asks: type[CommandBase] | None = None

    def is_for(self, role: Role) -> bool:
        """Return whether this role may; the service decides again."""
        return self.asks is None or role in PERMITTED[self.asks]


CATALOGUE: tuple[CommandSpec, ...] = (
    CommandSpec(
        id=CommandId.ACCEPT,
        verb="accept",
        keys=("Enter",),
        where=Where.OWN,
        needs=Needs.ORDER,
        asks=commands.AcceptRecommendation,
    ),
    CommandSpec(
        id=CommandId.OVERRIDE,
        verb="reassign",
        keys=("O",),
        needs=Needs.ORDER_AND_DRIVER,
        asks=commands.OverrideAssignment,
    ),
    CommandSpec(
        id=CommandId.SPLIT,
        verb="split",
        keys=("S",),
        needs=Needs.ORDER_AND_DRIVER,
        asks=commands.OverrideAssignment,
    ),
    CommandSpec(
        id=CommandId.SEQUENCE,
        verb="sequence",
        keys=("R",),
        needs=Needs.ORDER,
        asks=commands.OverrideAssignment,
    ),
    CommandSpec(id=CommandId.HOLD, verb="hold", keys=("H",), needs=Needs.ORDER_AND_MINUTES, asks=commands.HoldOrder),
    CommandSpec(id=CommandId.RELEASE, verb="release", keys=("Shift+H",), needs=Needs.ORDER, asks=commands.ReleaseOrder),
    CommandSpec(id=CommandId.PIN, verb="pin", keys=("P",), needs=Needs.ORDER, asks=commands.PinOrder),
    CommandSpec(id=CommandId.UNPIN, verb="unpin", keys=("Shift+P",), needs=Needs.ORDER, asks=commands.UnpinOrder),
    CommandSpec(
        id=CommandId.FORBID,
        verb="forbid",
        keys=("X",),
        needs=Needs.ORDER_AND_DRIVER,
        asks=commands.ForbidDriver,
    ),
    CommandSpec(
        id=CommandId.ALLOW,
        verb="allow",
        keys=("Shift+X",),
        needs=Needs.ORDER_AND_DRIVER,
        asks=commands.AllowDriver,
    ),
    CommandSpec(id=CommandId.TAKE_OUT, verb="out", keys=("Q",), needs=Needs.DRIVER, asks=commands.TakeDriverOut),
    CommandSpec(
        id=CommandId.BRING_BACK, verb="back", keys=("Shift+Q",), needs=Needs.DRIVER, asks=commands.BringDriverBack
    ),
    CommandSpec(
        id=CommandId.BREAK,
        verb="break",
        keys=("Shift+B",),
        needs=Needs.DRIVER_AND_BREAKS,
        asks=commands.PlanBreaks,
    ),
    CommandSpec(id=CommandId.CLOSE, verb="close", keys=("V",), needs=Needs.ZONE_OR_HERE, asks=commands.ClosePlace),
    CommandSpec(id=CommandId.OPEN, verb="open", keys=("Shift+V",), needs=Needs.ZONE_OR_HERE, asks=commands.ReopenPlace),
    CommandSpec(id=CommandId.NOT_NOW, keys=("N",), asks=commands.DismissRecommendation),
    CommandSpec(
        id=CommandId.ACKNOWLEDGE,
        verb="acknowledge",
        keys=("A",),
        needs=Needs.ORDER,
        asks=commands.AcknowledgeException,
    ),
    CommandSpec(
        id=CommandId.RECOVER,
        verb="recover",
        keys=("1", "2", "3"),
        where=Where.OWN,
        needs=Needs.OPTION,
        asks=ChooseRecovery,
    ),
    CommandSpec(id=CommandId.TAKE_BACK, verb="takeback", keys=("U",), where=Where.OWN, asks=UndoRecovery),
    CommandSpec(id=CommandId.UNDO, verb="undo", keys=("Ctrl+Z",), where=Where.DESK, asks=commands.UndoDecision),
    CommandSpec(id=CommandId.COMMAND_LINE, keys=("/",)),
    CommandSpec(id=CommandId.FIND, verb="find", keys=("Ctrl+F",), where=Where.DESK, needs=Needs.ANYTHING),
    CommandSpec(id=CommandId.SHOW_ON_MAP, verb="show", keys=("G",), needs=Needs.ANYTHING),
    CommandSpec(id=CommandId.PRESSURE, verb="pressure", keys=("Z",)),
    CommandSpec(id=CommandId.MOVES, verb="moves", keys=("M",)),
    CommandSpec(id=CommandId.BOARD, verb="board", keys=("B",)),
    CommandSpec(id=CommandId.AUDIT, verb="log", keys=("L",)),
    CommandSpec(id=CommandId.NEXT_PANEL, keys=("F6",), where=Where.DESK),
    CommandSpec(id=CommandId.PREVIOUS_PANEL, keys=("Shift+F6",), where=Where.DESK),
    CommandSpec(id=CommandId.CONNECT, verb="connect", where=Where.DESK, needs=Needs.TRANSPORT),
    CommandSpec(id=CommandId.KEYS, verb="keys", keys=("F1",), where=Where.DESK),
    CommandSpec(id=CommandId.PALETTE, keys=("Ctrl+K",), where=Where.DESK),
    CommandSpec(id=CommandId.WORK_AS_DISPATCHER, keys=("Alt+1",), where=Where.DESK),
    CommandSpec(id=CommandId.WORK_AS_SUPERVISOR, keys=("Alt+2",), where=Where.DESK),
    CommandSpec(id=CommandId.WORK_AS_ADMINISTRATOR, keys=("Alt+3",), where=Where.DESK),
    CommandSpec(id=CommandId.RESET_LAYOUT, verb="layout", keys=("Ctrl+Alt+0",), where=Where.DESK),
    CommandSpec(id=CommandId.THEME, verb="theme", keys=("Ctrl+T",), where=Where.DESK),
    CommandSpec(id=CommandId.SETTINGS, verb="settings", keys=("Ctrl+,",), where=Where.DESK),
    CommandSpec(id=CommandId.POLICY, verb="policy", keys=("Ctrl+P",), where=Where.DESK),
    CommandSpec(id=CommandId.OVERRIDES, verb="overrides", keys=("Ctrl+O",), where=Where.DESK),
    CommandSpec(id=CommandId.COVERAGE, verb="coverage", keys=("Ctrl+E",), where=Where.DESK),
    CommandSpec(id=CommandId.WAVES, verb="waves", keys=("W",)),
    CommandSpec(id=CommandId.DEPOTS, verb="depots", keys=("Ctrl+D",), where=Where.DESK),
    CommandSpec(id=CommandId.SOURCES, verb="sources", keys=("D",)),
    CommandSpec(id=CommandId.WHY_NOT, verb="why", keys=("Y",), needs=Needs.ORDER_AND_DRIVER),
    CommandSpec(id=CommandId.FORECAST_HISTORY, verb="eta", keys=("E",), needs=Needs.ORDER),
    CommandSpec(id=CommandId.FENCES, verb="fences", keys=("Ctrl+G",), where=Where.DESK, asks=commands.DrawGeofence),
    CommandSpec(id=CommandId.REPLAY, verb="at", keys=("Ctrl+R",), where=Where.DESK, needs=Needs.TIME),
    CommandSpec(id=CommandId.ABOUT, verb="versions", keys=("Shift+F1",), where=Where.DESK),
)


def spec_of(command_id: CommandId) -> CommandSpec:
    """Return a command by its id."""
    return next(spec for spec in CATALOGUE if spec.id is command_id)


def verbs_starting_with(beginning: str, role: Role) -> tuple[CommandSpec, ...]:
    """Return the commands that a cut verb may mean; one that is written out means only itself."""
    wanted = beginning.casefold()
    possible = tuple(spec for spec in CATALOGUE if spec.verb.startswith(wanted) and spec.verb and spec.is_for(role))
    exact = tuple(spec for spec in possible if spec.verb == wanted)
    return exact or possible
