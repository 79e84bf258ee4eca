"""Takes a written address apart: which words name the street, which number the house, what else was said."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.places import folded
from core.vocabulary import Value

_NUMBER = r"(?:n[ºo°.]*\s*|nr\.?\s*|#\s*)?(?P<number>\d{1,6})(?P<suffix>\s?[-/]?\s?[A-Za-z]|[-/]\d{1,4})?"
_NUMBER_LAST = re.compile(rf"^(?P<street>.*?\S)[\s#]{_NUMBER}$", re.IGNORECASE)
_NUMBER_FIRST = re.compile(rf"^{_NUMBER}\s+(?P<street>\D.*)$", re.IGNORECASE)
_NUMBER_ALONE = re.compile(rf"^{_NUMBER}(?:\s.*)?$", re.IGNORECASE)

_ABBREVIATED = {
    "av": "avenida", "avda": "avenida", "avd": "avenida", "ave": "avenue", "pje": "pasaje", "psje": "pasaje",
    "cno": "camino", "clle": "calle", "c": "calle", "r": "rua", "tv": "travessa", "trv": "travessa", "lg": "largo",
    "pc": "praca", "pca": "praca", "pr": "praca", "est": "estrada", "al": "alameda", "rd": "road", "blvd": "boulevard",
    "str": "strasse", "pl": "plaza", "gral": "general", "pdte": "presidente", "dr": "doutor", "s": "sao",
}  # fmt: skip
_WAY_WORDS = frozenset(
    {
        "avenida",
        "avenue",
        "pasaje",
        "camino",
        "calle",
        "rua",
        "travessa",
        "largo",
        "praca",
        "estrada",
        "alameda",
        "road",
        "boulevard",
        "street",
        "strasse",
        "plaza",
        "viela",
        "beco",
        "rotunda",
        "via",
        "de",
        "da",
        "do",
        "das",
        "dos",
        "del",
        "la",
        "el",
        "los",
        "las",
        "e",
        "y",
        "o",
        "a",
    }
)


class AddressWords(Value, frozen=True, kw_only=True):
    """One reading of an address.

    Parameters
    ----------
    street : str
        The street's name, folded.
    number : int or None
        The house number, without its letter; ``None`` if none was written.
    rest : str
        What else was written, folded: a quarter, a town, a floor.
    """

    street: str
    number: int | None = None
    rest: str = ""


def readings(address: str) -> Iterator[AddressWords]:
    """Yield how an address can be read, to be tried in this order: a number may belong to the name of the street.

    An address without any letters has no reading.
    """
    first, *others = [part.strip() for part in address.split(",")] or [""]
    rest = folded(" ".join(others))
    if not any(mark.isalpha() for mark in first):
        return
    if others and (alone := _NUMBER_ALONE.match(others[0])):
        yield AddressWords(street=folded(first), number=int(alone["number"]), rest=rest)
    yield AddressWords(street=folded(first), rest=rest)
    for pattern in (_NUMBER_LAST, _NUMBER_FIRST):
        if split := pattern.match(first):
            yield AddressWords(street=folded(split["street"]), number=int(split["number"]), rest=rest)


def spellings(street: str) -> list[str]:
    """Return a folded street as written, and with each abbreviation written out."""
    words = street.split()
    whole = " ".join(_ABBREVIATED.get(word, word) if len(words) > 1 else word for word in words)
    return [street] if whole == street else [street, whole]


def bare_name(street: str) -> str:
    """Return a folded street without the words that any street may have: ``avenida del mar`` is ``mar``."""
    kept = [word for word in street.split() if _ABBREVIATED.get(word, word) not in _WAY_WORDS]
    return " ".join(kept) or street
