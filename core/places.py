"""Places in a city as people name them: streets, quarters, shops; and what an address turned out to mean."""

from __future__ import annotations

import unicodedata
from enum import StrEnum

from core.vocabulary import Position, Value

type Bbox = tuple[float, float, float, float]
"""West, south, east, north, degrees."""


class PlaceKind(StrEnum):
    """What a place is."""

    STREET = "street"
    QUARTER = "quarter"
    ADDRESS = "address"
    SITE = "site"


class FoundPlace(Value, frozen=True, kw_only=True):
    """A place that a search found.

    Parameters
    ----------
    position : Position
        Where to look: for a street, the place on it nearest to its middle.
    bbox : tuple of float
        What to show to see all of it: west, south, east, north, degrees.
    detail : str
        What tells it from others of its name: the zone it lies in.
    reach_m : float
        No part of it is farther from `position`, metres.
    """

    kind: PlaceKind
    name: str
    position: Position
    bbox: Bbox
    detail: str = ""
    reach_m: float = 0.0


class Precision(StrEnum):
    """How well an address is known."""

    HOUSE = "house"
    STREET = "street"
    NONE = "none"


class LocatedAddress(Value, frozen=True, kw_only=True):
    """What an address turned out to mean.

    Parameters
    ----------
    text : str
        The address as it was written.
    precision : Precision
        With ``none`` there is no `position`.
    uncertainty_m : float
        The address lies no farther than this from `position`, as far as is known; metres.
    matched : str
        The street, or street and house, that it was taken for.
    source : str
        ``streets`` for the city's own, else the outside geocoder's name.
    candidates : tuple of FoundPlace
        What else, or what instead, may be meant; best first.
    """

    text: str
    precision: Precision
    position: Position | None = None
    uncertainty_m: float = 0.0
    matched: str = ""
    source: str = "streets"
    candidates: tuple[FoundPlace, ...] = ()


def folded(text: str) -> str:
    """Return `text` without case, accents and punctuation, its words parted by one space."""
    # Twice: some letters are capitals only once they are taken apart (mathematical ones), others grow when folded.
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text.casefold()).casefold())
    letters = (mark if mark.isalnum() else " " for mark in plain if not unicodedata.combining(mark))
    return " ".join("".join(letters).split())
