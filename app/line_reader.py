"""Reads a line of the command line: `reassign 48213 042 # bridge closed`, `ack 48177`, `undo`, or just an id.

    line = verb [order] [driver] [# note]      verbs may be cut to what is unique

Reading does nothing: it says which command the line means, or which word is wrong and what it could be.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from core.vocabulary import DriverId, OrderId, Role
from PySide6.QtCore import QCoreApplication

from app.command_catalogue import CommandId, CommandSpec, Needs, verbs_starting_with
from app.spoken_names import Meant, SpokenNames, Surroundings

TRANSPORTS = ("zeromq", "websocket")
_TIME = re.compile(r"([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d)?")
HERE = "here"
"""The place that was looked up last."""
NONE = "none"
"""No planned break: what the policy says holds."""
_WINDOW = re.compile(r"(?:[01]?\d|2[0-3]):[0-5]\d-(?:[01]?\d|2[0-3]):[0-5]\d")
_WITH_NOTE = (Needs.ORDER_AND_DRIVER, Needs.DRIVER, Needs.ZONE_OR_HERE)
_SHORT_TRANSPORTS = {"zmq": "zeromq", "ws": "websocket"}


@dataclass(frozen=True, slots=True)
class SaidBreak:
    """A break as it is typed: between two times of the day, such as 12:30 and 14:00, for so many minutes."""

    from_time: str
    until_time: str
    minutes: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a line means."""

    command: CommandId
    order_id: OrderId | None = None
    driver_id: DriverId | None = None
    meant: Meant | None = None
    transport: str = ""
    minutes: float | None = None
    time: str = ""
    option: int = 1
    note: str = ""
    breaks: tuple[SaidBreak, ...] = ()


class UnreadLine(Exception):
    """A line that means nothing, or too much: a sentence, and the word that is wrong (first character, length)."""

    def __init__(self, sentence: str, word: _Word | None, choices: tuple[str, ...] = ()) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.at = word.at if word else 0
        self.length = len(word.text) if word else 0
        self.choices = choices


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    at: int


@dataclass(frozen=True, slots=True)
class Ghost:
    """What is still missing, the line that Tab makes, and the choices in words."""

    missing: str = ""
    line: str = ""
    choices: tuple[str, ...] = ()


