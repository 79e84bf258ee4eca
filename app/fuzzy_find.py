"""How well a few typed letters fit a name: all of them in order, the nearer together and to word starts the better."""

from __future__ import annotations

from collections.abc import Iterable
from heapq import nsmallest

_GAP = 1.0
_INSIDE_WORD = 2.0


def misfit(typed: str, name: str) -> float | None:
    """Return how badly `typed` fits a name, 0 for its very beginning; ``None`` if its letters are not there in order.

    Each word typed may stand anywhere in the name.
    """
    total, spoken = 0.0, name.casefold()
    for word in typed.casefold().split():
        cost = _word_misfit(word, spoken)
        if cost is None:
            return None
        total += cost
    return total + len(spoken) / 1000.0 if typed.strip() else 0.0


def best[Entry](typed: str, named: Iterable[tuple[str, Entry]], most: int) -> list[Entry]:
    """Return the entries that fit best, at most so many; equally good ones keep their order."""
    scored = ((misfit(typed, name), at, entry) for at, (name, entry) in enumerate(named))
    found = ((cost, at, entry) for cost, at, entry in scored if cost is not None)
    return [entry for _, _, entry in nsmallest(most, found, key=lambda one: one[:2])]


def _word_misfit(word: str, name: str) -> float | None:
    """Return the cheapest way to find a word's letters in order, started at any of its first letters."""
    starts = [at for at, letter in enumerate(name) if letter == word[0]]
    costs = [cost for start in starts if (cost := _misfit_from(word, name, start)) is not None]
    return min(costs, default=None)


def _misfit_from(word: str, name: str, start: int) -> float | None:
    cost = 0.0 if start == 0 else 0.5 if not name[start - 1].isalnum() else _INSIDE_WORD
    at = start
    for letter in word[1:]:
        found = name.find(letter, at + 1)
        if found < 0:
            return None
        if found > at + 1:
            cost += _GAP if not name[found - 1].isalnum() else _GAP + _INSIDE_WORD
        at = found
    return cost
