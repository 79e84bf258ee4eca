"""One cell of a table: how a text or JSON value becomes a value of ours, and how it is written again.

Every reader refuses with a sentence for whoever made the file. Numbers are plain: a point as decimal mark, or a comma
where the file separates its cells by semicolons; never a mark for thousands. Instants name their offset from UTC.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from core.vocabulary import Instant

LONGEST_TEXT = 2000
LONGEST_NAME = 200
MOST_WORDS = 50

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._\-]{0,79}")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?")
_INTEGER = re.compile(r"[+-]?\d{1,15}")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")
"""What a spreadsheet takes for the start of a formula, and the apostrophe that shields from it."""


class BadCell(Exception):
    """A cell cannot be read; the message says why."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A value as it stands in a file.

    Parameters
    ----------
    value : a text of a CSV file, or a JSON value
    is_text : whether it comes from CSV
    has_decimal_comma : whether a comma may stand for the decimal mark
    """

    value: Any
    is_text: bool = True
    has_decimal_comma: bool = False


type Reader = Callable[[Cell], Any]


def text(longest: int = LONGEST_TEXT) -> Reader:
    """Return a reader of texts as they are, without the apostrophe that shields them from spreadsheets."""

    def read(cell: Cell) -> str:
        value = _string(cell)
        shown = unshielded(value) if cell.is_text else value
        if len(shown) > longest:
            raise BadCell(f"longer than {longest} characters")
        return shown

    return read


def identifier(cell: Cell) -> str:
    """Return an id: letters, digits, dot, hyphen and underscore, at most 80, starting with a letter or digit."""
    value = _string(cell).strip()
    if not _ID.fullmatch(value):
        raise BadCell("no id: letters, digits, '.', '-' and '_', at most 80, starting with a letter or digit")
    return value


def number(lowest: float, highest: float) -> Reader:
    """Return a reader of numbers within bounds, both included."""

    def read(cell: Cell) -> float:
        found = _float(cell)
        if not math.isfinite(found) or not lowest <= found <= highest:
            raise BadCell(f"not between {lowest:g} and {highest:g}")
        return found

    return read


def integer(cell: Cell) -> int:
    """Return a whole number of at least 0."""
    value = cell.value
    if cell.is_text:
        if not _INTEGER.fullmatch(value.strip()):
            raise BadCell("no whole number")
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadCell("no whole number")
    if not 0 <= value < 10**15:
        raise BadCell("not a whole number of at least 0")
    return value


def instant(cell: Cell) -> Instant:
    """Return an instant written by RFC 3339 with its offset from UTC, such as ``2026-11-20T16:40:00Z``."""
    value = _string(cell).strip()
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise BadCell("no date and time such as 2026-11-20T16:40:00Z") from None
    if moment.tzinfo is None:
        raise BadCell("says no offset from UTC: write 2026-11-20T16:40:00Z or 2026-11-20T13:40:00-03:00")
    if not 2000 <= moment.year < 2200:
        raise BadCell("not between the years 2000 and 2200")
    return moment.timestamp()


def words(cell: Cell) -> tuple[str, ...]:
    r"""Return words that are separated by ``|``; ``\|`` is a bar within a word. In JSON also a list of texts."""
    if not cell.is_text and isinstance(cell.value, list):
        found = [word for word in cell.value if isinstance(word, str)]
        if len(found) != len(cell.value):
            raise BadCell("a list of something else than texts")
    else:
        value = _string(cell)
        found = _split(unshielded(value) if cell.is_text else value)
    if any(not word or len(word) > LONGEST_NAME for word in found) or len(found) > MOST_WORDS:
        raise BadCell(f"at most {MOST_WORDS} words of 1 to {LONGEST_NAME} characters, separated by |")
    return tuple(found)


def write_instant(value: Instant | None) -> str | None:
    """Return an instant in UTC, to the microsecond."""
    if value is None:
        return None
    return datetime.fromtimestamp(value, UTC).isoformat().replace("+00:00", "Z")


def write_words(values: tuple[str, ...]) -> str:
    """Return words as `words` reads them."""
    return "|".join(word.replace("\\", "\\\\").replace("|", "\\|") for word in values)


def shielded(value: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return "'" + value if value.startswith(_FORMULA) else value


def unshielded(value: str) -> str:
    """Take `shielded` back."""
    return value[1:] if value.startswith("'") and value[1:].startswith(_FORMULA) else value


def _string(cell: Cell) -> str:
    if not isinstance(cell.value, str):
        raise BadCell("no text")
    return cell.value


def _float(cell: Cell) -> float:
    value = cell.value
    if cell.is_text:
        plain = value.strip()
        if cell.has_decimal_comma and "." not in plain:
            plain = plain.replace(",", ".", 1)
        if not _NUMBER.fullmatch(plain):
            raise BadCell("no number: write 12.5, without marks for thousands")
        return float(plain)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadCell("no number")
    try:
        return float(value)
    except OverflowError:  # a whole number of more than 308 digits
        return math.inf


def _split(value: str) -> list[str]:
    found, word, characters = [], "", iter(value)
    for character in characters:
        if character == "\\":
            word += next(characters, "\\")
        elif character == "|":
            found.append(word)
            word = ""
        else:
            word += character
    return [*found, word]