class LineReader:
    """Reads lines for one role.

    Parameters
    ----------
    names : finds orders, drivers, vehicles and zones
    role : of the person at the desk
    """

    def __init__(self, names: SpokenNames, role: Role) -> None:
        self._names = names
        self._role = role

    def read(self, line: str, around: Surroundings) -> Reading:
        """Return what a line means.

        Raises
        ------
        UnreadLine
            If it cannot be understood; nothing has been done.
        """
        words, note = _split(line)
        if not words:
            raise UnreadLine(_tr("Nothing to do."), None)
        specs = verbs_starting_with(words[0].text, self._role) if words[0].text.isalpha() else ()
        if len(specs) == 1:
            return self._read_command(specs[0], words[1:], note, around, line)
        if len(words) == 1 and (meant := self._names.anything(words[0].text, around)):
            return Reading(command=CommandId.FIND, meant=self._one(meant, words[0]))
        choices = tuple(spec.verb for spec in specs)
        if choices:
            raise UnreadLine(
                _tr("More than one command starts so: {verbs}.").format(verbs=", ".join(choices)), words[0]
            )
        raise UnreadLine(_tr("“{word}” is no command and no id.").format(word=words[0].text), words[0])

    def complete(self, line: str, around: Surroundings, recommended: Callable[[OrderId], DriverId | None]) -> Ghost:
        """Return what a line still needs; `recommended` tells the driver proposed for an order."""
        words, note = _split(line)
        if note or not words:
            return Ghost(_tr("a command, or an order, driver, vehicle, zone or street")) if not words else Ghost()
        specs = verbs_starting_with(words[0].text, self._role) if words[0].text.isalpha() else ()
        if len(words) == 1 and not line.endswith(" "):
            return _verb_ghost(words[0].text, specs)
        if len(specs) != 1:
            return Ghost()
        orders = self._names.orders(words[1].text, around) if len(words) == 2 else []
        proposed = recommended(OrderId(orders[0].id)) if len(orders) == 1 else None
        return _argument_ghost(specs[0], line, len(words) - 1, proposed)

    def _read_command(
        self, spec: CommandSpec, words: list[_Word], note: str, around: Surroundings, line: str
    ) -> Reading:
        match spec.needs:
            case Needs.NOTHING:
                return Reading(command=spec.id, note=note)
            case Needs.TRANSPORT:
                return Reading(command=spec.id, transport=_transport(words, line))
            case Needs.TIME:
                return Reading(command=spec.id, time=_time(words))
            case Needs.OPTION:
                return Reading(command=spec.id, option=_option(words))
            case Needs.ANYTHING:
                return Reading(command=spec.id, meant=self._anything(words, around))
            case Needs.ORDER:
                return Reading(command=spec.id, order_id=self._order(words, around), note=note)
            case Needs.ORDER_AND_MINUTES:
                minutes = _minutes(words[1]) if len(words) > 1 else None
                return Reading(command=spec.id, order_id=self._order(words, around), minutes=minutes, note=note)
            case Needs.DRIVER:
                if not words:
                    raise UnreadLine(_tr("Which driver? Type the number."), None)
                return Reading(command=spec.id, driver_id=self._driver(words[0]), note=note)
            case Needs.DRIVER_AND_BREAKS:
                if not words:
                    raise UnreadLine(_tr("Which driver? Type the number."), None)
                return Reading(command=spec.id, driver_id=self._driver(words[0]), breaks=_breaks(words[1:], line))
            case Needs.ZONE_OR_HERE:
                return self._closing(spec, words, note)
            case Needs.ORDER_AND_DRIVER:
                driver_id = self._driver(words[1]) if len(words) > 1 else None
                return Reading(command=spec.id, order_id=self._order(words, around), driver_id=driver_id, note=note)

    def _closing(self, spec: CommandSpec, words: list[_Word], note: str) -> Reading:
        """Read `close Centro 30 # flooded` or `close here`: a zone, or the place that was looked up last."""
        if not words:
            raise UnreadLine(_tr("Which zone? Type its name, or here for the place that you looked up."), None)
        minutes = None
        if len(words) > 1 and words[-1].text.isdecimal():
            minutes = float(words.pop().text)
        said = " ".join(word.text for word in words)
        if said.casefold() == HERE:
            return Reading(command=spec.id, minutes=minutes, note=note)
        zones = self._names.zones(said)
        if not zones:
            raise UnreadLine(_tr("There is no zone {word}.").format(word=said), words[0])
        return Reading(command=spec.id, meant=self._one(zones, words[0]), minutes=minutes, note=note)

    def _order(self, words: list[_Word], around: Surroundings) -> OrderId:
        if not words:
            if around.this is None:
                raise UnreadLine(_tr("Which order? Type its number, or select one first."), None)
            return around.this
        found = self._names.orders(words[0].text, around)
        if not found:
            raise UnreadLine(_tr("There is no order {word}.").format(word=words[0].text), words[0])
        return OrderId(self._one(found, words[0]).id)

    def _driver(self, word: _Word) -> DriverId:
        found = self._names.drivers(word.text)
        if not found:
            raise UnreadLine(_tr("There is no driver {word}.").format(word=word.text), word)
        return DriverId(self._one(found, word).id)

    def _anything(self, words: list[_Word], around: Surroundings) -> Meant | None:
        if not words:
            return None
        found = self._names.anything(words[0].text, around)
        if not found:
            raise UnreadLine(_tr("Nothing is called {word}.").format(word=words[0].text), words[0])
        return self._one(found, words[0])

    def _one(self, found: list[Meant], word: _Word) -> Meant:
        if len(found) > 1:
            choices = tuple(meant.id for meant in found)
            sentence = _tr("“{word}” could be {choices}.").format(word=word.text, choices=", ".join(choices))
            raise UnreadLine(sentence, word, choices)
        return found[0]


def _split(line: str) -> tuple[list[_Word], str]:
    said, _, note = line.partition("#")
    words, at = [], 0
    for text in said.split():
        at = said.index(text, at)
        words.append(_Word(text, at))
        at += len(text)
    return words, note.strip()


def _transport(words: list[_Word], line: str) -> str:
    name = words[0].text.casefold() if words else ""
    wanted = _SHORT_TRANSPORTS.get(name, name)
    found = [transport for transport in TRANSPORTS if wanted and transport.startswith(wanted)]
    if len(found) != 1:
        sentence = _tr("Connect over which transport: {choices}?").format(choices=", ".join(TRANSPORTS))
        raise UnreadLine(sentence, words[0] if words else _Word("", len(line)), TRANSPORTS)
    return found[0]


