"""The order of rows: sorting in numpy, and what would change if a held order were applied."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QCoreApplication

type Indices = npt.NDArray[np.intp]


class PendingChanges(NamedTuple):
    """How many rows an order held back would bring, move and take away."""

    new: int = 0
    moved: int = 0
    gone: int = 0

    def __bool__(self) -> bool:
        """Return whether anything waits."""
        return self.new + self.moved + self.gone > 0


def sorted_indices(values: Sequence[float | str | None], *, descending: bool) -> Indices:
    """Return the order of values, stable, unknown ones last in both directions.

    Parameters
    ----------
    values : sequence
        Numbers or texts; None is unknown. Mixed columns are sorted as texts.

    Returns
    -------
    ndarray of intp, shape (n,)
    """
    unknown = np.fromiter((value is None for value in values), dtype=bool, count=len(values))
    known = np.flatnonzero(~unknown)
    ranks = _ranks([values[at] for at in known.tolist()])
    order = np.argsort(-ranks if descending else ranks, kind="stable")
    return np.concatenate([known[order], np.flatnonzero(unknown)]).astype(np.intp)


def _ranks(values: list[float | str | None]) -> npt.NDArray[np.float64]:
    """Return numbers that order like the values: themselves, or the place among the distinct texts."""
    if not any(isinstance(value, str) for value in values):
        return np.array(values, dtype=np.float64)
    _, places = np.unique(np.array([str(value) for value in values]), return_inverse=True)
    return places.astype(np.float64)


def pending_changes(shown: Sequence[str], wanted: Sequence[str]) -> PendingChanges:
    """Return what separates the shown keys from the wanted ones."""
    place = {key: at for at, key in enumerate(wanted)}
    shown_keys = set(shown)
    kept = [place[key] for key in shown if key in place]
    new = sum(key not in shown_keys for key in wanted)
    return PendingChanges(new=new, moved=_moved(kept), gone=len(shown_keys) - len(kept))


def _moved(places: list[int]) -> int:
    """Return how many rows leave their neighbours: all but the longest rising subsequence."""
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
