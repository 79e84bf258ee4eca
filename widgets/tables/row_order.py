"""The order of rows: sorting in numpy, and what would change if a held order were applied."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QCoreApplication

from widgets.theme.contrast import Floats

type SortValue = float | str | None

_LONG_LIST = 5000
"""From here on moved rows are counted by places where the order breaks, which is cheap and a little low."""


class PendingChanges(NamedTuple):
    """How many rows an order held back would bring, move and take away."""

    new: int = 0
    moved: int = 0
    gone: int = 0

    def __bool__(self) -> bool:
        """Return whether anything waits."""
        return self.new + self.moved + self.gone > 0


class SortRanks:
    """The sort values of one column by row key, kept so that a change of few rows costs little.

    Parameters
    ----------
    keys : iterable of str
        In the order that settles ties.
    values : iterable of float, str or None
        None is unknown and sorts last. Columns with any text sort as texts.
    """

    def __init__(self, keys: Iterable[str], values: Iterable[SortValue]) -> None:
        self._keys = list(keys)
        self._values = list(values)
        self._slots = {key: slot for slot, key in enumerate(self._keys)}
        self._numbers = _as_numbers(self._values)

    def put(self, key: str, value: SortValue) -> None:
        """Change a row's value, or add a row at the end."""
        slot = self._slots.get(key)
        if slot is None:
            self._slots[key] = len(self._keys)
            self._keys.append(key)
            self._values.append(value)
            self._numbers = None if self._numbers is None else np.append(self._numbers, np.nan)
            slot = self._slots[key]
        self._values[slot] = value
        if isinstance(value, str):
            self._numbers = None
        elif self._numbers is not None:
            self._numbers[slot] = np.nan if value is None else value

    def ordered_keys(self, *, descending: bool) -> list[str]:
        """Return the keys by value, stable, unknown ones last in both directions."""
        ranks = _text_ranks(self._values) if self._numbers is None else self._numbers
        order = np.argsort(-ranks if descending else ranks, kind="stable")
        keys = self._keys
        return [keys[slot] for slot in order.tolist()]


def _as_numbers(values: list[SortValue]) -> Floats | None:
    if any(isinstance(value, str) for value in values):
        return None
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def _text_ranks(values: list[SortValue]) -> Floats:
    """Return numbers that order like the texts; unknown is NaN, which numpy sorts last."""
    texts = np.array(["" if value is None else str(value) for value in values])
    _, places = np.unique(texts, return_inverse=True)
    ranks = places.astype(np.float64)
    ranks[[value is None for value in values]] = np.nan
    return ranks


def pending_changes(shown: Sequence[str], wanted: Sequence[str]) -> PendingChanges:
    """Return what separates the shown keys from the wanted ones."""
    place = {key: at for at, key in enumerate(wanted)}
    kept = [place[key] for key in shown if key in place]
    return PendingChanges(len(wanted) - len(kept), _moved(kept), len(shown) - len(kept))


def _moved(places: list[int]) -> int:
    """Return how many rows leave their neighbours: all but the longest rising subsequence."""
    if len(places) > _LONG_LIST:
        return int((np.diff(np.array(places)) < 0).sum())
    tails: list[int] = []
    for place in places:
        at = bisect_left(tails, place)
        if at == len(tails):
            tails.append(place)
        else:
            tails[at] = place
    return len(places) - len(tails)


def pending_words(pending: PendingChanges) -> str:
    """Return "3 new, 2 moved" for the line over a list, or nothing."""
    counted = (
        (pending.new, QCoreApplication.translate("row_order", "{count} new")),
        (pending.moved, QCoreApplication.translate("row_order", "{count} moved")),
        (pending.gone, QCoreApplication.translate("row_order", "{count} gone")),
    )
    return ", ".join(words.format(count=count) for count, words in counted if count)