def _time(words: list[_Word]) -> str:
    """Return a time of day as typed, empty if none is."""
    if words and not _TIME.fullmatch(words[0].text):
        sentence = _tr("“{word}” is no time of day. Type one like 13:48 or 13:48:20.")
        raise UnreadLine(sentence.format(word=words[0].text), words[0])
    return words[0].text if words else ""


def _breaks(words: list[_Word], line: str) -> tuple[SaidBreak, ...]:
    """Return the breaks that are typed: a window and minutes for each, or the word that there are none."""
    if len(words) == 1 and words[0].text.casefold() == NONE:
        return ()
    found = []
    for window, minutes in zip(words[::2], [*words[1::2], _Word("", len(line))], strict=False):
        if not _WINDOW.fullmatch(window.text):
            raise UnreadLine(_tr("“{word}” is no window. Type one like 12:30-14:00.").format(word=window.text), window)
        if not minutes.text.isdecimal():
            raise UnreadLine(_tr("For how many minutes? Type a number after the window."), minutes)
        from_time, until_time = window.text.split("-")
        found.append(SaidBreak(from_time, until_time, float(minutes.text)))
    if not found:
        raise UnreadLine(_tr("When? Type a window and minutes, such as 12:30-14:00 30, or none."), None)
    return tuple(found)


def _option(words: list[_Word]) -> int:
    """Return the number that is typed, 1 if none is."""
    if words and not (words[0].text.isdecimal() and int(words[0].text) > 0):
        sentence = _tr("“{word}” is no number. Type that of the option, such as 2.")
        raise UnreadLine(sentence.format(word=words[0].text), words[0])
    return int(words[0].text) if words else 1


def _minutes(word: _Word) -> float:
    if not (word.text.isdecimal() and int(word.text) > 0):
        raise UnreadLine(_tr("“{word}” is no number of minutes. Type one, such as 20.").format(word=word.text), word)
    return float(word.text)


def _verb_ghost(typed: str, specs: tuple[CommandSpec, ...]) -> Ghost:
    if len(specs) == 1 and specs[0].verb != typed.casefold():
        return Ghost(_tr("Tab for {verb}").format(verb=specs[0].verb), f"{specs[0].verb} ")
    if len(specs) == 1:
        return Ghost(_missing_word(specs[0].needs))
    choices = tuple(spec.verb for spec in specs)
    return Ghost(", ".join(choices), choices=choices)


def _argument_ghost(spec: CommandSpec, line: str, given: int, recommended: DriverId | None) -> Ghost:
    if given == 0:
        return Ghost(_missing_word(spec.needs))
    if spec.needs is Needs.ORDER_AND_DRIVER and given == 1:
        if recommended is None:
            return Ghost(_tr("driver"))
        ghost = _tr("driver or Tab for the recommended {driver}").format(driver=recommended)
        return Ghost(ghost, f"{line.rstrip()} {recommended} ")
    if spec.needs is Needs.ORDER_AND_MINUTES and given == 1:
        return Ghost(_tr("minutes; 2 without"))
    return Ghost(_tr("# note")) if spec.needs in _WITH_NOTE else Ghost()


def _missing_word(needs: Needs) -> str:
    return {
        Needs.NOTHING: "",
        Needs.ORDER: _tr("order, or this"),
        Needs.ORDER_AND_DRIVER: _tr("order"),
        Needs.ORDER_AND_MINUTES: _tr("order, or this; then minutes"),
        Needs.DRIVER: _tr("driver"),
        Needs.DRIVER_AND_BREAKS: _tr("driver, then a window and minutes such as 12:30-14:00 30, or none"),
        Needs.ZONE_OR_HERE: _tr("zone, or here; then minutes"),
        Needs.ANYTHING: _tr("order, driver, vehicle, zone, street or place"),
        Needs.TRANSPORT: ", ".join(TRANSPORTS),
        Needs.TIME: _tr("time of day, such as 13:48:20"),
        Needs.OPTION: _tr("number of the option; the first without"),
    }[needs]


def _tr(text: str) -> str:
    return QCoreApplication.translate("line_reader", text)
